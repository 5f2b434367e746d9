"""Files that people write: strict YAML, with the place of every word kept, and their mistakes.

What needs pydantic or libyaml is loaded when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from standoff.reading.document import Document as Document
from standoff.reading.document import Mark as Mark
from standoff.reading.document import Path as Path
from standoff.reading.mistake import Mistake as Mistake
from standoff.reading.mistake import ScenarioError as ScenarioError
from standoff.reading.mistake import listing as listing
from standoff.reading.mistake import nearest as nearest
from standoff.reading.mistake import printable as printable
from standoff.reading.mistake import show as show
from standoff.reading.mistake import suggestion as suggestion
from standoff.reading.mistake import text_lines as text_lines
from standoff.reading.place import Place as Place
from standoff.reading.source import refusal as refusal
from standoff.reading.source import source as source

if TYPE_CHECKING:
    from standoff.reading.part import NAMES_SCHEMA as NAMES_SCHEMA
    from standoff.reading.part import Names as Names
    from standoff.reading.part import Part as Part
    from standoff.reading.part import Year as Year
    from standoff.reading.part import plain as plain
    from standoff.reading.reader import read as read
    from standoff.reading.shaping import shape as shape

_HEAVY = {
    **dict.fromkeys(("NAMES_SCHEMA", "Names", "Part", "Year", "plain"), "part"),
    "read": "reader",
    "shape": "shaping",
}


def __getattr__(name: str) -> Any:
    """Loads pydantic and libyaml only for those who read files."""
    if name in _HEAVY:
        return getattr(import_module(f"standoff.reading.{_HEAVY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
