"""Every child's states, notices, tasks and questions, written whole or not at all."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from notifications.decide import decide_child, rows_due
from notifications.facts import (
    Child,
    ChildMemory,
    Judgement,
    Nominal,
    Placement,
    PlacementStatus,
)
from notifications.outcome import ChildOutcome
from notifications.rulebook import Rulebook
from notifications.tables import decisions_table, notifications_table, people_table
from pipeline import cases, clock, tonight
from pipeline.errors import NightClosed
from pipeline.people import People, decide_people
from pipeline.reports import StageReport
from pipeline.reviews import Reviewed, review_documents
from pipeline.run import Run
from pipeline.tonight import Tonight
from records.authorities import AuthorityKind

if TYPE_CHECKING:
    from notifications.documents import Review
    from register.placements import ResolvedPlacement

Tables = Mapping[str, pa.Table]


def decide(run: Run) -> StageReport:
    """``decisions``, ``notifications`` and ``people`` are there and in the register.

    Raises:
        BalanceError: a placement has no state, or two.
        NightClosed: a newer night is recorded; this date can be read and not run.
    """
    tables = run.workspace.read_tables(run.workspace.folder / "standardise")
    pictures = tonight.kept(run)
    rulebook = Rulebook(
        policy=run.region.policy,
        geography=run.geography,
        directory=run.region.directory(),
        thresholds=run.region.matching.thresholds(),
    )
    facts = _night_facts(run, pictures, tables)
    outcomes = _decide_children(run, tables, facts, rulebook)
    people = decide_people(run, outcomes, pictures, rulebook)
    reviews = review_documents(
        Reviewed(run, tables["child_persons"], rulebook), outcomes
    )
    first, undecided = _record(
        run, pictures, tables["placements"], _Decided(outcomes, reviews, people)
    )
    return StageReport(
        "decide",
        counts={
            **_keep(run, outcomes, people),
            "first_made": first,
            "no_longer_decided": undecided,
        },
        problems=people.problems,
        paths={
            name: f"{name}.parquet" for name in ("decisions", "notifications", "people")
        },
    )


# --- the facts of the night --------------------------------------------------------


def _night_facts(
    run: Run, pictures: dict[str, Tonight], tables: Tables
) -> cases.NightFacts:
    from matching.explain import candidates
    from register.engine import reading
    from register.memory import load_judgements, load_memory

    with reading(run.register) as connection:
        memory = load_memory(connection, run.business_date)
        judgements = _by_child(load_judgements(connection))
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


def _decide_children(
    run: Run, tables: Tables, facts: cases.NightFacts, rulebook: Rulebook
) -> tuple[ChildOutcome, ...]:
    from notifications.balance import check_balance

    children = {
        (row["authority"], row["child_ref"]): cases.child_of(row)
        for row in tables["children"].to_pylist()
    }
    outcomes: list[ChildOutcome] = []
    due: list[tuple[str, str]] = []
    for key, placements in _placements_by_child(tables["placements"]).items():
        memory = facts.memory.get(key, ChildMemory())
        if not _concerns_tonight(placements, memory):
            continue
        # A child whose record was withdrawn is known by its reference alone.
        child = children.get(key) or Child(authority=key[0], child_ref=key[1])
        case = cases.case_of(child, placements, facts)
        outcomes.append(decide_child(case, rulebook, run.business_date))
        due.extend(rows_due(case, rulebook, run.business_date))
    check_balance((one for outcome in outcomes for one in outcome.decisions), due)
    return tuple(outcomes)


def _concerns_tonight(placements: list[Placement], memory: ChildMemory) -> bool:
    """Whether anything about the child can be decided: it is placed, or was told of."""
    current = any(one.status is PlacementStatus.CURRENT for one in placements)
    return current or bool(memory.standing or memory.open_obligations)


_PLACEMENT_COLUMNS = (
    "placement_ref", "child_ref", "start", "end", "place_code", "legal_status",
    "postcode", "start_reason", "end_reason", "temporary",
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


# --- writing it down ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Decided:
    outcomes: tuple[ChildOutcome, ...]
    reviews: "tuple[Review, ...]"
    people: People


def _record(
    run: Run, pictures: dict[str, Tonight], placements: pa.Table, decided: _Decided
) -> tuple[int, int]:
    """One transaction.

    Returns:
        How many notices no earlier run of this date had made, and how many that an
        earlier one made are no longer decided.
    """
    from register.nights import NightIsClosedError, NightRecord, record_night
    from register.pictures import PictureRef

    good = tuple(
        PictureRef(
            authority=code,
            business_date=run.business_date,
            path=picture.folder or "",
            as_of=picture.as_of or run.business_date,
            run_id=run.run_id,
        )
        for code, picture in sorted(pictures.items())
        if picture.usable
    )
    try:
        result = record_night(
            run.register,
            NightRecord(
                run_id=run.run_id,
                region=run.region.region,
                business_date=run.business_date,
                outcome="good" if len(good) == len(pictures) else "degraded",
                recorded_at=clock.now(),
                pictures=good,
                placements=tuple(_resolved(placements)),
                outcomes=decided.outcomes,
                reviews=decided.reviews,
                people=decided.people.groups,
                pointers=decided.people.pointers,
                documents=decided.people.documents,
            ),
        )
    except NightIsClosedError as error:
        raise NightClosed(str(error)) from error
    return len(result.new), len(result.dropped) + len(result.left_standing)


def _resolved(table: pa.Table) -> "Iterable[ResolvedPlacement]":
    from register.placements import ResolvedPlacement, SeenPlacement

    for row in table.to_pylist():
        yield ResolvedPlacement(
            placement_ref=row["placement_ref"],
            status=PlacementStatus(row["status"]),
            absent_nights=row["absent_nights"],
            last_seen=SeenPlacement(
                **{name: row[name] for name in SeenPlacement.__slots__}
            ),
            rows=row["rows"],
        )


def _keep(
    run: Run, outcomes: tuple[ChildOutcome, ...], people: People
) -> dict[str, int]:
    decisions = [one for outcome in outcomes for one in outcome.decisions]
    notices = [one for outcome in outcomes for one in outcome.notices]
    notices += people.pointers.notices
    obligations = [one for outcome in outcomes for one in outcome.obligations]
    obligations += people.pointers.obligations
    run.workspace.write(decisions_table(decisions), "decisions")
    run.workspace.write(notifications_table(notices), "notifications")
    shown = people_table(people.groups)
    run.workspace.write(shown, "people")
    states = Counter(f"state_{one.state}" for one in decisions)
    kinds = Counter(f"notice_{one.kind}" for one in notices)
    in_scope = {
        (one.placing_la, one.child_ref)
        for one in decisions
        if one.state != "out_of_scope"
    }
    return {
        "placements": len(decisions),
        "children_in_scope": len(in_scope),
        **dict(sorted(states.items())),
        **dict(sorted(kinds.items())),
        "obligations": sum(one.met_on is None for one in obligations),
        "obligations_met": sum(one.met_on is not None for one in obligations),
        "reviews": sum(len(outcome.reviews) for outcome in outcomes),
        "people": len(set(shown.column("person_id").to_pylist())),
    }
