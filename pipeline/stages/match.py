"""Each child out of area meets the host force's nominals; perpetrators meet across
borders. Evidence stays with every pair.

A restricted nominal shields a child whichever force holds it (law 6), so every child
meets those of every force, and of a force whose extract can't be used those alone: of
other people a force's records are not compared with children it does not host.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.cases import shielding_refs
from pipeline.kept import Searches, begin, finish, latest, make_ready
from pipeline.reports import StageReport
from pipeline.run import MODELS, Run
from pipeline.tonight import kept, tables_of
from records.authorities import AuthorityKind
from records.schemas import PAIRS, empty

if TYPE_CHECKING:
    from matching.model import Model


def match(run: Run) -> StageReport:
    """``match/children/<force>`` and ``match/perpetrators`` hold the candidates."""
    from matching.model import Model

    with ThreadPoolExecutor(1) as pool:
        ready = pool.submit(make_ready)
        pictures = kept(run)
        placements = run.workspace.read("standardise", "placements")
        children = run.workspace.read("standardise", "child_persons")
        ready.result()
    from matching.fast import link_to

    matching = run.region.matching
    floor = matching.candidate_floor
    children_model = Model.load(MODELS / matching.model)
    people_model = Model.load(MODELS / matching.perpetrator_model)
    pairs: dict[str, pa.Table] = {}
    counts: dict[str, int] = {}
    searches = Searches(latest(run), begin(run), floor)
    for force in run.region.of_kind(AuthorityKind.POLICE):
        nominals = run.workspace.read("standardise", "nominal_persons", force)
        found, others = empty(PAIRS), children
        if pictures[force].usable:
            hosted, others = parted(children, placements, force)
            index = searches.index(f"nominals.{force}", nominals)
            found = searches.link(f"children.{force}", hosted, index, children_model)
            counts[f"children_against_{force}"] = hosted.num_rows
        wanted = shielding_refs(tables_of(run, pictures[force])["nominals"])
        shielding = link_to(others, nominals, wanted, children_model, floor)
        pairs[force] = pa.concat_tables([found, shielding])
        counts[f"candidates_{force}"] = pairs[force].num_rows
    run.workspace.write_tables(pairs, "match", "children")
    people = run.workspace.read("standardise", "perpetrator_persons")
    across = _across(people, people_model, searches)
    run.workspace.write(across, "match", "perpetrators")
    counts["perpetrators"] = people.num_rows
    counts["perpetrator_candidates"] = across.num_rows
    counts |= searches.counts
    finish(searches.made)
    return StageReport("match", counts=counts)


def parted(
    children: pa.Table, placements: pa.Table, force: str
) -> tuple[pa.Table, pa.Table]:
    """The children with a current placement out of area in a force's area, who meet
    all its records, and all others, who meet those that shield."""
    here = placements.filter(
        pc.and_(
            pc.equal(placements.column("host_force"), force),
            pc.and_(placements.column("current"), placements.column("out_of_area")),
        )
    )
    keys = set(
        zip(
            here.column("authority").to_pylist(),
            here.column("child_ref").to_pylist(),
            strict=True,
        )
    )
    hosted = pa.array(
        [
            key in keys
            for key in zip(
                children.column("authority").to_pylist(),
                children.column("record_ref").to_pylist(),
                strict=True,
            )
        ],
        pa.bool_(),
    )
    return children.filter(hosted), children.filter(pc.invert(hosted))


def _across(people: pa.Table, model: "Model", searches: "Searches") -> pa.Table:
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
