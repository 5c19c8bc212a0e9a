"""Taking a pair, keeping it, letting go of it; and asking for a wider search on it."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from portal import claims, preferences, reviews, searches
from portal.claims import HeldByAnother, NoSuchColleague
from portal.pages.access import FormSent, own_page
from portal.pages.reviews import show
from portal.pairs import Rows, find
from portal.running import running
from portal.searches import AskedAlready, Hints

router = APIRouter(include_in_schema=False)

_YEAR = re.compile(r"(19|20)\d\d")
_LONGEST_NAME = 60


@router.post("/reviews/{review_id}/claim")
def take(request: Request, visit: FormSent, review_id: UUID) -> Response:
    """The pair is the viewer's for ten minutes from now."""
    try:
        with running(request).store.writing(visit.standing) as connection:
            find(connection, Rows(visit, 0), review_id)
            claims.take(connection, visit, review_id)
    except HeldByAnother:
        return show(request, visit, review_id, {"said": "held"}, status_code=409)
    return RedirectResponse(f"/reviews/{review_id}?said=taken", status_code=303)


@router.post("/reviews/{review_id}/letting-go")
def let_go(request: Request, visit: FormSent, review_id: UUID) -> Response:
    """The pair is nobody's again."""
    with running(request).store.writing(visit.standing) as connection:
        find(connection, Rows(visit, 0), review_id)
        claims.let_go(connection, visit, review_id)
    return RedirectResponse("/reviews?said=let-go", status_code=303)


@router.post("/reviews/{review_id}/handing-over")
def hand_over(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    to: Annotated[str, Form()] = "",
) -> Response:
    """The pair is a colleague's."""
    try:
        with running(request).store.writing(visit.standing) as connection:
            find(connection, Rows(visit, 0), review_id)
            claims.hand_over(connection, visit, review_id, _uuid(to))
    except HeldByAnother:
        return show(request, visit, review_id, {"said": "held"}, status_code=409)
    except NoSuchColleague:
        errors = {"errors": {"to": "Choose a colleague to hand the pair to"}}
        return show(request, visit, review_id, errors, status_code=422)
    return RedirectResponse("/reviews?said=handed-over", status_code=303)


@router.post("/reviews/{review_id}/skip")
def skip(request: Request, visit: FormSent, review_id: UUID) -> Response:
    """Not now: the next one, and this one is anybody's."""
    portal = running(request)
    share = portal.settings.second_reader_share
    with portal.store.writing(visit.standing) as connection:
        reviews.skip(connection, visit, review_id)
        following = reviews.take_next(connection, visit, share)
    to = f"/reviews/{following}" if isinstance(following, UUID) else "/reviews"
    return RedirectResponse(f"{to}?said=skipped", status_code=303)


@router.post("/reviews/{review_id}/recusal")
def recuse(request: Request, visit: FormSent, review_id: UUID) -> Response:
    """The viewer knows the family: no pair of this child is shown to them again."""
    with running(request).store.writing(visit.standing) as connection:
        reviews.recuse(connection, visit, review_id)
    return RedirectResponse("/reviews?said=recused", status_code=303)


@router.post("/reviews/{review_id}/search")
def search(
    request: Request,
    visit: FormSent,
    review_id: UUID,
    forename: Annotated[str, Form()] = "",
    surname: Annotated[str, Form()] = "",
    year: Annotated[str, Form()] = "",
) -> Response:
    """The region's next pass looks for the child in the whole register of the force."""
    typed = {"forename": forename, "surname": surname, "year": year}
    if errors := _faults(forename.strip(), surname.strip(), year.strip()):
        given = {"hints": typed, "errors": errors}
        return show(request, visit, review_id, given, status_code=422)
    hints = Hints(
        forename.strip() or None,
        surname.strip() or None,
        int(year) if year.strip() else None,
    )
    try:
        with running(request).store.writing(visit.standing) as connection:
            searches.ask(connection, visit, review_id, hints)
    except AskedAlready:
        return show(request, visit, review_id, {"said": "asked"}, status_code=409)
    return RedirectResponse(f"/reviews/{review_id}?said=search", status_code=303)


@router.post("/review-settings")
def settle(
    request: Request,
    visit: FormSent,
    shortcuts: Annotated[str, Form()] = "off",
    back: Annotated[str, Form()] = "/reviews",
) -> Response:
    """Whether single keys are shortcuts, for this person on every machine."""
    with running(request).store.writing(visit.standing) as connection:
        preferences.set_shortcuts(connection, visit, wanted=shortcuts == "on")
    return RedirectResponse(own_page(back, "/reviews"), status_code=303)


def _faults(forename: str, surname: str, year: str) -> dict[str, str]:
    found = {}
    for place, name in (("forename", forename), ("surname", surname)):
        if len(name) > _LONGEST_NAME or not name.isprintable():
            found[place] = f"The {place} must be up to {_LONGEST_NAME} characters"
    if year and not _YEAR.fullmatch(year):
        found["year"] = "The year must have four digits, such as 2011"
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchColleague from None
