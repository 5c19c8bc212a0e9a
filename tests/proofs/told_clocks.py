"""The clock that each notice must bear, by the calendar kept by hand.

Worked out from what the authorities' systems said, what people had said and when passes
were made; never from a date that the product told.

* A force's notice: its priority's working days after the night that told it, or after
  the day on which what waited for a reviewer was let go.
* A host authority's: the start of the placement, five working days after it in an
  emergency, or the end; a copy has none.
"""

import datetime as dt
from collections.abc import Iterator

from beliefs import Told
from calendar_by_hand import after, close_of_day, due, in_utc, london_day
from little_facts import ChildFacts, ChildKey, Stay
from little_places import FORCE_OF, FORCES, POSTCODES
from model import REVIEW_DAYS, Model
from seen import DAYS, EMERGENCY_DAYS, Pass, Seen

A_DAY = dt.timedelta(days=1)


def clocks_of(seen: Seen, told: Told) -> set[dt.datetime | None]:
    """When a notice may say that something is due; ``None``: it says nothing."""
    if told.document["is_copy"] or told.recipient == told.fact.la:
        return {None}
    if told.recipient in FORCES:
        days = DAYS[told.document["priority"]]
        return {due(day, days) for day in _told_on(seen, told)}
    if told.kind == "end":
        return _ends(seen.model, told)
    return {
        due(start, EMERGENCY_DAYS) if planned is False else close_of_day(start)
        for start, planned in _starts(seen.model, told)
    }


def _starts(model: Model, told: Told) -> Iterator[tuple[dt.date, bool | None]]:
    """The start that was told, and how the stay at that address came about."""
    start = dt.date.fromisoformat(told.fact.start)
    facts = model.child(told.fact.child, told.created_on)
    assert facts is not None
    for stay in facts.stays:
        if stay.postcode == told.fact.postcode:
            yield start, stay.planned


def _ends(model: Model, told: Told) -> set[dt.datetime | None]:
    """An end has the clock of its day; what ended because the child was withdrawn, or
    because it lies elsewhere, has no day."""
    known = {
        stay.end
        for night in model.nights.values()
        if night.date <= told.created_on
        for facts in [night.las[told.fact.la].children.get(told.fact.child_ref)]
        if facts is not None
        for stay in facts.stays
        if stay.start.isoformat() == told.fact.start and not _slip(stay)
    }
    end = told.document["placement"]["end"]
    given = dt.date.fromisoformat(end) if end else None
    if given not in known | {None}:
        return set()
    return {close_of_day(given) if given else None}


def _slip(stay: Stay) -> bool:
    return stay.end is not None and stay.end < stay.start


def _told_on(seen: Seen, told: Told) -> set[dt.date]:
    """The night that decided it; of what waited for a reviewer the day of its release,
    which a reviewer's word may put off to the night after."""
    key, model = told.fact.child, seen.model
    if told.kind == "end" or told.created_on not in model.nights:
        return {told.created_on}
    stays = [
        one
        for one in model.stays(key, told.created_on)
        if one.postcode == told.fact.postcode
    ]
    doubtful = [
        one
        for one in stays
        if model.standing_with(key, one, told.created_on) == "doubtful"
        and limit_of(model, key, one, told.created_on) >= in_utc(told.created_on, 0)
    ]
    if told.kind != "unconfirmed" or not doubtful:
        return {told.created_on}
    return {day for stay in doubtful for day in _let_go(seen, told, stay)}


def _let_go(seen: Seen, told: Told, stay: Stay) -> Iterator[dt.date]:
    key, model = told.fact.child, seen.model
    for one in seen.passes:
        if one.date < told.created_on or one.at > told.arrived_at:
            continue
        now = [
            there
            for there in model.stays(key, one.date)
            if there.postcode == stay.postcode
        ]
        asked = any(
            model.standing_with(key, there, one.date) == "doubtful" for there in now
        )
        if not asked or any(
            limit_of(model, key, there, one.date) <= one.at for there in now
        ):
            yield london_day(one.at)
            if not _was_judged(seen, key, one):
                return


def _was_judged(seen: Seen, key: ChildKey, one: Pass) -> bool:
    """Whether somebody judged about the child since the night, as was known then."""
    before = max(
        (other.heard for other in seen.passes if other.date < one.date), default=0
    )
    subjects = {
        event["id"]: (event["data"]["left_authority"], event["data"]["left_ref"])
        for event in seen.feed
        if event["type"] == "judgement.made"
    }
    return any(
        subjects.get(event["data"].get("judgement", event["id"])) == key
        for event in seen.feed[before : one.heard]
        if event["type"].startswith("judgement.")
    )


# --- how long a reviewer has -------------------------------------------------------


def review_days(facts: ChildFacts) -> int:
    return REVIEW_DAYS["high" if facts.at_risk else "standard"]


def limit_of(model: Model, key: ChildKey, stay: Stay, date: dt.date) -> dt.datetime:
    """The end of the last day to decide. Whoever moves while the same force is asked
    is in doubt since before the move."""
    facts = model.child(key, date)
    assert facts is not None
    since = model.doubt_began(key, stay, date) or date
    here, force = stay, _force(stay)
    while (left := _left(model, key, here, date)) is not None:
        before, began = left
        if _force(before) != force:
            break
        since, here = min(since, began), before
    return close_of_day(after(since, review_days(facts)))


def _force(stay: Stay) -> str | None:
    host = POSTCODES.get(stay.postcode or "")
    return None if host is None else FORCE_OF[host]


def _left(
    model: Model, key: ChildKey, here: Stay, date: dt.date
) -> tuple[Stay, dt.date] | None:
    """The stay in doubt that the child left for this one, and since when it was."""
    facts = model.child(key, date)
    assert facts is not None
    found = [
        (one, began)
        for one in facts.stays
        if one.end is not None
        and one.end <= date
        and one.start < here.start
        and dt.timedelta() <= here.start - one.end <= A_DAY
        and (began := model.doubt_began(key, one, date)) is not None
    ]
    return max(found, key=lambda one: one[0].start, default=None)
