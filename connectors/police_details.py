"""What a force says about its nominals in files beside them (contracts §3).

Each row names a nominal; ``connectors.police_pole`` has rejected the others before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import (
    iso_date,
    mapped,
    postcode_or_as_supplied,
    unreadable,
)
from connectors.conformed import Ledger
from connectors.csvfiles import Columns
from connectors.numbers import numbers_by_type
from records.schemas import FLAGS, NOMINAL_ADDRESSES, NOMINAL_ALIASES, ROLES

ALIAS_TYPES = ("aka", "maiden", "nick", "false")
ADDRESS_TYPES = ("home", "placement", "custody", "bail", "nfa")
EVENT_TYPES = ("crime", "intel", "missing", "custody", "safeguarding", "stop")
ROLE_CODES = (
    "victim", "suspect", "offender", "witness", "missing", "at_risk", "associate",
)  # fmt: skip
FLAG_CODES = (
    "cse_victim", "cse_at_risk", "cse_perpetrator", "cce_victim", "cce_at_risk",
    "gang", "trafficked", "nrm", "missing_plan", "looked_after_out_of_area", "mappa",
    "shpo", "sro", "cawn",
)  # fmt: skip

_REF = "nominal_ref"


@dataclass(frozen=True, slots=True)
class Detail:
    """How one file is read: the table it fills, its columns, and its reader.

    The reader is given a ledger whose orphans are rejected already.
    """

    table: str
    columns: Columns
    read: Callable[[Ledger], pa.Table]


def _aliases(ledger: Ledger) -> pa.Table:
    dob = _dates(ledger, "dob")
    ledger.count(unreadable(ledger.column("dob"), dob), "field_dropped dob")
    _reject_when_null(
        ledger,
        [ledger.column("forename"), ledger.column("surname"), dob],
        "neither a name nor a readable date of birth: give one of them",
    )
    return ledger.accepted(
        {
            _REF: ledger.column(_REF),
            "alias_type": _codes(ledger, "alias_type", ALIAS_TYPES),
            "forename": ledger.column("forename"),
            "surname": ledger.column("surname"),
            "dob": dob,
        },
        NOMINAL_ALIASES,
    )


def _addresses(ledger: Ledger) -> pa.Table:
    kind = _codes(ledger, "address_type", ADDRESS_TYPES)
    line = _line(ledger)
    postcode = mapped(ledger.column("postcode"), postcode_or_as_supplied, pa.string())
    start, end = _dates_or_rejected(ledger)
    nfa = pc.if_else(pc.equal(kind, "nfa"), kind, pa.scalar(None, pa.string()))
    _reject_when_null(
        ledger,
        [postcode, line, ledger.column("uprn"), nfa],
        "no postcode, no UPRN and no line of an address: give one of them",
    )
    ledger.count(pc.is_null(postcode), "addresses without postcode")
    return ledger.accepted(
        {
            _REF: ledger.column(_REF),
            "address_type": kind,
            "line": line,
            "postcode": postcode,
            "uprn": ledger.column("uprn"),
            "start": start,
            "end": end,
        },
        NOMINAL_ADDRESSES,
    )


def _roles(ledger: Ledger) -> pa.Table:
    date = _dates(ledger, "event_date")
    bad = unreadable(ledger.column("event_date"), date)
    ledger.count(bad, "field_dropped event_date")
    return ledger.accepted(
        {
            _REF: ledger.column(_REF),
            "event_ref": ledger.column("event_ref"),
            "event_type": _codes(ledger, "event_type", EVENT_TYPES),
            "role": _codes(ledger, "role", ROLE_CODES),
            "event_date": date,
            "classification": ledger.column("classification"),
        },
        ROLES,
    )


def _identifiers(ledger: Ledger) -> pa.Table:
    ledger.reject_missing("type")
    ledger.reject_missing("value")
    return numbers_by_type(ledger, "type", "value")


def _flags(ledger: Ledger) -> pa.Table:
    ledger.reject_missing("code")
    start, end = _dates_or_rejected(ledger)
    return ledger.accepted(
        {
            _REF: ledger.column(_REF),
            "code": _codes(ledger, "code", FLAG_CODES),
            "start": start,
            "end": end,
            "placing_authority": ledger.column("placing_authority"),
        },
        FLAGS,
    )


DETAILS: Mapping[str, Detail] = {
    "aliases": Detail(
        "nominal_aliases",
        Columns((_REF,), ("alias_type", "forename", "surname", "dob")),
        _aliases,
    ),
    "addresses": Detail(
        "nominal_addresses",
        Columns(
            (_REF, "postcode"),
            ("address_type", "house", "street", "town", "uprn", "start_date",
             "end_date"),
        ),
        _addresses,
    ),
    "roles": Detail(
        "roles",
        Columns(
            (_REF,),
            ("event_ref", "event_type", "role", "event_date", "classification"),
        ),
        _roles,
    ),
    "identifiers": Detail(
        "identifiers", Columns((_REF, "type", "value")), _identifiers
    ),
    "flags": Detail(
        "flags",
        Columns((_REF, "code"), ("start_date", "end_date", "placing_authority")),
        _flags,
    ),
}  # fmt: skip
"""By the file's name without its ending."""


def _line(ledger: Ledger) -> pa.ChunkedArray:
    """House, street and town in one line; null when there is none of them.

    The empty text in front is there because Arrow's join leaves a row out altogether
    when all its parts are null.
    """
    parts = [ledger.column(name) for name in ("house", "street", "town")]
    joined = pc.binary_join_element_wise("", *parts, ", ", null_handling="skip")
    line = pc.utf8_slice_codeunits(joined, start=len(", "))
    return pc.if_else(pc.equal(line, ""), pa.scalar(None, pa.string()), line)


def _codes(ledger: Ledger, column: str, known: tuple[str, ...]) -> pa.ChunkedArray:
    """Codes in lower case; those that nobody knows are kept and counted."""
    codes = pc.utf8_lower(ledger.column(column))
    ledger.count(
        pc.and_(pc.is_valid(codes), pc.invert(pc.is_in(codes, pa.array(known)))),
        f"unknown_code {column}",
    )
    return codes


def _dates(ledger: Ledger, column: str) -> pa.ChunkedArray:
    return mapped(ledger.column(column), iso_date, pa.date32())


def _dates_or_rejected(ledger: Ledger) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Start and end; a row where one can't be read is rejected."""
    start, end = _dates(ledger, "start_date"), _dates(ledger, "end_date")
    for column, dates in (("start_date", start), ("end_date", end)):
        ledger.reject(
            unreadable(ledger.column(column), dates),
            "bad_date",
            f"{column} is no date, and without it the row would count as current: "
            "write 2026-11-22",
        )
    return start, end


def _reject_when_null(
    ledger: Ledger, columns: list[pa.ChunkedArray], reason: str
) -> None:
    ledger.reject(pc.is_null(pc.coalesce(*_as_text(columns))), "no_value", reason)


def _as_text(columns: list[pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    return [column.cast(pa.string()) for column in columns]
