"""Weights that fall from the strongest agreement to the weakest."""

from collections.abc import Sequence


def pooled(m: Sequence[float], u: Sequence[float]) -> list[float]:
    """``m`` changed as little as makes the ratios fall from level to level.

    Neighbours that rise share the ratio of their sums (pool adjacent violators), so the
    sum stays what it was.
    """
    return [
        u[place] * (sum(m[i] for i in group) / sum(u[i] for i in group))
        for group in pools(m, u)
        for place in group
    ]


def pools(m: Sequence[float], u: Sequence[float]) -> list[list[int]]:
    """The levels, those together that must share one ratio."""
    groups: list[list[int]] = []

    def ratio(group: list[int]) -> float:
        return sum(m[i] for i in group) / sum(u[i] for i in group)

    for place in range(len(m)):
        groups.append([place])
        while len(groups) > 1 and ratio(groups[-2]) < ratio(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    return groups
