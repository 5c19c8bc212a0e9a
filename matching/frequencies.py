"""A shared rare name says more than a shared common one.

How often a term occurs is counted in the right-hand table: the share of its records in
which any name has the term. Few records say little, so the share is drawn towards the
model's ``u`` as if that many more records (``frequency_strength``) had been seen in
which the term is as frequent as the model says.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.calibration import DIGITS
from matching.comparisons import is_telling, joined
from matching.frames import Ints, flat
from matching.model import Model
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
        return self.model.stretched(math.log2(u / share))

    @property
    def largest_adjustment(self) -> float:
        """No adjustment exceeds this: that of a term that no record has."""
        strength = self.model.frequency_strength
        return max(
            self.model.calibration.slope * math.log2((records + strength) / strength)
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
    asked, found = terms_of(left), terms_of(right)
    counts = {
        kind: terms.among(pc.unique(asked[kind].terms)) for kind, terms in found.items()
    }
    records = {
        kind: int((np.diff(terms.owners, prepend=-1) > 0).sum())
        for kind, terms in found.items()
    }
    return Frequencies(counts, records, model)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one kind that persons have, each distinct text taken apart once."""

    owners: Ints
    """The person of each text, ascending."""
    texts: Ints
    """Which distinct text it is."""
    starts: Ints
    """Where the terms of each distinct text begin; one more at the end."""
    terms: pa.Array

    def by_owner(self) -> tuple[Ints, Ints]:
        """Each person and each place in ``terms``, as often as the person has it."""
        sizes = np.diff(self.starts)[self.texts]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(self.starts[self.texts], sizes) + within
        return np.repeat(self.owners, sizes), places

    def among(self, wanted: pa.Array) -> Counter[str]:
        """How many persons have each of the terms wanted."""
        numbers = pc.fill_null(pc.index_in(self.terms, value_set=wanted), -1)
        numbers = numbers.to_numpy(zero_copy_only=False).astype(np.int64)
        of_text = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        some = np.zeros(len(self.starts) - 1, bool)
        some[of_text[numbers >= 0]] = True
        here = some[self.texts]
        few = replace(self, owners=self.owners[here], texts=self.texts[here])
        owners, places = few.by_owner()
        found = numbers[places]
        owners, found = owners[found >= 0], found[found >= 0]
        size = max(len(wanted), 1)
        new = np.diff(owners, prepend=-1) > 0
        lone = new & np.r_[new[1:], True]
        held = np.bincount(found[lone], minlength=size)
        again = np.unique(owners[~lone] * size + found[~lone]) % size
        held += np.bincount(again, minlength=size)
        return Counter(dict(zip(wanted.to_pylist(), held.tolist(), strict=False)))


def terms_of(persons: pa.Table) -> dict[str, Terms]:
    """The terms of PERSONS, by kind."""
    names, owners = flat(persons, "names")
    forenames, surnames = (
        _distinct(owners, pc.struct_field(names, part))
        for part in ("forename", "surname")
    )
    postcodes, homes = flat(persons, "postcodes")
    return {
        FORENAME_IS: _joined(*forenames),
        FORENAME_WORD: _words(*forenames),
        FORENAME_FORM: _forms(*forenames),
        SURNAME_IS: _joined(*surnames),
        SURNAME_WORD: _words(*surnames),
        POSTCODE_IS: _whole(*_distinct(homes, postcodes)),
    }


def _distinct(owners: Ints, texts: pa.Array) -> tuple[Ints, Ints, pa.Array]:
    some = pc.fill_null(pc.not_equal(texts, ""), fill_value=False)
    coded = texts.filter(some).dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return owners[some.to_numpy(zero_copy_only=False)], codes, coded.dictionary


def _whole(owners: Ints, texts: Ints, distinct: pa.Array) -> Terms:
    return Terms(owners, texts, np.arange(len(distinct) + 1), distinct)


def _joined(owners: Ints, texts: Ints, distinct: pa.Array) -> Terms:
    """As :func:`matching.comparisons.joined`."""
    return _whole(owners, texts, pc.replace_substring(distinct, " ", ""))


def _words(owners: Ints, texts: Ints, distinct: pa.Array) -> Terms:
    lists = pc.utf8_split_whitespace(distinct)
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    return Terms(owners, texts, _starts(counts), lists.flatten())


def _forms(owners: Ints, texts: Ints, distinct: pa.Array) -> Terms:
    """The names that each whole forename is a form of, as texts of their numbers."""
    forms = [sorted(map(str, forms_of(one))) for one in distinct.to_pylist()]
    every = pa.array([form for one in forms for form in one], pa.string())
    return Terms(owners, texts, _starts([len(one) for one in forms]), every)


def _starts(counts: Iterable[int]) -> Ints:
    return np.cumsum(np.r_[0, np.asarray(list(counts), np.int64)])
