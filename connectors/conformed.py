"""Every conformer has one shape: files in, canonical tables and answers out.

A conformer is ``conform(authority, files, business_date) -> Conformed``; the date tells
an end that lies ahead from one that has come. It is given every file of the
extract except ``manifest.json`` and the companions (``connectors.companions``), which
``connectors.extract`` reads itself for every kind. The files come sorted by name,
already checked against the manifest. A conformer

* recognises its files (by name or by their header) and answers **every** file with one
  :class:`~records.verdicts.FileVerdict`: read, refused or ignored;
* never raises for bad data: it catches :class:`~connectors.csvfiles.FileRefused` and
  answers with :func:`refused`. When that file is one that the kind can't do without,
  it also sets ``problem``; when not, it names the file's tables in ``unread``;
* leaves a key out of ``tables`` when nobody supplied that table; the extract fills in
  an empty one. The key ``protected`` is there only when the feed says of *every* child
  whether it is to be shielded (identities.csv with the column ``protected``): with it
  ``protected.csv`` is not required. A child that such a feed says nothing of (it is in
  the return and not in identities.csv) gets a row there too, since doubt shields;
* in a delta, lists in ``purges`` what it was told to delete.

A conformer of CSV files goes through a :class:`Ledger` for each of them::

    try:
        ledger = Ledger(file, file.table(COLUMNS), key="miss_person_id")
    except FileRefused as why:
        verdicts.append(refused(file, why))
        unread.add("missing_episodes")
        continue
    start = mapped(ledger.column("miss_missing_episode_start_date"), iso_date, DAY)
    ledger.reject_missing("miss_person_id")
    ledger.reject(pc.is_null(start), "bad_date", "start is missing or no ISO date: …")
    ledger.count(unreadable(ledger.column("…end_date"), end), "field_dropped …end_date")
    tables["missing_episodes"] = ledger.accepted({"child_ref": …, "start": start, …},
                                                 MISSING_EPISODES)
    verdicts.append(ledger.verdict()); rejects += ledger.rejects
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import unreadable
from connectors.csvfiles import (
    NO_LINE_END,
    Columns,
    FileRefused,
    StringTable,
    decoded,
    read_header,
    read_text_table,
)
from records.verdicts import FileOutcome, FileVerdict, Reject

Mask: TypeAlias = "pa.ChunkedArray | pa.Array | npt.NDArray[np.bool_]"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of an extract. It is read when asked, each time afresh."""

    authority: str
    path: Path
    sha256: str
    renames: Mapping[str, str] = field(default_factory=dict)
    """The supplier's column to ours: the region file's ``mapping`` for this file."""

    listed_rows: int | None = None
    """How many rows the manifest says a CSV file has."""

    refusal: str = ""
    """Why the file may not be used, known before it is opened; empty when it may."""

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def stem(self) -> str:
        """The name without ending, in lower case: ``nominals``."""
        return self.path.stem.casefold()

    def content(self) -> bytes:
        """The bytes, the same ones that were checked against the manifest.

        Raises:
            FileRefused: the file was refused or has changed since.
            OSError: it can't be read.
        """
        if self.refusal:
            raise FileRefused(self.refusal)
        content = self.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise FileRefused(
                "the file changed while it was being read: let the supplier finish "
                "sending, then run again"
            )
        return content

    def text(self) -> str:
        """The whole text, for JSON and XML; see :func:`csvfiles.decoded`."""
        return decoded(self.content())

    def header(self) -> tuple[str, ...]:
        """The names of a CSV file's columns, in the supplier's case, after renaming."""
        return read_header(self.content(), self.renames)

    def table(self, columns: Columns) -> StringTable:
        """A CSV file's wanted columns; see :func:`csvfiles.read_text_table`.

        Raises:
            FileRefused: as there, and when the manifest lists another number of rows.
        """
        table = read_text_table(self.content(), columns, self.renames)
        counts = (table.rows, table.rows + table.blank_rows)
        if self.listed_rows is not None and self.listed_rows not in counts:
            raise FileRefused(
                f"it has {table.rows} rows and manifest.json says {self.listed_rows}: "
                "send the whole extract again"
            )
        if self.listed_rows is None:
            return table
        vouched = tuple(note for note in table.notes if note != NO_LINE_END)
        return replace(table, notes=vouched)


@dataclass(frozen=True, slots=True)
class Conformed:
    """What a conformer made of the files it was given."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """Canonical tables (``records.schemas``), rows in the order of the files."""

    rejects: Sequence[Reject] = ()
    verdicts: Sequence[FileVerdict] = ()
    notes: Sequence[str] = ()
    """About the extract as a whole, such as an optional file that is not there."""

    problem: str = ""
    """Why the extract as a whole is refused, and the mend; empty when readable."""

    unread: frozenset[str] = frozenset()
    """Tables whose file came but was refused: their rows of the last picture stand.
    A police extract with one is not usable."""

    shielded: pa.Table | None = None
    """Rows of ``protected`` that a feed gives of *some* children, such as those placed
    for adoption: they add to the table and never stand in for ``protected.csv``."""


Conformer = Callable[[str, Sequence[SourceFile], dt.date], Conformed]


def together(parts: Sequence[Conformed]) -> Conformed:
    """Several results as one; tables of one name follow each other."""
    names = dict.fromkeys(name for part in parts for name in part.tables)
    shielded = [part.shielded for part in parts if part.shielded is not None]
    return Conformed(
        tables={
            name: pa.concat_tables(
                part.tables[name] for part in parts if name in part.tables
            )
            for name in names
        },
        rejects=[reject for part in parts for reject in part.rejects],
        verdicts=[verdict for part in parts for verdict in part.verdicts],
        notes=[note for part in parts for note in part.notes],
        problem="; ".join(part.problem for part in parts if part.problem),
        unread=frozenset[str]().union(*(part.unread for part in parts)),
        shielded=pa.concat_tables(shielded) if shielded else None,
    )


def refused(file: SourceFile, why: FileRefused) -> FileVerdict:
    """The answer to a file that can't be used at all."""
    return FileVerdict(
        authority=file.authority,
        file=file.name,
        outcome=FileOutcome.REFUSED,
        sha256=file.sha256,
        problem=why.problem,
    )


def ignored(file: SourceFile, note: str) -> FileVerdict:
    """The answer to a file that is not of this source's kind; ``note`` says why."""
    return FileVerdict(
        authority=file.authority,
        file=file.name,
        outcome=FileOutcome.IGNORED,
        sha256=file.sha256,
        notes=(note,),
    )


class Ledger:
    """What became of each row of one CSV file; it balances by construction.

    A row is rejected at most once: the first reason stands. Rows that could not be
    split are rejected from the start with the code ``unsplit_row``.
    """

    def __init__(self, file: SourceFile, table: StringTable, *, key: str) -> None:
        """``key`` is the column whose value names the record in a reject."""
        self.file = file
        self.table = table
        self.key = key
        self.rejects: list[Reject] = [
            Reject(file.authority, file.name, row.line, "", "unsplit_row", row.problem)
            for row in table.unsplit
        ]
        self.notes: list[str] = list(table.notes)
        self._kept = np.ones(table.data.num_rows, dtype=np.bool_)
        self._merged = 0

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """True for each row not rejected so far. A copy."""
        return self._kept.copy()

    def column(self, name: str) -> pa.ChunkedArray:
        """A column of every row, rejected ones too."""
        return self.table.data.column(name)

    def reject(self, where: Mask, code: str, reason: str) -> None:
        """Reject the rows where ``where`` is true (null is false).

        ``reason`` says what is wrong and what would mend it, without the row's values.
        """
        chosen = as_mask(where) & self._kept
        rows = np.flatnonzero(chosen)
        refs = self.column(self.key).take(pa.array(rows)).to_pylist()
        lines = self.table.lines[rows].tolist()
        self.rejects += [
            Reject(self.file.authority, self.file.name, line, ref or "", code, reason)
            for line, ref in zip(lines, refs, strict=True)
        ]
        self._kept &= ~chosen

    def reject_missing(self, column: str) -> None:
        """Reject the rows without a value in a column they can't do without."""
        self.reject(
            pc.is_null(self.column(column)),
            "missing_ref" if column == self.key else "missing_value",
            f"{column} is empty: fill it",
        )

    def merge_identical(self) -> None:
        """Keep one of the rows that are equal in every wanted column; note the rest.

        Nothing is lost, so the rest count as accepted.
        """
        again = self._again(self.table.data.column_names)
        self.count(again, "identical_rows_merged")
        self._merged += int((again & self._kept).sum())
        self._kept &= ~again

    def reject_repeated(self, *columns: str) -> None:
        """Of the rows kept so far that are equal in these columns, the first stands."""
        self.reject(
            self._again(columns),
            "duplicate_ref",
            f"an earlier row has the same {' and '.join(columns)} and other values: "
            "keep the one that is right",
        )

    def must_be_mostly_readable(self, column: str, read: pa.ChunkedArray) -> None:
        """A column that for the most part can't be read was written in another form.

        To drop such values one by one would look like good data with gaps in it.

        Raises:
            FileRefused: more than half of the values supplied are unreadable.
        """
        supplied = self.column(column)
        given = len(supplied) - supplied.null_count
        bad = int(as_mask(unreadable(supplied, read)).sum())
        if bad * 2 > given:
            raise FileRefused(
                f"{bad} of the {given} values of {column} can't be read: write them as "
                "the contracts say"
            )

    def count(self, where: Mask, note: str) -> None:
        """Note how many of the rows kept so far have something, unless none has."""
        rows = int((as_mask(where) & self._kept).sum())
        if rows:
            self.notes.append(f"{note}: {rows}")

    def accepted(
        self, columns: Mapping[str, pa.ChunkedArray | pa.Array], schema: pa.Schema
    ) -> pa.Table:
        """The rows kept, as a canonical table.

        ``authority`` is filled in; a column of the schema that is not given is null.

        Raises:
            ValueError: a row is kept whose value in a column that must be filled is
                null (a mistake of the conformer).
        """
        rows = self.table.data.num_rows
        given = {
            **columns,
            "authority": pa.array([self.file.authority]).take(
                pa.array(np.zeros(rows, dtype=np.int64))
            ),
        }
        whole = pa.table(
            [
                given[f.name] if f.name in given else pa.nulls(rows, f.type)
                for f in schema
            ],
            schema=schema,
        )
        kept = whole.filter(pa.array(self._kept))
        for f in schema:
            if not f.nullable and kept.column(f.name).null_count:
                raise ValueError(
                    f"{self.file.name}: rows kept without {f.name}, which must be "
                    "filled: reject them first"
                )
        return kept

    def conformed(self, name: str, table: pa.Table) -> Conformed:
        """What a file that fills a single table has come to."""
        return Conformed({name: table}, self.rejects, [self.verdict()])

    def repeated(self) -> npt.NDArray[np.int64]:
        """The places of the rows kept whose key another row kept has too, in order."""
        kept = np.flatnonzero(self._kept)
        codes = _codes(self.column(self.key).take(pa.array(kept)))
        return kept[np.bincount(codes)[codes] > 1]

    def _again(self, columns: Sequence[str]) -> npt.NDArray[np.bool_]:
        """True for each row kept whose columns equal those of an earlier row kept."""
        again = np.zeros(len(self._kept), dtype=np.bool_)
        repeated = self.repeated()
        values = self.table.data.select(list(columns)).take(pa.array(repeated))
        seen: set[tuple[str | None, ...]] = set()
        rows = zip(*(column.to_pylist() for column in values.columns), strict=True)
        for place, row in zip(repeated.tolist(), rows, strict=True):
            again[place] = row in seen
            seen.add(row)
        return again

    def verdict(self) -> FileVerdict:
        """The answer to the file: rows = accepted + rejected."""
        accepted = int(self._kept.sum()) + self._merged
        return FileVerdict(
            authority=self.file.authority,
            file=self.file.name,
            outcome=(
                FileOutcome.PARTLY_ACCEPTED if self.rejects else FileOutcome.ACCEPTED
            ),
            rows=self.table.rows,
            accepted=accepted,
            rejected=len(self.rejects),
            sha256=self.file.sha256,
            notes=tuple(self.notes),
        )


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """A number for each different value; all nulls have one too."""
    encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    return np.asarray(encoded.indices.to_numpy(), dtype=np.int64)


def as_mask(where: Mask) -> npt.NDArray[np.bool_]:
    """Truth for each row as numpy's; null counts as false."""
    if isinstance(where, np.ndarray):
        return where.astype(np.bool_)
    filled = pc.fill_null(where, fill_value=False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.bool_)
