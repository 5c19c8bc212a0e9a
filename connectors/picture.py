"""What stands of an authority after each night: its last extracts, merged.

A **snapshot** tells everything, so a record that it lacks is perhaps withdrawn. It
stands for ``keep_nights`` further good snapshots and is counted in ``absences``; then
it leaves, and a child that leaves is listed in ``purges`` without ``source_ref``
(everything held of it is retracted). So are counted, each on its own:

* records: no row in ``children`` or ``nominals``; all their rows stand;
* placements of a child that is there, had an open placement and tonight has none at
  all. When they leave, those with a reference of their feed are listed in ``purges``.
  Where a child has any placement, tonight's are all there are: a placement corrected
  must not stand beside its old self;
* names of a child that is there, had a name and tonight has none (absent from table
  ``names``): with them its identifiers and addresses stand;
* the rows of companion files, by child, person, notice or entry: nobody's shield
  falls, and no notice changes its address, because a file was short one night.

A **delta** tells what changed: a record in it replaces all its rows, a purge removes,
the rest is unchanged and nobody is counted absent. The companion files beside it are
snapshots of their own, on the nights they are sent.

A table whose file came and was refused (``unread``) keeps its rows beside what other
files say; nobody is counted absent from it. To merge the same extract on the same date
again changes nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from connectors.config import Mode
from connectors.refs import NOBODY, distinct, refs, rows_of, within, without
from records.schemas import (
    ABSENCES,
    CHILDREN_TABLES,
    POLICE_TABLES,
    PURGES,
    RECORD_KEY,
    brought_up,
    conform,
    empty,
)

OWN_REFS = frozenset({"persons_of_concern", "home_notices", "children_placed_here"})
"""Tables whose references are their own and not those of the main table."""

COMPANION_TABLES = OWN_REFS | {"protected", "placement_details"}
"""Tables that a file of its own fills, beside a feed of any kind."""

DERIVED_TABLES = frozenset({"purges", "absences"})
"""Tables that a merge writes."""

_OF_NAMES = frozenset({"identifiers", "child_addresses"})
"""What comes with the names of children in a feed that keeps them apart."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is held of one authority: every canonical table of its kind."""

    tables: Mapping[str, pa.Table]
    as_of: dt.date
    """The business date of the last extract merged."""
    mode: Mode | None = None
    """What that extract was; ``None`` where nobody wrote it down."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one extract says, before it is merged; every table of its kind is there."""

    authority: str
    on: dt.date
    tables: Mapping[str, pa.Table]
    unread: frozenset[str] = frozenset()
    """Tables to leave as they were: their file was refused, or may be left out."""

    sent: frozenset[str] = frozenset()
    """Companion tables read from a file of their own tonight (asked of deltas)."""


def complete(tables: Mapping[str, pa.Table], *, police: bool) -> dict[str, pa.Table]:
    """Every table of an authority's kind, exactly of its schema.

    Those not given are empty.
    """
    schemas = POLICE_TABLES if police else CHILDREN_TABLES
    return {
        name: brought_up(tables[name], schema) if name in tables else empty(schema)
        for name, schema in schemas.items()
    }


def main_table(tables: Mapping[str, pa.Table]) -> str:
    """The table that says which records there are."""
    return "nominals" if "nominals" in tables else "children"


def named(children: pa.Table) -> pa.ChunkedArray:
    """Whether there is a forename or a surname, for each row of ``children``."""
    return pc.or_(
        pc.is_valid(children.column("forename")),
        pc.is_valid(children.column("surname")),
    )


def merge_snapshot(
    previous: Picture | None, tonight: Arrived, keep_nights: int
) -> Picture:
    """The picture after an extract that tells everything; see above."""
    merge = _Merge(previous, tonight, keep_nights)
    main = main_table(tonight.tables)
    standing = merge.standing(main, merge.gone(main))
    left = merge.left(main)
    once_named = merge.standing("names", merge.gone_nameless())
    for name in merge.names:
        if name == main:
            merge.keep(name, standing)
            merge.fill_in(name, once_named)
        elif name in OWN_REFS:
            merge.keep(name, merge.standing(name, merge.gone(name)))
        else:
            missing = without(merge.gone(name), pa.concat_arrays([standing, left]))
            own = merge.standing(name, merge.counted_among(name, missing))
            merge.keep(name, pa.concat_arrays([standing, own]), left)
            if name in _OF_NAMES:
                merge.add(name, once_named)
    return merge.picture()


def merge_delta(
    previous: Picture | None, tonight: Arrived, keep_nights: int
) -> Picture:
    """The picture after an extract that tells what changed; see above."""
    merge = _Merge(previous, tonight, keep_nights)
    present = refs(tonight.tables, main_table(tonight.tables))
    for name in merge.names:
        if name in COMPANION_TABLES & tonight.sent:
            merge.keep(name, merge.standing(name, merge.gone(name)))
        elif name in COMPANION_TABLES and not tonight.tables[name].num_rows:
            merge.keep(name, refs(merge.before, name))
        else:
            merge.keep(name, without(refs(merge.before, name), present))
    return merge.picture()


@dataclass(slots=True)
class _Merge:
    """One merge under way: who is counted, what is kept, what is purged."""

    previous: Picture | None
    tonight: Arrived
    keep_nights: int
    before: dict[str, pa.Table] = field(init=False)
    merged: dict[str, pa.Table] = field(init=False, default_factory=dict)
    absences: list[dict[str, object]] = field(init=False, default_factory=list)
    purges: list[dict[str, object]] = field(init=False, default_factory=list)
    _left: dict[str, pa.Array] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        held = self.previous.tables if self.previous else {}
        police = "nominals" in self.tonight.tables
        self.before = _after_purges(complete(held, police=police), self.tonight)

    @property
    def names(self) -> list[str]:
        return [name for name in self.tonight.tables if name not in DERIVED_TABLES]

    @property
    def _same_night(self) -> bool:
        return self.previous is not None and self.previous.as_of == self.tonight.on

    def gone(self, name: str) -> pa.Array:
        """Who was in a table and is not in it tonight."""
        return without(refs(self.before, name), refs(self.tonight.tables, name))

    def standing(self, name: str, missing: pa.Array) -> pa.Array:
        """Who of the missing stands a further night; the others leave the table."""
        counted = self._counted(name)
        if name in self.tonight.unread:
            for ref, nights in counted.items():
                self._count(name, ref, nights)
            return refs(self.before, name)
        stand, leave = [], []
        for ref in missing.to_pylist():
            nights = max(1, counted.get(ref, 0) + (not self._same_night))
            if nights > self.keep_nights:
                leave.append(ref)
            else:
                stand.append(ref)
                self._count(name, ref, nights)
        self._left[name] = pa.array(leave, pa.string())
        self._purge(name)
        return pa.array(stand, pa.string())

    def left(self, name: str) -> pa.Array:
        """Who has left a table tonight."""
        return self._left.get(name, NOBODY)

    def counted_among(self, name: str, missing: pa.Array) -> pa.Array:
        """Whose absence from a table counts though their own record is there."""
        if name in COMPANION_TABLES:
            return missing
        return (
            within(missing, self._openly_placed()) if name == "placements" else NOBODY
        )

    def _openly_placed(self) -> pa.Array:
        """The children who were placed, and not only away for a while."""
        placements = self.before["placements"]
        lasting = pc.invert(placements.column("temporary"))
        current = pc.and_(pc.is_null(placements.column("end")), lasting)
        return placements.filter(current).column("child_ref").unique()

    def gone_nameless(self) -> pa.Array:
        """The children who had a name and tonight have none."""
        if main_table(self.tonight.tables) != "children":
            return NOBODY
        tonight, before = self.tonight.tables["children"], self.before["children"]
        thin = tonight.filter(pc.invert(named(tonight))).column("child_ref")
        known = before.filter(named(before)).column("child_ref")
        return within(thin.combine_chunks(), known.combine_chunks())

    def fill_in(self, name: str, chosen: pa.Array) -> None:
        """What tonight does not say of the chosen, as it was said before."""
        if not len(chosen):
            return
        key, refs_chosen = RECORD_KEY[name], set(chosen.to_pylist())
        held = {row[key]: row for row in rows_of(self.before, name, chosen).to_pylist()}
        filled = [
            {
                column: held[row[key]][column] if value is None else value
                for column, value in row.items()
            }
            if row[key] in refs_chosen
            else row
            for row in self.merged[name].to_pylist()
        ]
        self.merged[name] = conform(filled, self.merged[name].schema)

    def add(self, name: str, chosen: pa.Array) -> None:
        """The rows held of the chosen, beside tonight's."""
        held = rows_of(self.before, name, chosen)
        if held.num_rows:
            self.merged[name] = distinct(pa.concat_tables([self.merged[name], held]))

    def keep(self, name: str, chosen: pa.Array, never: pa.Array = NOBODY) -> None:
        """Tonight's rows, then those held before of the chosen that tonight lacks.

        Of an unread table everybody's rows are kept but those of ``never``; what other
        files say of it tonight is added.
        """
        said = self.tonight.tables[name]
        if name in self.tonight.unread:
            chosen = without(refs(self.before, name), never)
            held = rows_of(self.before, name, chosen)
            self.merged[name] = distinct(pa.concat_tables([said, held]))
            return
        missing = without(chosen, refs(self.tonight.tables, name))
        held = rows_of(self.before, name, missing)
        self.merged[name] = pa.concat_tables([said, held])

    def picture(self) -> Picture:
        tables = complete(self.merged, police="nominals" in self.tonight.tables)
        tables["absences"] = conform(self.absences, ABSENCES)
        if "purges" in tables:
            given = [self.tonight.tables["purges"], conform(self.purges, PURGES)]
            if self._same_night and self.previous:
                given.append(self._purged_earlier(self.previous))
            tables["purges"] = distinct(pa.concat_tables(given))
        return Picture(tables, self.tonight.on)

    def _purged_earlier(self, previous: Picture) -> pa.Table:
        """What was purged when this night was merged before and has not come back."""
        purges = previous.tables["purges"]
        back = refs(self.merged, "children")
        whole = pc.is_null(purges.column("source_ref"))
        returned = pc.and_(whole, pc.is_in(purges.column("child_ref"), back))
        return purges.filter(pc.invert(returned))

    def _counted(self, name: str) -> dict[str, int]:
        """For how many nights each record had been missing before tonight."""
        table = self.before["absences"]
        rows = table.filter(pc.equal(table.column("table"), name))
        columns = (rows.column("record_ref"), rows.column("nights"))
        return dict(zip(*(column.to_pylist() for column in columns), strict=True))

    def _count(self, name: str, ref: str, nights: int) -> None:
        self.absences.append(
            {
                "authority": self.tonight.authority,
                "table": name,
                "record_ref": ref,
                "nights": nights,
            }
        )

    def _purge(self, name: str) -> None:
        left = self._left[name]
        if name == "children":
            self.purges += [
                {"authority": self.tonight.authority, "child_ref": ref}
                for ref in left.to_pylist()
            ]
        if name == "placements":
            rows = rows_of(self.before, name, left)
            named = rows.filter(pc.is_valid(rows.column("source_ref")))
            self.purges += named.select(
                ["authority", "child_ref", "source_ref"]
            ).to_pylist()


def _after_purges(held: dict[str, pa.Table], tonight: Arrived) -> dict[str, pa.Table]:
    """What is held, less what the supplier told us tonight to delete."""
    purges = tonight.tables.get("purges")
    if purges is None or not purges.num_rows:
        return held
    whole = purges.filter(pc.is_null(purges.column("source_ref")))
    children = whole.column("child_ref").combine_chunks()
    left = {
        name: table
        if name in DERIVED_TABLES | OWN_REFS
        else table.filter(pc.invert(pc.is_in(table.column(RECORD_KEY[name]), children)))
        for name, table in held.items()
    }
    named = set(
        zip(
            purges.column("child_ref").to_pylist(),
            purges.column("source_ref").to_pylist(),
            strict=True,
        )
    )
    placements = left["placements"]
    stays = [
        source is None or (child, source) not in named
        for child, source in zip(
            placements.column("child_ref").to_pylist(),
            placements.column("source_ref").to_pylist(),
            strict=True,
        )
    ]
    return {**left, "placements": placements.filter(pa.array(stays, pa.bool_()))}
