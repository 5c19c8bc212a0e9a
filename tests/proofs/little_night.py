"""The little region's *decide*: as the pipeline's, from facts instead of tables."""

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING

from little_facts import ChildFacts, ChildKey, NominalFacts, PoliceView, Tonight
from little_places import LOCAL_AUTHORITIES

from matching.evidence import Candidate
from notifications.balance import check_balance
from notifications.decide import decide_child, rows_due
from notifications.documents import RecordView, Review
from notifications.facts import (
    Child,
    ChildCase,
    ChildMemory,
    HostExtract,
    Judgement,
    Placement,
    Protection,
    Risk,
)
from notifications.outcome import ChildOutcome, PointerOutcome, ReviewRequest
from notifications.recordings import Recording, find_recordings
from pipeline.children import _concerns_tonight
from pipeline.holds import hold_back
from register.engine import reading
from register.memory import load_judgements, load_memory
from register.nights import NightRecord, NightResult, record_night
from register.placements import (
    ChildPicture,
    ResolvedPlacement,
    SeenPlacement,
    load_known,
    resolve,
)
from register.recordings import outstanding

if TYPE_CHECKING:
    from little_region import LittleRegion

FEED_KIND = "ssd-csv"
LONG_AGO = dt.date(2020, 1, 1)
_STORED = (
    "start", "end", "place_code", "legal_status", "postcode", "start_reason",
    "end_reason", "temporary",
)  # fmt: skip

Decided = tuple[tuple[ResolvedPlacement, ...], tuple[ChildOutcome, ...]]


def decide(region: "LittleRegion", ordinal: int) -> NightResult:
    """Everything that the night decides, written down."""
    night, run = region.tonight, region.run(ordinal)
    assert night is not None
    resolved, outcomes = decisions(region)
    held = hold_back(run, outcomes, PointerOutcome())
    recordings, looked = _searched(region, night)
    return record_night(
        region.engine,
        NightRecord(
            run_id=run.run_id,
            region=region.config.region,
            business_date=night.date,
            outcome="good",
            recorded_at=region.now,
            pictures=(),
            placements=resolved,
            outcomes=held.outcomes,
            reviews=_reviews(night, held.outcomes),
            pointers=held.pointers,
            versions=region.versions,
            baseline=night.baseline,
            recordings=recordings,
            looked=looked,
        ),
    )


def decisions(region: "LittleRegion") -> Decided:
    """What the rules say of every child, from the register's memory; no writing."""
    night = region.tonight
    assert night is not None
    with reading(region.engine) as connection:
        memory = load_memory(connection, night.date)
        judgements = load_judgements(connection, night.date)
        known = {la: load_known(connection, la, night.date) for la in LOCAL_AUTHORITIES}
    resolved: list[ResolvedPlacement] = []
    outcomes: list[ChildOutcome] = []
    due: list[tuple[str, str]] = []
    for la, picture in sorted(night.las.items()):
        for ref in sorted(known[la].keys() | picture.children.keys()):
            facts = picture.children.get(ref)
            found = resolve(
                known[la].get(ref, ()), _seen(facts), _child_picture(night, (la, ref))
            )
            resolved += found
            held = memory.get((la, ref), ChildMemory())
            placements = [_placement(one, facts) for one in found]
            if not _concerns_tonight(placements, held):
                continue
            case = _case(night, (la, ref), facts, placements, (judgements, held))
            outcomes.append(decide_child(case, region.rules, night.date))
            due += rows_due(case, region.rules, night.date)
    check_balance((one for made in outcomes for one in made.decisions), due)
    return tuple(resolved), tuple(outcomes)


def _searched(
    region: "LittleRegion", night: Tonight
) -> tuple[tuple[Recording, ...], dict[str, dt.date]]:
    """Which tokens and references the usable police extracts bear."""
    found: list[Recording] = []
    looked: dict[str, dt.date] = {}
    for force, view in sorted(night.forces.items()):
        if not view.usable or view.as_of is None:
            continue
        looked[force] = view.as_of
        written = {text for one in view.nominals for text in one.written}
        with reading(region.engine) as connection:
            wanted = outstanding(connection, force, night.date)
        found += find_recordings(wanted, {"external_refs": sorted(written)})
    return tuple(found), looked


# --- from facts to a case ------------------------------------------------------------


def _child_picture(night: Tonight, child: ChildKey) -> ChildPicture:
    picture = night.las[child[0]]
    return ChildPicture(
        business_date=night.date,
        source_kind=FEED_KIND,
        good=picture.good,
        keep_absent_nights=1,
        purged=picture.purged.get(child[1], frozenset()),
    )


def _seen(facts: ChildFacts | None) -> list[SeenPlacement]:
    return [
        SeenPlacement(
            authority=facts.la,
            child_ref=facts.ref,
            source_kind=FEED_KIND,
            source_ref=stay.ref,
            start=stay.start,
            end=stay.end,
            postcode=stay.postcode,
            place_code=stay.place_code,
            legal_status=stay.legal_status,
            start_reason=stay.start_reason,
            end_reason=stay.end_reason,
        )
        for stay in (facts.stays if facts else ())
    ]


def _case(
    night: Tonight,
    key: ChildKey,
    facts: ChildFacts | None,
    placements: list[Placement],
    remembered: tuple[tuple[Judgement, ...], ChildMemory],
) -> ChildCase:
    judgements, memory = remembered
    nominals = _nominals(night, key)
    candidates: dict[str, tuple[Candidate, ...]] = {}
    if facts is not None:
        for one in nominals:
            known = candidates.get(one.force, ())
            candidates[one.force] = (*known, one.candidate(facts))
    return ChildCase(
        child=_child(key, facts),
        placements=tuple(placements),
        protections=(Protection(),) if facts and facts.protected else (),
        risks=(Risk("cse_victim", True, None, "child's record"),)
        if facts and facts.at_risk
        else (),
        missing=(),
        data_as_of=night.las[key[0]].as_of,
        candidates=candidates,
        nominals={(one.force, one.ref): one.nominal(LONG_AGO) for one in nominals},
        extracts={force: _extract(force, view) for force, view in night.forces.items()},
        judgements=tuple(
            one for one in judgements if (one.left_authority, one.left_ref) == key
        ),
        child_hash=facts.hash if facts else "",
        memory=memory,
    )


def _nominals(night: Tonight, key: ChildKey) -> list[NominalFacts]:
    return [
        one
        for view in night.forces.values()
        for one in view.nominals
        if one.child == key
    ]


def _child(key: ChildKey, facts: ChildFacts | None) -> Child:
    if facts is None:
        return Child(*key)
    return Child(
        *key, forename=facts.forename, surname=facts.surname, dob=facts.dob, sex="F"
    )


def _placement(one: ResolvedPlacement, facts: ChildFacts | None) -> Placement:
    told = one.last_seen
    stays = facts.stays if facts else ()
    planned = {stay.ref: stay.planned for stay in stays}.get(told.source_ref)
    return Placement(
        planned=planned,
        placement_ref=one.placement_ref,
        child_ref=told.child_ref,
        status=one.status,
        **{name: getattr(told, name) for name in _STORED},
    )


def _extract(force: str, view: PoliceView) -> HostExtract:
    reason = "" if view.usable else "the extract is missing"
    return HostExtract(force, view.usable, reason, view.as_of)


# --- questions -----------------------------------------------------------------------


def _reviews(night: Tonight, outcomes: tuple[ChildOutcome, ...]) -> tuple[Review, ...]:
    return tuple(_review(one) for outcome in outcomes for one in outcome.reviews)


def _review(request: ReviewRequest) -> Review:
    pair = request.candidate
    child = SimpleNamespace(authority=request.placing_la, record_ref=request.child_ref)
    return Review(
        review_id=request.review_id,
        left=_view(child, pair.left_hash),
        right=_view(pair, pair.right_hash),
        weight=pair.weight,
        probability=pair.probability,
        evidence=(),
        rivals=(),
        household=(),
        hangs_on_it=request.hangs_on_it,
        deadline=request.deadline,
        priority=request.priority,
        created_on=request.created_on,
    )


def _view(record, content_hash: str) -> RecordView:
    return RecordView(
        authority=record.authority, authority_name="", record_ref=record.record_ref,
        names=(), dobs=(), sex=None, postcodes=(), identifiers=(),
        content_hash=content_hash,
    )  # fmt: skip
