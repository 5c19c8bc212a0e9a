"""Every child's states, notices, tasks and questions, written whole or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from notifications.facts import PlacementStatus
from notifications.shields import ShieldMemory
from notifications.tables import decisions_table, notifications_table, people_table
from pipeline import tonight
from pipeline.children import decide_children, night_facts
from pipeline.errors import NightClosed
from pipeline.holds import HeldBack, hold_back
from pipeline.people import People, decide_people
from pipeline.reconciliation import Reconciled, reconcile_tonight
from pipeline.recordings import Searched, search_extracts
from pipeline.reports import StageReport
from pipeline.reviews import Reviewed, review_documents
from pipeline.run import Run
from pipeline.sentinels import check_sentinels
from pipeline.tonight import Tonight
from pipeline.workbook import workbook_table

if TYPE_CHECKING:
    from notifications.documents import Review
    from register.nights import NightResult
    from register.placements import ResolvedPlacement


def decide(run: Run) -> StageReport:
    """``decisions``, ``notifications`` and ``people`` are there and in the register.

    Raises:
        BalanceError: a placement has no state, or two.
        NightClosed: a newer night is recorded; this date can be read and not run.
    """
    tables = run.workspace.read_tables(run.workspace.folder / "standardise")
    pictures = tonight.kept(run)
    rulebook = run.rulebook()
    facts = night_facts(run, pictures, tables)
    children = decide_children(run, tables, facts, rulebook)
    people = decide_people(run, children.outcomes, pictures, rulebook)
    held = hold_back(run, children.outcomes, people.pointers)
    reconciled = reconcile_tonight(
        run, pictures, tables, facts, held.outcomes, children.shields.shields
    )
    decided = _Decided(
        held=held,
        reviews=review_documents(
            Reviewed(run, tables["child_persons"], rulebook), held.outcomes
        ),
        people=people,
        shields=children.shields,
        reconciled=reconciled,
        searched=search_extracts(run, pictures),
        lost_sentinels=check_sentinels(run.region, held.outcomes, facts.memory),
    )
    result = _record(run, pictures, tables["placements"], decided)
    run.workspace.write(
        workbook_table(children.cases, held.outcomes, rulebook, run.business_date),
        "workbook",
    )
    return StageReport(
        "decide",
        counts={
            **_keep(run, decided),
            **decided.searched.counts,
            **decided.reconciled.counts,
            "first_made": len(result.new),
            "held": len(result.held),
            "sentinels": len(run.region.sentinels),
            "sentinel_faults": len(decided.lost_sentinels),
            "no_longer_decided": len(result.dropped) + len(result.left_standing),
        },
        problems=(
            *decided.lost_sentinels,
            *filter(None, (held.why, held.still)),
            *people.problems,
        ),
        paths={name: f"{name}.parquet" for name in _TABLES},
    )


_TABLES = ("decisions", "notifications", "people", "reconciliation", "workbook")


@dataclass(frozen=True, slots=True)
class _Decided:
    held: HeldBack
    reviews: "tuple[Review, ...]"
    people: People
    shields: ShieldMemory
    reconciled: Reconciled
    searched: Searched
    lost_sentinels: tuple[str, ...]


def _record(
    run: Run, pictures: dict[str, Tonight], placements: pa.Table, decided: _Decided
) -> "NightResult":
    """One transaction."""
    from register.nights import NightIsClosedError, NightRecord, record_night
    from register.pictures import PictureRef

    good = tuple(
        PictureRef(
            authority=code,
            business_date=run.business_date,
            path=picture.folder or "",
            as_of=picture.as_of or run.business_date,
            run_id=run.run_id,
            mode=run.region.authorities[code].source.read_as,
        )
        for code, picture in sorted(pictures.items())
        if picture.usable
    )
    whole = len(good) == len(pictures) and not decided.lost_sentinels
    try:
        return record_night(
            run.register,
            NightRecord(
                run_id=run.run_id,
                region=run.region.region,
                business_date=run.business_date,
                outcome="good" if whole else "degraded",
                recorded_at=run.now,
                pictures=good,
                placements=tuple(_resolved(placements)),
                outcomes=decided.held.outcomes,
                reviews=decided.reviews,
                people=decided.people.groups,
                pointers=decided.held.pointers,
                documents=decided.people.documents,
                versions=run.versions(),
                baseline=decided.held.baseline,
                recordings=decided.searched.recordings,
                looked=decided.searched.looked,
                matters=decided.reconciled.matters,
                shields=decided.shields,
            ),
        )
    except NightIsClosedError as error:
        raise NightClosed(str(error)) from error


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


def _keep(run: Run, decided: _Decided) -> dict[str, int]:
    outcomes, pointers = decided.held.outcomes, decided.held.pointers
    decisions = [one for outcome in outcomes for one in outcome.decisions]
    notices = [one for outcome in outcomes for one in outcome.notices]
    notices += pointers.notices
    obligations = [one for outcome in outcomes for one in outcome.obligations]
    obligations += (*pointers.obligations, *decided.reconciled.matters)
    run.workspace.write(decisions_table(decisions), "decisions")
    made = [
        one for one in notices if one.notification_id not in decided.held.made_before
    ]
    run.workspace.write(notifications_table(made), "notifications")
    shown = people_table(decided.people.groups)
    run.workspace.write(shown, "people")
    run.workspace.write(decided.reconciled.table, "reconciliation")
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
