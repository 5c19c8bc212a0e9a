"""A placement keeps one name of ours, however its record is corrected.

Feeds number placements in their own ways or not at all, and every part of a record may
be mended later: its start, its postcode, even the kind of feed. :func:`resolve` says
which of the placements already known each of tonight's records is.
"""

import datetime as dt
import json
from base64 import b32encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Connection, select

from notifications.facts import PlacementStatus
from register.tables import as_of, placement, placement_observation


class MixedChildrenError(ValueError):
    """Placements of several children were handed in as if of one."""


@dataclass(frozen=True, slots=True)
class SeenPlacement:
    """What a feed says of a placement; ``None`` is *not supplied*."""

    authority: str
    child_ref: str
    source_kind: str
    """The kind of feed: ``source_ref`` means something within one kind only."""
    source_ref: str | None
    start: dt.date
    end: dt.date | None = None
    postcode: str | None = None
    place_code: str | None = None
    legal_status: str | None = None
    start_reason: str | None = None
    end_reason: str | None = None
    temporary: bool = False
    contradiction: str | None = None
    """What its dates say that can't be, tonight; nothing that the register keeps."""


@dataclass(frozen=True, slots=True)
class KnownPlacement:
    """A placement as the register last knew it, before tonight's business date."""

    placement_ref: str
    status: PlacementStatus
    absent_nights: int
    """Consecutive good pictures of the child that did not have it."""
    last_seen: SeenPlacement


@dataclass(frozen=True, slots=True)
class ResolvedPlacement:
    """A placement as it is known from tonight on."""

    placement_ref: str
    status: PlacementStatus
    absent_nights: int
    last_seen: SeenPlacement
    """Tonight's record, or the last one when tonight has none."""
    rows: int
    """Tonight's records of this placement: 0 not seen, 2 and more say it twice. The
    sum over a child is the number of records handed in."""


@dataclass(frozen=True, slots=True)
class ChildPicture:
    """How tonight's placements of one child may be read."""

    business_date: dt.date
    source_kind: str
    good: bool
    """Whether they come from an extract that is usable tonight. If not, absence says
    nothing."""
    keep_absent_nights: int
    """For how many good nights a placement stands that is no longer there."""
    purged: frozenset[str | None] = field(default_factory=frozenset)
    """Each ``source_ref`` of this kind of feed that the supplier told us to delete;
    ``None`` means the whole child."""


def resolve(
    known: Sequence[KnownPlacement],
    seen: Sequence[SeenPlacement],
    picture: ChildPicture,
) -> tuple[ResolvedPlacement, ...]:
    """Every placement of one child, known before or new tonight, in order of its ref.

    Records with one start, postcode and temporary mark are one placement. Each is then
    held against the known ones, the surest agreement first:

    1. start and postcode: exactly what recipients were told;
    2. the feed's own id of it, within one kind of feed;
    3. start, both temporary or neither;
    4. postcode, if just one record and one known placement are left that are open:
       a corrected start.

    What agrees with none is new. The feed's id comes second because some feeds number
    their rows afresh; a record that says what was told is what was told. A withdrawn
    or ended placement that agrees comes back under its name (but not by rule 4).

    A current placement that a good picture no longer has stands for
    ``keep_absent_nights`` of them and is then withdrawn; a purged one at once, and one
    whose own record, by id and start, was corrected to say what another's says. An
    ended one stays ended. The order of what is handed in does not matter.

    Raises:
        MixedChildrenError: not all of one child.
    """
    _require_one_child(known, seen)
    records = _distinct(seen)
    rows = {record: 1 + len(others) for record, others in records.items()}
    doubles = [
        one for first, others in records.items() if others for one in (first, *others)
    ]
    matched = _match(known, list(records))
    refs = {one.placement_ref for one in known}
    resolved = [
        _not_seen(one, doubles, picture)
        for one in known
        if one.placement_ref not in matched
    ]
    resolved += [
        _seen(ref, record, rows[record], picture) for ref, record in matched.items()
    ]
    found = set(matched.values())
    for record in sorted(set(records) - found, key=_order):
        ref = _new_ref(record, refs)
        refs.add(ref)
        resolved.append(_seen(ref, record, rows[record], picture))
    return tuple(sorted(resolved, key=lambda one: one.placement_ref))


def load_known(
    connection: Connection, authority: str, before: dt.date
) -> dict[str, tuple[KnownPlacement, ...]]:
    """By child_ref: each placement of an authority's children as known before a date.

    Ended and withdrawn ones too, so that they keep their names.
    """
    observed = placement_observation
    rows = connection.execute(
        select(placement.c.child_ref, observed)
        .join(placement, placement.c.placement_ref == observed.c.placement_ref)
        .where(placement.c.authority == authority, as_of(observed, before))
    ).mappings()
    by_child: dict[str, list[KnownPlacement]] = defaultdict(list)
    for row in rows:
        seen = SeenPlacement(
            authority=authority,
            child_ref=row["child_ref"],
            **{name: row[name] for name in _STORED},
        )
        by_child[row["child_ref"]].append(
            KnownPlacement(
                placement_ref=row["placement_ref"],
                status=PlacementStatus(row["status"]),
                absent_nights=row["absent_nights"],
                last_seen=seen,
            )
        )
    return {
        child_ref: tuple(sorted(found, key=lambda one: one.placement_ref))
        for child_ref, found in by_child.items()
    }


_STORED = (
    "source_kind", "source_ref", "start", "end", "postcode", "place_code",
    "legal_status", "start_reason", "end_reason", "temporary",
)  # fmt: skip


def observation(resolved: ResolvedPlacement | KnownPlacement) -> dict[str, object]:
    """What the register stores of a placement; compared to tell whether it changed."""
    return {
        "placement_ref": resolved.placement_ref,
        "status": resolved.status.value,
        "absent_nights": resolved.absent_nights,
        **{name: getattr(resolved.last_seen, name) for name in _STORED},
    }


def _require_one_child(
    known: Iterable[KnownPlacement], seen: Iterable[SeenPlacement]
) -> None:
    children = {(one.last_seen.authority, one.last_seen.child_ref) for one in known}
    children |= {(one.authority, one.child_ref) for one in seen}
    if len(children) > 1:
        raise MixedChildrenError(
            f"placements of {sorted(children)} came together; resolve one child at a "
            "time"
        )


def _order(record: SeenPlacement) -> tuple[object, ...]:
    """A total order: current before ended, later end before earlier, then the rest."""
    end = record.end or dt.date.max
    rest = (
        record.start.isoformat(), record.postcode, record.source_kind,
        record.source_ref, record.place_code, record.legal_status,
        record.start_reason, record.end_reason, str(record.temporary),
        record.contradiction,
    )  # fmt: skip
    return (-end.toordinal(), *((part is None, part or "") for part in rest))


def _distinct(
    seen: Iterable[SeenPlacement],
) -> dict[SeenPlacement, list[SeenPlacement]]:
    """One record for each placement told of tonight, and the others that say it too."""
    same: dict[tuple[object, ...], list[SeenPlacement]] = defaultdict(list)
    for record in seen:
        same[record.start, record.postcode, record.temporary].append(record)
    ordered = [sorted(records, key=_order) for records in same.values()]
    return {first: others for first, *others in ordered}


_Agreement = Callable[[SeenPlacement, SeenPlacement], bool]


def _same_facts(told: SeenPlacement, record: SeenPlacement) -> bool:
    return told.start == record.start and told.postcode == record.postcode


def _same_id(told: SeenPlacement, record: SeenPlacement) -> bool:
    return (
        record.source_ref is not None
        and told.source_ref == record.source_ref
        and told.source_kind == record.source_kind
    )


def _same_start(told: SeenPlacement, record: SeenPlacement) -> bool:
    return told.start == record.start and told.temporary == record.temporary


_AGREEMENTS: tuple[_Agreement, ...] = (_same_facts, _same_id, _same_start)


def _match(
    known: Sequence[KnownPlacement], records: list[SeenPlacement]
) -> dict[str, SeenPlacement]:
    """By placement_ref, the record that it is tonight."""
    matched: dict[str, SeenPlacement] = {}
    left_known = {one.placement_ref: one for one in known}
    left = set(records)
    for agrees in _AGREEMENTS:
        pairs = sorted(
            (_preference(one, record), one.placement_ref, record)
            for one in left_known.values()
            for record in left
            if agrees(one.last_seen, record)
        )
        for _, ref, record in pairs:
            if ref in left_known and record in left:
                matched[ref] = record
                del left_known[ref]
                left.remove(record)
    open_known = [
        one for one in left_known.values() if one.status is PlacementStatus.CURRENT
    ]
    open_left = [record for record in left if record.end is None]
    if len(open_known) == len(open_left) == 1:
        one, record = open_known[0], open_left[0]
        told = one.last_seen
        if (
            told.postcode is not None
            and told.postcode == record.postcode
            and told.temporary == record.temporary
        ):
            matched[one.placement_ref] = record
    return matched


def _preference(known: KnownPlacement, record: SeenPlacement) -> tuple[object, ...]:
    """Which of several that agree in one way agree best; smallest first."""
    told = known.last_seen
    return (
        not _same_id(told, record),
        told.temporary != record.temporary,
        known.status is not PlacementStatus.CURRENT,
        told.start != record.start,
        told.postcode != record.postcode,
        _order(record),
        _order(told),
    )


def _seen(
    ref: str, record: SeenPlacement, rows: int, picture: ChildPicture
) -> ResolvedPlacement:
    return ResolvedPlacement(
        ref, _status(record, picture.business_date), 0, record, rows
    )


def _status(record: SeenPlacement, business_date: dt.date) -> PlacementStatus:
    if record.end is not None and record.end <= business_date:
        return PlacementStatus.ENDED
    return PlacementStatus.CURRENT


def _not_seen(
    known: KnownPlacement, doubles: Iterable[SeenPlacement], picture: ChildPicture
) -> ResolvedPlacement:
    status, absent = known.status, known.absent_nights
    if _is_purged(known.last_seen, picture) or (
        status is PlacementStatus.CURRENT and _is_doubled(known.last_seen, doubles)
    ):
        status, absent = PlacementStatus.WITHDRAWN, 0
    elif status is PlacementStatus.CURRENT:
        status = _status(known.last_seen, picture.business_date)
        if status is PlacementStatus.CURRENT and picture.good:
            absent += 1
            if absent > picture.keep_absent_nights:
                status, absent = PlacementStatus.WITHDRAWN, 0
    return ResolvedPlacement(
        known.placement_ref, status, absent, known.last_seen, rows=0
    )


def _is_doubled(told: SeenPlacement, doubles: Iterable[SeenPlacement]) -> bool:
    """Whether its own record says tonight what another's says."""
    return any(_same_id(told, one) and _same_start(told, one) for one in doubles)


def _is_purged(told: SeenPlacement, picture: ChildPicture) -> bool:
    return None in picture.purged or (
        told.source_ref is not None
        and told.source_kind == picture.source_kind
        and told.source_ref in picture.purged
    )


def _new_ref(record: SeenPlacement, taken: set[str]) -> str:
    """The same record gives the same ref, on any machine and in any order.

    The start and postcode are those it is first seen with. Another placement may once
    have begun as this one does; an ordinal keeps the two apart.
    """
    ordinal = 0
    while (ref := _ref(record, ordinal)) in taken:
        ordinal += 1
    return ref


def _ref(record: SeenPlacement, ordinal: int) -> str:
    key = [
        record.authority, record.child_ref, record.start.isoformat(), record.postcode,
        ordinal,
    ]  # fmt: skip
    digest = sha256(json.dumps(key, separators=(",", ":")).encode()).digest()
    return "P-" + b32encode(digest)[:16].decode()
