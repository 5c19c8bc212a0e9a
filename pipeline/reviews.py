"""A question for a reviewer: two records side by side, and why they may be one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from matching.evidence import Candidate
from matching.explain import explanation
from notifications.documents import EvidenceView, RecordView, Review, RivalView
from notifications.outcome import ChildOutcome, ReviewRequest
from notifications.rulebook import Rulebook
from pipeline.run import Run

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Where the records of a question are read from."""

    run: Run
    child_persons: pa.Table
    rulebook: Rulebook
    views: dict[Key, RecordView] = field(default_factory=dict)


def review_documents(
    source: Reviewed, outcomes: Iterable[ChildOutcome]
) -> tuple[Review, ...]:
    """The documents of every review that tonight asks for, in order of their ids."""
    requests = [one for outcome in outcomes for one in outcome.reviews]
    _read(source, requests)
    return tuple(
        sorted(
            (_document(source, one) for one in requests),
            key=lambda review: str(review.review_id),
        )
    )


def _document(source: Reviewed, request: ReviewRequest) -> Review:
    candidate = request.candidate
    force = candidate.authority
    return Review(
        review_id=request.review_id,
        left=source.views[request.placing_la, request.child_ref],
        right=source.views[force, candidate.record_ref],
        weight=candidate.weight,
        probability=candidate.probability,
        evidence=tuple(
            EvidenceView(
                comparison=part.comparison,
                explanation=explanation(part.comparison, part.level),
                left=part.left,
                right=part.right,
                weight=part.weight,
            )
            for part in candidate.evidence
        ),
        rivals=tuple(
            RivalView(
                record=source.views[force, rival.record_ref],
                weight=rival.weight,
                probability=rival.probability,
            )
            for rival in request.rivals
        ),
        household=tuple(source.views[force, ref] for ref in request.household),
        hangs_on_it=request.hangs_on_it,
        deadline=request.deadline,
        priority=request.priority,
        created_on=request.created_on,
    )


def _read(source: Reviewed, requests: Iterable[ReviewRequest]) -> None:
    """The views of every record that the questions show."""
    children: set[str] = set()
    nominals: dict[str, set[str]] = defaultdict(set)
    for one in requests:
        children.add(one.child_ref)
        nominals[one.candidate.authority] |= _nominals_of(one)
    _add(source, source.child_persons, children)
    for force, refs in nominals.items():
        persons = source.run.workspace.read("standardise", "nominal_persons", force)
        _add(source, persons, refs)


def _nominals_of(request: ReviewRequest) -> set[str]:
    shown: tuple[Candidate, ...] = (request.candidate, *request.rivals)
    return {one.record_ref for one in shown} | set(request.household)


def _add(source: Reviewed, persons: pa.Table, refs: set[str]) -> None:
    wanted = pa.array(sorted(refs), pa.string())
    chosen = persons.filter(pc.is_in(persons.column("record_ref"), value_set=wanted))
    for row in chosen.to_pylist():
        source.views[row["authority"], row["record_ref"]] = RecordView(
            authority=row["authority"],
            authority_name=source.rulebook.name(row["authority"]),
            record_ref=row["record_ref"],
            names=tuple(
                " ".join(filter(None, (name["forename"], name["surname"])))
                for name in row["names"]
            ),
            dobs=tuple(row["dobs"]),
            sex=row["sex"],
            postcodes=tuple(row["postcodes"]),
            identifiers=tuple(
                f"{one['type']} {one['value']}" for one in row["identifiers"]
            ),
            content_hash=row["content_hash"],
        )
