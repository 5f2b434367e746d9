"""Structures: switches between rival ways to write a crisis down, and the variants they make.

An option of a switch is a part of a scenario file that is laid over the file. Every combination of
options is a variant, and a scenario of its own. A variant's text is that of the file with one key
more, `variant`, which names the options: whoever has the text has the variant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from standoff.reading import ScenarioError, suggestion
from standoff.scenario.scenario import Scenario

MOST_VARIANTS = 64
"""More variants than this are refused: each is solved in every future."""


def variants(scenario: Scenario) -> tuple[dict[str, str], ...]:
    """Every combination of options, the first of each switch first; the last switch turns fastest.

    One empty choice where the scenario has no structures.
    """
    return tuple(combinations({s.name: s.options for s in scenario.structures}))


def variant(scenario: Scenario, choices: Mapping[str, str]) -> Scenario:
    """The scenario with these switches thrown; those not named stay as they are.

    Its `text` is self-contained: `loads(made.text.encode(), made.path)` gives the same scenario.

    Raises:
        ValueError: no such switch or option; the message has the nearest name.
    """
    known = {structure.name: structure.options for structure in scenario.structures}
    chosen = dict(scenario.choices)
    for name, option in choices.items():
        if name not in known:
            reason = suggestion(name, known) if known else "it has none"
            raise ValueError(f"'{name}' is no structure of '{scenario.name}'; {reason}")
        if option not in known[name]:
            raise ValueError(
                f"'{option}' is no option of '{name}'; {suggestion(option, known[name])}"
            )
        chosen[name] = option
    if chosen == dict(scenario.choices):
        return scenario
    from standoff.reading import read
    from standoff.scenario.rivals import assemble
    from standoff.scenario.written import written

    text = written(scenario.text, scenario.path, chosen)
    # What is wrong with any variant was told when the scenario was read.
    return assemble(read(text, scenario.path), text.encode(), chosen)


def combinations(known: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Every combination of options, by switch; the last switch turns fastest."""
    for combination in product(*known.values()):
        yield dict(zip(known, combination, strict=True))


def choices_text(choices: Mapping[str, str]) -> str:
    """The name of a variant in words: `ladder = four rungs, observers = current calculus`."""
    return ", ".join(f"{switch} = {option}" for switch, option in choices.items())


def thrown(scenario: Scenario, choices: Mapping[str, str] | None = None) -> dict[str, str]:
    """The switches that are not at their first option, in `choices` or else in the scenario."""
    chosen = dict(scenario.choices) if choices is None else choices
    return {s.name: chosen[s.name] for s in scenario.structures if chosen[s.name] != s.options[0]}


def blame(error: ScenarioError, choices: Mapping[str, str]) -> ScenarioError:
    """The same mistakes, each saying in which variant it is one."""
    head = f"variant {choices_text(choices)}: " if choices else ""
    named = (replace(mistake, message=head + mistake.message) for mistake in error.mistakes)
    return ScenarioError(named, error.text)
