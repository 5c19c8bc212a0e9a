"""The audit trail: who saw or did what, and why. Ids and codes only, no person's data.

Rows are only added, in the transaction of what they tell, so neither is there without
the other. Adding one waits for nobody: ``sealing`` chains them afterwards.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Connection, insert

from portal.permissions import DOOR, OPERATOR, REGION
from portal.tables import audit
from portal.visits import Visit


class Action(StrEnum):
    """What was done. Stored: changing a value is a migration."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_REFUSED = "sign_in.refused"
    SESSIONS_ENDED = "sessions.ended"
    CODES_SET_UP = "codes.set_up"
    PROVEN = "proven"
    PROOF_REFUSED = "proof.refused"
    REVEALED = "revealed"
    OPERATED = "operated"
    """A command on the portal's own machine; the subject is the command and of what."""
    NOTICES_LISTED = "notices.listed"
    NOTICE_OPENED = "notice.opened"
    NOTICES_SEARCHED = "notices.searched"
    NOTICES_EXPORTED = "notices.exported"
    NOTICE_PRINTED = "notice.printed"
    NOTICE_PASSED_ON = "notice.passed_on"
    HANDOVER_OPENED = "handover.opened"
    HANDOVER_PRINTED = "handover.printed"
    HANDED_OVER = "handover.made"
    NOTICE_ACKNOWLEDGED = "notice.acknowledged"
    NOTICE_DISPUTED = "notice.disputed"
    PACKAGE_DOWNLOADED = "package.downloaded"
    TASKS_LISTED = "tasks.listed"
    REVIEWS_LISTED = "reviews.listed"
    REVIEW_OPENED = "review.opened"
    JUDGEMENT_MADE = "judgement.made"
    JUDGEMENT_UNDONE = "judgement.undone"
    VERDICTS_COLLECTED = "verdicts.collected"
    REVIEW_TAKEN = "review.taken"
    REVIEW_LET_GO = "review.let_go"
    REVIEW_HANDED_OVER = "review.handed_over"
    REVIEW_SKIPPED = "review.skipped"
    REVIEW_RECUSED = "review.recused"
    SECOND_READING_MADE = "second_reading.made"
    SEARCH_ASKED = "search.asked"
    AGREEMENT_LISTED = "agreement.listed"
    LABELS_EXPORTED = "labels.exported"
    RUNS_LISTED = "runs.listed"
    SUPPLY_LISTED = "supply.listed"
    SUPPLY_OPENED = "supply.opened"
    VERDICTS_LISTED = "verdicts.listed"
    VERDICTS_EXPORTED = "verdicts.exported"
    RELEASE_ASKED = "release.asked"
    REPLAY_ASKED = "replay.asked"
    DENIED = "denied"
    AUDIT_LISTED = "audit.listed"
    ACCESSES_LISTED = "accesses.listed"
    WITHHELD_LISTED = "withheld.listed"
    RETENTION_SEEN = "retention.seen"
    STAFF_REVEALED = "staff.revealed"
    AUDIT_EXPORTED = "audit.exported"
    ERASED = "erased"
    HELD = "held"
    HOLD_ENDED = "hold.ended"


class Purpose(StrEnum):
    """Why somebody looked or acted: a law-enforcement log must say it (Data Protection
    Act 2018, section 62). A code, since free text would hold names. Stored."""

    ACCOUNT = "account"
    SAFEGUARDING = "safeguarding"
    MATCHING = "matching"
    OPERATIONS = "operations"
    OVERSIGHT = "oversight"
    SUBJECT_ACCESS = "subject_access"
    COMPLAINT = "complaint"
    INCIDENT = "incident"
    INSPECTION = "inspection"
    COURT = "court"
    PROTECTION = "protection"
    """Nothing was shown or done: it was refused."""
    SYSTEM = "system"
    """Of a reveal: an agency's own system took the details, by its key. What its people
    then look at, and what for, is in that system's log."""


CHOSEN = (
    Purpose.OVERSIGHT, Purpose.SUBJECT_ACCESS, Purpose.COMPLAINT, Purpose.INCIDENT,
    Purpose.INSPECTION, Purpose.COURT,
)  # fmt: skip
"""Purposes of which a person must choose one before something is revealed."""

_PURPOSES = {
    "signed_in": Purpose.ACCOUNT,
    "signed_out": Purpose.ACCOUNT,
    "sign_in": Purpose.ACCOUNT,
    "sessions": Purpose.ACCOUNT,
    "codes": Purpose.ACCOUNT,
    "proven": Purpose.ACCOUNT,
    "proof": Purpose.ACCOUNT,
    "notice": Purpose.SAFEGUARDING,
    "notices": Purpose.SAFEGUARDING,
    "package": Purpose.SAFEGUARDING,
    "tasks": Purpose.SAFEGUARDING,
    "handover": Purpose.SAFEGUARDING,
    "review": Purpose.MATCHING,
    "reviews": Purpose.MATCHING,
    "judgement": Purpose.MATCHING,
    "second_reading": Purpose.MATCHING,
    "search": Purpose.MATCHING,
    "agreement": Purpose.MATCHING,
    "labels": Purpose.MATCHING,
    "runs": Purpose.OPERATIONS,
    "supply": Purpose.OPERATIONS,
    "verdicts": Purpose.OPERATIONS,
    "release": Purpose.OPERATIONS,
    "replay": Purpose.OPERATIONS,
    "operated": Purpose.OPERATIONS,
    "erased": Purpose.OPERATIONS,
    "held": Purpose.OPERATIONS,
    "hold": Purpose.OPERATIONS,
    "audit": Purpose.OVERSIGHT,
    "withheld": Purpose.OVERSIGHT,
    "retention": Purpose.OVERSIGHT,
    "denied": Purpose.PROTECTION,
}
"""What the pages of each kind are for."""

ALWAYS_SAID = frozenset(
    {Action.REVEALED, Action.STAFF_REVEALED, Action.ACCESSES_LISTED}
)
"""Actions that no page explains: whoever does them says what for."""


class PurposeMissing(ValueError):
    """An action whose purpose must be said was to be written without."""


def purpose_of(action: Action, said: StrEnum | None = None) -> StrEnum:
    """What was said that it is for; otherwise, that of the page it is done on.

    Raises:
        PurposeMissing: it has to be said, and was not.
    """
    if said is not None:
        return said
    if action in ALWAYS_SAID:
        raise PurposeMissing(action)
    return _PURPOSES[action.partition(".")[0]]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody at the door. Who they say they are is kept as a keyed hash only."""

    pseudonym: UUID
    at: dt.datetime
    request_id: str


def record(
    connection: Connection,
    visit: Visit,
    action: Action,
    subject: str = "",
    shown: Iterable[str | UUID] = (),
    *,
    purpose: StrEnum | None = None,
) -> None:
    """A row of the trail: this person, this request, this action on this subject.

    ``shown`` are the ids that a list put on the screen; ``purpose`` is what the person
    chose, where they had to.
    """
    connection.execute(
        _ENTRY,
        {
            "at": visit.at, "actor": visit.actor,
            "agency": visit.viewer.agency or REGION, "role": visit.viewer.role,
            "action": action, "subject": subject, "shown": ",".join(map(str, shown)),
            "request_id": visit.request_id, "purpose": purpose_of(action, purpose),
            "network": visit.network,
        },
    )  # fmt: skip


_ENTRY = insert(audit).inline()
"""Inline: its number is not asked back, which only those may read who may read the
trail."""


def record_operator(
    connection: Connection, at: dt.datetime, action: Action, subject: str = "",
    shown: Iterable[str | UUID] = (),
) -> None:  # fmt: skip
    """The same for a command of the machine that the portal runs on."""
    connection.execute(
        insert(audit).inline().values(
            at=at, actor=OPERATOR.role, agency=REGION, role=OPERATOR.role,
            action=action, subject=subject, shown=",".join(map(str, shown)),
            request_id="", purpose=purpose_of(action),
        )
    )  # fmt: skip


def record_stranger(
    connection: Connection, stranger: Stranger, action: Action, subject: str
) -> None:
    """A row about somebody who was not let in, and so is no user here."""
    connection.execute(
        insert(audit).inline().values(
            at=stranger.at, actor=str(stranger.pseudonym), agency=REGION,
            role=DOOR.role, action=action, subject=subject, shown="",
            request_id=stranger.request_id, purpose=Purpose.ACCOUNT,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refused:
    """Who was refused something without a visit of theirs: a program by its id, or
    somebody of whom nothing is known but a keyed hash."""

    actor: str
    agency: str
    role: str


def record_refusal(
    connection: Connection, who: Refused, subject: str, at: dt.datetime,
    request: tuple[str, str | None],
) -> None:  # fmt: skip
    """A row about a call that was refused; ``request``: its id, and its network's
    keyed hash."""
    connection.execute(
        insert(audit).inline().values(
            at=at, actor=who.actor, agency=who.agency, role=who.role,
            action=Action.DENIED, subject=subject, shown="", request_id=request[0],
            network=request[1], purpose=purpose_of(Action.DENIED),
        )
    )  # fmt: skip


def record_command(connection: Connection, subject: str, at: dt.datetime) -> None:
    """A row about what somebody did at the machine that the portal runs on."""
    connection.execute(
        insert(audit).values(
            at=at, actor=OPERATOR.role, agency=REGION, role=OPERATOR.role,
            action=Action.OPERATED, subject=subject, shown="", request_id="",
            purpose=purpose_of(Action.OPERATED),
        )
    )  # fmt: skip
