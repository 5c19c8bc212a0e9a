"""``crossborder link``, ``dedupe``, ``fit``, ``why``: from files to files."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matching.linkage.description import description_of
from matching.linkage.number_files import save_numbers
from matching.linkage.numbers import Numbers, Rates
from pipeline import command_line, linking
from pipeline.linkage_files import read_columns

SPEC = """
id: ref
comparisons:
  name: {kind: surname, column: name, levels: [exact, jaro_winkler 0.9, different]}
  born: {kind: date, column: born, levels: [exact, one_digit, different]}
blocking: [name, born]
"""
RAW = {
    "id": "ref",
    "comparisons": {
        "name": {
            "kind": "surname", "column": "name",
            "levels": ["exact", "jaro_winkler 0.9", "different"],
        },
        "born": {
            "kind": "date", "column": "born",
            "levels": ["exact", "one_digit", "different"],
        },
    },
    "blocking": ["name", "born"],
}  # fmt: skip
NUMBERS = Numbers(
    {
        "name": Rates((0.8, 0.15, 0.05), (0.01, 0.02, 0.97)),
        "born": Rates((0.9, 0.08, 0.02), (0.001, 0.01, 0.989)),
    },
    matches=4,
)


def table(*rows):
    return pa.table(
        {
            "ref": pa.array([row[0] for row in rows]),
            "name": [row[1] for row in rows],
            "born": [row[2] for row in rows],
            "secret": ["left alone"] * len(rows),
        }
    )


LEFT = table(
    (30, "Smith", "2011-02-03"), (4, "Jones", "2012-02-03"), (5, None, "2013-13-01")
)
RIGHT = table(
    ("s", "SMITH", "2011-02-03"), ("r", "SMYTH", "2011-02-03"),
    ("j", "JONES", "2012-02-04"), ("k", "KHAN", None),
)  # fmt: skip
ONE = table(
    ("c", "SMITH", "2011-02-03"), ("a", "SMITH", "2011-02-03"),
    ("b", "SMITHE", "2011-02-03"), ("d", "KHAN", "2001-02-03"),
)  # fmt: skip


@pytest.fixture
def files(tmp_path):
    (tmp_path / "spec.yaml").write_text(SPEC)
    for name, content in (("left", LEFT), ("right", RIGHT), ("one", ONE)):
        pq.write_table(content, tmp_path / f"{name}.parquet")
    save_numbers(
        description_of(RAW), NUMBERS, "a test", dt.date(2026, 11, 22), tmp_path
    )
    return tmp_path


def ran(monkeypatch, capsys, *words):
    """The exit code, and what was said on either stream."""
    monkeypatch.setattr(sys, "argv", ["crossborder", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def model(files):
    return ("--model", next(files.glob("linkage-*.json")))


def linked(files, *more):
    return (
        "link", files / "spec.yaml", "--left", files / "left.parquet", "--right",
        files / "right.parquet", "--out", files / "pairs.parquet", *model(files), *more,
    )  # fmt: skip


def deduped(files, *more):
    return (
        "dedupe", files / "spec.yaml", "--input", files / "one.parquet", "--out",
        files / "pairs.parquet", "--clusters", files / "clusters.parquet",
        *model(files), *more,
    )  # fmt: skip


def written(files, name="pairs"):
    return pq.ParquetFile(files / f"{name}.parquet").read()


def test_linking_writes_each_pair_with_its_weight_and_levels(
    files, monkeypatch, capsys
):
    code, said, beside = ran(monkeypatch, capsys, *linked(files))
    assert (code, beside) == (0, "")
    pairs = written(files)
    assert pairs.schema.names == [
        "left_id", "right_id", "weight", "probability", "name_level", "born_level",
    ]  # fmt: skip
    assert pairs.schema.field("left_id").type == pa.int64()
    assert pairs.schema.field("right_id").type == pa.string()
    assert pairs.schema.field("weight").type == pa.float64()
    assert pa.types.is_dictionary(pairs.schema.field("born_level").type)
    kept = [(row["left_id"], row["right_id"]) for row in pairs.to_pylist()]
    assert kept == [(4, "j"), (30, "r"), (30, "s")]
    assert pairs["born_level"].to_pylist() == ["one_digit", "exact", "exact"]
    assert all(0.5 <= one <= 1 for one in pairs["probability"].to_pylist())
    assert "3 pairs of probability 0.5 or more" in said
    assert "1 values of born: date" in said
    assert "linkage-2026-11-22" in said
    assert not list(files.glob(".pairs*"))


def test_both_engines_write_the_same_file(files, monkeypatch, capsys):
    ran(monkeypatch, capsys, *linked(files, "--threshold", "0.01"))
    quick = written(files)
    ran(monkeypatch, capsys, *linked(files, "--threshold", "0.01", "--engine",
                                     "reference", "--threads", "1"))  # fmt: skip
    assert written(files).equals(quick)


def once(files, *sides):
    """The description with tables that have each person once."""
    spec = files / "spec.yaml"
    spec.write_text(f"{SPEC}deduplicated: [{', '.join(sides)}]\n")


def test_where_a_table_has_each_person_once_a_record_keeps_its_better_pair(
    files, monkeypatch, capsys
):
    once(files, "right")
    for engine in ("fast", "reference"):
        code, _, _ = ran(monkeypatch, capsys, *linked(files, "--engine", engine))
        pairs = written(files).to_pylist()
        assert code == 0
        assert [(row["left_id"], row["right_id"]) for row in pairs] == [
            (4, "j"), (30, "s"),
        ]  # fmt: skip


def test_why_tells_what_a_pair_loses_to_its_rivals(files, monkeypatch, capsys):
    once(files, "right")
    code, said, _ = ran(monkeypatch, capsys, *why(files))
    assert code == 0
    assert "  rivals: other records that either could be" in said
    ran(monkeypatch, capsys, *linked(files, "--threshold", "0.000001"))
    (bits,) = [row["weight"] for row in written(files).to_pylist()
               if row["right_id"] == "r"]  # fmt: skip
    assert f"{bits:+9.2f}  in all" in said


def test_to_deduplicate_a_table_that_has_each_person_once_is_refused(
    files, monkeypatch, capsys
):
    once(files, "left")
    code, _, said = ran(monkeypatch, capsys, *deduped(files))
    assert code == 2
    assert "spec.yaml: deduplicated: a table that has each person once" in said


def test_a_table_is_deduplicated_into_clusters_named_by_their_lowest_record(
    files, monkeypatch, capsys
):
    code, said, _ = ran(monkeypatch, capsys, *deduped(files))
    assert code == 0
    assert written(files, "clusters").to_pydict() == {
        "id": ["a", "b", "c", "d"],
        "cluster_id": ["a", "a", "a", "d"],
    }
    pairs = written(files).to_pylist()
    assert [(row["left_id"], row["right_id"]) for row in pairs] == [
        ("a", "b"), ("a", "c"), ("b", "c"),
    ]  # fmt: skip
    assert "2, 1 of two or more records, the largest of 3" in said


def decisions(files, *rows):
    path = files / "decisions.parquet"
    columns = ("left_id", "right_id", "decision")
    pq.write_table(
        pa.table({name: [row[n] for row in rows] for n, name in enumerate(columns)}),
        path,
    )
    return ("--decisions", path)


def test_what_people_decided_stands_whatever_the_weights_say(
    files, monkeypatch, capsys
):
    judged = decisions(
        files, ("a", "c", "different"), ("b", "c", "different"), ("d", "a", "same"),
        ("a", "gone", "same"),
    )  # fmt: skip
    code, said, _ = ran(monkeypatch, capsys, *deduped(files, *judged))
    assert code == 0
    assert written(files, "clusters")["cluster_id"].to_pylist() == ["a", "a", "c", "a"]
    assert "1 left alone: of records that the table does not have" in said


def test_decisions_that_contradict_are_told_by_the_path_between_them(
    files, monkeypatch, capsys
):
    judged = decisions(
        files, ("a", "b", "same"), ("c", "b", "same"), ("a", "c", "different")
    )
    code, _, said = ran(monkeypatch, capsys, *deduped(files, *judged))
    assert code == 2
    assert "a and c are judged different, and yet the same by a – b – c" in said
    assert not (files / "pairs.parquet").exists()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", "b", "perhaps")], "same or different, not perhaps"),
        ([("a", "a", "different")], "a is judged against itself"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    files, monkeypatch, capsys, rows, said
):
    code, _, beside = ran(
        monkeypatch, capsys, *deduped(files, *decisions(files, *rows))
    )
    assert code == 2
    assert said in beside


def why(files, *more):
    return (
        "why", files / "spec.yaml", "30", "r", "--left", files / "left.parquet",
        "--right", files / "right.parquet", *model(files), *more,
    )  # fmt: skip


def test_why_tells_the_parts_of_a_pair(files, monkeypatch, capsys):
    code, said, _ = ran(monkeypatch, capsys, *why(files))
    assert code == 0
    assert "name: different. The values are different." in said
    assert "born: exact" in said
    assert "They meet under born." in said
    assert "Instead of r, 30 may be s (+14.19)." in said
    assert "Nobody but 30 comes near r (-7.00 or more)." in said
    assert "SMYTH" not in said


def test_why_of_a_record_that_is_not_there_names_it(files, monkeypatch, capsys):
    words = ["x" if word == "30" else word for word in why(files)]
    code, _, said = ran(monkeypatch, capsys, *words)
    assert (code, said) == (2, "x: the left table has no such record\n")


def test_a_giant_block_is_refused_with_its_mend(files, monkeypatch, capsys):
    code, _, said = ran(monkeypatch, capsys, *linked(files, "--largest-rule", "1"))
    assert code == 2
    assert "blocking: born makes 2 pairs, more than 1" in said
    assert "record 30 among them" in said
    assert not (files / "pairs.parquet").exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda at: (at / "left.parquet").unlink(), "there is no such file"),
        (lambda at: (at / "left.parquet").write_text("a,b"), "is no Parquet file"),
        (lambda at: (at / "spec.yaml").unlink(), "there is no such file"),
        (lambda at: (at / "spec.yaml").write_text("id: [ref"), "spec.yaml line "),
        (
            lambda at: (at / "spec.yaml").write_text(SPEC + "id: x"),
            "stands there twice",
        ),
        (lambda at: (at / "spec.yaml").write_text(SPEC + "titel: x"), "no key of a"),
        (
            lambda at: pq.write_table(LEFT.drop_columns("born"), at / "left.parquet"),
            "there is no column 'born'; there are ref, name, secret",
        ),
        (
            lambda at: (at / "spec.yaml").write_text(SPEC.replace("one_digit, ", "")),
            "levels",
        ),
    ],
)
def test_what_can_not_be_used_is_one_line_and_bad_configuration(
    files, monkeypatch, capsys, spoil, said
):
    words = linked(files)
    spoil(files)
    code, _, beside = ran(monkeypatch, capsys, *words)
    assert (code, beside.count("\n")) == (2, 1)
    assert said in beside
    assert not (files / "pairs.parquet").exists()


def test_a_file_takes_its_name_only_when_it_is_whole(files, monkeypatch, capsys):
    (files / "pairs.parquet").write_bytes(b"of yesterday")

    def broken(*_, **__):
        raise OSError(28, "No space left on device", "pairs.parquet")

    monkeypatch.setattr(pq, "write_table", broken)
    code, _, said = ran(monkeypatch, capsys, *linked(files))
    assert (code, said) == (1, "Failed: pairs.parquet: No space left on device\n")
    assert (files / "pairs.parquet").read_bytes() == b"of yesterday"
    assert not list(files.glob(".pairs*"))


def test_progress_is_told_to_a_person_at_a_terminal_only(tmp_path):
    class Terminal:
        said = ""

        def isatty(self):
            return True

        def write(self, text):
            self.said += text

        def flush(self):
            pass

    with (tmp_path / "log").open("w") as log:
        assert linking.progress(log, 10) is None
    terminal = Terminal()
    tell = linking.progress(terminal, 5000)
    tell(0.5)
    tell(1)
    assert terminal.said == (
        "\rcomparing 5,000 pairs:  50%\rcomparing 5,000 pairs: 100%\n"
    )


CLOSED = "import sys; sys.{0} = None; "
START = "from pipeline.command_line import start; start()"


@pytest.mark.parametrize(
    "closed", ["", CLOSED.format("stdout"), CLOSED.format("stderr")]
)
def test_a_process_ends_with_its_code_and_all_that_it_said(files, closed):
    def ended(*words):
        return subprocess.run(
            [sys.executable, "-c", closed + START, *words],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip

    good, bad = ended(*map(str, linked(files))), ended("link", "no.yaml")
    assert (good.returncode, bad.returncode) == (0, 2)
    if "stdout" not in closed:
        assert good.stdout.splitlines()[-1].startswith("took")
    if "stderr" not in closed:
        assert "Missing option" in bad.stderr


def test_texts_that_repeat_are_read_as_codes(files):
    read = read_columns(files / "left.parquet", ["ref", "name"], ["ref", "name"])
    assert pa.types.is_dictionary(read.schema.field("name").type)
    assert read.schema.field("ref").type == pa.int64()
    assert read.column("name").to_pylist() == ["Smith", "Jones", None]


def test_linking_loads_nothing_that_it_does_not_use(files):
    heavy = (
        "{'pandas', 'scipy', 'recordlinkage', 'sqlalchemy', 'airflow', 'rich', "
        "'pyarrow.dataset', 'rapidfuzz'}"
    )
    program = f"""
import os, sys
from pipeline.command_line import start
sys.argv = ["crossborder", *sys.argv[1:]]
os._exit = lambda code: print("ends", code, sorted({heavy} & set(sys.modules)))
start()
"""
    linking_ = subprocess.run(
        [sys.executable, "-c", program, *map(str, linked(files))],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert linking_.stdout.splitlines()[-1] == "ends 0 []"
    assert written(files).num_rows == 3
