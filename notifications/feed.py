"""What comes back from a portal: the types of its events, and the data of each.

People's words and deeds are events of one feed, CloudEvents whose subject is a
document's id. None carries a name but one: a wider search may say under which other
name to look, which must travel to be looked under. Actors are pseudonyms. What people
typed is taken out of an event when its time is over: see :func:`without_words`.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Data(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False
    )


class EventType(StrEnum):
    """The portal's event feed: CloudEvents whose subject is a document's id."""

    FETCHED = "receipt.fetched"
    OPENED = "receipt.opened"
    ACKNOWLEDGED = "receipt.acknowledged"
    DISPUTED = "receipt.disputed"
    JUDGED = "judgement.made"
    JUDGEMENT_UNDONE = "judgement.undone"
    REPLAY_ASKED = "request.replay"
    SEARCH_ASKED = "request.search"
    RELEASE_ASKED = "request.release"


class Acknowledgement(_Data):
    """The data of ``receipt.acknowledged``: the recipient's own word (law 4)."""

    agency: str
    actor: str
    """A pseudonymous id of the person; never a name."""
    reference: str
    """The recipient's own record reference."""
    recorded_on: dt.date


class Receipt(_Data):
    """The data of ``receipt.fetched`` and ``receipt.opened``: the notice was listed
    for or downloaded by the recipient; someone of the recipient's has seen it.

    The subject is a notification's id, or a retraction's when the withdrawal was seen.
    """

    agency: str
    actor: str


class Dispute(_Data):
    """The data of ``receipt.disputed``: the recipient says that it is wrong."""

    agency: str
    actor: str
    reason: Literal["not_ours", "duplicate", "wrong_facts"]


class ReleaseAsked(_Data):
    """The data of ``request.release``: send what the surge brake holds of a run."""

    actor: str
    run_id: str


class ReplayAsked(_Data):
    """The data of ``request.replay``: offer a dead letter once more."""

    actor: str
    letter_id: str


class SearchAsked(_Data):
    """The data of ``request.search``: look for the child of a pair in a force's whole
    register. The subject is the review's id; the answer bears the event's own."""

    actor: str
    review_id: UUID
    authority: str
    """The force whose last good records are searched."""
    forename: str | None = Field(default=None, min_length=1, max_length=60)
    """Another forename to look under; so too the surname."""
    surname: str | None = Field(default=None, min_length=1, max_length=60)
    birth_year: int | None = Field(default=None, ge=1900, le=2100)
    """Another year that the child may have been written down as born in."""


Decision = Literal["same", "different", "unsure", "two_people"]
"""What a person may say of a pair. ``two_people``: one of the records holds two, so the
pair is neither the same person nor two different ones until its owner has split it."""

Side = Literal["left", "right"]


class JudgementData(_Data):
    """The data of ``judgement.made``: a person's decision and what it was made on."""

    actor: str
    decision: Decision
    split: Side | None = None
    """Which record holds two people; with ``two_people`` and with nothing else."""
    reason: str
    left_authority: str
    left_ref: str
    left_hash: str
    right_authority: str
    right_ref: str
    right_hash: str

    @model_validator(mode="after")
    def _names_the_record_to_split(self) -> "JudgementData":
        if (self.decision == "two_people") != (self.split is not None):
            raise ValueError("two_people, and nothing else, says which record")
        return self


class JudgementUndone(_Data):
    """The data of ``judgement.undone``: that decision no longer binds."""

    actor: str
    judgement: UUID
    """The id of the ``judgement.made`` event."""
    reason: str


_WORDS: Mapping[str, Mapping[str, object]] = {
    EventType.JUDGED: {"reason": ""},
    EventType.JUDGEMENT_UNDONE: {"reason": ""},
    EventType.SEARCH_ASKED: {"forename": None, "surname": None, "birth_year": None},
}


def without_words(kind: str, data: Mapping[str, object]) -> dict[str, object]:
    """An event's data without what somebody typed: a reason, what else to look under.

    This alone may change in an event, once: when it was collected and what it is about
    is over. Its id, its place in the feed and all else stay as they were.
    """
    return {**data, **{k: v for k, v in _WORDS.get(kind, {}).items() if k in data}}
