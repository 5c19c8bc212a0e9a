"""Eight integers at once are what eight integers are one by one."""

import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numba import types

from matching.linkage import lanes as of
from matching.linkage.pointers import int32s

NUMBERS = st.lists(
    st.integers(-(2**31), 2**31 - 1) | st.integers(-2, 2), min_size=8, max_size=8
)


@of.word(types.void, of.INTEGERS, types.int64, of.EIGHT)
def put(builder, integers, place, lanes):
    builder.store(lanes, of.at(builder, integers, place), align=4)


@numba.njit
def worked(one, other, table, given):
    """Each word's lanes, one below the other; then the two numbers."""
    x = of.eight(int32s(one.ctypes.data), 0)
    y = of.eight(int32s(other.ctypes.data), 0)
    n = of.spread(given)
    small = of.both(x, of.spread(7))
    found = (
        of.plus(x, y), of.minus(x, y), of.times(x, y), of.both(x, y), of.either(x, y),
        of.differing(x, y), of.shifted(x, 5), of.same(x, y), of.more(x, y),
        of.less_of(x, y), of.more_of(x, y), of.chosen(of.more(x, y), x, n),
        of.bits_of_each(x), of.looked_up(int32s(table.ctypes.data), small), n,
    )  # fmt: skip
    told = np.empty((len(found), of.LANES), np.int32)
    rows = int32s(told.ctypes.data)
    for place in range(len(found)):
        put(rows, place * of.LANES, found[place])
    return told, of.yeses(of.more(x, y))


@numba.njit
def lowest(number):
    return of.first_yes(number)


@given(NUMBERS, NUMBERS, NUMBERS, st.integers(-(2**31), 2**31 - 1))
def test_every_word_is_what_it_says(one, other, table, given):
    x, y, looked = (np.array(each, np.int32) for each in (one, other, table))
    n = np.full(8, given, np.int32)

    found, flags = worked(x, y, looked, np.int32(given))

    wide = x.astype(np.int64), y.astype(np.int64)
    expected = [
        wide[0] + wide[1], wide[0] - wide[1], wide[0] * wide[1], x & y, x | y, x ^ y,
        x.view(np.uint32) >> 5, -(x == y).astype(int), -(x > y).astype(int),
        np.minimum(x, y), np.maximum(x, y), np.where(x > y, x, n),
        [int(each).bit_count() for each in x.view(np.uint32)], looked[x & 7], n,
    ]  # fmt: skip
    wrapped = [np.asarray(each).astype(np.int64).astype(np.int32) for each in expected]
    np.testing.assert_array_equal(found, wrapped)
    assert flags == sum(1 << lane for lane in range(8) if x[lane] > y[lane])


@given(st.integers(1, 255))
def test_the_first_yes_is_the_lowest_bit(number):
    assert lowest(number) == (number & -number).bit_length() - 1
