"""How a linkage is laid out for the kernel: integers only, no text, no Python object.

A *row* is one record: for each comparison the code of its value, then for each blocking
rule the number of its key. A code of -1 is a missing value. A record with several
values of a comparison, or several keys of a rule, has ``-2 - place`` there, where
``place`` is where its list begins in ``Lists``.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

HOPE = 1024
"""A hope is written as so many parts of a bit, rounded up."""

Int32s = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MISSING = -1
SEVERAL = -2
"""The code of the list that begins at place 0; later ones are smaller."""

ROW = 16
"""Rows are as wide as a multiple of this: 16 32-bit integers are one cache line."""

# What kind of values a comparison has.
TEXT, DATE, POSTCODE, CODE = 0, 1, 2, 3
FORENAME, SURNAME = 4, 5
"""A forename is always followed by its surname: both are taken from one name."""

# Tests of levels, asked in the order of a comparison's steps.
(
    EXACT, KNOWN_FORM, ALL_WORDS, A_WORD, INITIAL, INITIALS, JARO_WINKLER, ONE_EDIT,
    SWAPPED, ONE_DIGIT, TWO_PARTS, WITHIN_DAYS, FAR_APART,
    CONVENTION_SAME_YEAR, CONVENTION_NEXT_YEAR, CONVENTION,
    SECTOR, DISTRICT, AREA, ALWAYS, NAMES_SWAPPED, FIRST_OF_JANUARY,
    NAMES_HALF_SWAPPED,
) = range(23)  # fmt: skip

CROSSWISE = (NAMES_SWAPPED, NAMES_HALF_SWAPPED)
"""Tests of a forename and a surname at once, asked before either."""

# Columns of a text's card.
JOINED, MASK, LENGTH, FLAGS, HEAD, TAIL, LETTERS, WORDS = range(8)

CARD = 8

LONGEST = 512
"""Letters of a text beyond so many have no part in its Jaro-Winkler similarity."""

# A name's hint: letters it has in the lowest bits; its length; its first letter in two
# bits; whether it is a form of known names; whether the hint tells anything.
NAME_LETTERS = 0xFFFFFF
NAME_LENGTH, NAME_FIRST, NAME_FORMS, NAME_TELLS = 24, 28, 30, 31
LENGTHS = 16
"""Names of so many letters and more have hints that tell nothing."""

# Flags of a text; above them, from ``COUNT``, how many words it has.
IS_INITIALS, HAS_FORMS, COUNT = 1, 2, 8

# Columns of a date's card.
DAY, DIGITS, WEAK = 0, 1, 2
DATE_CARD = 4

# A postcode's number: area, the rest of the district, sector; how far two postcodes are
# apart is seen by the highest bit that differs.
SECTOR_BITS, DISTRICT_BITS = 4, 15
"""The bits of the sector's digit; those of all that lies within an area."""


def empty_rows(records: int, width: int) -> Int32s:
    """Rows without any value, each in as few cache lines as it can be."""
    whole = np.full(records * width + ROW, MISSING, np.int32)
    begin = -whole.ctypes.data % (4 * ROW) // 4
    return whole[begin : begin + records * width].reshape(records, width)


class Texts(NamedTuple):
    """What each distinct text is: one row of ``card`` for each, 32 bytes."""

    card: Int32s
    """(texts, 8): the number of the text without spaces; which 32nds of the alphabet
    occur in it; its length without spaces; flags; its first two letters and the next
    two, 16 bits each; where its letters begin; where its words begin."""
    joined: Int32s
    """The first column of the cards by itself, small enough to stay at hand."""
    letters: Int32s
    """Code points of all texts without spaces, one after the other."""
    words: Int32s
    """The words of all texts, one after the other."""
    vocabulary: Int32s
    """(words + 1, 2): for each word, where the names that it is a known form of begin
    in ``forms``, and whether sharing it says anything (``comparisons.is_telling``)."""
    forms: Int32s
    """The names of all words, ascending within each."""
    shared: int
    """Texts from this number on are like no other text when spaces are left out."""


class Values(NamedTuple):
    """Everything that is known of values, whichever record has them."""

    texts: Texts
    dates: Int32s
    """(dates, 4): day since 1970, its eight digits as nibbles, by convention or not."""
    postcodes: Int32s
    """For each postcode its place: sector, district and area in one number."""
    lists: Int32s
    """Each list: its length, then its values. A name is three: forename, surname and
    the number of its words in order."""


# Columns of a plan's comparisons.
(
    KIND, SLOT, START, STOP, NO_VALUE, REORDERED, EXACT_AT, FORMED_AT, SHARED_AT,
    EXACT_STEP, LETTERS_STEP, HINT, HOPES_AT, SWAPPED_AT,
    HALF_SWAPPED_AT,
) = range(15)  # fmt: skip
COMPARISON = 15
"""How many columns those are."""

# Columns of a plan's steps.
TEST, PARAMETER, LEVEL = 0, 1, 2
STEP = 3
SIMILARITY = 1_000_000_000
"""A similarity is written as so many parts."""
SWAPPED_ALIKE = 880_000_000
"""Of names in each other's column, one may be spelt so much alike only."""

# A plan's scalars.
PRIOR, LINE, CUT, HOUSEHOLD_SHARE, TURNED = range(5)


class Plan(NamedTuple):
    """What to compare, and what each outcome weighs."""

    comparisons: Ints
    """(comparisons, 15): kind; slot in a row; first step and one after the last; the
    level that stands for missing; the level when all words of a name stand in another
    order, or -1; where the adjustments for equal values, for known forms and for
    shared words begin, or -1; the steps for equal texts and for letters; where in a
    row stands a hint of the text, or -1; where the hopes of two names' hints begin, or
    -1 where the hint is which letters occur in a text that is equal, one edit away or
    neither; the level of a forename that stands in the other's surname and the other
    way round, or -1; the same where one of both does so only."""
    steps: Ints
    """(steps, 3): a test, its parameter in days or in ``SIMILARITY`` parts, and the
    level that it leads to."""
    weight: Floats
    """(comparisons, levels + 1): bits; the level after a comparison's last is that of
    missing and weighs nothing."""
    like: Floats
    """The most that each comparison can add."""
    unlike: Floats
    """The most that each comparison can add where the values are not the same."""
    apart: Floats
    """The same where their letters show that no one edit makes one the other."""
    adjustment: Floats
    """Bits for the frequency of what agreed."""
    hopes: Int32s
    """The most that names can add which are not the same, by what their hints say; in
    parts of ``HOPE`` to a bit."""
    scalars: Floats
    """Bits that a pair starts with; bits below which no pair is kept; bits below which
    a pair is left as soon as nothing can lift it that high; of the pairs that are not
    one person, how many are of one household; bits for how seldom anybody's forename
    and surname are written in each other's column."""
    width: int
    """How many columns ``weight`` has."""
    forename: int
    """The comparison of forenames, or -1 where a shared one says nothing of codes."""
    namesakes: Floats
    """Like ``weight``: bits to add to a code's where both have one forename."""
    words_slot: int
    """Where the number of a name's words in order stands in a row; -1 for none."""
    first_rule: int
    """Where the blocking rules' keys begin in a row."""
    household: Floats
    """Like ``weight``: members of one household against strangers; no rows where no
    household is trained."""


class Rows(NamedTuple):
    """Both sides' rows by address, and how wide one is."""

    left: Any
    right: Any
    width: int


class Work(NamedTuple):
    """Which left record meets which right ones, rule by rule."""

    record: Int32s
    """The left record of each entry; entries of one key stand together."""
    key: Int32s
    """Ascending; keys are numbered through all rules."""
    rule_keys: Ints
    """Where each rule's keys begin; one more at the end."""
    key_starts: Ints
    """Where each key's right records begin; one more at the end."""
    members: Int32s
    """The right records of all keys, ascending within each."""
    mirrored: Int32s
    """For each rule whether left and right keys are made alike."""
    one_table: bool
