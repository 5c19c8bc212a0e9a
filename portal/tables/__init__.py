"""The portal's tables: what was put to it, what people did, and who may come in.

A document is kept as the bytes that arrived; the other columns are only what pages
sort, filter and scope by. Times are UTC. Enumerated text repeats the values of
``notifications.documents`` and ``portal.permissions``: changing one is a migration.
"""

from portal.tables.access import (
    agencies,
    sessions,
    sign_in_attempts,
    users,
)
from portal.tables.deeds import (
    counters,
    disputes,
    events,
    judgements,
    wishes,
)
from portal.tables.documents import (
    dead_letters,
    notifications,
    obligations,
    people,
    quality,
    received,
    reviews,
    runs,
    search_answers,
    verdicts,
    withdrawals,
)
from portal.tables.holding import handovers, passings
from portal.tables.kinds import UtcDateTime, metadata
from portal.tables.machines import (
    access_tokens,
    client_keys,
    machine_keys,
    machines,
    used_assertions,
)
from portal.tables.reviewing import (
    recusals,
    review_claims,
    review_preferences,
    review_skips,
    searches,
    second_readings,
    training_answers,
)
from portal.tables.trail import (
    audit,
    audit_about,
    audit_checks,
    audit_links,
    audit_seals,
    audit_waiting,
    holds,
    subjects,
    tombstones,
)

__all__ = [
    "UtcDateTime",
    "access_tokens",
    "agencies",
    "audit",
    "audit_about",
    "audit_checks",
    "audit_links",
    "audit_seals",
    "audit_waiting",
    "client_keys",
    "counters",
    "dead_letters",
    "disputes",
    "events",
    "handovers",
    "holds",
    "judgements",
    "machine_keys",
    "machines",
    "metadata",
    "notifications",
    "obligations",
    "passings",
    "people",
    "quality",
    "received",
    "recusals",
    "review_claims",
    "review_preferences",
    "review_skips",
    "reviews",
    "runs",
    "search_answers",
    "searches",
    "second_readings",
    "sessions",
    "sign_in_attempts",
    "subjects",
    "tombstones",
    "training_answers",
    "used_assertions",
    "users",
    "verdicts",
    "wishes",
    "withdrawals",
]
