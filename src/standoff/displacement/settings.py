"""Reading `simsetting.yml`."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

from standoff.displacement.rules import Rules
from standoff.scenario import Mistake, Place, nearest

_SECTIONS = ("move_rules", "spawn_rules", "choice_rules", "optimisations", "log_levels")
_KEPT = {
    **dict.fromkeys((
        "max_move_speed", "max_walk_speed", "softening", "distance_power", "weight_power",
        "weight_softening", "camp_weight", "foreign_weight", "conflict_weight",
        "conflict_movechance", "default_movechance", "camp_movechance", "idpcamp_movechance",
        "capacity_scaling", "capacity_buffer", "movechance_pop_base",
        "movechance_pop_scale_factor", "awareness_level", "avoid_short_stints", "start_on_foot",
    ), "move_rules"),
    **dict.fromkeys((
        "sum_from_camps", "insert_day0", "empty_camps_on_day0", "take_from_population",
        "conflict_spawn_decay", "conflict_spawn_decay_interval",
    ), "spawn_rules"),
    **dict.fromkeys((
        "distance_decay", "capacity_pull", "network_pull", "internal_pull", "pull",
    ), "choice_rules"),
}  # fmt: skip
_UNUSED = ("max_crossing_speed", "home_distance_power", "pop_power_for_loc_weight", "granularity")
"""Settings that change nothing here: of output, or of rules that are switched off."""
_REFUSED = (
    "use_v1_rules", "stay_close_to_home", "use_pop_for_loc_weight", "camps_are_sinks",
    "flood_driven_spawning", "flood_zone_spawning_only", "read_from_agents_csv_file",
    "ChildrenAvoidHazards", "BoysTakeRisk", "MatchCampEthnicity", "MatchTownEthnicity",
    "MatchConflictEthnicity", "fixed_routes", "two_system_decision_making",
)  # fmt: skip
_CHANCES = ("conflict_movechance", "default_movechance", "camp_movechance", "idpcamp_movechance")
_POSITIVE = ("max_move_speed", "max_walk_speed", "softening", "movechance_pop_base")


def read_rules(path: Path, faults: list[Mistake], remarks: list[Mistake]) -> Rules:
    """The rules that a file of settings gives; what it leaves out is as in Flee."""
    import yaml

    try:
        tree = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path), 0, 0)
        faults.append(Mistake(place, 1, error.problem or "this is no YAML"))
        return Rules()
    values: dict[str, Any] = {}
    for section, node in _pairs(tree):
        if section.value not in _SECTIONS:
            if section.value not in ("number_of_steps", "conflict_input_file"):
                remarks.append(_at(path, section, f"unknown section '{section.value}'", _SECTIONS))
            continue
        if section.value in ("log_levels", "optimisations"):
            continue
        for key, value in _pairs(node):
            _setting(path, section.value, key, value, values, faults, remarks)
    return Rules(**values)


def _setting(
    path: Path, section: str, key: Any, node: Any, values: dict[str, Any],
    faults: list[Mistake], remarks: list[Mistake],
) -> None:  # fmt: skip
    name = key.value
    if name == "conflict_driven_spawning":
        _driven(path, node, values, faults)
    elif name in _REFUSED:
        if str(node.value).lower() in ("true", "yes", "on", "1"):
            faults.append(_at(path, key, f"{name} is not supported"))
    elif name == "conflict_zone_spawning_only":
        if str(node.value).lower() in ("false", "no", "off", "0"):
            faults.append(_at(path, node, "people are displaced from conflict zones only"))
    elif _KEPT.get(name) == section:
        value = _value(path, name, node, faults)
        if value is not None:
            values[name] = value
    elif name not in _UNUSED:
        remarks.append(_at(path, key, f"{section} has no '{name}'", _KEPT))


def _driven(path: Path, node: Any, values: dict[str, Any], faults: list[Mistake]) -> None:
    given = {key.value: value for key, value in _pairs(node)}
    mode = given["spawn_mode"].value.lower() if "spawn_mode" in given else "constant"
    modes = ("constant", "poisson", "pop_ratio")
    if mode not in modes:
        faults.append(_at(path, given["spawn_mode"], f"unknown spawn_mode '{mode}'", modes))
    values["spawn_mode"] = mode
    values["displaced_per_conflict_day"] = 0.01 if mode == "pop_ratio" else 500.0
    if "displaced_per_conflict_day" in given:
        rate = _number(given["displaced_per_conflict_day"].value)
        if rate is None or rate < 0:
            said = "displaced_per_conflict_day must be a number of at least 0"
            faults.append(_at(path, given["displaced_per_conflict_day"], said))
        else:
            values["displaced_per_conflict_day"] = rate


def _value(path: Path, name: str, node: Any, faults: list[Mistake]) -> Any:
    kind = {field.name: field.type for field in fields(Rules)}[name]
    text = str(node.value).lower() if isinstance(node.value, str) else ""
    if name == "pull":
        return _pull(path, node, faults)
    if kind == "bool":
        if text in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            return text in ("true", "yes", "on", "1")
        faults.append(_at(path, node, f"{name} must be true or false, found '{node.value}'"))
        return None
    if name == "conflict_spawn_decay":
        if text in ("null", "~", "none", ""):
            numbers = [_number(item.value) for item in node.value] if not text else []
        else:
            numbers = [None]
        if any(value is None or value < 0 for value in numbers):
            faults.append(_at(path, node, f"{name} must be a list of numbers of at least 0"))
            return None
        return tuple(numbers)
    number = _number(text)
    if number is None or (kind == "int" and number != int(number)):
        found = node.value if text else "a list"
        faults.append(_at(path, node, f"{name} must be a number, found '{found}'"))
        return None
    bad = (
        (name in _CHANCES and not 0 <= number <= 1 and "between 0 and 1")
        or (name in _POSITIVE and number <= 0 and "more than 0")
        or (name == "capacity_buffer" and not 0 <= number < 1 and "at least 0 and less than 1")
        or (name == "awareness_level" and number < 0 and "at least 0")
        or (name == "conflict_spawn_decay_interval" and number < 1 and "at least 1")
        or (number < 0 and not name.endswith("_factor") and "at least 0")
    )
    if bad:
        faults.append(_at(path, node, f"{name} is {node.value}, but must be {bad}"))
        return None
    return int(number) if kind == "int" else number


def _pull(path: Path, node: Any, faults: list[Mistake]) -> tuple[tuple[str, float], ...] | None:
    """A pull for each country or location that is named."""
    if node.id != "mapping":
        said = "pull must be a mapping of countries or locations to numbers"
        faults.append(_at(path, node, said))
        return None
    found = []
    for key, value in _pairs(node):
        number = _number(value.value)
        if number is None:
            faults.append(_at(path, value, f"the pull of '{key.value}' must be a number"))
            return None
        found.append((key.value, number))
    return tuple(found)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return list(node.value) if node is not None and node.id == "mapping" else []


def _at(path: Path, node: Any, message: str, known: Any = ()) -> Mistake:
    mark, end = node.start_mark, node.end_mark
    length = end.column - mark.column if end.line == mark.line else 1
    near = nearest(str(node.value), known) if known else None
    return Mistake(
        Place(str(path), mark.line + 1, mark.column + 1), max(1, length), message, "", near
    )
