"""The DAGs, read and run by a real Airflow."""

import json
import shutil
from itertools import pairwise

import pytest
import yaml
from airflow_home import REPOSITORY, Airflow

pytestmark = pytest.mark.airflow

READ = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization
heavy = sorted({"pandas", "pyarrow", "recordlinkage", "numba"} & set(sys.modules))
import pathlib
bag = DagBag(dag_folder=str(pathlib.Path(%r)))
later = sorted({"pandas", "pyarrow", "recordlinkage", "numba"} & set(sys.modules))
dags = {}
for dag in bag.dags.values():
    DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    dags[dag.dag_id] = {
        "tasks": {t.task_id: sorted(t.downstream_task_ids) for t in dag.tasks},
        "mapped": [t.task_id for t in dag.tasks if t.is_mapped],
        "retries": {t.task_id: t.retries for t in dag.tasks},
        "backoff": [bool(t.retry_exponential_backoff) for t in dag.tasks],
        "callbacks": [bool(t.on_failure_callback) for t in dag.tasks],
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "schedule": dag.timetable.expression,
        "timezone": dag.timetable.timezone,
        "tags": sorted(dag.tags),
    }
print(json.dumps({"errors": bag.import_errors, "dags": dags, "before": heavy, "after": later}))
"""  # noqa: E501

STAGES = [
    "collect", "extract", "standardise", "match", "decide", "clocks", "publish",
    "report",
]  # fmt: skip
PASS = ["collect", "clocks", "publish"]


@pytest.fixture(scope="module")
def bag(airflow):
    return airflow.python(READ % str(REPOSITORY / "dags"))


def test_every_region_file_is_a_dag_and_nothing_else_is(bag):
    files = {path.stem for path in (REPOSITORY / "config" / "regions").glob("*.yaml")}
    assert bag["errors"] == {}
    assert set(bag["dags"]) == {
        f"{stem}__{what}" for stem in files for what in ("night", "clocks")
    }


def test_reading_the_dags_loads_no_data_library(bag):
    assert bag["after"] == bag["before"]


def those_of(bag, what):
    return [dag for name, dag in bag["dags"].items() if name.endswith(what)]


def test_tasks_are_the_stages_in_their_order(bag):
    for dag in those_of(bag, "__night"):
        follow = {before: [after] for before, after in pairwise(STAGES)}
        assert dag["tasks"] == {**follow, "report": []}
        assert dag["mapped"] == ["extract"]


def test_a_pass_between_nights_does_three_of_them_every_quarter_of_an_hour(bag):
    for dag in those_of(bag, "__clocks"):
        assert dag["tasks"] == {
            "collect": ["clocks"], "clocks": ["publish"], "publish": [],
        }  # fmt: skip
        assert dag["schedule"] == "*/15 * * * *"
        assert all(dag["callbacks"])


def test_the_stages_are_those_of_the_command_line():
    from pipeline.night import PASS_STAGES
    from pipeline.night import STAGES as performed

    assert [stage.name for stage in performed] == STAGES
    assert [stage.name for stage in PASS_STAGES] == PASS


def test_every_task_is_tried_again_with_growing_waits_and_alerts(bag):
    for dag in those_of(bag, "__night"):
        assert min(dag["retries"].values()) >= 1
        assert all(dag["backoff"])
        assert all(dag["callbacks"])


def test_nights_run_one_at_a_time_on_london_time_and_never_catch_up(bag):
    for dag in bag["dags"].values():
        assert dag["catchup"] is False
        assert dag["max_active_runs"] == 1
        assert dag["timezone"] == "Europe/London"
    for dag in those_of(bag, "__night"):
        assert dag["schedule"] == "0 2 * * *"


@pytest.fixture
def region_of_its_own(airflow, world, tmp_path):
    """A DAG folder with one region file of the test's, and its environment."""
    region = yaml.safe_load(world.region.read_text())
    region["retries"] = {"count": 1, "first_wait_seconds": 1}
    region["portal"]["url"] = "http://127.0.0.1:1"  # nobody answers there
    world.region.write_text(yaml.safe_dump(region))
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "one.py").write_text(
        "import sys  # Airflow reads only files that name it\n"
        f"sys.path.insert(0, {str(REPOSITORY / 'dags')!r})\n"
        "from pathlib import Path\n"
        "from regions import clocks_dag, night_dag\n"
        f"night = night_dag(Path({str(world.region)!r}))\n"
        f"clocks = clocks_dag(Path({str(world.region)!r}))\n"
    )
    return Airflow(airflow.home, dags), {
        "CROSSBORDER_INBOX": str(world.inbox),
        "CROSSBORDER_WORKSPACE": str(world.workspace),
        "CROSSBORDER_PORTAL_KEY": "xb_of-nobody",
    }


def summary_of(world):
    (found,) = (world.workspace / "demo" / "2026-11-22").glob("*/run.json")
    return json.loads(found.read_text())


def test_one_authoritys_failure_and_a_silent_portal_leave_the_night_alone(
    region_of_its_own, world
):
    airflow, environment = region_of_its_own
    shutil.rmtree(world.inbox / "861" / "2026-11-22")
    done = airflow.command("dags", "test", "demo__night", "2026-11-22", **environment)
    log = done.stdout + done.stderr
    assert done.returncode == 0
    summary = summary_of(world)
    assert summary["extracts"]["861"]["outcome"] == "missing"
    assert summary["extracts"]["860"]["outcome"] == "usable"
    assert summary["placements"] == sum(summary["states"].values()) > 0
    assert summary["outcome"] == "degraded"
    assert any("portal" in problem for problem in summary["problems"])
    assert "Stoke-on-Trent" in log
    assert done.returncode == 0, log[-3000:]


def test_a_pass_looks_at_its_clocks_though_the_portal_is_silent(
    region_of_its_own, world
):
    airflow, environment = region_of_its_own
    airflow.command("dags", "test", "demo__clocks", **environment)
    reports = {
        path.stem: json.loads(path.read_text())
        for path in (world.workspace / "demo").glob("*/clocks/stages/*.json")
    }
    assert set(reports) == set(PASS)
    assert reports["clocks"]["problems"] == []
    assert "portal" in reports["collect"]["problems"][0]


def test_a_wrong_region_file_is_a_dag_that_says_so(airflow, tmp_path):
    region = tmp_path / "wrong.yaml"
    region.write_text("region: wrong\n")
    code = (
        f"import sys, json; sys.path.insert(0, {str(REPOSITORY / 'dags')!r})\n"
        "from pathlib import Path\n"
        "from regions import night_dag\n"
        f"dag = night_dag(Path({str(region)!r}))\n"
        "print(json.dumps([dag.dag_id, sorted(dag.tags), dag.doc_md]))\n"
    )
    dag_id, tags, words = airflow.python(code)
    assert dag_id == "wrong__night"
    assert "misconfigured" in tags
    assert "portal: is required" in words
