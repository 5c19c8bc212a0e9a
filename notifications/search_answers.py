"""What a wider search brought: the document that answers a reviewer's wish."""

import datetime as dt
from typing import Literal
from uuid import UUID

from notifications.documents import RecordView
from notifications.reports import AuthorityCode, WireDocument


class FoundView(WireDocument):
    """A record that a wider search found."""

    record: RecordView
    weight: float
    probability: float
    review_id: UUID | None
    """The review that the pair was put in, if it was."""


class SearchAnswer(WireDocument):
    """What a wider search brought."""

    search_id: UUID
    """The id of the ``request.search`` event that asked for it."""
    review_id: UUID
    """The pair that it was asked on."""
    outcome: Literal["searched", "shielded", "no_child", "no_records"]
    """``shielded``: named officers only. ``no_child``: the child's record is not in the
    latest night. ``no_records``: the force has sent none, or they are not kept."""
    authority: AuthorityCode
    authority_name: str
    as_of: dt.date | None
    """The date of the data that was searched."""
    searched: int
    """How many records were looked at; each was compared, whatever it says."""
    found: tuple[FoundView, ...]
    """The likeliest, best first, without those on the pair's own page."""
    answered_on: dt.date
