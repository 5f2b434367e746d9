"""The JSON Schema that editors use."""

import json
from typing import Any

from standoff.scenario import schema


def parts(node: Any) -> list[dict[str, Any]]:
    """Every mapping in the schema."""
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return ([node] if isinstance(node, dict) else []) + [p for v in inside for p in parts(v)]


def test_every_key_is_explained() -> None:
    """Each key of the language has a description, which editors show beside it."""
    made = schema()
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(made)) == made
    objects = [made, *made["$defs"].values()]
    assert len(objects) > 15
    keys = [(name, key) for part in objects for name, key in part["properties"].items()]
    assert len(keys) > 80
    assert [name for name, key in keys if not key.get("description")] == []


def test_unknown_keys_are_errors() -> None:
    """The schema is as strict as the reader: no part takes keys it does not know."""
    made = schema()
    for part in (made, *made["$defs"].values()):
        assert part["additionalProperties"] is False


def test_keys_are_those_of_the_file() -> None:
    """Keys that are words of Python or have spaces stand in the schema as in the file."""
    definitions = schema()["$defs"]
    assert {"each period", "first time"} <= set(definitions["OutcomePart"]["properties"])
    assert "in" in definitions["ReferencePart"]["properties"]
    assert "from" in definitions["RulePart"]["properties"]
    assert "pydantic" not in json.dumps(schema())


def test_distributions_are_told_apart_by_kind() -> None:
    """An editor can complete the keys of a distribution once its kind is written."""
    found = [part["discriminator"] for part in parts(schema()) if "discriminator" in part]
    kinds = {"uniform", "log-uniform", "triangular", "beta", "normal", "discrete"}
    assert [set(one["mapping"]) for one in found] == [kinds]


def test_what_is_private() -> None:
    """A type may be its prior alone, or say more; what is believed has its keys."""
    definitions = schema()["$defs"]
    assert {"types", "believes", "cursedness"} <= set(definitions["ActorPart"]["properties"])
    assert "reveals" in definitions["ActionPart"]["properties"]
    assert {"believed", "binds"} <= set(definitions["DoctrinePart"]["properties"])
    assert not {"believed", "binds"} & set(definitions["RulePart"]["properties"])
    types = definitions["ActorPart"]["properties"]["types"]
    assert types["minProperties"] == 2
    mapping, alone = types["additionalProperties"]["anyOf"]
    assert mapping == {"$ref": "#/$defs/TypePart"}
    assert alone == {"type": ["string", "number", "boolean"]}
    assert definitions["TypePart"]["required"] == ["prior"]
