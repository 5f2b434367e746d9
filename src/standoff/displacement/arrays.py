"""What the kernels of the walk work on, and room to work in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Graph(NamedTuple):
    """The arrays of a `Network`, by the same names."""

    place: Whole
    root: Whole
    held: Whole
    held_to: Whole
    origin: Whole
    first: Whole
    destination: Whole
    path_first: Whole
    path: Whole
    alone: Whole
    node: Whole
    used: Floats
    decides: Flags
    target_first: Whole
    target: Whole
    going: Whole
    spent: Floats
    leg_link: Whole
    leg_after: Whole
    leg_used: Floats
    leg_back: Whole


class Days(NamedTuple):
    """What changes by day: the arrays of a `Timeline`; `fear` is intensity times decay, `limited`
    [link] whether a link ever has a limit.
    """

    open: Flags
    forced: Flags
    limit: Floats
    limited: Flags
    fear: Floats
    moving: Whole
    town: Flags
    camp: Flags
    foreign: Flags


class Lanes(NamedTuple):
    """What differs between rows. `displaced` is [day, place, lane], `initial` [place, lane]; `near`
    [option, lane] is the weight of distance; `chance` [code, lane] that to leave, times `often`
    [place, lane]; `capacity` is [place, lane]; the rest is [lane].
    """

    displaced: Floats
    initial: Floats
    near: Floats
    chance: Floats
    often: Floats
    capacity: Floats
    buffer: Floats
    camp_weight: Floats
    foreign_weight: Floats
    conflict_weight: Floats
    weight_softening: Floats
    weight_power: Floats


class Ways(NamedTuple):
    """How people move in all rows: whether they choose blindly and avoid short stints, their speed
    in km a day, and whether any road is a corridor.
    """

    blind: bool
    short: bool
    speed: float
    corridors: bool


class Choices(NamedTuple):
    """What is decided on a day: `room` [place, lane], how open a place is; `leave` [place, lane],
    the chance to leave; `go` [option, lane], that of each option that is followed, and `gone`
    [place, lane] their sum; `usable` [option]; `score` [place, lane].
    """

    room: Floats
    leave: Floats
    go: Floats
    gone: Floats
    usable: Flags
    score: Floats


class Work(NamedTuple):
    """Room to work in.

    Nights are spent in places, by node, and then on legs, `[night, bin, lane]`: `early` by those
    who were there or on the road at daybreak, `late` by those who arrived in the course of the day,
    `again` likewise in parts. `coming` and `moved` are [state, bin, lane], `hands` [3, bin, lane];
    `here` and `here_again` [place, lane] are who is in a place, `before` and `room` [place, lane]
    how open it is; `left` and `left_again` [link, lane] are how many a corridor still lets through;
    `full` [lane] says whether a camp filled up; `total` is [lane].
    """

    night: Floats
    early: Floats
    late: Floats
    again: Floats
    coming: Floats
    moved: Floats
    hands: Floats
    here: Floats
    here_again: Floats
    before: Floats
    room: Floats
    left: Floats
    left_again: Floats
    full: Flags
    total: Floats


def work_for(graph: Graph, days: Days, bins: int, lanes: int) -> tuple[Work, Choices]:
    """Room for the work on so many lanes, empty."""
    nights = (len(graph.place) + len(graph.leg_link), bins, lanes)
    states = (len(graph.node), bins, lanes)
    place, link = (len(days.foreign), lanes), (len(days.limited), lanes)
    options = len(graph.destination)
    zeros = np.zeros
    room = np.ones(place)
    return (
        Work(
            zeros(nights), zeros(nights), zeros(nights), zeros(nights), zeros(states),
            zeros(states), zeros((3, bins, lanes)), zeros(place), zeros(place), np.ones(place),
            room, zeros(link), zeros(link), zeros(lanes, bool), zeros(lanes),
        ),
        Choices(
            room, zeros(place), zeros((options, lanes)), zeros(place), zeros(options, bool),
            zeros(place),
        ),
    )  # fmt: skip
