"""The record-ready package of a notice as a row of CSV.

The row is for a spreadsheet or a loader of the recipient's own. A cell that a
spreadsheet would take for a formula is made plain text by an apostrophe before it.
"""

import csv
import io
import unicodedata
from itertools import groupby

from notifications.documents import NOT_SUPPLIED, FillIn, Kind, Notification

TEST_RECORD = "Agreed test record: no child; do not visit"
_STARTS_A_FORMULA = frozenset("=+-@")


def heading(document: Notification) -> str:
    """What stands over the package: an end asks to close an entry."""
    if document.kind is Kind.END:
        return "What to type to close the entry"
    return "What to type into your record"


def sections(document: Notification) -> list[tuple[str, list[FillIn]]]:
    """The package's lines under their headings, in the record's order."""
    return [
        (section, list(lines))
        for section, lines in groupby(document.fill_in, key=lambda line: line.section)
    ]


def file_name(document: Notification, suffix: str) -> str:
    """A name that tells the notice and nothing of the child."""
    return f"record-{document.recording_token}.{suffix}"


def as_csv(document: Notification) -> bytes:
    """A row of names and a row of values; UTF-8 with the mark that Excel asks for."""
    marks = [("Test record", TEST_RECORD)] if document.test_record else []
    cells = [
        *marks,
        *(
            (f"{line.section}: {line.label}", line.value or NOT_SUPPLIED)
            for line in document.fill_in
        ),
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(plain_cell(name) for name, _ in cells)
    writer.writerow(plain_cell(value) for _, value in cells)
    return out.getvalue().encode("utf-8-sig")


def plain_cell(text: str) -> str:
    """The text in one line, never a formula: wide signs count as narrow ones."""
    line = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text).strip()
    first = unicodedata.normalize("NFKC", line[:1])
    return f"'{line}" if first[:1] in _STARTS_A_FORMULA and first else line
