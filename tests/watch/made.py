"""Tiny event files, one maker for each published format."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from standoff.watch import FORMATS

GDELT = next(form for form in FORMATS if form.name == "gdelt")
ICEWS_HEADER = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text",
    "CAMEO Code", "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID",
)  # fmt: skip
POLECAT_HEADER = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Actor Name",
    "Actor Country", "Recipient Name", "Recipient Country",
)  # fmt: skip
ACLED_HEADER = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type",
    "sub_event_type", "actor1", "inter1", "actor2", "country", "iso", "fatalities", "notes",
)  # fmt: skip
UCDP_HEADER = (
    "id", "year", "code_status", "type_of_violence", "side_a", "side_b", "date_prec", "date_start",
    "date_end", "best", "high", "low", "country",
)  # fmt: skip
EUREPOC_HEADER = (
    "ID", "name", "description", "start_date", "initiator_country", "receiver_country",
    "weighted_cyber_intensity",
)  # fmt: skip
EUREPOC_1_3_HEADER = (
    "incident_id", "name", "start_date", "initiator_alpha_2", "receiver_country_alpha_2_code",
    "weighted_intensity",
)  # fmt: skip
DCID_HEADER = (
    "Cyberincidentnum", "Dyadpair", "StateA", "StateB", "Name", "interactionstartdate", "initiator",
    "severity",
)  # fmt: skip


def gdelt_row(
    number: object,
    day: str,
    source: str,
    target: str,
    code: str,
    added: str = "",
) -> list[str]:
    """One row of GDELT's 61 columns; `added` is the day on which it came out."""
    said = {
        "GLOBALEVENTID": str(number),
        "SQLDATE": day,
        "Actor1CountryCode": source,
        "Actor2CountryCode": target,
        "EventCode": code,
        "GoldsteinScale": "-10.0",
        "Actor1Name": 'A "QUOTED',
        "DATEADDED": f"{added or day}120000",
        "SOURCEURL": "https://example.org/1",
    }
    return [said.get(name, "") for name in GDELT.columns]


def gdelt(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A file of GDELT's: tabs, no header, no quotes."""
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def table(
    path: Path, header: Sequence[str], rows: Sequence[dict[str, object]], separator: str = ","
) -> Path:
    """A file with a header; what a row does not say is empty."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, delimiter=separator, lineterminator="\n")
        out.writerow(header)
        out.writerows([[str(row.get(name, "")) for name in header] for row in rows])
    return path


def icews(path: Path, rows: Sequence[tuple[object, str, str, str, str]]) -> Path:
    """ICEWS: number, day, source, target and code of each event."""
    return table(
        path,
        ICEWS_HEADER,
        [
            {"Event ID": number, "Event Date": day, "Source Country": source, "Intensity": "-10.0",
             "Target Country": target, "CAMEO Code": code, "Event Text": "a text"}
            for number, day, source, target, code in rows
        ],
        "\t",
    )  # fmt: skip


def polecat(path: Path, rows: Sequence[tuple[object, str, str, str, str, str]]) -> Path:
    """POLECAT: number, day, actor, recipient, type and mode of each event."""
    return table(
        path,
        POLECAT_HEADER,
        [
            {"Event ID": number, "Event Date": day, "Actor Country": actor, "Event Type": kind,
             "Recipient Country": recipient, "Event Mode": mode}
            for number, day, actor, recipient, kind, mode in rows
        ],
        "\t",
    )  # fmt: skip


def acled(path: Path, rows: Sequence[tuple[object, str, str, str, str, str]]) -> Path:
    """ACLED: number, day, precision, actors and sub-event type of each event."""
    return table(
        path,
        ACLED_HEADER,
        [
            {"event_id_cnty": number, "event_date": day, "time_precision": precision,
             "actor1": one, "actor2": other, "sub_event_type": code, "notes": "two\nlines, more"}
            for number, day, precision, one, other, code in rows
        ],
    )  # fmt: skip


def ucdp(path: Path, rows: Sequence[tuple[object, str, str, str, str, str, str]]) -> Path:
    """UCDP: number, day, precision, sides, type and deaths of each event."""
    return table(
        path,
        UCDP_HEADER,
        [
            {"id": number, "date_start": f"{day} 00:00:00.000", "date_prec": precision,
             "side_a": one, "side_b": other, "type_of_violence": kind, "best": deaths}
            for number, day, precision, one, other, kind, deaths in rows
        ],
    )  # fmt: skip


def eurepoc(path: Path, rows: Sequence[tuple[object, str, str, str, str]]) -> Path:
    """EuRepoC before 1.3: number, day, initiators, receivers and intensity of each incident."""
    return table(
        path,
        EUREPOC_HEADER,
        [
            {"ID": number, "start_date": day, "initiator_country": one, "receiver_country": other,
             "weighted_cyber_intensity": grade, "description": "several, words\nand lines"}
            for number, day, one, other, grade in rows
        ],
    )  # fmt: skip


def eurepoc_1_3(path: Path, rows: Sequence[tuple[object, str, str, str, str]]) -> Path:
    """EuRepoC 1.3: the same, with days as 24.02.2022 and two letters a country."""
    return table(
        path,
        EUREPOC_1_3_HEADER,
        [
            {"incident_id": number, "start_date": day, "initiator_alpha_2": one,
             "receiver_country_alpha_2_code": other, "weighted_intensity": grade}
            for number, day, one, other, grade in rows
        ],
    )  # fmt: skip


def dcid(path: Path, rows: Sequence[tuple[object, str, str, str, str, str]]) -> Path:
    """DCID as CSV: number, day, rivals, initiator and severity of each incident."""
    return table(path, DCID_HEADER, _dcid(rows))


def dcid_sheet(path: Path, rows: Sequence[tuple[object, str, str, str, str, str]]) -> Path:
    """DCID as it is published, a sheet of Excel's with days as days."""
    from datetime import datetime

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(DCID_HEADER))
    for row in _dcid(rows):
        cells: list[object] = [row.get(name) for name in DCID_HEADER]
        cells[5] = datetime.fromisoformat(str(cells[5]))
        cells[6], cells[7] = int(str(cells[6])), int(str(cells[7]))
        sheet.append(cells)
    book.save(path)
    return path


def _dcid(rows: Sequence[tuple[object, str, str, str, str, str]]) -> list[dict[str, object]]:
    return [
        {"Cyberincidentnum": number, "interactionstartdate": day, "StateA": one, "StateB": other,
         "initiator": initiator, "severity": grade}
        for number, day, one, other, initiator, grade in rows
    ]  # fmt: skip
