"""What operators asked for on the portal, carried out by the next pass."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from pydantic import ValidationError

from notifications.feed import EventType, ReplayAsked
from pipeline.run import Run
from pipeline.searches import answer_searches


@dataclass(slots=True)
class Answered:
    """What came of the wishes of a pass."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def answer_wishes(run: Run, now: dt.datetime) -> Answered:
    """Carries every new wish out, once; what it is about answers as a document."""
    answered = Answered()
    answer_replays(run, now, answered)
    answer_searches(run, now, answered)
    return answered


def answer_replays(run: Run, now: dt.datetime, answered: Answered) -> None:
    """Puts dead letters in line again that somebody asked for.

    A letter that was replayed or delivered meanwhile is left as it is.
    """
    from register.engine import writing
    from register.replays import replay
    from register.wishes import answered as mark
    from register.wishes import unanswered

    with writing(run.register) as connection:
        wishes = unanswered(connection, EventType.REPLAY_ASKED)
        for wish in wishes:
            try:
                asked = ReplayAsked.model_validate(dict(wish.data))
            except ValidationError:
                answered.problems.append(
                    f"event {wish.event_id} asks for a replay and names no letter; "
                    "tell whoever runs the portal"
                )
                continue
            done = replay(connection, [asked.letter_id], now)
            answered.counts["replayed"] += len(done.replayed)
            answered.counts["replay_needless"] += len(done.replaced + done.unknown)
        if wishes:
            mark(connection, EventType.REPLAY_ASKED, wishes[-1])


def tell_what_is_held(run: Run, now: dt.datetime) -> None:
    """The dashboard's newest night says what waits for release by now."""
    from notifications.reports import RunSummary
    from register import outbox
    from register.calls import outgoing
    from register.engine import writing
    from register.holds import held_counts

    with writing(run.register) as connection:
        newest = outbox.newest_body(connection, "run")
        if newest is None:
            return
        summary = RunSummary.model_validate_json(newest)
        held = held_counts(connection)
        if summary.held == held:
            return
        told = summary.model_copy(update={"held": held})
        outbox.enqueue(connection, [outgoing(told, summary.business_date)], now)
