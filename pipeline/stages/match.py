"""Each child out of area meets the host force's nominals; perpetrators meet across
borders. Evidence stays with every pair."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.kept import Shelf, begin, finish, latest
from pipeline.reports import StageReport
from pipeline.run import MODELS, Run
from pipeline.tonight import Tonight, kept, tables_of
from records.authorities import AuthorityKind
from records.schemas import PAIRS, empty

if TYPE_CHECKING:
    from matching.model import Model
    from matching.onward import Index, Indexed

    _Right = tuple[Indexed, Index | None]
    """One authority's records, and their index of the night before."""


def match(run: Run) -> StageReport:
    """``match/children/<force>`` and ``match/perpetrators`` hold the candidates."""
    from matching.model import Model
    from register.engine import reading
    from register.memory import shielded_by_a_nominal

    pictures = kept(run)
    matching = run.region.matching
    children_model = Model.load(MODELS / matching.model)
    people_model = Model.load(MODELS / matching.perpetrator_model)
    placements = run.workspace.read("standardise", "placements")
    children = run.workspace.read("standardise", "child_persons")
    with reading(run.register) as connection:
        shielded = shielded_by_a_nominal(connection, run.business_date)
    pairs: dict[str, pa.Table] = {}
    counts: dict[str, int] = {}
    searches = _Searches(latest(run), begin(run), matching.candidate_floor)
    for force in run.region.of_kind(AuthorityKind.POLICE):
        hosted = _hosted(children, placements, force, shielded.get(force, set()))
        nominals = run.workspace.read("standardise", "nominal_persons", force)
        index = searches.index(f"nominals.{force}", nominals)
        found = searches.link(f"children.{force}", hosted, index, children_model)
        pairs[force] = (
            found if pictures[force].usable else _to_shield(run, pictures[force], found)
        )
        counts[f"children_against_{force}"] = hosted.num_rows
        counts[f"candidates_{force}"] = pairs[force].num_rows
    run.workspace.write_tables(pairs, "match", "children")
    people = run.workspace.read("standardise", "perpetrator_persons")
    across = _across(people, people_model, searches)
    run.workspace.write(across, "match", "perpetrators")
    counts["perpetrators"] = people.num_rows
    counts["perpetrator_candidates"] = across.num_rows
    counts |= searches.counts
    finish(searches.shelf)
    return StageReport("match", counts=counts)


def _to_shield(run: Run, picture: Tonight, pairs: pa.Table) -> pa.Table:
    """The pairs with a restricted nominal, of a force whose data may only shield."""
    nominals = tables_of(run, picture)["nominals"]
    restricted = nominals.filter(nominals.column("restricted")).column("nominal_ref")
    return pairs.filter(
        pc.is_in(pairs.column("right_ref"), value_set=restricted.combine_chunks())
    )


def _hosted(
    children: pa.Table, placements: pa.Table, force: str, shielded: set[tuple[str, str]]
) -> pa.Table:
    """The children with a current placement out of area in a force's area, and those
    whom a record of the force shielded when they were last decided: one that has left
    since is shielded for as long as that record is."""
    here = placements.filter(
        pc.and_(
            pc.equal(placements.column("host_force"), force),
            pc.and_(placements.column("current"), placements.column("out_of_area")),
        )
    )
    keys = shielded | set(
        zip(
            here.column("authority").to_pylist(),
            here.column("child_ref").to_pylist(),
            strict=True,
        )
    )
    mask = [
        key in keys
        for key in zip(
            children.column("authority").to_pylist(),
            children.column("record_ref").to_pylist(),
            strict=True,
        )
    ]
    return children.filter(pa.array(mask, pa.bool_()))


def _across(people: pa.Table, model: "Model", searches: "_Searches") -> pa.Table:
    """Each authority's perpetrators against every other's; never one's own."""
    by_authority = {
        code: people.filter(pc.equal(people.column("authority"), code))
        for code in sorted(set(people.column("authority").to_pylist()))
    }
    indexed = {
        code: searches.index(f"people.{code}", records)
        for code, records in list(by_authority.items())[1:]
    }
    found = [
        searches.link(f"people.{one}.{other}", by_authority[one], indexed[other], model)
        for one, other in combinations(by_authority, 2)
    ]
    return pa.concat_tables([empty(PAIRS), *found])


@dataclass(frozen=True, slots=True)
class _Searches:
    """The searches of a night, each from what the night before left of it."""

    before: Shelf | None
    shelf: Shelf
    floor: float
    counts: dict[str, int] = field(
        default_factory=lambda: {"searched_for_anew": 0, "records_new_or_changed": 0}
    )

    def index(self, name: str, records: pa.Table) -> "_Right":
        from matching.onward import indexed

        before = self.before.index(name) if self.before else None
        now = indexed(records, before)
        self.shelf.put_index(name, now.index)
        self.counts["records_new_or_changed"] += int((now.was < 0).sum())
        return now, before

    def link(
        self, name: str, left: pa.Table, right: "_Right", model: "Model"
    ) -> pa.Table:
        from matching.onward import Night, link_onward

        now, index = right
        carried = None
        if self.before is not None and index is not None:
            carried = self.before.search(name, model, self.floor)
        before = (index, carried) if index is not None and carried else None
        found = link_onward(left, Night(now, before), model, self.floor)
        self.shelf.put_search(name, found.carried, self.floor)
        self.counts["searched_for_anew"] += found.searched_for
        return found.pairs
