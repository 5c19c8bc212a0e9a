"""What is known of every child tonight, and what the rules say of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from notifications.decide import decide_child, rows_due
from notifications.facts import (
    Child,
    ChildCase,
    ChildMemory,
    Judgement,
    Nominal,
    Placement,
    PlacementStatus,
)
from notifications.faults import ends_before_start
from notifications.outcome import ChildOutcome
from notifications.rulebook import Rulebook
from notifications.shields import ShieldMemory
from pipeline import cases, tonight
from pipeline.run import Run
from pipeline.shields import shields_tonight
from pipeline.tonight import Tonight
from records.authorities import AuthorityKind

Tables = Mapping[str, pa.Table]


def night_facts(
    run: Run, pictures: dict[str, Tonight], tables: Tables
) -> cases.NightFacts:
    """What every case of the night draws on: evidence, police records, memory."""
    from matching.explain import candidates
    from register.engine import reading
    from register.memory import load_judgements, load_memory

    with reading(run.register) as connection:
        memory = load_memory(connection, run.business_date)
        judgements = _by_child(load_judgements(connection, run.business_date))
    found: dict[str, Any] = {}
    nominals: dict[cases.NominalKey, Nominal] = {}
    golden: dict[cases.NominalKey, tuple[cases.NominalKey, ...]] = {}
    hashes = _hashes(tables["child_persons"])
    judged = {
        (one.right_authority, one.right_ref)
        for several in judgements.values()
        for one in several
    }
    for force in run.region.of_kind(AuthorityKind.POLICE):
        found[force] = candidates(run.workspace.read("match", "children", force))
        refs = {one.record_ref for several in found[force].values() for one in several}
        refs |= {ref for authority, ref in judged if authority == force}
        some, families = cases.nominals_of(
            tonight.tables_of(run, pictures[force]), refs
        )
        hashes |= _hashes(
            run.workspace.read("standardise", "nominal_persons", force),
            {ref for authority, ref in judged if authority == force},
        )
        nominals |= some
        golden |= families
    return cases.NightFacts(
        about=cases.about_children(tables),
        as_of={
            code: picture.as_of or run.business_date
            for code, picture in pictures.items()
        },
        candidates=found,
        nominals=nominals,
        golden=golden,
        extracts=tonight.host_extracts(pictures, run),
        hashes=hashes,
        judgements=judgements,
        memory=memory,
    )


def _hashes(
    persons: pa.Table, only: Collection[str] | None = None
) -> dict[tuple[str, str], str]:
    """What each record says, as a hash, by authority and ref."""
    if only is not None:
        wanted = pa.array(sorted(only), pa.string())
        persons = persons.filter(pc.is_in(persons.column("record_ref"), wanted))
    columns = persons.select(["authority", "record_ref", "content_hash"])
    return {
        (row["authority"], row["record_ref"]): row["content_hash"]
        for row in columns.to_pylist()
    }


def _by_child(
    judgements: Iterable[Judgement],
) -> dict[cases.ChildKey, tuple[Judgement, ...]]:
    by_child: dict[cases.ChildKey, list[Judgement]] = defaultdict(list)
    for one in judgements:
        by_child[one.left_authority, one.left_ref].append(one)
    return {key: tuple(several) for key, several in by_child.items()}


# --- deciding ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DecidedChildren:
    """Every child of the night that anything was to be decided about."""

    cases: tuple[ChildCase, ...]
    outcomes: tuple[ChildOutcome, ...]
    """One for each case."""
    shields: ShieldMemory
    """What the night leaves of shields to those after it."""


def decide_children(
    run: Run, tables: Tables, facts: cases.NightFacts, rulebook: Rulebook
) -> DecidedChildren:
    """What the rules say of every child, each placement with exactly one state.

    Raises:
        BalanceError: a placement has no state, or two.
    """
    from notifications.balance import check_balance

    children = {
        (row["authority"], row["child_ref"]): cases.child_of(row)
        for row in tables["children"].to_pylist()
    }
    decided: list[ChildCase] = []
    outcomes: list[ChildOutcome] = []
    due: list[tuple[str, str]] = []
    shields = shields_tonight(run, tables, children)
    for key, placements in _placements_by_child(tables["placements"]).items():
        memory = facts.memory.get(key, ChildMemory())
        if not _concerns_tonight(placements, memory):
            continue
        # A child whose record was withdrawn is known by its reference alone.
        child = children.get(key) or Child(authority=key[0], child_ref=key[1])
        case = replace(
            cases.case_of(child, placements, facts),
            twins_of_shielded=shields.seconds.get(key, ()),
        )
        decided.append(case)
        outcomes.append(decide_child(case, rulebook, run.business_date))
        due.extend(rows_due(case, rulebook, run.business_date))
    check_balance((one for outcome in outcomes for one in outcome.decisions), due)
    return DecidedChildren(tuple(decided), tuple(outcomes), shields)


def _concerns_tonight(placements: list[Placement], memory: ChildMemory) -> bool:
    """Whether anything about the child can be decided: it is placed, or was told of."""
    current = any(
        one.status is PlacementStatus.CURRENT or ends_before_start(one)
        for one in placements
    )
    return current or bool(memory.standing or memory.open_obligations)


_PLACEMENT_COLUMNS = (
    "placement_ref", "child_ref", "start", "end", "place_code", "legal_status",
    "postcode", "start_reason", "end_reason", "temporary", "contradiction",
)  # fmt: skip


def _placements_by_child(
    table: pa.Table,
) -> dict[cases.ChildKey, list[Placement]]:
    by_child: dict[cases.ChildKey, list[Placement]] = defaultdict(list)
    for row in table.to_pylist():
        by_child[row["authority"], row["child_ref"]].append(
            Placement(
                **{name: row[name] for name in _PLACEMENT_COLUMNS},
                status=PlacementStatus(row["status"]),
            )
        )
    return dict(sorted(by_child.items()))
