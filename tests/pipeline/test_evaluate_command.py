"""``crossborder evaluate``: figures in words, as JSON and as pictures, or one line."""

import json
import sys
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import command_line

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def files(tmp_path):
    """Four true pairs; three of them and a false one are scored."""
    tables = {
        "pairs": {
            "left_id": ["l1", "l2", "l3", "l4"], "right_id": ["r1", "r2", "r3", "r9"],
            "weight": [9.0, 4.0, 1.0, 2.0],
            "probability": [1 / (1 + 2.0**-bits) for bits in (9, 4, 1, 2)],
        },
        "truth": {
            "left_id": ["l1", "l2", "l3", "l4"], "right_id": ["r1", "r2", "r3", "r4"],
        },
        "candidates": {"left_id": ["l1", "l2", "l3"], "right_id": ["r1", "r2", "r3"]},
        "left": {
            "rec_id": ["l1", "l2", "l3", "l4"], "origin": ["x", "x", "[y]", "[y]"],
        },
        "right": {"rec_id": ["r1", "r2", "r3", "r4", "r9"]},
    }  # fmt: skip
    paths = {}
    for name, columns in tables.items():
        paths[name] = tmp_path / f"{name}.parquet"
        pq.write_table(pa.table(columns), paths[name])
    return paths


def said_by(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["crossborder", "evaluate", *map(str, words)])
    try:
        command_line.main()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err


def asked(files, *more):
    return files["pairs"], "--truth", files["truth"], *more


def test_it_says_the_figures_and_writes_them_with_pictures(
    tmp_path, monkeypatch, capsys, files
):
    out = tmp_path / "out"
    code, said, _ = said_by(
        monkeypatch, capsys, *asked(files), "--candidates", files["candidates"],
        "--groups", files["left"], "--group-column", "origin", "--id", "rec_id",
        "--out", out,
    )  # fmt: skip
    assert code == 0
    assert "At p ≥ 0.5: F1 0.7500, precision 0.7500, recall 0.7500" in said
    assert "Blocking reaches 3 of 4 true pairs" in said
    assert "[y]" in said
    told = json.loads((out / "evaluation.json").read_text())
    assert told["best"]["f1"] == pytest.approx(0.75)
    assert told["recall_by_group"]["[y]"]["recall"]["share"] == 0.5
    assert told["recall_by_group"]["[y]"]["reachable"]["share"] == 0.5
    for picture in ("thresholds", "reliability", "recall-by-group"):
        text = (out / f"{picture}.svg").read_text()
        root = ElementTree.fromstring(text)  # noqa: S314 - our own
        assert root.find(f"{SVG}title").text
        assert root.find(f"{SVG}desc").text


def test_the_description_of_the_linkage_says_what_blocking_reaches(
    tmp_path, monkeypatch, capsys, files
):
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        "id: rec_id\n"
        "comparisons: {origin: {kind: code, column: origin}}\n"
        "blocking: [origin]\n"
    )
    for side, more in (("left", []), ("right", ["z"])):
        values = ["a", "b", {"left": "c", "right": "x"}[side], None, *more]
        refs = pq.read_table(files[side]).column("rec_id")
        table = pa.table({"rec_id": refs, "origin": pa.array(values)})
        pq.write_table(table, files[side])
    code, said, _ = said_by(
        monkeypatch, capsys, *asked(files), "--spec", spec,
        "--left", files["left"], "--right", files["right"],
    )  # fmt: skip
    assert code == 0
    assert "Blocking reaches 2 of 4" in said


def test_pairs_of_one_table_are_found_in_either_order(
    tmp_path, monkeypatch, capsys, files
):
    truth = tmp_path / "clusters.parquet"
    ids = ["l1", "r1", "l2", "r2", "l3", "r3", "l4", "r9"]
    pq.write_table(pa.table({"id": ids, "cluster": [1, 1, 2, 2, 3, 3, 4, 5]}), truth)
    words = (files["pairs"], "--truth", truth)
    for more in ((), ("--one-table",)):
        code, said, _ = said_by(monkeypatch, capsys, *words, *more)
        assert code == 0
        assert "3 true pairs" in said
        assert "recall 1.0000" in said
    tables = ("--left", files["left"], "--right", files["right"], "--id", "rec_id")
    code, _, said = said_by(monkeypatch, capsys, *words, *tables)
    assert code == 2
    assert "for two tables write pairs" in said


def test_no_pairs_are_an_answer_without_pictures_of_them(
    tmp_path, monkeypatch, capsys, files
):
    empty = pq.read_table(files["pairs"]).slice(0, 0)
    pq.write_table(empty, files["pairs"])
    out = tmp_path / "out"
    code, said, _ = said_by(monkeypatch, capsys, *asked(files, "--out", out))
    assert code == 0
    assert "F1 0.0000, precision –, recall 0.0000" in said
    assert [path.name for path in out.iterdir()] == ["evaluation.json"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--left", "left"), "--left and --right belong together"),
        (("--groups", "left"), "--groups and --group-column belong together"),
        (("--spec", "left"), "--spec needs the tables"),
        (("--spec", "left", "--candidates", "left"), "name one"),
        (("--input", "left", "--left", "left", "--right", "right"), "name either"),
        (("--candidates", "nowhere"), "there is no such file"),
        (("--left", "left", "--right", "right"), "left: has no column id"),
        (
            ("--left", "left", "--right", "left", "--id", "rec_id"),
            "4 of its records are not in the right table, first r1",
        ),
        (("--groups", "left", "--group-column", "sort"), "groups: has no column sort"),
    ],
)
def test_what_can_not_be_evaluated_is_one_line_with_its_mend(
    monkeypatch, capsys, files, words, fault
):
    named = [files.get(word, word) for word in words]
    code, _, said = said_by(monkeypatch, capsys, *asked(files, *named))
    assert code == 2
    assert fault in said


def test_a_file_that_is_no_parquet_is_one_line(tmp_path, monkeypatch, capsys, files):
    spoilt = tmp_path / "spoilt.parquet"
    spoilt.write_text("left_id,right_id\n")
    words = (spoilt, "--truth", files["truth"])
    code, _, said = said_by(monkeypatch, capsys, *words)
    assert (code, said.count("\n")) == (2, 1)
    assert "can't be read as Parquet" in said
