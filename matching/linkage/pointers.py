"""Arrays by their address, for the inner loop.

A compiled function counts references for every array that it is handed, at a cost many
times that of comparing two integers. An address costs nothing. Whoever takes one keeps
the array alive, and reads no further than it goes: nothing checks.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def,no-untyped-call"

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from matching.linkage.compiled import compiled


def _pointer_to(item):
    def typed(_typing, _address):
        def generated(context, builder, signature, args):
            return builder.inttoptr(
                args[0], context.get_value_type(signature.return_type)
            )

        return types.CPointer(item)(types.uintp), generated

    return typed


int32s = intrinsic(_pointer_to(types.int32))
"""The 32-bit integers at an address."""

int64s = intrinsic(_pointer_to(types.int64))
"""The 64-bit integers at an address."""

floats = intrinsic(_pointer_to(types.float64))
"""The 64-bit numbers at an address."""

uint64s = intrinsic(_pointer_to(types.uint64))
"""The 64-bit integers without a sign at an address."""


def _bits_set():
    def typed(_typing, _mask):
        def generated(_context, builder, _signature, args):
            whole = builder.and_(args[0], ir.Constant(args[0].type, 0xFFFFFFFF))
            return builder.ctpop(whole)

        return types.int64(types.int64), generated

    return typed


def _fetched():
    def typed(_typing, integers, _place):
        def generated(_context, builder, _signature, args):
            address = builder.bitcast(builder.gep(args[0], [args[1]]), _BYTES)
            fetch = builder.module.declare_intrinsic("llvm.prefetch", [_BYTES], _FETCH)
            read, at_hand, data = (ir.Constant(_FLAG, one) for one in (0, 3, 1))
            builder.call(fetch, [address, read, at_hand, data])
            return ir.Constant(ir.IntType(64), 0)

        return types.int64(integers, types.int64), generated

    return typed


_BYTES = ir.IntType(8).as_pointer()
_FLAG = ir.IntType(32)
_FETCH = ir.FunctionType(ir.VoidType(), [_BYTES, _FLAG, _FLAG, _FLAG])


@compiled
def hold(_arrays):
    """Called when the addresses of local arrays are needed no more: an array is freed
    after the last time that a compiled function names it."""


bits = intrinsic(_bits_set())
"""How many of the lower 32 bits of a number are set."""

soon = intrinsic(_fetched())
"""Fetches the memory of a place that will be read before long; takes an address and
the place of an integer there."""
