"""What people decided and received since the last pass comes back as data."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from notifications.faults import UNKNOWN_SUBJECT
from notifications.feed import EventType, JudgementData
from pipeline.errors import PortalTrouble
from pipeline.reports import StageReport
from pipeline.run import Run

if TYPE_CHECKING:
    from register.events import Event

MOST_NAMED = 10
"""Events that a problem names one by one."""


def collect(run: Run) -> StageReport:
    """The portal's events since the last pass are in the register, each once.

    With ``--no-publish`` the portal is left alone; what was collected before holds.

    Raises:
        PortalTrouble: the portal did not answer or refused the region's key.
    """
    from connectors.portal import PortalError
    from register import events

    if not run.publish:
        return StageReport("collect", counts={"events": 0})
    with run.register.connect() as connection:
        after = events.cursor(connection)
    try:
        with run.portal() as portal:
            feed = [events.read_event(raw) for raw in portal.events(after)]
        kept = events.record_events(run.register, feed, run.region.region)
    except (
        PortalError,
        events.UnreadableEventError,
        events.ChangedEventError,
    ) as error:
        raise PortalTrouble(
            f"receipts and judgements were not collected: {error}"
        ) from error
    kinds = Counter(event.type for event in feed)
    return StageReport(
        "collect",
        counts={
            "events": len(feed),
            "new": kept.new,
            "unknown_subject": len(kept.unknown),
            "unreadable": kept.unreadable,
            **kinds,
        },
        problems=(
            *_unreadable(kept.unreadable),
            *_unknown(kept.unknown),
            *_to_split(feed),
        ),
    )


def _to_split(feed: "list[Event]") -> tuple[str, ...]:
    """The police records that a reviewer holds to be of two people: no extract can
    mend one but its force's own, and a force has no data tasks."""
    from register.events import is_readable

    found = []
    for one in feed:
        if one.type != EventType.JUDGED or not is_readable(one):
            continue
        said = JudgementData.model_validate(one.data)
        if said.split == "right":
            found.append(
                f"a reviewer holds that a record of {said.right_authority} is of two "
                f"people (event {one.event_id}): ask the force to split it"
            )
    return tuple(found)


def _unreadable(unreadable: int) -> tuple[str, ...]:
    if not unreadable:
        return ()
    return (
        f"{unreadable} of the portal's new events lack what their type must say: an "
        "acknowledgement among them does not count; tell whoever runs the portal",
    )


def _unknown(events: "Sequence[Event]") -> tuple[str, ...]:
    """The events about nothing of ours, by the portal's own ids; never their subjects,
    which may be any text."""
    if not events:
        return ()
    named = ", ".join(f"{one.event_id} ({one.type})" for one in events[:MOST_NAMED])
    more = len(events) - MOST_NAMED
    named += f" and {more} more" if more > 0 else ""
    return (
        f"{len(events)} of the portal's new events are about documents that this "
        f"register has not sent: {named}. They "
        f"are kept and change nothing (rule {UNKNOWN_SUBJECT.id}); an acknowledgement "
        "among them counts for no notice. Ask whoever runs the portal whether it takes "
        "notices of another region under this region's key, and see whether this "
        "register was put back to an earlier state",
    )
