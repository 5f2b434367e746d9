"""One course of a crisis as a chronicle to read."""

from __future__ import annotations

from datetime import date

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from standoff.play import Chance, Choice, Chronicle, Period, Turn
from standoff.report.secret import ending_secrets, kinds_table, learnt_lines, opening_secrets
from standoff.report.text import Prose, clean, figure, rare_percent
from standoff.scenario import FREE_CHOICE, Scenario

_EQUAL = 1e-9
"""Payoffs closer than this are equally good."""


def story_text(told: Chronicle, settings: str, *, reveal: bool = False) -> RenderableType:
    """The whole story: the start, what happened period by period, and what it came to.

    `settings` says in words which parameters have other than their nominal values. What actors hide
    from one another is told at the end, or from the beginning on if `reveal`.
    """
    scenario = told.scenario
    secrets = opening_secrets(told, reveal)
    hidden: list[RenderableType] = [Prose(secrets), ""] if secrets else []
    parts: list[RenderableType] = [
        Text(f"{scenario.name}: {clean(scenario.title)}", style="bold"),
        "",
        Prose(_opening(told, settings)),
        "",
        *hidden,
        Prose(f"At the start: {_state(scenario, told.start)}."),
    ]
    for period in told.periods:
        parts += ["", Text(_period_title(scenario, period), style="bold"), ""]
        parts += [Padding(_turn(told, turn, reveal), (0, 0, 0, 2)) for turn in period.turns]
        parts += ["", Padding(Prose(_so_far(told, period, reveal)), (0, 0, 0, 2))]
    return Group(*parts, "", *_ending(told))


def _opening(told: Chronicle, settings: str) -> str:
    lines = [
        f"One course under {told.doctrine} (seed {told.seed}, replication {told.replication}; "
        f"{settings}): one of many that might have come, and a forecast of none."
    ]
    if told.doctrine != FREE_CHOICE:
        doctrine = next(d for d in told.scenario.doctrines if d.name == told.doctrine)
        if doctrine.says:
            lines.append(f"{told.doctrine}, of {doctrine.actor}: {_sentence(doctrine.says)}")
        if not doctrine.announced:
            lines.append("Nobody else is told, and the others play as in free choice.")
    lines.append(
        "Beside each action stands how likely the actor was to take it, and what it expected from "
        "it from then on"
        + (
            "; where nobody else knows what an actor is, this stands for each that it may be."
            if told.secrets
            else "."
        )
    )
    return " ".join(lines)


def _period_title(scenario: Scenario, period: Period) -> str:
    name = clean(scenario.time.period)
    when = f", from {_day(period.begins)}" if period.begins else ""
    return f"{name[:1].upper()}{name[1:]} {period.number}{when}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _state(scenario: Scenario, labels: tuple[str, ...]) -> str:
    pairs = zip(scenario.variables, labels, strict=True)
    return ", ".join(f"{variable.name} {label}" for variable, label in pairs)


def _turn(told: Chronicle, turn: Turn, reveal: bool) -> RenderableType:
    """One move: the choices made in it, what they told and cost, and what followed."""
    scenario = told.scenario
    parts: list[RenderableType] = [
        part for c in turn.choices for part in _choice(scenario, c, reveal)
    ]
    parts += [Prose(line) for line in learnt_lines(told, turn)]
    if len(turn.choices) > 1:
        parts.append(Prose("They chose at the same time."))
    actors = zip(scenario.actors, turn.paid, strict=True)
    hiding = {one.actor for one in told.secrets if one.type is not None and not reveal}
    costs = [
        f"{actor.name} {figure(paid)}"
        for actor, paid in actors
        if paid and actor.name not in hiding
    ]
    if costs:
        parts.append(Prose(f"This cost or brought at once: {', '.join(costs)}."))
    parts += [Prose(line) for line in _what_followed(turn)]
    return Group(*parts)


def _choice(scenario: Scenario, choice: Choice, reveal: bool) -> list[RenderableType]:
    actor = next(actor for actor in scenario.actors if actor.name == choice.actor)
    about = {action.name: clean(action.about) for action in actor.actions}
    taken = choice.options[choice.taken]
    aside = f": {about[taken.action]}" if about[taken.action] else ""
    barred = f" Its doctrine forbids {_either(choice.closed)}." if choice.closed else ""
    if len(choice.options) == 1:
        return [Prose(f"{choice.actor} can only {taken.action}{aside}.{barred}")]
    parts: list[RenderableType] = [Prose(f"{choice.actor} chooses to {taken.action}{aside}.")]
    if choice.kinds:
        return [*parts, *kinds_table(choice, reveal), *([Prose(barred.strip())] if barred else [])]
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column("", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    scale = max(abs(option.value) for option in choice.options)
    for option in sorted(choice.options, key=lambda option: -option.value):
        mark = "▸" if option is taken else " "
        table.add_row(
            Text(f"{mark} {option.action}"),
            Text(rare_percent(option.probability)),
            Text(figure(option.value, scale)),
        )
    parts.append(Padding(table, (0, 0, 0, 2)))
    best = choice.options[choice.best]
    if choice.forgone <= _EQUAL:
        reason = "Nothing else was worth more to it."
    else:
        more = figure(choice.forgone, scale)
        more = figure(choice.forgone) if more in ("≈0", "0") else more
        reason = f"A mistake: to {best.action} was worth {more} more to it."
    parts.append(Prose(f"{reason}{barred}"))
    return parts


def _what_followed(turn: Turn) -> list[str]:
    """What changed, and how likely that was; nothing where nothing could change."""
    happened = turn.chances[turn.happened]
    certain = len(turn.chances) == 1
    if certain and not happened.changes:
        return [] if turn.choices else [f"{turn.move}: nothing can happen."]
    chance = "" if certain else f", which had a chance of {rare_percent(happened.probability)}"
    return [f"{'Then' if turn.choices else f'{turn.move}:'} {_changes(happened)}{chance}."]


def _changes(chance: Chance) -> str:
    if not chance.changes:
        return "nothing changes"
    return ", ".join(f"{c.variable} {c.before} → {c.after}" for c in chance.changes)


def _either(names: tuple[str, ...]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _sentence(text: str) -> str:
    text = " ".join(clean(text).split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _so_far(told: Chronicle, period: Period, reveal: bool) -> str:
    """What the actors have received by now, and the outcomes that are counted on the way.

    What is received by an actor whose type is still to be told would tell it.
    """
    hiding = {one.actor for one in told.secrets if one.type is not None and not reveal}
    kinds = {outcome.name: outcome.kind for outcome in told.scenario.outcomes}
    actors = len(told.scenario.actors)
    payoffs = [
        f"{name} {figure(value)}"
        for name, value in zip(told.quantities[:actors], period.so_far, strict=False)
        if name not in hiding
    ]
    counted = [
        f"{name} {figure(value)}"
        for name, value in zip(told.quantities[actors:], period.so_far[actors:], strict=True)
        if kinds[name] == "each period"
    ]
    met = "; ".join([*filter(None, [", ".join(payoffs), ", ".join(counted)])])
    return f"Received and counted so far: {met or 'nothing that could be told yet'}."


def _ending(told: Chronicle) -> list[RenderableType]:
    scenario = told.scenario
    name = clean(scenario.time.period)
    last = told.periods[-1].state if told.periods else told.start
    if told.over:
        when = f"in {name} {len(told.periods)}" if told.periods else "before it began"
        how = f"The crisis is over {when}: {_state(scenario, last)}."
    else:
        how = f"After {len(told.periods)} {name}s the horizon is reached: {_state(scenario, last)}."
    table = Table(box=None, pad_edge=False, show_header=True)
    table.add_column("what it came to", overflow="fold")
    table.add_column("in this course", justify="right", no_wrap=True)
    table.add_column("expected at the start", justify="right", no_wrap=True)
    outcomes = {outcome.name: outcome for outcome in scenario.outcomes}
    rows = list(zip(told.quantities, told.total, told.expected, strict=True))
    for name, total, expected in rows[: len(scenario.actors)]:
        scale = max(abs(total), abs(expected))
        table.add_row(Text(f"payoff to {name}"), figure(total, scale), figure(expected, scale))
    for name, total, expected in rows[len(scenario.actors) :]:
        unit = clean(outcomes[name].unit)
        scale = max(abs(total), abs(expected))
        here, before = figure(total, scale), figure(expected, scale)
        if outcomes[name].kind == "ever":
            here, before = "yes" if total else "no", rare_percent(expected)
        table.add_row(Text(f"{name} ({unit})" if unit else name), here, before)
    parts: list[RenderableType] = [Text("The end", style="bold"), "", Prose(how), ""]
    for line in ending_secrets(told):
        parts += [Prose(line), ""]
    parts.append(table)
    if told.secrets:
        note = "Payoffs were expected at the start by actors who knew what they were."
        parts += ["", Prose(note, "dim")]
    return parts
