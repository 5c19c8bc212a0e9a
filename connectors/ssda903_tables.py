"""What the modules of an SSDA903 return say becomes the canonical tables."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.care import Reading, Remark
from connectors.conformed import Conformed
from connectors.episodes import read_placements, reopened
from connectors.placed import Row, address_row, death_date, placement_addresses
from connectors.risks import Answers
from connectors.ssda903_modules import EpisodeRows, HeaderRow, Missing, Spell
from records.schemas import CHILDREN_TABLES, conform


@dataclass(slots=True)
class Return:
    """Everything that was read, by CHILD. ``None``: the module did not come."""

    authority: str
    identities: Conformed = field(default_factory=Conformed)
    header: dict[str, HeaderRow] = field(default_factory=dict)
    episodes: EpisodeRows = field(default_factory=EpisodeRows)
    uasc: dict[str, bool] | None = None
    missing: Missing | None = None
    adoptions: list[tuple[str, dt.date | None, dt.date | None]] = field(
        default_factory=list
    )
    """Who is placed for adoption, from when and until when."""

    @property
    def children(self) -> list[str]:
        """Every child of the return, in order of first mention.

        A child that only ``identities.csv`` names is not looked after.
        """
        mentions: list[Iterable[str]] = [
            self.header, self.episodes.by_child, self.episodes.hidden,
            self.uasc or (), self.missing.answered if self.missing else (),
            (child for child, *_ in self.adoptions),
        ]  # fmt: skip
        return list(dict.fromkeys(child for group in mentions for child in group))


@dataclass(frozen=True, slots=True)
class Read:
    """The tables, and what was noticed on the way to them."""

    tables: dict[str, pa.Table]
    shielded: pa.Table | None
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...]


def tables_of(said: Return, on: dt.date) -> Read:
    """The canonical tables of a return as known on a business date."""
    children = said.children
    known = {str(row["child_ref"]): row for row in _supplied(said, "children")}
    readings = {
        child: _reading(said.episodes, child, on)
        for child in dict.fromkeys((*said.episodes.by_child, *said.episodes.hidden))
    }
    uasc = _unaccompanied(said)
    rows: dict[str, list[Row]] = {
        "children": [
            _child(said, child, known.get(child, {}), readings.get(child), uasc)
            for child in children
        ],
        "placements": [
            placement.row(said.authority, child)
            for child, reading in readings.items()
            for placement in reading.placements
        ],
        "child_addresses": list(_addresses(said, readings, uasc)),
    }
    numbers, shared = _identifiers(said, set(children))
    rows["identifiers"] = numbers
    if said.uasc is not None or said.missing is not None:
        rows["risks"] = list(_risks(said).rows(said.authority))
    if said.missing is not None:
        rows["missing_episodes"] = [
            _spell(said.authority, child, spell) for child, spell in said.missing.spells
        ]
    tables = {name: conform(some, CHILDREN_TABLES[name]) for name, some in rows.items()}
    if "protected" in said.identities.tables:
        tables["protected"] = said.identities.tables["protected"]
    return Read(
        tables,
        _shielded(said),
        tuple(remark for reading in readings.values() for remark in reading.remarks),
        tuple(_notes(said, known, readings, shared)),
    )


def _supplied(said: Return, table: str) -> list[dict[str, Any]]:
    found = said.identities.tables.get(table)
    return [] if found is None else found.to_pylist()


def _reading(episodes: EpisodeRows, child: str, on: dt.date) -> Reading:
    reading = read_placements(episodes.by_child.get(child, ()), on)
    return reopened(reading) if child in episodes.hidden else reading


def _unaccompanied(said: Return) -> dict[str, bool]:
    """What was said of each child; the module itself before the header."""
    told = {c: row.uasc for c, row in said.header.items() if row.uasc is not None}
    return {**told, **(said.uasc or {})}


def _child(
    said: Return,
    child: str,
    identity: Mapping[str, Any],
    reading: Reading | None,
    uasc: Mapping[str, bool],
) -> Row:
    """One row of children: identities.csv before the header where both say it."""
    header = said.header.get(child) or HeaderRow(None, None, None, None, None)
    sex = identity.get("sex")
    return {
        **identity,
        "authority": said.authority,
        "child_ref": child,
        "dob": identity.get("dob") or header.dob,
        "sex": header.sex or sex if sex in (None, "U") else sex,
        "ethnicity": identity.get("ethnicity") or header.ethnicity,
        "uasc": uasc.get(child),
        "death_date": death_date(reading.placements) if reading else None,
    }


def _addresses(
    said: Return, readings: Mapping[str, Reading], uasc: Mapping[str, bool]
) -> Iterator[Row]:
    """Home, then where the child is and was placed.

    A home address of an unaccompanied child in the return is nobody's home: they have
    none in the area, and systems fill in an office (SSDA903 guide).
    """
    of_return = set(said.children)
    homes = {
        child: {postcode}
        for child, (_, postcode) in said.episodes.home.items()
        if not uasc.get(child)
    }
    for row in _supplied(said, "child_addresses"):
        if row["child_ref"] in of_return:
            homes.setdefault(str(row["child_ref"]), set()).add(str(row["postcode"]))
    for child, postcodes in homes.items():
        for postcode in sorted(postcodes):
            yield address_row(said.authority, child, "home", postcode)
    for child, reading in readings.items():
        yield from placement_addresses(said.authority, child, reading.placements)


def _identifiers(said: Return, children: set[str]) -> tuple[list[Row], int]:
    """Valid numbers of the children of the return, without those that two share.

    A unique pupil number must be unique within a return (DfE rule 444), an NHS number
    by its nature: a number of two children is evidence of neither.
    """
    numbers = dict.fromkeys(
        [
            (str(row["record_ref"]), str(row["type"]), str(row["value"]))
            for row in _supplied(said, "identifiers")
            if row["record_ref"] in children
        ]
        + [(c, "upn", row.upn) for c, row in said.header.items() if row.upn]
    )
    holders = Counter((kind, value) for _, kind, value in numbers)
    rows: list[Row] = [
        {
            "authority": said.authority, "record_ref": child, "type": kind,
            "value": value,
        }
        for child, kind, value in numbers
        if holders[kind, value] == 1
    ]  # fmt: skip
    return rows, len(numbers) - len(rows)


def _risks(said: Return) -> Answers:
    """What the modules answer, yes or no; of all others nothing is known."""
    answers = Answers()
    for child, answer in (said.uasc or {}).items():
        answers.add(child, "uasc", "ssda903 uasc", answer=answer)
    for child, since in (said.missing.answered if said.missing else {}).items():
        answers.add(child, "missing", "ssda903 missing", answer=True, since=since)
    return answers


def _spell(authority: str, child: str, spell: Spell) -> Row:
    return {
        "authority": authority, "child_ref": child, "kind": spell.kind,
        "start": spell.start, "end": spell.end,
    }  # fmt: skip


def _shielded(said: Return) -> pa.Table | None:
    """Children placed for adoption, whatever type of placement their episodes give.

    Nobody may learn the adopters' address through a notice (contracts §5, restricted).
    """
    rows: list[Row] = [
        {
            "authority": said.authority, "child_ref": child, "from": placed,
            "until": ceased, "reason": "placed for adoption (SSDA903)",
        }
        for child, placed, ceased in said.adoptions
    ]  # fmt: skip
    return conform(rows, CHILDREN_TABLES["protected"]) if rows else None


def _notes(
    said: Return,
    known: Mapping[str, Mapping[str, Any]],
    readings: Mapping[str, Reading],
    shared: int,
) -> Iterator[str]:
    children = said.children
    both = [(said.header[c], known[c]) for c in said.header if c in known]
    counts = {
        "children_without_identity (kept, too thin to match)": sum(
            child not in known for child in children
        ),
        "identities_without_child (not looked after, left out)": len(
            known.keys() - set(children)
        ),
        "children_not_in_header": sum(child not in said.header for child in children),
        "children_without_episode": sum(child not in readings for child in children),
        "children_whose_open_episode_was_rejected (last placement kept current)": len(
            said.episodes.hidden
        ),
        "dob_differs between header and identities (identities holds)": sum(
            bool(row.dob and identity["dob"] and row.dob != identity["dob"])
            for row, identity in both
        ),
        "identifiers_of_two_children (left out)": shared,
    }
    yield from (f"{text}: {count}" for text, count in counts.items() if count)
