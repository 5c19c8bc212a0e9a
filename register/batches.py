"""Long lists in parts that one query takes."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def in_batches(values: Sequence[_T], size: int = 1_000) -> Iterator[Sequence[_T]]:
    """The values in runs short enough for one IN list on either database."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
