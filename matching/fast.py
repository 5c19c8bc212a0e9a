"""The fast engine: the same pairs as the reference engine, found by integers.

Every person is a row of integers, every rule's keys are numbers, and a compiled loop
leaves a pair as soon as nothing can lift it to the floor (``matching.linkage.kernel``).
What is left is weighed once more by the reference engine's own functions, which write
the evidence; so both give the same table, to the last bit.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matching.blocking import RULES, Rule
from matching.comparisons import COMPARISONS, IDENTIFIER_TYPES, Given
from matching.frequencies import (
    FORENAME_FORM,
    FORENAME_WORD,
    SURNAME_WORD,
    Frequencies,
    frequencies_of,
)
from matching.laid_out import FIELDS, Laid, lay_out
from matching.linkage import layout as at
from matching.linkage.fast import search as search_pairs
from matching.linkage.layout import (
    Floats,
    Ints,
    Plan,
)
from matching.nicknames import forms_of
from matching.reference import (
    Part,
    Search,
    bits,
    check_floor,
    check_keys,
    link_each,
    rows_of,
    search_among,
    table_of,
)

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

    def found(search: Search) -> Iterable[Part]:
        return rows_of(search, pairs_of(search, rules or RULES))

    return link_each(left, right, model, floor, found)


def link_to(
    left: pa.Table, right: pa.Table, wanted: pa.Array, model: "Model", floor: float
) -> pa.Table:
    """Those pairs of :func:`link` whose right record is one of the wanted references.

    ``right`` is one authority's records and ``left`` holds none of that authority. A
    pair weighs what it weighs among all right records; the left ones are compared with
    the wanted ones only.

    Raises:
        ValueError: the floor is no probability, or a record stands in a table twice.
    """
    check_floor(floor)
    check_keys(left)
    check_keys(right)
    some = right.filter(pc.is_in(right.column("record_ref"), value_set=wanted))
    if not left.num_rows or not some.num_rows:
        return table_of([])
    scale = frequencies_of(left, right, model)
    search = search_among(left, some, scale, right.num_rows, bits(floor))
    return table_of(list(rows_of(search, pairs_of(search, RULES))))


def pairs_of(search: Search, rules: tuple[Rule, ...]) -> tuple[Ints, Ints]:
    """The pairs that share a key and weigh no less than the search's lowest; some that
    weigh less by a hundred-thousandth of a bit may be among them. Guards took nothing
    off yet."""
    laid = lay_out(search, rules)
    found = search_pairs(laid.encoded, plan_of(search, laid))
    return found.left.astype(np.int64), found.right.astype(np.int64)


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
    order = [name for name in FIELDS if name != "words"]
    width = max(len(rules) for rules in COMPARISONS.values()) + 1
    weight = np.zeros((len(order), width))
    table = np.full((len(order), at.COMPARISON), -1, np.int64)
    steps: list[tuple[int, float, int]] = []
    best, unlike = np.zeros(len(order)), np.zeros(len(order))
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
        others = [
            weights[place] for place, level in enumerate(levels) if level != "exact"
        ]
        unlike[c] = max(*others, 0.0)
        if row[at.KIND] == at.DATE:
            unlike[c] = best[c]  # one day has two codes, as a convention and as a day
        for column, bonus in extra.get(name, ()):
            row[column] = begin
            pieces.append(bonus)
            begin += len(bonus)
            most = float(bonus.max(initial=0.0))
            best[c] = max(best[c], max(counted) + most)
            if column != at.EXACT_AT:
                unlike[c] = max(unlike[c], max(others) + most)
    scalars = [search.prior, search.lowest - _SLACK, search.lowest - _SLACK, 0.0, 0.0]
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
        like=best,
        unlike=unlike + 1e-9,
        apart=unlike,
        adjustment=np.concatenate(pieces),
        hopes=np.zeros(1, np.int32),
        scalars=np.array(scalars),
        width=width,
        forename=-1,
        namesakes=np.zeros((0, width)),
        words_slot=FIELDS.index("words"),
        first_rule=len(FIELDS),
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
