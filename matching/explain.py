"""The evidence of a pair in words and in plain types."""

from typing import TYPE_CHECKING

from matching.comparisons import (
    COMPARISONS,
    MISSING,
    MISSING_WORDS,
    PRIOR_WORDS,
    Given,
)
from matching.evidence import Candidate, EvidencePart
from matching.guards import GUARDS

if TYPE_CHECKING:
    import pyarrow as pa

    from matching.model import Model


class UnknownEvidence(LookupError):
    """Evidence names a comparison or level that this release does not have."""


def explanation(comparison: str, level: str) -> str:
    """What a part of the evidence says, in a sentence for a reviewer.

    Raises:
        UnknownEvidence: no comparison has such a level; the pair comes from another
            release and has to be matched again.
    """
    if comparison == "prior":
        return PRIOR_WORDS
    if comparison == "guard":
        words = {guard.name: guard.words for guard in GUARDS}
    else:
        words = {rule.name: rule.words for rule in COMPARISONS.get(comparison, ())}
        words |= {MISSING: MISSING_WORDS[comparison]} if words else {}
    if level not in words:
        raise UnknownEvidence(
            f"no comparison {comparison!r} has a level {level!r}: match again with "
            "this release"
        )
    return words[level]


def strongest(model: "Model", part: EvidencePart) -> tuple[str, float] | None:
    """The level, with its weight, that the part would have reached in full agreement.

    Of one identifier type where two differ; of forename and surname by themselves, not
    of all names in another order. ``None`` where the part is that level, is the prior
    or a guard, or where nothing was compared that could be named. A rare name weighs
    more than its level in the mean, so what was reached is never told as weaker.
    """
    rules = COMPARISONS.get(part.comparison)
    if rules is None or (part.comparison == "identifier" and part.level == MISSING):
        return None
    given = {rule.name: rule.given for rule in rules}.get(part.level, Given.ALWAYS)
    if given is Given.ELSEWHERE or part.level == "reordered":
        return None
    weights = {
        one.name: model.stretched(one.weight)
        for one in model.comparison(part.comparison).levels
    }
    best = max(
        (
            (weights[rule.name], rule.name)
            for rule in rules
            if rule.given is given and rule.name != "reordered"
        ),
    )
    if best[1] == part.level or best[0] <= part.weight:
        return None
    return best[1], best[0]


def candidates(pairs: "pa.Table") -> dict[tuple[str, str], tuple[Candidate, ...]]:
    """The candidates of every left record of a PAIRS table, the best first.

    Keys are the authority and the reference of the left record. Candidates of equal
    weight stand in the order of their authority and reference.
    """
    found: dict[tuple[str, str], list[Candidate]] = {}
    for row in pairs.to_pylist():
        candidate = Candidate(
            authority=row["right_authority"],
            record_ref=row["right_ref"],
            weight=row["weight"],
            probability=row["probability"],
            left_hash=row["left_hash"],
            right_hash=row["right_hash"],
            evidence=tuple(EvidencePart(**part) for part in row["evidence"]),
        )
        found.setdefault((row["left_authority"], row["left_ref"]), []).append(candidate)
    return {key: tuple(sorted(found[key], key=_best_first)) for key in sorted(found)}


def _best_first(candidate: Candidate) -> tuple[float, str, str]:
    return (-candidate.weight, candidate.authority, candidate.record_ref)
