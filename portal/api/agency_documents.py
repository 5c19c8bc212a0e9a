"""What an agency's own system is given, and what it says."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from notifications.documents import (
    Instant,
    Kind,
    Notification,
    Priority,
    Withdrawal,
)
from portal.notice_rows import Notice
from portal.standings import State


class NoticeListed(BaseModel):
    """A notice in a list: enough to know whether to open it, and nobody's name."""

    notification_id: UUID
    recording_token: str
    kind: Kind
    priority: Priority
    is_copy: bool
    created_on: dt.date
    due_at: Instant | None
    state: State
    waits: bool
    """Whether the agency still has to do something."""
    reminders: int
    not_found: bool
    """Acknowledged, and the agency's own extract does not show it."""


class Acknowledged(BaseModel):
    """What the agency said when it had recorded the notice."""

    reference: str
    recorded_on: dt.date
    acknowledged_at: Instant


class Disputed(BaseModel):
    """What the agency says is wrong."""

    reason: Literal["not_ours", "duplicate", "wrong_facts"]
    disputed_at: Instant


class NoticeOpened(BaseModel):
    """A notice, and what became of it."""

    notification_id: UUID
    recording_token: str
    state: State
    notification: Notification | None
    """As it was put; none of it once it is withdrawn: it should not have been said."""
    withdrawal: Withdrawal | None
    superseded_by: UUID | None
    acknowledged: Acknowledged | None
    disputed: Disputed | None


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AcknowledgementSaid(_Said):
    """The agency's own word: recorded, under this reference, on this day."""

    reference: str = Field(
        min_length=1, max_length=60, pattern=r"^[!-~]([ -~]*[!-~])?$"
    )
    recorded_on: dt.date
    """Today in London, or before."""
    confirmed: bool = False
    """The reference is right although notices of other children bear it too."""

    @field_validator("recorded_on", mode="after")
    @classmethod
    def _of_a_year_with_four_digits(cls, value: dt.date) -> dt.date:
        if value.year < 1900:
            raise ValueError("a date of this or the last century")
        return value


class DisputeSaid(_Said):
    """The agency says that the notice is wrong."""

    reason: Literal["not_ours", "duplicate", "wrong_facts"]


class Answered(BaseModel):
    """Where the notice stands after the answer."""

    notification_id: UUID
    state: State
    etag: str


def etag_of(notice: Notice) -> str:
    """Changes with everything that :class:`NoticeOpened` tells."""
    return f'"v{notice.version}"'


def listed(notice: Notice) -> NoticeListed:
    """A notice as lists show it."""
    document = notice.document
    return NoticeListed(
        notification_id=document.notification_id,
        recording_token=document.recording_token,
        kind=document.kind,
        priority=document.priority,
        is_copy=document.is_copy,
        created_on=document.created_on,
        due_at=document.clock.due_at if document.clock else None,
        state=notice.state,
        waits=notice.waits,
        reminders=notice.reminders,
        not_found=notice.not_found,
    )


def opened(notice: Notice) -> NoticeOpened:
    """A notice as it is shown whole, opened by that."""
    document, state = notice.document, notice.state
    if state is State.UNREAD:  # it was, until this call
        asks_nothing = document.is_copy or document.reminds is not None
        state = State.READ if asks_nothing else State.OPENED
    acknowledged = disputed = None
    if notice.acknowledged_at and notice.recorded_on:
        acknowledged = Acknowledged(
            reference=notice.reference or "",
            recorded_on=notice.recorded_on,
            acknowledged_at=notice.acknowledged_at,
        )
    if notice.dispute and notice.disputed_at:
        disputed = Disputed(reason=notice.dispute, disputed_at=notice.disputed_at)
    return NoticeOpened(
        notification_id=document.notification_id,
        recording_token=document.recording_token,
        state=state,
        notification=None if notice.withdrawal else document,
        withdrawal=notice.withdrawal,
        superseded_by=notice.superseded_by,
        acknowledged=acknowledged,
        disputed=disputed,
    )
