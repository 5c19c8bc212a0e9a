"""The latest nights, in counts; what they hold back is released, refusals replayed."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from notifications.reports import RunSummary
from portal import operations, runs, supply
from portal.charts import Chart, Night, Tone, by_night
from portal.operations import NothingToDo
from portal.pages.access import FormSent, SignedIn
from portal.pages.rendering import page
from portal.permissions import COUNTS, can_operate
from portal.running import running
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

PlainId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]


@router.get("/runs")
def show_runs(request: Request, visit: SignedIn, said: str = "") -> HTMLResponse:
    """The latest nights, dead letters, and every supplier's latest verdict."""
    return _nights(request, visit, said)


@router.get("/runs/history")
def show_history(request: Request, visit: SignedIn) -> HTMLResponse:
    """The last ninety nights, as pictures and as a table."""
    with running(request).store.writing(visit.standing) as connection:
        found = runs.history(connection, visit)
    values = {"nights": found, "charts": _charts(found)}
    return page(request, "history.html", values, visit=visit)


@router.get("/runs/{run_id}/release")
def confirm_release(request: Request, visit: SignedIn, run_id: PlainId) -> HTMLResponse:
    """What releasing a night's notices will do, before it is asked for."""
    with running(request).store.reading(visit.standing) as connection:
        run = operations.find_run(connection, visit, run_id)
    return page(request, "release.html", {"run": run}, visit=visit)


@router.post("/runs/{run_id}/release")
def release(request: Request, visit: FormSent, run_id: PlainId) -> Response:
    """The next pass sends what the surge brake holds of the night."""
    try:
        with running(request).store.writing(visit.standing) as connection:
            operations.ask_release(connection, visit, run_id)
    except NothingToDo:
        return _nights(request, visit, "nothing", status_code=409)
    return RedirectResponse("/runs?said=release", status_code=303)


@router.post("/dead-letters/{letter_id}/replay-alike")
def replay_alike(request: Request, visit: FormSent, letter_id: PlainId) -> Response:
    """The next pass offers every dead letter of the same cause once more."""
    try:
        with running(request).store.writing(visit.standing) as connection:
            operations.ask_replay_alike(connection, visit, letter_id)
    except NothingToDo:
        return _nights(request, visit, "nothing", status_code=409)
    return RedirectResponse("/runs?said=replay", status_code=303)


@router.post("/dead-letters/{letter_id}/replay")
def replay(request: Request, visit: FormSent, letter_id: PlainId) -> Response:
    """The next pass offers the dead letter once more."""
    try:
        with running(request).store.writing(visit.standing) as connection:
            operations.ask_replay(connection, visit, letter_id)
    except NothingToDo:
        return _nights(request, visit, "nothing", status_code=409)
    return RedirectResponse("/runs?said=replay", status_code=303)


def _nights(
    request: Request, visit: Visit, said: str, status_code: int = 200
) -> HTMLResponse:
    store = running(request).store
    with store.writing(visit.standing) as connection:
        nights = runs.latest(connection, visit)
    # pairs are no business of most who see this: the count is taken in their place
    with store.reading(COUNTS) as connection:
        queue = runs.queue_of(connection, visit.at)
    values = {
        "nights": nights,
        "queue": queue,
        "said": said,
        "operates": can_operate(visit.viewer),
    }
    return page(request, "runs.html", values, visit=visit, status_code=status_code)


_TONES: dict[str, Tone] = {"good": "good", "degraded": "doubt", "failed": "bad"}


def _charts(found: tuple[RunSummary, ...]) -> tuple[Chart, ...]:
    if not found:
        return ()
    last = found[-1].business_date

    def decided(name: str) -> dict[dt.date, Night]:
        return {
            run.business_date: Night(
                run.counts.get("decide", {}).get(name, 0), _TONES[run.outcome]
            )
            for run in found
        }

    yields = {
        run.business_date: Night(100 * part, _TONES[run.outcome])
        for run in found
        if (part := supply.match_yield(runs.states_of(run))) is not None
    }
    seconds = {
        run.business_date: Night(sum(run.seconds.values()), _TONES[run.outcome])
        for run in found
    }
    known = "Children placed whom the police know, in a hundred"
    return (
        by_night("made", "Notices first made", decided("first_made"), last),
        by_night("unknown", "Not known to police", decided("state_not_known"), last),
        by_night("unsaid", "Cannot say", decided("state_cannot_say"), last),
        by_night("yield", known, yields, last),
        by_night("seconds", "Seconds that the night took", seconds, last),
    )  # fmt: skip
