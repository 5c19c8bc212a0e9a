"""One child's story: every night's answer, and all that came of it.

References only: bodies, which hold names, are not read, save a task's own (law: tasks
name no child). A handful of queries, whatever the length of the story.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from notifications.documents import Kind, Obligation, Priority
from notifications.facts import Placement, PlacementStatus, State
from notifications.feed import EventType
from notifications.outcome import EvidencePart, Silence
from register.batches import in_batches
from register.story_parts import (
    Story,
    StoryDelivery,
    StoryEvent,
    StoryNight,
    StoryNotice,
    StoryRecording,
    StoryReview,
    StoryTask,
)
from register.tables import (
    decision,
    event,
    follow_up,
    notification,
    obligation,
    outbox,
    placement,
    placement_observation,
    recording,
    recording_look,
    review,
    run,
)

NEAR_REFS = 5

_TOLD_OF = (
    EventType.FETCHED, EventType.OPENED, EventType.ACKNOWLEDGED, EventType.DISPUTED,
    EventType.JUDGED, EventType.JUDGEMENT_UNDONE,
)  # fmt: skip


def load_story(connection: Connection, authority: str, child_ref: str) -> Story | None:
    """All that the register holds of a child, or ``None`` if it holds nothing."""
    placements = _placements(connection, authority, child_ref)
    if not placements:
        return None
    refs = [one.placement_ref for one in placements]
    notices = _notices(connection, authority, child_ref)
    reviews = _reviews(connection, authority, child_ref)
    ids = [one.notification_id for one in notices]
    tasks = (*_tasks(connection, refs), *_follow_ups(connection, ids))
    subjects = [str(one) for one in (*ids, *(one.review_id for one in reviews))]
    return Story(
        authority=authority,
        child_ref=child_ref,
        newest_night=connection.scalar(select(func.max(run.c.business_date))),
        placements=placements,
        nights=_nights(connection, refs),
        notices=notices,
        deliveries=_deliveries(connection, subjects),
        events=_events(connection, subjects),
        recordings=_recordings(connection, ids),
        looks=_looks(connection, sorted({one.recipient for one in notices})),
        tasks=tasks,
        reviews=reviews,
    )


def authorities_of(connection: Connection, child_ref: str) -> tuple[str, ...]:
    """The placing authorities that have a child of this reference."""
    return tuple(
        connection.scalars(
            select(placement.c.authority)
            .where(placement.c.child_ref == child_ref)
            .distinct()
            .order_by(placement.c.authority)
        )
    )


def refs_alike(
    connection: Connection, child_ref: str, authority: str
) -> tuple[str, ...]:
    """A few of the authority's references that begin alike, the most alike first."""
    for length in range(len(child_ref), len(child_ref) // 2, -1):
        found = tuple(
            connection.scalars(
                select(placement.c.child_ref)
                .where(
                    placement.c.authority == authority,
                    placement.c.child_ref.startswith(
                        child_ref[:length], autoescape=True
                    ),
                )
                .distinct()
                .order_by(placement.c.child_ref)
                .limit(NEAR_REFS)
            )
        )
        if found:
            return found
    return ()


# --- part by part ------------------------------------------------------------------


def _placements(
    connection: Connection, authority: str, child_ref: str
) -> tuple[Placement, ...]:
    seen = placement_observation
    rows = connection.execute(
        select(placement.c.placement_ref, seen)
        .join(seen, seen.c.placement_ref == placement.c.placement_ref)
        .where(
            placement.c.authority == authority,
            placement.c.child_ref == child_ref,
            seen.c.until.is_(None),
        )
        .order_by(seen.c.start, placement.c.placement_ref)
    )
    return tuple(
        Placement(
            placement_ref=row.placement_ref,
            child_ref=child_ref,
            start=row.start,
            end=row.end,
            place_code=row.place_code,
            legal_status=row.legal_status,
            end_reason=row.end_reason,
            temporary=row.temporary,
            status=PlacementStatus(row.status),
        )
        for row in rows
    )


def _nights(connection: Connection, refs: Sequence[str]) -> tuple[StoryNight, ...]:
    rows = connection.execute(
        select(decision, run.c.rules, run.c.children_model)
        .join(run, run.c.run_id == decision.c.run_id)
        .where(decision.c.placement_ref.in_(refs))
        .order_by(decision.c.business_date, decision.c.placement_ref)
    )
    return tuple(
        StoryNight(
            business_date=row.business_date,
            placement_ref=row.placement_ref,
            state=State(row.state),
            rule=row.rule,
            reason=row.reason,
            as_of=row.as_of,
            priority=Priority(row.priority) if row.priority else None,
            host_la=row.host_la,
            host_force=row.host_force,
            best_nominal_ref=row.best_nominal_ref,
            match_probability=row.match_probability,
            judgement=row.judgement,
            evidence=tuple(EvidencePart(**part) for part in row.evidence or ()),
            run_id=row.run_id,
            rules=row.rules,
            model=row.children_model,
            priority_rule=row.priority_rule,
            silence=tuple(Silence(**part) for part in row.silence or ()),
        )
        for row in rows
    )


_NOTICE = tuple(notification.c[name] for name in StoryNotice.__dataclass_fields__)


def _notices(
    connection: Connection, authority: str, child_ref: str
) -> tuple[StoryNotice, ...]:
    rows = connection.execute(
        select(*_NOTICE)
        .where(
            notification.c.placing_la == authority,
            notification.c.child_ref == child_ref,
        )
        .order_by(
            notification.c.created_on,
            notification.c.reminder_no,
            notification.c.recipient,
            notification.c.notification_id,
        )
    )
    return tuple(_notice(row) for row in rows)


def _notice(row: Row[Any]) -> StoryNotice:
    given = dict(row._mapping)
    return StoryNotice(
        **given | {"kind": Kind(row.kind), "priority": Priority(row.priority)}
    )


_DELIVERY = tuple(outbox.c[name] for name in StoryDelivery.__dataclass_fields__)


def _deliveries(
    connection: Connection, document_ids: Sequence[str]
) -> dict[str, tuple[StoryDelivery, ...]]:
    found: dict[str, list[StoryDelivery]] = defaultdict(list)
    for some in in_batches(document_ids):
        rows = connection.execute(
            select(*_DELIVERY)
            .where(outbox.c.document_id.in_(some))
            .order_by(outbox.c.outbox_id)
        )
        for row in rows:
            found[row.document_id].append(StoryDelivery(**row._mapping))
    return {key: tuple(several) for key, several in found.items()}


def _events(connection: Connection, subjects: Sequence[str]) -> tuple[StoryEvent, ...]:
    found: list[StoryEvent] = []
    for some in in_batches(subjects):
        rows = connection.execute(
            select(event)
            .where(event.c.subject.in_(some), event.c.type.in_(_TOLD_OF))
            .order_by(event.c.position)
        )
        found += [_event(row) for row in rows]
    return tuple(found)


def _event(row: Row[Any]) -> StoryEvent:
    data: Mapping[str, Any] = row.data
    dispute = row.type == EventType.DISPUTED
    return StoryEvent(
        event_id=row.event_id,
        type=row.type,
        subject=row.subject,
        time=row.time,
        actor=data.get("actor"),
        reference=data.get("reference"),
        recorded_on=data.get("recorded_on"),
        decision=data.get("reason" if dispute else "decision"),
        right_ref=data.get("right_ref"),
        undoes=data.get("judgement"),
    )


def _recordings(
    connection: Connection, ids: Sequence[UUID]
) -> tuple[StoryRecording, ...]:
    found: list[StoryRecording] = []
    columns = [recording.c[name] for name in StoryRecording.__dataclass_fields__]
    for some in in_batches(ids):
        rows = connection.execute(
            select(*columns)
            .where(recording.c.notification_id.in_(some))
            .order_by(recording.c.business_date)
        )
        found += [StoryRecording(**row._mapping) for row in rows]
    return tuple(found)


def _looks(connection: Connection, recipients: Sequence[str]) -> dict[str, dt.date]:
    rows = connection.execute(
        select(
            recording_look.c.authority,
            func.max(recording_look.c.business_date).label("latest"),
        )
        .where(recording_look.c.authority.in_(recipients))
        .group_by(recording_look.c.authority)
    )
    return {row.authority: row.latest for row in rows}


def _tasks(connection: Connection, refs: Sequence[str]) -> list[StoryTask]:
    """The tasks of nights, each as it stands now."""
    rows = connection.execute(
        select(obligation.c.body, obligation.c.placement_ref)
        .where(obligation.c.placement_ref.in_(refs), obligation.c.until.is_(None))
        .order_by(obligation.c.created_on, obligation.c.obligation_id)
    )
    return [_task(Obligation.model_validate_json(row.body)) for row in rows]


def _follow_ups(connection: Connection, ids: Sequence[UUID]) -> list[StoryTask]:
    """The tasks that chase a notice."""
    found: list[StoryTask] = []
    for some in in_batches(ids):
        rows = connection.execute(
            select(follow_up.c.body)
            .where(follow_up.c.notification_id.in_(some))
            .order_by(follow_up.c.opened_at, follow_up.c.obligation_id)
        )
        found += [_task(Obligation.model_validate_json(row.body)) for row in rows]
    return found


def _task(document: Obligation) -> StoryTask:
    return StoryTask(
        obligation_id=document.obligation_id,
        kind=document.kind,
        owed_by=document.owed_by,
        placement_ref=document.placement_ref or None,
        notification_id=document.notification_id,
        rule=document.rule.id,
        due_at=document.due_at,
        escalation=document.escalation,
        escalated_to=document.escalated_to,
        created_on=document.created_on,
        met_on=document.met_on,
    )


def _reviews(
    connection: Connection, authority: str, child_ref: str
) -> tuple[StoryReview, ...]:
    columns = [review.c[name] for name in StoryReview.__dataclass_fields__]
    rows = connection.execute(
        select(*columns)
        .where(review.c.left_authority == authority, review.c.left_ref == child_ref)
        .order_by(review.c.created_on, review.c.review_id)
    )
    return tuple(StoryReview(**row._mapping) for row in rows)
