"""What is hidden in a story: what might be, what a move showed, what is believed, and what was."""

from __future__ import annotations

import math

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.play import Choice, Chronicle, Credence, Secret, Turn
from standoff.report.text import WIDTH, Prose, clean, figure, rare_percent
from standoff.scenario import Type

_EQUAL = 1e-9
"""Payoffs closer than this are equally good."""
_CELL = 7
"""Signs of a percentage, or of what an action is worth."""
_ACTION = 24
"""Signs of an action's name, if it is to stand on one line."""


def either(names: list[str], word: str = "or") -> str:
    """`a, b or c`."""
    return f" {word} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def opening_secrets(told: Chronicle, reveal: bool) -> str:
    """Sentences on what is hidden, what it is if it is revealed, and what is believed at first."""
    if not told.secrets:
        return ""
    lines = []
    for secret in told.secrets:
        if reveal:
            lines.append(f"What only {secret.actor} knows: it is {_what(told, secret)}.")
            continue
        may = [t.name for t in _types(told, secret.actor)]
        what = [f"whether it is {either(may)}"] if may else []
        if secret.bound is not None or any(c.doctrine for c in _of(told, secret.actor, None)):
            what.append(f"whether {told.doctrine} binds it")
        lines.append(f"Only {secret.actor} knows {' and '.join(what)}.")
    for holder in dict.fromkeys(one.holder for one in told.credences):
        who = "At first the others hold" if holder is None else f"{holder} holds"
        aside = "" if holder is None else ", by a prior of its own"
        actors = dict.fromkeys(one.actor for one in told.credences if one.holder == holder)
        held = [f"{actor} {_held(told, actor, holder, told.believed)}" for actor in actors]
        lines.append(f"{who} {'; '.join(held)}{aside}.")
    if not reveal:
        lines.append("What it was is told at the end; --reveal tells it at once.")
    lines.append(
        f"Beliefs are kept on a grid of {told.points} points a side: one that falls between two "
        "goes on from either, drawn so that it is right on average."
    )
    return " ".join(lines)


def _what(told: Chronicle, secret: Secret) -> str:
    """What an actor was, and how likely that was."""
    what = []
    if secret.type is not None:
        about = {type_.name: type_.about for type_ in _types(told, secret.actor)}[secret.type]
        aside = f" ({' '.join(clean(about).split())})" if about else ""
        what.append(f"{secret.type}{aside}, which had a chance of {rare_percent(secret.chance)}")
    if secret.bound is not None:
        what.append(f"{'bound' if secret.bound else 'not bound'} by {told.doctrine}")
    return ", and ".join(what)


def learnt_lines(told: Chronicle, turn: Turn) -> list[str]:
    """What a move told, and to whom; nothing where there was nothing to tell."""
    learnt = turn.learnt
    if learnt is None or len(turn.choices[0].options) == 1:
        return []
    actor = turn.choices[0].actor
    lines = []
    for holder in dict.fromkeys(one.holder for one in told.credences if one.actor == actor):
        mine = [
            k for k, one in enumerate(told.credences) if (one.actor, one.holder) == (actor, holder)
        ]
        who = "The others now hold" if holder is None else f"{holder}, by its own prior, now holds"
        before, after, kept = (
            _held(told, actor, holder, beliefs, bare=True)
            for beliefs in (learnt.before, learnt.after, learnt.kept)
        )
        if before == after == kept:
            sure = all(learnt.before[k] in (0, 1) for k in mine)
            if holder is None:
                lines.append(
                    f"The others are sure of what {actor} is."
                    if sure
                    else f"This tells the others nothing of what {actor} is."
                )
            continue
        now = _held(told, actor, holder, learnt.after)
        on = "" if kept == after else f"; on the grid {kept}"
        lines.append(f"{who} it {now} ({before} before{on}).")
    return lines


def kinds_table(choice: Choice, reveal: bool) -> list[RenderableType]:
    """What each kind of an actor would have done, what it was worth to it, and whether it erred."""
    known = [w.value for o in choice.options for w in o.kinds if not math.isnan(w.value)]
    scale = max(map(abs, known))
    headings = [
        f"if {kind} (it is)" if reveal and k == choice.own else f"if {kind}"
        for k, kind in enumerate(choice.kinds)
    ]
    parts: list[RenderableType] = []
    for kinds in _side_by_side(choice, headings):
        table = Table(box=None, pad_edge=False, show_header=True)
        table.add_column("", overflow="fold")
        for k in kinds:
            table.add_column(headings[k], justify="right", no_wrap=True)
            table.add_column("", justify="right", no_wrap=True)
        for position, option in enumerate(choice.options):
            cells = []
            for weighed in (option.kinds[k] for k in kinds):
                barred = math.isnan(weighed.value)
                cells.append("–" if barred else rare_percent(weighed.probability))
                cells.append("" if barred else figure(weighed.value, scale))
            mark = "▸" if position == choice.taken else " "
            table.add_row(Text(f"{mark} {option.action}"), *cells)
        parts.append(Padding(table, (0, 0, 0, 2)))
    told = [choice.own] if reveal else list(range(len(choice.kinds)))
    return [*parts, Prose(_judged(choice, told, reveal, scale))]


def _side_by_side(choice: Choice, headings: list[str]) -> list[range]:
    """So many kinds in each table as fit beside one another."""
    actions = min(_ACTION, max(len(option.action) for option in choice.options))
    heading = max(map(len, headings))
    most = max(1, (WIDTH - 8 - actions) // (max(heading, _CELL) + _CELL + 2))
    count = len(choice.kinds)
    tables = -(-count // most)
    each = -(-count // tables)
    return [range(low, min(low + each, count)) for low in range(0, count, each)]


def _judged(choice: Choice, kinds: list[int], reveal: bool, scale: float) -> str:
    """Whether what was done was best, for each of some kinds."""
    right, wrong, barred = [], [], []
    for k in kinds:
        here = choice.options[choice.taken].kinds[k].value
        if math.isnan(here):
            barred.append(choice.kinds[k])
            continue
        best = choice.options[choice.best_of(k)]
        more = best.kinds[k].value - here
        if more <= _EQUAL:
            right.append(choice.kinds[k])
            continue
        by = figure(more, scale)
        by = figure(more) if by in ("≈0", "0") else by
        wrong.append((choice.kinds[k], best.action, by))
    if reveal:
        mistakes = [f"A mistake: to {action} was worth {by} more to it." for _, action, by in wrong]
        return mistakes[0] if mistakes else "Nothing else was worth more to it."
    if len(right) == len(kinds):
        return "Nothing else was worth more to it, whatever it is."
    parts = [f"the best for it if {either(right)}"] if right else []
    parts += [f"a mistake if {kind}: to {act} was worth {by} more" for kind, act, by in wrong]
    parts += [f"not open to it if {either(barred)}"] if barred else []
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."


def ending_secrets(told: Chronicle) -> list[str]:
    """What everybody was, and what was believed of it in the end."""
    lines = []
    for secret in told.secrets:
        line = f"What only {secret.actor} knew: it was {_what(told, secret)}."
        last = told.periods[-1].believed if told.periods else told.believed
        for holder in dict.fromkeys(o.holder for o in told.credences if o.actor == secret.actor):
            who = "the others held" if holder is None else f"{holder} held"
            line += f" In the end {who} it {_held(told, secret.actor, holder, last)}."
        lines.append(line)
    return lines


def _types(told: Chronicle, actor: str) -> tuple[Type, ...]:
    return next(one.types for one in told.scenario.actors if one.name == actor)


def _of(told: Chronicle, actor: str, holder: str | None) -> list[Credence]:
    return [one for one in told.credences if (one.actor, one.holder) == (actor, holder)]


def _held(
    told: Chronicle,
    actor: str,
    holder: str | None,
    beliefs: tuple[float, ...],
    *,
    bare: bool = False,
) -> str:
    """`tough with 35 %`; of two types the first says it all. Without words if `bare`."""
    held = dict(zip(told.credences, beliefs, strict=True))
    asked = _of(told, actor, holder)
    types = [one for one in asked if not one.doctrine]
    shown = [*(types[:1] if len(types) == 2 else types), *(one for one in asked if one.doctrine)]
    parts = [
        rare_percent(held[one])
        if bare
        else f"{f'bound by {one.of}' if one.doctrine else one.of} with {rare_percent(held[one])}"
        for one in shown
    ]
    return either(parts, "and")
