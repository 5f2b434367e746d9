"""The published streams that are read, each as data.

Goldstein scores and other intensities that sum a code up are never read: on Goldstein's scale
small arms, an air strike and a nuclear detonation are all -10, so that it cannot order the top of a
ladder.
"""

from __future__ import annotations

from standoff.watch.codes import (
    cameo,
    cameo_root,
    cameo_without_zeros,
    itself,
    named,
    plover,
    plover_root,
    severity,
    ucdp,
    ucdp_root,
)
from standoff.watch.dates import compact, iso, written
from standoff.watch.format import Day, Format, What, Who
from standoff.watch.parties import forces, governments, lists, pair, rivals

_ACTOR = (
    "Code", "Name", "CountryCode", "KnownGroupCode", "EthnicCode", "Religion1Code",
    "Religion2Code", "Type1Code", "Type2Code", "Type3Code",
)  # fmt: skip
_GEO = (
    "Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long", "FeatureID",
)  # fmt: skip
GDELT_COLUMNS = (
    "GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "FractionDate",
    *(f"Actor1{name}" for name in _ACTOR),
    *(f"Actor2{name}" for name in _ACTOR),
    "IsRootEvent", "EventCode", "EventBaseCode", "EventRootCode", "QuadClass", "GoldsteinScale",
    "NumMentions", "NumSources", "NumArticles", "AvgTone",
    *(f"{who}Geo_{name}" for who in ("Actor1", "Actor2", "Action") for name in _GEO),
    "DATEADDED", "SOURCEURL",
)  # fmt: skip
"""The 61 columns of GDELT 2, which has no header."""

GDELT = Format(
    "gdelt",
    "GDELT 2 events",
    "CAMEO",
    "1.1b3",
    "\t",
    False,
    (),
    Day(("SQLDATE",), compact),
    Who(("Actor1CountryCode", "Actor2CountryCode"), pair, required=False),
    What(("EventCode",), cameo, cameo_root),
    "GLOBALEVENTID",
    "GDELT: free for any use, with a reference to the GDELT Project and its address",
    GDELT_COLUMNS,
    quoted=False,
    published="DATEADDED",
)

ICEWS = Format(
    "icews",
    "ICEWS coded events",
    "CAMEO",
    "1.1b3",
    "\t",
    True,
    ("Event ID", "CAMEO Code", "Source Country", "Target Country"),
    Day(("Event Date",), iso),
    Who(("Source Country", "Target Country"), pair, required=False),
    What(("CAMEO Code",), cameo_without_zeros, cameo_root),
    "Event ID",
    "ICEWS: the terms of the Harvard Dataverse record, doi:10.7910/DVN/28075, hold",
    quoted=False,
)

POLECAT = Format(
    "polecat",
    "POLECAT coded events",
    "PLOVER",
    "as in POLECAT",
    "\t",
    True,
    ("Event ID", "Event Type", "Event Mode", "Actor Country", "Recipient Country"),
    Day(("Event Date",), iso),
    Who(("Actor Country", "Recipient Country"), lists, required=False),
    What(("Event Type", "Event Mode"), plover, plover_root),
    "Event ID",
    "POLECAT: the terms of the Harvard Dataverse record, doi:10.7910/DVN/AJGVIT, hold",
    quoted=False,
)

ACLED = Format(
    "acled",
    "ACLED events",
    "ACLED",
    "2019",
    ",",
    True,
    ("event_id_cnty", "event_date", "sub_event_type", "actor1"),
    Day(("event_date",), written),
    Who(("actor1", "actor2"), forces),
    What(("sub_event_type",), named, itself),
    "event_id_cnty",
    "ACLED: the user's own key and terms hold; single rows and data derived from them that would "
    "stand in for ACLED's may not be passed on, nor a platform like its own be made of them",
    fuzz=("time_precision", (("1", 1), ("2", 7), ("3", 31))),
    aggregate=True,
)

UCDP = Format(
    "ucdp",
    "UCDP georeferenced events, yearly or candidate",
    "UCDP GED",
    "as released",
    ",",
    True,
    ("type_of_violence", "side_a", "side_b", "date_start", "best"),
    Day(("date_start",), iso),
    Who(("side_a", "side_b"), governments),
    What(("type_of_violence", "best"), ucdp, ucdp_root),
    "id",
    "UCDP: CC BY 4.0; cite the release",
    fuzz=("date_prec", (("1", 1), ("2", 6), ("3", 7), ("4", 31), ("5", 365))),
)

EUREPOC = Format(
    "eurepoc",
    "EuRepoC global database, versions before 1.3",
    "EuRepoC",
    "1.1",
    ",",
    True,
    ("ID", "weighted_cyber_intensity", "initiator_country", "receiver_country"),
    Day(("start_date",), iso),
    Who(("initiator_country", "receiver_country"), lists, required=False),
    What(("weighted_cyber_intensity",), severity, itself),
    "ID",
    "EuRepoC: the terms of its Zenodo record hold; cite the version",
)

EUREPOC_1_3 = Format(
    "eurepoc-1.3",
    "EuRepoC global dataset, version 1.3",
    "EuRepoC",
    "1.3",
    ",",
    True,
    ("incident_id", "weighted_intensity", "initiator_alpha_2", "receiver_country_alpha_2_code"),
    Day(("start_date",), written),
    Who(("initiator_alpha_2", "receiver_country_alpha_2_code"), lists, required=False),
    What(("weighted_intensity",), severity, itself),
    "incident_id",
    "EuRepoC: the terms of its Zenodo record hold; cite the version",
    unlike=("dyad_id", "an incident stands there once for each pair; take the global dataset"),
)

DCID = Format(
    "dcid",
    "Dyadic Cyber Incident Dataset 2.0",
    "DCID",
    "2.0",
    ",",
    True,
    ("Cyberincidentnum", "StateA", "StateB", "initiator", "severity"),
    Day(("interactionstartdate",), iso),
    Who(("initiator", "StateA", "StateB"), rivals),
    What(("severity",), severity, itself),
    "Cyberincidentnum",
    "DCID: cite Maness, Valeriano and others; no licence to pass it on was found",
)

FORMATS = (GDELT, ICEWS, POLECAT, ACLED, UCDP, EUREPOC, EUREPOC_1_3, DCID)
"""All of them."""
