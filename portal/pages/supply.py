"""What authorities send: the coverage scorecard, one authority's nights, and the
supplier's own pick-up."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from notifications.reports import QualityReport, SupplierVerdict
from portal import supply
from portal.audit import Action
from portal.charts import Chart, Night, Tone, by_night
from portal.clock import london_date
from portal.package import plain_cell
from portal.pages.access import SignedIn
from portal.pages.rendering import page
from portal.permissions import can_see_runs
from portal.running import running
from portal.supply import Supply

router = APIRouter(include_in_schema=False)

Code = Annotated[str, Path(pattern=r"^[A-Z]?[0-9]{3,8}$")]
_Figure = Callable[[QualityReport], float | None]
_TONES: dict[str, Tone] = {"usable": "good", "not_usable": "doubt"}
_ROW = ("business_date", "file", "outcome", "rows", "accepted", "rejected", "problem",
        "notes")  # fmt: skip


@router.get("/authorities")
def show_authorities(request: Request, visit: SignedIn) -> HTMLResponse:
    """Who sends what, how whole, and how each stands with what it is told."""
    with running(request).store.writing(visit.standing) as connection:
        found = supply.arrivals(connection, visit)
    return page(request, "authorities.html", {"arrivals": found}, visit=visit)


@router.get("/authorities/{code}")
def show_authority(request: Request, visit: SignedIn, code: Code) -> HTMLResponse:
    """One authority's last ninety nights and its latest extract, taken apart."""
    with running(request).store.writing(visit.standing) as connection:
        found = supply.open_supply(connection, visit, code)
    last = max(
        (report.business_date for report in found.reports),
        default=london_date(visit.at),
    )
    values = {
        "supply": found,
        "charts": _charts(found, last),
        "whole_region": can_see_runs(visit.viewer),
    }
    return page(request, "authority.html", values, visit=visit)


@router.get("/verdicts")
def show_verdicts(request: Request, visit: SignedIn) -> HTMLResponse:
    """What became of each extract that the viewer's own agency sent."""
    with running(request).store.writing(visit.standing) as connection:
        code, found = supply.picked_up(connection, visit, Action.VERDICTS_LISTED)
    values = {"code": code, "verdicts": found}
    return page(request, "verdicts.html", values, visit=visit)


@router.get("/verdicts.csv")
def download_verdicts(request: Request, visit: SignedIn) -> Response:
    """The same as rows, one for each file."""
    with running(request).store.writing(visit.standing) as connection:
        code, found = supply.picked_up(connection, visit, Action.VERDICTS_EXPORTED)
    return Response(
        _as_csv(found),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="verdicts-{code}.csv"'},
    )


def _charts(found: Supply, last: dt.date) -> tuple[Chart, ...]:
    def over(name: str, title: str, value: _Figure) -> Chart:
        nights = {
            report.business_date: Night(figure, _TONES.get(report.outcome, "bad"))
            for report in found.reports
            if (figure := value(report)) is not None
        }
        return by_night(name, title, nights, last)

    charts = [
        over("rows", "Rows that arrived", lambda report: report.rows),
        over("rejected", "Rows rejected, in a hundred", _rejected),
        over("age", "Age of the data, in days", _age),
    ]
    if any(_yield(report) is not None for report in found.reports):
        title = "Children placed whom the police know, in a hundred"
        charts.append(over("yield", title, _yield))
    return tuple(charts)


def _rejected(report: QualityReport) -> float | None:
    part = supply.share(report.rejected, report.rows)
    return None if part is None else 100 * part


def _age(report: QualityReport) -> float | None:
    if report.as_of is None:
        return None
    return (report.business_date - report.as_of).days


def _yield(report: QualityReport) -> float | None:
    part = supply.match_yield(report.states)
    return None if part is None else 100 * part


def _as_csv(found: tuple[SupplierVerdict, ...]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_ROW)
    for verdict in found:
        for file in verdict.files:
            rows.writerow(
                plain_cell(str(value))
                for value in (
                    verdict.business_date, file.name, file.outcome, file.rows,
                    file.accepted, file.rejected, file.problem, "; ".join(file.notes),
                )
            )  # fmt: skip
    return text.getvalue()
