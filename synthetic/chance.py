"""Chance that is the same for ever: every draw comes from a seed and a purpose.

A :class:`Chance` is named by what it decides, such as ``("children", "330")``. Two
purposes never share a stream, so that adding a night, an authority or a step changes
nothing that was drawn for another purpose.
"""

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_DRAWN_AT_ONCE = 4096


class Chance:
    """A stream of fractions in [0, 1) fixed by the seed and the purpose."""

    __slots__ = ("_fractions",)

    def __init__(self, seed: int, *purpose: object) -> None:
        name = "\x1f".join([str(seed), *map(str, purpose)])
        key = int.from_bytes(hashlib.sha256(name.encode()).digest())
        self._fractions = _fractions(np.random.Generator(np.random.PCG64(key)))

    def fraction(self) -> float:
        return next(self._fractions)

    def yes(self, rate: float) -> bool:
        """True with probability ``rate``. One draw, whatever the rate."""
        return next(self._fractions) < rate

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(next(self._fractions) * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely as the next.

        Raises:
            IndexError: there are none.
        """
        return options[int(next(self._fractions) * len(options))]

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """A day from ``first`` to ``last``; ``first`` when they are the wrong way."""
        return first + dt.timedelta(self.whole(0, max(0, (last - first).days)))

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """The items in another order (Fisher-Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.whole(0, last)
            order[last], order[other] = order[other], order[last]
        return order


def _fractions(generator: np.random.Generator) -> Iterator[float]:
    while True:
        yield from generator.random(_DRAWN_AT_ONCE).tolist()


class Weighted(Generic[T]):
    """Options of which some come up more often than others."""

    __slots__ = ("_options", "_steps")

    def __init__(self, weights: Iterable[tuple[T, float]]) -> None:
        pairs = [(option, weight) for option, weight in weights if weight > 0]
        if not pairs:
            raise ValueError("nothing to choose from: every weight is nought")
        self._options = [option for option, _ in pairs]
        steps = list(accumulate(weight for _, weight in pairs))
        self._steps = [step / steps[-1] for step in steps[:-1]]

    def pick(self, chance: Chance) -> T:
        return self._options[bisect_right(self._steps, chance.fraction())]


def zipf(options: Sequence[T], *, flat: float = 3.0) -> Weighted[T]:
    """Options whose frequency falls as one over (rank + ``flat``)."""
    return Weighted((option, 1 / (rank + flat)) for rank, option in enumerate(options))


def quotas(total: int, weights: Mapping[K, float]) -> dict[K, int]:
    """Whole shares of a total that sum to it exactly (largest remainder).

    Ties go to whatever comes first in ``weights``.
    """
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("nothing to share among: every weight is nought")
    exact = {key: total * weight / whole for key, weight in weights.items()}
    shares = {key: int(value) for key, value in exact.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(exact, key=lambda key: shares[key] - exact[key])
    for key in by_remainder[:left]:
        shares[key] += 1
    return shares
