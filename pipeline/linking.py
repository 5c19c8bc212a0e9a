"""Linking any two tables, or one with itself: read, learn, search, write, tell."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from matching.linkage import fast
from matching.linkage.description import Description
from matching.linkage.encode import Coded, Encoded, code, lay_out
from matching.linkage.learn import FAINT, LearningRefused, Report, learn
from matching.linkage.number_files import (
    NumbersRefused,
    load_numbers,
    save_numbers,
)
from matching.linkage.numbers import Numbers, plan_of
from matching.linkage.oversize import Block, blocks, oversize
from matching.linkage.pairs import (
    found_by_reference,
    in_order,
    line_of,
    pairs_table,
    ranks,
)
from matching.linkage.rivals import LEAST_RIVAL, against_rivals
from matching.linkage.tables import TableRefused, ids_of
from matching.linkage.warming import load_kernels
from pipeline import clock
from pipeline.errors import ConfigurationError, CrossborderError
from pipeline.linkage_files import (
    columns_of,
    read_columns,
    read_description,
    repeating,
)
from pipeline.vault import atomic_file

Say = Callable[[str], None]

LARGEST_RULE = 2e9
"""Pairs of a rule beyond which a linkage isn't begun, unless asked to."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command was asked to link, and how."""

    description: Path
    left: Path
    right: Path | None
    """None where one table is held against itself."""
    model: Path | None = None
    threshold: float | None = None
    engine: str = "fast"
    threads: int | None = None
    largest_rule: float = LARGEST_RULE
    save_model: Path | None = None
    laps: clock.Laps = field(default_factory=clock.Laps, compare=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Tables that are read and coded, and are not too much to compare."""

    asked: Asked
    description: Description
    ids: tuple[pa.Array, pa.Array]
    tables: tuple[pa.Table, pa.Table | None] | None
    """What the reference engine reads; the fast one needs no more than the codes."""
    encoded: Encoded
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Model:
    numbers: Numbers
    name: str
    """Where the numbers come from, in words."""
    report: Report | None
    """How learning went, where they were learnt."""
    found: fast.Found | None = None
    """Pairs that learning found already, down to ``learn.FAINT`` bits."""


def prepare(asked: Asked) -> Prepared:
    """The tables of a linkage, read and coded.

    Raises:
        ConfigurationError: a file can't be used, or a rule makes too many pairs.
    """
    if asked.engine not in {"fast", "reference"}:
        raise ConfigurationError(["--engine: fast or reference"])
    if asked.threads is not None:
        pa.set_cpu_count(asked.threads)
    description = read_description(asked.description, asked.threshold)
    if description.deduplicated and asked.right is None:
        raise ConfigurationError(
            [
                f"{asked.description}: deduplicated: a table that has each person once "
                "has nothing to find in itself: take it out, or link two tables"
            ]
        )
    with ThreadPoolExecutor(1) as pool:
        ready = pool.submit(load_kernels)
        tables, ids, coded = _read(asked, description)
        ready.result()
    encoded = lay_out(description, coded, asked.threads)
    made = blocks(description, encoded.work)
    if faults := oversize(made, asked.largest_rule, ids[0]):
        raise ConfigurationError(faults)
    asked.laps.lap("encode")
    return Prepared(asked, description, ids, tables, encoded, made)


_Tables = tuple[pa.Table, pa.Table | None]


def _read(
    asked: Asked, description: Description
) -> tuple[_Tables | None, tuple[pa.Array, pa.Array], Coded]:
    """The tables, where the engine reads them, their ids and their codes."""
    wanted, codes = columns_of(description), repeating(description)
    left = read_columns(asked.left, wanted, codes)
    right = read_columns(asked.right, wanted, codes) if asked.right else None
    asked.laps.lap("read")
    try:
        coded = code(description, left, right, asked.threads)
    except TableRefused as error:
        raise ConfigurationError([str(error)]) from error
    own = ids_of(left, description.id)
    others = own if right is None else ids_of(right, description.id)
    tables = (left, right) if asked.engine == "reference" else None
    return tables, (own, others), coded


def model_of(prepared: Prepared) -> Model:
    """The numbers that were named, or else those learnt from the tables.

    Raises:
        ConfigurationError: the model named is not one of this description.
        CrossborderError: nothing can be learnt from the tables.
    """
    asked, description = prepared.asked, prepared.description
    named = asked.model
    if named is None and description.model is not None:
        named = asked.description.parent / description.model
    if named is not None:
        try:
            return Model(load_numbers(named, description), str(named), None)
        except NumbersRefused as error:
            raise ConfigurationError([f"{named}: {error}"]) from error
    return learnt(prepared)


def learnt(prepared: Prepared) -> Model:
    """Numbers from the tables alone, kept where that was asked for.

    Raises:
        ConfigurationError: there are too many levels to count.
        CrossborderError: nothing can be learnt from the tables.
    """
    asked, description, ids = prepared.asked, prepared.description, prepared.ids
    try:
        found = learn(
            description, prepared.encoded, ids[0],
            None if asked.right is None else ids[1], asked.threads,
        )  # fmt: skip
    except TableRefused as error:
        raise ConfigurationError([str(error)]) from error
    except LearningRefused as error:
        raise CrossborderError(f"no model was learnt: {error}") from error
    asked.laps.lap("learn")
    name = "learnt from these tables"
    if asked.save_model is not None:
        path = save_numbers(
            description, found.numbers, _learnt_from(prepared),
            clock.now().date(), asked.save_model,
        )  # fmt: skip
        name += f", kept as {path}"
    return Model(found.numbers, name, found.report, found.found)


def _learnt_from(prepared: Prepared) -> str:
    asked = prepared.asked
    tables = [asked.left] if asked.right is None else [asked.left, asked.right]
    said = [
        f"{len(ids):,} records of {path.name}"
        for path, ids in zip(tables, prepared.ids, strict=False)
    ]
    return " and ".join(said)


def found_of(prepared: Prepared, model: Model) -> fast.Found:
    """The pairs at or above the threshold, in the order of their ids."""
    description, calibration = prepared.description, model.numbers.calibration
    line = calibration.learnt(line_of(description.threshold))
    if prepared.tables is not None:
        from matching.linkage import reference

        pairs = reference.search(description, model.numbers, prepared.tables, line)
        found = found_by_reference(description, pairs)
    else:
        found = _found_fast(prepared, model, line)
    if model.found is None:
        prepared.asked.laps.lap("compare")
    found = replace(found, bits=calibration.bits(found.bits))
    left = ranks(prepared.ids[0])
    one_table = prepared.asked.right is None
    right = left if one_table else ranks(prepared.ids[1])
    return in_order(found, left, right, one_table=one_table)


def _found_fast(prepared: Prepared, model: Model, line: float) -> fast.Found:
    description = prepared.description
    reached = min(line, LEAST_RIVAL) if description.deduplicated else line
    if model.found is not None and reached >= FAINT:
        found = model.found.reaching(reached)
    else:
        plan = plan_of(description, model.numbers, prepared.encoded, reached)
        with_progress = progress(sys.stderr, sum(one.pairs for one in prepared.blocks))
        found = fast.search(
            prepared.encoded, plan, prepared.asked.threads, with_progress
        )
    return against_rivals(description, found).reaching(line)


def table_of(prepared: Prepared, found: fast.Found) -> pa.Table:
    """The pairs as they are written."""
    return pairs_table(prepared.description, found, *prepared.ids)


def why_of(prepared: Prepared, numbers: Numbers, pair: tuple[str, str]) -> list[str]:
    """Why two records, by their ids, are linked or not, and who else each may be.

    Raises:
        ConfigurationError: there are no such two records.
    """
    from matching.linkage import nearest, why

    description, encoded, ids = prepared.description, prepared.encoded, prepared.ids
    one_table = prepared.asked.right is None
    names = ("input", "input") if one_table else ("left", "right")
    left, right = (
        _place(each, text, name)
        for each, text, name in zip(ids, pair, names, strict=True)
    )
    if one_table and left == right:
        raise ConfigurationError([f"{pair[0]} and {pair[1]} are one record: name two"])
    found = why.why(description, numbers, encoded, (left, right))
    others = nearest.nearest_rivals(description, numbers, encoded, (left, right))
    return [
        *why.in_words(found, description),
        nearest.in_words(*pair, others[0], ids[1]),
        nearest.in_words(*pair[::-1], others[1], ids[0]),
    ]


def _place(ids: pa.Array, text: str, name: str) -> int:
    import pyarrow.compute as pc

    try:
        place = pc.index(ids, pa.scalar(text, pa.string()).cast(ids.type)).as_py()
    except pa.ArrowInvalid:
        place = -1
    if place < 0:
        raise ConfigurationError([f"{text}: the {name} table has no such record"])
    return int(place)


def progress(stream: TextIO | None, pairs: int) -> Callable[[float], None] | None:
    """Tells a person at a terminal how far the comparing is; nobody else."""
    if stream is None or not stream.isatty():
        return None

    def tell(share: float) -> None:
        end = "\n" if share >= 1 else ""
        stream.write(f"\rcomparing {pairs:,} pairs: {share:4.0%}{end}")
        stream.flush()

    return tell


def write_timings(path: Path, prepared: Prepared, found: fast.Found) -> None:
    """What each step took, in seconds, and how many pairs were compared."""
    taken = {
        name: {"wall": wall, "cpu": processor}
        for name, (wall, processor) in prepared.asked.laps.taken.items()
    }
    with atomic_file(path) as file:
        file.write(json.dumps(taken | {"pairs": found.compared}, indent=1).encode())


def tell(say: Say, prepared: Prepared, model: Model, found: fast.Found | None) -> None:
    """The summary of a linkage: what was read, met, kept, and not readable."""
    names = ("left", "right") if prepared.asked.right else ("input",)
    for name, ids in zip(names, prepared.ids, strict=False):
        say(f"{name:<12}{len(ids):>15,} records")
    for block in prepared.blocks:
        say(f"{'rule':<12}{block.pairs:>15,} pairs by {block.rule.name}")
    if found is not None:
        if prepared.asked.engine == "fast":
            say(f"{'compared':<12}{found.compared:>15,} pairs, each once")
        least = prepared.description.threshold
        say(
            f"{'kept':<12}{len(found.left):>15,} pairs of probability {least:g} or more"
        )
    for one in prepared.description.comparisons:
        count = prepared.encoded.unreadable.get(one.name)
        if count:
            say(f"{'unreadable':<12}{count:>15,} values of {one.column}: {one.kind}")
    say(f"{'model':<12}{model.name}")
    if model.report is not None:
        tell_learning(say, model.report)
    steps = [(name, wall) for name, (wall, _) in prepared.asked.laps.taken.items()]
    each = ", ".join(f"{name} {wall:.1f}" for name, wall in steps)
    say(f"{'took':<12}{sum(wall for _, wall in steps):>15.1f} seconds: {each}")


def tell_learning(say: Say, report: Report) -> None:
    """How learning went, and what to look at."""
    say(
        f"{'learnt':<12}{report.matches:>15,.0f} matches expected, after "
        f"{report.rounds} rounds"
    )
    for merged in report.merged:
        say(f"{'learnt':<12}weigh the same: {merged}")
    for warning in report.warnings:
        say(f"{'beware':<12}{warning}")
