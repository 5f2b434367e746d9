"""Who flees where: people as numbers that move on a graph of places, in many rows at once.

`open_instance` reads Flee's files as they are; `displace` gives the expected flows of every row
under every doctrine; `calibrate` fits them to the first days of records, and `forecast` says what
may come after; `ard`, `crps`, `coverage` and `baselines` say how well all that, and trivial rules,
agree with records.
"""

from standoff.displacement.bands import (
    LEVELS,
    Bands,
    Spot,
    at_spots,
    banded,
    bands,
    bands_json,
    forecast_bands,
    write_bands,
)
from standoff.displacement.calibrate import Assumed, Fit, Forecast, calibrate, forecast
from standoff.displacement.destination import choose
from standoff.displacement.displace import displace
from standoff.displacement.displaced import displaced_by_rules
from standoff.displacement.driven import (
    SETTINGS,
    Course,
    Driven,
    counted,
    drive,
    flee,
    instance_files,
    refuse_impossible,
    setting_out,
)
from standoff.displacement.instance import (
    AS_GIVEN,
    Closure,
    Corridor,
    Instance,
    Location,
    Measures,
    Records,
    Route,
)
from standoff.displacement.map import map_of
from standoff.displacement.packaged import open_instance, packaged_instances
from standoff.displacement.roads import road_distances
from standoff.displacement.rules import DESTINATION_CHOICE, FREE, LOCAL_WALK, MOVEMENT, Rules
from standoff.displacement.sampling import Courses, sample
from standoff.displacement.scores import ard, baselines, coverage, crps
from standoff.displacement.spread import ranges, spread
from standoff.displacement.stocks import PARTS, Stocks, stocks
from standoff.displacement.table import InstanceError
from standoff.displacement.walk import Flow, prepare, walk, with_rules

__all__ = [
    "AS_GIVEN",
    "DESTINATION_CHOICE",
    "FREE",
    "LEVELS",
    "LOCAL_WALK",
    "MOVEMENT",
    "PARTS",
    "SETTINGS",
    "Assumed",
    "Bands",
    "Closure",
    "Corridor",
    "Course",
    "Courses",
    "Driven",
    "Fit",
    "Flow",
    "Forecast",
    "Instance",
    "InstanceError",
    "Location",
    "Measures",
    "Records",
    "Route",
    "Rules",
    "Spot",
    "Stocks",
    "ard",
    "at_spots",
    "banded",
    "bands",
    "bands_json",
    "baselines",
    "calibrate",
    "choose",
    "counted",
    "coverage",
    "crps",
    "displace",
    "displaced_by_rules",
    "drive",
    "flee",
    "forecast",
    "forecast_bands",
    "instance_files",
    "map_of",
    "open_instance",
    "packaged_instances",
    "prepare",
    "ranges",
    "refuse_impossible",
    "road_distances",
    "sample",
    "setting_out",
    "spread",
    "stocks",
    "walk",
    "with_rules",
    "write_bands",
]
