"""Templates to answers: every value escaped, a misspelt one an error, not a blank."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    Undefined,
    select_autoescape,
)

from notifications.documents import NOT_SUPPLIED
from notifications.wording import counted
from portal import notice_words, oversight_words, words
from portal.package import TEST_RECORD
from portal.permissions import (
    Role,
    Viewer,
    can_audit,
    can_read_notices,
    can_review,
    can_see_runs,
)
from portal.running import running
from portal.runs import in_order, sentinels, states_of
from portal.visits import Visit
from portal.waterfall import leaning, signed

_HERE = Path(__file__).parents[1]
STATIC = _HERE / "static"


class NeverPrinted(Undefined):
    """A name that is not there may be asked about, as GOV.UK's macros do of optional
    parameters, but never printed or walked through."""

    __str__ = __iter__ = Undefined._fail_with_undefined_error


@cache
def build_templates() -> Environment:
    """The portal's templates, with GOV.UK's beside them: compiled once a process."""
    templates = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(_HERE / "templates"),
                PrefixLoader(
                    {"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}
                ),
            ]
        ),
        autoescape=select_autoescape(["html"]),
        auto_reload=False,  # or each page looks at the dates of a dozen files
        undefined=NeverPrinted,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "day": words.day,
        "in_a_hundred": words.in_a_hundred,
        "moment": words.moment,
        "supplied": words.supplied,
        "due": words.due,
        "counted": counted,
        "signed": signed,
        "leaning": leaning,
        "sentence": words.sentence,
        "readable": words.readable,
        "in_order": in_order,
        "sentinels": sentinels,
        "states_of": states_of,
    }
    assets = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(STATIC.iterdir())
    }
    templates.globals |= {
        "asset": partial(_asset, assets),
        "words": words,
        "notice_words": notice_words,
        "trail_words": oversight_words,
        "NOT_SUPPLIED": NOT_SUPPLIED,
        "TEST_RECORD": TEST_RECORD,
    }
    return templates


def compile_all(templates: Environment) -> None:
    """Every page, and every part that pages take from GOV.UK's while they are rendered,
    is compiled now, so that nobody waits for it when first asking."""
    for name in templates.list_templates(extensions=["html"]):
        templates.get_template(name)


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    *,
    visit: Visit | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    """A page. Close every transaction first: rendering takes its time."""
    portal = running(request)
    now: dt.datetime = visit.at if visit else portal.clock()
    shared = {
        "cspNonce": request.state.nonce,
        "region": portal.settings.region,
        "demo": portal.settings.environment == "demo",
        "visit": visit,
        "places": _places(visit.viewer) if visit else (),
        "here": request.url.path,
        "now": now,
    }
    text = portal.templates.get_template(template).render({**shared, **values})
    return HTMLResponse(text, status_code=status_code)


def _places(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Where this person can go: path and name."""
    places = []
    if can_read_notices(viewer):
        places += [("/inbox", "Inbox"), ("/tasks", "Tasks"), ("/handover", "Hand over")]
    if can_review(viewer):
        places.append(("/reviews", "Review"))
    if can_see_runs(viewer):
        places += [("/runs", "Nights"), ("/authorities", "Authorities")]
    if viewer.role is Role.SUPPLIER:
        places.append(("/verdicts", "Your extracts"))
    if can_audit(viewer):
        places.append(("/audit", "Audit"))
    return tuple(places)


def _asset(hashes: Mapping[str, str], name: str) -> str:
    """The address of a file, which changes with its content."""
    return f"/static/{name}?v={hashes[name]}"
