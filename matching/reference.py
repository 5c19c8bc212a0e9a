"""The reference engine: pairs of records that may be one person, with all evidence.

Small and plain. recordlinkage proposes the pairs (Index); the weights are ours
(``matching.model``). A pair's weight is the sum of a prior, one part for each
comparison and, for look-alikes, what a guard takes off.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matching.calibration import DIGITS
from matching.comparisons import MISSING
from matching.guards import Weighed, guard_of
from matching.model import Model

if TYPE_CHECKING:
    import pyarrow as pa

    from matching.blocking import Rule
    from matching.field_levels import Column, Pairs
    from matching.frames import Floats, Side
    from matching.frequencies import Frequencies
    from matching.name_levels import Names

Part = dict[str, Any]
"""One part of a pair's evidence, with the keys of ``records.schemas.EVIDENCE``."""


def link(
    left: "pa.Table",
    right: "pa.Table",
    model: Model,
    floor: float,
    rules: "tuple[Rule, ...] | None" = None,
) -> "pa.Table":
    """Every pair of a left and a right record whose probability reaches the floor.

    Which pairs are compared at all say ``rules``: the nightly ones unless given. Both
    sides are PERSONS, the result is PAIRS. Each authority on the right is searched
    by itself, because the prior and the frequencies of names depend on what is
    searched. Two records of one authority are never a pair.

    Raises:
        ValueError: the floor is no probability, or a record stands in a table twice.
    """

    def found(search: Search) -> Iterator[Part]:
        from matching.blocking import RULES
        from matching.candidates import candidate_pairs

        for pairs in candidate_pairs(search.left, search.right, rules or RULES):
            yield from rows_of(search, pairs)

    return link_each(left, right, model, floor, found)


def link_each(
    left: "pa.Table",
    right: "pa.Table",
    model: Model,
    floor: float,
    found: "Callable[[Search], Iterable[Part]]",
) -> "pa.Table":
    """PAIRS of all that an engine finds, one search for each right authority."""
    import pyarrow.compute as pc

    check_floor(floor)
    check_keys(left)
    check_keys(right)
    rows: list[Part] = []
    for authority in sorted(set(right.column("authority").to_pylist())):
        others = left.filter(pc.not_equal(left.column("authority"), authority))
        searched = right.filter(pc.equal(right.column("authority"), authority))
        if others.num_rows:
            rows.extend(found(search_of(others, searched, model, floor)))
    return table_of(rows)


def check_floor(floor: float) -> None:
    """Raises ValueError unless the floor is a probability."""
    if not 0 < floor < 1:
        raise ValueError(f"the floor must lie between 0 and 1, not {floor}")


def table_of(rows: list[Part]) -> "pa.Table":
    """Rows of PAIRS as the table, by record."""
    import pyarrow as pa

    from records.schemas import PAIRS

    rows = sorted(rows, key=lambda row: tuple(row[name] for name in PAIRS.names[:4]))
    return pa.Table.from_pylist(rows, schema=PAIRS)


def probability(weight: float) -> float:
    """The probability of a weight in bits, which is log2 of the odds."""
    if weight < 0:
        odds = math.exp2(weight)
        return round(odds / (1 + odds), 12)
    return round(1 / (1 + math.exp2(-weight)), 12)


@dataclass(frozen=True, slots=True)
class Search:
    """One authority's records searched for the left records."""

    left: "Side"
    right: "Side"
    names: "Names"
    scale: "Frequencies"
    searched: int
    """How many records the authority has; ``right`` may hold some of them only."""
    lowest: float
    """Bits below which a pair is not kept."""

    @property
    def model(self) -> Model:
        return self.scale.model

    @property
    def prior(self) -> float:
        return self.model.prior(self.searched)


def search_of(
    left: "pa.Table", right: "pa.Table", model: Model, floor: float
) -> Search:
    """A search of one authority's records for all left ones."""
    from matching.frequencies import frequencies_of

    scale = frequencies_of(left, right, model)
    return search_among(left, right, scale, right.num_rows, bits(floor))


def search_among(
    left: "pa.Table",
    right: "pa.Table",
    scale: "Frequencies",
    searched: int,
    lowest: float,
) -> Search:
    """A search of some of an authority's records, weighed as one of all of them."""
    from matching.frames import side_of
    from matching.name_levels import numbered

    ours, theirs = side_of(left), side_of(right)
    return Search(ours, theirs, numbered(ours, theirs), scale, searched, lowest)


def bits(probability: float) -> float:
    """The weight of a probability between 0 and 1."""
    return math.log2(probability / (1 - probability))


def rows_of(search: Search, pairs: "Pairs") -> Iterator[Part]:
    """Those of the pairs that reach the lowest weight, as rows of PAIRS."""
    return _rows(search, *_kept(search, pairs))


def _kept(search: Search, pairs: "Pairs") -> "tuple[Pairs, list[Column]]":
    """The pairs that reach the lowest weight, and their comparisons.

    Names are compared last, and only where they can still lift a pair that high.
    """
    from matching.field_levels import field_columns
    from matching.name_levels import name_columns

    fields = field_columns(search.left, search.right, pairs, search.scale)
    total = search.prior + _sum(fields, search.model)
    hopeful = total + _most_that_names_add(search.scale) >= search.lowest
    pairs = (pairs[0][hopeful], pairs[1][hopeful])
    names = name_columns(search.left, search.right, pairs, search.names, search.scale)
    total = (total[hopeful] + _sum(names, search.model)).round(DIGITS)
    kept = total >= search.lowest
    columns = [*names, *(column.only(hopeful) for column in fields)]
    return (pairs[0][kept], pairs[1][kept]), [column.only(kept) for column in columns]


def _sum(columns: "list[Column]", model: Model) -> "Floats":
    first, *rest = (column.weight(model) for column in columns)
    for weight in rest:
        first = first + weight
    return first


def _most_that_names_add(scale: "Frequencies") -> float:
    best = sum(max(scale.model.weights(name)) for name in ("forename", "surname"))
    return best + 2 * scale.largest_adjustment


def _rows(
    search: Search, pairs: "Pairs", columns: "list[Column]"
) -> Iterator[dict[str, Any]]:
    prior = _part("prior", "prior", search.prior)
    parts = [_parts(column, search.model) for column in columns]
    left, right = search.left, search.right
    forenames = _forenames(left), _forenames(right)
    for row, (one, other) in enumerate(
        zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)
    ):
        evidence = _shown([prior, *(part[row] for part in parts)])
        weighed = _weighed(evidence, forenames[0][one], forenames[1][other])
        evidence += _taken_off(evidence, weighed)
        weight = _total(evidence)
        if weight >= search.lowest:
            yield {
                "left_authority": left.authority[one],
                "left_ref": left.record_ref[one],
                "right_authority": right.authority[other],
                "right_ref": right.record_ref[other],
                "weight": weight,
                "probability": probability(weight),
                "left_hash": left.content_hash[one],
                "right_hash": right.content_hash[other],
                "evidence": evidence,
            }


def _parts(column: "Column", model: Model) -> list[Part]:
    names = (*column.level_names, MISSING)
    return [
        {
            "comparison": column.comparison,
            "level": names[level],
            "left": column.left_texts[one] if one >= 0 else None,
            "right": column.right_texts[other] if other >= 0 else None,
            "weight": round(weight, DIGITS),
        }
        for level, one, other, weight in zip(
            column.level.tolist(),
            column.left.tolist(),
            column.right.tolist(),
            column.weight(model).tolist(),
            strict=True,
        )
    ]


def _shown(evidence: list[Part]) -> list[Part]:
    """Without the kinds of identifier that a record lacks; one part says so for all."""
    absent = [
        part
        for part in evidence
        if part["comparison"] == "identifier" and part["level"] == MISSING
    ]
    compared = [part for part in evidence if part not in absent]
    none_compared = all(part["comparison"] != "identifier" for part in compared)
    return compared + absent[:1] if none_compared else compared


def _weighed(
    evidence: list[Part], left_forenames: list[str], right_forenames: list[str]
) -> Weighed:
    levels = {part["comparison"]: part["level"] for part in evidence}
    forename = next(part for part in evidence if part["comparison"] == "forename")
    return Weighed(
        levels={name: level for name, level in levels.items() if name != "identifier"},
        identifiers=frozenset(
            part["level"]
            for part in evidence
            if part["comparison"] == "identifier" and part["level"] != MISSING
        ),
        left_forename=forename["left"],
        right_forename=forename["right"],
        left_forenames=left_forenames,
        right_forenames=right_forenames,
    )


def _taken_off(evidence: list[Part], pair: Weighed) -> list[Part]:
    """What a guard takes off to bring the pair down to its ceiling."""
    guard = guard_of(pair)
    if guard is None:
        return []
    excess = max(_total(evidence) - guard.ceiling, 0.0)
    return [_part("guard", guard.name, round(0.0 - excess, DIGITS) + 0.0)]


def _part(comparison: str, level: str, weight: float) -> Part:
    return {
        "comparison": comparison,
        "level": level,
        "left": None,
        "right": None,
        "weight": weight,
    }


def _total(evidence: list[Part]) -> float:
    return round(math.fsum(part["weight"] for part in evidence), DIGITS) + 0.0


def _forenames(side: "Side") -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(len(side))]
    names = side.names
    for person, forename in zip(
        names.person.tolist(), names.values["forename"].tolist(), strict=True
    ):
        if forename:
            found[person].append(forename)
    return found


def check_keys(persons: "pa.Table") -> None:
    """No record stands in the table twice.

    Raises:
        ValueError: one does.
    """
    import pyarrow.compute as pc

    keys = persons.group_by(["authority", "record_ref"]).aggregate([([], "count_all")])
    twice = keys.filter(pc.greater(keys.column("count_all"), 1))
    if twice.num_rows:
        first = min(
            zip(
                twice.column("authority").to_pylist(),
                twice.column("record_ref").to_pylist(),
                strict=True,
            )
        )
        raise ValueError(
            f"record {first[1]} of {first[0]} stands in PERSONS twice: standardise "
            "each extract once"
        )
