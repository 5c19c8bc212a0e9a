"""The latest nights, in counts; what they hold back is released, refusals replayed."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from portal import operations, runs
from portal.operations import NothingToDo
from portal.pages.access import FormSent, SignedIn
from portal.pages.rendering import page
from portal.permissions import can_operate
from portal.running import running
from portal.visits import Visit

router = APIRouter(include_in_schema=False)

PlainId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$")]


@router.get("/runs")
def show_runs(request: Request, visit: SignedIn, said: str = "") -> HTMLResponse:
    """The latest nights, dead letters, and every supplier's latest verdict."""
    return _nights(request, visit, said)


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
    with running(request).store.writing(visit.standing) as connection:
        nights = runs.latest(connection, visit)
    values = {"nights": nights, "said": said, "operates": can_operate(visit.viewer)}
    return page(request, "runs.html", values, visit=visit, status_code=status_code)
