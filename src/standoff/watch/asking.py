"""Which clauses are near: what a treaty would say of an incident at a rung, and what stays open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from standoff.watch.picture import Clause

if TYPE_CHECKING:
    from standoff.watch.calendar import Calendar
    from standoff.watch.mapping import Asked


def clauses(asked: Asked | None, calendar: Calendar) -> tuple[Clause, ...]:
    """The clauses that a mapping asks, as the treaty stood on the last day.

    What a report does not tell is unknown, so that the questions left open are those on which the
    treaty would turn. A reasoned opinion on a made-up incident, no ruling on a real one.
    """
    if asked is None:
        return ()
    from standoff.treaty import Truth, rule

    found = []
    for rung, incident in asked.incidents:
        ruling = rule(asked.treaty, incident, calendar.end - timedelta(1))
        for name in asked.clauses:
            finding = ruling.clause(name)
            unclear = (test for test in finding.tests if test.truth is Truth.UNCLEAR)
            found.append(
                Clause(
                    asked.treaty.name,
                    name,
                    rung,
                    finding.truth.value,
                    tuple(test.asks for test in unclear if not test.within),
                )
            )
    return tuple(found)
