"""What each SSDA903 module says of each child, as plain values by CHILD.

Each ``read_…`` rejects the rows it can't use and gives what the rest say. Only two
things make a row useless: no CHILD, or no date where a record can't be without one.
All else that can't be read is left empty and counted, so that a child stays in view.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.care import Episode
from connectors.columns import (
    british_date,
    mapped,
    one_of,
    postcode_or_as_supplied,
    unreadable,
)
from connectors.conformed import Ledger, as_mask
from connectors.dates import date_or_dropped
from connectors.ssda903_schema import (
    SEXES,
    UPN_UNKNOWN,
    Module,
    Years,
    spoken,
    years_of,
)
from records.identifiers import canonical_upn

_DAY = pa.date32()


@dataclass(frozen=True, slots=True)
class Part:
    """One module as it arrived in one file."""

    module: Module
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class HeaderRow:
    dob: dt.date | None
    sex: str | None
    ethnicity: str | None
    upn: str | None
    uasc: bool | None
    """Only the XML form says it here."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Time missing (M) or away without authorisation (A)."""

    kind: str | None
    start: dt.date
    end: dt.date | None


@dataclass(slots=True)
class Missing:
    """``answered`` has also the children whose spell could not be read."""

    spells: list[tuple[str, Spell]] = field(default_factory=list)
    answered: dict[str, dt.date | None] = field(default_factory=dict)
    """The earliest readable start of each child that was ever missing."""


@dataclass(slots=True)
class EpisodeRows:
    by_child: dict[str, list[Episode]] = field(default_factory=dict)
    home: dict[str, tuple[dt.date, str]] = field(default_factory=dict)
    """The latest HOME_POST, with the start of its episode."""

    hidden: set[str] = field(default_factory=set)
    """Children with an open episode that was rejected because it has no start."""


def check_codes(part: Part) -> None:
    """Note codes that no year has, and the collection years the others tell."""
    ledger = part.ledger
    for column, codes in part.module.codes.items():
        known = mapped(ledger.column(column), one_of(*codes), pa.string())
        ledger.count(unreadable(ledger.column(column), known), f"unknown_code {column}")
    years = years_told(part)
    ledger.notes.append(
        f"collection_year {spoken(years)}"
        if years
        else "collection_year mixed: codes of different years stand side by side"
    )


def years_told(part: Part) -> Years | None:
    """The collection years a file is consistent with; none when it mixes them."""
    return years_of(
        part.module,
        {
            column: [
                code.upper()
                for code in part.ledger.column(column).unique().to_pylist()
                if code
            ]
            for column in part.module.codes
        },
    )


def read_header(ledger: Ledger) -> dict[str, HeaderRow]:
    """Who the children of the return are, but not their names."""
    ledger.reject_missing("CHILD")
    ledger.merge_identical()
    ledger.reject_repeated("CHILD")
    upn = mapped(ledger.column("UPN"), canonical_upn, pa.string())
    no_number = mapped(ledger.column("UPN"), one_of(*UPN_UNKNOWN), pa.string())
    ledger.count(pc.is_valid(no_number), "upn_unknown (UN1 to UN5)")
    ledger.count(
        pc.and_(unreadable(ledger.column("UPN"), upn), pc.is_null(no_number)),
        "invalid_identifier UPN",
    )
    dob = date_or_dropped(ledger, "DOB")
    sex = mapped(ledger.column("SEX"), SEXES.get, pa.string())
    columns = (dob, sex, upper(ledger, "ETHNIC"), upn, ledger.column("UASC"))
    return {
        child: HeaderRow(day, letter, ethnic, number, _flag(flag))
        for child, day, letter, ethnic, number, flag in rows(
            ledger, ledger.column("CHILD"), *columns
        )
    }


def read_episodes(ledger: Ledger, into: EpisodeRows) -> None:
    """Every episode that has a child and a start."""
    start = mapped(ledger.column("DECOM"), british_date, _DAY)
    ledger.reject_missing("CHILD")
    undated = as_mask(pc.is_null(start)) & ledger.kept
    is_open = as_mask(pc.is_null(ledger.column("DEC")))
    lost = ledger.column("CHILD").filter(pa.array(undated & is_open))
    into.hidden.update(lost.to_pylist())
    ledger.reject_missing("DECOM")
    ledger.reject(pc.is_null(start), "bad_date", "DECOM is no date: write 22/11/2026")
    end = date_or_dropped(ledger, "DEC")
    ceased = unreadable(ledger.column("DEC"), end)
    home = mapped(ledger.column("HOME_POST"), postcode_or_as_supplied, pa.string())
    postcode = mapped(ledger.column("PL_POST"), postcode_or_as_supplied, pa.string())
    ledger.count(pc.is_null(postcode), "no_placement_postcode")
    codes = (
        upper(ledger, name)
        for name in ("RNE", "REC", "PLACE", "PLACE_PROVIDER", "URN", "LS")
    )
    lines = pa.array(ledger.table.lines)
    by_child = defaultdict(list, into.by_child)
    for child, day, home_post, *rest in rows(
        ledger,
        ledger.column("CHILD"),
        start,
        home,
        end,
        *codes,
        postcode,
        ceased,
        lines,
    ):
        by_child[child].append(_episode(day, rest))
        if home_post and (child not in into.home or into.home[child][0] <= day):
            into.home[child] = (day, home_post)
    into.by_child = dict(by_child)


def _episode(start: dt.date, rest: Sequence[Any]) -> Episode:
    end, rne, rec, place, provider, urn, status, postcode, ceased, line = rest
    return Episode(
        start=start, end=end, reason_new=rne, reason_ceased=rec, place_code=place,
        provider_code=provider, urn=urn, postcode=postcode, legal_status=status,
        line=line, ceased=ceased,
    )  # fmt: skip


def read_uasc(ledger: Ledger, on: dt.date) -> dict[str, bool]:
    """Whether each child in the module is unaccompanied on the business date.

    The status ends on DUC. One that can't be read has not ended, as far as is known.
    """
    ledger.reject_missing("CHILD")
    ended = date_or_dropped(ledger, "DUC")
    status: dict[str, bool] = {}
    for child, day in rows(ledger, ledger.column("CHILD"), ended):
        status[child] = status.get(child, False) or day is None or day > on
    return status


def read_missing(ledger: Ledger, into: Missing) -> None:
    """Spells of absence. A row without a start is rejected, but not that it tells."""
    start = mapped(ledger.column("MIS_START"), british_date, _DAY)
    ledger.reject_missing("CHILD")
    for child, day in rows(ledger, ledger.column("CHILD"), start):
        known = into.answered.get(child)
        into.answered[child] = min(known, day) if known and day else known or day
    ledger.reject(
        pc.is_null(start),
        "bad_date",
        "MIS_START is missing or no date: write 22/11/2026. That the child has been "
        "missing is kept",
    )
    ledger.merge_identical()
    end = date_or_dropped(ledger, "MIS_END")
    kind = upper(ledger, "MISSING")
    into.spells += [
        (child, Spell(code, day, last))
        for child, code, day, last in rows(
            ledger, ledger.column("CHILD"), kind, start, end
        )
    ]


def read_placed_for_adoption(
    ledger: Ledger,
) -> list[tuple[str, dt.date | None, dt.date | None]]:
    """Children placed for adoption, from when and until when.

    A date that can't be read is empty, so that a shield neither starts late nor ends
    early.
    """
    ledger.reject_missing("CHILD")
    ledger.merge_identical()
    placed = date_or_dropped(ledger, "DATE_PLACED")
    ceased = date_or_dropped(ledger, "DATE_PLACED_CEASED")
    return list(rows(ledger, ledger.column("CHILD"), placed, ceased))


def rows(ledger: Ledger, *columns: pa.Array) -> Iterator[tuple[Any, ...]]:
    """The values of the rows kept so far, row by row."""
    kept = pa.array(ledger.kept)
    yield from zip(*(c.filter(kept).to_pylist() for c in columns), strict=True)


def upper(ledger: Ledger, column: str) -> pa.ChunkedArray:
    """A column of codes in upper case, known or not."""
    return pc.utf8_upper(ledger.column(column))


def _flag(text: str | None) -> bool | None:
    return {"1": True, "0": False}.get(text or "")
