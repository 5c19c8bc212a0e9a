"""The Standard Safeguarding Dataset, one CSV for each table (contracts §2.1).

A file is known by its name, ``ssd_person.csv``. Only people with care episodes or
placements are looked after; the others are read, accepted and left out. A looked-after
child that ``ssd_person`` lacks is kept, too thin to match.

Kept or rejected: a row is rejected when it belongs to nobody, or is a placement or a
spell of absence without a start. Everything else that can't be read is left empty and
counted.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from connectors.care import Reading
from connectors.columns import british_date, mapped, yes_or_no
from connectors.conformed import Conformed, Ledger, SourceFile, ignored, refused
from connectors.csvfiles import FileRefused
from connectors.dates import date_or_dropped
from connectors.episodes import read_placements
from connectors.placed import Row, count_remarks, death_date, placement_addresses
from connectors.risks import FACTORS, Answers
from connectors.ssd_care import (
    Care,
    episodes_of,
    read_care_episodes,
    read_legal_statuses,
    read_placement_rows,
)
from connectors.ssd_people import (
    Person,
    Worker,
    read_addresses,
    read_assessments,
    read_immigration,
    read_numbers,
    read_people,
    read_professionals,
    read_risk_factors,
    read_workers,
)
from connectors.ssd_rows import kept_rows
from connectors.ssd_tables import ADDS, COLUMNS, PERSON, REQUIRED
from records.schemas import CHILDREN_TABLES
from records.schemas import conform as table_of
from records.verdicts import FileVerdict


def conform(
    authority: str, files: Sequence[SourceFile], business_date: dt.date
) -> Conformed:
    """The canonical tables of an extract, and an answer to every file and row.

    Without ``ssd_person``, ``ssd_cla_episodes`` or ``ssd_cla_placement`` the extract as
    a whole is refused; what the absence of another table costs is in the notes.
    """
    reader = _Reader(authority, business_date)
    for file in files:
        reader.read(file)
    reader.take_in()
    return reader.conformed()


@dataclass(slots=True)
class _Reader:
    """The files as they come, then what they say, in the order in which they refer."""

    authority: str
    on: dt.date
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    answered: list[FileVerdict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    unread: frozenset[str] = frozenset()
    people: dict[str, Person] = field(default_factory=dict)
    care: Care = field(default_factory=Care)
    addresses: list[Row] = field(default_factory=list)
    missing: list[Row] = field(default_factory=list)
    numbers: list[tuple[str, str, str]] = field(default_factory=list)
    shared_numbers: int = 0
    workers: dict[str, Worker] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)

    def read(self, file: SourceFile) -> None:
        """Split one file into rows, or answer it."""
        table = file.stem
        if file.path.suffix.casefold() != ".csv" or table not in COLUMNS:
            note = "not one of the SSD tables that are read, as a CSV"
            self.answered.append(ignored(file, note))
            return
        try:
            rows = file.table(COLUMNS[table])
        except FileRefused as why:
            self.answered.append(refused(file, why))
            if table in REQUIRED:
                self.problems.append(f"{file.name}: {why.problem}")
            else:
                self.unread |= ADDS[table][1]
            return
        self.ledgers[table] = Ledger(file, rows, key=PERSON[table])

    def take_in(self) -> None:
        """Read every table, those first to which others refer."""
        on, authority = self.on, self.authority
        ssd = self.ledgers
        if ledger := ssd.get("ssd_person"):
            self.people = read_people(ledger)
        if ledger := ssd.get("ssd_cla_episodes"):
            read_care_episodes(ledger, self.care)
        if ledger := ssd.get("ssd_legal_status"):
            read_legal_statuses(ledger, self.care)
        if ledger := ssd.get("ssd_cla_placement"):
            read_placement_rows(ledger, self.care)
        if ledger := ssd.get("ssd_address"):
            self.addresses = read_addresses(ledger, authority, on)
        if ledger := ssd.get("ssd_missing"):
            self.missing = _read_missing(ledger, authority, self.answers)
        if ledger := ssd.get("ssd_linked_identifiers"):
            self.numbers = read_numbers(ledger)
        if ledger := ssd.get("ssd_immigration_status"):
            read_immigration(ledger, self.answers, on)
        self._take_in_assessments()
        professionals = {}
        if ledger := ssd.get("ssd_professionals"):
            professionals = read_professionals(ledger)
        if ledger := ssd.get("ssd_involvements"):
            self.workers = read_workers(ledger, professionals, on)

    def _take_in_assessments(self) -> None:
        assessments = {}
        if ledger := self.ledgers.get("ssd_cin_assessments"):
            assessments = read_assessments(ledger)
        if ledger := self.ledgers.get("ssd_assessment_factors"):
            read_risk_factors(ledger, assessments, FACTORS, self.answers)

    def conformed(self) -> Conformed:
        """The tables of everything taken in, and every file's answer."""
        on = self.on
        readings = {
            person: read_placements(episodes_of(self.care, person, on), on)
            for person in self.care.people
        }
        tables = self._tables(readings)
        if ledger := self.ledgers.get("ssd_cla_placement"):
            remarks = (r for reading in readings.values() for r in reading.remarks)
            ledger.notes += count_remarks(remarks)
            ledger.notes += _counted(self.care.notes)
        lacking = [
            f"{name}.csv is not there, and nobody's care can be told without it: send "
            "it, with its header even when it has no rows"
            for name in REQUIRED
            if name not in self.ledgers
        ]
        return Conformed(
            tables=tables,
            rejects=[r for ledger in self.ledgers.values() for r in ledger.rejects],
            verdicts=[
                *(ledger.verdict() for ledger in self.ledgers.values()),
                *self.answered,
            ],
            notes=[*self._notes(), *_absent(self.ledgers)],
            problem="; ".join(self.problems or lacking),
            unread=self.unread,
        )

    def _tables(self, readings: Mapping[str, Reading]) -> dict[str, pa.Table]:
        known = set(readings)
        rows: dict[str, Iterable[Row]] = {
            "children": [self._child(person, readings[person]) for person in readings],
            "placements": [
                placement.row(self.authority, person)
                for person, reading in readings.items()
                for placement in reading.placements
            ],
            "child_addresses": _each_place_once(
                [a for a in self.addresses if a["child_ref"] in known]
                + [
                    address
                    for person, reading in readings.items()
                    for address in placement_addresses(
                        self.authority, person, reading.placements
                    )
                ]
            ),
            "identifiers": self._identifiers(known),
        }
        if "ssd_missing" in self.ledgers:
            rows["missing_episodes"] = [
                spell for spell in self.missing if spell["child_ref"] in known
            ]
        if self.answers.found:
            told = self.answers.rows(self.authority)
            rows["risks"] = [risk for risk in told if risk["child_ref"] in known]
        return {
            name: table_of(list(some), CHILDREN_TABLES[name])
            for name, some in rows.items()
        }

    def _child(self, person: str, reading: Reading) -> Row:
        who = self.people.get(person) or Person()
        worker = self.workers.get(person) or Worker(None, None)
        return {
            "authority": self.authority,
            "child_ref": person,
            "forename": who.forename,
            "surname": who.surname,
            "dob": who.dob,
            "sex": who.sex,
            "ethnicity": who.ethnicity,
            "uasc": self._is_unaccompanied(person),
            "death_date": who.death_date or death_date(reading.placements),
            "social_worker": worker.name,
            "team": worker.team,
        }

    def _is_unaccompanied(self, person: str) -> bool | None:
        """What the immigration status or an assessment says; yes beats no."""
        said = self.answers.found.get((person, "uasc"))
        return said.answer if said else None

    def _identifiers(self, known: set[str]) -> list[Row]:
        """Valid numbers, without those that two children share: evidence of neither."""
        nhs = [(ref, "nhs", p.nhs) for ref, p in self.people.items() if p.nhs]
        found = dict.fromkeys(n for n in (*nhs, *self.numbers) if n[0] in known)
        holders = Counter(number[1:] for number in found)
        self.shared_numbers = sum(holders[number[1:]] > 1 for number in found)
        return [
            {
                "authority": self.authority, "record_ref": ref, "type": kind,
                "value": value,
            }
            for ref, kind, value in found
            if holders[kind, value] == 1
        ]  # fmt: skip

    def _notes(self) -> list[str]:
        looked_after = self.care.people.keys()
        counts = {
            "people_not_looked_after (accepted, left out)": len(
                self.people.keys() - looked_after
            ),
            "children_not_in_ssd_person (kept, too thin to match)": len(
                looked_after - self.people.keys()
            ),
            "children_with_placement_but_no_care_episode": len(
                self.care.placements.keys() - self.care.episodes.keys()
            ),
            "identifiers_of_two_children (left out)": self.shared_numbers,
        }
        return [f"{text}: {count}" for text, count in counts.items() if count]


def _read_missing(ledger: Ledger, authority: str, answers: Answers) -> list[Row]:
    """Spells of absence. A row without a start is rejected, but not that it tells."""
    start = mapped(
        ledger.column("miss_missing_episode_start_date"), british_date, pa.date32()
    )
    ledger.reject_missing("miss_person_id")
    for row in kept_rows(ledger, start=start):
        answers.add(
            row["miss_person_id"], "missing", "ssd_missing",
            answer=True, since=row["start"],
        )  # fmt: skip
    ledger.reject(
        pc.is_null(start),
        "bad_date",
        "miss_missing_episode_start_date is missing or no date: write 2026-11-22. That "
        "the child has been missing is kept",
    )
    ledger.merge_identical()
    end = date_or_dropped(ledger, "miss_missing_episode_end_date")
    return [
        {
            "authority": authority, "child_ref": row["miss_person_id"],
            "kind": _kind_of_absence(row["miss_missing_episode_type"]),
            "start": row["start"], "end": row["end"],
            "interview_offered": _flag(row["miss_missing_rhi_offered"]),
            "interview_accepted": _flag(row["miss_missing_rhi_accepted"]),
        }
        for row in kept_rows(ledger, start=start, end=end)
    ]  # fmt: skip


def _kind_of_absence(text: str | None) -> str | None:
    """M of *M* and *Missing*, A of *A*, *Away …* and *Absent*; other text as it is."""
    first = (text or "")[:1].upper()
    return first if first in {"M", "A"} else text


def _flag(text: str | None) -> bool | None:
    return yes_or_no(text) if text else None


def _each_place_once(addresses: Iterable[Row]) -> list[Row]:
    """The first address of each child, kind and postcode: the one with a street."""
    kept: dict[tuple[object, ...], Row] = {}
    for row in addresses:
        where = row["postcode"] or row.get("line")
        kept.setdefault((row["child_ref"], row["kind"], where), row)
    return list(kept.values())


def _counted(notes: Iterable[str]) -> list[str]:
    return [f"{note}: {count}" for note, count in sorted(Counter(notes).items())]


def _absent(present: Iterable[str]) -> list[str]:
    here = set(present)
    return [
        f"{name}.csv is not there: {what} not supplied"
        for name, (what, _) in ADDS.items()
        if name not in here
    ]
