"""Companions say what no public format can: who is shielded, and what a notice needs.

They are ours (contracts §2.0, §2.2, §2.5; ``docs/formats.md``) and may stand beside a
children's services extract of any kind. Each is read on its own, known by its file
name. Dates are ISO 8601; ``DD/MM/YYYY`` is read too, since spreadsheets rewrite dates.

Doubt shields: a protection whose dates can't be read has none, so it never starts late
nor ends early.
"""

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import (
    british_date,
    mapped,
    one_of,
    postcode_or_as_supplied,
    separated,
    unreadable,
    yes_or_no,
)
from connectors.conformed import Conformed, Ledger, SourceFile
from connectors.csvfiles import Columns
from connectors.dates import date_or_dropped
from connectors.hosted import read_home_notices, read_placed_here
from records.schemas import PERSONS_OF_CONCERN, PLACEMENT_DETAILS, PROTECTED

CONCERNS = ("cse_suspect", "cse_perpetrator", "cce_suspect", "trafficking_suspect")

_DAY = pa.date32()


def read_protected(file: SourceFile) -> Conformed:
    """``protected.csv``: whom nobody may be told about in the ordinary way.

    Raises:
        FileRefused: the file can't be used.
    """
    wanted = Columns(("child_id",), ("from", "until", "reason", "contact"))
    ledger = Ledger(file, file.table(wanted), key="child_id")
    ledger.reject_missing("child_id")
    ledger.merge_identical()
    table = ledger.accepted(
        {
            "child_ref": ledger.column("child_id"),
            "from": date_or_dropped(ledger, "from"),
            "until": date_or_dropped(ledger, "until"),
            "reason": ledger.column("reason"),
            "contact": ledger.column("contact"),
        },
        PROTECTED,
    )
    return ledger.conformed("protected", table)


def read_placement_details(file: SourceFile) -> Conformed:
    """``placements.csv``: what a notice says of a placement, found by child and start.

    Raises:
        FileRefused: the file can't be used.
    """
    as_supplied = ("address", "uprn", "carer_or_home", "carer_phone", "iro", "contact")
    wanted = Columns(
        ("child_id", "start_date"), (*as_supplied, "planned", "expected_end")
    )
    ledger = Ledger(file, file.table(wanted), key="child_id")
    start = mapped(ledger.column("start_date"), british_date, _DAY)
    ledger.reject_missing("child_id")
    ledger.reject_missing("start_date")
    ledger.reject(
        pc.is_null(start), "bad_date", "start_date is no date: write 2026-11-22"
    )
    ledger.merge_identical()
    ledger.reject_repeated("child_id", "start_date")
    planned = mapped(ledger.column("planned"), yes_or_no, pa.bool_())
    ledger.count(unreadable(ledger.column("planned"), planned), "field_dropped planned")
    table = ledger.accepted(
        {
            "child_ref": ledger.column("child_id"),
            "start": start,
            "planned": planned,
            "expected_end": date_or_dropped(ledger, "expected_end"),
            **{name: ledger.column(name) for name in as_supplied},
        },
        PLACEMENT_DETAILS,
    )
    return ledger.conformed("placement_details", table)


def read_persons_of_concern(file: SourceFile) -> Conformed:
    """``persons_of_concern.csv``: adults that an authority asks others about.

    A row without a known concern is rejected: on what ground a person is compared
    between authorities must be clear.

    Raises:
        FileRefused: the file can't be used.
    """
    wanted = Columns(
        ("person_ref", "forename", "surname", "concern"),
        ("aliases", "dob", "sex", "postcode", "since", "until", "linked_child_ids"),
    )
    ledger = Ledger(file, file.table(wanted), key="person_ref")
    concern = mapped(ledger.column("concern"), _known_concern, pa.string())
    ledger.reject_missing("person_ref")
    ledger.reject(
        pc.is_null(concern), "bad_code", f"concern is none of {', '.join(CONCERNS)}"
    )
    ledger.merge_identical()
    sex = mapped(ledger.column("sex"), one_of("F", "M", "U"), pa.string())
    ledger.count(unreadable(ledger.column("sex"), sex), "field_dropped sex")
    lists = pa.list_(pa.string())
    table = ledger.accepted(
        {
            "person_ref": ledger.column("person_ref"),
            "forename": ledger.column("forename"),
            "surname": ledger.column("surname"),
            "aliases": mapped(ledger.column("aliases"), separated, lists),
            "dob": date_or_dropped(ledger, "dob"),
            "sex": sex,
            "postcode": mapped(
                ledger.column("postcode"), postcode_or_as_supplied, pa.string()
            ),
            "concern": concern,
            "since": date_or_dropped(ledger, "since"),
            "until": date_or_dropped(ledger, "until"),
            "linked_child_refs": mapped(
                ledger.column("linked_child_ids"), separated, lists
            ),
        },
        PERSONS_OF_CONCERN,
    )
    return ledger.conformed("persons_of_concern", table)


COMPANIONS: Mapping[str, tuple[str, Callable[[SourceFile], Conformed]]] = {
    "protected.csv": ("protected", read_protected),
    "placements.csv": ("placement_details", read_placement_details),
    "persons_of_concern.csv": ("persons_of_concern", read_persons_of_concern),
    "home_notices.csv": ("home_notices", read_home_notices),
    "children_placed_here.csv": ("children_placed_here", read_placed_here),
}
"""By file name in lower case: the table it fills and how it is read."""


def _known_concern(text: str) -> str | None:
    return text.lower() if text.lower() in CONCERNS else None
