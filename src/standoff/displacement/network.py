"""Every way to spend a day: a graph of places and kilometres moved, found once, as arrays.

People start the day in a place or on a road. Within it they arrive, decide again while they have
time left, and end it in a place or on a road. As everybody in the same place with the same
kilometres behind them has the same chances, a day is a walk on a graph that has no cycles, because
kilometres only grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.displacement.instance import Instance
from standoff.displacement.timeline import Links

MOST_STATES = 270_000
"""Kilometres are exact up to so many states in all days, then rounded ever more coarsely."""
MOST_AS_FLEE = 450_000
"""The same where Flee is reproduced: for comparison in one row, not for many rows."""
GRIDS = (1e-3, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0)
"""Grids of kilometres, finest first."""


@dataclass(frozen=True)
class Network:
    """The graph of a day.

    A node is a place, with the links that are still ahead on a chosen route, and whether the first
    link is still to be walked; `place` and `root` [node] are its place and the node there without a
    route, `held` [node] whether it has one; `origin` [place] is the node at which people are
    displaced. Nodes [0, places) are the roots.

    An option is a path from a place: those of place p are [`first[p]`, `first[p + 1]`);
    `destination` and `km` are `[option]`, its links are `path[path_first[o]:path_first[o + 1]]`,
    and `alone` is its link where it has only one, else -1.

    States of a day: first each node at daybreak, then arrivals in order of kilometres. `node`,
    `used` (km so far) and `decides` (whether there is time to go on) are `[state]`. A state that
    decides has one target for each option of its place, or one where a route is held, from
    `target_first[state]` on: a state, or -1 - t for leg t. `going` has the link of each target.

    A leg is a link on which a night is spent: `leg_link`, `leg_after` (the state in which the next
    day's travel ends, or -1 - t for leg t) and `leg_used` (km moved on the day it is entered from a
    target is in `spent` [target]; on the following days `leg_used`), `leg_back` the root where it
    began, to which people return who find it closed.
    """

    place: NDArray[np.int64]
    root: NDArray[np.int64]
    held: NDArray[np.int64]
    held_to: NDArray[np.int64]
    origin: NDArray[np.int64]
    first: NDArray[np.int64]
    destination: NDArray[np.int64]
    km: NDArray[np.float64]
    path_first: NDArray[np.int64]
    path: NDArray[np.int64]
    alone: NDArray[np.int64]
    node: NDArray[np.int64]
    used: NDArray[np.float64]
    decides: NDArray[np.bool_]
    target_first: NDArray[np.int64]
    target: NDArray[np.int64]
    going: NDArray[np.int64]
    spent: NDArray[np.float64]
    leg_link: NDArray[np.int64]
    leg_after: NDArray[np.int64]
    leg_used: NDArray[np.float64]
    leg_back: NDArray[np.int64]
    grid: float


def network_of(instance: Instance, links: Links, as_flee: bool) -> Network:
    """Finds the graph of a day for the speeds and the awareness of the instance's rules.

    By default a day's travel is limited by time: who walks or drives more slowly has less of it
    left. As Flee has it, each link gets a whole day's speed, so that a day can be twice as long.
    """
    options = _options(instance, links)
    most = (MOST_AS_FLEE if as_flee else MOST_STATES) // instance.days
    for grid in GRIDS:
        builder = _Builder(instance, links, options, as_flee, grid)
        if builder.explore(most if grid != GRIDS[-1] else 10**9):
            break
    return builder.network()


def _options(instance: Instance, links: Links) -> list[list[tuple[int, ...]]]:
    """The loop-free paths from each place that people know of; markers are passed through."""
    leaving: list[list[int]] = [[] for _ in instance.locations]
    for link, start in enumerate(links.start):
        leaving[start].append(link)
    marker = [location.kind == "marker" for location in instance.locations]
    level = max(1, instance.rules.awareness_level)
    found: list[list[tuple[int, ...]]] = []
    for place in range(len(instance.locations)):
        paths: list[tuple[int, ...]] = []

        def follow(
            path: tuple[int, ...], been: frozenset[int], step: int, paths: list[tuple[int, ...]]
        ) -> None:
            end = int(links.end[path[-1]])
            if not marker[end]:
                paths.append(path)
            else:
                step -= 1
            if level > step:
                for link in leaving[end]:
                    if int(links.end[link]) not in been:
                        follow((*path, link), been | {end}, step + 1, paths)

        for link in leaving[place]:
            follow((link,), frozenset((place,)), 1, paths)
        found.append(paths)
    return found


Node = tuple[int, tuple[int, ...], bool]
State = tuple[int, int, bool]
Leg = tuple[int, tuple[int, ...], bool, int]
Target = tuple[int, Any, float]


class _Builder:
    """Explores nodes, states and legs from every place at daybreak; keys are whole grid steps.

    Whoever chose a route today finds its links open and its end not full as long as the day lasts,
    so he is led along it at once; only `waits`, links with a corridor, stop him on the way.
    """

    def __init__(
        self, instance: Instance, links: Links, options: list[list[tuple[int, ...]]],
        as_flee: bool, grid: float,
    ) -> None:  # fmt: skip
        self.links, self.options, self.as_flee, self.grid = links, options, as_flee, grid
        self.rules = instance.rules
        names = instance.names
        self.waits = {
            link
            for measures in instance.doctrines
            for corridor in measures.corridors
            for link, (a, b) in enumerate(zip(links.start, links.end, strict=True))
            if (names[a], names[b]) == (corridor.first, corridor.second)
        }
        self.places = len(instance.locations)
        self.nodes: dict[Node, int] = {}
        self.keys: list[Node] = []
        self.states: dict[State, list[Target]] = {}
        self.legs: dict[Leg, tuple[bool, Any, float]] = {}
        self.starts: list[list[Target]] = []

    def explore(self, most: int) -> bool:
        """Finds everything; False where there would be more than `most` arrivals in a day."""
        for place in range(self.places):
            self._node((place, (), False))
        if self.rules.start_on_foot:
            for place in range(self.places):
                self._node((place, (), True))
        self.todo: list[State | Leg] = []
        done = 0
        while done < len(self.keys) or self.todo:
            if done < len(self.keys):
                self.starts.append(self._leave(done, 0))
                done += 1
            else:
                thing = self.todo.pop()
                if len(thing) == 3:
                    node, steps, decides = thing
                    self.states[thing] = self._leave(node, steps) if decides else []
                else:
                    self._advance(thing)
            if len(self.states) > most:
                return False
        return True

    def _node(self, key: Node) -> int:
        if key not in self.nodes:
            self.nodes[key] = len(self.keys)
            self.keys.append(key)
        return self.nodes[key]

    def _state(self, node: int, steps: int, decides: bool) -> State:
        state = (node, steps, decides)
        if state not in self.states:
            self.states[state] = []
            self.todo.append(state)
        return state

    def _leg(self, key: Leg) -> Leg:
        if key not in self.legs:
            self.legs[key] = (False, key, 0.0)
            self.todo.append(key)
        return key

    def _speed(self, link: int, foot: bool) -> float:
        return self.rules.max_walk_speed if foot else float(self.links.speed[link])

    def _leave(self, node: int, steps: int) -> list[Target]:
        place, route, foot = self.keys[node]
        paths = [route] if route else self.options[place]
        return [self._depart(path, foot, steps, not route) for path in paths]

    def _depart(self, path: tuple[int, ...], foot: bool, steps: int, fresh: bool) -> Target:
        """Where a path leads to in what is left of the day, and the km that were then moved.

        A path is `fresh` if it was chosen today.
        """
        link, rest = path[0], path[1:]
        speed, km, used = self._speed(link, foot), float(self.links.km[link]), steps * self.grid
        most = self.rules.max_move_speed
        reach = speed if self.as_flee else max(0.0, most - used) * speed / most
        if reach > km or (reach == km and not self.as_flee):
            more = km if self.as_flee else km * most / speed
            after = self._after(steps, more)
            limit = speed if self.as_flee else most
            goes_on = after * self.grid < limit - 1e-9
            if fresh and goes_on and rest and rest[0] not in self.waits:
                return link, *self._depart(rest, False, after, fresh)[1:]
            node = self._node((int(self.links.end[link]), rest, False))
            return link, self._state(node, after, goes_on), 0.0
        left = max(1, round((km - reach) / self.grid))
        return link, self._leg((link, rest, foot, left)), used + speed if self.as_flee else most

    def _after(self, steps: int, more: float) -> int:
        return max(steps + 1, round((steps * self.grid + more) / self.grid))

    def _advance(self, leg: Leg) -> None:
        """Where the next day on a leg leads to."""
        link, rest, foot, left = leg
        speed, most = self._speed(link, foot), self.rules.max_move_speed
        km = left * self.grid
        if speed > km + 1e-9 or (not self.as_flee and speed >= km):
            node = self._node((int(self.links.end[link]), rest, False))
            used = km if self.as_flee else km * most / speed
            steps = round(used / self.grid)
            limit = speed if self.as_flee else most
            state = self._state(node, steps, steps * self.grid < limit - 1e-9)
            self.legs[leg] = (True, state, used)
        else:
            after = round((km - speed) / self.grid)
            state_or_leg = self._leg((link, rest, foot, max(after, 0)))
            self.legs[leg] = (False, state_or_leg, speed if self.as_flee else most)

    def network(self) -> Network:
        """Everything that was found, as arrays."""
        keys = self.keys
        count = len(keys)
        order = sorted(self.states, key=lambda state: (state[1], state[0], state[2]))
        state_index = {state: count + i for i, state in enumerate(order)}
        leg_index = {leg: i for i, leg in enumerate(self.legs)}
        first, path_first = [0], [0]
        destination: list[int] = []
        km: list[float] = []
        path: list[int] = []
        for paths in self.options:
            for taken in paths:
                destination.append(int(self.links.end[taken[-1]]))
                km.append(float(sum(self.links.km[link] for link in taken)))
                path += taken
                path_first.append(len(path))
            first.append(len(destination))
        going, target, spent, target_first = [], [], [], [0]
        for leaves in (*self.starts, *(self.states[state] for state in order)):
            for link, thing, moved in leaves:
                going.append(link)
                target.append(state_index[thing] if len(thing) == 3 else -1 - leg_index[thing])
                spent.append(moved)
            target_first.append(len(target))
        foot = self.rules.start_on_foot
        root = [self.nodes[(place, (), walking)] for place, _, walking in keys]
        legs = list(self.legs.items())
        return Network(
            place=np.array([key[0] for key in keys], np.int64),
            root=np.array(root, np.int64),
            held=np.array([key[1][0] if key[1] else -1 for key in keys], np.int64),
            held_to=np.array(
                [int(self.links.end[key[1][-1]]) if key[1] else -1 for key in keys], np.int64
            ),
            origin=np.array(
                [self.nodes[(place, (), foot)] for place in range(self.places)], np.int64
            ),
            first=np.array(first, np.int64),
            destination=np.array(destination, np.int64),
            km=np.array(km, float),
            path_first=np.array(path_first, np.int64),
            path=np.array(path, np.int64),
            alone=np.array(
                [path[a] if b == a + 1 else -1 for a, b in pairwise(path_first)],
                np.int64,
            ),
            node=np.array([*range(count), *(state[0] for state in order)], np.int64),
            used=np.array([*[0.0] * count, *(state[1] * self.grid for state in order)], float),
            decides=np.array([*[True] * count, *(state[2] for state in order)], bool),
            target_first=np.array(target_first, np.int64),
            target=np.array(target, np.int64),
            going=np.array(going, np.int64),
            spent=np.array(spent, float),
            leg_link=np.array([leg[0] for leg, _ in legs], np.int64),
            leg_after=np.array(
                [
                    state_index[then] if arrives else -1 - leg_index[then]
                    for _, (arrives, then, _) in legs
                ],
                np.int64,
            ),
            leg_used=np.array([used for _, (_, _, used) in legs], float),
            leg_back=np.array(
                [self.nodes[(int(self.links.start[leg[0]]), (), False)] for leg, _ in legs],
                np.int64,
            ),
            grid=self.grid,
        )
