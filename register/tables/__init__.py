"""What the region remembers, table by table."""

from register.tables.found import (
    authority_picture,
    decision,
    person,
    person_member,
    placement,
    placement_observation,
    run,
    second_record,
    shield,
)
from register.tables.metadata import METADATA, as_of
from register.tables.sent import breaker, event, event_cursor, outbox
from register.tables.told import (
    follow_up,
    imported,
    notification,
    obligation,
    package,
    packaged,
    recording,
    recording_look,
    review,
)

__all__ = [
    "METADATA",
    "as_of",
    "authority_picture",
    "breaker",
    "decision",
    "event",
    "event_cursor",
    "follow_up",
    "imported",
    "notification",
    "obligation",
    "outbox",
    "package",
    "packaged",
    "person",
    "person_member",
    "placement",
    "placement_observation",
    "recording",
    "recording_look",
    "review",
    "run",
    "second_record",
    "shield",
]
