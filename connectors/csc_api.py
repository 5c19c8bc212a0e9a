"""The DfE children's social care API payload, as JSON (contracts §2.3).

Read are one document for each child, one array of them, and either in the envelope
``{"la_code": 330, "Children": …}``. The payload says of every child in need what has
changed; only those with placements are looked after, the others are accepted and left
out, which in a delta leaves what is held of them as it is.

``purge: true`` means *delete what you hold of this*. On a child it is a retraction of
everything; on a placement, or on the social care episode that holds it, of that
placement; elsewhere the part is left out.

Kept or rejected: every child is a row. One that is malformed where it matters, such as
a placement without a start, is rejected whole with the path of the fault: what was held
of the child then stands unchanged. Other values that can't be read are left empty and
counted. A reject's line is the child's place in the file, 1 for the first.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from connectors.conformed import Conformed, SourceFile, ignored, refused
from connectors.csc_child import Child, Malformed, ReadChild, read_child
from connectors.csvfiles import FileRefused
from connectors.placed import Row, count_remarks, placement_addresses
from records.schemas import CHILDREN_TABLES
from records.schemas import conform as table_of
from records.verdicts import FileOutcome, FileVerdict, Reject

ENVELOPE = ("children", "child")
"""Keys, in lower case, under which an envelope holds its children."""


def conform(
    authority: str, files: Sequence[SourceFile], business_date: dt.date
) -> Conformed:
    """The canonical tables of a payload, and an answer to every file and child.

    A file that is not JSON, or is another authority's, is refused; when no file is
    left, so is the extract.
    """
    reader = _Reader(authority, business_date)
    for file in files:
        if file.path.suffix.casefold() != ".json":
            reader.verdicts.append(ignored(file, "not JSON"))
            continue
        try:
            children = _children_of(_parsed(file), authority)
        except FileRefused as why:
            reader.verdicts.append(refused(file, why))
            reader.problems.append(f"{file.name}: {why.problem}")
        else:
            reader.read(file, children)
    return reader.conformed()


def _parsed(file: SourceFile) -> object:
    try:
        return json.loads(file.text(), parse_constant=_no_such_number)
    except json.JSONDecodeError as problem:
        raise FileRefused(
            f"line {problem.lineno} is not JSON ({problem.msg}), or the file is cut "
            "off: send the whole file again"
        ) from None
    except RecursionError:
        raise FileRefused(
            "it is nested deeper than any payload: send the payload itself"
        ) from None


def _no_such_number(name: str) -> object:
    raise FileRefused(f"{name} is no JSON number: write null")


@dataclass(frozen=True, slots=True)
class _Located:
    """One child document and its path in the file, such as ``$.Children[3]``."""

    path: str
    said: object


def _children_of(document: object, authority: str) -> list[_Located]:
    return list(_unpacked("$", document, authority))


def _unpacked(path: str, said: object, authority: str) -> Iterator[_Located]:
    """The child documents in an array, an envelope, or either in the other.

    Raises:
        FileRefused: an ``la_code`` is another authority's, or the file holds neither
            objects nor arrays.
    """
    if isinstance(said, list):
        for place, item in enumerate(said):
            yield from _unpacked(f"{path}[{place}]", item, authority)
        return
    if not isinstance(said, dict):
        if path == "$":
            raise FileRefused("it holds neither an object nor an array of children")
        yield _Located(path, said)
        return
    _check_authority(path, said, authority)
    inner = next((key for key in said if key.lower() in ENVELOPE), None)
    if inner is None or "la_child_id" in said:
        yield _Located(path, said)
    elif said[inner] is not None:
        yield from _unpacked(f"{path}.{inner}", said[inner], authority)


def _check_authority(path: str, said: dict[str, Any], authority: str) -> None:
    code = said.get("la_code")
    if code is not None and str(code).strip() != authority:
        raise FileRefused(
            f"{path}.la_code is not {authority}: the file is another authority's; send "
            "it to that authority's inbox"
        )


@dataclass(slots=True)
class _Reader:
    """The children of all files."""

    authority: str
    on: dt.date
    children: dict[str, Child] = field(default_factory=dict)
    seen: dict[str, object] = field(default_factory=dict)
    """The document of every child, to tell a repetition from a contradiction."""

    rejects: list[Reject] = field(default_factory=list)
    verdicts: list[FileVerdict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    not_looked_after: int = 0

    def read(self, file: SourceFile, children: Sequence[_Located]) -> None:
        """Take in a file's children and answer it."""
        rejects: list[Reject] = []
        noticed: Counter[str] = Counter()
        for place, located in enumerate(children, start=1):
            try:
                self._take_in(located, noticed)
            except Malformed as why:
                rejects.append(
                    Reject(
                        file.authority, file.name, place, why.ref, why.code, str(why)
                    )
                )
        self.rejects += rejects
        self.verdicts.append(
            FileVerdict(
                authority=file.authority,
                file=file.name,
                outcome=(
                    FileOutcome.PARTLY_ACCEPTED if rejects else FileOutcome.ACCEPTED
                ),
                rows=len(children),
                accepted=len(children) - len(rejects),
                rejected=len(rejects),
                sha256=file.sha256,
                notes=tuple(f"{note}: {n}" for note, n in sorted(noticed.items())),
            )
        )

    def _take_in(self, located: _Located, noticed: Counter[str]) -> None:
        read = ReadChild(located.path, self.on)
        child = read_child(read, located.said)
        if child.ref in self.seen:
            if self.seen[child.ref] == located.said:
                noticed["identical_documents_merged"] += 1
                return
            if not child.purged:
                raise Malformed(
                    located.path, "duplicate_ref",
                    "an earlier document has the same la_child_id and says otherwise: "
                    "send one for each child", child.ref,
                )  # fmt: skip
            noticed["purge_beats_earlier_document"] += 1
        self.seen[child.ref] = located.said
        noticed.update(read.notes)
        if child.purged or child.was_placed:
            self.children[child.ref] = child
        else:
            self.not_looked_after += 1

    def conformed(self) -> Conformed:
        """The tables of every child that was taken in."""
        remarks = [r for c in self.children.values() for r in c.care.remarks]
        notes = count_remarks(remarks)
        if self.not_looked_after:
            notes.append(
                "children_without_placements (accepted, left out): "
                f"{self.not_looked_after}"
            )
        tables, shared = self._tables()
        if shared:
            notes.append(f"identifiers_of_two_children (left out): {shared}")
        nothing_read = not any(v.rows or v.accepted for v in self.verdicts)
        return Conformed(
            tables=tables,
            rejects=self.rejects,
            verdicts=self.verdicts,
            notes=notes,
            problem="; ".join(self.problems) if nothing_read else "",
            shielded=self._shielded(),
        )

    def _tables(self) -> tuple[dict[str, pa.Table], int]:
        here = [child for child in self.children.values() if not child.purged]
        holders = Counter(number for child in here for number in child.numbers)
        rows: dict[str, list[Row]] = {
            "children": [child.row(self.authority) for child in here],
            "placements": [
                placement.row(self.authority, child.ref)
                for child in here
                for placement in child.care.placements
            ],
            "child_addresses": [
                address
                for child in here
                for address in (
                    *child.home(self.authority),
                    *placement_addresses(
                        self.authority, child.ref, child.care.placements
                    ),
                )
            ],
            "identifiers": [
                {
                    "authority": self.authority, "record_ref": child.ref,
                    "type": kind, "value": value,
                }
                for child in here
                for kind, value in child.numbers
                if holders[kind, value] == 1
            ],
            "risks": [
                risk for child in here for risk in child.risks.rows(self.authority)
            ],
            "purges": [
                {
                    "authority": self.authority, "child_ref": child.ref,
                    "source_ref": source_ref,
                }
                for child in self.children.values()
                for source_ref in ([None] if child.purged else child.purged_placements)
            ],
        }  # fmt: skip
        return (
            {
                name: table_of(some, CHILDREN_TABLES[name])
                for name, some in rows.items()
            },
            sum(count for count in holders.values() if count > 1),
        )

    def _shielded(self) -> pa.Table | None:
        """Children placed for adoption: nobody may learn of it through a notice."""
        rows: list[Row] = [
            {
                "authority": self.authority, "child_ref": child.ref,
                "from": child.placed_for_adoption,
                "reason": "placed for adoption (CSC API)",
            }
            for child in self.children.values()
            if child.placed_for_adoption and not child.purged
        ]  # fmt: skip
        return table_of(rows, CHILDREN_TABLES["protected"]) if rows else None
