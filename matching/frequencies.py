"""A shared rare name says more than a shared common one.

How often a term occurs is counted in the right-hand table: the share of its records in
which any name has the term. Few records say little, so the share is drawn towards the
model's ``u`` as if that many more records (``frequency_strength``) had been seen in
which the term is as frequent as the model says.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from matching.comparisons import is_telling, joined
from matching.frames import Side
from matching.model import DIGITS, Model
from matching.nicknames import forms_of

FORENAME_IS, FORENAME_FORM, FORENAME_WORD = "forename", "form", "forename word"
SURNAME_IS, SURNAME_WORD = "surname", "surname word"
POSTCODE_IS = "postcode"


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many right-hand records have each term, by kind of term."""

    counts: dict[str, Counter[str]]
    records: dict[str, int]
    """How many records have any term of that kind."""
    model: Model

    def adjustment(self, kind: str, term: str, level: tuple[str, str]) -> float:
        """Bits to add to the weight of a level that was reached on a term.

        ``level`` is the comparison and its level, whose ``u`` gives way to the share.
        """
        u = self.model.u(*level)
        strength = self.model.frequency_strength
        share = (self.counts[kind][term] + strength * u) / (
            self.records[kind] + strength
        )
        return round(math.log2(u / share), DIGITS)

    @property
    def largest_adjustment(self) -> float:
        """No adjustment exceeds this: that of a term that no record has."""
        strength = self.model.frequency_strength
        return max(
            math.log2((records + strength) / strength)
            for records in self.records.values()
        )

    def of_same_forename(self, forename: str) -> float:
        return self.adjustment(FORENAME_IS, joined(forename), ("forename", "exact"))

    def of_known_form(self, left: str, right: str) -> float:
        """The commonest name that both are forms of counts; of several words, none."""
        shared = forms_of(left) & forms_of(right)
        if not shared:
            return 0.0
        return min(
            self.adjustment(FORENAME_FORM, str(form), ("forename", "known_form"))
            for form in shared
        )

    def of_shared_forenames(self, left: str, right: str) -> float:
        """The rarest of the forenames that both records have counts."""
        return max(
            self.adjustment(FORENAME_WORD, word, ("forename", "part"))
            for word in set(left.split()) & set(right.split())
        )

    def of_same_surname(self, surname: str) -> float:
        return self.adjustment(SURNAME_IS, joined(surname), ("surname", "exact"))

    def of_shared_surname(self, left: str, right: str) -> float:
        """The rarest of the telling words that both surnames have counts."""
        return max(
            self.adjustment(SURNAME_WORD, word, ("surname", "part"))
            for word in set(left.split()) & set(right.split())
            if is_telling(word)
        )

    def of_same_postcode(self, postcode: str) -> float:
        """At most so much off that the postcode still beats a near one by a bit."""
        same, near, *_ = self.model.weights("postcode")
        adjustment = self.adjustment(POSTCODE_IS, postcode, ("postcode", "same"))
        return max(adjustment, round(near + 1 - same, DIGITS))


def frequencies_of(right: Side, model: Model) -> Frequencies:
    """The frequencies of all terms of the right side."""
    forenames, surnames = right.names.values["forename"], right.names.values["surname"]
    owners = right.names.person.tolist()
    terms: dict[str, set[tuple[int, str]]] = {
        FORENAME_IS: set(), FORENAME_FORM: set(), FORENAME_WORD: set(),
        SURNAME_IS: set(), SURNAME_WORD: set(),
    }  # fmt: skip
    for owner, forename, surname in zip(owners, forenames, surnames, strict=True):
        if forename:
            terms[FORENAME_IS].add((owner, joined(forename)))
            terms[FORENAME_WORD].update((owner, word) for word in forename.split())
            terms[FORENAME_FORM].update(
                (owner, str(form)) for form in forms_of(forename)
            )
        if surname:
            terms[SURNAME_IS].add((owner, joined(surname)))
            terms[SURNAME_WORD].update((owner, word) for word in surname.split())
    terms[POSTCODE_IS] = set(
        zip(
            right.postcodes.person.tolist(),
            right.postcodes.values["postcode"].tolist(),
            strict=True,
        )
    )
    records = {kind: _owners(found) for kind, found in terms.items()}
    records[FORENAME_FORM] = records[FORENAME_IS]
    return Frequencies(
        counts={
            kind: Counter(term for _, term in found) for kind, found in terms.items()
        },
        records=records,
        model=model,
    )


def _owners(terms: Iterable[tuple[int, str]]) -> int:
    return len({owner for owner, _ in terms})
