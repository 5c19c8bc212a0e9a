"""How far readers agree and how quickly they work; the labels as a file."""

import csv
import dataclasses
import io

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from portal import agreement
from portal.agreement import Label
from portal.audit import Action
from portal.bars import day_bars
from portal.pages.access import SignedIn
from portal.pages.rendering import page
from portal.permissions import COUNTS
from portal.running import running

router = APIRouter(include_in_schema=False)


@router.get("/agreement")
def show_agreement(request: Request, visit: SignedIn) -> HTMLResponse:
    """Agreement of readers, throughput, and how long pairs wait."""
    portal = running(request)
    with portal.store.writing(visit.standing) as connection:
        agreement.admit(connection, visit, Action.AGREEMENT_LISTED)
    with portal.store.reading(COUNTS) as connection:
        report = agreement.report(connection, visit.at)
    values = {
        "report": report,
        "bars": day_bars(report.throughput.days),
        "share": portal.settings.second_reader_share,
        "fewest": agreement.FEWEST,
    }
    return page(request, "agreement.html", values, visit=visit)


@router.get("/agreement/labels.csv")
def labels(request: Request, visit: SignedIn) -> Response:
    """Every settled decision by content hash, for fitting and measuring models."""
    portal = running(request)
    settings = portal.settings
    with portal.store.writing(visit.standing) as connection:
        agreement.admit(connection, visit, Action.LABELS_EXPORTED)
    with portal.store.reading(COUNTS) as connection:
        found = agreement.labels(
            connection, settings.second_reader_share, settings.evaluation_share
        )
    text = io.StringIO()
    names = [field.name for field in dataclasses.fields(Label)]
    writer = csv.DictWriter(text, names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(one) for one in found)
    headers = {"Content-Disposition": 'attachment; filename="labels.csv"'}
    return Response(text.getvalue(), media_type="text/csv", headers=headers)
