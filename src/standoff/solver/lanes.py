"""A group of rows at a time: a Numba value type that is one SIMD vector of `GROUP` numbers.

Numba leaves it to LLVM to find vectors in loops, and LLVM gives up on short loops over arrays that
might overlap. Here the vector is a value: `load` it from a flat array, calculate, `store` it. Every
lane does the same operations in the same order, so a row's result does not depend on which rows
stand beside it.

| function | meaning |
|---|---|
| `load(array, offset)` | lanes `array[offset : offset + GROUP]` of a flat, contiguous array |
| `store(array, offset, x)` | the reverse |
| `item(array, index)` | `array[index]`, without asking whether the index counts from the end |
| `prefetch(array, offset)` | asks for a cache line ahead of its use |
| `scratch(n, dtype)` | room for n vectors |
| `splat(x)` | the scalar `x` in every lane |
| `x + y`, `x - y`, `x * y`, `x / y` | lane by lane |
| `larger(x, y)` | the larger, lane by lane |
| `magnitude(x)` | x or -x, whichever is not negative |
| `at_least(x, y)` | 1 where x >= y, else 0 |
| `choose(c, x, y)` | x where c > 0, else y |
| `exponential(x)` | e to the x, for x <= 0; relative error below 2 ulp; 0 below the smallest normal
number |
| `logarithm(x)` | the natural logarithm of normal numbers above 0 |
| `whole(x)` | the whole part of numbers that are not negative |
| `gather(array, offset, x)` | lane i of vector `x[i]` of those from `array[offset]` on |
| `any_above_zero(x)` | whether some lane is above 0 |
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model
from numpy.typing import DTypeLike, NDArray

from standoff.game import GROUP


def empty_aligned(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An uninitialised array that starts on a cache line, so that no vector straddles two."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.empty(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype).reshape(shape)


@njit(error_model="numpy", nogil=True)
def scratch(vectors: int, dtype: Any) -> Any:
    """Room for so many vectors, inside a kernel; as `empty_aligned`."""
    raw = np.empty((vectors + 1) * GROUP, dtype)
    start = (-raw.ctypes.data % 64) // raw.itemsize
    return raw[start : start + vectors * GROUP]


class Lanes(types.Type):
    """`GROUP` numbers of one floating-point type, in one vector."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Lanes) -> None:
        element = manager.lookup(frontend.dtype).get_value_type()
        super().__init__(manager, frontend, ir.VectorType(element, GROUP))


def _inlined(function: Any) -> Any:
    """A function whose LLVM code is written out here, and put in wherever a kernel calls it."""
    return intrinsic(function)


# A product may be fused with the sum it goes into; nothing is reordered.
_FLAGS = ("contract",)
_OPERATIONS = {
    operator.add: "fadd",
    operator.sub: "fsub",
    operator.mul: "fmul",
    operator.truediv: "fdiv",
}


class _Arithmetic(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 2 and isinstance(args[0], Lanes) and args[0] == args[1]:
            return signature(args[0], *args)
        return None


def _lower(function: Any, instruction: str) -> None:
    infer_global(function)(type(f"_Lanes{instruction}", (_Arithmetic,), {"key": function}))

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return getattr(builder, instruction)(*args, flags=_FLAGS)

    lower_builtin(function, Lanes, Lanes)(generate)


for _function, _instruction in _OPERATIONS.items():
    _lower(_function, _instruction)


def _pointer(context: Any, builder: Any, kind: Any, array: Any, offset: Any) -> Any:
    data = cgutils.create_struct_proxy(kind)(context, builder, array).data
    element = builder.gep(data, [offset])
    vector = ir.VectorType(context.get_value_type(kind.dtype), GROUP)
    return builder.bitcast(element, vector.as_pointer())


def _bytes(kind: Any) -> int:
    return int(kind.dtype.bitwidth // 8)


@_inlined
def load(typing: Any, array: Any, offset: Any) -> Any:
    """Lanes `array[offset : offset + GROUP]` of a flat array."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, sig.args[0], *args)
        value = builder.load(pointer)
        value.align = _bytes(sig.args[0])
        return value

    return Lanes(array.dtype)(array, types.int64), generate


@_inlined
def store(typing: Any, array: Any, offset: Any, lanes: Any) -> Any:
    """Writes lanes to `array[offset : offset + GROUP]` of a flat array."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _pointer(context, builder, sig.args[0], args[0], args[1])
        builder.store(args[2], pointer).align = _bytes(sig.args[0])
        return context.get_dummy_value()

    return types.none(array, types.int64, lanes), generate


@_inlined
def item(typing: Any, array: Any, index: Any) -> Any:
    """`array[index]` of a flat array, without asking whether the index counts from the end."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = cgutils.create_struct_proxy(sig.args[0])(context, builder, args[0]).data
        return context.unpack_value(builder, sig.args[0].dtype, builder.gep(data, [args[1]]))

    return array.dtype(array, types.int64), generate


@_inlined
def prefetch(typing: Any, array: Any, offset: Any) -> Any:
    """Asks for the cache line of `array[offset]` ahead of its use."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        byte = ir.IntType(8).as_pointer()
        pointer = builder.bitcast(_pointer(context, builder, sig.args[0], *args), byte)
        kind = ir.FunctionType(ir.VoidType(), [byte, *[ir.IntType(32)] * 3])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        # To read, into the second-level cache, data.
        builder.call(function, [pointer, *(ir.IntType(32)(value) for value in (0, 2, 1))])
        return context.get_dummy_value()

    return types.none(array, types.int64), generate


@_inlined
def splat(typing: Any, scalar: Any) -> Any:
    """The scalar in every lane."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _splat(context.get_value_type(sig.return_type), builder, args[0])

    return Lanes(scalar)(scalar), generate


def _splat(vector: Any, builder: Any, scalar: Any) -> Any:
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), GROUP), [0] * GROUP)
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), zeros)


@_inlined
def larger(typing: Any, x: Any, y: Any) -> Any:
    """The larger, lane by lane."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return x(x, y), generate


@_inlined
def magnitude(typing: Any, x: Any) -> Any:
    """x or -x, whichever is not negative."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        negative = builder.fneg(args[0])
        return builder.select(builder.fcmp_ordered(">", args[0], negative), args[0], negative)

    return x(x), generate


@_inlined
def at_least(typing: Any, x: Any, y: Any) -> Any:
    """1 where x >= y, else 0."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = context.get_value_type(sig.return_type)
        one, zero = (ir.Constant(vector, [value] * GROUP) for value in (1.0, 0.0))
        return builder.select(builder.fcmp_ordered(">=", *args), one, zero)

    return x(x, y), generate


@_inlined
def choose(typing: Any, condition: Any, x: Any, y: Any) -> Any:
    """Lanes of x where the condition is above 0, else of y."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zeros = ir.Constant(context.get_value_type(sig.args[0]), [0.0] * GROUP)
        return builder.select(builder.fcmp_ordered(">", args[0], zeros), args[1], args[2])

    return x(condition, x, y), generate


@_inlined
def any_above_zero(typing: Any, x: Any) -> Any:
    """Whether some lane is above 0."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = context.get_value_type(sig.args[0])
        above = builder.fcmp_ordered(">", args[0], ir.Constant(vector, [0.0] * GROUP))
        packed = builder.bitcast(above, ir.IntType(GROUP))
        return builder.icmp_unsigned("!=", packed, ir.IntType(GROUP)(0))

    return types.boolean(x), generate


# ln 2 in two parts, so that n·ln 2 is exact (Cody & Waite 1980), the smallest argument with a
# normal result, and the degree at which the Taylor series on |r| <= (ln 2)/2 ends below half an
# ulp.
_EXPONENTIAL: dict[int, dict[str, Any]] = {
    32: {"high": 0.693359375, "low": -2.12194440e-4, "least": -87.0, "degree": 8,
         "bits": 32, "bias": 127, "mantissa": 23},
    64: {"high": 6.93147180369123816490e-01, "low": 1.90821492927058770002e-10, "least": -708.0,
         "degree": 14, "bits": 64, "bias": 1023, "mantissa": 52},
}  # fmt: skip


@_inlined
def exponential(typing: Any, x: Any) -> Any:
    """e to the x, lane by lane, for x <= 0.

    x = n ln 2 + r with |r| <= (ln 2)/2; e^r by its Taylor series in Horner's form; 2^n by the
    exponent's bits.
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = context.get_value_type(sig.return_type)
        plan = _EXPONENTIAL[sig.return_type.dtype.bitwidth]
        integers = ir.VectorType(ir.IntType(plan["bits"]), GROUP)

        def constant(value: float) -> Any:
            return ir.Constant(
                vector, [float(np.float32(value)) if plan["bits"] == 32 else value] * GROUP
            )

        def integer(value: int) -> Any:
            return ir.Constant(integers, [value] * GROUP)

        def multiply_add(a: Any, b: Any, c: Any) -> Any:
            return builder.fadd(builder.fmul(a, b, flags=_FLAGS), c, flags=_FLAGS)

        least = constant(plan["least"])
        representable = builder.fcmp_ordered(">=", args[0], least)
        x = builder.select(representable, args[0], least)
        # Conversion cuts towards zero: with x <= 0, half a step down makes that the nearest
        # integer.
        whole = builder.fptosi(multiply_add(x, constant(1 / np.log(2)), constant(-0.5)), integers)
        n = builder.sitofp(whole, vector)
        r = multiply_add(n, constant(-plan["high"]), x)
        r = multiply_add(n, constant(-plan["low"]), r)
        coefficients = [1.0]
        for k in range(1, plan["degree"] + 1):
            coefficients.append(coefficients[-1] / k)
        total = constant(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            total = multiply_add(total, r, constant(coefficient))
        power = builder.add(whole, integer(plan["bias"]))
        scale = builder.bitcast(builder.shl(power, integer(plan["mantissa"])), vector)
        return builder.select(representable, builder.fmul(total, scale), constant(0.0))

    return x(x), generate


# The bits of sqrt(1/2), and how many terms of the series of the inverse hyperbolic tangent end
# below half an ulp.
_LOGARITHM: dict[int, dict[str, int]] = {
    32: {"half": 0x3F3504F3, "terms": 5},
    64: {"half": 0x3FE6A09E667F3BCD, "terms": 11},
}


@_inlined
def logarithm(typing: Any, x: Any) -> Any:
    """The natural logarithm, lane by lane, of normal numbers above 0.

    x = 2^n m with sqrt(1/2) <= m < sqrt(2); log m = 2 artanh s with s = (m - 1) / (m + 1).
    """

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = context.get_value_type(sig.return_type)
        width = sig.return_type.dtype.bitwidth
        plan, shape = _LOGARITHM[width], _EXPONENTIAL[width]
        integers = ir.VectorType(ir.IntType(width), GROUP)

        def constant(value: float) -> Any:
            exact = float(np.float32(value)) if width == 32 else value
            return ir.Constant(vector, [exact] * GROUP)

        def integer(value: int) -> Any:
            return ir.Constant(integers, [value] * GROUP)

        def multiply_add(a: Any, b: Any, c: Any) -> Any:
            return builder.fadd(builder.fmul(a, b, flags=_FLAGS), c, flags=_FLAGS)

        bits = builder.bitcast(args[0], integers)
        mantissa = integer(shape["mantissa"])
        power = builder.ashr(builder.sub(bits, integer(plan["half"])), mantissa)
        m = builder.bitcast(builder.sub(bits, builder.shl(power, mantissa)), vector)
        n = builder.sitofp(power, vector)
        one = constant(1.0)
        s = builder.fdiv(builder.fsub(m, one), builder.fadd(m, one))
        square = builder.fmul(s, s)
        total = constant(2.0 / (2 * plan["terms"] + 1))
        for k in reversed(range(plan["terms"])):
            total = multiply_add(total, square, constant(2.0 / (2 * k + 1)))
        low = multiply_add(n, constant(shape["low"]), builder.fmul(s, total))
        return multiply_add(n, constant(shape["high"]), low)

    return x(x), generate


@_inlined
def whole(typing: Any, x: Any) -> Any:
    """The whole part of numbers that are not negative, lane by lane."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        vector = context.get_value_type(sig.return_type)
        integers = ir.VectorType(ir.IntType(32), GROUP)
        return builder.sitofp(builder.fptosi(args[0], integers), vector)

    return x(x), generate


@_inlined
def gather(typing: Any, array: Any, offset: Any, number: Any) -> Any:
    """Each lane from a vector of its own: lane i of vector `number[i]` from `offset` on."""

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        data = cgutils.create_struct_proxy(sig.args[0])(context, builder, args[0]).data
        start = builder.ptrtoint(builder.gep(data, [args[1]]), ir.IntType(64))
        integers, vector = ir.VectorType(ir.IntType(64), GROUP), context.get_value_type(sig.args[2])
        size = _bytes(sig.args[0])
        place = builder.mul(
            builder.fptosi(args[2], integers), ir.Constant(integers, [GROUP * size] * GROUP)
        )
        place = builder.add(place, ir.Constant(integers, [k * size for k in range(GROUP)]))
        place = builder.add(place, _splat(integers, builder, start))
        pointers = ir.VectorType(vector.element.as_pointer(), GROUP)
        masks = ir.VectorType(ir.IntType(1), GROUP)
        kind = ir.FunctionType(vector, [pointers, ir.IntType(32), masks, vector])
        name = f"llvm.masked.gather.v{GROUP}f{8 * size}.v{GROUP}p0"
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        every, nothing = ir.Constant(masks, [1] * GROUP), ir.Constant(vector, ir.Undefined)
        pointed = builder.inttoptr(place, pointers)
        return builder.call(function, [pointed, ir.IntType(32)(size), every, nothing])

    return Lanes(array.dtype)(array, types.int64, number), generate
