"""Arrays by their address, for the inner loop.

A compiled function counts references for every array that it is handed, at a cost many
times that of comparing two integers. An address costs nothing. Whoever takes one keeps
the array alive, and reads no further than it goes: nothing checks.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def,no-untyped-call"

from numba import types
from numba.extending import intrinsic


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
