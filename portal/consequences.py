"""What follows from taking a decision back: what was sent, and what will be.

The portal does not see what the region's nights made of a decision. What it says here
follows from what hung on the pair, from whether a night has been reported since, and
from the rules (a decision that is undone sends a correction to whoever was told on its
strength).
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from notifications.documents import Review
from notifications.feed import Decision
from portal import words
from portal.pairs import Pair
from portal.tables import runs


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a consequence depends on."""

    decision: Decision
    made_at: dt.datetime
    night: dt.date | None
    """The first night that was reported after the decision."""
    now: dt.datetime


def of_undoing(connection: Connection, pair: Pair, now: dt.datetime) -> tuple[str, ...]:
    """What undoing the decision that stands does, in order; empty if none stands."""
    if pair.judgement is None:
        return ()
    night = connection.scalar(
        select(func.min(runs.c.business_date)).where(
            runs.c.received_at > pair.judgement.at
        )
    )
    given = Circumstances(pair.judgement.decision, pair.judgement.at, night, now)
    return in_words(pair.document, given)


def in_words(document: Review, given: Circumstances) -> tuple[str, ...]:
    """The same, of what is known."""
    return (
        _passed_on(given),
        *_what_was_sent(document, given),
        _what_waits(document, given),
        "The decision stays on record as undone, with your name and your reason.",
    )


def _passed_on(given: Circumstances) -> str:
    when = words.moment(given.made_at)
    if given.night is None:
        return (
            f"The decision of {when} was passed to the region, and no night has been "
            "reported since: nothing was sent because of it. The region hears at its "
            "next pass, within a quarter of an hour, that it no longer holds."
        )
    return (
        f"The decision of {when} was used by the night of {words.day(given.night)}, "
        "and by any after it. The next night decides without it."
    )


def _what_was_sent(document: Review, given: Circumstances) -> tuple[str, ...]:
    if given.night is None:
        return ()
    force = document.right.authority_name
    if document.stake == "nothing":
        return (f"No notice of this child goes to {force}, so none is corrected.",)
    told = {
        "same": f"On “same person” {force} was told of the placement as an update to a "
        "record that it has, or of nothing where its record was right already.",
        "different": f"On “different people” {force} was told of the placement as of a "
        "child that it does not know.",
    }.get(given.decision)
    if told is None:
        return (
            f"“{words.DECISIONS[given.decision]}” decides nothing, so nothing was sent "
            "because of it.",
        )
    return (
        told,
        "Whoever was told because of it is sent a correction by the next night, as an "
        "update to what they have. They are not left with what was wrong.",
    )


def _what_waits(document: Review, given: Circumstances) -> str:
    force, deadline = document.right.authority_name, document.deadline
    if document.stake == "nothing":
        return "The pair waits again for a decision."
    if deadline < given.now:
        return (
            "The pair waits again. Its deadline has passed, so until somebody decides "
            f"{force} holds an unconfirmed notice of the placement."
        )
    return (
        f"The pair waits again. If nobody decides by {words.moment(deadline)}, {force} "
        "gets an unconfirmed notice of the placement."
    )
