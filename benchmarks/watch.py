"""What a million GDELT rows cost, beside pandas reading the same columns of the same file.

    python benchmarks/watch.py [--rows N] [--file FILE] [--no-peer]

The file is made from a seed, with the 61 columns of GDELT 2, and 3 % of its rows are malformed in
the ways of the wild; it is kept in the folder for temporary files. Each program runs in a process
of its own, of which wall time, CPU time and the peak of resident memory are shown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from standoff.watch import FORMATS

ACTORS = (
    "RUS", "UKR", "USA", "CHN", "TWN", "IRN", "ISR", "IND", "PAK", "PRK", "KOR", "DEU", "FRA",
    "GBR", "POL", "EST", "TUR", "SYR", "AFR", "EUR", "",
)  # fmt: skip
CODES = (
    "010", "020", "036", "040", "042", "043", "046", "051", "057", "061", "073", "0841", "0871",
    "090", "100", "1056", "110", "111", "112", "120", "130", "138", "1381", "139", "140", "145",
    "150", "152", "154", "160", "163", "170", "173", "180", "182", "183", "190", "191", "192",
    "193", "194", "195", "1951", "196", "203", "2041",
)  # fmt: skip
WATCH = """
import resource, sys, time
from standoff.watch import watch
begun = time.perf_counter(), time.process_time()
picture = watch([sys.argv[1]], "force", period="week", first=None)
spent = time.perf_counter() - begun[0], time.process_time() - begun[1]
rows = picture.streams[0].census
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"standoff {spent[0]:.2f} {spent[1]:.2f} {peak:.0f} {rows}")
"""
PANDAS = """
import resource, sys, time
import pandas
begun = time.perf_counter(), time.process_time()
frame = pandas.read_csv(
    sys.argv[1], sep="\\t", header=None, names=sys.argv[2].split(","), dtype=str, quoting=3,
    usecols=["GLOBALEVENTID", "SQLDATE", "Actor1CountryCode", "Actor2CountryCode", "EventCode",
             "DATEADDED"], on_bad_lines="skip",
)
kept = frame.drop_duplicates("GLOBALEVENTID")
when = pandas.to_datetime(kept["SQLDATE"], format="%Y%m%d", errors="coerce")
kept.groupby(["Actor1CountryCode", "Actor2CountryCode", "EventCode", when.dt.to_period("W")]).size()
spent = time.perf_counter() - begun[0], time.process_time() - begun[1]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"pandas   {spent[0]:.2f} {spent[1]:.2f} {peak:.0f} {len(frame)} rows by pair and week")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--no-peer", action="store_true")
    given = parser.parse_args()
    default = Path(tempfile.gettempdir()) / f"gdelt-{given.rows}.export.CSV"
    path = given.file or default
    if not path.exists():
        begun = time.perf_counter()
        write(path, given.rows)
        print(f"{path} written in {time.perf_counter() - begun:.0f} s")
    print(f"{path.stat().st_size / 1e6:.0f} MB, {given.rows:,} rows")
    print("          wall s, CPU s, peak MB")
    columns = ",".join(FORMATS[0].columns)
    for program in (WATCH,) if given.no_peer else (WATCH, PANDAS):
        command = [sys.executable, "-c", program, str(path), columns]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())


def write(path: Path, rows: int) -> None:
    """Writes so many rows as GDELT would, from a seed, block by block."""
    draw = np.random.default_rng(0)
    start = np.datetime64("2021-03-01")
    with path.open("w", encoding="utf-8") as out:
        for first in range(0, rows, 50_000):
            count = min(50_000, rows - first)
            added = start + np.sort(draw.integers(0, 40, count)) + 40 * (first // 50_000)
            late = draw.choice([0, 0, 0, 0, 0, 0, 0, 1, 7, 30, 365], count)
            codes = draw.choice(CODES, count)
            ones, others = draw.choice(ACTORS, count), draw.choice(ACTORS, count)
            flaws = draw.random(count)
            lines = []
            for k in range(count):
                when = str(added[k]).replace("-", "")
                day = str(added[k] - late[k]).replace("-", "")
                cells = _row(first + k, day, when, codes[k], ones[k], others[k])
                if flaws[k] < 0.01:
                    cells = cells[: 40 + k % 20]
                elif flaws[k] < 0.02:
                    cells[1] = "2022133" + str(k % 10)
                elif flaws[k] < 0.025:
                    cells[26] = "---"
                elif flaws[k] < 0.03 and first + k:
                    cells[0] = str(first + k - 1)
                lines.append("\t".join(cells))
            out.write("\n".join(lines) + "\n")


def _row(number: int, day: str, added: str, code: str, one: str, other: str) -> list[str]:
    actor1 = [one and f"{one}GOV", one and "PRESIDENT", one, "", "", "", "", "GOV", "", ""]
    actor2 = [other and f"{other}MIL", other and "MILITARY", other, "", "", "", "", "MIL", "", ""]
    place = [
        "4",
        "Somewhere \"quoted, Kyyivs'ka Oblast', Ukraine",
        "UP",
        "UP13",
        "25071",
        "50",
        "30",
        "-1",
    ]
    return [
        str(number), day, day[:6], day[:4], f"{day[:4]}.5000", *actor1, *actor2, "1", code,
        code[:3], code[:2], "4", "-10.0", "10", "1", "10", "-3.40425531914894", *place, *place,
        *place, f"{added}120000",
        f"https://example.org/news/2022/world/{number}/a-long-title-of-an-article",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
