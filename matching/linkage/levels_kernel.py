"""Which level two values reach, compiled: the tests of every kind of comparison.

Each comparison is a list of steps, asked in order; the first that holds leads to its
level. What each test means stands in ``matching.linkage.tests``. Plans and values
are handed over as addresses (``matching.linkage.pointers``).
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

from matching.linkage.alike import jaro_winkler, most_alike, one_edit
from matching.linkage.compiled import compiled, inlined
from matching.linkage.layout import (
    A_WORD,
    ALL_WORDS,
    ALWAYS,
    AREA,
    CARD,
    COMPARISON,
    CONVENTION,
    CONVENTION_NEXT_YEAR,
    CONVENTION_SAME_YEAR,
    COUNT,
    DATE_CARD,
    DAY,
    DIGITS,
    DISTRICT,
    DISTRICT_BITS,
    EXACT,
    EXACT_AT,
    FAR_APART,
    FIRST_OF_JANUARY,
    FLAGS,
    FORMED_AT,
    HAS_FORMS,
    HEAD,
    INITIAL,
    INITIALS,
    IS_INITIALS,
    JARO_WINKLER,
    JOINED,
    KNOWN_FORM,
    LENGTH,
    LETTERS,
    LEVEL,
    MASK,
    ONE_DIGIT,
    ONE_EDIT,
    PARAMETER,
    SECTOR,
    SECTOR_BITS,
    SHARED_AT,
    SIMILARITY,
    START,
    STEP,
    STOP,
    SWAPPED,
    TAIL,
    TEST,
    TWO_PARTS,
    WEAK,
    WITHIN_DAYS,
    WORDS,
)
from matching.linkage.pointers import bits

FAR_APART_DAYS = 3652


@inlined
def date_level(plan, dates, c, one, other):
    """The level of two dates, given as codes."""
    x, y = dates[one * DATE_CARD + DIGITS], dates[other * DATE_CARD + DIGITS]
    differing = (x ^ y) & 0xFFFFFFFF
    same_year = differing & 0xFFFF0000 == 0
    stop = plan.comparisons[c * COMPARISON + STOP]
    for step in range(plan.comparisons[c * COMPARISON + START], stop):
        test = plan.steps[step * STEP + TEST]
        if test == EXACT:
            holds = differing == 0
        elif test == SWAPPED:
            holds = (
                same_year
                and (x >> 8) & 0xFF == y & 0xFF
                and (y >> 8) & 0xFF == x & 0xFF
            )
        elif test == FIRST_OF_JANUARY:
            holds = same_year and (x & 0xFFFF == 0x0101 or y & 0xFFFF == 0x0101)
        elif test == ONE_DIGIT:
            holds = _digits(differing) == 1
        elif test == ONE_EDIT:
            holds = _one_edit_of_digits(x, y, differing)
        elif test == TWO_PARTS:
            parts = 1 if same_year else 0
            parts += 1 if differing & 0xFF00 == 0 else 0
            parts += 1 if differing & 0xFF == 0 else 0
            holds = parts == 2
        elif test == WITHIN_DAYS:
            holds = (
                _days_apart(dates, one, other) <= plan.steps[step * STEP + PARAMETER]
            )
        elif test == FAR_APART:
            holds = _days_apart(dates, one, other) >= FAR_APART_DAYS
        elif test == CONVENTION_SAME_YEAR:
            holds = same_year and _by_convention(dates, one, other, differing)
        elif test == CONVENTION_NEXT_YEAR:
            holds = (
                _by_convention(dates, one, other, differing)
                and abs(_year(x) - _year(y)) == 1
            )
        elif test == CONVENTION:
            holds = _by_convention(dates, one, other, differing)
        else:
            holds = test == ALWAYS
        if holds:
            return plan.steps[step * STEP + LEVEL]
    return plan.steps[(stop - 1) * STEP + LEVEL]


@inlined
def _days_apart(dates, one, other):
    return abs(dates[one * DATE_CARD + DAY] - dates[other * DATE_CARD + DAY])


@inlined
def _by_convention(dates, one, other, differing):
    """Whether one of two dates is one by convention; where they are equal, both."""
    weak, others = dates[one * DATE_CARD + WEAK], dates[other * DATE_CARD + WEAK]
    return (weak | others) != 0 and (differing != 0 or (weak & others) != 0)


@compiled
def _year(digits):
    year = 0
    for place in range(28, 12, -4):
        year = year * 10 + ((digits >> place) & 0xF)
    return year


@inlined
def _digits(differing):
    """How many of eight digits differ."""
    any_bit = differing | (differing >> 1)
    any_bit = any_bit | (any_bit >> 2)
    return bits(any_bit & 0x11111111)


@compiled
def _one_edit_of_digits(x, y, differing):
    """One digit changed, or two neighbours of one part swapped (written 2011-02-03)."""
    count = _digits(differing)
    if count != 2:
        return count < 2
    for place in (0, 8, 16, 20, 24):
        if differing & ~(0xFF << place) == 0:
            return (x >> place) & 0xF == (y >> (place + 4)) & 0xF and (
                y >> place
            ) & 0xF == (x >> (place + 4)) & 0xF
    return False


@inlined
def postcode_level(plan, postcodes, c, one, other):
    """The level of two postcodes, given as codes."""
    apart = 0 if one == other else (postcodes[one] ^ postcodes[other]) << 1 | 1
    stop = plan.comparisons[c * COMPARISON + STOP]
    for step in range(plan.comparisons[c * COMPARISON + START], stop):
        test = plan.steps[step * STEP + TEST]
        if test == EXACT:
            holds = apart == 0
        elif test == SECTOR:
            holds = apart <= 1
        elif test == DISTRICT:
            holds = apart >> 1 < 1 << SECTOR_BITS
        elif test == AREA:
            holds = apart >> 1 < 1 << DISTRICT_BITS
        else:
            holds = test == ALWAYS
        if holds:
            return plan.steps[step * STEP + LEVEL]
    return plan.steps[(stop - 1) * STEP + LEVEL]


@compiled
def text_step(plan, texts, c, one, other):
    """The step that two texts pass, or the first that only their letters decide."""
    card, letters = texts.card, texts.letters
    flags, others = card[one * CARD + FLAGS], card[other * CARD + FLAGS]
    several = (flags >> COUNT) > 1 or (others >> COUNT) > 1
    same = card[one * CARD + JOINED] == card[other * CARD + JOINED]
    stop = plan.comparisons[c * COMPARISON + STOP]
    for step in range(plan.comparisons[c * COMPARISON + START], stop):
        test = plan.steps[step * STEP + TEST]
        if test == EXACT:
            holds = same
        elif test == JARO_WINKLER or test == ONE_EDIT:
            return step
        elif test == INITIAL:
            holds = (flags | others) & IS_INITIALS != 0 and (
                letters[card[one * CARD + LETTERS]]
                == letters[card[other * CARD + LETTERS]]
            )
        elif test == INITIALS:
            holds = (flags | others) & IS_INITIALS != 0
        elif test == KNOWN_FORM:
            holds = flags & others & HAS_FORMS != 0 and _is_known_form(
                texts, one, other
            )
        elif test == ALL_WORDS:
            holds = several and (
                _within(texts, one, other) != _within(texts, other, one)
            )
        elif test == A_WORD:
            holds = several and _shares_a_word(texts, one, other)
        else:
            holds = test == ALWAYS
        if holds:
            return step
    return stop - 1


@inlined
def by_letters(test):
    """Whether a test looks at letters."""
    return test == JARO_WINKLER or test == ONE_EDIT


@inlined
def likeliest_level(plan, card, c, step, one, other):
    """The best level that letters could still lead to, from the texts' cards."""
    stop = plan.comparisons[c * COMPARISON + STOP]
    at_most = most_alike(
        card[one * CARD + MASK], card[other * CARD + MASK],
        card[one * CARD + LENGTH], card[other * CARD + LENGTH],
        card[one * CARD + HEAD] ^ card[other * CARD + HEAD],
        card[one * CARD + TAIL] ^ card[other * CARD + TAIL],
    ) * SIMILARITY  # fmt: skip
    for later in range(step, stop):
        test = plan.steps[later * STEP + TEST]
        if test == JARO_WINKLER:
            holds = at_most >= plan.steps[later * STEP + PARAMETER]
        elif test == ONE_EDIT:
            apart = abs(card[one * CARD + LENGTH] - card[other * CARD + LENGTH])
            holds = (
                apart <= 1
                and bits(card[one * CARD + MASK] ^ card[other * CARD + MASK]) <= 2
            )
        else:
            holds = test == ALWAYS
        if holds:
            return plan.steps[later * STEP + LEVEL]
    return plan.steps[(stop - 1) * STEP + LEVEL]


@compiled
def letters_level(plan, texts, c, step, one, other):
    """The level that letters lead to."""
    card, letters = texts.card, texts.letters
    stop = plan.comparisons[c * COMPARISON + STOP]
    similarity = -1.0
    for later in range(step, stop):
        test = plan.steps[later * STEP + TEST]
        if test == JARO_WINKLER:
            if similarity < 0:
                similarity = jaro_winkler(card, letters, one, other) * SIMILARITY
            # half a part more: similarities are rounded to whole parts
            holds = similarity + 0.5 >= plan.steps[later * STEP + PARAMETER]
        elif test == ONE_EDIT:
            holds = one_edit(card, letters, one, other)
        else:
            holds = test == ALWAYS
        if holds:
            return plan.steps[later * STEP + LEVEL]
    return plan.steps[(stop - 1) * STEP + LEVEL]


@compiled
def _forms_meet(texts, one, other):
    vocabulary, forms = texts.vocabulary, texts.forms
    i, j = vocabulary[one * 2], vocabulary[other * 2]
    while i < vocabulary[one * 2 + 2] and j < vocabulary[other * 2 + 2]:
        if forms[i] == forms[j]:
            return True
        if forms[i] < forms[j]:
            i += 1
        else:
            j += 1
    return False


@compiled
def _count(texts, text):
    return texts.card[text * CARD + FLAGS] >> COUNT


@compiled
def _word(texts, text, place):
    return texts.words[texts.card[text * CARD + WORDS] + place]


@compiled
def _is_known_form(texts, one, other):
    count = _count(texts, one)
    if one == other or count != _count(texts, other):
        return False
    for place in range(count):
        a, b = _word(texts, one, place), _word(texts, other, place)
        if a != b and not _forms_meet(texts, a, b):
            return False
    return True


@compiled
def _has_word(texts, text, word):
    for place in range(_count(texts, text)):
        if _word(texts, text, place) == word:
            return True
    return False


@compiled
def _within(texts, one, other):
    for place in range(_count(texts, one)):
        if not _has_word(texts, other, _word(texts, one, place)):
            return False
    return True


@compiled
def _tells(texts, word):
    return texts.vocabulary[word * 2 + 1] != 0


@compiled
def _shares_a_word(texts, one, other):
    """Whether two texts, one of them of several words, share a telling word."""
    for place in range(_count(texts, one)):
        word = _word(texts, one, place)
        if _tells(texts, word) and _has_word(texts, other, word):
            return True
    return False


@compiled
def text_adjustment(plan, texts, c, one, other, test):
    """Bits for how rare what two texts share is, by the test that they passed."""
    comparison = c * COMPARISON
    if test == EXACT:
        at = plan.comparisons[comparison + EXACT_AT]
        if at >= 0:
            return plan.adjustment[at + texts.card[other * CARD + JOINED]]
    elif test == KNOWN_FORM:
        at = plan.comparisons[comparison + FORMED_AT]
        if at >= 0:
            return _of_known_form(plan, texts, at, one, other)
    elif test == ALL_WORDS or test == A_WORD:
        at = plan.comparisons[comparison + SHARED_AT]
        if at >= 0:
            return _of_shared_word(plan, texts, at, one, other, test == A_WORD)
    return 0.0


@compiled
def _of_known_form(plan, texts, at, one, other):
    """The commonest name that both are forms of counts; of several words, none."""
    if _count(texts, one) != 1 or _count(texts, other) != 1:
        return 0.0
    vocabulary, forms = texts.vocabulary, texts.forms
    a, b = _word(texts, one, 0), _word(texts, other, 0)
    least = 0.0
    found = False
    for i in range(vocabulary[a * 2], vocabulary[a * 2 + 2]):
        for j in range(vocabulary[b * 2], vocabulary[b * 2 + 2]):
            if forms[i] == forms[j]:
                bonus = plan.adjustment[at + forms[i]]
                if not found or bonus < least:
                    least, found = bonus, True
    return least


@compiled
def _of_shared_word(plan, texts, at, one, other, telling):
    """The rarest word that both have counts."""
    most = 0.0
    found = False
    for place in range(_count(texts, one)):
        word = _word(texts, one, place)
        if telling and not _tells(texts, word):
            continue
        if _has_word(texts, other, word):
            bonus = plan.adjustment[at + word]
            if not found or bonus > most:
                most, found = bonus, True
    return most
