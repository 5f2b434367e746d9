"""Arrays in a document: little-endian bytes, deflated, in base64; numbers with five figures.

The bytes of all elements that stand first come first, then those that stand second, and so on: in
numbers of like size the leading bytes are alike, and deflate by a quarter better.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["float32", "share16", "int8"]
"""Real numbers; shares of 1 in 65535ths; whole numbers from -128 to 127."""

WHOLE = 65535
"""What stands for a share of 1."""

_TYPES = {"float32": "<f4", "share16": "<u2", "int8": "|i1"}


def packed(array: ArrayLike, kind: Kind = "float32") -> dict[str, Any]:
    """An array as `{kind, shape, data}`.

    Raises:
        ValueError: a number does not fit the kind: not finite, or out of its range.
    """
    values = np.asarray(array, np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a packed array must have finite numbers only")
    if kind == "share16":
        if values.size and (values.min() < -1e-3 or values.max() > 1 + 1e-3):
            raise ValueError(f"shares lie from {values.min():g} to {values.max():g}; expected 0..1")
        values = np.rint(np.clip(values, 0, 1) * WHOLE)
    if kind == "int8" and (np.abs(values) > 127).any():
        raise ValueError("a packed whole number lies beyond 127")
    with np.errstate(over="ignore"):
        stored = np.ascontiguousarray(values.astype(_TYPES[kind]))
    if not np.isfinite(stored.astype(np.float64)).all():
        raise ValueError("a number is too large for single precision")
    size = stored.dtype.itemsize
    planes = np.ascontiguousarray(stored.ravel().view(np.uint8).reshape(-1, size).T)
    data = base64.b64encode(zlib.compress(planes.tobytes(), 9)).decode("ascii")
    return {"kind": kind, "shape": list(stored.shape), "data": data}


def unpacked(given: dict[str, Any]) -> NDArray[np.float64]:
    """The array that `packed` packed."""
    kind = np.dtype(_TYPES[given["kind"]])
    raw = np.frombuffer(zlib.decompress(base64.b64decode(given["data"])), np.uint8)
    planes = np.ascontiguousarray(raw.reshape(kind.itemsize, -1).T)
    values = planes.reshape(-1).view(kind).astype(np.float64).reshape(given["shape"])
    return values / WHOLE if given["kind"] == "share16" else values


def short(value: Any) -> Any:
    """The same as plain data: five figures, lists for arrays, None for what is no number."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): short(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [short(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if np.isfinite(value) else None
    return value
