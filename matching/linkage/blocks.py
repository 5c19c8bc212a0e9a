"""What each blocking rule asks for, as far as learning must know."""

from collections.abc import Iterator

import numpy as np

from matching.linkage.description import Comparison, Description, Rule, Term
from matching.linkage.encode import Encoded, slots
from matching.linkage.grouping import number_keys, work_of
from matching.linkage.layout import Work


def asked_for(rule: Rule, order: list[Comparison]) -> tuple[set[int], set[int]]:
    """The comparisons that a rule asks for whole, and those it asks for in part."""
    names = [one.name for one in order]
    whole, partly = set(), set()
    for one, other in zip(rule.left, rule.right, strict=True):
        places = {names.index(one.comparison), names.index(other.comparison)}
        if len(places) == 1 and one == other and not _is_whole(one):
            partly |= places
        else:
            whole |= places
    return whole, partly - whole


def only_comparison(rule: Rule, order: list[Comparison]) -> int | None:
    """The comparison that a rule goes by, where it is one alone and whole."""
    if rule.mirrored and len(rule.left) == 1 and _is_whole(rule.left[0]):
        return [one.name for one in order].index(rule.left[0].comparison)
    return None


def works(
    description: Description, encoded: Encoded
) -> Iterator[tuple[Rule, Work, int]]:
    """Every rule, with the work in which it stands and its place there.

    Households are seen among those of one postcode: where no rule proposes them, one
    is added.
    """
    for place, rule in enumerate(description.blocking):
        yield rule, encoded.work, place
    if not description.household:
        return
    one = next(one for one in description.comparisons if one.kind == "postcode")
    term = (Term(one.name),)
    if any(rule.left == term and rule.mirrored for rule in description.blocking):
        return
    at = slots(description).index(one)
    left, right = (codes.astype(np.int64) for codes in encoded.codes(at))
    ones, others, _ = number_keys(left, right)
    mirrored = np.ones(1, np.int32)
    work = work_of([(ones, others)], mirrored, one_table=encoded.work.one_table)
    yield Rule(one.name, term, term), work, 0


def _is_whole(term: Term) -> bool:
    return term.function is None and term.length is None
