"""Learning a model from records alone, without anyone saying who is who.

``u`` comes from random pairs, sampled by hash, and for exact agreement from counting
all pairs; ``m`` from expectation and maximisation over pairs that share a key. Every
number starts from the beliefs of ``matching.priors`` and moves as far as the records
carry it. Identifiers keep the beliefs: too few pairs have one kind on both sides.
"""

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from matching import blocking
from matching.candidates import candidate_pairs
from matching.comparisons import joined
from matching.em import Block, Levels, learn
from matching.field_levels import Column, Pairs, field_columns
from matching.frames import Floats, Ints, Items, Side
from matching.model import Comparison, Level, Model, counted_rules
from matching.name_levels import name_columns
from matching.pooling import pooled
from matching.priors import prior_model
from matching.reference import Search, link, search_of

LEARNT = ("forename", "surname", "dob", "sex", "postcode")
RANDOM_PAIRS = 200_000
BELIEVED_PAIRS = 200.0
"""How many pairs of one person the belief in ``m`` is worth."""

BELIEVED_SIGHTINGS = 2.0
"""How many sightings of a level the belief in its ``u`` is worth, however rare."""

_LARGEST_EXPECTATION = 3.0


class FitRefused(ValueError):
    """There is too little to learn from."""


@dataclass(frozen=True, slots=True)
class _Records:
    left: Side
    right: Side
    blocks: list[Block]
    random: list[Floats]
    """For each comparison how many random pairs reached each level."""
    agreeing: dict[tuple[str, str], float]
    """Of all pairs, how many agree exactly, by comparison and level."""


def fit(left: pa.Table, right: pa.Table, family: str, released: dt.date) -> Model:
    """A model of a family, learnt from PERSONS of several left and one right authority.

    The same tables give the same model.

    Raises:
        FitRefused: the right side is not one authority, or no records share a key.
        ValueError: no such family.
    """
    authorities = set(right.column("authority").to_pylist())
    if len(authorities) != 1 or left.num_rows == 0:
        raise FitRefused(
            "learning takes records of other authorities on the left and of exactly "
            f"one on the right, not {left.num_rows} records and {len(authorities)} "
            "authorities"
        )
    belief = prior_model(family, released)
    records = _records(search_of(left, right, belief, 0.5))
    model = belief
    for _ in range(2):
        model = _learnt(records, model, belief)
    model = replace(
        model,
        learnt_from=(
            f"{left.num_rows} records searched for among {right.num_rows}, "
            f"{RANDOM_PAIRS} random pairs, no labels"
        ),
    )
    for _ in range(3):
        model = replace(model, expected_matches=_expected_matches(left, right, model))
    return model


def random_pairs(left: Side, right: Side, wanted: int = RANDOM_PAIRS) -> Pairs:
    """About so many pairs, each left record with some chosen by a hash of its key."""
    draws = -(-wanted // len(left))
    rights = [
        _drawn(f"{authority}|{ref}|{draw}", len(right))
        for authority, ref in zip(left.authority, left.record_ref, strict=True)
        for draw in range(draws)
    ]
    lefts = np.repeat(np.arange(len(left), dtype=np.int64), draws)
    return lefts, np.array(rights, dtype=np.int64)


def _records(search: Search) -> _Records:
    """``search`` weighs as was believed; which floor it has does not matter."""
    left, right = search.left, search.right
    blocks = [
        block
        for rule, blocked in _TRAINING
        if (block := _block(search, rule, blocked)) is not None
    ]
    if not blocks:
        raise FitRefused("no two records share a date of birth, a name or an address")
    sample = _columns(search, random_pairs(left, right))
    return _Records(
        left,
        right,
        blocks,
        [
            np.bincount(
                column.level[column.level >= 0], minlength=len(column.level_names)
            ).astype(np.float64)
            for column in sample
        ],
        _agreeing(left, right),
    )


def _columns(search: Search, pairs: Pairs) -> list[Column]:
    left, right, scale = search.left, search.right, search.scale
    names = name_columns(left, right, pairs, search.names, scale)
    return [*names, *field_columns(left, right, pairs, scale)][: len(LEARNT)]


def _forename_and_postcode(side: Side) -> blocking.Keyed:
    """Each forename with each postcode."""
    postcodes: dict[int, list[str]] = {}
    for owner, postcode in zip(
        side.postcodes.person.tolist(),
        side.postcodes.values["postcode"].tolist(),
        strict=True,
    ):
        postcodes.setdefault(owner, []).append(postcode)
    return blocking.keyed_rows(
        (owner, f"{joined(forename)} {postcode}")
        for owner, forename in zip(
            side.names.person.tolist(), side.names.values["forename"], strict=True
        )
        if forename
        for postcode in postcodes.get(owner, ())
    )


_TRAINING = (
    (blocking.birth_date, {"dob"}),
    (blocking.forename_and_surname, {"forename", "surname"}),
    (_forename_and_postcode, {"forename", "postcode"}),
)
"""Rules whose pairs are learnt from, and what each asks for. No rule leaves siblings
alone together: those of one surname and address would pass for one person."""


def _block(search: Search, rule: blocking.Keys, blocked: set[str]) -> Block | None:
    rules = (blocking.Rule("training", rule, rule),)
    rows = [
        np.stack([column.level for column in _columns(search, pairs)], axis=1)
        for pairs in candidate_pairs(search.left, search.right, rules)
    ]
    if not rows:
        return None
    patterns, counts = np.unique(np.concatenate(rows), axis=0, return_counts=True)
    return Block(
        _without_counted_elsewhere(patterns),
        counts.astype(np.float64),
        tuple(name not in blocked for name in LEARNT),
    )


def _without_counted_elsewhere(patterns: Ints) -> Ints:
    """Levels that weigh nothing of their own, as missing."""
    for place, name in enumerate(LEARNT):
        beyond = patterns[:, place] >= len(counted_rules(name))
        patterns[beyond, place] = -1
    return patterns


def _learnt(records: _Records, model: Model, belief: Model) -> Model:
    """One estimate of all levels; ``model`` says how many pairs are matches."""
    share = min(0.5, model.expected_matches / len(records.right))
    comparisons, levels = [], []
    for place, name in enumerate(LEARNT):
        u = _u(records, place, model, belief, share)
        levels.append(_levels(name, belief, u))
    learnt = learn(records.blocks, levels)
    for name, each, m in zip(LEARNT, levels, learnt.m, strict=True):
        comparisons.append(_comparison(name, each, m))
    kept = [each for each in belief.comparisons if each.name not in LEARNT]
    return replace(model, comparisons=(*comparisons, *kept))


def _levels(name: str, belief: Model, u: Floats) -> Levels:
    rules = counted_rules(name)
    circumstances = list(dict.fromkeys(rule.given for rule in rules))
    m = np.array([level.m for level in belief.comparison(name).levels])
    return Levels(
        circumstance=np.array([circumstances.index(rule.given) for rule in rules]),
        m=m,
        u=u,
        m_seen=m * BELIEVED_PAIRS,
        u_seen=u * BELIEVED_PAIRS,
    )


def _u(
    records: _Records, place: int, model: Model, belief: Model, share: float
) -> Floats:
    """``u`` of each level of a comparison, matches among the pairs taken off."""
    name = LEARNT[place]
    rules = counted_rules(name)
    seen = records.random[place][: len(rules)]
    everyone = float(len(records.left) * len(records.right))
    believed = np.array([level.u for level in belief.comparison(name).levels])
    m = np.array([level.m for level in model.comparison(name).levels])
    given = [rule.given for rule in rules]
    u = np.zeros(len(rules))
    for circumstance in dict.fromkeys(given):
        members = [i for i, each in enumerate(given) if each is circumstance]
        pairs = seen[members].sum()
        for i in members:
            count, of = seen[i], pairs
            if (name, rules[i].name) in records.agreeing:
                count, of = records.agreeing[name, rules[i].name], everyone
            others = max(count - share * of * m[i], 0.1 * count)
            u[i] = (BELIEVED_SIGHTINGS + others) / (
                BELIEVED_SIGHTINGS / believed[i] + of
            )
        rest = max(members, key=lambda i: believed[i])
        u[rest] = 1 - sum(u[i] for i in members if i != rest)
    return u


def _comparison(name: str, levels: Levels, m: Floats) -> Comparison:
    values = np.zeros(len(m))
    for circumstance in np.unique(levels.circumstance):
        members = np.flatnonzero(levels.circumstance == circumstance)
        values[members] = pooled(m[members].tolist(), levels.u[members].tolist())
    return Comparison(
        name,
        tuple(
            Level(rule.name, _short(m_level), _short(u_level))
            for rule, m_level, u_level in zip(
                counted_rules(name), values, levels.u, strict=True
            )
        ),
    )


def _expected_matches(left: pa.Table, right: pa.Table, model: Model) -> float:
    """The sum of the probabilities of all pairs, for each left record."""
    pairs = link(left, right, model, floor=0.01)
    unguarded = (
        row["probability"]
        for row in pairs.select(["probability", "evidence"]).to_pylist()
        if row["evidence"][-1]["comparison"] != "guard"
    )
    expected = math.fsum(unguarded) / left.num_rows
    return _short(min(max(expected, 0.001), _LARGEST_EXPECTATION))


def _agreeing(left: Side, right: Side) -> dict[tuple[str, str], float]:
    ours, theirs = _all_terms(left), _all_terms(right)
    return {level: _shared(ours[level], theirs[level]) for level in ours}


def _all_terms(side: Side) -> dict[tuple[str, str], Counter[str]]:
    return {
        ("forename", "exact"): _name_terms(side.names, "forename"),
        ("surname", "exact"): _name_terms(side.names, "surname"),
        ("dob", "exact"): _birth_terms(side.births),
        ("postcode", "same"): _terms(
            side.postcodes, side.postcodes.values["postcode"].tolist()
        ),
    }


def _shared(left: Counter[str], right: Counter[str]) -> float:
    return float(sum(count * right[term] for term, count in left.items()))


def _name_terms(names: Items, part: str) -> Counter[str]:
    return _terms(names, (joined(text) if text else "" for text in names.values[part]))


def _birth_terms(births: Items) -> Counter[str]:
    stated = births.where(~births.values["weak"])
    return _terms(stated, stated.values["text"])


def _terms(items: Items, texts: Iterable[str]) -> Counter[str]:
    """How many persons have each term."""
    owned = set(zip(items.person.tolist(), texts, strict=True))
    return Counter(term for _, term in owned if term)


def _drawn(key: str, size: int) -> int:
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    return int.from_bytes(digest) % size


def _short(value: float) -> float:
    return float(f"{value:.10g}")
