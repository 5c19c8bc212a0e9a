"""From canonical tables to PERSONS, the one form in which records are compared.

Nothing here decides; it cleans by the rules of ``records``. A placeholder is left out,
so that it can never be equal to anything. No list depends on the order of the rows, and
so the content hash does not either.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pyarrow as pa

from matching.comparisons import IDENTIFIER_TYPES
from records.dates import day_and_month_are_weak, plausible_birth_date
from records.names import plain_name
from records.postcodes import canonical_postcode, is_placeholder
from records.schemas import PERSONS

Tables = Mapping[str, pa.Table]
Key = tuple[str, str]
Values = tuple[Any, ...]

_plain = lru_cache(maxsize=500_000)(plain_name)
_SEPARATORS = re.compile(r"[;,/]")


def child_persons(tables: Tables, business_date: dt.date) -> pa.Table:
    """The children of canonical CHILDREN_TABLES as PERSONS.

    ``known_as`` stands in for the forename and a former surname for the surname, in all
    combinations; middle names follow the forename in a further name. Postcodes are
    those of all addresses and placements, past ones too.
    """
    postcodes = _gathered(
        _rows(tables["child_addresses"], "child_ref", "postcode"),
        _rows(tables["placements"], "child_ref", "postcode"),
    )
    identifiers = _identifiers(tables)
    persons = []
    for row in tables["children"].to_pylist():
        key = (row["authority"], row["child_ref"])
        person = Person(*key)
        surname = _plain(row["surname"])
        forename = _plain(row["forename"])
        surnames = [surname, *_parts(row["former_surname"])]
        forenames = [
            forename,
            _without_surname(_plain(row["known_as"]), surnames),
            _after(forename, _plain(row["middle_names"])),
        ]
        person.name(forename, surname)
        for other_forename in forenames:
            for other_surname in surnames:
                person.name(other_forename or forename, other_surname or surname)
        person.born(row["dob"], business_date)
        person.weak_day_and_month = _is_weak(
            person.dobs, unaccompanied=row["uasc"] is True
        )
        person.sex = row["sex"]
        person.postcodes.update(_usable(postcodes.get(key, ())))
        person.identifiers.update(identifiers.get(key, ()))
        persons.append(person)
    return _persons_table(persons)


def nominal_persons(tables: Tables, business_date: dt.date) -> pa.Table:
    """The nominals of canonical POLICE_TABLES as PERSONS.

    Names are the nominal's own and its aliases'; what an alias leaves out is taken from
    the nominal. The second forename follows the first in a further name. An estimated
    date of birth has a weak day and month.
    """
    postcodes = _gathered(_rows(tables["nominal_addresses"], "nominal_ref", "postcode"))
    aliases = _gathered(
        _rows(tables["nominal_aliases"], "nominal_ref", "forename", "surname", "dob")
    )
    identifiers = _identifiers(tables)
    persons = []
    for row in tables["nominals"].to_pylist():
        key = (row["authority"], row["nominal_ref"])
        person = Person(*key)
        forename, surname = _plain(row["forename1"]), _plain(row["surname"])
        person.name(forename, surname)
        person.name(_after(forename, _plain(row["forename2"])) or forename, surname)
        person.born(row["dob"], business_date)
        person.weak_day_and_month = _is_weak(
            person.dobs, estimated=row["dob_estimated"] is True
        )
        for alias_forename, alias_surname, dob in aliases.get(key, ()):
            person.name(
                _plain(alias_forename) or forename, _plain(alias_surname) or surname
            )
            person.born(dob, business_date)
        person.sex = row["sex"]
        person.postcodes.update(_usable(postcodes.get(key, ())))
        person.identifiers.update(identifiers.get(key, ()))
        persons.append(person)
    return _persons_table(persons)


def concern_persons(tables: Tables, business_date: dt.date) -> pa.Table:
    """The persons of concern of canonical CHILDREN_TABLES as PERSONS.

    The last word of an alias is its surname; an alias of one word is a forename.
    A person with several concerns has several rows and is one record.
    """
    identifiers = _identifiers(tables)
    persons: dict[Key, Person] = {}
    for row in tables["persons_of_concern"].to_pylist():
        key = (row["authority"], row["person_ref"])
        person = persons.setdefault(key, Person(*key))
        forename, surname = _plain(row["forename"]), _plain(row["surname"])
        person.name(forename, surname)
        for alias in row["aliases"] or ():
            first, _, last = (_plain(alias) or "").rpartition(" ")
            if first:
                person.name(first, last)
            elif last:
                person.name(last, surname)
        person.born(row["dob"], business_date)
        person.weak_day_and_month = _is_weak(person.dobs)
        person.sex = person.sex or row["sex"]
        person.postcodes.update(_usable([(row["postcode"],)]))
        person.identifiers.update(identifiers.get(key, ()))
    return _persons_table(persons.values())


@dataclass(slots=True)
class Person:
    """One record while it is being put together."""

    authority: str
    record_ref: str
    names: list[tuple[str | None, str | None]] = field(default_factory=list)
    dobs: list[dt.date] = field(default_factory=list)
    weak_day_and_month: bool = False
    sex: str | None = None
    postcodes: set[str] = field(default_factory=set)
    identifiers: set[tuple[str, str]] = field(default_factory=set)

    def name(self, forename: str | None, surname: str | None) -> None:
        """Add a name unless it is empty or there already."""
        if (forename or surname) and (forename, surname) not in self.names:
            self.names.append((forename, surname))

    def born(self, dob: dt.date | None, business_date: dt.date) -> None:
        """Add a date of birth unless it is implausible or there already."""
        date = plausible_birth_date(dob, on=business_date)
        if date and date not in self.dobs:
            self.dobs.append(date)

    def row(self) -> dict[str, object]:
        """The record as a row of PERSONS, with its content hash."""
        own, others = self.names[:1], self.names[1:]
        others.sort(key=lambda name: (name[0] or "", name[1] or ""))
        content: dict[str, object] = {
            "authority": self.authority,
            "record_ref": self.record_ref,
            "names": [
                {"forename": forename, "surname": surname}
                for forename, surname in own + others
            ],
            "dobs": self.dobs[:1] + sorted(self.dobs[1:]),
            "weak_day_and_month": self.weak_day_and_month,
            "sex": self.sex if self.sex in {"F", "M"} else None,
            "postcodes": sorted(self.postcodes),
            "identifiers": [
                {"type": kind, "value": value}
                for kind, value in sorted(self.identifiers)
            ],
        }
        canonical = json.dumps(
            content, sort_keys=True, separators=(",", ":"), default=dt.date.isoformat
        )
        content["content_hash"] = hashlib.sha256(canonical.encode()).hexdigest()
        return content


def _persons_table(persons: Iterable[Person]) -> pa.Table:
    rows = sorted(
        (person.row() for person in persons),
        key=lambda row: (str(row["authority"]), str(row["record_ref"])),
    )
    return pa.Table.from_pylist(rows, schema=PERSONS)


def _rows(table: pa.Table, ref: str, *columns: str) -> Iterable[tuple[Key, Values]]:
    wanted = ["authority", ref, *columns]
    for authority, record, *values in zip(
        *(table.column(name).to_pylist() for name in wanted), strict=True
    ):
        yield (authority, record), tuple(values)


def _gathered(*sources: Iterable[tuple[Key, Values]]) -> dict[Key, list[Values]]:
    found: dict[Key, list[Values]] = {}
    for source in sources:
        for key, values in source:
            found.setdefault(key, []).append(values)
    return found


def _identifiers(tables: Tables) -> dict[Key, list[Values]]:
    return _gathered(
        (key, values)
        for key, values in _rows(tables["identifiers"], "record_ref", "type", "value")
        if values[0] in IDENTIFIER_TYPES
    )


def _usable(postcodes: Iterable[Values]) -> Iterable[str]:
    for (text,) in postcodes:
        postcode = canonical_postcode(text)
        if postcode and not is_placeholder(postcode):
            yield postcode


def _is_weak(
    dobs: list[dt.date], *, unaccompanied: bool = False, estimated: bool = False
) -> bool:
    return bool(dobs) and (
        estimated or day_and_month_are_weak(dobs[0], unaccompanied=unaccompanied)
    )


def _parts(text: str | None) -> list[str | None]:
    return [_plain(part) for part in _SEPARATORS.split(text or "") if part.strip()]


def _after(forename: str | None, more: str | None) -> str | None:
    return f"{forename} {more}" if forename and more else None


def _without_surname(known_as: str | None, surnames: list[str | None]) -> str | None:
    """What somebody is called, without a surname written behind it."""
    for surname in surnames:
        if known_as and surname and known_as.endswith(f" {surname}"):
            return known_as.removesuffix(f" {surname}")
    return known_as
