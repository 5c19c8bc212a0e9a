"""A night is its stages in order; Airflow and the command line call the same ones."""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from pipeline import clock
from pipeline.errors import ConfigurationError, CrossborderError, NightClosed
from pipeline.reports import StageReport
from pipeline.run import Run

log = logging.getLogger("crossborder.night")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a night. ``pipeline.stages.<name>`` holds a function of its name."""

    name: str
    says: str
    """What the stage does, for people who watch it."""
    per_authority: bool = False
    may_fail: bool = False
    """Whether the night goes on without it: the run then ends degraded."""


STAGES: tuple[Stage, ...] = (
    Stage("collect", "What people decided and received", may_fail=True),
    Stage("extract", "Extract of", per_authority=True, may_fail=True),
    Stage("standardise", "One form for every record"),
    Stage("match", "Children and perpetrators across borders"),
    Stage("decide", "Who must be told what"),
    Stage("clocks", "What is due, and what waited for its time", may_fail=True),
    Stage("publish", "To the portal", may_fail=True),
    Stage("report", "Counts, balance and verdicts"),
)

PASS_STAGES: tuple[Stage, ...] = tuple(
    stage for stage in STAGES if stage.name in ("collect", "clocks", "publish")
)
"""What a pass between nights does: retries, reminders, review deadlines and
escalations do not wait for the night."""


def stage_named(name: str) -> Stage:
    """The stage of a name.

    Raises:
        ConfigurationError: there is none.
    """
    for stage in STAGES:
        if stage.name == name:
            return stage
    names = ", ".join(stage.name for stage in STAGES)
    raise ConfigurationError([f"there is no stage {name!r}; the stages are {names}"])


def perform(run: Run, name: str, authority: str = "") -> StageReport:
    """Does one stage, or one authority's part of it, and keeps what it says of itself.

    The report is kept before an error goes on, so that the night's summary knows of a
    stage that failed.

    Raises:
        NightClosed: a newer night is recorded. Nothing that the run left is touched:
            newer nights may rest on it.
        CrossborderError: as the stage raised it.
    """
    stage = stage_named(name)
    if stage.per_authority and authority not in run.region.authorities:
        raise ConfigurationError(
            [f"stage {name}: {authority or 'no authority'} is not of this region"]
        )
    _require_open(run)
    _forget(run, stage, authority)
    started = clock.stopwatch()
    try:
        report = _function(stage)(run, authority)
    except CrossborderError as error:
        _keep(run, failed(name, authority, error), started)
        raise
    except Exception as error:
        report = surprised(name, authority, error)
        log.error("%s at %s", report.problems[0], _place(error))
        _keep(run, report, started)
        raise
    return _keep(run, report, started)


def _forget(run: Run, stage: Stage, authority: str) -> None:
    """What an earlier pass of the run said of this stage and of those after it is gone,
    so that the night's account never rests on it."""
    run.workspace.remove("stages", StageReport(stage.name, authority).file_name)
    for later in STAGES[STAGES.index(stage) + 1 :]:
        for part in _parts(run, later):
            run.workspace.remove("stages", StageReport(later.name, part).file_name)


def _require_open(run: Run) -> None:
    from register.runs import newest_night

    with run.register.connect() as connection:
        newest = newest_night(connection, run.region.region)
    if newest is not None and run.business_date < newest:
        raise NightClosed(
            f"{run.region.region}: {run.business_date} is closed, as {newest} is "
            "recorded; run the newest date again, or the next"
        )


def failed(name: str, authority: str, error: CrossborderError) -> StageReport:
    """What a stage that raised says of itself."""
    return StageReport(name, authority, counts=error.counts, problems=(str(error),))


def surprised(name: str, authority: str, error: Exception) -> StageReport:
    """What a stage says that stopped on what nobody foresaw: never the message, which
    may quote a value."""
    about = f" of {authority}" if authority else ""
    problem = f"{name}{about} stopped on {type(error).__name__}; see the log"
    return StageReport(name, authority, problems=(problem,))


def _place(error: Exception) -> str:
    """Where it happened, without the message and the values."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _function(stage: Stage) -> Callable[[Run, str], StageReport]:
    function = getattr(import_module(f"pipeline.stages.{stage.name}"), stage.name)
    if stage.per_authority:
        return function  # type: ignore[no-any-return]
    return lambda run, _authority: function(run)


def _keep(run: Run, report: StageReport, started: float) -> StageReport:
    report = replace(report, seconds=round(clock.stopwatch() - started, 3))
    run.workspace.write_json(report.as_dict(), "stages", report.file_name)
    log.info(
        "stage %s %s counts=%s problems=%d seconds=%s",
        report.stage, report.authority, report.counts, len(report.problems),
        report.seconds,
    )  # fmt: skip
    return report


def perform_all(run: Run, stages: tuple[Stage, ...] = STAGES) -> Iterator[StageReport]:
    """The whole night, or a pass, stage by stage, going on past what may fail.

    Yields:
        Each stage's report as it is done, those of failed stages included.

    Raises:
        NightClosed: a newer night is recorded.
        CrossborderError: a stage failed that the night can't do without.
    """
    for stage in stages:
        for authority in _parts(run, stage):
            try:
                yield perform(run, stage.name, authority)
            except CrossborderError as error:
                hopeless = isinstance(error, ConfigurationError | NightClosed)
                if not stage.may_fail or hopeless:
                    raise
                yield failed(stage.name, authority, error)
            except Exception as error:
                # One authority's trouble is its own, foreseen or not.
                if not stage.may_fail:
                    raise
                yield surprised(stage.name, authority, error)


def _parts(run: Run, stage: Stage) -> tuple[str, ...]:
    return tuple(sorted(run.region.authorities)) if stage.per_authority else ("",)
