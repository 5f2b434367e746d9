"""The threat picture: event streams read onto a ladder, and the state that they speak of.

`watch` reads files of events and gives a `Picture`; `write_picture` and `load_picture` keep it as
JSON; `log_likelihood` says how well each rung explains what was reported. What needs Arrow,
pydantic or SciPy is loaded when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from standoff.watch.aside import write_aside as write_aside
    from standoff.watch.calendar import PERIODS as PERIODS
    from standoff.watch.comparing import Since as Since
    from standoff.watch.comparing import since as since
    from standoff.watch.comparing import since_document as since_document
    from standoff.watch.countries import country as country
    from standoff.watch.countries import country_name as country_name
    from standoff.watch.filter import Filtered as Filtered
    from standoff.watch.filter import ImpossibleReportsError as ImpossibleReportsError
    from standoff.watch.filter import filter_labels as filter_labels
    from standoff.watch.following import Followed as Followed
    from standoff.watch.following import afresh as afresh
    from standoff.watch.following import follow as follow
    from standoff.watch.formats import FORMATS as FORMATS
    from standoff.watch.likelihood import exposure as exposure
    from standoff.watch.likelihood import log_likelihood as log_likelihood
    from standoff.watch.mapping import load_mapping as load_mapping
    from standoff.watch.mapping import overview as overview
    from standoff.watch.mapping import packaged_mappings as packaged_mappings
    from standoff.watch.picture import Clause as Clause
    from standoff.watch.picture import Pair as Pair
    from standoff.watch.picture import Picture as Picture
    from standoff.watch.picture import Stream as Stream
    from standoff.watch.picture import nearest_clauses as nearest_clauses
    from standoff.watch.picture_file import document as document
    from standoff.watch.picture_file import load_picture as load_picture
    from standoff.watch.picture_file import write_picture as write_picture
    from standoff.watch.reporting import Reporting as Reporting
    from standoff.watch.tempo import Range as Range
    from standoff.watch.tempo import Tempo as Tempo
    from standoff.watch.watching import watch as watch

_HOMES = {
    "Clause": "picture",
    "FORMATS": "formats",
    "Filtered": "filter",
    "Followed": "following",
    "ImpossibleReportsError": "filter",
    "PERIODS": "calendar",
    "Pair": "picture",
    "Picture": "picture",
    "Range": "tempo",
    "Reporting": "reporting",
    "Since": "comparing",
    "Stream": "picture",
    "Tempo": "tempo",
    "afresh": "following",
    "country": "countries",
    "country_name": "countries",
    "document": "picture_file",
    "exposure": "likelihood",
    "filter_labels": "filter",
    "follow": "following",
    "load_mapping": "mapping",
    "load_picture": "picture_file",
    "log_likelihood": "likelihood",
    "nearest_clauses": "picture",
    "overview": "mapping",
    "packaged_mappings": "mapping",
    "since": "comparing",
    "since_document": "comparing",
    "watch": "watching",
    "write_aside": "aside",
    "write_picture": "picture_file",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"standoff.watch.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
