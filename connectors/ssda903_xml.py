"""The XML form of the SSDA903 return becomes the same modules as its CSV files.

``<EXPSSDA903>`` holds one ``<CHILD>`` for each child with a ``<HEADER>`` and its
``<EPISODE>`` elements. Records within the header (reviews, time missing …) are modules
of their own; what belongs to the child once stands in the header as plain elements.
Source of the element names: data-to-insight/csc-validator-be-903
(``lac_validator/ingress.py``, MIT).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from connectors.csvfiles import FileRefused, StringTable
from connectors.ssda903_schema import MODULES

RENAMED = {"CHILDID": "CHILD", "PL": "PLACE"}
"""Elements whose name differs from the column of the CSV form."""

RECORDS = {
    "EPISODE": "episodes", "AREVIEW": "reviews", "AMISSING": "missing", "OC2": "oc2",
    "PERMANENCE": "prev_perm", "AD_PLACED": "placed_adoption",
}  # fmt: skip
"""Elements that hold one record of a module."""

ONCE = {"oc3": "IN_TOUCH", "ad1": "DATE_INT", "uasc": "DUC"}
"""Modules whose values stand among the child's own, and the one that shows them."""

_ALWAYS = frozenset({"header", "episodes"})


def read_xml(text: str) -> dict[str, StringTable]:
    """The modules of a return, by name; those without a record are left out.

    Lines are those on which a child or record starts. Elements that nobody knows are
    counted in the notes of the header.

    Raises:
        FileRefused: not XML, cut off, with a document type, or not this return.
    """
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = lambda name, _: reader.start(
        name, parser.CurrentLineNumber
    )
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003 (expat names no arguments)
    except expat.ExpatError as problem:
        raise FileRefused(
            f"line {problem.lineno} is not XML ({expat.ErrorString(problem.code)}), or "
            "the file is cut off: send the whole file again"
        ) from None
    return {
        name: _table(name, rows, reader.notes if name == "header" else ())
        for name, rows in reader.rows.items()
        if rows or name in _ALWAYS
    }


def _refuse_document_type(*_: object) -> None:
    raise FileRefused(
        "the file declares a document type, which a return does not need and which can "
        "hide what it holds: export it without"
    )


@dataclass(slots=True)
class _Record:
    line: int
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    """Follows the elements; rows are kept as they end."""

    rows: dict[str, list[_Record]] = field(
        default_factory=lambda: {name: [] for name in MODULES}
    )
    path: list[str] = field(default_factory=list)
    child: _Record | None = None
    record: _Record | None = None
    found: list[tuple[str, _Record]] = field(default_factory=list)
    characters: str = ""
    unknown: dict[str, int] = field(default_factory=dict)
    known: frozenset[str] = frozenset(
        column for m in MODULES.values() for column in m.wanted.names
    )

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.unknown:
            return ()
        return (f"unknown_elements {len(self.unknown)}: {', '.join(self.unknown)}",)

    def start(self, name: str, line: int) -> None:
        if not self.path and name != "EXPSSDA903":
            raise FileRefused(
                "the file's first element is not EXPSSDA903, so it is no SSDA903 "
                "return: send the return's XML, or its modules as CSV"
            )
        self.path.append(name)
        self.characters = ""
        if name == "CHILD" and len(self.path) == 2:
            self.child = _Record(line)
        elif name in RECORDS and self.child is not None:
            self.record = _Record(line)
            self.found.append((RECORDS[name], self.record))

    def text(self, characters: str) -> None:
        self.characters += characters

    def end(self, name: str) -> None:
        self.path.pop()
        value, self.characters = self.characters.strip(), ""
        if name == "CHILD" and self.child is not None and len(self.path) == 1:
            self._close(self.child)
        elif name in RECORDS:
            self.record = None
        elif self.child is not None and value:
            column = RENAMED.get(name, name)
            if column not in self.known:
                self.unknown[name] = self.unknown.get(name, 0) + 1
            (self.record or self.child).values.setdefault(column, value)

    def _close(self, child: _Record) -> None:
        """The child is whole: its records learn whose they are."""
        self.rows["header"].append(child)
        for module, record in self.found:
            own = {name: child.values.get(name) for name in ("CHILD", "DOB")}
            record.values = {**_given(own), **record.values}
            self.rows[module].append(record)
        for module, sign in ONCE.items():
            is_told = sign in child.values or (
                module == "uasc" and child.values.get("UASC") == "1"
            )
            if is_told:
                self.rows[module].append(child)
        self.child, self.record, self.found = None, None, []


def _given(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _table(name: str, rows: list[_Record], notes: tuple[str, ...]) -> StringTable:
    columns = MODULES[name].wanted
    data = {
        column: pa.array([row.values.get(column) for row in rows], pa.string())
        for column in columns.names
    }
    return StringTable(
        data=pa.table(data),
        lines=np.array([row.line for row in rows], dtype=np.int64),
        absent=frozenset(
            name for name in columns.optional if data[name].null_count == len(rows)
        ),
        notes=notes,
    )
