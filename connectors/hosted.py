"""What a local authority holds of children whom others placed in its area.

Two companions, both ours (``docs/formats.md``) and both optional: the notices that
children's homes sent it (The Children's Homes (England) Regulations 2015, regulation
41), and its own register. A file that is not sent says that the authority takes no
part, never that nobody is placed there.
"""

import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import (
    british_date,
    mapped,
    postcode_or_as_supplied,
    separated,
)
from connectors.conformed import Conformed, Ledger, SourceFile
from connectors.csvfiles import Columns
from connectors.dates import date_or_dropped
from records.schemas import HOME_NOTICES, PLACED_HERE

_DAY = pa.date32()

_NOTICE_REQUIRED = (
    "notice_ref", "child_forename", "child_surname", "dob", "placing_la", "postcode",
    "admitted",
)  # fmt: skip
_ENTRY_REQUIRED = (
    "entry_ref", "child_forename", "child_surname", "dob", "placing_la", "postcode",
    "start",
)  # fmt: skip


def read_home_notices(file: SourceFile) -> Conformed:
    """``home_notices.csv``: whom homes say they admitted and discharged.

    Raises:
        FileRefused: the file can't be used.
    """
    wanted = Columns(_NOTICE_REQUIRED, ("home_name", "home_urn", "discharged"))
    ledger = Ledger(file, file.table(wanted), key="notice_ref")
    columns = _whom(ledger)
    admitted = date_or_dropped(ledger, "admitted")
    discharged = date_or_dropped(ledger, "discharged")
    _reject_backwards(ledger, (admitted, discharged), "admitted", "discharged")
    ledger.merge_identical()
    ledger.reject_repeated("notice_ref")
    table = ledger.accepted(
        {
            **columns,
            "notice_ref": ledger.column("notice_ref"),
            "home_name": ledger.column("home_name"),
            "home_urn": ledger.column("home_urn"),
            "admitted": admitted,
            "discharged": discharged,
        },
        HOME_NOTICES,
    )
    return ledger.conformed("home_notices", table)


def read_placed_here(file: SourceFile) -> Conformed:
    """``children_placed_here.csv``: the register of children placed here by others.

    Raises:
        FileRefused: the file can't be used.
    """
    wanted = Columns(_ENTRY_REQUIRED, ("placing_child_ref", "end", "external_refs"))
    ledger = Ledger(file, file.table(wanted), key="entry_ref")
    columns = _whom(ledger)
    start, end = date_or_dropped(ledger, "start"), date_or_dropped(ledger, "end")
    _reject_backwards(ledger, (start, end), "start", "end")
    ledger.merge_identical()
    ledger.reject_repeated("entry_ref")
    table = ledger.accepted(
        {
            **columns,
            "entry_ref": ledger.column("entry_ref"),
            "placing_child_ref": ledger.column("placing_child_ref"),
            "start": start,
            "end": end,
            "external_refs": mapped(
                ledger.column("external_refs"), separated, pa.list_(pa.string())
            ),
        },
        PLACED_HERE,
    )
    return ledger.conformed("children_placed_here", table)


def _whom(ledger: Ledger) -> dict[str, pa.ChunkedArray]:
    """Whom a row is about and who placed the child; rows that can't say are rejected.

    Without a date of birth and a name a row could be held against anybody.
    """
    dob = mapped(ledger.column("dob"), british_date, _DAY)
    ledger.reject_missing(ledger.key)
    ledger.reject_missing("placing_la")
    ledger.reject(pc.is_null(dob), "bad_date", "dob is no date: write 2010-11-22")
    nameless = pc.and_(
        pc.is_null(ledger.column("child_forename")),
        pc.is_null(ledger.column("child_surname")),
    )
    ledger.reject(nameless, "missing_value", "the child has no name: fill it")
    return {
        "forename": ledger.column("child_forename"),
        "surname": ledger.column("child_surname"),
        "dob": dob,
        "placing_la": ledger.column("placing_la"),
        "postcode": mapped(
            ledger.column("postcode"), postcode_or_as_supplied, pa.string()
        ),
    }


def _reject_backwards(
    ledger: Ledger, dates: tuple[pa.ChunkedArray, pa.ChunkedArray], *names: str
) -> None:
    start, end = dates
    ledger.reject(
        pc.less(end, start),
        "bad_date",
        f"{names[1]} is before {names[0]}: correct one of them",
    )
