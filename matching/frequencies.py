"""A shared rare name says more than a shared common one.

How often a term occurs is counted in the right-hand table: the share of its records in
which any name has the term. Few records say little, so the share is drawn towards the
model's ``u`` as if that many more records (``frequency_strength``) had been seen in
which the term is as frequent as the model says.
"""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.comparisons import is_telling, joined
from matching.frames import Ints, flat
from matching.model import DIGITS, Model
from matching.nicknames import forms_of

FORENAME_IS, FORENAME_FORM, FORENAME_WORD = "forename", "form", "forename word"
SURNAME_IS, SURNAME_WORD = "surname", "surname word"
POSTCODE_IS = "postcode"


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How many right-hand records have each term that a left one has, by kind."""

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


def frequencies_of(left: pa.Table, right: pa.Table, model: Model) -> Frequencies:
    """How many right records have each term that a left one has; both are PERSONS.

    No other term can be shared, so that no other is counted.
    """
    asked, found = terms_by_owner(left), terms_by_owner(right)
    counts: dict[str, Counter[str]] = {}
    records: dict[str, int] = {}
    for kind, (owners, terms) in found.items():
        wanted = pc.unique(asked[kind][1])
        places = pc.index_in(terms, value_set=wanted)
        some = pc.is_valid(places).to_numpy(zero_copy_only=False)
        numbers = places.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
        once = np.unique(owners[some] * max(len(wanted), 1) + numbers)
        held = np.bincount(once % max(len(wanted), 1), minlength=len(wanted))
        counts[kind] = Counter(
            dict(zip(wanted.to_pylist(), held.tolist(), strict=True))
        )
        records[kind] = len(np.unique(owners))
    records[FORENAME_FORM] = records[FORENAME_IS]
    return Frequencies(counts, records, model)


def terms_by_owner(persons: pa.Table) -> dict[str, tuple[Ints, pa.Array]]:
    """By kind: the person and the term of each, as often as a person has it."""
    names, owners = flat(persons, "names")
    forenames, surnames = (
        _stated(owners, pc.struct_field(names, part))
        for part in ("forename", "surname")
    )
    postcodes, homes = flat(persons, "postcodes")
    return {
        FORENAME_IS: _joined(*forenames),
        FORENAME_WORD: _words(*forenames),
        FORENAME_FORM: _forms(*forenames),
        SURNAME_IS: _joined(*surnames),
        SURNAME_WORD: _words(*surnames),
        POSTCODE_IS: (homes, postcodes),
    }


def _stated(owners: Ints, texts: pa.Array) -> tuple[Ints, pa.Array]:
    some = pc.fill_null(pc.not_equal(texts, ""), fill_value=False)
    return owners[some.to_numpy(zero_copy_only=False)], texts.filter(some)


def _joined(owners: Ints, names: pa.Array) -> tuple[Ints, pa.Array]:
    """As :func:`matching.comparisons.joined`."""
    return owners, pc.replace_substring(names, " ", "")


def _words(owners: Ints, names: pa.Array) -> tuple[Ints, pa.Array]:
    lists = pc.utf8_split_whitespace(names)
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    return np.repeat(owners, counts.astype(np.int64)), lists.flatten()


def _forms(owners: Ints, names: pa.Array) -> tuple[Ints, pa.Array]:
    """The names that each whole forename is a form of, as texts of their numbers."""
    coded = names.dictionary_encode()
    forms = [sorted(map(str, forms_of(one))) for one in coded.dictionary.to_pylist()]
    counts = np.array([len(one) for one in forms], np.int64)
    starts = np.cumsum(counts) - counts
    every = np.array([form for one in forms for form in one], object)
    place = coded.indices.to_numpy(zero_copy_only=False)
    sizes = counts[place] if forms else np.zeros(0, np.int64)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    taken = np.repeat(starts[place], sizes) + within if forms else within
    return np.repeat(owners, sizes), pa.array(every[taken], pa.string())
