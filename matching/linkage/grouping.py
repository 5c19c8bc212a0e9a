"""Equal keys as equal numbers, and who has each: hashing and counting, compiled."""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from collections.abc import Iterable

import numpy as np

from matching.linkage.compiled import compiled
from matching.linkage.layout import MISSING, Int32s, Work


@compiled
def _slot(table, keys_of, key, mask):
    """Where a key stands in an open table, or where it would."""
    place = (key * np.int64(-7046029254386353131)) >> 20 & mask
    while table[place] >= 0 and keys_of[table[place]] != key:
        place = (place + 1) & mask
    return place


@compiled
def number_keys(left, right):
    """The keys that both sides have, numbered from 0; others are missing.

    Gives the numbers of either side and how many there are. -1 is a missing key.
    """
    size = 16
    while size < 2 * len(left):
        size *= 2
    mask = size - 1
    table = np.full(size, -1, np.int32)
    keys = np.empty(len(left), np.int64)
    met = np.zeros(len(left), np.bool_)
    count = 0
    ones = np.full(len(left), -1, np.int32)
    others = np.full(len(right), -1, np.int32)
    for i in range(len(left)):
        if left[i] < 0:
            continue
        place = _slot(table, keys, left[i], mask)
        if table[place] < 0:
            table[place] = count
            keys[count] = left[i]
            count += 1
        ones[i] = table[place]
    for j in range(len(right)):
        if right[j] < 0:
            continue
        place = _slot(table, keys, right[j], mask)
        if table[place] >= 0:
            others[j] = table[place]
            met[table[place]] = True
    # keys that only one side has are nobody's
    kept = 0
    number = np.full(count, -1, np.int32)
    for key in range(count):
        if met[key]:
            number[key] = kept
            kept += 1
    for i in range(len(left)):
        if ones[i] >= 0:
            ones[i] = number[ones[i]]
    for j in range(len(right)):
        if others[j] >= 0:
            others[j] = number[others[j]]
    return ones, others, kept


@compiled
def by_key(numbers, begin, count):
    """Where each key's records begin, and the records by key, ascending within it."""
    starts = np.zeros(count + 1, np.int64)
    for number in numbers:
        if number >= 0:
            starts[number - begin + 1] += 1
    for key in range(count):
        starts[key + 1] += starts[key]
    at = starts[:-1].copy()
    records = np.empty(starts[count], np.int32)
    for record in range(len(numbers)):
        number = numbers[record]
        if number >= 0:
            records[at[number - begin]] = record
            at[number - begin] += 1
    return starts, records


def work_of(
    parts: Iterable[tuple[Int32s, Int32s]],
    mirrored: Int32s,
    *,
    one_table: bool,
) -> Work:
    """Who meets whom, from the numbers of every rule's keys."""
    records, entries, starts, members = [], [], [np.zeros(1, np.int64)], []
    begin = total = 0
    rule_keys = [0]
    for left, right in parts:
        largest = max(left.max(initial=MISSING), begin - 1)
        count = int(largest) + 1 - begin
        left_starts, left_records = by_key(left, begin, count)
        right_starts, right_records = by_key(right, begin, count)
        sizes = np.diff(left_starts)
        records.append(left_records)
        entries.append(
            np.repeat(np.arange(begin, begin + count, dtype=np.int32), sizes)
        )
        starts.append(right_starts[1:] + total)
        members.append(right_records)
        total += len(right_records)
        begin += count
        rule_keys.append(begin)
    return Work(
        record=_in_one(records),
        key=_in_one(entries),
        rule_keys=np.array(rule_keys),
        key_starts=_in_one(starts),
        members=_in_one(members),
        mirrored=mirrored,
        one_table=one_table,
    )


def _in_one(parts: list[np.ndarray]) -> np.ndarray:
    """All parts in one array; the parts themselves are given up."""
    whole = np.concatenate(parts)
    parts.clear()
    return whole
