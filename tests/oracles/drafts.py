"""Small scenarios at random, for Hypothesis; and scenario texts put together from Python data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from standoff.game import Game, compile_game
from standoff.scenario import Scenario, loads


def read(text: str | Mapping[str, Any]) -> Scenario:
    """A scenario from its text, or from the data that its text would hold (JSON is YAML)."""
    return loads(text if isinstance(text, str) else json.dumps(text, indent=1))


def game_of(text: str | Mapping[str, Any]) -> Game:
    """A compiled scenario."""
    return compile_game(read(text))


Document = dict[str, Any]

LEVELS = 3
_GUARDS = {
    "war": ["war < fire", "war == calm", "war > calm", "war >= tense", "war != tense"],
    "cities": [f"cities < {LEVELS}", "cities > 0", "cities == 1", f"1 <= cities < {LEVELS}"],
    "alarm": ["alarm", "not alarm"],
}
_EFFECTS: dict[str, list[Any]] = {
    "war": ["min(war + 1, fire)", "max(war - 1, calm)", "calm", "tense", "fire"],
    "cities": [f"min(cities + 1, {LEVELS})", "max(cities - 1, 0)", f"{LEVELS} - cities", 0, 1],
    "alarm": ["not alarm", True, False],
}
_STEPS = {  # effects that would leave the range but for their guard
    "war": [("war < fire", "war + 1"), ("war > calm", "war - 1")],
    "cities": [(f"cities < {LEVELS}", "cities + 1"), ("cities >= 1", "cities - 1")],
    "alarm": [("alarm", False)],
}
_SIZES = {"war": "level(war)", "cities": "cities", "alarm": "alarm"}
_DECLARED: dict[str, list[Any]] = {
    "war": [{"ladder": ["calm", "tense", "fire"], "start": at} for at in ("calm", "tense")],
    "cities": [{"levels": LEVELS, "start": at} for at in (0, 1, LEVELS)],
    "alarm": [{"flag": at} for at in (False, True)],
}
_CHANCES: list[list[Any]] = [
    ["slip"], [0.25], [1], [0], ["1 - slip"], ["slip", "1 - slip"], [0.7, 0.3], [0.1, 0.7, 0.2],
    [0.5, "0.5 * slip"], ["slip / 2", 0], ["slip ** 2", "slip * (1 - slip)"],
]  # fmt: skip
RANGES = {
    "slip": (0.0, 1.0), "prize": (0.5, 4.0), "harm": (0.1, 3.0), "patience": (0.2, 1.0),
    "precision": (0.0, 6.0),
}  # fmt: skip
"""The parameters of every random scenario, and where their values are drawn from."""


@st.composite
def documents(
    draw: st.DrawFn,
    *,
    actors: int | None = None,
    periods: int | None = None,
    transcendental: bool = True,
    groups: bool = False,
) -> Document:
    """A random valid scenario: up to 3 variables, actors and events, up to 4 periods, a doctrine,
    and outcomes of every kind. `transcendental` allows functions whose values are no fractions.
    With `groups` two or three actors choose at once.
    """

    def pick(items: Any) -> Any:
        return draw(st.sampled_from(list(items)))

    def chance_of(one_in: int) -> bool:
        return bool(draw(st.integers(1, one_in)) == one_in)

    # The first of several is the simplest to Hypothesis, and the commonest: let it lead on.
    variables: list[str] = draw(st.permutations(sorted(_GUARDS)))[: pick([3, 2])]

    def guard() -> str:
        first = pick(_GUARDS[pick(variables)])
        if chance_of(3):
            second = pick(_GUARDS[pick(variables)])
            return f"{first} {pick(['and', 'or', 'and not', 'or not'])} ({second})"
        return str(first)

    def effects() -> dict[str, Any]:
        names = draw(st.lists(st.sampled_from(variables), min_size=1, max_size=2, unique=True))
        return {name: pick(_EFFECTS[name]) for name in names}

    def number() -> Any:
        size, factor = _SIZES[pick(variables)], pick(["prize", "harm", 0.5, 2, -1])
        forms = [
            f"{factor} * {size}",
            f"-{pick(['prize', 'harm'])} * ({guard()})",
            f"prize * {size} - harm * ({guard()})",
            f"{factor} if {guard()} else harm * {size}",
            f"max(prize, {size}) - {size} / 4",
        ]
        if transcendental:
            forms += [
                f"exp(-harm * {size})", f"sqrt(harm) * {size}", f"log(1 + {size} * prize)",
                f"logistic(prize - {size})", f"harm ** 1.5 * {size}",
            ]  # fmt: skip
        return pick([*forms, 0.25])

    def branches() -> list[Document]:
        made = []
        for p in pick(_CHANCES):
            branch: Document = {"p": p}
            if chance_of(3):
                branch["when"] = guard()
            made.append(branch | {"set": effects()})
        return made

    def action(payers: list[str]) -> Document:
        made: Document = {}
        name = pick(variables)
        if not groups and chance_of(2):  # in a group a guard alone keeps nothing in its range
            made["when"], step = pick(_STEPS[name])
            made["set"] = {name: step}
        else:
            if chance_of(2):
                made["when"] = guard()
            made["set"] = effects()
        if chance_of(3):
            made["cost"] = pick([0.5, "harm", "-prize / 4", {payer: number() for payer in payers}])
        if chance_of(3):
            made["chance"] = branches()
        return made

    names = ["red", "blue", "green"][: actors or draw(st.integers(2, 3))]
    cast: Document = {}
    for name in names:
        cast[name] = {"rationality": pick(["precision", "precision / 2", 1.5])}
        if chance_of(2):
            cast[name]["discount"] = pick(["patience", 0.8])
        if not chance_of(4):
            cast[name]["payoff"] = number()
        if not chance_of(4):
            cast[name]["final"] = number()
        deeds = {f"act {k}": action(names) for k in range(pick([2, 1]))}
        cast[name]["actions"] = {"hold": {}, **deeds}
    events = {f"event {k}": branches() for k in range(pick([1, 0, 2]))}
    moves: list[Any] = [*names, *events]
    if groups:
        group = draw(st.permutations(names))[: pick(range(2, len(names) + 1))]
        moves = [group, *(name for name in moves if name not in group)]
    order = draw(st.permutations(moves))
    if actors != 1 and chance_of(3):
        order = [*order, pick(order)]  # an actor or event that moves twice a period
    bound = pick(names)
    choice = list(cast[bound]["actions"])
    last = periods or pick([3, 2, 4, 1])
    rules: list[Document] = []
    for _ in range(draw(st.integers(1, 2))):
        rule: Document = {pick(["never", "must"]): [pick(choice[1:])]}
        if chance_of(2):
            rule["when"] = guard()
        if chance_of(3):
            rule["from"] = draw(st.integers(1, last))
            rule["until"] = draw(st.integers(rule["from"], last))
        rules.append(rule)
    outcomes: Document = {
        "toll": {"each period": number()},
        "held": {"final": number()},
        "hit": {"ever": guard()},
        "wait": {"first time": guard()},
    }
    kept = draw(st.lists(st.sampled_from(sorted(outcomes)), min_size=1, unique=True))
    document: Document = {
        "standoff": 1,
        "name": "random",
        "title": "A crisis at random",
        "time": {"period": "month", "periods": last},
        "parameters": {
            name: {"value": round((low + 2 * high) / 3, 2), "range": [low, high]}
            for name, (low, high) in RANGES.items()
        },
        "variables": {name: pick(_DECLARED[name]) for name in variables},
        "order": list(order),
        "actors": cast,
        "doctrines": {
            bound: {
                "open": {"rules": rules},
                "secret": {"rules": rules, "announced": False},
                "empty": {"says": "nothing"},
            }
        },
        "outcomes": {name: outcomes[name] for name in kept},
    }
    if events:
        document["events"] = events
    if chance_of(3):
        document["ends"] = guard()
    return document


@dataclass(frozen=True)
class Futures:
    """Values of all parameters in some rows."""

    rows: tuple[dict[str, float], ...]

    def arrays(self) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
        """As `solve` wants them."""
        return {name: np.array([row[name] for row in self.rows]) for name in self.rows[0]}


def futures(rows: int, **fixed: float) -> st.SearchStrategy[Futures]:
    """Random values with two decimals for every parameter of a random scenario."""
    row = st.fixed_dictionaries(
        {
            name: st.integers(round(low * 100), round(high * 100)).map(lambda x: x / 100)
            if name not in fixed
            else st.just(fixed[name])
            for name, (low, high) in RANGES.items()
        }
    )
    return st.lists(row, min_size=rows, max_size=rows).map(lambda found: Futures(tuple(found)))
