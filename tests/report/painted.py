"""A picture painted from two invented streams, one of them the claims of a belligerent."""

from __future__ import annotations

from pathlib import Path

from standoff.watch import Picture, watch

MAPPING = """
mapping: 1
name: quarrel
title: A quarrel of three rungs
about: Invented.
ladder: {variable: rung, rungs: [calm, tense, fight]}
moves: {every: 14, why: Invented.}
treaty:
  name: north-atlantic
  clauses: [article-5]
  incidents:
    fight: {domain: land, effects: grave}
codebooks:
  diary:
    version: "1"
    columns: {day: day, source: source, target: target, code: code}
    terms: "Invented: no terms"
    groups:
      - {rung: calm, codes: {talk: talks}}
      - {rung: tense, codes: {drill: manoeuvres}}
      - {rung: fight, codes: {shot: shots fired}}
  bulletin:
    version: "2"
    columns: {day: when, source: who, target: whom, code: what}
    terms: "Invented: no terms either"
    reporting: {claim: true, lag: 3, why: Invented.}
    groups:
      - {rung: fight, codes: {shelled: shelling}}
"""

WEEKS = ("talk talk", "talk drill", "drill drill", "drill shot", "shot shot shot", "talk drill odd")


def painted(folder: Path, weeks: tuple[str, ...] = WEEKS, mapping: str = MAPPING) -> Picture:
    """The picture of Russia and Ukraine in weeks of which this was reported, from 1 January 2024.

    In the last of them the bulletin claims that there was shelling; a row of it has no date.
    """
    lines, days = ["day,source,target,code"], [f"2024-01-{7 * k + 1:02d}" for k in range(4)]
    days += [f"2024-02-{7 * k - 27:02d}" for k in range(4, 8)]
    for day, codes in zip(days, weeks, strict=False):
        lines += [f"{day},RUS,UKR,{code}" for code in codes.split()]
    claims = ["when,who,whom,what", f"{days[len(weeks) - 1]},UKR,RUS,shelled", ",UKR,RUS,shelled"]
    folder.mkdir(parents=True, exist_ok=True)
    files = {"diary.csv": lines, "bulletin.csv": claims, "mapping.yaml": [mapping]}
    for name, text in files.items():
        (folder / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    streams = [folder / "diary.csv", folder / "bulletin.csv"]
    return watch(streams, folder / "mapping.yaml", pairs=[("RUS", "UKR")], period="week")
