"""What the import linter can't see."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
NOT_ROOMS = {"config", "data", "docs", "requirements", "tests", "dags", "workspace"}


def rooms() -> set[str]:
    return {
        path.parent.name
        for path in REPOSITORY.glob("*/__init__.py")
        if path.parent.name not in NOT_ROOMS
    }


def configuration() -> dict:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())


def python_files() -> list[Path]:
    return [
        path
        for room in [*rooms(), "dags"]
        for path in (REPOSITORY / room).rglob("*.py")
    ]


def test_every_room_is_under_import_contract():
    assert set(configuration()["tool"]["importlinter"]["root_packages"]) == rooms()


def test_every_room_is_in_the_wheel():
    wheel = configuration()["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["only-include"]) == rooms()


def test_every_room_is_type_checked():
    from pipeline.checks import ROOMS

    assert set(ROOMS) == rooms() | {"dags"}


@pytest.mark.parametrize("room", sorted(rooms()))
def test_a_room_is_ours_and_not_a_namesake(room):
    found = subprocess.run(
        [sys.executable, "-c", f"import {room}; print({room}.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert Path(found.stdout.strip()) == REPOSITORY / room


def test_config_holds_no_code():
    assert list((REPOSITORY / "config").rglob("*.py")) == []


def test_dag_files_import_only_airflow_sdk_pipeline_and_the_standard_library():
    allowed = {"airflow", "pipeline"} | sys.stdlib_module_names
    for path in (REPOSITORY / "dags").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in allowed, f"{path.name} imports {name}"
                if name.startswith("airflow"):
                    assert name.startswith("airflow.sdk"), f"{path.name}: {name}"


def test_a_dag_file_never_shares_its_name_with_a_room():
    assert {p.stem for p in (REPOSITORY / "dags").glob("*.py")}.isdisjoint(rooms())


def test_the_region_module_loads_no_heavy_library():
    heavy = "{'pandas', 'pyarrow', 'recordlinkage', 'sqlalchemy', 'numpy', 'airflow'}"
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, pipeline.region; print(sorted({heavy} & set(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_only_the_clock_modules_read_the_clock():
    reads = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(\)")
    offenders = [
        str(path.relative_to(REPOSITORY))
        for path in python_files()
        if path.name != "clock.py" and reads.search(path.read_text())
    ]
    assert offenders == []


def test_no_source_file_has_grown_past_four_hundred_lines():
    long = {
        str(path.relative_to(REPOSITORY)): lines
        for path in python_files()
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_package_faces_stay_empty():
    for path in REPOSITORY.glob("*/__init__.py"):
        if path.parent.name in rooms():
            assert path.read_text().strip() == "", path


def test_decision_records_are_numbered_as_they_say():
    for path in (REPOSITORY / "docs" / "adr").glob("*.md"):
        number = re.match(r"# (\d+)\. ", path.read_text())
        assert number, path.name
        assert path.name.startswith(f"{int(number[1]):04d}-")


def test_every_run_time_dependency_has_its_reason():
    reasons = (REPOSITORY / "docs" / "dependencies.md").read_text()
    names = [
        re.match(r"[A-Za-z0-9-]+", line)[0]
        for line in configuration()["project"]["dependencies"]
    ]
    assert [name for name in names if name not in reasons] == []


def test_the_repository_names_no_registry_and_no_place_on_a_machine():
    tracked = subprocess.run(
        ["git", "grep", "-lIE", r"--(extra-)?index-url|(/home|/root|/Users)/[a-z]"],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    ).stdout.split()
    assert [name for name in tracked if name != "tests/test_architecture.py"] == []
