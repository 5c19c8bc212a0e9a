"""A question for a reviewer: two records side by side, and why they may be one."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from matching.evidence import Candidate, EvidencePart, Thresholds
from matching.explain import explanation, strongest
from notifications.documents import (
    EvidenceView,
    Lines,
    RecordView,
    Review,
    RivalView,
    StrongestLevel,
)
from notifications.outcome import ChildOutcome, ReviewRequest
from notifications.rulebook import Rulebook
from pipeline.run import MODELS, Run

if TYPE_CHECKING:
    from matching.model import Model

Key = tuple[str, str]


@dataclass(frozen=True)
class Reviewed:
    """Where the records of a question are read from."""

    run: Run
    child_persons: pa.Table
    rulebook: Rulebook
    views: dict[Key, RecordView] = field(default_factory=dict)

    @cached_property
    def model(self) -> "Model":
        """What the pairs were weighed with."""
        from matching.model import Model

        return Model.load(MODELS / self.run.region.matching.model)

    @property
    def lines(self) -> Lines:
        """Where the region's costs put the lines, in bits."""
        return lines_of(self.rulebook.thresholds)


def review_documents(
    source: Reviewed, outcomes: Iterable[ChildOutcome]
) -> tuple[Review, ...]:
    """The documents of every review that tonight asks for, in order of their ids."""
    requests = [one for outcome in outcomes for one in outcome.reviews]
    return documents_of(source, requests)


def documents_of(
    source: Reviewed, requests: Iterable[ReviewRequest]
) -> tuple[Review, ...]:
    """The documents of questions, in order of their ids."""
    asked = list(requests)
    _read(source, asked)
    return tuple(
        sorted(
            (_document(source, one) for one in asked),
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
        evidence=tuple(evidence_of(source.model, part) for part in candidate.evidence),
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
        stake=request.stake,
        lines=source.lines,
    )


def lines_of(thresholds: Thresholds) -> Lines:
    """The lines in bits, as evidence is."""
    return Lines(accept=_bits(thresholds.accept), review=_bits(thresholds.review))


def evidence_of(model: "Model", part: EvidencePart) -> EvidenceView:
    """A part of the evidence in words, and what it could have been at best."""
    best = strongest(model, part)
    return EvidenceView(
        comparison=part.comparison,
        explanation=explanation(part.comparison, part.level),
        left=part.left,
        right=part.right,
        weight=part.weight,
        strongest=None
        if best is None
        else StrongestLevel(
            explanation=explanation(part.comparison, best[0]), weight=best[1]
        ),
    )


def _bits(probability: float) -> float:
    return round(math.log2(probability / (1 - probability)), 6)


def _read(source: Reviewed, requests: Iterable[ReviewRequest]) -> None:
    """The views of every record that the questions show."""
    children: set[str] = set()
    nominals: dict[str, set[str]] = defaultdict(set)
    for one in requests:
        children.add(one.child_ref)
        nominals[one.candidate.authority] |= _nominals_of(one)
    read_records(source, source.child_persons, children)
    for force, refs in nominals.items():
        persons = source.run.workspace.read("standardise", "nominal_persons", force)
        read_records(source, persons, refs)


def _nominals_of(request: ReviewRequest) -> set[str]:
    shown: tuple[Candidate, ...] = (request.candidate, *request.rivals)
    return {one.record_ref for one in shown} | set(request.household)


def read_records(source: Reviewed, persons: pa.Table, refs: set[str]) -> None:
    """The views of these records are among the source's."""
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
