"""Average-link clustering of many small groups of records, compiled."""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import compiled

EDGE, SAME, OTHER = 0, 1, 2
"""What a pair is: weighed; judged the same person; judged another."""


@compiled
def root(parent, record):
    """Whom a record stands under; paths are halved on the way."""
    while parent[record] != record:
        parent[record] = parent[parent[record]]
        record = parent[record]
    return record


@compiled
def connected(records, left, right):
    """For each record the lowest of all that pairs tie it to, however loosely."""
    parent = np.arange(records)
    for pair in range(len(left)):
        one, other = root(parent, left[pair]), root(parent, right[pair])
        if one < other:
            parent[other] = one
        else:
            parent[one] = other
    for record in range(records):
        parent[record] = root(parent, record)
    return parent


@compiled
def connected_up_to(records, left, right, forced, most):
    """The same, pair by pair in the order given, but nothing grows past ``most``
    records unless a pair is forced."""
    parent = np.arange(records)
    size = np.ones(records, np.int64)
    for pair in range(len(left)):
        one, other = root(parent, left[pair]), root(parent, right[pair])
        if one == other or (not forced[pair] and size[one] + size[other] > most):
            continue
        if one > other:
            one, other = other, one
        parent[other] = one
        size[one] += size[other]
    for record in range(records):
        parent[record] = root(parent, record)
    return parent


@compiled
def _mean(sums, sizes, i, j):
    return sums[i, j] / (sizes[i] * sizes[j])


@compiled
def _closest(sums, sizes, i):
    """The later group that is closest to one, the first of equals; -1 for none."""
    best, most = -1, -np.inf
    for j in range(i + 1, len(sizes)):
        if sizes[j] > 0:
            mean = _mean(sums, sizes, i, j)
            if mean > most:
                best, most = j, mean
    return best, most


@compiled
def _merge(sums, sizes, group, i, j):
    """The later of two groups becomes part of the earlier one."""
    sizes[i] += sizes[j]
    sizes[j] = 0
    for k in range(len(sizes)):
        if group[k] == j:
            group[k] = i
        if k not in (i, j):
            sums[i, k] += sums[j, k]
            sums[k, i] = sums[i, k]


@compiled
def _of_one(size, one, other, bits, kind, line, missing):
    """The groups of one set of records that hang together, each by its first."""
    sums = np.full((size, size), missing)
    sizes = np.ones(size, np.int64)
    group = np.arange(size)
    for pair in range(len(one)):
        i, j = one[pair], other[pair]
        if kind[pair] == EDGE:
            sums[i, j] = sums[j, i] = bits[pair]
    for pair in range(len(one)):
        i, j = one[pair], other[pair]
        if kind[pair] == OTHER:
            sums[i, j] = sums[j, i] = -np.inf
    for pair in range(len(one)):
        if kind[pair] == SAME:
            i, j = group[one[pair]], group[other[pair]]
            if i != j:
                _merge(sums, sizes, group, min(i, j), max(i, j))
    closest = np.full(size, -1, np.int64)
    means = np.full(size, -np.inf)
    for i in range(size):
        if sizes[i] > 0:
            closest[i], means[i] = _closest(sums, sizes, i)
    while True:
        i = np.argmax(means)
        if means[i] < line or means[i] == -np.inf:
            return group
        j = closest[i]
        _merge(sums, sizes, group, i, j)
        closest[j], means[j] = -1, -np.inf
        for k in range(j):
            if sizes[k] > 0 and (k == i or closest[k] in (i, j)):
                closest[k], means[k] = _closest(sums, sizes, k)


@compiled
def average_link(starts, pair_starts, one, other, bits, kind, line, missing):
    """For each record, numbered set by set, the first record of its group.

    ``starts`` says where each set of connected records begins and ``pair_starts`` its
    pairs; both have one more at the end. Two groups join while their mean bits reach
    the line and are the highest; a pair that is not there counts as ``missing``.
    """
    found = np.empty(starts[-1], np.int64)
    for place in range(len(starts) - 1):
        first, size = starts[place], starts[place + 1] - starts[place]
        begin, end = pair_starts[place], pair_starts[place + 1]
        group = _of_one(
            size, one[begin:end] - first, other[begin:end] - first, bits[begin:end],
            kind[begin:end], line, missing,
        )  # fmt: skip
        for record in range(size):
            found[first + record] = first + group[record]
    return found
