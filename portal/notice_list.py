"""A list of notices as CSV: references, clocks and states; nobody's name or address.

It leaves the portal and its audit trail, so it holds the least by which a notice can be
found again, here or in the recipient's own records.
"""

import csv
import io
from collections.abc import Iterable

from portal import words
from portal.clock import LONDON
from portal.notice_rows import Notice
from portal.package import plain_cell

HEADS = (
    "Recording token", "Kind", "Priority", "Copy", "Placing authority",
    "Placing authority's reference", "Night", "Due", "State", "To do",
    "Times reminded", "Your reference", "Recorded on", "Held by", "Test record",
)  # fmt: skip


def as_csv(notices: Iterable[Notice]) -> bytes:
    """A row of heads and a row for each; UTF-8 with the mark that Excel asks for.
    A cell that a spreadsheet would take for a formula is made plain text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADS)
    for notice in notices:
        writer.writerow([plain_cell(cell) for cell in _cells(notice)])
    return out.getvalue().encode("utf-8-sig")


def _cells(notice: Notice) -> Iterable[str]:
    document = notice.document
    authority, clock = document.placing_authority, document.clock
    withdrawn = notice.withdrawal is not None
    own = clock is not None and not words.is_placing_authoritys(clock)
    return (
        document.recording_token,
        words.KIND_TAGS[document.kind],
        words.PRIORITIES[document.priority],
        _yes(document.is_copy),
        authority.name if authority else "",
        document.child.child_ref if document.child and not withdrawn else "",
        document.created_on.isoformat(),
        f"{clock.due_at.astimezone(LONDON):%Y-%m-%d %H:%M}" if clock and own else "",
        words.STATES[notice.state],
        _yes(notice.waits),
        str(notice.reminders),
        notice.reference or "",
        notice.recorded_on.isoformat() if notice.recorded_on else "",
        notice.holder.name if notice.holder else "",
        _yes(document.test_record),
    )


def _yes(true: bool) -> str:  # noqa: FBT001 - said as it is meant
    return "yes" if true else "no"
