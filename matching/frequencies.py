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
from matching.frames import NONE, Ints, flat
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
    return frequencies_among(left, terms_of(right), model)


def frequencies_among(
    left: pa.Table, found: dict[str, "Terms"], model: Model
) -> Frequencies:
    """The same from the terms of the right records."""
    asked = terms_of(left)
    counts = {
        kind: terms.among(pc.unique(asked[kind].terms)) for kind, terms in found.items()
    }
    records = {kind: terms.texts.persons for kind, terms in found.items()}
    return Frequencies(counts, records, model)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one kind that persons have."""

    owners: Ints
    """The person of each text, ascending."""
    codes: Ints
    """Which distinct text it is."""
    distinct: pa.Array
    persons: int
    """How many have any text."""
    lone: Ints
    """Of each distinct text, how many persons have it alone."""
    others: tuple[Ints, Ints]
    """Owners and codes of the persons who have several texts."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of texts, each distinct text taken apart once."""

    texts: Texts
    starts: Ints
    """Where the terms of each distinct text begin; one more at the end."""
    terms: pa.Array

    def by_owner(self, owners: Ints, codes: Ints) -> tuple[Ints, Ints]:
        """Each person and each place in ``terms``, as often as the person has it."""
        sizes = np.diff(self.starts)[codes]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(self.starts[codes], sizes) + within
        return np.repeat(owners, sizes), places

    def among(self, wanted: pa.Array) -> Counter[str]:
        """How many persons have each of the terms wanted."""
        numbers = pc.fill_null(pc.index_in(self.terms, value_set=wanted), NONE)
        numbers = numbers.to_numpy(zero_copy_only=False).astype(np.int64)
        size = max(len(wanted), 1)
        of_text = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        codes, found = _once(of_text, numbers, size)
        held = np.bincount(found, self.texts.lone[codes], size).astype(np.int64)
        owners, places = self.by_owner(*self.texts.others)
        held += np.bincount(_once(owners, numbers[places], size)[1], minlength=size)
        return Counter(dict(zip(wanted.to_pylist(), held.tolist(), strict=False)))


def _once(owners: Ints, numbers: Ints, size: int) -> tuple[Ints, Ints]:
    """Each number below ``size`` that an owner has, and the owner, once."""
    here = numbers != NONE
    once = np.unique(owners[here] * size + numbers[here])
    return once // size, once % size


def terms_of(persons: pa.Table) -> dict[str, Terms]:
    """The terms of PERSONS, by kind."""
    names, owners = flat(persons, "names")
    forenames, surnames = (
        _texts(owners, pc.struct_field(names, part)) for part in ("forename", "surname")
    )
    postcodes, homes = flat(persons, "postcodes")
    return {
        FORENAME_IS: _joined(forenames),
        FORENAME_WORD: _words(forenames),
        FORENAME_FORM: _forms(forenames),
        SURNAME_IS: _joined(surnames),
        SURNAME_WORD: _words(surnames),
        POSTCODE_IS: _whole(_texts(homes, postcodes)),
    }


def _texts(owners: Ints, texts: pa.Array) -> Texts:
    """Those that are not missing or empty."""
    coded = texts.dictionary_encode()
    if pc.index(coded.dictionary, "").as_py() != NONE:
        texts = pc.if_else(pc.equal(texts, ""), None, texts)
        coded = texts.dictionary_encode()
    codes = pc.fill_null(coded.indices, NONE).to_numpy(zero_copy_only=False)
    some = codes != NONE
    owners, codes = owners[some], codes[some]
    first = np.diff(owners, prepend=-1) > 0
    alone = first & np.append(first[1:], True)
    return Texts(
        owners, codes, coded.dictionary,
        persons=int(first.sum()),
        lone=np.bincount(codes[alone], minlength=len(coded.dictionary)),
        others=(owners[~alone], codes[~alone]),
    )  # fmt: skip


def _whole(texts: Texts) -> Terms:
    return Terms(texts, np.arange(len(texts.distinct) + 1), texts.distinct)


def _joined(texts: Texts) -> Terms:
    """As :func:`matching.comparisons.joined`."""
    return replace(_whole(texts), terms=pc.replace_substring(texts.distinct, " ", ""))


def _words(texts: Texts) -> Terms:
    lists = pc.utf8_split_whitespace(texts.distinct)
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    return Terms(texts, _starts(counts), lists.flatten())


def _forms(texts: Texts) -> Terms:
    """The names that each whole forename is a form of, as texts of their numbers."""
    forms = [sorted(map(str, forms_of(one))) for one in texts.distinct.to_pylist()]
    every = pa.array([form for one in forms for form in one], pa.string())
    return Terms(texts, _starts([len(one) for one in forms]), every)


def _starts(counts: Iterable[int]) -> Ints:
    return np.cumsum(np.r_[0, np.asarray(list(counts), np.int64)])
