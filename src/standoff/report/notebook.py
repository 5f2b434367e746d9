"""What notebooks show of scenarios, solutions and studies: `_repr_html_` of each.

A solution and a study are a page of their own in a frame that may run its script and nothing else;
it needs no server and no network, and is there again when the notebook is opened.
"""

from __future__ import annotations

from html import escape

from standoff.explore import Study
from standoff.report.document import document, solution_document
from standoff.report.html import report_html
from standoff.report.text import clean, range_text
from standoff.scenario import Scenario
from standoff.solver import Solution

HEIGHT = 640
"""Of a frame, in pixels."""


def study_html(study: Study) -> str:
    """A study's report; of one that is not whole, how much is missing."""
    if missing := study.missing():
        return (
            f"<p>A study of {escape(study.scenario.name)} in {escape(str(study.path))}: "
            f"{len(missing):,} of {study.blocks:,} blocks are not solved yet.</p>"
        )
    return _frame(report_html(document(study)), f"Report of {study.scenario.name}")


def solution_html(solution: Solution) -> str:
    """A solution's outcomes and values, and its course where the policies were kept."""
    page = report_html(solution_document(solution))
    return _frame(page, f"{solution.game.scenario.name} under {solution.doctrine}")


def scenario_html(scenario: Scenario) -> str:
    """A scenario's question, actors, doctrines, claims, and uncertain parameters."""
    unsure = [one for one in scenario.parameters if one.distribution is not None]
    tables = (
        ("Actors", [(one.name, one.about) for one in scenario.actors]),
        ("Doctrines", [(one.name, one.says) for one in scenario.doctrines]),
        ("Outcomes", [(one.name, one.says or one.unit) for one in scenario.outcomes]),
        ("Claims", [(one.name, one.says) for one in scenario.claims]),
        ("Uncertain parameters", [(one.name, f"{range_text(one)}: {one.why}") for one in unsure]),
    )
    return (
        f"<h3>{_said(scenario.title)}</h3><p>{_said(scenario.summary)}</p>"
        + "".join(_table(title, rows) for title, rows in tables if rows)
    )  # fmt: skip


def _table(title: str, rows: list[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><th scope='row'>{_said(name)}</th><td>{_said(about)}</td></tr>"
        for name, about in rows
    )
    return f"<details><summary>{title} ({len(rows)})</summary><table>{cells}</table></details>"


def _said(text: str) -> str:
    return escape(clean(" ".join(text.split())))


def _frame(page: str, title: str) -> str:
    return (
        f'<iframe title="{escape(title)}" sandbox="allow-scripts" srcdoc="{escape(page)}" '
        f'width="100%" height="{HEIGHT}" style="border: 0"></iframe>'
    )
