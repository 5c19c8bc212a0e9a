"""Splink 5 on DuckDB, in its own environment: ``splink_engine.py JOB.json``.

As its documentation has it, and where there is a choice the faster: sector, district,
area and the date as text are columns made once, not expressions for every pair; no
column is kept beside the scores. Lambda from deterministic rules, u from 1e6 random
pairs, m by expectation maximisation on the job's rules, then predict.
"""

import json
import logging
import resource
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

PARTS = {
    "sector": "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]",
    "district": "^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?",
    "area": "^[A-Za-z]{1,2}",
}
"""Splink's own, of its PostcodeComparison."""
U_PAIRS = 1e6
SEED = 1


def main(job_file: str) -> None:
    """Links as the job says; writes pairs.parquet and steps.json beside it."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    clock = _Clock()
    rules = job["rules"]
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    database = DuckDBAPI(connection)
    tables = _registered(connection, database, job, rules)
    one_table = len(tables) == 1
    settings = SettingsCreator(
        link_type="dedupe_only" if one_table else "link_only",
        comparisons=[_comparison(one) for one in rules["comparisons"].values()],
        blocking_rules_to_generate_predictions=[_rule(r) for r in rules["blocking"]],
        retain_matching_columns=False,
        unique_id_column_name=rules["id"],
        max_iterations=25,
    )
    linker = Linker(tables if not one_table else tables[0], settings,
                    log_level=logging.ERROR)  # fmt: skip
    clock.step("load")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [_block(columns) for columns in job["training"]["deterministic"]],
        recall=job["training"]["recall"],
    )
    clock.step("lambda")
    training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED)
    clock.step("u")
    for columns in job["training"]["maximisation"]:
        training.estimate_parameters_using_expectation_maximisation(_block(columns))
    clock.step("m")
    found = linker.inference.predict(threshold_match_probability=rules["threshold"])
    clock.step("predict")
    _write(connection, found.physical_name, job, one_table=one_table)
    clock.step("write")
    Path(job["steps"]).write_text(json.dumps(clock.steps, indent=1))


def _registered(connection, database, job, rules):
    """The tables with the columns that comparisons need, made once."""
    more = []
    for one in rules["comparisons"].values():
        column = one["column"]
        if one["kind"] == "date":
            more.append(f"CAST({column} AS VARCHAR) AS {column}_text")
        if one["kind"] == "postcode":
            more += [
                f"NULLIF(regexp_extract({column}, '{pattern}'), '') AS {column}_{part}"
                for part, pattern in PARTS.items()
            ]
    tables = []
    for number, path in enumerate(job["tables"]):
        name = f"table_{'ab'[number]}"
        connection.execute(
            f"CREATE TABLE {name} AS SELECT {', '.join(['*', *more])} "  # noqa: S608
            f"FROM read_parquet('{path}')"
        )
        tables.append(database.register(name, dataset_display_name="ab"[number]))
    return tables


def _comparison(one):
    column, kind = one["column"], one["kind"]
    levels = [cll.NullLevel(column)]
    for test in one["levels"]:
        if test in {"exact", "same"}:
            levels.append(
                cll.ExactMatchLevel(
                    column, term_frequency_adjustments=one["frequencies"]
                )
            )
        elif test.startswith("jaro_winkler "):
            levels.append(cll.JaroWinklerLevel(column, float(test.split()[1])))
        elif test == "one_edit":
            text = f"{column}_text" if kind == "date" else column
            levels.append(cll.DamerauLevenshteinLevel(text, 1))
        elif test.startswith("within "):
            levels.append(
                cll.AbsoluteDateDifferenceLevel(
                    column, input_is_string=False, threshold=int(test.split()[1]),
                    metric="day",
                )
            )  # fmt: skip
        elif test in PARTS:
            levels.append(cll.ExactMatchLevel(f"{column}_{test}"))
        elif test == "different":
            levels.append(cll.ElseLevel())
        else:
            raise ValueError(f"no level of Splink's for {test}")
    return cl.CustomComparison(levels, output_column_name=column)


def _rule(rule):
    if rule["left"] == rule["right"]:
        return _block(rule["left"])
    return " and ".join(
        f"{_term('l.', one)} = {_term('r.', other)}"
        for one, other in zip(rule["left"], rule["right"], strict=True)
    )


def _block(terms):
    return block_on(*(_term("", one) for one in terms))


def _term(prefix, term):
    column, letters = term
    return f"substr({prefix}{column}, 1, {letters})" if letters else f"{prefix}{column}"


def _write(connection, scored, job, *, one_table):
    """Pairs as ours writes them; of two tables the left one's record is on the left."""
    key = job["rules"]["id"]
    left, right = f"{key}_l", f"{key}_r"
    if not one_table:
        turned = "source_dataset_l = 'b'"
        left, right = (
            f"CASE WHEN {turned} THEN {right} ELSE {left} END",
            f"CASE WHEN {turned} THEN {left} ELSE {right} END",
        )
    connection.execute(
        f"COPY (SELECT {left} AS left_id, {right} AS right_id, "  # noqa: S608
        "match_weight AS weight, match_probability AS probability "
        f"FROM {scored}) TO '{job['out']}' (FORMAT parquet)"
    )


class _Clock:
    """Wall and processor seconds of each step."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}
        self._last = self._now()

    def step(self, name: str) -> None:
        now = self._now()
        self.steps[name] = {
            "wall": now[0] - self._last[0],
            "cpu": now[1] - self._last[1],
        }
        self._last = now

    @staticmethod
    def _now() -> tuple[float, float]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return time.monotonic(), used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(sys.argv[1])
