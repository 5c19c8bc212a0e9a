"""A mistake at the command line is one line with its mend and the right exit code."""

import datetime as dt
import sys
from pathlib import Path

import pytest

from pipeline import clock, command_line
from pipeline.errors import ConfigurationError
from pipeline.region import load_region
from pipeline.run import missing_models, open_run

DEMO = Path(__file__).parents[2] / "config" / "regions" / "demo.yaml"
NIGHT = dt.date(2026, 11, 22)


def said_by(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["crossborder", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    return int(ended.value.code), capsys.readouterr().err


def night(tmp_path, date="2026-11-22"):
    (tmp_path / "inbox").mkdir(exist_ok=True)
    return ("run", DEMO, "--date", date, "--inbox", tmp_path / "inbox",
            "--workspace", tmp_path / "workspace", "--no-publish")  # fmt: skip


def changed(tmp_path, old, new):
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "region.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("date", ["20261122", "2026-W47-7", "22/11/2026", "9999-12-31"])
def test_a_date_that_can_not_be_a_night_is_bad_configuration(
    tmp_path, monkeypatch, capsys, date
):
    code, said = said_by(monkeypatch, capsys, *night(tmp_path, date))
    assert code == 2
    assert date in said
    assert said.count("\n") == 1
    assert not (tmp_path / "workspace").exists()


def test_an_inbox_that_is_not_there_starts_nothing(tmp_path, monkeypatch, capsys):
    words = night(tmp_path)
    (tmp_path / "inbox").rmdir()
    code, said = said_by(monkeypatch, capsys, *words)
    assert (code, said.count("\n")) == (2, 1)
    assert "no such folder" in said
    assert not (tmp_path / "workspace").exists()


def test_a_workspace_that_can_not_be_made_starts_nothing(tmp_path, monkeypatch, capsys):
    (tmp_path / "workspace").write_text("a file")
    code, said = said_by(monkeypatch, capsys, *night(tmp_path))
    assert (code, said.count("\n")) == (2, 1)
    assert "can't be made or written to" in said


def test_exports_of_a_workspace_without_a_register_do_not_say_that_nothing_waits(
    tmp_path, monkeypatch, capsys
):
    words = ("exports", DEMO, "--out", tmp_path / "out", "--workspace", tmp_path)
    code, said = said_by(monkeypatch, capsys, *words)
    assert code == 2
    assert "there is no register" in said


def test_exports_are_written_to_an_empty_folder_only(tmp_path, monkeypatch, capsys):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "register.db").touch()
    words = ("exports", DEMO, "--out", tmp_path, "--workspace", tmp_path)
    code, said = said_by(monkeypatch, capsys, *words)
    assert code == 2
    assert "is not empty" in said


def test_a_fault_of_ours_is_one_line_that_quotes_no_value(
    tmp_path, monkeypatch, capsys
):
    def broken(_path):
        raise KeyError("Somebody's name")

    monkeypatch.setattr("pipeline.region.load_region", broken)
    code, said = said_by(monkeypatch, capsys, "check-config", DEMO)
    assert (code, said.count("\n")) == (1, 1)
    assert "KeyError at test_command_line_faults.py" in said
    assert "Somebody" not in said


@pytest.mark.parametrize("second", ['"330"', "330"])
def test_an_authority_written_twice_is_not_lost_in_silence(tmp_path, second):
    path = changed(tmp_path, '  "334":', f"  {second}:")
    with pytest.raises(ConfigurationError, match="330 is written twice"):
        load_region(path)


def test_a_value_that_is_no_date_is_a_fault_of_the_file(tmp_path):
    path = changed(tmp_path, "title: Demonstration region", "title: 2026-13-45")
    with pytest.raises(ConfigurationError, match="put it in quotes"):
        load_region(path)


def test_a_fault_and_its_mend_stay_on_one_line(tmp_path):
    path = changed(tmp_path, "environment: demo", "environment: production")
    with pytest.raises(ConfigurationError) as caught:
        load_region(path)
    assert any("PostgreSQL; add the section" in line for line in caught.value.faults)


def test_square_brackets_in_a_message_are_shown(tmp_path, monkeypatch, capsys):
    path = changed(tmp_path, "region: demo", "region: Demo Region")
    code, said = said_by(monkeypatch, capsys, "check-config", path)
    assert code == 2
    assert "[a-z]" in said


def test_perpetrators_weights_are_not_taken_for_children():
    region = load_region(DEMO)
    swapped = region.matching.model_copy(
        update={"model": region.matching.perpetrator_model}
    )
    faults = missing_models(region.model_copy(update={"matching": swapped}))
    assert len(faults) == 1
    assert "is no model of children" in faults[0]


def test_a_code_that_names_nobody_is_a_fault_of_the_file(tmp_path, monkeypatch, capsys):
    nobody = '  "999": {name: Nowhere, kind: children, source: {kind: ssd-csv}}'
    path = changed(tmp_path, "  E23000014:\n", f"{nobody}\n  E23000014:\n")
    code, said = said_by(monkeypatch, capsys, "check-config", path)
    assert (code, said.count("\n")) == (2, 1)
    assert "authorities.999: '999' names no authority" in said


def test_a_real_region_is_not_closed_by_a_night_that_has_not_come(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(
        clock, "now", lambda: dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
    )
    region = load_region(DEMO).model_copy(update={"environment": "production"})
    monkeypatch.setattr("pipeline.run.load_region", lambda _path: region)

    def opened(date):
        return open_run(DEMO, date, "r", inbox=tmp_path, root=tmp_path,
                        environment={}, publish=False)  # fmt: skip

    assert opened(NIGHT + dt.timedelta(days=1)).run_id == "r"
    with pytest.raises(ConfigurationError, match="has not come yet"):
        opened(NIGHT + dt.timedelta(days=365))


def test_a_region_is_never_mixed_with_another(tmp_path, monkeypatch, capsys):
    (tmp_path / "inbox").mkdir()
    words = ("synthesise", "--out", tmp_path, "--region", DEMO)
    code, said = said_by(monkeypatch, capsys, *words)
    assert (code, said.count("\n")) == (2, 1)
    assert "holds a region already" in said
    assert list(tmp_path.iterdir()) == [tmp_path / "inbox"]
