"""The first page is the place of one's work."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from portal.pages.access import SignedIn
from portal.pages.sign_in import home_of

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(visit: SignedIn) -> RedirectResponse:
    """To the inbox, the queue or the nights."""
    return RedirectResponse(home_of(visit.viewer), status_code=303)
