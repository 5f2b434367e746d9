"""The live page's server: assumptions are moved, and the answer follows.

`standoff serve` runs it. What loads Starlette is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

from standoff.app.ask import RefusedError as RefusedError
from standoff.app.checking import mistakes_json as mistakes_json
from standoff.app.checking import trial_json as trial_json
from standoff.app.limits import Limits as Limits

if TYPE_CHECKING:
    from standoff.app.server import Settings as Settings
    from standoff.app.server import create_app as create_app
    from standoff.app.serving import serve as serve

_HOMES = {"Settings": "server", "create_app": "server", "serve": "serving"}

__all__ = [
    "Limits",
    "RefusedError",
    "Settings",
    "create_app",
    "mistakes_json",
    "serve",
    "trial_json",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"standoff.app.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
