"""Which records of several authorities are one adult, by average-link clustering.

Two groups of records join while the mean probability between them reaches the accept
line: a single strong link does not chain strangers together. A pair that was not kept
counts as nothing. Two records of one authority are never compared; they may come to
share a person through another authority's record.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

Key = tuple[str, str]
"""Authority and reference of a record."""

Group = frozenset[Key]


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a cross-border person."""

    authority: str
    record_ref: str
    probability: float
    """The mean over the group's records of other authorities."""


def cross_border(pairs: "pa.Table", accept: float) -> tuple[tuple[Member, ...], ...]:
    """The groups of records, each of two or more authorities, in order of their keys.

    ``pairs`` is a PAIRS table of any authorities, each two of them compared once.
    """
    links = _links(pairs)
    groups: list[Group] = []
    for connected in _connected(links, accept):
        groups += _average_link(connected, links, accept)
    found = [
        tuple(
            Member(*key, round(_mean(frozenset({key}), group - {key}, links), 12))
            for key in sorted(group)
        )
        for group in groups
        if len({authority for authority, _ in group}) > 1
    ]
    return tuple(sorted(found, key=_first_key))


def _first_key(members: tuple[Member, ...]) -> Key:
    return members[0].authority, members[0].record_ref


def _links(pairs: "pa.Table") -> dict[frozenset[Key], float]:
    columns = (
        "left_authority",
        "left_ref",
        "right_authority",
        "right_ref",
        "probability",
    )
    return {
        frozenset({(left, left_ref), (right, right_ref)}): probability
        for left, left_ref, right, right_ref, probability in zip(
            *(pairs.column(name).to_pylist() for name in columns), strict=True
        )
    }


def _connected(links: dict[frozenset[Key], float], accept: float) -> list[list[Key]]:
    """Records that accepted links tie together, however loosely."""
    ties: dict[Key, list[Key]] = {}
    for pair, probability in links.items():
        if probability >= accept:
            one, other = sorted(pair)
            ties.setdefault(one, []).append(other)
            ties.setdefault(other, []).append(one)
    seen: set[Key] = set()
    found = []
    for start in sorted(ties):
        if start in seen:
            continue
        members, waiting = [], [start]
        seen.add(start)
        while waiting:
            member = waiting.pop()
            members.append(member)
            fresh = [other for other in ties[member] if other not in seen]
            seen.update(fresh)
            waiting += fresh
        found.append(sorted(members))
    return found


def _average_link(
    records: list[Key], links: dict[frozenset[Key], float], accept: float
) -> list[Group]:
    groups: list[Group] = [frozenset({record}) for record in records]
    while len(groups) > 1:
        closest = min(
            combinations(groups, 2),
            key=lambda two: (-_mean(two[0], two[1], links), sorted(map(sorted, two))),
        )
        one, other = closest
        if _mean(one, other, links) < accept:
            break
        groups = [group for group in groups if group not in closest]
        groups.append(one | other)
    return groups


def _mean(one: Group, other: Group, links: dict[frozenset[Key], float]) -> float:
    """The mean probability between two groups; nothing where none was compared."""
    compared = [
        links.get(frozenset({left, right}), 0.0)
        for left in sorted(one)
        for right in sorted(other)
        if left[0] != right[0]
    ]
    return sum(compared) / len(compared) if compared else 0.0
