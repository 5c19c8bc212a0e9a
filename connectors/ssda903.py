"""The SSDA903 return of children looked after, with ``identities.csv``.

Files are known by their set of columns, whatever their names; only ``identities.csv``
goes by its name (contracts §2.2). Every collection year's variant is read, and each
file's verdict says which years its codes are consistent with. Modules that tell nothing
we use are read, counted and accepted all the same. The XML form is read too.

Kept or rejected: an episode is rejected only without CHILD or without a readable DECOM.
Everything else that is wrong with a row is left empty and noted, and episodes that
contradict each other are read so that the child stays in view
(:mod:`connectors.episodes`). A child is a child with nothing but a reference.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.conformed import Conformed, Ledger, SourceFile, ignored, refused
from connectors.csvfiles import FileRefused, StringTable
from connectors.identities import read_identities
from connectors.placed import count_remarks
from connectors.ssda903_modules import (
    Missing,
    Part,
    check_codes,
    read_episodes,
    read_header,
    read_missing,
    read_placed_for_adoption,
    read_uasc,
    years_told,
)
from connectors.ssda903_schema import MODULES, Module, recognised, shared
from connectors.ssda903_tables import Return, tables_of
from connectors.ssda903_xml import read_xml
from records.verdicts import FileOutcome, FileVerdict

IDENTITIES = "identities"
"""The name, without ending, of the file that gives the children names."""

NEEDED = frozenset({"episodes", "header"})
"""Modules of which a refused file spoils the return."""

TABLES_OF: Mapping[str, frozenset[str]] = {
    "uasc": frozenset({"risks"}),
    "missing": frozenset({"risks", "missing_episodes"}),
    "placed_adoption": frozenset({"protected"}),
}
"""The tables to which a module that is not needed adds rows."""

UNTOLD = frozenset[str]().union(*TABLES_OF.values())
"""What a file might have told whose module can't be seen."""

ADDS = {
    "header": "ethnicity and UPN",
    "uasc": "whether a child is unaccompanied",
    "missing": "time missing",
    "placed_adoption": "who is placed for adoption",
}
"""What is known only when a module is there."""


def conform(
    authority: str, files: Sequence[SourceFile], business_date: dt.date
) -> Conformed:
    """The canonical tables of a return, and an answer to every file and row.

    Without an episodes module or without ``identities.csv`` the return as a whole is
    refused: the one says where children are, the other who they are.
    """
    reader = _Reader(authority)
    for file in files:
        try:
            reader.read(file)
        except FileRefused as why:
            reader.refuse(file, why)
    return reader.conformed(business_date)


@dataclass(slots=True)
class _Reader:
    """Files as they come, then all of them together."""

    authority: str
    identities: Conformed | None = None
    parts: list[Part] = field(default_factory=list)
    answered: list[FileVerdict] = field(default_factory=list)
    """Verdicts of the files that hold no module."""

    problems: list[str] = field(default_factory=list)
    unread: frozenset[str] = frozenset()

    def read(self, file: SourceFile) -> None:
        """Take in one file.

        Raises:
            FileRefused: it can't be used, and which module it holds can't be seen.
        """
        kind = file.path.suffix.casefold()
        if kind == ".xml":
            for name, table in read_xml(file.text()).items():
                self._add(MODULES[name], file, table)
        elif kind != ".csv":
            self.answered.append(ignored(file, "neither CSV nor XML"))
        elif file.stem == IDENTITIES:
            self.identities = read_identities(file)
        elif module := recognised(file.header()):
            self._read_module(file, module)
        else:
            note = "its columns are those of no SSDA903 module"
            self.answered.append(ignored(file, note))

    def _read_module(self, file: SourceFile, module: Module) -> None:
        try:
            self._add(module, file, file.table(module.wanted))
        except FileRefused as why:
            self.refuse(file, why, module)

    def _add(self, module: Module, file: SourceFile, table: StringTable) -> None:
        self.parts.append(Part(module, Ledger(file, table, key="CHILD")))

    def refuse(
        self, file: SourceFile, why: FileRefused, module: Module | None = None
    ) -> None:
        """Answer a file that can't be used; what it would have told stays unread."""
        self.answered.append(refused(file, why))
        self.unread |= TABLES_OF.get(module.name, frozenset()) if module else UNTOLD
        is_needed = (
            module.name in NEEDED
            if module
            else file.stem == IDENTITIES or file.path.suffix.casefold() == ".xml"
        )
        if is_needed:
            self.problems.append(f"{file.name}: {why.problem}")

    def conformed(self, on: dt.date) -> Conformed:
        """The tables of everything taken in, and every file's answer."""
        said = Return(self.authority, self.identities or Conformed())
        for part in self.parts:
            check_codes(part)
            _take_in(part, said, on)
        read = tables_of(said, on)
        episodes = [p.ledger for p in self.parts if p.module.name == "episodes"]
        if episodes:
            episodes[-1].notes += count_remarks(read.remarks)
        present = {part.module.name for part in self.parts}
        of_identities = self.identities.rejects if self.identities else ()
        return Conformed(
            tables=read.tables,
            rejects=[
                *of_identities,
                *(r for p in self.parts for r in p.ledger.rejects),
            ],
            verdicts=self._verdicts(),
            notes=[*read.notes, *_absent(present), *self._years()],
            problem="; ".join(self.problems or self._lacking(present)),
            unread=self.unread,
            shielded=read.shielded,
        )

    def _lacking(self, present: set[str]) -> list[str]:
        lacking = []
        if "episodes" not in present:
            columns = ", ".join(MODULES["episodes"].columns)
            lacking.append(
                "no file has the columns of the episodes module, which says where "
                f"children are placed: send one with {columns}"
            )
        if self.identities is None:
            lacking.append(
                "identities.csv is not there and the return has no names: send it "
                "with every return"
            )
        return lacking

    def _verdicts(self) -> list[FileVerdict]:
        """One for each file. An XML file holds many modules and is answered once."""
        by_file: dict[str, list[FileVerdict]] = {}
        for part in self.parts:
            verdict = part.ledger.verdict()
            by_file.setdefault(verdict.file, []).append(
                replace(verdict, notes=(_label(part.module), *verdict.notes))
            )
        of_modules = [_as_one(verdicts) for verdicts in by_file.values()]
        of_identities = self.identities.verdicts if self.identities else ()
        return [*of_identities, *of_modules, *self.answered]

    def _years(self) -> list[str]:
        years = [span for part in self.parts if (span := years_told(part))]
        if shared(years) is None:
            return ["collection_years_differ: the files are of different years"]
        return []


def _take_in(part: Part, said: Return, on: dt.date) -> None:
    """Read one module into the return. A module that came twice adds to itself."""
    ledger = part.ledger
    match part.module.name:
        case "header":
            children = read_header(ledger)
            if again := children.keys() & said.header.keys():
                ledger.notes.append(f"children_of_an_earlier_header: {len(again)}")
            said.header = {**children, **said.header}
        case "episodes":
            read_episodes(ledger, said.episodes)
        case "uasc":
            said.uasc = {**read_uasc(ledger, on), **(said.uasc or {})}
        case "missing":
            said.missing = said.missing or Missing()
            read_missing(ledger, said.missing)
        case "placed_adoption":
            said.adoptions += read_placed_for_adoption(ledger)


def _label(module: Module) -> str:
    return f"module {module.name}" + ("" if module.used else ", not used")


def _as_one(verdicts: Sequence[FileVerdict]) -> FileVerdict:
    """The verdict of a file from those of its modules."""
    rejected = sum(v.rejected for v in verdicts)
    return replace(
        verdicts[0],
        outcome=FileOutcome.PARTLY_ACCEPTED if rejected else FileOutcome.ACCEPTED,
        rows=sum(v.rows for v in verdicts),
        accepted=sum(v.accepted for v in verdicts),
        rejected=rejected,
        notes=tuple(note for v in verdicts for note in v.notes),
    )


def _absent(present: set[str]) -> list[str]:
    """Modules that add to what a notice can say and did not come."""
    return [
        f"module {name} is not there: {what} not supplied"
        for name, what in ADDS.items()
        if name not in present
    ]
