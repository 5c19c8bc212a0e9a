"""What comes back from a portal: the types of its events, and the data of each.

People's words and deeds are events of one feed, CloudEvents whose subject is a
document's id. None carries a name; actors are pseudonyms.
"""

import datetime as dt
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


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


class JudgementData(_Data):
    """The data of ``judgement.made``: a person's decision and what it was made on."""

    actor: str
    decision: Literal["same", "different", "unsure"]
    reason: str
    left_authority: str
    left_ref: str
    left_hash: str
    right_authority: str
    right_ref: str
    right_hash: str


class JudgementUndone(_Data):
    """The data of ``judgement.undone``: that decision no longer binds."""

    actor: str
    judgement: UUID
    """The id of the ``judgement.made`` event."""
    reason: str
