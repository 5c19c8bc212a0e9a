"""Eight 32-bit integers at once, for compiled functions.

LLVM has vectors of integers and makes of them what a processor offers; numba has no
words for them. These are the words that the sieve needs, each an instruction or a few.
A *mask* is lanes of which each is -1 (yes) or 0 (no).
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def,no-untyped-call"

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic, models, register_model

LANES = 8


class Lanes(types.Type):
    """The type of eight 32-bit integers."""

    def __init__(self) -> None:
        super().__init__("Lanes")


_INT = ir.IntType(32)
_VECTOR = ir.VectorType(_INT, LANES)
_PLACES = [ir.Constant(_INT, place) for place in range(LANES)]

EIGHT = Lanes()
INTEGERS = types.CPointer(types.int32)


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager, kind) -> None:
        super().__init__(manager, kind, _VECTOR)


def word(given, *taken):
    """A word of compiled code that takes and gives such types; the function that is
    decorated writes it down with LLVM's builder."""

    def decorate(write):
        def generated(_context, builder, _signature, arguments):
            return write(builder, *arguments)

        found = given(*taken), generated
        typed = {
            1: lambda _typing, _one: found,
            2: lambda _typing, _one, _other: found,
            3: lambda _typing, _one, _other, _third: found,
        }[len(taken)]
        typed.__name__, typed.__doc__ = write.__name__, write.__doc__
        return intrinsic(typed)

    return decorate


def _filled(value):
    return ir.Constant(_VECTOR, [value] * LANES)


def _in_each(builder, number):
    nothing = ir.Constant(_VECTOR, ir.Undefined)
    lanes = builder.insert_element(nothing, number, _PLACES[0])
    return builder.shuffle_vector(lanes, nothing, _filled(0))


def at(builder, integers, place):
    """Where eight integers begin, for LLVM to load or to store."""
    address = builder.gep(integers, [place])
    return builder.bitcast(address, _VECTOR.as_pointer())


@word(EIGHT, INTEGERS, types.int64)
def eight(builder, integers, place):
    """The integers at an address, from a place on."""
    return builder.load(at(builder, integers, place), align=4)


@word(EIGHT, types.int32)
def spread(builder, number):
    """One number in each lane."""
    return _in_each(builder, number)


@word(EIGHT, EIGHT, EIGHT)
def plus(builder, one, other):
    """The sums."""
    return builder.add(one, other)


@word(EIGHT, EIGHT, EIGHT)
def minus(builder, one, other):
    """The differences."""
    return builder.sub(one, other)


@word(EIGHT, EIGHT, EIGHT)
def times(builder, one, other):
    """The lowest 32 bits of the products."""
    return builder.mul(one, other)


@word(EIGHT, EIGHT, EIGHT)
def both(builder, one, other):
    """The bits that both have."""
    return builder.and_(one, other)


@word(EIGHT, EIGHT, EIGHT)
def either(builder, one, other):
    """The bits that one of them has or both."""
    return builder.or_(one, other)


@word(EIGHT, EIGHT, EIGHT)
def differing(builder, one, other):
    """The bits that only one of them has."""
    return builder.xor(one, other)


@word(EIGHT, EIGHT, types.int32)
def shifted(builder, lanes, places):
    """Without the lowest bits; zeros come in above."""
    return builder.lshr(lanes, _in_each(builder, places))


@word(EIGHT, EIGHT, EIGHT)
def same(builder, one, other):
    """The mask of lanes that are equal."""
    return builder.sext(builder.icmp_signed("==", one, other), _VECTOR)


@word(EIGHT, EIGHT, EIGHT)
def more(builder, one, other):
    """The mask of lanes in which the first is more than the second."""
    return builder.sext(builder.icmp_signed(">", one, other), _VECTOR)


@word(EIGHT, EIGHT, EIGHT)
def less_of(builder, one, other):
    """In each lane the smaller of two numbers."""
    return builder.select(builder.icmp_signed("<", one, other), one, other)


@word(EIGHT, EIGHT, EIGHT)
def more_of(builder, one, other):
    """In each lane the larger of two numbers."""
    return builder.select(builder.icmp_signed(">", one, other), one, other)


@word(EIGHT, EIGHT, EIGHT, EIGHT)
def chosen(builder, mask, one, other):
    """In each lane the first where the mask says yes, the second elsewhere."""
    return builder.select(builder.icmp_signed("<", mask, _filled(0)), one, other)


@word(EIGHT, EIGHT)
def bits_of_each(builder, lanes):
    """How many bits of each lane are set."""
    kind = ir.FunctionType(_VECTOR, [_VECTOR])
    count = builder.module.declare_intrinsic(f"llvm.ctpop.v{LANES}i32", (), kind)
    return builder.call(count, [lanes])


@word(EIGHT, INTEGERS, EIGHT)
def looked_up(builder, integers, places):
    """The integers at an address, each from its own place."""
    found = ir.Constant(_VECTOR, ir.Undefined)
    for lane in _PLACES:
        place = builder.sext(builder.extract_element(places, lane), ir.IntType(64))
        number = builder.load(builder.gep(integers, [place]))
        found = builder.insert_element(found, number, lane)
    return found


@word(types.int64, EIGHT)
def yeses(builder, mask):
    """A mask as the lowest bits of a number, the first lane lowest."""
    flags = builder.icmp_signed("<", mask, _filled(0))
    return builder.zext(builder.bitcast(flags, ir.IntType(LANES)), ir.IntType(64))


@word(types.int64, types.int64)
def first_yes(builder, flags):
    """The lowest bit of a number that is set; of one that has any."""
    return builder.cttz(flags, ir.Constant(ir.IntType(1), 1))
