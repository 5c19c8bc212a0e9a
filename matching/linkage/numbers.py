"""The numbers of a linkage: how often each level is reached, and what that weighs."""

import math
from dataclasses import dataclass, replace

import numpy as np

from matching.calibration import AS_LEARNT, DIGITS, Calibration
from matching.linkage.description import Comparison, Description, steps
from matching.linkage.encode import Encoded, slots
from matching.linkage.hints import hints_of, hopes_of
from matching.linkage.layout import (
    CODE,
    COMPARISON,
    CROSSWISE,
    DATE,
    EXACT,
    EXACT_AT,
    EXACT_STEP,
    HALF_SWAPPED_AT,
    HINT,
    HOPES_AT,
    JARO_WINKLER,
    JOINED,
    KIND,
    LETTERS_STEP,
    NO_VALUE,
    ONE_EDIT,
    POSTCODE,
    SIMILARITY,
    SLOT,
    START,
    STOP,
    SWAPPED_AT,
    TEXT,
    Floats,
    Int32s,
    Ints,
    Plan,
)

_KINDS = {
    "code": CODE, "date": DATE, "postcode": POSTCODE, "identifier": TEXT, "text": TEXT,
    "forename": TEXT, "surname": TEXT,
}  # fmt: skip

NOTHING = 1e-300

FEWEST = 0.5
"""Matches, and pairs of a value, are never fewer than half of one."""

TURNED_BITS = 6.0
"""Of any names, one in 64 is believed to be written with the forename as the surname
and the surname as the forename, by whomever."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often pairs reach each level of a comparison; each sums to one."""

    m: tuple[float, ...]
    """Among pairs of records of one person."""
    u: tuple[float, ...]
    """Among pairs of strangers."""
    household: tuple[float, ...] = ()
    """Among pairs of two members of one household; empty where they agree by chance, as
    strangers do: then neither the level nor its rarity says anything of households."""
    namesakes: tuple[float, ...] = ()
    """Of a code, among pairs of strangers who share the forename, as most forenames
    tell the sex; empty where a shared forename changes nothing."""

    def weights(self) -> tuple[float, ...]:
        """Bits of each level: log2(m / u)."""
        return tuple(
            round(math.log2(m / u), DIGITS) for m, u in zip(self.m, self.u, strict=True)
        )

    def given(self) -> tuple[float, ...]:
        """Bits to add to each level where both have one forename."""
        return tuple(
            round(math.log2(u / among), DIGITS)
            for u, among in zip(self.u, self.namesakes, strict=False)
        )


@dataclass(frozen=True, slots=True)
class Numbers:
    rates: dict[str, Rates]
    """By name of the comparison."""
    matches: float
    """How many pairs of one person there are among all pairs."""
    household_share: float = 0.0
    """Of all other pairs, how many are of one household."""
    frequency_strength: float = 100.0
    """How many records a value's frequency must outweigh before it replaces ``u``."""
    calibration: Calibration = AS_LEARNT


def prior_bits(numbers: Numbers, pairs: int) -> float:
    """Bits that any pair starts with; never above even odds."""
    share = min(0.5, max(numbers.matches, NOTHING) / max(pairs, 1))
    return round(math.log2(share / (1 - share)), DIGITS)


def settled(bits: Floats, numbers: Numbers, pairs: int) -> float:
    """The number of matches from which the pairs' probabilities sum to itself."""
    matches = numbers.matches
    for _ in range(200):
        prior = prior_bits(replace(numbers, matches=matches), pairs)
        likely = 1 / (1 + np.exp2(-np.clip(bits + prior, -1000, 1000)))
        before, matches = matches, max(math.fsum(likely.tolist()), FEWEST)
        if abs(matches - before) < 1e-6 * matches:
            break
    return matches


def adjustments(
    comparison: Comparison, rates: Rates, counts: Floats, strength: float
) -> Floats:
    """Bits to add where two records share each value, by how many records have it."""
    u = next(
        u
        for level, u in zip(comparison.levels, rates.u, strict=True)
        if level.test == EXACT
    )
    records = counts.sum()
    share = (counts + strength * u) / (records + strength)
    return np.asarray(np.round(np.log2(u / share), DIGITS))


def value_counts(comparison: Comparison, encoded: Encoded, place: int) -> Floats:
    """How many right records have each value, texts without their spaces."""
    codes = encoded.codes(place)[1]
    codes = codes[codes >= 0]
    if _KINDS[comparison.kind] == TEXT:
        card = encoded.values.texts.card
        return np.bincount(card[codes, JOINED], minlength=len(card)).astype(float)
    size = {DATE: len(encoded.values.dates), POSTCODE: len(encoded.values.postcodes)}
    return np.bincount(
        codes,
        minlength=size.get(_KINDS[comparison.kind], int(codes.max(initial=0)) + 1),
    ).astype(float)


def plan_of(
    description: Description,
    numbers: Numbers,
    encoded: Encoded,
    line: float,
    *,
    pruned: bool = True,
) -> Plan:
    """What the kernel compares, and what each outcome weighs.

    ``line`` is in bits; pairs below are not kept. Unpruned, every pair is compared
    whole, which keeps the same pairs and takes longer.
    """
    order = slots(description)
    width = max(len(one.levels) for one in order) + 1
    weight = np.zeros((len(order), width))
    comparisons = np.full((len(order), COMPARISON), -1, np.int64)
    hints = hints_of(order, description)
    hopes: list[Int32s] = []
    programme: list[tuple[int, float, int]] = []
    extra: list[Floats] = []
    begin = 0
    best, unlike, apart = (np.zeros(len(order)) for _ in range(3))
    for c, one in enumerate(order):
        rates = numbers.rates[one.name]
        weight[c, : len(one.levels)] = rates.weights()
        row = comparisons[c]
        row[[KIND, SLOT, NO_VALUE]] = _KINDS[one.kind], c, len(one.levels)
        row[START] = len(programme)
        programme += steps(one)
        row[STOP] = len(programme)
        row[HINT] = hints.get(one.name, -1)
        if row[HINT] >= 0 and one.kind in {"forename", "surname"}:
            row[HOPES_AT] = sum(map(len, hopes))
            hopes.append(hopes_of(steps(one), weight[c]))
        _shortcuts(row, programme)
        tests = [each.test for each in one.levels]
        counted = [test not in CROSSWISE for test in tests]
        crosswise = dict(zip(CROSSWISE, (SWAPPED_AT, HALF_SWAPPED_AT), strict=True))
        for test, at in crosswise.items():
            if test in tests:
                row[at] = tests.index(test)
        best[c] = max(0.0, *weight[c, : len(tests)][counted])
        differing = [test not in {EXACT, *CROSSWISE} for test in tests]
        unlike[c] = weight[c, : len(tests)][differing].max(initial=-np.inf)
        apart[c] = weight[c, len(one.levels) - 1]
        if one.frequencies:
            counts = value_counts(one, encoded, c)
            bonus = adjustments(one, rates, counts, numbers.frequency_strength)
            row[EXACT_AT] = begin
            extra.append(bonus)
            begin += len(bonus)
            level = tests.index(EXACT)
            most = bonus[counts > 0].max(initial=0.0)
            best[c] = max(best[c], weight[c, level] + most)
    household = _household(order, numbers, width)
    forename, given = _given(order, numbers, width)
    share = numbers.household_share
    slack = math.log2(1 - share) if len(household) else 0.0
    scalars = [
        prior_bits(numbers, pairs_of(encoded)), line,
        line + slack if pruned else -1e300, share, TURNED_BITS,
    ]  # fmt: skip
    return Plan(
        comparisons=comparisons,
        steps=np.array(
            [
                (
                    test,
                    round(value * (SIMILARITY if test == JARO_WINKLER else 1)),
                    level,
                )
                for test, value, level in programme
            ],
            np.int64,
        ),
        weight=weight,
        like=best,
        unlike=unlike + 1e-9,
        apart=apart + 1e-9,
        adjustment=np.concatenate([*extra, np.zeros(1)]),
        hopes=np.concatenate([*hopes, np.zeros(1, np.int32)]),
        scalars=np.array(scalars),
        width=width,
        forename=forename,
        namesakes=given,
        words_slot=-1,
        first_rule=len(order),
        household=household,
    )


def _shortcuts(row: Ints, programme: list[tuple[int, float, int]]) -> None:
    """The steps that two texts of one ordinary word each come to: the same or not."""
    tests = [step[0] for step in programme]
    last = row[STOP] - 1
    row[EXACT_STEP] = row[LETTERS_STEP] = last
    for step in range(last, row[START] - 1, -1):
        if tests[step] in {JARO_WINKLER, ONE_EDIT}:
            row[LETTERS_STEP] = row[EXACT_STEP] = step
        elif tests[step] == EXACT:
            row[EXACT_STEP] = step


def pairs_of(encoded: Encoded) -> int:
    """How many pairs there are at all."""
    if encoded.work.one_table:
        return len(encoded.left) * (len(encoded.left) - 1) // 2
    return len(encoded.left) * len(encoded.right)


def _household(order: list[Comparison], numbers: Numbers, width: int) -> Floats:
    if not numbers.household_share:
        return np.zeros((0, width))
    bits = np.zeros((len(order), width))
    for c, one in enumerate(order):
        rates = numbers.rates[one.name]
        if rates.household:
            bits[c, : len(one.levels)] = np.log2(
                np.maximum(rates.household, NOTHING) / np.maximum(rates.u, NOTHING)
            )
    return bits


def _given(order: list[Comparison], numbers: Numbers, width: int) -> tuple[int, Floats]:
    """Where the forename stands, and what codes weigh more where it is the same."""
    bits = np.zeros((len(order), width))
    for c, one in enumerate(order):
        given = numbers.rates[one.name].given() if one.kind == "code" else ()
        bits[c, : len(given)] = given
    kinds = [one.kind for one in order]
    if not bits.any() or "forename" not in kinds:
        return -1, bits
    return kinds.index("forename"), bits
