"""A number for each record, from its id: the same on every machine, in any order."""

import numpy as np
import pyarrow as pa

from matching.linkage.counting_kernel import hashes_of_numbers, hashes_of_texts

Hashes = np.ndarray
"""A 64-bit number for each record."""


def hashes_of(ids: pa.Array | pa.ChunkedArray) -> Hashes:
    """A number for each id, the same on every machine."""
    if pa.types.is_integer(ids.type):
        whole = np.ascontiguousarray(ids.cast(pa.int64(), safe=False).to_numpy())
        return np.asarray(hashes_of_numbers(whole))
    texts = ids.cast(pa.large_string())
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    return np.concatenate([np.zeros(0, np.uint64), *map(_hashes_of_chunk, chunks)])


def _hashes_of_chunk(texts: pa.Array) -> Hashes:
    _, starts, letters = texts.buffers()
    bounds = np.frombuffer(starts, np.int64)[texts.offset :][: len(texts) + 1]
    written = (
        np.zeros(0, np.uint8) if letters is None else np.frombuffer(letters, np.uint8)
    )
    for array in (bounds, written):  # to a kernel those that may be written are others
        array.setflags(write=False)
    return np.asarray(hashes_of_texts(bounds, written))


def some_alike(hashes: Hashes) -> bool:
    """Whether two of them are equal; ids that are not have no equals either."""
    ordered = np.sort(hashes)
    return bool((ordered[1:] == ordered[:-1]).any())
