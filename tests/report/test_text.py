"""What people read: numbers as a person would write them, 80 columns, no hidden signs."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console, RenderableType

from standoff.claims import Comparison, Trap, compare, judge, traps
from standoff.explore import BLOCK, Plan, Study, plan, run
from standoff.game import compile_game
from standoff.report import text
from standoff.report.verdicts import verdicts_text
from standoff.scenario import Scenario, load, loads, packaged, starter


def printed(*parts: RenderableType, width: int = text.WIDTH) -> str:
    """The parts as on a plain terminal of some width."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    text.put(console, *parts)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def widest(said: str) -> int:
    return max(len(line) for line in said.splitlines())


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"), (1e-9, "<1 %"), (0.00499, "<1 %"), (0.005, "<1 %"), (0.0051, "1 %"),
        (0.714, "71 %"), (0.99499, "99 %"), (0.995, ">99 %"), (0.9999999, ">99 %"), (1, "100 %"),
    ],
)  # fmt: skip
def test_percent_never_rounds_to_none_or_all(share: float, said: str) -> None:
    assert text.percent(share) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"), (1e-12, "<0.1 %"), (0.0004, "<0.1 %"), (0.001, "0.1 %"), (0.0312, "3.1 %"),
        (0.0994, "9.9 %"), (0.0996, "10 %"), (0.314, "31 %"), (0.9999, ">99 %"), (1, "100 %"),
    ],
)  # fmt: skip
def test_rare_shares_have_two_figures_at_most(share: float, said: str) -> None:
    """Never the chance of a nuclear war to three digits."""
    assert text.rare_percent(share) == said


@pytest.mark.parametrize(
    ("value", "scale", "said"),
    [
        (0, None, "0"), (-0.0, 5, "0"), (1, None, "1.00"), (3.14159, None, "3.14"),
        (31.4159, None, "31.4"), (314.159, None, "314"), (31415.9, None, "31,416"),
        (0.000123456, None, "0.000123"), (-2.5, None, "-2.50"), (2.5, 100, "2"),
        (0.5, 500, "≈0"), (-0.5, 500, "≈0"), (0.0004, 0.5, "≈0"), (-1e-17, 3, "≈0"),
        (0.5, 0, "0.500"), (1234567, None, "1.23e6"), (-1234567, None, "-1.23e6"),
        (12, 5e7, "1.20e1"), (1e-30, None, "≈0"), (float("inf"), None, "–"),
        (float("nan"), 3, "–"), (3.0, float("nan"), "3.00"),
    ],
)  # fmt: skip
def test_figures(value: float, scale: float | None, said: str) -> None:
    assert text.figure(value, scale) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (999_600, "1.0 MB"),
        (2_340_000, "2.3 MB"), (45_600_000, "46 MB"), (999_700_000, "1.0 GB"),
        (7.2e13, "72,000.0 GB"),
    ],
)  # fmt: skip
def test_sizes(count: float, said: str) -> None:
    assert text.size(count) == said


def comparison(doctrine: str, median: float, **changes: object) -> Comparison:
    made = Comparison(
        "lost", doctrine, "cities", "lower", median, median / 2, median * 2, 0.0, 1.5, 0.1, None
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_comparison_is_a_table_with_unit_and_direction() -> None:
    said = printed(text.comparison_text((comparison("free-choice", 2), comparison("late", 3.5))))
    lines = said.splitlines()
    assert "lost (cities; lower is better)" in lines
    head = next(line for line in lines if line.startswith("doctrine"))
    assert head.split() == [
        "doctrine",
        "median",
        "5",
        "to",
        "95",
        "%",
        "regret",
        "largest",
        "limit",
    ]
    assert "free-choice         2.00  1.00 … 4.00       0     1.50   0.10" in lines


def test_without_a_direction_there_is_no_regret() -> None:
    row = comparison("late", 2, better=None, regret=None, most_regret=None)
    said = printed(text.comparison_text((row,)))
    assert "lost (cities)" in said
    assert not any("regret" in line for line in said.splitlines() if line.startswith("doctrine"))


def test_shares_are_in_percent_and_carry_their_noise() -> None:
    row = comparison("late", 0.0312, unit="share of courses", noise=0.04, limit=0.0)
    (line,) = [
        x for x in printed(text.comparison_text((row,))).splitlines() if x.startswith("late")
    ]
    assert line.split("  ")[-1].strip() == "4 %"
    assert "3.1 %" in line
    assert "1.6 % … 6.2 %" in line


def test_numbers_are_never_cut_off() -> None:
    """Large numbers and long names: the names are broken, the numbers stay whole."""
    long = "a-doctrine-with-a-name-of-nearly-fifty-letters-or-so"
    rows = (comparison(long, 1234567.8, noise=0.5), comparison("b", 12345.6, noise=0.5))
    said = printed(text.comparison_text(rows))
    assert widest(said) <= 80
    assert "…" not in said.replace(" … ", "")
    assert said.count("6.17e5 … 2.47e6") == 1
    joined = "".join(said.split())
    assert "a-doctrine-with" in joined
    assert "letters-or-so" in joined


def trap(depth: list[float], **changes: object) -> Trap:
    here = np.array(depth)
    none = np.zeros(len(depth), bool)
    best = tuple("late" if d > 0 else "free-choice" for d in depth)
    return replace(Trap("alliance", here, here > 0, best, none, none), **changes)  # type: ignore[arg-type]


def test_a_trap_is_told_in_sentences() -> None:
    said = " ".join(printed(text.traps_text((trap([0, 1, 2, 3]),))).split())
    assert "alliance: in 75 % of sampled futures (n = 4). Depth: median 1.50, 5 to 95 %" in said
    assert "Where it is, late is worth most to it in 100 %. An escalation trap in 0 %." in said


def test_no_trap_is_told_too() -> None:
    said = " ".join(printed(text.traps_text((trap([0, 0, 0]),))).split())
    assert "alliance: in none of 3 sampled futures; no doctrine of its own is worth more" in said
    assert "nobody has anything to commit to" in printed(text.traps_text(()))


NASTY = "\\e[31mred\\e[0m \\a[red]x[/red] [link=http://a.b]c[/link] :skull: \\u009b2J [/] crisis"


@pytest.fixture(scope="module")
def nasty() -> Scenario:
    """A scenario whose words try to steer the terminal, or to be taken for markup."""
    changed = starter().replace("title: A blockade may grow into war", f'title: "{NASTY}"')
    changed = changed.replace("says: Escorting convoys makes war likelier.", f'says: "{NASTY}"')
    changed = changed.replace("unit: months", f'unit: "{NASTY}"')
    changed = changed.replace("about: how bad it is", f'about: "{NASTY}"')
    return loads(changed.replace("period: month,", f'period: "{NASTY}",'))


def everything(study: Study) -> list[RenderableType]:
    game = compile_game(study.scenario)
    needs = plan(game, 16, study.doctrines, BLOCK, 4)
    return [
        text.study_heading(study, needs, 2),
        verdicts_text(judge(study)),
        text.comparison_text(compare(study)),
        text.traps_text(traps(study)),
        text.study_footing(study),
        text.scenario_text(study.scenario, game, needs, BLOCK),
        text.listed(study.scenario.name, study.scenario.title),
    ]


def test_foreign_words_are_shown_and_not_obeyed(nasty: Scenario, tmp_path: Path) -> None:
    """Markup stands there as it was written; signs that steer a terminal are replaced."""
    study = run(nasty, tmp_path / "s", futures=4)
    for part in everything(study):
        said = printed(part)
        assert not [sign for sign in said if sign != "\n" and not sign.isprintable()]
        assert widest(said) <= 80
    said = " ".join(printed(*everything(study)).split())
    assert said.count("[red]x[/red] [link=http://a.b]c[/link] :skull:") >= 5


@pytest.mark.parametrize("packed", packaged())
def test_packaged_scenarios_fit_into_80_columns(packed: str) -> None:
    """Plain text: no line longer, no blanks at its end, no escape codes."""
    scenario = load(packed)
    game = compile_game(scenario)
    said = printed(text.scenario_text(scenario, game, Plan(10**9, 10**9, 1), BLOCK))
    assert widest(said) <= 80
    assert not any(line != line.rstrip() for line in said.splitlines())
    assert "\x1b" not in said
    words = " ".join(said.split())
    names = [actor.name for actor in scenario.actors]
    names += [outcome.name for outcome in scenario.outcomes]
    names += [doctrine.name for doctrine in scenario.doctrines]
    names += [claim.name for claim in scenario.claims]
    for name in names:
        assert name in words


def test_a_study_fits_into_80_columns_and_into_50(tmp_path: Path) -> None:
    """On a narrow terminal lines are folded, not cut."""
    study = run(loads(starter()), tmp_path / "s", futures=16)
    said = printed(*everything(study))
    assert widest(said) <= 80
    narrow = printed(verdicts_text(judge(study)), text.traps_text(traps(study)), width=50)
    assert widest(narrow) <= 50
    assert "n = 16" in said
    assert "6 periods (each a month)" in said
    assert study.scenario.hash[:12] in said


def test_what_is_solved_before_says_so(tmp_path: Path) -> None:
    study = run(loads(starter()), tmp_path / "s", futures=3)
    said = printed(text.study_heading(study, Plan(1, 1, 1), 1))
    assert "solved before; nothing is left to do" in said
    study.part("outcomes", 0).unlink()
    said = printed(text.study_heading(study, Plan(10**9, 10**6, 1), 4))
    assert "needs 1.0 GB of memory in each of 4 workers" in " ".join(said.split())


def test_a_table_without_the_limit_has_a_dash_there_and_no_noise() -> None:
    """And a sentence instead of the meaning of these columns."""
    known = comparison("free-choice", 3.0, noise=0.25)
    said = printed(text.comparison_text((known,)))
    assert "limit: the median with perfect rationality." in " ".join(said.split())
    said = printed(text.comparison_text((replace(known, limit=None, noise=None),)))
    row = next(line for line in said.splitlines() if line.startswith("free-choice"))
    assert row.split()[-1] == "–"
    assert "noise" not in said
    assert " ".join(said.split()).endswith("The limit of perfect rationality was not solved.")


def test_what_is_left_out_is_said_before_it_is_solved(tmp_path: Path) -> None:
    study = run(loads(starter()), tmp_path / "s", futures=3, equilibrium_only=True)
    said = " ".join(printed(text.study_heading(study, Plan(1, 1, 1), 1)).split())
    assert "single precision, equilibria only, standoff" in said
