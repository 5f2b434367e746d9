"""Asking for memory before it is used."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _inlined(function: Any) -> Any:
    """A function whose LLVM code is written out here."""
    return intrinsic(function)


@_inlined
def ask_for(typing: Any, array: Any, index: Any) -> Any:
    """Asks for the cache line of `array[index]`, of a flat array, without waiting for it.

    An index that is out of bounds asks in vain, and does no harm.
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = context.make_array(sig.args[0])(context, builder, args[0]).data
        pointer = builder.bitcast(builder.gep(place, [args[1]]), cgutils.voidptr_t)
        flag = ir.IntType(32)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, flag, flag, flag]),
            "llvm.prefetch.p0",
        )
        # To be read, to be kept near, data.
        builder.call(function, [pointer, flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.none(array, types.int64), generate
