"""Stocks, bands and maps: who is where, counted in whole."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from standoff.displacement import (
    DESTINATION_CHOICE,
    Flow,
    Stocks,
    bands,
    choose,
    map_of,
    open_instance,
    ranges,
    spread,
    stocks,
    write_bands,
)

INSTANCE = open_instance("ukraine-2022-small")
MEDYKA = INSTANCE.names.index("Medyka")


def pulse(count: float) -> Flow:
    """So many are in Medyka from the first day on, and nobody else is anywhere."""
    people = np.zeros((1, INSTANCE.days, len(INSTANCE.locations)))
    people[:, :, MEDYKA] = count
    days = np.zeros((1, INSTANCE.days))
    return Flow(people, days, days + count)


def test_returns_are_a_daily_share() -> None:
    """Of a pulse of arrivals (1 - r)^t are left after t days, and the others have gone back."""
    found = stocks(INSTANCE, pulse(1000.0), return_rate=0.01)
    day = np.arange(INSTANCE.days)
    assert found.of("Medyka")[0] == pytest.approx(1000 * 0.99**day)
    assert found.of("Poland") == pytest.approx(found.abroad)
    assert found.returned[0] == pytest.approx(1000 - 1000 * 0.99**day)
    assert found.at_home == pytest.approx(0)


def test_who_stays_is_at_home() -> None:
    """Where the flow has the 60 % who set out, the other 40 % are at home."""
    found = stocks(INSTANCE, pulse(600.0), staying=0.4)
    assert found.at_home == pytest.approx(400)
    assert found.of("Ukraine") is found.at_home


def test_an_unknown_place_is_refused() -> None:
    """With a sentence, not by an empty count."""
    with pytest.raises(KeyError, match="no country or place 'Narnia'"):
        stocks(INSTANCE, pulse(1.0)).of("Narnia")


def many() -> dict[str, Stocks]:
    rows = spread(INSTANCE, DESTINATION_CHOICE, 16)
    return {
        name: stocks(INSTANCE, choose(INSTANCE, rows, name), name)
        for name in ("as-given", "protected-corridor")
    }


def test_settings_are_spread_over_their_ranges() -> None:
    """Every range is covered from end to end; one row has the instance's settings."""
    rows = spread(INSTANCE, DESTINATION_CHOICE, 64)
    for name, (low, high) in ranges(INSTANCE, DESTINATION_CHOICE).items():
        counts, _ = np.histogram(rows[name], 8, (low, high))
        assert counts.tolist() == [8] * 8
    assert "pull Poland" in rows
    assert spread(INSTANCE, DESTINATION_CHOICE, 1) == {}
    assert np.array_equal(spread(INSTANCE, DESTINATION_CHOICE, 64)["softening"], rows["softening"])


def test_bands_are_quantiles_beside_records(tmp_path: Path) -> None:
    """The table has a line for each day, spot and doctrine, in which p05 <= median <= p95."""
    recorded = np.full((INSTANCE.days, len(INSTANCE.locations)), np.nan)
    recorded[:, list(INSTANCE.camps)] = INSTANCE.recorded()
    flows = many()
    found = bands(flows, recorded)
    write_bands(found, tmp_path / "who.csv")
    with (tmp_path / "who.csv").open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == INSTANCE.days * len(found.spots) * 2
    assert all(float(x["p05"]) <= float(x["median"]) <= float(x["p95"]) for x in lines)
    last = {(x["country"], x["place"]): x for x in lines if x["date"] == found.dates[-1]}
    assert last["Poland", ""]["recorded"] == "3505890"
    assert last["Poland", "Medyka"]["recorded"] == "3505890"
    assert last["", "at home"]["recorded"] == ""
    low, median, high = found.of("as-given", "Poland")
    by_hand = np.quantile(flows["as-given"].of("Poland")[:, -1], [0.05, 0.5, 0.95])
    assert (low, median, high) == pytest.approx(tuple(by_hand))
    with pytest.raises(KeyError, match="'Narnia' is not counted"):
        found.of("as-given", "Narnia")


def test_a_map_has_places_and_the_roads_taken() -> None:
    """Whoever arrives abroad crossed the border: into each camp the roads bring as many as come."""
    uprooted = np.zeros((INSTANCE.days, len(INSTANCE.locations)))
    uprooted[:30, INSTANCE.names.index("Kyiv")] = 1000.0
    flow = choose(INSTANCE, displaced=uprooted)
    made = map_of(INSTANCE, flow.people[0], uprooted)
    assert json.loads(json.dumps(made)) == made
    assert made["dates"][0] == "2022-02-24"
    assert made["dates"][-1] == "2022-05-25"
    assert [place["name"] for place in made["places"]] == list(INSTANCE.names)
    into = dict.fromkeys((INSTANCE.names[i] for i in INSTANCE.camps), 0)
    for road in made["roads"]:
        for end, number in zip((road["to"], road["from"]), road["flow"], strict=True):
            if end in into:
                into[end] += number
    start = INSTANCE.recorded()[0]
    came = flow.people[0, -1, list(INSTANCE.camps)] - start
    assert list(into.values()) == pytest.approx(came, abs=1)
    assert sum(into.values()) == pytest.approx(30000, abs=3)
    closed = next(road for road in made["roads"] if road["from"] == "Mariupol")
    assert not closed["open"]
