"""Who flees where: people as numbers that move on a graph of places, in many rows at once.

`open_instance` reads Flee's files as they are; `displace` gives the expected flows of every row
under every doctrine; `ard` and `baselines` say how well they and trivial rules agree with records.
"""

from standoff.displacement.displace import displace
from standoff.displacement.displaced import displaced_by_rules
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
from standoff.displacement.packaged import open_instance, packaged_instances
from standoff.displacement.rules import FREE, Rules
from standoff.displacement.scores import ard, baselines, road_distances
from standoff.displacement.table import InstanceError
from standoff.displacement.walk import Flow, prepare, walk, with_rules

__all__ = [
    "AS_GIVEN",
    "FREE",
    "Closure",
    "Corridor",
    "Flow",
    "Instance",
    "InstanceError",
    "Location",
    "Measures",
    "Records",
    "Route",
    "Rules",
    "ard",
    "baselines",
    "displace",
    "displaced_by_rules",
    "open_instance",
    "packaged_instances",
    "prepare",
    "road_distances",
    "walk",
    "with_rules",
]
