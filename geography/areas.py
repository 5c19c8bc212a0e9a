"""The authorities of England and Wales: their codes, names, forces and neighbours.

Read from ``data/reference`` (its SOURCE.txt says where the tables come from). They
show the areas of November 2025. One authority has one code everywhere (contracts:
where extracts arrive); :meth:`Areas.authority` turns every other way of naming it
into that one.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from geography.errors import ReferenceMismatch, SplitAuthority, UnknownAuthority

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference"
"""The tables travel with the repository, which is deployed whole."""

_LA_MEND = (
    "use the DfE number of an English local authority (330) or the GSS code of a "
    "Welsh one (W06…)"
)
_FORCE_MEND = "use the ONS code of a police force (E23… or W15…)"
_Row = dict[str, str]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Areas:
    """Authorities by their one code: ``330``, ``W06000023``."""

    of_district: Mapping[str, str]
    """GSS code of a district -> authority. One without districts is its own."""
    force_by_la: Mapping[str, str]
    neighbours: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    """Of authorities and of forces."""
    spellings: Mapping[str, str]
    """Every code that names one authority -> its one code."""
    divided: Mapping[str, tuple[str, tuple[str, ...]]]
    """Code of a divided authority -> its name and the codes that came after."""

    def authority(self, code: str) -> str:
        """The one code of an authority: ``330`` of ``330`` and of ``E08000025``.

        Takes a DfE number, a GSS code of now or before, or the code of a district.
        The numbers 660 to 681 that some systems give Welsh authorities are refused:
        nobody has verified which is which.

        Raises:
            SplitAuthority: the authority was divided; its code can't say which part.
            UnknownAuthority: the code names none.
        """
        key = str(code).strip().upper()  # some feeds carry the number as a number
        if found := self.spellings.get(key):
            return found
        if key in self.divided:
            raise SplitAuthority(key, *self.divided[key])
        raise UnknownAuthority(code, _LA_MEND)

    def force_of(self, la: str) -> str:
        """The police force of an authority."""
        return _known(self.force_by_la, la, _LA_MEND)

    def adjoining(self, la: str) -> frozenset[str]:
        """The authorities whose area touches that of an authority."""
        return _known(self.neighbours, la, _LA_MEND)

    def name(self, code: str) -> str:
        """The name of an authority; or of a force, its area's with *Police* after."""
        return _known(self.names, code, f"{_LA_MEND}, or {_FORCE_MEND[4:]}")

    def las_of(self, force: str) -> tuple[str, ...]:
        """The authorities that a force polices, in the order of their codes."""
        found = tuple(sorted(la for la, f in self.force_by_la.items() if f == force))
        if not found:
            raise UnknownAuthority(force, _FORCE_MEND)
        return found


def _known(table: Mapping[str, _Value], code: str, mend: str) -> _Value:
    if code not in table:
        raise UnknownAuthority(code, mend)
    return table[code]


def read_areas(reference: Path = REFERENCE) -> Areas:
    """The areas of the reference tables.

    Raises:
        ReferenceMismatch: the tables contradict each other.
    """
    authorities = _rows(reference / "utla_to_police_force_2025.csv")
    districts = _rows(reference / "lad_to_utla_to_pfa_2025.csv")
    code_of = {row["utla_gss"]: _code(row) for row in authorities}
    force_by_la = {_code(row): row["pfa_gss"] for row in authorities}
    if len(force_by_la) != len(authorities):
        raise ReferenceMismatch("an authority stands twice in the table of forces")
    of_district = {row["lad_gss"]: code_of[row["utla_gss"]] for row in districts}
    for row in districts:
        if force_by_la[of_district[row["lad_gss"]]] != row["pfa_gss"]:
            raise ReferenceMismatch(
                f"district {row['lad_gss']} is policed by {row['pfa_gss']} in one "
                f"table and by {force_by_la[of_district[row['lad_gss']]]} in the other"
            )
    spellings = {**of_district, **code_of, **{code: code for code in force_by_la}}
    divided: dict[str, tuple[str, tuple[str, ...]]] = {}
    for old, name, successors in _history(reference, spellings):
        if len(successors) == 1:
            spellings[old] = successors[0]
        else:
            divided[old] = (name, successors)
    return Areas(
        of_district=of_district,
        force_by_la=force_by_la,
        neighbours=_neighbours(reference, code_of),
        names=_names(authorities),
        spellings=spellings,
        divided=divided,
    )


def _rows(path: Path) -> list[_Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _code(row: _Row) -> str:
    """Of an English authority the DfE number, of a Welsh one the GSS code."""
    return row["utla_gss"] if row["nation"] == "Wales" else row["dfe_la_code"]


def _names(authorities: list[_Row]) -> dict[str, str]:
    names = {}
    for row in authorities:
        names[_code(row)] = row["utla_name"]
        force = row["pfa_name"]
        names[row["pfa_gss"]] = force if "Police" in force else f"{force} Police"
    return names


def _neighbours(
    reference: Path, code_of: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    touching: dict[str, set[str]] = {code: set() for code in code_of.values()}
    pairs = [
        (row["utla_gss"], row["adjoining_gss"], "yes")
        for row in _rows(reference / "utla_adjacency.csv")
    ] + [
        (row["utla_gss"], row["adjoining_gss"], row["adjoin"])
        for row in _rows(reference / "utla_adjacency_overrides.csv")
    ]
    for one_gss, other_gss, adjoin in pairs:
        one, other = code_of[one_gss], code_of[other_gss]
        if adjoin == "yes":
            touching[one].add(other)
            touching[other].add(one)
        else:
            touching[one].discard(other)
            touching[other].discard(one)
    return {code: frozenset(others) for code, others in touching.items()}


def _history(
    reference: Path, current: Mapping[str, str]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Old code, old name and the authorities that took over its area."""
    rows = _rows(reference / "gss_code_history.csv")
    next_gss: dict[str, set[str]] = {row["old_gss"]: set() for row in rows}
    by_letters = defaultdict(set)
    for row in rows:
        if row["replaced_by_gss"]:
            next_gss[row["old_gss"]].add(row["replaced_by_gss"])
            by_letters[row["replaced_by_code"]].add(row["replaced_by_gss"])
    for row in rows:
        if not row["replaced_by_gss"]:  # several, named by three letters: "CBD,WAF"
            for letters in row["replaced_by_code"].split(","):
                next_gss[row["old_gss"]] |= by_letters[letters]

    def today(gss: str) -> set[str]:
        if gss in current:
            return {current[gss]}
        found = {code for later in next_gss.get(gss, ()) for code in today(later)}
        if not found:
            raise ReferenceMismatch(f"nothing followed the old code {gss}")
        return found

    followed = [
        (row["old_gss"], row["old_name"], tuple(sorted(today(row["old_gss"]))))
        for row in rows
    ]
    numbers = [
        (row["old_dfe"], row["old_name"], tuple(row["replaced_by"].split()))
        for row in _rows(reference / "dfe_code_history.csv")
    ]
    return followed + numbers
