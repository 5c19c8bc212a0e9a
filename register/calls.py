"""Which call delivers a document (contracts: region ⇄ portal)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from notifications.documents import (
    CrossBorderPerson,
    Document,
    Notification,
    Obligation,
    Review,
    Withdrawal,
    body,
)
from notifications.reports import QualityReport, RunSummary, SupplierVerdict
from notifications.search_answers import SearchAnswer

Destination = Literal["portal", "export", "webhook", "email"]
"""``export``: a package that a person carries out of the region; ``webhook`` and
``email``: nudges."""

Method = Literal["PUT", "POST"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document to deliver."""

    destination: Destination
    kind: str
    document_id: str
    method: Method
    path: str
    body: bytes
    created_on: dt.date
    follows: str | None = None
    """The document that this one must not overtake."""
    recipient: str | None = None
    """The authority that a nudge is for."""


def outgoing(
    document: Document | SearchAnswer,
    created_on: dt.date,
    destination: Destination = "portal",
) -> Outgoing:
    """A document as the call that delivers it, its bytes fixed."""
    method: Method = "PUT"
    follows: str | None = None
    match document:
        case Notification():
            kind, name = "notification", str(document.notification_id)
            path = f"/v1/notifications/{name}"
            follows = str(document.supersedes) if document.supersedes else None
        case Withdrawal():
            kind, name = "withdrawal", str(document.retraction_id)
            follows = str(document.notification_id)
            method, path = "POST", f"/v1/notifications/{follows}/withdrawal"
        case Obligation():
            kind, name = "obligation", str(document.obligation_id)
            path = f"/v1/obligations/{name}"
        case Review():
            kind, name = "review", str(document.review_id)
            path = f"/v1/reviews/{name}"
        case SearchAnswer():
            kind, name = "search", str(document.search_id)
            path = f"/v1/searches/{name}"
        case CrossBorderPerson():
            kind, name = "person", str(document.person_id)
            path = f"/v1/people/{name}"
        case RunSummary():
            kind, name = "run", document.run_id
            path = f"/v1/runs/{name}"
        case SupplierVerdict():
            kind, name = "verdict", str(document.verdict_id)
            path = f"/v1/verdicts/{name}"
        case QualityReport():
            kind, name = "quality", f"{document.authority} {document.business_date}"
            path = f"/v1/quality/{document.authority}/{document.business_date}"
        case _:
            kind, name = "dead_letter", document.letter_id
            path = f"/v1/dead-letters/{name}"
    return Outgoing(
        destination, kind, name, method, path, body(document), created_on, follows
    )
