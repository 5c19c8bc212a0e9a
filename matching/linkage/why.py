"""Why two records are linked or not: what each comparison says, and what is lacking."""

import math
from dataclasses import dataclass, replace

import numpy as np

from matching.linkage.description import Comparison, Description, Rule
from matching.linkage.encode import Encoded, slots
from matching.linkage.kernel import scan
from matching.linkage.layout import (
    ALWAYS,
    CROSSWISE,
    EXACT,
    EXACT_AT,
    JOINED,
    KIND,
    MISSING,
    NAMES_HALF_SWAPPED,
    PRIOR,
    TEXT,
    TURNED,
    Plan,
    Work,
)
from matching.linkage.nearest import others
from matching.linkage.numbers import Numbers, plan_of
from matching.linkage.pairs import (
    MISSING_NAME,
    SWAPPED_NAME,
    level_names,
    line_of,
    shown,
)
from matching.linkage.rivals import odds_of
from matching.linkage.tests import words_of

_EVERYTHING = -1e300


@dataclass(frozen=True, slots=True)
class Part:
    """What one comparison adds to a pair's weight."""

    name: str
    level: str
    """``missing`` where one record or both say nothing; of a surname whose forename
    speaks for both, ``swapped``."""
    bits: float
    """Of the level, and of how rare the value is that both have."""
    rarity: float
    """That part of ``bits`` which the rarity of the shared value adds."""
    given: float
    """That part which a code adds or takes because the forename is the same."""
    enough: str | None
    """The weakest level that alone would lift the pair to the line, if any would."""


@dataclass(frozen=True, slots=True)
class Why:
    """A pair's weight in its parts; they sum to ``bits``."""

    prior: float
    parts: tuple[Part, ...]
    """In the description's order."""
    household: float
    """What the pair loses because members of one household agree too; 0 untrained."""
    rivals: float
    """What it loses to other records that either could be; 0 where no table is said to
    have each person once."""
    calibrated: float
    """What reviewers' judgements of other pairs add or take; 0 uncalibrated."""
    bits: float
    line: float
    rules: tuple[Rule, ...]
    """The rules that give both one key; where there is none, no search meets the
    pair."""


def why(
    description: Description,
    numbers: Numbers,
    encoded: Encoded,
    pair: tuple[int, int],
) -> Why:
    """Everything that two records weigh, by their places, whether or not they meet."""
    plan = plan_of(description, numbers, encoded, _EVERYTHING, pruned=False)
    alone = Work(
        record=np.array([pair[0]], np.int32),
        key=np.zeros(1, np.int32),
        rule_keys=np.array([0, 1]),
        key_starts=np.array([0, 1], np.int64),
        members=np.array([pair[1]], np.int32),
        mirrored=np.ones(1, np.int32),
        one_table=False,
    )
    _, _, bits, found, _ = scan(
        plan, encoded.values, encoded.left, encoded.right, alone, 0, 1
    )
    order = slots(description)
    levels = found[0].astype(int).tolist()
    told = shown(order, found)[0].tolist()
    names = level_names(order)
    line = line_of(description.threshold)
    lost = _lost_to_rivals(description, numbers, encoded, pair)
    learnt = round(float(bits[0]) - lost, 6)
    whole = float(numbers.calibration.bits(np.array(learnt)))
    rarities = [
        _rarity(_test(one, levels[c]), plan, encoded, c, pair)
        for c, one in enumerate(order)
    ]
    reached = _Reached(
        description, numbers, plan, levels, rarities, _one_forename(plan, encoded, pair)
    )
    parts = {}
    for c, one in enumerate(order):
        parts[one.name] = Part(
            one.name,
            names[c][told[c]],
            reached.weight(c) + rarities[c],
            rarities[c],
            reached.weight(c) - float(plan.weight[c, levels[c]]),
            reached.enough(c, numbers.calibration.learnt(line) + lost),
        )
    return Why(
        prior=float(plan.scalars[PRIOR]),
        parts=tuple(parts[one.name] for one in description.comparisons),
        household=reached.household(),
        rivals=-lost,
        calibrated=whole - learnt,
        bits=whole,
        line=line,
        rules=_rules(description, encoded, pair),
    )


def _lost_to_rivals(
    description: Description, numbers: Numbers, encoded: Encoded, pair: tuple[int, int]
) -> float:
    """Bits that a pair loses to its rivals (``rivals.bits_lost``)."""
    if not description.deduplicated:
        return 0.0
    of_left, of_right = others(description, numbers, encoded, pair)
    odds = 0.0
    if "right" in description.deduplicated:
        odds += odds_of(of_left[1]).sum()
    if "left" in description.deduplicated:
        odds += odds_of(of_right[1]).sum()
    return math.log2(1 + odds)


def _test(one: Comparison, level: int) -> int:
    return one.levels[level].test if level < len(one.levels) else ALWAYS


def _rarity(
    test: int, plan: Plan, encoded: Encoded, c: int, pair: tuple[int, int]
) -> float:
    """Bits for how rare a value is, or two names are, that both records have."""
    if test in CROSSWISE:
        return _rarity_of_swapped(test, plan, encoded, c, pair)
    at = int(plan.comparisons[c, EXACT_AT])
    one, other = int(encoded.left[pair[0], c]), int(encoded.right[pair[1], c])
    if test != EXACT or at < 0 or MISSING in (one, other):
        return 0.0
    if plan.comparisons[c, KIND] == TEXT:
        card = encoded.values.texts.card
        one, other = int(card[one, JOINED]), int(card[other, JOINED])
    return float(plan.adjustment[at + other]) if one == other else 0.0


def _one_forename(plan: Plan, encoded: Encoded, pair: tuple[int, int]) -> bool:
    """Whether both have one forename, where that says something of codes."""
    c = plan.forename
    one, other = int(encoded.left[pair[0], c]), int(encoded.right[pair[1], c])
    if c < 0 or MISSING in (one, other):
        return False
    card = encoded.values.texts.card
    return bool(card[one, JOINED] == card[other, JOINED])


def _rarity_of_swapped(
    test: int, plan: Plan, encoded: Encoded, c: int, pair: tuple[int, int]
) -> float:
    joined = encoded.values.texts.card[:, JOINED]
    ours = joined[encoded.left[pair[0], c : c + 2]]
    theirs = joined[encoded.right[pair[1], c : c + 2]][::-1]
    crosswise = list(zip(ours, theirs, strict=True))
    half = test == NAMES_HALF_SWAPPED
    if half:
        same = next(both for both in crosswise if both[0] == both[1])
        crosswise = [same, same]
    left = right = 0.0
    for place, both in enumerate((crosswise, crosswise[::-1])):
        at = int(plan.comparisons[c + place, EXACT_AT])
        if at >= 0 and not (half and place):
            left += float(plan.adjustment[at + np.array(both[0])].min())
        if at >= 0 and (place or not half):
            right += float(plan.adjustment[at + np.array(both[1])].min())
    return min(max(left, right), min(left, right) + float(plan.scalars[TURNED]))


@dataclass(frozen=True, slots=True)
class _Reached:
    """What a pair reached in each comparison, in the kernel's order."""

    description: Description
    numbers: Numbers
    plan: Plan
    levels: list[int]
    rarities: list[float]
    one_forename: bool

    def weight(self, c: int) -> float:
        """Bits of the level, with what a shared forename changes."""
        level = self.levels[c]
        given = float(self.plan.namesakes[c, level]) if self.one_forename else 0.0
        return float(self.plan.weight[c, level]) + given

    def bits(self) -> float:
        weights = [self.weight(c) for c in range(len(self.levels))]
        whole = [float(self.plan.scalars[PRIOR]), *weights, *self.rarities]
        return math.fsum(whole) + self.household()

    def household(self) -> float:
        share = self.numbers.household_share
        if not share:
            return 0.0
        more = 0.0
        for c, one in enumerate(slots(self.description)):
            rates = self.numbers.rates[one.name]
            if rates.household and self.levels[c] < len(one.levels):
                place = self.levels[c]
                more += math.log2(rates.household[place] / rates.u[place])
                more += self.rarities[c]
        return -math.log2(1 - share + share * 2**more)

    def enough(self, c: int, line: float) -> str | None:
        """The weakest level of a comparison that would lift the pair to the line."""
        order = slots(self.description)
        one = order[c]
        if self.bits() >= line or self._is_swapped(order, c):
            return None
        for level in reversed(one.in_order()):
            levels = [*self.levels[:c], level, *self.levels[c + 1 :]]
            rarities = [*self.rarities[:c], 0.0, *self.rarities[c + 1 :]]
            shared = self.one_forename
            if c == self.plan.forename:
                shared = one.levels[level].test == EXACT
            other = replace(self, levels=levels, rarities=rarities, one_forename=shared)
            if other.bits() >= line:
                return one.levels[level].name
        return None

    def _is_swapped(self, order: list[Comparison], c: int) -> bool:
        """Whether a comparison is one of two whose names stand in each other's column:
        neither could be otherwise by itself."""
        forename = max(c - 1, 0) if order[c].kind == "surname" else c
        return self.levels[forename] in order[forename].crosswise


def _rules(
    description: Description, encoded: Encoded, pair: tuple[int, int]
) -> tuple[Rule, ...]:
    """The rules under which two records share a key, from either side in one table."""
    first = len(description.comparisons)
    ways = [(encoded.left[pair[0]], encoded.right[pair[1]])]
    if encoded.work.one_table:
        ways.append((encoded.left[pair[1]], encoded.right[pair[0]]))
    return tuple(
        rule
        for place, rule in enumerate(description.blocking)
        if any(
            one[first + place] >= 0 and one[first + place] == other[first + place]
            for one, other in ways
        )
    )


def in_words(found: Why, description: Description) -> list[str]:
    """The explanation, a line for each part, without any value of a record."""
    lines = [f"{found.prior:+9.2f}  any two records, before they are compared"]
    for part in found.parts:
        one = description.comparison(part.name)
        line = f"{part.bits:+9.2f}  {part.name}: {_said(one, part)}"
        if part.rarity:
            line += f" (of that {part.rarity:+.2f} for how rare or common the value is)"
        if part.given:
            line += f" (of that {part.given:+.2f} because the forename is the same)"
        lines.append(line)
    if found.household:
        lines.append(
            f"{found.household:+9.2f}  household: members of one household agree so too"
        )
    if found.rivals:
        lines.append(
            f"{found.rivals:+9.2f}  rivals: other records that either could be, of a "
            "table that has each person once"
        )
    if found.calibrated:
        lines.append(
            f"{found.calibrated:+9.2f}  calibration: what reviewers said of other pairs"
        )
    percent = 100 / (1 + 2 ** min(-found.bits, 1000))
    said = "more than 99.99" if percent > 99.99 else f"{percent:.2f}"
    lines.append(f"{found.bits:+9.2f}  in all, a probability of {said} %")
    return [*lines, *_verdict(found)]


def _said(one: Comparison, part: Part) -> str:
    if part.level == MISSING_NAME:
        return "missing. One record or both say nothing."
    if one.kind == "surname" and part.level == SWAPPED_NAME:
        return "swapped. What the forename weighs is for both."
    level = next(level for level in one.levels if level.name == part.level)
    return f"{part.level}. {words_of(level)}"


def _verdict(found: Why) -> list[str]:
    lines = []
    if found.rules:
        names = "; ".join(rule.name for rule in found.rules)
        lines.append(f"They meet under {names}.")
    else:
        lines.append(
            "No rule gives both one key, so no search compares them: add a rule that "
            "does."
        )
    if found.bits >= found.line:
        lines.append(f"That reaches the line of {found.line:+.2f}.")
        return lines
    lines.append(
        f"That is {found.line - found.bits:.2f} below the line of {found.line:+.2f}."
    )
    ways = [f"{part.name} {part.enough}" for part in found.parts if part.enough]
    if ways:
        lines.append(f"Any of these alone would have reached it: {'; '.join(ways)}.")
    else:
        lines.append("No comparison alone could have lifted it there.")
    return lines
