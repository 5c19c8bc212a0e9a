"""A night is written down whole or not at all."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, insert, select, update

from notifications.documents import CrossBorderPerson, Obligation, Review
from notifications.facts import PersonGroup
from notifications.outcome import ChildOutcome, PointerOutcome, Versions
from notifications.recordings import Recording
from notifications.reports import RunSummary, SupplierVerdict
from notifications.shields import ShieldMemory
from register.calls import outgoing
from register.engine import take_turns, writing
from register.findings import decide, forget_unused, look, observe, remember_people
from register.history import runs_of, take_back
from register.notices import ask, drop_undecided, notify
from register.obligations import Earlier, earlier_tasks, owe
from register.outbox import enqueue
from register.pictures import PictureRef, save
from register.placements import ResolvedPlacement
from register.runs import Outcome, Run, newest_night, next_ordinal
from register.shields import remember_shields
from register.tables import authority_picture, recording_look, run
from register.withholding import withhold


class NightIsClosedError(Exception):
    """A later night is recorded: what was decided on this date is read-only."""


class RunConflictError(ValueError):
    """A run's id is taken by a run of another region or date."""


@dataclass(frozen=True, slots=True)
class NightRecord:
    """Everything that a night leaves in the register."""

    run_id: str
    region: str
    business_date: dt.date
    outcome: Outcome
    recorded_at: dt.datetime
    pictures: tuple[PictureRef, ...]
    """Tonight's good extracts; an authority without one keeps its last."""
    placements: tuple[ResolvedPlacement, ...]
    """Of every child in any picture, and of every child that was purged."""
    outcomes: tuple[ChildOutcome, ...]
    reviews: tuple[Review, ...]
    """The documents of the outcomes' review requests."""
    people: tuple[PersonGroup, ...] = ()
    """Every group of tonight; a record that is in none is remembered as not present."""
    pointers: PointerOutcome = field(default_factory=PointerOutcome)
    documents: tuple[CrossBorderPerson | RunSummary | SupplierVerdict, ...] = ()
    """What else the portal is to have."""
    versions: Versions | None = None
    """What decided it; ``None`` where nobody will compare nights."""
    baseline: bool = False
    """Whether it takes the stock of the first night."""
    recordings: tuple[Recording, ...] = ()
    """What tonight's extracts show of notices to their authorities."""
    looked: Mapping[str, dt.date] = field(default_factory=dict)
    """By authority whose usable extract was searched: the date of its data."""
    matters: tuple[Obligation, ...] = ()
    """What is owed about neither a placement nor a person; ``placement_ref`` names
    the matter."""
    shields: ShieldMemory = field(default_factory=ShieldMemory)
    """All that is remembered from tonight on; what is not among it is forgotten."""


@dataclass(frozen=True, slots=True)
class NightResult:
    """What recording a night did. Ids and counts only."""

    new: tuple[UUID, ...]
    """Notices that were not there before; held ones too."""
    frozen: tuple[UUID, ...]
    """Notices and reviews that an earlier run decided with other bytes, which stay."""
    dropped: tuple[UUID, ...]
    """Notices and reviews of earlier runs of this date that are no longer decided and
    that nobody can have received."""
    left_standing: tuple[UUID, ...]
    """Notices of earlier runs of this date that are no longer decided, but that were
    delivered or tried. They stand; a later night updates or ends them."""
    held: tuple[UUID, ...]
    """Notices that wait."""
    let_go: tuple[UUID, ...]
    """Notices that waited, of whatever night, and are no longer decided."""
    enqueued: int
    """Documents put in line for delivery."""


def record_night(engine: Engine, night: NightRecord) -> NightResult:
    """Write a night down in one transaction, after any other that is being written.

    The same night again changes nothing. A business date run again replaces what that
    date found; notices made are kept with their first bytes, and what is no longer
    decided is dropped if nobody can have it.

    Raises:
        NightIsClosedError: a later night of the region is recorded.
        NoticeConflictError: one notification id for two different notices.
        RunConflictError: the run's id belongs to another night.
    """
    with writing(engine) as connection:
        take_turns(connection, f"night:{night.region}")
        recorded = _open(connection, night)
        earlier = _take_back(connection, recorded)
        save(connection, night.pictures)
        observe(connection, recorded, night.placements)
        decide(
            connection,
            recorded,
            [found for one in night.outcomes for found in one.decisions],
        )
        remember_people(connection, recorded, night.people)
        remember_shields(connection, recorded, night.shields)
        result = _tell(connection, recorded, night, earlier)
        look(connection, recorded, night.recordings, night.looked)
        forget_unused(connection, recorded)
    return result


def _take_back(connection: Connection, night: Run) -> Earlier:
    """Take out what earlier runs of this date found; the obligations among it."""
    earlier = runs_of(night.region, night.business_date)
    for table in (authority_picture, recording_look):
        connection.execute(delete(table).where(table.c.run_id.in_(earlier)))
    owed = earlier_tasks(connection, night)
    take_back(connection, night.region, night.business_date)
    return owed


def _tell(
    connection: Connection,
    recorded: Run,
    night: NightRecord,
    earlier: Earlier,
) -> NightResult:
    """Freeze what is told and owed, and put it in line for delivery."""
    outcomes = night.outcomes
    notices = [told for one in outcomes for told in one.notices]
    notices += night.pointers.notices
    owed = [task for one in outcomes for task in one.obligations]
    owed += night.pointers.obligations
    others = [outgoing(one, recorded.business_date) for one in night.documents]
    decided = {str(one.notification_id) for one in notices}
    decided |= {str(one.review_id) for one in night.reviews}
    decided |= {str(one.obligation_id) for one in (*owed, *night.matters)}
    decided |= {one.document_id for one in others}
    undecided = drop_undecided(connection, recorded, decided)
    withhold(connection, recorded, {one.child for one in outcomes if one.shielded})
    told = notify(connection, recorded, notices)
    asked = ask(connection, recorded, night.reviews)
    earlier = replace(earlier, unheard=frozenset(undecided.dropped))
    tasks = owe(connection, recorded, owed, night.matters, earlier)
    enqueued = enqueue(
        connection,
        [*told.documents, *tasks, *asked.documents, *others],
        recorded.recorded_at,
        recorded.run_id,
    )
    return NightResult(
        new=told.new,
        frozen=tuple(sorted(told.frozen + asked.frozen)),
        dropped=undecided.dropped,
        left_standing=undecided.left_standing,
        held=told.held,
        let_go=undecided.let_go,
        enqueued=enqueued,
    )


def _open(connection: Connection, night: NightRecord) -> Run:
    newest = newest_night(connection, night.region)
    if newest is not None and night.business_date < newest:
        raise NightIsClosedError(
            f"{night.region}: {night.business_date} is closed, as {newest} is "
            "recorded; run the newest date again, or the next"
        )
    held = connection.execute(
        select(run).where(run.c.run_id == night.run_id)
    ).one_or_none()
    decided: dict[str, Any] = {"outcome": night.outcome, "baseline": night.baseline}
    if night.versions is not None:
        decided |= asdict(night.versions)
    if held is None:
        recorded = Run(
            run_id=night.run_id,
            region=night.region,
            business_date=night.business_date,
            ordinal=next_ordinal(connection, night.region, night.business_date),
            recorded_at=night.recorded_at,
            **decided,
        )
        connection.execute(insert(run).values(asdict(recorded)))
        return recorded
    if (held.region, held.business_date) != (night.region, night.business_date):
        raise RunConflictError(
            f"run {night.run_id} is {held.region}'s of {held.business_date}, not "
            f"{night.region}'s of {night.business_date}"
        )
    connection.execute(update(run).where(run.c.run_id == night.run_id).values(decided))
    return Run(**held._mapping)
