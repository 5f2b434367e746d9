"""Blocks of people, `[bin, lane]`, moved at once: for Numba kernels.

LLVM gives up on vectors in short loops over arrays that might overlap; here each bin of a block is
one vector by construction. `size` is a pair of tuples, one entry a bin and one a lane, so that both
numbers are known when a kernel is compiled. Arrays must be contiguous; every lane does the same
operations in the same order, so it does not depend on those beside it.

| function | meaning |
|---|---|
| `lead(size, into, i, people, share, o)` | adds `people * share[o]` to `into[i]` |
| `take(size, people, i, into, least)` | moves `people[i]` to `into`, where up to `least` is nobody;
whether there is anybody |
| `add(size, into, i, to, people, of, share)` | adds bin `of` of `people`, times a number, to bin
`to` of `into[i]` |
| `part(size, people, leave, gone, p, must, stay)` | leaves in `people` those who would set out: all
in the first `must` bins, of others the share `leave[p]`; `stay` gets who does not go, as only
`gone[p]` of those have somewhere to go |
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_DOUBLE = ir.DoubleType()
_WHOLE = ir.IntType(64)


class _Block:
    """Writes code on the vectors of an array: row i of bins, each a vector of lanes."""

    def __init__(self, context: Any, builder: Any, size: Any, kind: Any, array: Any) -> None:
        self.builder, (bins, lanes) = builder, size.types
        self.bins, self.lanes = len(bins), len(lanes)
        self.vector = ir.VectorType(_DOUBLE, self.lanes)
        proxy: Any = cgutils.create_struct_proxy
        self.data = proxy(kind)(context, builder, value=array).data

    def _at(self, first: Any) -> Any:
        there = self.builder.gep(self.data, [first])
        return self.builder.bitcast(there, self.vector.as_pointer())

    def row(self, i: Any, r: int = 0) -> Any:
        """Where bin r of row i begins, in numbers."""
        return self.builder.add(
            self.builder.mul(i, _WHOLE(self.bins * self.lanes)), _WHOLE(r * self.lanes)
        )

    def load(self, first: Any) -> Any:
        return self.builder.load(self._at(first), align=8)

    def store(self, first: Any, value: Any) -> None:
        self.builder.store(value, self._at(first), align=8)

    def splat(self, number: Any) -> Any:
        one = self.builder.insert_element(
            ir.Constant(self.vector, ir.Undefined), number, ir.IntType(32)(0)
        )
        mask = ir.Constant(ir.VectorType(ir.IntType(32), self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(one, ir.Constant(self.vector, ir.Undefined), mask)


def _lead(context: Any, size: Any, into: Any, i: Any, people: Any, share: Any, o: Any) -> Any:
    def write(target: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        to = _Block(target, builder, size, kinds[1], args[1])
        of = _Block(target, builder, size, kinds[3], args[3])
        chance = _Block(target, builder, size, kinds[4], args[4])
        go = chance.load(builder.mul(args[5], _WHOLE(chance.lanes)))
        for r in range(to.bins):
            at = to.row(args[2], r)
            more = builder.fmul(of.load(of.row(_WHOLE(0), r)), go)
            to.store(at, builder.fadd(to.load(at), more))
        return target.get_dummy_value()

    return types.none(size, into, types.int64, people, share, types.int64), write


def _add(
    context: Any, size: Any, into: Any, i: Any, to: Any, people: Any, of: Any, share: Any
) -> Any:
    def write(target: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        there = _Block(target, builder, size, kinds[1], args[1])
        here = _Block(target, builder, size, kinds[4], args[4])
        lanes = _WHOLE(there.lanes)
        at = builder.add(there.row(args[2]), builder.mul(args[3], lanes))
        more = builder.fmul(here.load(builder.mul(args[5], lanes)), there.splat(args[6]))
        there.store(at, builder.fadd(there.load(at), more))
        return target.get_dummy_value()

    signature = types.none(size, into, types.int64, types.int64, people, types.int64, types.float64)
    return signature, write


def _take(context: Any, size: Any, people: Any, i: Any, into: Any, least: Any) -> Any:
    def write(target: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        of = _Block(target, builder, size, kinds[1], args[1])
        to = _Block(target, builder, size, kinds[3], args[3])
        nobody, anybody = ir.Constant(of.vector, [0.0] * of.lanes), None
        for r in range(of.bins):
            at = of.row(args[2], r)
            x = of.load(at)
            some = builder.fcmp_ordered(">", x, of.splat(args[4]))
            of.store(at, nobody)
            to.store(to.row(_WHOLE(0), r), builder.select(some, x, nobody))
            anybody = some if anybody is None else builder.or_(anybody, some)
        bits = builder.bitcast(anybody, ir.IntType(of.lanes))
        return builder.icmp_unsigned("!=", bits, ir.IntType(of.lanes)(0))

    return types.boolean(size, people, types.int64, into, types.float64), write


def _part(
    context: Any, size: Any, people: Any, leave: Any, gone: Any, p: Any, must: Any, stay: Any
) -> Any:
    def write(target: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        of = _Block(target, builder, size, kinds[1], args[1])
        to = _Block(target, builder, size, kinds[6], args[6])
        chance = _Block(target, builder, size, kinds[2], args[2])
        follows = _Block(target, builder, size, kinds[3], args[3])
        at = builder.mul(args[4], _WHOLE(of.lanes))
        leaves, goes = chance.load(at), follows.load(at)
        surely = ir.Constant(of.vector, [1.0] * of.lanes)
        for r in range(of.bins):
            first = of.row(_WHOLE(0), r)
            hurried = builder.icmp_signed("<", _WHOLE(r), args[5])
            x = of.load(first)
            going = builder.fmul(x, builder.select(hurried, surely, leaves))
            of.store(first, going)
            gone_for = builder.fmul(going, goes)
            to.store(to.row(_WHOLE(0), r), builder.fsub(x, gone_for))
        return target.get_dummy_value()

    return types.none(size, people, leave, gone, types.int64, types.int64, stay), write


lead: Any = intrinsic(_lead)
add: Any = intrinsic(_add)
take: Any = intrinsic(_take)
part: Any = intrinsic(_part)
