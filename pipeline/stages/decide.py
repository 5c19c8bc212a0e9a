"""Every child's states, notices, tasks and questions, written whole or not at all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from notifications.facts import PlacementStatus
from notifications.outcome import ChildOutcome
from notifications.tables import decisions_table, notifications_table, people_table
from pipeline import tonight
from pipeline.children import decide_children, night_facts
from pipeline.errors import NightClosed
from pipeline.people import People, decide_people
from pipeline.reports import StageReport
from pipeline.reviews import Reviewed, review_documents
from pipeline.run import Run
from pipeline.tonight import Tonight

if TYPE_CHECKING:
    from notifications.documents import Review
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
    outcomes = decide_children(run, tables, facts, rulebook).outcomes
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
                recorded_at=run.now,
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
