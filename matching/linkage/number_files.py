"""A linkage's numbers as a file that never changes, like ``config/models``."""

import datetime as dt
import itertools
import json
import math
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matching.calibration import Calibration
from matching.linkage.description import Comparison, Description
from matching.linkage.numbers import Numbers, Rates
from matching.released import content_of, hash_of

FAMILY = "linkage"
_PLAIN = re.compile(r"[a-z0-9_]+")
_FAR_FROM_ONE = 1e-6
_CALIBRATION = ("slope", "shift")
_ROUNDED = 2e-6
"""Weights that are pooled may differ so much once they are rounded."""


class NumbersRefused(ValueError):
    """A file of numbers can't be used, or numbers can't be released; says why."""


def save_numbers(
    description: Description,
    numbers: Numbers,
    learnt_from: str,
    released: dt.date,
    folder: Path,
    family: str = FAMILY,
) -> Path:
    """Write the numbers under their name; the same numbers are the same file.

    ``learnt_from`` says in a sentence which records they come from.

    Raises:
        NumbersRefused: they do not fit the description, are no probabilities, or a
            stronger agreement weighs less than a weaker one.
    """
    if not _PLAIN.fullmatch(family):
        raise NumbersRefused(f"family {family!r}: use small letters, digits and _ only")
    _check(description, numbers, "these numbers")
    document = {
        "family": family,
        "released": released.isoformat(),
        "learnt_from": learnt_from,
        "matches": numbers.matches,
        "household_share": numbers.household_share,
        "frequency_strength": numbers.frequency_strength,
        "calibration": asdict(numbers.calibration),
        "comparisons": {
            one.name: _written(one, numbers.rates[one.name])
            for one in description.comparisons
        },
    }
    payload = (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
    path = folder / f"{family}-{released}-{hash_of(payload)}.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(payload)
    return path


def load_numbers(path: Path, description: Description) -> Numbers:
    """The numbers in a file, whose name must carry the hash of its content.

    Raises:
        NumbersRefused: no such file, its content is not what was released under its
            name, or it was made for other comparisons or levels.
    """
    payload = content_of(path, NumbersRefused, "that --save-model wrote")
    try:
        raw = json.loads(payload)
        rates = {
            str(name): _read(levels) for name, levels in raw["comparisons"].items()
        }
        names = {
            str(name): [level["name"] for level in levels]
            for name, levels in raw["comparisons"].items()
        }
        numbers = Numbers(
            rates,
            float(raw["matches"]),
            float(raw["household_share"]),
            float(raw["frequency_strength"]),
            Calibration(*(float(raw["calibration"][one]) for one in _CALIBRATION)),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise NumbersRefused(
            f"model {path.name} does not have a model's shape: learn it again with "
            "this version"
        ) from problem
    _fits(description, names, path.name)
    _check(description, numbers, f"model {path.name}")
    return numbers


def _written(one: Comparison, rates: Rates) -> list[dict[str, Any]]:
    found = []
    for place, level in enumerate(one.levels):
        each = {"name": level.name, "m": rates.m[place], "u": rates.u[place]}
        if rates.household:
            each["household"] = rates.household[place]
        if rates.namesakes:
            each["namesakes"] = rates.namesakes[place]
        found.append(each)
    return found


def _read(levels: list[dict[str, Any]]) -> Rates:
    return Rates(
        *(
            tuple(float(level[word]) for level in levels if word in level)
            for word in ("m", "u", "household", "namesakes")
        )
    )


def _fits(description: Description, names: dict[str, list[str]], name: str) -> None:
    wanted = {
        one.name: [level.name for level in one.levels]
        for one in description.comparisons
    }
    if set(names) != set(wanted):
        raise NumbersRefused(
            f"model {name} was made for the comparisons {', '.join(sorted(names))}, "
            f"not {', '.join(sorted(wanted))}: name another model, or learn one"
        )
    for comparison, levels in wanted.items():
        if names[comparison] != levels:
            raise NumbersRefused(
                f"model {name} has the levels {', '.join(names[comparison])} of "
                f"{comparison}, not {', '.join(levels)}: name another model, or learn "
                "one"
            )


def _check(description: Description, numbers: Numbers, what: str) -> None:
    if set(numbers.rates) != {one.name for one in description.comparisons}:
        raise NumbersRefused(
            f"{what} are of the comparisons {', '.join(sorted(numbers.rates))}: learn "
            "them for this description"
        )
    positive = numbers.matches > 0 and numbers.frequency_strength > 0
    if not positive or not 0 <= numbers.household_share < 1:
        raise NumbersRefused(
            f"{what}: matches and frequency_strength must exceed 0, household_share "
            "must lie between 0 and 1"
        )
    if not numbers.calibration.slope > 0:
        raise NumbersRefused(f"{what}: calibration: slope must exceed 0")
    for one in description.comparisons:
        _check_rates(one, numbers.rates[one.name], what)


def _check_rates(one: Comparison, rates: Rates, what: str) -> None:
    every = asdict(rates)
    for word, shares in every.items():
        if word in {"household", "namesakes"} and not shares:
            continue
        if len(shares) != len(one.levels) or not all(0 < each < 1 for each in shares):
            raise NumbersRefused(
                f"{what}: {one.name}: {word} must have a number between 0 and 1 for "
                f"each of the {len(one.levels)} levels"
            )
        if not math.isclose(math.fsum(shares), 1, abs_tol=_FAR_FROM_ONE):
            raise NumbersRefused(
                f"{what}: {one.name}: {word} sums to {math.fsum(shares):.6g}, not to "
                "one"
            )
    bits = rates.weights()
    weights = [(one.levels[place], bits[place]) for place in one.in_order()]
    for (stronger, more), (weaker, less) in itertools.pairwise(weights):
        if more < less - _ROUNDED:
            raise NumbersRefused(
                f"{what}: {one.name}: {stronger.name} weighs less than {weaker.name}, "
                "yet it is the stronger agreement: put the levels into another order, "
                "or learn the numbers again"
            )
