"""A CSV file becomes a table of trimmed text, each row with its line in the file.

What is read is UTF-8 with or without BOM, separated by commas, lines ending in LF, CRLF
or CR. Column order never matters; names are matched whatever their case and surrounding
spaces. An unknown column is kept out and noted. A file that can't be trusted as a whole
is refused (:class:`FileRefused`); a row that can't be split into its columns is left
out and listed in :attr:`StringTable.unsplit`.

Python's ``csv`` module splits the rows, because its reader knows on which line a row
starts and says so when quoting goes wrong; the columns are Arrow's.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NO_LINE_END = "last_line_has_no_line_end"
"""The note on a file that may have been cut off within its last value."""

_ROWS_AT_A_TIME = 20_000
_LONGEST_VALUE = 1_000_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SPACES = " \t\r\n\v\f\u00a0\u200b\ufeff"


class FileRefused(Exception):
    """A file can't be used at all; ``problem`` says why and what would mend it.

    The text holds names of columns and numbers of lines, never values.
    """

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a reader wants, in our spelling. All others are *unknown*."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class UnsplitRow:
    """A row whose values can't be told apart: too few, too many, or badly quoted."""

    line: int
    problem: str


@dataclass(frozen=True, slots=True)
class StringTable:
    """The rows of a file that could be split, as text.

    ``data`` has every wanted column under our spelling, all of type string: trimmed,
    empty as null, wholly null when an optional column is not in the file. ``lines``
    has for each row of ``data`` the line it starts on; 1 is the first line, which
    holds the header. Rows of the file = ``data.num_rows + len(unsplit)``; lines with
    nothing on them, or nothing but separators, are no rows.
    """

    data: pa.Table
    lines: npt.NDArray[np.int64]
    unsplit: tuple[UnsplitRow, ...] = ()
    absent: frozenset[str] = frozenset()
    """Optional columns that the file does not have."""

    notes: tuple[str, ...] = ()
    blank_rows: int = 0
    """Rows of nothing but separators, as spreadsheets leave; they are no rows."""

    @property
    def rows(self) -> int:
        return int(self.data.num_rows) + len(self.unsplit)


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, without its byte order mark.

    Raises:
        FileRefused: other encodings, and NUL bytes.
    """
    if content.startswith(_UTF_16):
        raise FileRefused(
            "the file is UTF-16 (Excel's 'Unicode text'): export it as 'CSV UTF-8'"
        )
    if (nul := content.find(b"\0")) >= 0:
        raise FileRefused(
            f"line {_line_of(content, nul)} holds a NUL byte, so the file is damaged "
            "or not UTF-8 text: export it again as UTF-8"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileRefused(
            f"line {_line_of(content, problem.start)} is not UTF-8 (perhaps it is "
            "Windows-1252): export the file as UTF-8"
        ) from None


def read_header(content: bytes, renames: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the columns, trimmed and renamed; unnamed columns are left out.

    Args:
        content: the file.
        renames: the supplier's name of a column to ours, whatever their case.

    Raises:
        FileRefused: there is no header or a name occurs twice, or see :func:`decoded`.
    """
    return _read(content, renames).header.named


def read_text_table(
    content: bytes, columns: Columns, renames: Mapping[str, str]
) -> StringTable:
    """The wanted columns of a file, after renaming.

    Args:
        content: the file.
        columns: which columns are wanted and which of them must be there.
        renames: the supplier's name of a column to ours, whatever their case.

    Raises:
        FileRefused: wrong encoding, no header, a column twice, a required column
            missing, quoting that swallows lines, or a file cut off within a row.
    """
    sheet = _read(content, renames)
    places, absent = sheet.header.places(columns)
    chunks: dict[str, list[pa.Array]] = {name: [] for name in columns.names}
    lines: list[int] = []
    for rows, starts in _chunks(sheet):
        lines += starts
        values = list(zip(*rows, strict=True))
        for name, place in places.items():
            chunks[name].append(pa.array(values[place], pa.string()))
    split = len(lines)
    return StringTable(
        data=pa.table(
            {
                name: _trimmed(chunks[name]) if name in places else _nulls(split)
                for name in columns.names
            }
        ),
        lines=np.array(lines, dtype=np.int64),
        unsplit=tuple(sheet.unsplit),
        absent=absent,
        notes=(*sheet.header.notes(columns), *_notes(sheet)),
        blank_rows=sheet.blank_rows,
    )


@dataclass(frozen=True, slots=True)
class _Header:
    """``raw`` is as long as a row of the file; unnamed columns are empty text."""

    raw: tuple[str, ...]
    unused_renames: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(name for name in self.raw if name)

    def places(self, columns: Columns) -> tuple[dict[str, int], frozenset[str]]:
        at = {_plain(name): place for place, name in enumerate(self.raw) if name}
        missing = [name for name in columns.required if _plain(name) not in at]
        if missing:
            raise FileRefused(
                f"required columns are missing: {', '.join(missing)}. "
                f"{self._what_there_is(columns)}"
            )
        places = {n: at[_plain(n)] for n in columns.names if _plain(n) in at}
        return places, frozenset(columns.optional) - places.keys()

    def notes(self, columns: Columns) -> tuple[str, ...]:
        wanted = {_plain(name) for name in columns.names}
        unknown = [name for name in self.named if _plain(name) not in wanted]
        unnamed = len(self.raw) - len(self.named)
        notes = []
        if unknown:
            notes.append(f"unknown_columns: {len(unknown)} ({', '.join(unknown)})")
        if unnamed:
            notes.append(f"unnamed_columns: {unnamed}")
        if self.unused_renames:
            notes.append(
                f"mapped_columns_absent: {len(self.unused_renames)} "
                f"({', '.join(self.unused_renames)})"
            )
        return tuple(notes)

    def _what_there_is(self, columns: Columns) -> str:
        """Names only where some are ours: a first line of data must not be shown."""
        if len(self.raw) == 1 and any(mark in self.raw[0] for mark in ";\t|"):
            return "The separator seems not to be a comma: export with commas"
        ours = {_plain(name) for name in columns.names}
        if not any(_plain(name) in ours for name in self.raw):
            return "The first line names none of our columns: send a header"
        return (
            f"The file has {', '.join(self.named)}: add what is missing, or name the "
            "supplier's columns under 'mapping' in the region file"
        )


@dataclass(slots=True)
class _Sheet:
    """A file being read: its header, then its rows, once."""

    content: bytes
    reader: Any
    header: _Header
    header_line: int = 0
    blank_rows: int = 0
    short_line: int = 0
    """The last line that ended a row with too few values."""

    unsplit: list[UnsplitRow] = field(default_factory=list)

    @property
    def line(self) -> int:
        """How many lines have been read, blank ones too."""
        return int(self.reader.line_num)

    @property
    def ends_with_line(self) -> bool:
        return self.content.endswith((b"\n", b"\r"))

    def next_row(self) -> list[str] | None:
        """The next record, empty for a blank line; ``None`` at the end.

        Raises:
            csv.Error: the record is badly quoted; the next call goes on after it.
            FileRefused: what follows is not UTF-8.
        """
        try:
            row: list[str] | None = next(self.reader, None)
        except UnicodeDecodeError:
            decoded(self.content)  # refuses, and says on which line
            raise
        return row


def _read(content: bytes, renames: Mapping[str, str]) -> _Sheet:
    if content.startswith(_UTF_16) or b"\0" in content:
        decoded(content)  # refuses, and says why
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    csv.field_size_limit(_LONGEST_VALUE)
    sheet = _Sheet(content, csv.reader(text, strict=True), _Header(()))
    try:
        while (row := sheet.next_row()) is not None:
            if any(name.strip(_SPACES) for name in row):
                sheet.header = _header(row, renames)
                sheet.header_line = sheet.line
                return sheet
    except csv.Error:
        raise FileRefused(
            "the header is badly quoted: put names in quotes wholly or not at all"
        ) from None
    raise FileRefused("the file is empty: send the header even when there are no rows")


def _header(row: list[str], renames: Mapping[str, str]) -> _Header:
    ours = {_plain(theirs): name.strip(_SPACES) for theirs, name in renames.items()}
    names = [name.strip(_SPACES) for name in row]
    found = {_plain(name) for name in names}
    raw = tuple(ours.get(_plain(name), name) if name else "" for name in names)
    first: dict[str, int] = {}
    for place, name in enumerate(raw, 1):
        other = first.setdefault(_plain(name), place)
        if name and other != place:
            raise FileRefused(
                f"columns {other} and {place} have one name: keep one of them (a name "
                "given by 'mapping' counts)"
            )
    unused = tuple(name for name in renames if _plain(name) not in found)
    return _Header(raw, unused)


def _chunks(sheet: _Sheet) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Rows of the header's width and the lines they start on, some at a time."""
    width = len(sheet.header.raw)
    rows: list[list[str]] = []
    starts: list[int] = []
    while True:
        start = sheet.line + 1
        try:
            row = sheet.next_row()
        except csv.Error as problem:
            sheet.unsplit.append(_badly_quoted(start, sheet.line, problem))
            continue
        if row is None:
            break
        whole = len(row) == width and (row[0] or any(row))
        if whole or _can_be_cut_to(width, row, start, sheet):
            rows.append(row[:width])
            starts.append(start)
        if len(rows) == _ROWS_AT_A_TIME:
            yield rows, starts
            rows, starts = [], []
    if sheet.short_line == sheet.line and not sheet.ends_with_line:
        raise FileRefused(
            f"the file is cut off: its last line, {sheet.line}, is not whole and has "
            "no line end. Send the whole file again"
        )
    if sheet.line == sheet.header_line and not sheet.ends_with_line:
        raise FileRefused(
            "there is only a header and it has no line end, so it may be cut off: end "
            "it with a line end"
        )
    if rows:
        yield rows, starts


def _can_be_cut_to(width: int, row: list[str], line: int, sheet: _Sheet) -> bool:
    """Whether the surplus of a row is empty; all other odd rows are written down."""
    if not any(row):
        sheet.blank_rows += bool(row)
        return False
    if len(row) > width and not any(map(str.strip, row[width:])):
        return True
    if len(row) < width:
        sheet.short_line = sheet.line
    sheet.unsplit.append(_wrong_width(line, len(row), width))
    return False


def _badly_quoted(first: int, last: int, problem: csv.Error) -> UnsplitRow:
    if last > first or "unexpected end" in str(problem):
        _refuse_open_quote(first)
    return UnsplitRow(
        first, "badly quoted: double every quote mark inside a quoted value"
    )


def _refuse_open_quote(line: int) -> Never:
    raise FileRefused(
        f"a quote that opens on line {line} is not closed on it and swallows the lines "
        "after it, or the file is cut off: double quote marks inside quoted values "
        "and send the whole file again"
    )


def _wrong_width(line: int, found: int, width: int) -> UnsplitRow:
    return UnsplitRow(
        line, f"{found} values for {width} columns: quote values that hold commas"
    )


def _notes(sheet: _Sheet) -> Iterator[str]:
    if sheet.blank_rows:
        yield f"blank_rows: {sheet.blank_rows}"
    if not sheet.ends_with_line:
        yield NO_LINE_END


def _trimmed(chunks: list[pa.Array]) -> pa.ChunkedArray:
    column = pa.chunked_array(chunks, pa.string())
    trimmed = pc.utf8_trim(column, _SPACES)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _nulls(rows: int) -> pa.Array:
    return pa.nulls(rows, pa.string())


def _plain(name: str) -> str:
    return name.strip(_SPACES).casefold()


def _line_of(content: bytes, offset: int) -> int:
    return content.count(b"\n", 0, offset) + 1
