"""Why a pair is not decided by its score, and what would change that.

From the evidence alone: each comparison's weight, and the strongest agreement that it
could have reached. No model is needed here, so it holds for whatever weighed the pair.
"""

from dataclasses import dataclass

from notifications.documents import EvidenceView, Review, StrongestLevel
from portal import words
from portal.waterfall import signed


@dataclass(frozen=True, slots=True)
class Change:
    """What one comparison would make of the pair, had it agreed as far as it can."""

    comparison: str
    explanation: str
    now: float
    then: float
    total: float
    """The pair's weight with it, and without what a guard takes off."""
    reaches: bool
    """Whether the pair would pass the line and be accepted."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """How far the pair is from the lines, and what would carry it over."""

    sentence: str
    changes: tuple[Change, ...]
    """What would lift it most comes first."""
    guard: str
    """The guard that keeps the pair down; empty when there is none. It may not hold any
    more when a comparison that it looks at were another."""
    unguarded: float
    """The pair's weight without what the guard takes off."""


def why_not(document: Review) -> WhyNot | None:
    """``None`` of a pair whose region does not say where its lines are."""
    lines = document.lines
    if lines is None:
        return None
    guard = next(
        (part for part in document.evidence if part.comparison == "guard"), None
    )
    unguarded = document.weight - (guard.weight if guard else 0.0)
    changes = [
        _change(part, part.strongest, unguarded, None if guard else lines.accept)
        for part in document.evidence
        if part.strongest is not None
    ]
    return WhyNot(
        sentence=_sentence(document.weight, lines.accept, lines.review),
        changes=tuple(sorted(changes, key=lambda one: (one.now - one.then, one.total))),
        guard="" if guard is None else guard.explanation,
        unguarded=unguarded,
    )


def _change(
    part: EvidenceView, best: StrongestLevel, weight: float, accept: float | None
) -> Change:
    total = weight - part.weight + best.weight
    return Change(
        comparison=words.comparison(part.comparison),
        explanation=best.explanation,
        now=part.weight,
        then=best.weight,
        total=total,
        reaches=accept is not None and total >= accept,
    )


def _sentence(weight: float, accept: float, review: float) -> str:
    if weight >= accept:
        return (
            f"The pair reaches {signed(weight)}, above the line of {signed(accept)} "
            "from which a pair is accepted without asking."
        )
    under = f"{signed(accept - weight)[1:]} short of the line of {signed(accept)}"
    if weight >= review:
        return (
            f"The pair reaches {signed(weight)}: {under} from which a pair is accepted "
            f"without asking, and above {signed(review)}, from which a person is asked."
        )
    return (
        f"The pair reaches {signed(weight)}: {under} from which a pair is accepted, "
        f"and under {signed(review)}, from which a night asks a person."
    )


def margin(document: Review) -> str:
    """How far the nearest rival is behind, or ahead, in words."""
    if not document.rivals:
        return ""
    best = max(document.rivals, key=lambda rival: rival.weight)
    gap = round(document.weight - best.weight, 1)
    ref = best.record.record_ref
    if gap > 0:
        return f"The nearest rival, {ref}, is {gap:.1f} behind this record."
    if gap < 0:
        return f"{ref} is {-gap:.1f} ahead of this record: look at it first."
    return f"{ref} weighs as much as this record: the score can't tell them apart."
