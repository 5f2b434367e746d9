"""Models of the literature as scenario texts, and their solutions by other means.

Each text is for `standoff.load`; each `…_by_hand` is a recursion or closed form that knows nothing
of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

CENTIPEDE = {
    4: [(0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6)],
    6: [(0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6), (3.2, 12.8), (25.6, 6.4)],
}
"""Dollars to (first, second) where the pot is taken at each move; the last where all pass."""


def logistic(x: float) -> float:
    """1 / (1 + e^-x), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def centipede(moves: int) -> str:
    """The centipede game with 4 or 6 moves."""
    pay = ["", ""]
    for j in (0, 1):
        shares = [pair[j] for pair in CENTIPEDE[moves]]
        pay[j] = " + ".join(f"{share} * (pot == {k})" for k, share in enumerate(shares))
    return f"""
standoff: 1
name: centipede
title: Take the pot, or pass and let it grow
time: {{period: round, periods: {moves // 2}}}
parameters:
  precision: {{value: 1, range: [0, 10], basis: assumed}}
variables:
  pot: {{levels: {moves}}}
  taken: {{flag: false}}
order: [first, second]
ends: taken or pot == {moves}
actors:
  first:
    rationality: precision
    final: {pay[0]}
    actions: {{take: {{set: {{taken: true}}}}, pass: {{set: {{pot: pot + 1}}}}}}
  second:
    rationality: precision
    final: {pay[1]}
    actions: {{take: {{set: {{taken: true}}}}, pass: {{set: {{pot: pot + 1}}}}}}
outcomes:
  rounds: {{first time: taken}}
"""


def centipede_by_hand(moves: int, precision: float) -> list[float]:
    """Probability of taking at each move."""
    value, found = CENTIPEDE[moves][-1], []
    for k in reversed(range(moves)):
        take = CENTIPEDE[moves][k]
        p = logistic(precision * (take[k % 2] - value[k % 2]))
        value = (p * take[0] + (1 - p) * value[0], p * take[1] + (1 - p) * value[1])
        found.append(p)
    return found[::-1]


ASYMMETRIC_OUTCOMES = ("sq", "dc", "dd", "ed", "de", "ee")
"""Status quo, defender concedes, limited war, challenger wins by escalating, defender does, all-out
war.
"""


def asymmetric_escalation() -> str:
    """Zagare & Kilgour's asymmetric escalation game; what each thinks of each outcome is a
    parameter.
    """
    parameters = "\n".join(
        f"  {who} {outcome}: {{value: 0, range: [-9, 9], basis: assumed}}"
        for who in ("c", "d")
        for outcome in ASYMMETRIC_OUTCOMES
    )
    final = {
        who: " + ".join(f"{who}_{o} * (at == {o})" for o in ASYMMETRIC_OUTCOMES) for who in "cd"
    }
    return f"""
standoff: 1
name: asymmetric-escalation
title: Challenge, respond in kind or escalate, and escalate in turn
time: {{period: crisis, periods: 1}}
parameters:
{parameters}
variables:
  at:
    ladder:
      [start, challenged, limited, raised by defender, raised by challenger, sq, dc, dd, ed, de, ee]
order: [challenger, defender, challenger, defender]
ends: at >= sq
actors:
  challenger:
    rationality: 1
    final: {final["c"]}
    actions:
      leave it: {{when: at == start, set: {{at: sq}}}}
      challenge: {{when: at == start, set: {{at: challenged}}}}
      limit: {{when: at == limited, set: {{at: dd}}}}
      escalate: {{when: at == limited, set: {{at: raised_by_challenger}}}}
      give in: {{when: at == raised_by_defender, set: {{at: de}}}}
      fight: {{when: at == raised_by_defender, set: {{at: ee}}}}
  defender:
    rationality: 1
    final: {final["d"]}
    actions:
      concede: {{when: at == challenged, set: {{at: dc}}}}
      respond in kind: {{when: at == challenged, set: {{at: limited}}}}
      escalate: {{when: at == challenged, set: {{at: raised_by_defender}}}}
      give in: {{when: at == raised_by_challenger, set: {{at: ed}}}}
      fight: {{when: at == raised_by_challenger, set: {{at: ee}}}}
outcomes:
""" + "\n".join(f"  {o}: {{ever: at == {o}}}" for o in ASYMMETRIC_OUTCOMES)


def chain_store(towns: int, *, memory: str = "0") -> str:
    """Selten's chain store with complete information: in each town an entrant, then the incumbent.

    `memory` is an expression added to what an entry is worth to an entrant; 0 is Selten's game.
    `last` is what became of the latest entry: the public record that a reputation would live on.
    """
    return f"""
standoff: 1
name: chain-store
title: One incumbent, {towns} towns, an entrant in each
time: {{period: town, periods: {towns}}}
parameters:
  precision: {{value: 1, range: [0, 100], basis: assumed}}
variables:
  last: {{ladder: [none, fought, accommodated]}}
  here: {{ladder: [out, entered, fight, accommodation], start: out}}
order: [entrant, incumbent, clock]
events:
  clock:
    - {{p: 1, when: here == fight, set: {{here: out, last: fought}}}}
    - {{p: 1, when: here == accommodation, set: {{here: out, last: accommodated}}}}
actors:
  entrant:                # a new one in each town: it does not count what comes after
    rationality: precision
    discount: 0
    actions:
      stay out: {{cost: -1}}
      enter: {{cost: "-({memory})", set: {{here: entered}}}}
  incumbent:
    rationality: precision
    actions:
      do nothing: {{when: here == out, cost: -5}}
      accommodate:
        when: here == entered
        cost: {{incumbent: -2, entrant: -2}}
        set: {{here: accommodation}}
      fight: {{when: here == entered, set: {{here: fight}}}}
outcomes:
  fights: {{ever: here == fight}}
"""


def salami(slices: int) -> str:
    """A prize in slices: the challenger takes the next or stops, the defender yields or fights for
    the rest.
    """
    remaining = f"(({slices} - taken) / {slices})"
    return f"""
standoff: 1
name: salami
title: A prize taken slice by slice
time: {{period: slice, periods: {slices}}}
parameters:
  p: {{value: 0.6, range: [0, 1], basis: assumed, why: chance that the defender wins}}
  c: {{value: 0.3, range: [0, 2], basis: assumed, why: cost of war to the defender}}
variables:
  taken: {{levels: {slices}}}
  at: {{ladder: [open, cut, stopped, war]}}
order: [challenger, defender]
ends: at >= stopped
actors:
  challenger:
    rationality: 1
    final: taken / {slices} + ((1 - p) * {remaining} - 2) * (at == war)
    actions:
      stop: {{set: {{at: stopped}}}}
      cut: {{when: taken < {slices}, set: {{at: cut}}}}
  defender:
    rationality: 1
    final: p * {remaining} - c if at == war else {remaining}
    actions:
      yield: {{set: {{at: open, taken: taken + 1}}}}
      fight: {{set: {{at: war}}}}
outcomes:
  taken: {{final: taken}}
  war: {{ever: at == war}}
"""


def salami_by_hand(slices: int, p: float, c: float) -> int:
    """Slices that are taken, by backward induction over what remains."""
    worth = [0.0] * (slices + 1)  # to the defender, of each number of slices that remain
    stops = [0] * (slices + 1)  # at how many remaining slices it comes to rest
    for left in range(1, slices + 1):
        fights = p * left / slices - c > worth[left - 1]
        stops[left] = left if fights else stops[left - 1]
        worth[left] = stops[left] / slices
    return slices - stops[slices]


def red_lines(slices: int, p: float, c: float) -> list[int]:
    """Slices that must remain for the defender to fight: R' = (c + R) / p from R = 0, up to the
    grid.
    """
    lines = [0]
    while (line := math.ceil(slices * (c + lines[-1] / slices) / p)) <= slices:
        lines.append(line)
    return lines


def hidden_red_line(steps: int) -> str:
    """Steps towards a red line that may lie anywhere; crossing it costs `loss`, each step short of
    it gains.
    """
    return f"""
standoff: 1
name: hidden-line
title: How far to go towards a line one cannot see
time: {{period: step, periods: {steps}}}
parameters:
  loss: {{value: 0.4, range: [0, 2], basis: assumed}}
variables:
  x: {{levels: {steps}}}
  at: {{ladder: [open, stopped, crossed]}}
order: [challenger]
ends: at != open
actors:
  challenger:
    rationality: 1
    final: x / {steps} - loss * (at == crossed)
    actions:
      stop: {{set: {{at: stopped}}}}
      step:
        when: x < {steps}
        set: {{x: x + 1}}
        chance:
          - {{p: 1 / ({steps} - x), set: {{at: crossed, x: x}}}}
outcomes:
  x: {{final: x}}
"""


def brinkmanship(hazards: Sequence[float]) -> str:
    """A ladder: quit, or escalate at the hazard of a disaster to both; who quits leaves the other
    the prize.
    """
    n = len(hazards)
    hazard = " + ".join(f"{h} * (rung == {k})" for k, h in enumerate(hazards))
    won = ["", ""]
    # Player j moves at rungs j, j + 2, …; the prize goes to who did not quit, or escalated last.
    for j in (0, 1):
        last = f"or rung == {n} and not disaster" if (n - 1) % 2 == j else ""
        others = " or ".join(f"rung == {k}" for k in range(n) if k % 2 != j)
        won[j] = f"(quit and ({others})) {last}"
    move = f"""
      quit: {{set: {{quit: true}}}}
      escalate:
        set: {{rung: rung + 1}}
        chance: [{{p: {hazard}, set: {{disaster: true}}}}]"""
    return f"""
standoff: 1
name: brinkmanship
title: A threat that leaves something to chance, rung by rung
time: {{period: round, periods: {(n + 1) // 2}}}
parameters:
  da: {{value: 2, range: [0, 9], basis: assumed}}
  db: {{value: 2, range: [0, 9], basis: assumed}}
  precision: {{value: 1, range: [0, 1000], basis: assumed}}
variables:
  rung: {{levels: {n}}}
  quit: {{flag: false}}
  disaster: {{flag: false}}
order: [a, b]
ends: quit or disaster or rung == {n}
actors:
  a:
    rationality: precision
    final: 1 * ({won[0]}) - da * disaster
    actions: {move}
  b:
    rationality: precision
    final: 1 * ({won[1]}) - db * disaster
    actions: {move}
outcomes:
  disaster: {{ever: disaster}}
  height: {{final: rung}}
"""


def brinkmanship_by_hand(
    hazards: Sequence[float], disaster: Sequence[float], precision: float | None
) -> tuple[list[float], tuple[float, float]]:
    """Probability of escalating at each rung, and the value; `precision` None is the limit, ties
    shared.
    """
    n = len(hazards)
    last = (n - 1) % 2
    value = [float(j == last) for j in (0, 1)]
    found = []
    for k in reversed(range(n)):
        j, h = k % 2, hazards[k]
        on = [(1 - h) * value[i] - h * disaster[i] for i in (0, 1)]
        off = [float(i != j) for i in (0, 1)]
        gap = on[j] - off[j]
        p = (
            0.5 * (1 + (gap > 1e-9) - (gap < -1e-9))
            if precision is None
            else logistic(precision * gap)
        )
        value = [p * on[i] + (1 - p) * off[i] for i in (0, 1)]
        found.append(p)
    return found[::-1], (value[0], value[1])


# --- actors who choose at once ---

MEMBERS = {"red": "a", "blue": "b", "green": "c"}
"""Those who may choose at once, and how the parameters that are their payoffs begin."""


def stage_game(*counts: int, order: object = None) -> dict[str, Any]:
    """One decision of two or three actors at once, with so many actions each.

    What the k-th joint action is worth to red is the parameter `a<k>`, to blue `b<k>`, to green
    `c<k>`, the last actor's action changing fastest; `precision` is everybody's rationality.
    """
    names = list(MEMBERS)[: len(counts)]
    joint = math.prod(counts)
    strides = [math.prod(counts[i + 1 :]) for i in range(len(counts))]
    cells = {name: [f"{letter}{k}" for k in range(joint)] for name, letter in MEMBERS.items()}
    return {
        "standoff": 1,
        "name": "stage-game",
        "title": "One decision at once",
        "time": {"period": "move", "periods": 1},
        "parameters": {"precision": {"value": 1}}
        | {cell: {"value": 0} for name in names for cell in cells[name]},
        "variables": {f"did {name}": {"levels": n} for name, n in zip(names, counts, strict=True)},
        "terms": {
            "k": " + ".join(f"{s} * did_{name}" for name, s in zip(names, strides, strict=True))
        },
        "order": order or [names],
        "actors": {
            name: {
                "rationality": "precision",
                "final": " + ".join(f"{cell} * (k == {k})" for k, cell in enumerate(cells[name])),
                "actions": {f"act {k}": {"set": {f"did {name}": k}} for k in range(n)},
            }
            for name, n in zip(names, counts, strict=True)
        },
    }


def stage_payoffs(*tables: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """The parameters of a stage game from each actor's payoffs, [action of red, of blue, …].

    After those axes there may be one of rows.
    """
    found: dict[str, NDArray[np.float64]] = {}
    for letter, table in zip(MEMBERS.values(), tables, strict=False):
        flat = np.asarray(table, np.float64)
        flat = flat.reshape(math.prod(flat.shape[: len(tables)]), -1)
        found |= {f"{letter}{k}": values for k, values in enumerate(flat)}
    return found
