"""What people decided and received since the last pass comes back as data."""

from collections import Counter
from typing import TYPE_CHECKING

from notifications.feed import EventType, JudgementData
from pipeline.errors import PortalTrouble
from pipeline.reports import StageReport
from pipeline.run import Run

if TYPE_CHECKING:
    from register.events import Event


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
            "unknown_subject": kept.unknown,
            "unreadable": kept.unreadable,
            **kinds,
        },
        problems=(*_problems(kept.unreadable), *_to_split(feed)),
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


def _problems(unreadable: int) -> tuple[str, ...]:
    if not unreadable:
        return ()
    return (
        f"{unreadable} of the portal's new events lack what their type must say: an "
        "acknowledgement among them does not count; tell whoever runs the portal",
    )
