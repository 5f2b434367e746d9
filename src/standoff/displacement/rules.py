"""The rules by which people move and are displaced: the settings of an instance.

Names and defaults are those of Flee's `simsetting.yml` (Suleimenova, Bell and Groen 2017; Ghorbani
et al. 2024), so that its users find what they know; those of the choice of a destination stand in a
section of their own, `choice_rules`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

FREE = (
    "softening",
    "distance_power",
    "weight_power",
    "weight_softening",
    "camp_weight",
    "foreign_weight",
    "conflict_weight",
    "conflict_movechance",
    "default_movechance",
    "camp_movechance",
    "idpcamp_movechance",
    "capacity_scaling",
    "capacity_buffer",
    "distance_decay",
    "capacity_pull",
    "network_pull",
    "internal_pull",
    "people",
)
"""The settings that may differ between the rows of one run; `people` multiplies the displaced.

Besides, a row may have a `pull NAME` of its own, for a country or a location.
"""

LOCAL_WALK = "local walk"
"""Flee's rule: from place to place, by what lies nearest."""
DESTINATION_CHOICE = "destination choice"
"""People choose where to go in the end, then take the shortest road."""
MOVEMENT = (DESTINATION_CHOICE, LOCAL_WALK)
"""The rules of movement, that which is used by default first."""


@dataclass(frozen=True)
class Rules:
    """How people choose, how far they get, and who is displaced.

    Speeds are in km a day, chances in [0, 1] a day, `awareness_level` in roads ahead. A place is
    chosen with weight `((weight_softening + score) / (softening + km) ** distance_power * C) **
    weight_power`, where C falls from 1 to 0 as a camp fills from `capacity_buffer` of its capacity
    to all of it. `conflict_spawn_decay` has one factor for each `conflict_spawn_decay_interval`
    days since a conflict began. `spawn_mode` is how many are displaced: `recorded`, as many as were
    registered; `constant`, `poisson` or `pop_ratio`, driven by conflict at
    `displaced_per_conflict_day`.

    Where people choose a destination (`choose`), its weight is `capacity ** capacity_pull * (1 +
    thousands there) ** network_pull * exp(pull) / (softening + km) ** distance_decay * C`; `pull`
    is by country or location, 0 where it says nothing. Towns at home in which there is no conflict
    are destinations too where `internal_pull`, a factor beside camps of their size, is not 0.
    """

    max_move_speed: float = 360.0
    max_walk_speed: float = 35.0
    softening: float = 10.0
    distance_power: float = 1.0
    weight_power: float = 1.0
    weight_softening: float = 0.0
    camp_weight: float = 1.0
    foreign_weight: float = 1.0
    conflict_weight: float = 10.0**-0.5
    conflict_movechance: float = 1.0
    default_movechance: float = 0.3
    camp_movechance: float = 0.001
    idpcamp_movechance: float = 0.1
    capacity_scaling: float = 1.0
    capacity_buffer: float = 0.9
    movechance_pop_base: float = 10_000.0
    movechance_pop_scale_factor: float = 0.0
    awareness_level: int = 1
    avoid_short_stints: bool = False
    start_on_foot: bool = False
    people: float = 1.0
    sum_from_camps: bool = True
    insert_day0: bool = True
    empty_camps_on_day0: bool = False
    take_from_population: bool = False
    conflict_spawn_decay: tuple[float, ...] = ()
    conflict_spawn_decay_interval: int = 30
    spawn_mode: str = "recorded"
    displaced_per_conflict_day: float = 0.0
    distance_decay: float = 0.3
    capacity_pull: float = 0.6
    network_pull: float = 0.0
    internal_pull: float = 0.0
    pull: tuple[tuple[str, float], ...] = ()


RULES = tuple(field.name for field in fields(Rules))
"""All names of settings, in order."""
