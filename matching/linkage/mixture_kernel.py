"""How likely each cell's pairs are of each kind, compiled: one step of expectation."""

# mypy: disable-error-code="untyped-decorator,no-untyped-def"

import numpy as np

from matching.linkage.compiled import compiled


@compiled
def likelihoods(levels, rarity, logs, shares):
    """(cells, 3): how likely a cell's pairs are of one person, of kin, strangers.

    ``levels`` is (cells, comparisons), and ``logs`` (comparisons, levels, 3) what each
    level says of each kind, zero where it says nothing. ``rarity`` is in nats and
    speaks for one person and for kin; ``shares`` are logarithms too.
    """
    cells, comparisons = levels.shape
    likely = np.empty((cells, 3))
    for cell in range(cells):
        one, kin = shares[0] + rarity[cell], shares[1] + rarity[cell]
        stranger = shares[2]
        for c in range(comparisons):
            level = levels[cell, c]
            one += logs[c, level, 0]
            kin += logs[c, level, 1]
            stranger += logs[c, level, 2]
        most = max(one, kin, stranger)
        one, kin = np.exp(one - most), np.exp(kin - most)
        stranger = np.exp(stranger - most)
        whole = one + kin + stranger
        likely[cell, 0], likely[cell, 1] = one / whole, kin / whole
        likely[cell, 2] = stranger / whole
    return likely


@compiled
def counted(levels, likely, counts, width):
    """(comparisons, width, 3): how many pairs of each kind reached each level."""
    cells, comparisons = levels.shape
    seen = np.zeros((comparisons, width, 3))
    for cell in range(cells):
        for c in range(comparisons):
            for kind in range(3):
                seen[c, levels[cell, c], kind] += likely[cell, kind] * counts[cell]
    return seen
