"""The fast engine: the same pairs as the reference engine, found by integers.

Every person is a row of integers, every rule's keys are numbers, and a compiled loop
leaves a pair as soon as nothing can lift it to the floor (``matching.linkage.kernel``).
What is left is weighed once more by the reference engine's own functions, which write
the evidence; so both give the same table, to the last bit.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from matching.blocking import RULES, Rule
from matching.comparisons import COMPARISONS, IDENTIFIER_TYPES, Given
from matching.frames import NONE, Ints, Items, Side, shared_codes
from matching.frequencies import (
    FORENAME_FORM,
    FORENAME_WORD,
    SURNAME_WORD,
    Frequencies,
)
from matching.linkage import layout as at
from matching.linkage.encode import Encoded
from matching.linkage.fast import search as search_pairs
from matching.linkage.layout import (
    MISSING,
    SEVERAL,
    Floats,
    Int32s,
    Plan,
    Texts,
    Values,
    Work,
)
from matching.linkage.values import dates_of, postcodes_of, texts_and_words
from matching.nicknames import forms_of
from matching.reference import Part, Search, link_each, rows_of

if TYPE_CHECKING:
    from matching.model import Model

_SLACK = 1e-5
"""Bits by which the kernel's line lies below the floor: weights are rounded later."""


def link(
    left: pa.Table,
    right: pa.Table,
    model: "Model",
    floor: float,
    rules: tuple[Rule, ...] | None = None,
) -> pa.Table:
    """Every pair of a left and a right record whose probability reaches the floor.

    As ``matching.reference.link``, whose result this is, only sooner.
    """
    return link_each(
        left, right, model, floor, lambda search: _rows(search, rules or RULES)
    )


def _rows(search: Search, rules: tuple[Rule, ...] | None) -> Iterable[Part]:
    laid = lay_out(search, rules or RULES)
    found = search_pairs(laid.encoded, plan_of(search, laid))
    pairs = found.left.astype(np.int64), found.right.astype(np.int64)
    return rows_of(search, pairs)


# --- rows ---------------------------------------------------------------------------

_FIELDS = ("sex", "dob", *IDENTIFIER_TYPES, "postcode", "forename", "surname", "words")
"""What stands where in a row; keys of the rules follow."""


class _Lists:
    """The lists of all persons who have several of something, one after the other."""

    def __init__(self) -> None:
        self.parts: list[Int32s] = []
        self.length = 0

    def coded(self, items: Items, columns: Sequence[Int32s]) -> list[Int32s]:
        """Each column's code for each person; a list in the first where several."""
        found = [np.full(len(items.starts), MISSING, np.int32) for _ in columns]
        single = np.flatnonzero(items.counts == 1)
        for codes, column in zip(found, columns, strict=True):
            codes[single] = column[items.starts[single]]
        several = np.flatnonzero(items.counts > 1)
        if not len(several):
            return found
        sizes = items.counts[several]
        width = len(columns)
        lengths = 1 + sizes * width
        begins = np.cumsum(lengths) - lengths
        flat = np.zeros(int(lengths.sum()), np.int32)
        flat[begins] = sizes
        owner = np.repeat(np.arange(len(several)), sizes)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        item = items.starts[several][owner] + within
        for place, column in enumerate(columns):
            flat[begins[owner] + 1 + within * width + place] = column[item]
        found[0][several] = SEVERAL - (self.length + begins)
        self.parts.append(flat)
        self.length += len(flat)
        return found

    def whole(self) -> Int32s:
        return np.concatenate([*self.parts, np.zeros(1, np.int32)]).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Laid:
    """A search laid out for the kernel, and which terms its numbers stand for."""

    encoded: Encoded
    words: list[str]
    postcodes: list[str]


def lay_out(search: Search, rules: tuple[Rule, ...]) -> Laid:
    """Both sides of a search as rows, with the keys of the rules."""
    lists = _Lists()
    sides = search.left, search.right
    columns: list[list[Int32s]] = [[], []]
    _, sexes = shared_codes(*(side.sex for side in sides))
    for place, sex in enumerate(sexes):
        columns[place].append(sex.astype(np.int32))
    dates = _dates(sides, columns, lists)
    for kind in IDENTIFIER_TYPES:
        of_kind = [
            side.identifiers.where(side.identifiers.values["type"] == kind)
            for side in sides
        ]
        _coded(of_kind, "value", columns, lists)
    postcodes = _coded([side.postcodes for side in sides], "postcode", columns, lists)
    texts, words = _names(search, columns, lists)
    parts = []
    begin = 0
    for rule in rules:
        parts.append(_keys(rule, sides, lists, begin))
        begin = max(begin, int(parts[-1][1][1].max(initial=-1)) + 1)
    width = -(-(len(_FIELDS) + len(rules)) // at.ROW) * at.ROW
    rows = []
    for place, side in enumerate(sides):
        whole = np.full((len(side), width), MISSING, np.int32)
        whole[:, : len(_FIELDS)] = np.stack(columns[place], axis=1)
        rows.append(whole)
    work = _work(parts, rows)
    cards = postcodes_of(pa.array(postcodes, pa.string()))
    values = Values(texts, _some(dates), _some(cards), lists.whole())
    return Laid(
        Encoded(values, (rows[0], rows[1]), rows[0], rows[1], work, {}),
        words, postcodes,
    )  # fmt: skip


def _some(cards: Int32s) -> Int32s:
    """Never without any card, so that there is an address."""
    return cards if len(cards) else np.full((1, at.SMALL_CARD), MISSING, np.int32)


def _names(
    search: Search, columns: list[list[Int32s]], lists: _Lists
) -> tuple[Texts, list[str]]:
    """Forename, surname and words in order; surnames are numbered after forenames."""
    names = search.names
    forenames, surnames = names.forenames, names.surnames
    beyond = len(forenames.texts)
    for place, side in enumerate((search.left, search.right)):
        forename = (forenames.left, forenames.right)[place]
        surname = (surnames.left, surnames.right)[place]
        words = (names.left_words, names.right_words)[place]
        surname = np.where(surname == NONE, NONE, surname + beyond)
        columns[place] += lists.coded(
            side.names, [one.astype(np.int32) for one in (forename, surname, words)]
        )
    return texts_and_words(pa.array([*forenames.texts, *surnames.texts], pa.string()))


def _coded(
    items: list[Items], field: str, columns: list[list[Int32s]], lists: _Lists
) -> list[str]:
    texts, codes = shared_codes(*(one.values[field].astype(object) for one in items))
    for place, one in enumerate(items):
        columns[place] += lists.coded(one, [codes[place].astype(np.int32)])
    return texts


def _dates(
    sides: tuple[Side, Side], columns: list[list[Int32s]], lists: _Lists
) -> Int32s:
    """Dates of birth; a date by convention is another value than the same date."""
    stated = [
        side.births.values["date"] * 2 + side.births.values["weak"].astype(np.int64)
        for side in sides
    ]
    distinct, codes = np.unique(np.concatenate(stated), return_inverse=True)
    start = 0
    for place, side in enumerate(sides):
        stop = start + len(stated[place])
        columns[place] += lists.coded(side.births, [codes[start:stop].astype(np.int32)])
        start = stop
    cards = dates_of(distinct >> 1)
    cards[:, at.WEAK] = distinct & 1
    return cards


# --- keys ---------------------------------------------------------------------------


def _keys(
    rule: Rule, sides: tuple[Side, Side], lists: _Lists, begin: int
) -> tuple[tuple[Int32s, Int32s], tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Each person's key as a number from ``begin``, and either side's persons and keys.

    Keys that one side alone has are nobody's.
    """
    left, right = rule.left(sides[0]), rule.right(sides[1])
    left = left[left["key"].isin(right["key"])]
    right = right[right["key"].isin(left["key"])]
    numbers, _ = pd.factorize(pd.concat([left["key"], right["key"]]))
    numbers = numbers.astype(np.int64) + begin
    owned = []
    for frame, keys in ((left, numbers[: len(left)]), (right, numbers[len(left) :])):
        persons = frame["person"].to_numpy()
        order = np.lexsort((keys, persons))
        owned.append((persons[order], keys[order]))
    coded = []
    for side, (persons, keys) in zip(sides, owned, strict=True):
        counts = np.bincount(persons, minlength=len(side)).astype(np.int64)
        items = Items(persons, {"key": keys}, np.cumsum(counts) - counts, counts)
        coded += [(items, keys)]
    return (
        (_numbers(coded[0], lists), _numbers(coded[1], lists)), owned[0], owned[1]
    )  # fmt: skip


def _numbers(coded: tuple[Items, Ints], lists: _Lists) -> Int32s:
    items, keys = coded
    return lists.coded(items, [keys.astype(np.int32)])[0]


def _work(
    parts: list[tuple[tuple[Int32s, Int32s], tuple[Ints, Ints], tuple[Ints, Ints]]],
    rows: list[Int32s],
) -> Work:
    """Who meets whom, rule by rule."""
    records, keys, rules = [], [], []
    starts, members = [np.zeros(1, np.int64)], []
    begin = total = 0
    for rule, (codes, left, right) in enumerate(parts):
        for place in range(2):
            rows[place][:, len(_FIELDS) + rule] = codes[place]
        count = max(int(left[1].max(initial=-1)) + 1 - begin, 0)
        order = np.lexsort((left[0], left[1]))
        records.append(left[0][order])
        keys.append(left[1][order])
        rules.append(np.full(len(order), rule, np.int32))
        order = np.lexsort((right[0], right[1]))
        members.append(right[0][order])
        sizes = np.bincount(right[1] - begin, minlength=count).astype(np.int64)
        starts.append(np.cumsum(sizes) + total)
        begin, total = begin + count, total + len(order)
    return Work(
        record=np.concatenate(records).astype(np.int32),
        key=np.concatenate(keys).astype(np.int32),
        rule=np.concatenate(rules).astype(np.int32),
        key_starts=np.concatenate(starts),
        members=np.concatenate(members).astype(np.int32),
        mirrored=np.ones(len(parts), np.int32),
        one_table=False,
    )


# --- what is compared -----------------------------------------------------------------

_STEPS: dict[str, tuple[tuple[int, float, str], ...]] = {
    "forename": (
        (at.INITIAL, 0, "initial"),
        (at.INITIALS, 0, "different"),
        (at.EXACT, 0, "exact"),
        (at.KNOWN_FORM, 0, "known_form"),
        (at.ALL_WORDS, 0, "part"),
        (at.JARO_WINKLER, 0.92, "close"),
        (at.JARO_WINKLER, 0.88, "fairly_close"),
        (at.ALWAYS, 0, "different"),
    ),
    "surname": (
        (at.EXACT, 0, "exact"),
        (at.A_WORD, 0, "part"),
        (at.JARO_WINKLER, 0.92, "close"),
        (at.JARO_WINKLER, 0.88, "fairly_close"),
        (at.ALWAYS, 0, "different"),
    ),
    "dob": (
        (at.CONVENTION_SAME_YEAR, 0, "same_year"),
        (at.CONVENTION_NEXT_YEAR, 0, "next_year"),
        (at.CONVENTION, 0, "other_year"),
        (at.EXACT, 0, "exact"),
        (at.SWAPPED, 0, "swapped"),
        (at.ONE_DIGIT, 0, "one_digit"),
        (at.TWO_PARTS, 0, "two_parts"),
        (at.FAR_APART, 0, "far_apart"),
        (at.ALWAYS, 0, "different"),
    ),
    "sex": ((at.EXACT, 0, "same"), (at.ALWAYS, 0, "different")),
    "postcode": (
        (at.EXACT, 0, "same"),
        (at.SECTOR, 0, "sector"),
        (at.DISTRICT, 0, "district"),
        (at.ALWAYS, 0, "different"),
    ),
}
"""The tests of each comparison, in the order in which the reference asks them."""

_KIND = {
    "sex": at.CODE, "dob": at.DATE, "postcode": at.POSTCODE,
    "forename": at.FORENAME, "surname": at.SURNAME,
}  # fmt: skip


def plan_of(search: Search, laid: Laid) -> Plan:
    """The model's weights and the frequencies of this search, for the kernel."""
    model = search.model
    order = [name for name in _FIELDS if name != "words"]
    width = max(len(rules) for rules in COMPARISONS.values()) + 1
    weight = np.zeros((len(order), width))
    table = np.full((len(order), at.COMPARISON), -1, np.int64)
    steps: list[tuple[int, float, int]] = []
    best = np.zeros(len(order))
    extra = _adjustments(search, laid)
    begin = 0
    pieces: list[Floats] = []
    for c, name in enumerate(order):
        comparison = "identifier" if name in IDENTIFIER_TYPES else name
        weights = np.array(model.weights(comparison))
        weight[c, : len(weights)] = weights
        levels = [rule.name for rule in COMPARISONS[comparison]]
        row = table[c]
        row[[at.KIND, at.SLOT]] = _KIND.get(name, at.CODE), c
        row[at.NO_VALUE] = len(levels)
        row[at.START] = len(steps)
        programme = _STEPS.get(name) or (
            (at.EXACT, 0, f"{name}_same"),
            (at.ALWAYS, 0, f"{name}_different"),
        )
        steps += [
            (test, value, levels.index(level)) for test, value, level in programme
        ]
        row[at.STOP] = len(steps)
        tests = [step[0] for step in steps[row[at.START] :]]
        row[at.EXACT_STEP] = row[at.START] + tests.index(at.EXACT)
        row[at.LETTERS_STEP] = row[at.STOP] - 1
        if at.JARO_WINKLER in tests:
            row[at.LETTERS_STEP] = row[at.START] + tests.index(at.JARO_WINKLER)
        if "reordered" in levels:
            row[at.REORDERED] = levels.index("reordered")
        counted = [
            weights[place]
            for place, rule in enumerate(COMPARISONS[comparison])
            if rule.given is not Given.ELSEWHERE
            and (comparison != "identifier" or rule.name.startswith(f"{name}_"))
        ]
        best[c] = max(*counted, 0.0)
        for column, bonus in extra.get(name, ()):
            row[column] = begin
            pieces.append(bonus)
            begin += len(bonus)
            best[c] = max(best[c], max(counted) + float(bonus.max(initial=0.0)))
    scalars = [search.prior, search.lowest - _SLACK, search.lowest - _SLACK, 0.0]
    return Plan(
        comparisons=table,
        steps=np.array(
            [
                (test, round(value * at.SIMILARITY), level)
                for test, value, level in steps
            ],
            np.int64,
        ),
        weight=weight,
        rest=best[::-1].cumsum()[::-1] - best + 1e-9,
        adjustment=np.concatenate(pieces),
        scalars=np.array(scalars),
        width=width,
        words_slot=_FIELDS.index("words"),
        first_rule=len(_FIELDS),
        household=np.zeros((0, width)),
    )


def _adjustments(search: Search, laid: Laid) -> dict[str, list[tuple[int, Floats]]]:
    """Bits for the frequency of what may be shared: terms of the left side have some.

    By comparison: the column of the plan that says where they begin, and the bits by
    number of the text without spaces, of the name that forms belong to, of the word or
    of the postcode.
    """
    scale = search.scale
    used = {
        part: {text for text in search.left.names.values[part] if text}
        for part in ("forename", "surname")
    }
    vocabulary = search.names.forenames, search.names.surnames
    joined_number = laid.encoded.values.texts.card[:, at.JOINED]
    beyond = len(vocabulary[0].texts)

    def of_texts(part: int, bits: Callable[[str], float]) -> Floats:
        found = np.zeros(len(joined_number) + 1)
        wanted = used[("forename", "surname")[part]]
        for place, text in enumerate(vocabulary[part].texts):
            if text in wanted:
                found[joined_number[place + part * beyond]] = bits(text)
        return found

    def of_words(part: str, bits: Callable[[str], float]) -> Floats:
        wanted = {word for text in used[part] for word in text.split()}
        return np.array([bits(word) if word in wanted else 0.0 for word in laid.words]
                        + [0.0])  # fmt: skip

    forms = sorted({form for text in used["forename"] for form in forms_of(text)})
    of_forms = np.zeros(max(forms, default=0) + 1)
    for form in forms:
        of_forms[form] = scale.adjustment(
            FORENAME_FORM, str(form), ("forename", "known_form")
        )
    near = set(search.left.postcodes.values["postcode"].tolist())
    return {
        "forename": [
            (at.EXACT_AT, of_texts(0, scale.of_same_forename)),
            (at.FORMED_AT, of_forms),
            (at.SHARED_AT, of_words("forename", partial(_word, scale, "forename"))),
        ],
        "surname": [
            (at.EXACT_AT, of_texts(1, scale.of_same_surname)),
            (at.SHARED_AT, of_words("surname", partial(_word, scale, "surname"))),
        ],
        "postcode": [
            (
                at.EXACT_AT,
                np.array(
                    [
                        scale.of_same_postcode(one) if one in near else 0.0
                        for one in laid.postcodes
                    ]
                    + [0.0]
                ),
            )
        ],
    }


def _word(scale: Frequencies, part: str, word: str) -> float:
    kind = {"forename": FORENAME_WORD, "surname": SURNAME_WORD}[part]
    return scale.adjustment(kind, word, (part, "part"))
