"""Two DAGs for each region file: its nights on their schedule, and between them its
clocks every quarter of an hour, which wait for no night.

Only wiring lives here. A task imports the pipeline when it runs, calls the function
that the command line calls, and hands on counts and paths. Extract is mapped over the
region's authorities: one that fails is tried again, turns red under its own name, and
leaves the others' night alone, because what follows runs whatever became of it.
"""

import datetime as dt
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import (
    DAG,
    CronTriggerTimetable,
    Param,
    TriggerRule,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowFailException

from pipeline.errors import ConfigurationError, CrossborderError
from pipeline.region import RegionConfig, load_region

if TYPE_CHECKING:
    from pipeline.run import Run

REGIONS = Path(__file__).parents[1] / "config" / "regions"
LONGEST_WAIT = dt.timedelta(minutes=30)
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
EVERY_QUARTER = "*/15 * * * *"


def night_dag(path: Path) -> DAG:
    """The nightly DAG of a region file; if that is wrong, one that says so."""
    try:
        region = load_region(path)
    except ConfigurationError as error:
        return _misconfigured(path, error)
    return _night(path, region)


def _night(path: Path, region: RegionConfig) -> DAG:
    with DAG(
        dag_id=f"{region.region}__night",
        dag_display_name=f"{region.title}: night",
        description=f"One pass of {region.title} over one business date",
        schedule=CronTriggerTimetable(region.schedule, timezone="Europe/London"),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        params={
            "business_date": Param(
                None,
                type=["null", "string"],
                format="date",
                description="Another night than the schedule's; YYYY-MM-DD",
            )
        },
        default_args={
            "retries": region.retries.count,
            "retry_delay": dt.timedelta(seconds=region.retries.first_wait_seconds),
            "retry_exponential_backoff": True,
            "max_retry_delay": LONGEST_WAIT,
            "on_failure_callback": _alert,
        },
        tags=["crossborder", region.region],
    ) as dag:
        stages: dict[str, Any] = {
            name: _stage_task(path, name)() for name in ("collect", "standardise")
        }
        stages["extract"] = _extract_task(path).expand_kwargs(
            [
                {"authority": code, "name": authority.name}
                for code, authority in sorted(region.authorities.items())
            ]
        )
        stages |= {
            name: _stage_task(path, name)()
            for name in ("match", "decide", "clocks", "publish", "report")
        }
        order = (
            "collect", "extract", "standardise", "match", "decide", "clocks", "publish",
            "report",
        )  # fmt: skip
        for before, after in pairwise(order):
            stages[before] >> stages[after]
    return dag


def clocks_dag(path: Path) -> DAG | None:
    """The DAG between a region file's nights; none while the file is wrong, which the
    nightly one says."""
    try:
        region = load_region(path)
    except ConfigurationError:
        return None
    with DAG(
        dag_id=f"{region.region}__clocks",
        dag_display_name=f"{region.title}: clocks",
        description="Receipts, reminders, deadlines, escalations and retries",
        schedule=CronTriggerTimetable(EVERY_QUARTER, timezone="Europe/London"),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        # The next pass is the retry: it sees all that this one left undone.
        default_args={"retries": 0, "on_failure_callback": _alert},
        tags=["crossborder", region.region],
    ) as dag:
        tasks = [_pass_task(path, name)() for name in ("collect", "clocks", "publish")]
        for before, after in pairwise(tasks):
            before >> after
    return dag


GOES_ON_AFTER_TROUBLE = {"extract", "standardise", "publish", "report"}
"""Stages that run whatever became of the one before: an authority, the clocks or the
portal may fail, and the night is still worked and reported."""


def _rule(name: str) -> TriggerRule:
    if name in GOES_ON_AFTER_TROUBLE:
        return TriggerRule.ALL_DONE
    return TriggerRule.ALL_SUCCESS


def _stage_task(path: Path, name: str) -> Any:
    @task(task_id=name, trigger_rule=_rule(name))
    def stage() -> dict[str, Any]:
        from pipeline.scheduled import scheduled_run

        return _perform(scheduled_run(path, get_current_context(), os.environ), name)

    return stage


def _pass_task(path: Path, name: str) -> Any:
    @task(task_id=name, trigger_rule=TriggerRule.ALL_DONE)
    def stage() -> dict[str, Any]:
        from pipeline.scheduled import scheduled_pass

        return _perform(scheduled_pass(path, os.environ), name)

    return stage


def _extract_task(path: Path) -> Any:
    @task(
        task_id="extract",
        trigger_rule=_rule("extract"),
        map_index_template="{{ task.op_kwargs['name'] }}",
    )
    def extract(authority: str, name: str) -> dict[str, Any]:  # noqa: ARG001 - label
        from pipeline.scheduled import scheduled_run

        run = scheduled_run(path, get_current_context(), os.environ)
        return _perform(run, "extract", authority)

    return extract


def _perform(run: "Run", name: str, authority: str = "") -> dict[str, Any]:
    from pipeline.night import perform

    try:
        return perform(run, name, authority).as_dict()
    except CrossborderError as error:
        if error.retryable:
            raise
        raise AirflowFailException(str(error)) from error
    finally:
        run.close()


def _alert(context: Any) -> None:
    from pipeline.scheduled import alert_of_failure

    alert_of_failure(context)


def _misconfigured(path: Path, error: ConfigurationError) -> DAG:
    with DAG(
        dag_id=f"{path.stem}__night",
        description="This region file is wrong: nothing runs until it is mended",
        schedule=None,
        doc_md="\n".join(f"* {fault}" for fault in error.faults),
        tags=["crossborder", "misconfigured"],
    ) as dag:

        @task(retries=0)
        def mend_the_region_file() -> None:
            raise AirflowFailException(str(error))

        mend_the_region_file()
    return dag


for _path in sorted(REGIONS.glob("*.yaml")):
    for _dag in (night_dag(_path), clocks_dag(_path)):
        if _dag is not None:
            globals()[_dag.dag_id] = _dag
