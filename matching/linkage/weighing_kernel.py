"""What two records weigh together, compiled: fields first, then texts.

A pair is left as soon as what it has, with the most that the rest could add, stays
below the cut. That loses nothing: the bound is never less than the truth. Of texts the
cards are asked before the letters.
"""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import compiled, inlined
from matching.linkage.foreseeing_kernel import field_at_most, text_at_most
from matching.linkage.layout import (
    ALWAYS,
    CARD,
    CODE,
    COMPARISON,
    COUNT,
    CUT,
    DATE,
    EXACT_AT,
    EXACT_STEP,
    FLAGS,
    FORENAME,
    HAS_FORMS,
    HOUSEHOLD_SHARE,
    IS_INITIALS,
    JOINED,
    KIND,
    LETTERS_STEP,
    LEVEL,
    MISSING,
    NO_VALUE,
    PRIOR,
    REORDERED,
    SEVERAL,
    SLOT,
    START,
    STEP,
    STOP,
    SURNAME,
    SWAPPED_AT,
    TEST,
    TEXT,
    Plan,
    Texts,
    Values,
)
from matching.linkage.levels_kernel import (
    by_letters,
    date_level,
    letters_level,
    likeliest_level,
    postcode_level,
    text_adjustment,
    text_step,
)
from matching.linkage.pointers import floats, int32s, int64s
from matching.linkage.swapping_kernel import (
    bits_of_swapped,
    is_swapped,
    rarity_of_swapped,
)

TOLERANCE = 1e-6
"""Bits are rounded to this in the end, and only then held to the line."""


@compiled
def at_addresses(plan, values):
    """Plan and values by address; the arrays must outlive them."""
    texts = values.texts
    return Plan(
        comparisons=int64s(plan.comparisons.ctypes.data),
        steps=int64s(plan.steps.ctypes.data),
        weight=floats(plan.weight.ctypes.data),
        like=floats(plan.like.ctypes.data),
        unlike=floats(plan.unlike.ctypes.data),
        apart=floats(plan.apart.ctypes.data),
        adjustment=floats(plan.adjustment.ctypes.data),
        hopes=int32s(plan.hopes.ctypes.data),
        scalars=floats(plan.scalars.ctypes.data),
        width=plan.width,
        forename=plan.forename,
        namesakes=floats(plan.namesakes.ctypes.data),
        words_slot=plan.words_slot,
        first_rule=plan.first_rule,
        household=floats(plan.household.ctypes.data),
    ), Values(
        texts=Texts(
            card=int32s(texts.card.ctypes.data),
            joined=int32s(texts.joined.ctypes.data),
            letters=int32s(texts.letters.ctypes.data),
            words=int32s(texts.words.ctypes.data),
            vocabulary=int32s(texts.vocabulary.ctypes.data),
            forms=int32s(texts.forms.ctypes.data),
            shared=texts.shared,
        ),
        dates=int32s(values.dates.ctypes.data),
        postcodes=int32s(values.postcodes.ctypes.data),
        lists=int32s(values.lists.ctypes.data),
    )


@inlined
def length_of(lists, code):
    """How many values a code stands for."""
    return lists[SEVERAL - code] if code <= SEVERAL else 1


@inlined
def item_of(lists, code, place):
    """One of the values that a code stands for."""
    return lists[SEVERAL - code + 1 + place] if code <= SEVERAL else code


@inlined
def field_level(plan, values, c, a, b):
    """The level of two values of a comparison that is not of texts."""
    kind = plan.comparisons[c * COMPARISON + KIND]
    if kind == CODE:
        step = plan.comparisons[c * COMPARISON + START]
        if a != b:
            step = plan.comparisons[c * COMPARISON + STOP] - 1
        return plan.steps[step * STEP + LEVEL]
    if kind == DATE:
        return date_level(plan, values.dates, c, a, b)
    return postcode_level(plan, values.postcodes, c, a, b)


@inlined
def _field(plan, values, c, a, b):
    """Level and bits of two values that are not texts."""
    level = field_level(plan, values, c, a, b)
    bits = plan.weight[c * plan.width + level]
    if a == b and plan.comparisons[c * COMPARISON + EXACT_AT] >= 0:
        bits += plan.adjustment[plan.comparisons[c * COMPARISON + EXACT_AT] + b]
    return level, bits


@compiled
def _text(plan, texts, c, a, b):
    """Level and bits of two texts, letters and all."""
    if a == MISSING or b == MISSING:
        return plan.comparisons[c * COMPARISON + NO_VALUE], 0.0
    step = text_step(plan, texts, c, a, b)
    test = plan.steps[step * STEP + TEST]
    if by_letters(test):
        level = letters_level(plan, texts, c, step, a, b)
        return level, plan.weight[c * plan.width + level]
    level = plan.steps[step * STEP + LEVEL]
    bits = plan.weight[c * plan.width + level]
    return level, bits + text_adjustment(plan, texts, c, a, b, test)


@compiled
def _best(plan, values, c, a, b, is_text):
    """Level and bits of values of which a record has several, at their best."""
    lists = values.lists
    best, most = plan.comparisons[c * COMPARISON + NO_VALUE], 0.0
    found = False
    for i in range(length_of(lists, a)):
        one = item_of(lists, a, i)
        for j in range(length_of(lists, b)):
            other = item_of(lists, b, j)
            if is_text:
                level, bits = _text(plan, values.texts, c, one, other)
            else:
                level, bits = _field(plan, values, c, one, other)
            if not found or bits > most:
                best, most, found = level, bits, True
    return best, most


@compiled
def _best_name(plan, values, c, names, others):
    """Levels and bits of the two names, one of each record, that weigh most together.

    ``names`` and ``others`` are forename, surname and words of a record's name, or a
    list of them. Of equal ones the first of the left record counts, then of the right.
    """
    lists, texts = values.lists, values.texts
    several = names[0] <= SEVERAL
    and_several = others[0] <= SEVERAL
    reordered = plan.comparisons[c * COMPARISON + REORDERED]
    best = plan.comparisons[c * COMPARISON + NO_VALUE]
    next_best = plan.comparisons[(c + 1) * COMPARISON + NO_VALUE]
    most = 0.0
    found = False
    for x in range(length_of(lists, names[0])):
        f, s, w = names
        if several:
            at = SEVERAL - names[0] + 1 + 3 * x
            f, s, w = lists[at], lists[at + 1], lists[at + 2]
        for y in range(length_of(lists, others[0])):
            g, t, v = others
            if and_several:
                at = SEVERAL - others[0] + 1 + 3 * y
                g, t, v = lists[at], lists[at + 1], lists[at + 2]
            if reordered >= 0 and w != MISSING and w == v and not (f == g and s == t):
                level = reordered
                following = plan.comparisons[(c + 1) * COMPARISON + REORDERED]
                bits = (
                    plan.weight[c * plan.width + level]
                    + plan.weight[(c + 1) * plan.width + following]
                )
            else:
                level, bits = _text(plan, texts, c, f, g)
                following, more = _text(plan, texts, c + 1, s, t)
                bits += more
            if not found or bits > most:
                best, next_best, most, found = level, following, bits, True
    return best, next_best, most


@compiled
def of_a_household(plan, values, rows, i, j, levels, count):
    """Bits that a pair loses because members of one household agree too.

    Of the pairs that are not one person a share are of one household; the odds are
    against both kinds, each as likely as it is to reach these levels. What members of a
    household share by descent weighs more for them too when it is rare. A comparison
    that says nothing of households has zeros there, and its rarity is chance for both.
    """
    more = 0.0
    for c in range(count):
        more += plan.household[c * plan.width + levels[c]]
        if is_swapped(plan, c, levels[c]):
            if _tells_households(plan, c):
                more += rarity_of_swapped(plan, values.texts, rows, i, j, c, levels[c])
        elif plan.comparisons[c * COMPARISON + EXACT_AT] >= 0 and _tells_households(
            plan, c
        ):
            slot = plan.comparisons[c * COMPARISON + SLOT]
            a, b = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
            if a >= 0 and b >= 0:
                kind = plan.comparisons[c * COMPARISON + KIND]
                if kind == TEXT or kind == FORENAME or kind == SURNAME:
                    step = text_step(plan, values.texts, c, a, b)
                    test = plan.steps[step * STEP + TEST]
                    more += text_adjustment(plan, values.texts, c, a, b, test)
                elif a == b:
                    more += plan.adjustment[
                        plan.comparisons[c * COMPARISON + EXACT_AT] + b
                    ]
    share = plan.scalars[HOUSEHOLD_SHARE]
    return -np.log2(1.0 - share + share * np.exp2(more))


@compiled
def _tells_households(plan, c):
    for level in range(plan.width):
        if plan.household[c * plan.width + level] != 0.0:
            return True
    return False


@inlined
def _ordinary_step(plan, card, c, a, b):
    """The step of two texts of one word each without known forms or initials, or -1."""
    flags, others = card[a * CARD + FLAGS], card[b * CARD + FLAGS]
    if (flags | others) & IS_INITIALS or flags & others & HAS_FORMS:
        return -1
    if flags >> COUNT != 1 or others >> COUNT != 1:
        return -1
    if card[a * CARD + JOINED] == card[b * CARD + JOINED]:
        return plan.comparisons[c * COMPARISON + EXACT_STEP]
    return plan.comparisons[c * COMPARISON + LETTERS_STEP]


@inlined
def weigh_fields(plan, values, rows, i, j, count, levels, ahead):
    """The bits that a pair starts with and those of comparisons that are not of texts;
    minus infinity when the pair is lost. ``ahead`` is the most that all can add."""
    cut = plan.scalars[CUT]
    total = plan.scalars[PRIOR]
    for c in range(count):
        slot = plan.comparisons[c * COMPARISON + SLOT]
        a, b = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
        ahead -= field_at_most(plan, rows, i, j, c)
        if a >= 0 and b >= 0:
            levels[c], bits = _field(plan, values, c, a, b)
            total += bits
        elif a == MISSING or b == MISSING:
            levels[c] = plan.comparisons[c * COMPARISON + NO_VALUE]
        else:
            levels[c], bits = _best(plan, values, c, a, b, False)  # noqa: FBT003
            total += bits
        if total + ahead < cut - TOLERANCE:
            return -np.inf
    return total


@compiled
def weigh_texts(plan, values, rows, i, j, span, levels, waiting, total, ahead, swapped):
    """``total`` and the bits of the texts; minus infinity when the pair is lost.

    All texts were foreseen by their codes (``ahead``); now each by its card: what it is
    at best. Only then letters, one text after the other, for as long as there is hope.
    ``swapped`` is the level of names that stand in each other's column, or -1.
    """
    cut = plan.scalars[CUT]
    texts = values.texts
    hope = total
    undecided = 0
    c, stop = span
    while c < stop:
        slot = plan.comparisons[c * COMPARISON + SLOT]
        a, b = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
        bits = 0.0
        if swapped >= 0 and plan.comparisons[c * COMPARISON + SWAPPED_AT] >= 0:
            bits = bits_of_swapped(plan, texts, rows, i, j, c, swapped)
            levels[c] = swapped
            levels[c + 1] = plan.comparisons[(c + 1) * COMPARISON + NO_VALUE]
            ahead -= bits
            total += bits
            hope += bits
            c += 2
            if hope + ahead < cut - TOLERANCE:
                return -np.inf
            continue
        ahead -= text_at_most(plan, texts, rows, i, j, c)
        if plan.comparisons[c * COMPARISON + KIND] == FORENAME:
            w, v = np.int32(MISSING), np.int32(MISSING)
            if plan.words_slot >= 0:
                w = rows.left[i * rows.width + plan.words_slot]
                v = rows.right[j * rows.width + plan.words_slot]
            if a <= SEVERAL or b <= SEVERAL or (w == v and w != MISSING):
                after = plan.comparisons[(c + 1) * COMPARISON + SLOT]
                f, g = (
                    rows.left[i * rows.width + after],
                    rows.right[j * rows.width + after],
                )
                names, others = (a, f, w), (b, g, v)
                ahead -= text_at_most(plan, texts, rows, i, j, c + 1)
                levels[c], levels[c + 1], bits = _best_name(
                    plan, values, c, names, others
                )
                total += bits
                hope += bits
                c += 2
                if hope + ahead < cut - TOLERANCE:
                    return -np.inf
                continue
        if a >= 0 and b >= 0:
            step = _ordinary_step(plan, texts.card, c, a, b)
            if step < 0:
                step = text_step(plan, texts, c, a, b)
            test = plan.steps[step * STEP + TEST]
            if by_letters(test):
                level = likeliest_level(plan, texts.card, c, step, a, b)
                levels[c] = level
                most = plan.weight[c * plan.width + level]
                last = plan.comparisons[c * COMPARISON + STOP] - 1
                if level == plan.steps[last * STEP + LEVEL]:
                    bits = most  # no letters could lift it
                else:
                    hope += most
                    waiting[undecided] = c * 4096 + step
                    undecided += 1
            else:
                level = plan.steps[step * STEP + LEVEL]
                levels[c] = level
                bits = plan.weight[c * plan.width + level]
                if test != ALWAYS:
                    bits += text_adjustment(plan, texts, c, a, b, test)
        elif a == MISSING or b == MISSING:
            levels[c] = plan.comparisons[c * COMPARISON + NO_VALUE]
        else:
            levels[c], bits = _best(plan, values, c, a, b, True)  # noqa: FBT003
        total += bits
        hope += bits
        if hope + ahead < cut - TOLERANCE:
            return -np.inf
        c += 1
    for place in range(undecided):
        c, step = waiting[place] // 4096, waiting[place] % 4096
        slot = plan.comparisons[c * COMPARISON + SLOT]
        a, b = rows.left[i * rows.width + slot], rows.right[j * rows.width + slot]
        level = letters_level(plan, texts, c, step, a, b)
        bits = plan.weight[c * plan.width + level]
        hope += bits - plan.weight[c * plan.width + levels[c]]
        total += bits
        levels[c] = level
        if hope < cut - TOLERANCE:
            return -np.inf
    return total
