"""Who is told what: the matrix of the contracts (§4) as one table.

Three recipients: the police force and the local authority where the placement lies,
and the placing authority, which gets a copy of what the host force is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from notifications.documents import Kind, ObligationKind
from notifications.rule_entry import RuleEntry, version_of


class Role(StrEnum):
    HOST_FORCE = "host_force"
    HOST_LA = "host_la"
    PLACING_LA = "placing_la"


class Row(StrEnum):
    """A state, split where the matrix sets a condition."""

    NOT_KNOWN = "not_known"
    KNOWN_NOT_AT_ADDRESS = "known_not_at_address"
    KNOWN_AT_ADDRESS_NO_FLAG = "known_at_address_no_flag"
    KNOWN_AT_PLACEMENT = "known_at_placement"
    POSSIBLE_PENDING = "possible_pending"
    """Its review deadline has not passed."""
    POSSIBLE_OVERDUE = "possible_overdue"
    CANNOT_SAY = "cannot_say"
    """The host force is a member; its extract or the child's record can't be used."""
    CANNOT_SAY_IN_GRACE = "cannot_say_in_grace"
    """The same, for a child known on good data few enough nights ago."""
    TOO_THIN = "too_thin"
    """The child's record says too little to be matched."""
    NO_HOST = "no_host"
    OUTSIDE_REGION = "outside_region"
    RESTRICTED = "restricted"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Cells:
    """One row: what the host force and the host authority are told, whether the
    placing authority gets a copy of the former, and which task arises by itself."""

    host_force: Kind | None
    host_la: Kind | None
    copy: Literal["copy", "–"]
    task: ObligationKind | None = None

    def kind_for(self, role: Role) -> Kind | None:
        if role is Role.HOST_LA:
            return self.host_la
        if role is Role.HOST_FORCE or self.copy == "copy":
            return self.host_force
        return None


MATRIX: dict[Row, Cells] = {
    # row                         host force        host LA   copy to the placing LA
    Row.NOT_KNOWN:                Cells(Kind.NEW, Kind.NEW, "copy"),
    Row.KNOWN_NOT_AT_ADDRESS:     Cells(Kind.UPDATE, Kind.NEW, "copy"),
    Row.KNOWN_AT_ADDRESS_NO_FLAG: Cells(None, Kind.NEW, "–"),
    Row.KNOWN_AT_PLACEMENT:       Cells(None, Kind.NEW, "–"),
    Row.POSSIBLE_PENDING:         Cells(None, Kind.NEW, "–"),
    Row.POSSIBLE_OVERDUE:         Cells(Kind.UNCONFIRMED, Kind.NEW, "copy"),
    Row.CANNOT_SAY:               Cells(Kind.UNCONFIRMED, Kind.NEW, "copy"),
    Row.CANNOT_SAY_IN_GRACE:      Cells(None, Kind.NEW, "–"),
    Row.TOO_THIN:                 Cells(Kind.UNCONFIRMED, Kind.NEW, "copy",
                                        ObligationKind.DATA_TASK),
    Row.NO_HOST:                  Cells(None, None, "–",
                                        ObligationKind.DATA_TASK),
    Row.OUTSIDE_REGION:           Cells(Kind.UNCONFIRMED, Kind.NEW, "copy",
                                        ObligationKind.MANUAL_CHANNEL_TASK),
    Row.RESTRICTED:               Cells(None, None, "–",
                                        ObligationKind.NAMED_OFFICER_TASK),
    Row.OUT_OF_SCOPE:             Cells(None, None, "–"),
}  # fmt: skip

_MATRIX_SOURCE = "The region's contract, who is told what"


def _rule(name: str, words: str, source: str) -> RuleEntry:
    return RuleEntry(name, version_of(name), "recipients", words, source)


def _row_rule(row: Row, cells: Cells) -> RuleEntry:
    """The row's id, and the row in words."""
    said = [
        f"host force: {cells.host_force or 'nothing'}",
        f"host authority: {cells.host_la or 'nothing'}",
        f"placing authority: {'copy' if cells.copy == 'copy' else 'nothing'}",
    ]
    if cells.task:
        said.append(f"a {cells.task.value.replace('_', ' ')}")
    words = f"{row.value.replace('_', ' ')}: {'; '.join(said)}"
    return _rule(f"tell.{row.value.replace('_', '-')}", words, _MATRIX_SOURCE)


ROWS: Mapping[Row, RuleEntry] = {
    row: _row_rule(row, cells) for row, cells in MATRIX.items()
}
"""Each row of the matrix as a rule."""

IN_YOUR_AREA = _rule(
    "tell.placed-in-your-area",
    "the host authority hears of every placement in scope in its area, once",
    "Care Planning, Placement and Case Review (England) Regulations 2010, regulation "
    "13(4)",
)
ROUTED = _rule(
    "route.desk",
    "a force is told at the desk that it keeps for the host local authority",
    "ADCS: routing is by force and host authority",
)
BY_CRITERIA = _rule(
    "tell.criteria-only",
    "a region may tell its police only of children who meet a criterion; local "
    "authorities hear of all",
    "ADCS and College of Policing, notification of children placed out of area",
)
PACKAGED = _rule(
    "tell.package",
    "with each notice that asks to make, mend or close a record comes what to type, in "
    "the order and terms of the recipient's own form; a copy, a retraction, a reminder "
    "and a pointer ask for no record and bring none",
    "The region file, record_template and closing_template",
)
TIGHTENED = _rule(
    "tell.tightened",
    "a region may tell its police where the contract says nothing, never the other way",
    "The region file, recipients",
)

TIGHTENABLE = frozenset(
    row for row, cells in MATRIX.items() if cells.host_la and not cells.host_force
)
"""Rows in which a region may tell the host force although the matrix does not."""

TELLS_HOSTS = frozenset(row for row, cells in MATRIX.items() if cells.host_la)
"""Rows whose placement's hosts are concerned, even where one is told nothing."""

KNOWN_THERE = frozenset({Row.KNOWN_AT_PLACEMENT, Row.KNOWN_AT_ADDRESS_NO_FLAG})
"""Rows in which the force itself shows the child at the placement."""


def cells_of(row: Row, tightened: str | None, *, police: bool) -> Cells:
    """A row's cells after the region's policy.

    ``tightened`` is the kind that the region file gives the host force in this row;
    ``police`` is false where the region tells the police only of children who meet a
    criterion and this one does not.
    """
    cells = MATRIX[row]
    if tightened is not None:
        cells = Cells(Kind(tightened), cells.host_la, "copy", cells.task)
    if not police:
        cells = Cells(None, cells.host_la, "–", cells.task)
    return cells
