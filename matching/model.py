"""A model: how often each level is reached by one person's records, and by two's.

For a level, ``m`` is the probability that two records of one person reach it and ``u``
that two random records do; it weighs log2(m / u) bits (Fellegi and Sunter, 1969).
A released model is a file that never changes: its name carries the hash of its content,
and loading it checks both.
"""

import datetime as dt
import itertools
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from matching.calibration import AS_LEARNT, DIGITS, Calibration
from matching.comparisons import COMPARISONS, Given, LevelRule
from matching.released import content_of, hash_of


class ModelRefused(ValueError):
    """A model file is damaged, changed since its release, or made for another one."""


@dataclass(frozen=True, slots=True)
class Level:
    """How telling it is to reach one level of a comparison."""

    name: str
    m: float
    """Probability among pairs of records of one person, under its circumstance."""
    u: float
    """Probability among random pairs, under the same circumstance."""

    @property
    def weight(self) -> float:
        """Bits for (above nothing) or against (below) one person."""
        return round(math.log2(self.m / self.u), DIGITS)


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """All the numbers that matching needs.

    Raises:
        ModelRefused: the levels are not those of ``matching.comparisons``; a
            probability is not between 0 and 1; those of one circumstance do not sum
            to one; or a stronger agreement weighs less than a weaker one.
    """

    family: str
    """``children`` or ``perpetrators``."""
    released: dt.date
    learnt_from: str
    """In a sentence: which records the numbers come from."""
    expected_matches: float
    """How many records of the right side a left record has in the mean."""
    frequency_strength: float
    """How many records a term's frequency must outweigh before it replaces ``u``."""
    comparisons: tuple[Comparison, ...]
    calibration: Calibration = AS_LEARNT
    """What reviewers made of the bits: all that a pair's parts weigh is stretched by
    its slope, and its shift is in the prior, so that the parts sum to the whole."""

    def __post_init__(self) -> None:
        names = [comparison.name for comparison in self.comparisons]
        wanted = list(COMPARISONS)
        if names != wanted:
            raise ModelRefused(f"comparisons must be {wanted}, not {names}")
        if self.calibration.slope <= 0:
            raise ModelRefused("a calibration's slope must exceed 0")
        if self.expected_matches <= 0 or self.frequency_strength <= 0:
            raise ModelRefused("expected_matches and frequency_strength must exceed 0")
        for comparison in self.comparisons:
            _check(comparison)

    def comparison(self, name: str) -> Comparison:
        return self.comparisons[list(COMPARISONS).index(name)]

    def weights(self, name: str) -> tuple[float, ...]:
        """The weight of each level of a comparison in the order of its rules.

        A level that is counted elsewhere weighs nothing. One more 0 stands at the end,
        so that the index -1 of a missing value finds it.
        """
        weight = {
            level.name: self.stretched(level.weight)
            for level in self.comparison(name).levels
        }
        return (*(weight.get(rule.name, 0.0) for rule in COMPARISONS[name]), 0.0)

    def u(self, comparison: str, level: str) -> float:
        found = {each.name: each.u for each in self.comparison(comparison).levels}
        return found[level]

    def prior(self, right_records: int) -> float:
        """Bits that any pair starts with when so many records are searched.

        It never passes even odds, however few records the right side has.
        """
        share = min(0.5, self.expected_matches / max(right_records, 1))
        return round(
            self.stretched(math.log2(share / (1 - share))) + self.calibration.shift,
            DIGITS,
        )

    def stretched(self, learnt: float) -> float:
        """Bits of a part of the evidence, held to what reviewers said."""
        return round(self.calibration.slope * learnt, DIGITS)

    @property
    def file_name(self) -> str:
        return f"{self.family}-{self.released}-{hash_of(_payload(self))}.json"

    def save(self, folder: Path) -> Path:
        """Write the model under its name; the same model is the same file."""
        path = folder / self.file_name
        path.write_bytes(_payload(self))
        return path

    @staticmethod
    def load(path: Path) -> "Model":
        """The model in a file, whose name must carry the hash of its content.

        Raises:
            ModelRefused: no such file, its content is not what was released under its
                name, or it was made for other comparisons than these.
        """
        payload = content_of(path, ModelRefused, "of config/models in the region file")
        try:
            raw = json.loads(payload)
            return Model(
                family=raw["family"],
                released=dt.date.fromisoformat(raw["released"]),
                learnt_from=raw["learnt_from"],
                expected_matches=raw["expected_matches"],
                frequency_strength=raw["frequency_strength"],
                comparisons=tuple(
                    Comparison(name, tuple(Level(**level) for level in levels))
                    for name, levels in raw["comparisons"].items()
                ),
                calibration=Calibration(**raw.get("calibration", {})),
            )
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as problem:
            raise ModelRefused(
                f"model {path.name} does not have a model's shape: release it again "
                "with this version"
            ) from problem


def counted_rules(comparison: str) -> tuple[LevelRule, ...]:
    """The levels of a comparison that weigh anything, and so stand in a model."""
    return tuple(
        rule for rule in COMPARISONS[comparison] if rule.given is not Given.ELSEWHERE
    )


def _payload(model: Model) -> bytes:
    document = {
        "family": model.family,
        "released": model.released.isoformat(),
        "learnt_from": model.learnt_from,
        "expected_matches": model.expected_matches,
        "frequency_strength": model.frequency_strength,
        "comparisons": {
            comparison.name: [
                {"name": level.name, "m": level.m, "u": level.u}
                for level in comparison.levels
            ]
            for comparison in model.comparisons
        },
    }
    if model.calibration != AS_LEARNT:
        document["calibration"] = asdict(model.calibration)
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _check(comparison: Comparison) -> None:
    rules = counted_rules(comparison.name)
    names = [level.name for level in comparison.levels]
    wanted = [rule.name for rule in rules]
    if names != wanted:
        raise ModelRefused(f"levels of {comparison.name} must be {wanted}, not {names}")
    for level in comparison.levels:
        if not (0 < level.m < 1 and 0 < level.u < 1):
            raise ModelRefused(
                f"{comparison.name} {level.name}: m and u must lie between 0 and 1"
            )
    given = {rule.name: rule.given for rule in rules}
    for circumstance in dict.fromkeys(given.values()):
        levels = [lv for lv in comparison.levels if given[lv.name] is circumstance]
        for total in (sum(lv.m for lv in levels), sum(lv.u for lv in levels)):
            if not math.isclose(total, 1, abs_tol=1e-6):
                raise ModelRefused(
                    f"{comparison.name}: probabilities under {circumstance.name} sum "
                    f"to {total}, not to one"
                )
        for stronger, weaker in itertools.pairwise(levels):
            if stronger.weight < weaker.weight:
                raise ModelRefused(
                    f"{comparison.name}: {stronger.name} weighs less than "
                    f"{weaker.name}, yet it is the stronger agreement"
                )
