"""The API as an OpenAPI 3.1 document: the same bytes for the same release."""

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from notifications.documents import (
    CrossBorderPerson,
    Notification,
    Obligation,
    Review,
    Withdrawal,
)
from notifications.reports import DeadLetter, QualityReport, RunSummary, SupplierVerdict
from notifications.search_answers import SearchAnswer
from portal.api.agency_documents import AcknowledgementSaid, DisputeSaid
from portal.api.machine import SCHEME
from portal.api.token import PATH as TOKEN_PATH
from portal.events import Event
from portal.problems import Problem

TITLE = "crossborder portal"
VERSION = "1"
CREDENTIALS = "clientCredentials"
_TAKEN_AND_GIVEN = (
    Notification, Withdrawal, Obligation, Review, CrossBorderPerson, RunSummary,
    SupplierVerdict, QualityReport, DeadLetter, SearchAnswer, AcknowledgementSaid,
    DisputeSaid, Event, Problem,
)  # fmt: skip
_REF = "#/components/schemas/{model}"


def document(app: FastAPI) -> dict[str, Any]:
    """The API's description, with every document's schema."""
    described = get_openapi(
        title=TITLE,
        version=VERSION,
        summary="Documents go in, one feed of events comes out; agencies collect.",
        description="What a region's pipeline says to a portal and hears from it, and "
        "how an agency's own system collects and answers what is for it. "
        "Calls are idempotent; errors are problem documents (RFC 9457); times are "
        "RFC 3339 in UTC; a document's unknown keys are refused.",
        routes=app.routes,
    )
    _, schemas = models_json_schema(
        [(model, "validation") for model in _TAKEN_AND_GIVEN], ref_template=_REF
    )
    components = described.setdefault("components", {}).setdefault("schemas", {})
    components |= schemas["$defs"]
    # every refusal is a Problem: the framework's own error shape is never sent
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    _either_way_in(described)
    return described


def text(app: FastAPI) -> str:
    """The document as it is committed."""
    return (
        json.dumps(document(app), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    )


def _either_way_in(described: dict[str, Any]) -> None:
    """Whatever a key opens, a token of the same program opens too."""
    described["components"]["securitySchemes"][CREDENTIALS] = {
        "type": "oauth2",
        "description": "A token of POST /v1/token: `xbt_…`, for a signed assertion "
        "(private_key_jwt, RFC 7523)",
        "flows": {"clientCredentials": {"tokenUrl": TOKEN_PATH, "scopes": {}}},
    }
    for item in described["paths"].values():
        for call in item.values():
            if {SCHEME: []} in call.get("security", ()):
                call["security"].append({CREDENTIALS: []})
