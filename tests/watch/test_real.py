"""Data as they are: the incidents of DCID and EuRepoC, and UCDP's conflicts by a mapping."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from standoff.watch import Picture, watch

EVIDENCE = Path(__file__).parents[3] / "shared" / "evidence"
pytestmark = pytest.mark.skipif(not EVIDENCE.exists(), reason="the evidence is not here")


@pytest.fixture(scope="module")
def cyber() -> Picture:
    """Both data sets of cyber incidents."""
    (sheet,) = (EVIDENCE / "dcid").glob("*.xlsx")
    return watch([EVIDENCE / "eurepoc" / "eurepoc_global_1_1_nosources.csv", sheet], "cyber")


def test_all_incidents_are_read(cyber: Picture) -> None:
    """1,643 incidents of EuRepoC 1.1 and 429 of DCID 2.0, none lost."""
    read = {stream.name: stream.census.read for stream in cyber.streams}
    assert read == {"eurepoc": 1643, "dcid": 429}
    for stream in cyber.streams:
        census = stream.census
        parts = (census.mapped, census.unmapped, census.ignored, census.elsewhere, census.outside)
        assert sum(parts) + census.aside == census.read
        assert census.unmapped == 0


def test_what_is_odd_about_them_is_said(cyber: Picture) -> None:
    """A quarter of EuRepoC is dated the first of January; four initiators of DCID are odd."""
    eurepoc, dcid = cyber.streams
    assert any("first of January" in remark for remark in eurepoc.remarks)
    assert dict(dcid.aside) == {"an initiator that is neither of the two rivals": 4}
    assert dict(eurepoc.aside) == {"no date": 16}


def test_no_incident_of_dcid_harmed_life(cyber: Picture) -> None:
    """No incident of DCID 2.0 is graded 7 or more, as Valeriano and Maness find."""
    harm = cyber.ladder.rungs.index("harm")
    at = [stream.name for stream in cyber.streams].index("dcid")
    assert cyber.counts[:, at, :, harm].sum() == 0
    assert cyber.counts[:, at].sum() > 200


def test_the_busiest_pairs_are_the_known_rivals(cyber: Picture) -> None:
    """China, Russia and Iran with the United States, both Koreas, India and Pakistan."""
    pairs = {pair.actors for pair in cyber.pairs}
    assert pairs >= {
        ("CHN", "USA"), ("RUS", "USA"), ("IRN", "USA"), ("KOR", "PRK"), ("IND", "PAK")
    }  # fmt: skip


def test_conflicts_are_read_with_a_mapping_of_ones_own(tmp_path: Path) -> None:
    """UCDP/PRIO's table of conflict years is no event stream, and a mapping file makes it one."""
    mapping = tmp_path / "years.yaml"
    mapping.write_text(
        """mapping: 1
name: years
ladder: {variable: conflict, rungs: [none, minor, war]}
codebooks:
  UCDP/PRIO:
    version: "24.1"
    columns: {day: year, source: gwno_a, target: gwno_b, code: intensity_level}
    dates: "%Y"
    terms: "CC BY 4.0"
    groups:
      - {rung: minor, codes: {"1": 25 deaths and more}}
      - {rung: war, codes: {"2": "1,000 deaths and more"}}
""",
        encoding="utf-8",
    )
    table = EVIDENCE / "ucdp" / "UcdpPrioConflict_v24_1.csv"
    picture = watch([table], mapping, pairs=[("IND", "PAK")], period="year", first=date(1946, 1, 1))
    (stream,) = picture.streams
    assert stream.census.read == 2686
    counts = picture.counts[0, 0]
    at = [start.year for start in picture.calendar.starts].index(1971)
    assert counts.sum() > 20
    assert counts[at].tolist() == [0, 0, 1]
