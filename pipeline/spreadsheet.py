"""A recipient's rows of the night's workbook, as an .xlsx file to work through."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from notifications.recipients import Role
from pipeline.clock import LONDON
from pipeline.summary import STATES
from pipeline.vault import atomic_file

Row = Mapping[str, Any]

READ_ME, TO_RECONCILE = "Read me", "To reconcile"
NO_FLAG, KNOWN, IN_YOUR_AREA = (
    "Known, no flag", "Known at placement", "Placed in your area",
)  # fmt: skip
SHEET_OF = {
    "not_known": TO_RECONCILE,
    "known_not_at_address": TO_RECONCILE,
    "possible": TO_RECONCILE,
    "cannot_say": TO_RECONCILE,
    "known_at_address_no_flag": NO_FLAG,
    "known_at_placement": KNOWN,
}
"""By what the force's records say of the child."""
_SHEETS = {
    Role.HOST_FORCE.value: {
        TO_RECONCILE: "Your records do not show the child at this placement, or it "
        "can't be said: look, and record.",
        NO_FLAG: "The child is recorded at the address, and not as looked after by "
        "the placing authority: add the flag.",
        KNOWN: "Address and flag are there: nothing to do.",
    },
    Role.HOST_LA.value: {
        IN_YOUR_AREA: "Compare with your register of looked-after children placed "
        "in your area.",
    },
}
_URGENCY = {"high": 0, "standard": 1, "low": 2}
_COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("Priority", "priority", 10),
    ("Risks reported", "risks", 34),
    ("Test record", "test_record", 18),
    ("Your records say", "state", 30),
    ("Why", "reason", 44),
    ("Your record", "own_records", 18),
    ("Surname", "surname", 18),
    ("Forename", "forename", 18),
    ("Middle names", "middle_names", 16),
    ("Known as", "known_as", 16),
    ("Former surname", "former_surname", 16),
    ("Date of birth", "dob", 13),
    ("Sex", "sex", 6),
    ("Address", "address", 34),
    ("Postcode", "postcode", 11),
    ("Placement type", "place_type", 26),
    ("Legal status", "legal_status", 24),
    ("Placed since", "start", 13),
    ("Expected until", "expected_end", 14),
    ("Carer or home", "carer_or_home", 24),
    ("Carer's telephone", "carer_phone", 18),
    ("Local authority area", "host_la_name", 22),
    ("Placing authority", "placing_name", 22),
    ("Its child reference", "child_ref", 18),
    ("Its duty telephone", "duty_phone", 18),
    ("Its duty e-mail", "duty_email", 28),
    ("Out of hours", "out_of_hours_phone", 18),
    ("Social worker", "social_worker", 22),
    ("Social worker's telephone", "social_worker_phone", 22),
    ("Social worker's e-mail", "social_worker_email", 28),
    ("Notice", "kind", 14),
    ("Notice sent", "told_on", 13),
    ("Notice will be sent", "release_at", 22),
    ("Due", "due_at", 18),
    ("Recording token", "recording_token", 18),
    ("Notice id", "notification_id", 38),
)
_FORCE_ONLY = frozenset({"state", "reason", "own_records"})
_HOLDS = {
    "surge": "when a named person releases it",
    "review": "after the review's deadline",
    "baseline": "by the schedule",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whose workbook it is."""

    code: str
    name: str
    role: str


def write_workbook(
    folder: Path, recipient: Recipient, rows: Sequence[Row], on: dt.date, title: str
) -> Path:
    """One recipient's file, readable by this user alone; gives its path."""
    book = Workbook()
    front = book.active
    front.title = READ_ME
    shown = [row for row in rows if not row["restricted"]]
    counts: Counter[str] = Counter()
    for name in _SHEETS[recipient.role]:
        mine = [row for row in shown if _sheet_of(row) == name]
        counts[name] = len(mine)
        _fill(book.create_sheet(name), mine, recipient.role)
    restricted = len(rows) - len(shown)
    _introduce(front, recipient, (on, title), counts, restricted)
    data = BytesIO()
    book.save(data)
    path = folder / f"{recipient.code}-{on.isoformat()}.xlsx"
    with atomic_file(path) as file:
        file.write(data.getvalue())
    return path


def _sheet_of(row: Row) -> str:
    if row["role"] == Role.HOST_LA.value:
        return IN_YOUR_AREA
    return SHEET_OF[row["state"]]


def _introduce(
    sheet: Worksheet, recipient: Recipient, night: tuple[dt.date, str],
    counts: Mapping[str, int], restricted: int,
) -> None:  # fmt: skip
    on, title = night
    lines: list[tuple[str, object]] = [
        (f"{recipient.name}: looked-after children placed across borders", None),
        (title, None),
        ("Night of", on),
        ("", None),
        ("Every child here is looked after by another authority and placed in your "
         "area. Go through each sheet from the top, the most urgent first.", None),
        ("Write the recording token into your record of the child: the next extract "
         "that bears it shows that the child is recorded.", None),
        ("A notice that has not been sent yet comes to your inbox on the day given; "
         "its clock starts then.", None),
        ("An empty field was not supplied; it does not mean no.", None),
        ("This workbook is personal data about children. Keep it where only those who "
         "need it can read it, and delete it once it has been worked through.", None),
        ("", None),
        ("Sheet", "Children's placements"),
        *((name, counts[name]) for name in counts),
        ("Restricted cases, with your named officer", restricted),
        ("", None),
        *((f"{name}: {words}", None)
          for name, words in _SHEETS[recipient.role].items()),
    ]  # fmt: skip
    for number, (label, value) in enumerate(lines, start=1):
        _put(sheet.cell(number, 1), label)
        _put(sheet.cell(number, 2), value)
        if value is None:
            sheet.merge_cells(start_row=number, end_row=number, start_column=1,
                              end_column=2)  # fmt: skip
            sheet.row_dimensions[number].height = 15 * (1 + len(label) // 80)
    for number in (1, *(n for n, one in enumerate(lines, 1) if one[0] == "Sheet")):
        for cell in sheet[number]:
            cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 52
    sheet.column_dimensions["B"].width = 24


def _fill(sheet: Worksheet, rows: Iterable[Row], role: str) -> None:
    columns = [
        one
        for one in _COLUMNS
        if role == Role.HOST_FORCE.value or one[1] not in _FORCE_ONLY
    ]
    for place, (heading, _, width) in enumerate(columns, start=1):
        cell = sheet.cell(1, place)
        _put(cell, heading)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    number = 1
    for number, row in enumerate(sorted(rows, key=_turn), start=2):
        for place, (_, name, _) in enumerate(columns, start=1):
            _put(sheet.cell(number, place), _value(row, name))
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{number}"


def _turn(row: Row) -> tuple[int, dt.date, str]:
    return (_URGENCY[row["priority"]], row["start"], row["placement_ref"])


def _value(row: Row, name: str) -> object:
    value: Any = row.get(name)  # a night of an earlier release had fewer columns
    match name:
        case "state":
            value = STATES[value]
        case "test_record":
            value = "yes: nobody is to be visited" if value else None
        case "reason":
            value = str(value).partition(": ")[2] or value
        case "release_at" if value is None and row["held_by"]:
            value = _HOLDS[row["held_by"]]
        case "due_at" if row["release_at"] is not None:
            value = None  # the clock starts with the release
    if isinstance(value, dt.datetime):
        return value.astimezone(LONDON).replace(tzinfo=None)
    return value


def _put(cell: Cell, value: object) -> None:
    """The value, as text unless it is a date or a number.

    Text that begins like a formula is marked as text in the file, and by Excel's own
    leading apostrophe: nobody's record can make a reader's computer do anything.
    """
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if value is None:
        return
    if isinstance(value, dt.datetime):
        cell.value, cell.number_format = value, "dd/mm/yyyy hh:mm"
    elif isinstance(value, dt.date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
    elif isinstance(value, int):
        cell.value = value
    else:
        text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
        cell.value = text
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@", "\t", "\r"))
