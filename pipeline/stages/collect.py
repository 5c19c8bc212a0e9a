"""What people decided and received since the last pass comes back as data."""

from collections import Counter

from pipeline.errors import PortalTrouble
from pipeline.reports import StageReport
from pipeline.run import Run


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
        problems=_problems(kept.unreadable),
    )


def _problems(unreadable: int) -> tuple[str, ...]:
    if not unreadable:
        return ()
    return (
        f"{unreadable} of the portal's new events lack what their type must say: an "
        "acknowledgement among them does not count; tell whoever runs the portal",
    )
