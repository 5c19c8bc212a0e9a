"""Whether blocking compares two records at all, without building any block."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from matching.linkage.description import Description
from matching.linkage.encode import encode


def shares_key(
    description: Description, sides: tuple[pa.Table, pa.Table], *, one_table: bool
) -> npt.NDArray[np.bool_]:
    """For each row, whether any rule gives the left and the right record one key.

    The tables have aligned rows, one for each pair; a record may stand there often. In
    ``one_table`` a pair has no order, so its key may be shared either way round.

    Raises:
        TableRefused: a column is missing or of an unfit type.
    """
    found = _shares(description, *sides)
    if one_table and not all(rule.mirrored for rule in description.blocking):
        found |= _shares(description, sides[1], sides[0])
    return found


def _shares(
    description: Description, left: pa.Table, right: pa.Table
) -> npt.NDArray[np.bool_]:
    places = pa.array(np.arange(left.num_rows))
    column = description.id
    encoded = encode(
        description, _named(left, column, places), _named(right, column, places)
    )
    keys = slice(len(description.comparisons), None)
    one, other = encoded.left[:, keys], encoded.right[:, keys]
    return np.asarray(((one == other) & (one >= 0)).any(axis=1))


def _named(table: pa.Table, column: str, names: pa.Array) -> pa.Table:
    """The table with other ids."""
    return table.set_column(table.column_names.index(column), column, names)
