"""The benchmark gives every engine the same rules and says what each took."""

import json
import sys
import tomllib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage import __main__ as bench
from benchmarks.linkage import our_engine, report
from benchmarks.linkage.cases import SPECS, Case
from benchmarks.linkage.engines import ENGINES, ROOT, Engine
from benchmarks.linkage.measuring import measure
from benchmarks.linkage.results import CaseResult, EngineResult, as_json
from benchmarks.linkage.rules import UnlikeError, plain_rules

SAME = ("people", "people-nhs", "febrl3", "febrl4")
BUSY = "x = bytearray(80_000_000)\nfor _ in range(4_000_000): pass"


@pytest.fixture
def case(tmp_path):
    """Two true pairs, of which an engine may write what it likes."""
    truth = tmp_path / "truth.parquet"
    ids = {"left_id": ["l1", "l2"], "right_id": ["r1", "r2"]}
    pq.write_table(pa.table(ids), truth)
    tables = tmp_path / "left.parquet", tmp_path / "right.parquet"
    for path, refs in zip(tables, ids.values(), strict=True):
        columns = {
            "rec_id": refs, "given_name": ["JO", "AL"], "surname": ["X", None],
            "dob": pa.array([1, None], pa.int32()).cast(pa.date32()),
            "postcode": [f"{path.stem} 1", f"{path.stem} 2"],
        }  # fmt: skip
        pq.write_table(pa.table(columns), path)
    return Case("2 × 2", tables, truth, SPECS / "people.yaml", None, {}, True, 2)


def writes(pairs):
    """An engine that writes these pairs, as a process of its own."""
    table = {
        "left_id": [pair[0] for pair in pairs], "right_id": [pair[1] for pair in pairs],
        "weight": [3.0] * len(pairs), "probability": [0.9] * len(pairs),
    }  # fmt: skip
    code = (
        "import sys, pyarrow as pa, pyarrow.parquet as pq; "
        f"pq.write_table(pa.table({table!r}), sys.argv[1] + '/pairs.parquet')"
    )
    return lambda _, out: [sys.executable, "-c", code, str(out)]


@pytest.mark.parametrize("name", SAME)
def test_what_every_engine_is_given_leaves_nothing_to_the_engine(name):
    rules = plain_rules(SPECS / f"{name}.yaml")
    assert rules["threshold"] == 0.5
    for one in rules["comparisons"].values():
        assert one["levels"][-1] == "different"
    columns = {one["column"] for one in rules["comparisons"].values()}
    assert {t[0] for r in rules["blocking"] for s in r.values() for t in s} <= columns


def test_rules_are_told_to_a_peer_as_columns_and_letters():
    rules = plain_rules(SPECS / "people-nhs.yaml")["blocking"]
    names = [["given_name", 0], ["surname", 0]]
    short = [["given_name", 3], ["surname", 4]]
    assert rules[0] == {"left": [["nhs", 0]], "right": [["nhs", 0]]}
    assert rules[2] == {"left": names, "right": names[::-1]}
    assert rules[-1] == {"left": short, "right": short}


def test_with_and_without_identifier_differ_in_nothing_else():
    without, shared = (plain_rules(SPECS / f"{n}.yaml") for n in SAME[:2])
    shared["comparisons"].pop("nhs")
    assert shared["comparisons"] == without["comparisons"]
    assert shared["blocking"][1:] == without["blocking"]


def test_a_description_that_leaves_levels_to_the_engine_is_given_to_no_peer():
    with pytest.raises(UnlikeError, match="leaves its levels"):
        plain_rules(SPECS / "people-own.yaml")


def test_what_the_benchmark_holds_itself_is_no_commands_memory(tmp_path):
    held = bytearray(b"x") * 300_000_000
    taken = measure([sys.executable, "-I", "-S", "-c", "pass"], tmp_path)
    assert 1 < taken.peak_mb < 100 < len(held) / 1e6


def test_a_command_is_measured_with_its_children(tmp_path):
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
    taken = measure([sys.executable, "-c", child], tmp_path)
    assert taken.code == 0
    assert taken.peak_mb > 80
    assert 0 < taken.cpu < 60
    assert taken.wall > 0.05


def test_a_command_that_fails_says_why_and_one_past_its_time_is_stopped(tmp_path):
    failed = measure(
        [sys.executable, "-c", "raise SystemExit('no such rule')"], tmp_path
    )
    assert (failed.code, failed.said) == (1, "no such rule")
    slow = measure([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 0.2)
    assert slow.code != 0
    assert "past its time" in slow.said


def test_rounds_are_interleaved_and_medians_and_ratios_told(
    case, tmp_path, monkeypatch, capsys
):
    order = []

    def noting(name, ask):
        def asked(*of):
            order.append(name)
            return ask(*of)

        return asked

    good, bad = writes([("l1", "r1"), ("l2", "r2")]), writes([("l1", "r2")])
    engines = {
        "crossborder": Engine("ours", noting("ours", good), ours=True),
        "splink": Engine("a peer", noting("peer", bad)),
    }
    monkeypatch.setattr(bench, "ENGINES", engines)
    result = bench._measured(case, list(engines), tmp_path / "out")
    assert order == ["ours", "peer", "ours", "peer"]
    assert result.engines["crossborder"].quality["best_f1"] == 1.0
    assert result.engines["splink"].quality["f1_at_half"] == 0.0
    assert (result.reached.found, result.reached.of) == (1, 2)
    assert set(result.ratios()["splink"]) == {"wall", "cpu", "peak_mb"}
    told = json.loads(as_json([result], {}))["cases"][0]
    assert len(told["engines"]["splink"]["runs"]) == 2
    assert "<svg" in report.chart([result])
    report.show(bench.console, result)
    assert "a peer needs" in capsys.readouterr().out


def test_an_engine_that_fails_is_told_of_and_the_others_go_on(
    case, tmp_path, monkeypatch
):
    def broken(*_):
        return [sys.executable, "-c", "raise SystemExit('out of memory')"]

    engines = {"splink": Engine("a", broken), "recordlinkage": Engine("b", writes([]))}
    monkeypatch.setattr(bench, "ENGINES", engines)
    result = bench._measured(case, list(engines), tmp_path / "out")
    assert result.engines["splink"].failed == "exit 1: out of memory"
    assert len(result.engines["recordlinkage"].runs) == 2
    report.show(bench.console, result)


def test_a_build_without_our_engine_says_so_before_anything_runs(monkeypatch, capsys):
    monkeypatch.setattr(our_engine, "COMMAND", Path("/bin/false"))
    monkeypatch.setattr(sys, "argv", ["bench", "--quick"])
    assert bench.main() == 2
    assert "no command `link`" in capsys.readouterr().err


def test_ours_is_asked_by_its_command_line_alone(case, tmp_path):
    words = our_engine.link_command(case, case.spec, tmp_path)
    assert words[1:] == [
        "link", str(case.spec), "--left", str(case.tables[0]), "--right",
        str(case.tables[1]), "--out", str(tmp_path / "pairs.parquet"),
        "--timings", str(tmp_path / "steps.json"),
    ]  # fmt: skip
    with pytest.raises(FileNotFoundError, match="left no model"):
        our_engine.kept_model(tmp_path)
    assert set(ENGINES) == {"crossborder", "scoring", "own", "splink", "recordlinkage"}


def test_the_peers_stay_out_of_every_environment_but_their_own():
    locks = {
        name: (ROOT / "requirements" / f"{name}.txt").read_text()
        for name in ("run", "dev", "bench")
    }
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    for pin in ("splink==", "duckdb=="):
        assert any(
            one.startswith(pin) and one in locks["bench"] for one in asked["bench"]
        )
        assert pin not in locks["run"] + locks["dev"]


def test_a_ratio_needs_ours():
    result = CaseResult("a case", 1, {"splink": EngineResult("Splink", ours=False)})
    assert result.ratios() == {}
