"""The API's description is one that others can build on."""

import pytest
from openapi_spec_validator import validate

from notifications import documents as docs
from notifications import reports
from notifications.search_answers import SearchAnswer
from portal.api import openapi
from portal.app import routed


@pytest.fixture(scope="module")
def described():
    return openapi.document(routed())


def test_it_is_valid_openapi(described):
    assert described["openapi"].startswith("3.1")
    validate(described)


def test_every_call_of_the_contract_is_there(described):
    calls = {
        (method.upper(), path)
        for path, item in described["paths"].items()
        for method in item
    }

    assert calls == {
        ("PUT", "/v1/notifications/{notification_id}"),
        ("POST", "/v1/notifications/{notification_id}/withdrawal"),
        ("PUT", "/v1/obligations/{obligation_id}"),
        ("PUT", "/v1/reviews/{review_id}"),
        ("PUT", "/v1/searches/{search_id}"),
        ("PUT", "/v1/people/{person_id}"),
        ("PUT", "/v1/runs/{run_id}"),
        ("PUT", "/v1/quality/{authority}/{business_date}"),
        ("PUT", "/v1/verdicts/{verdict_id}"),
        ("PUT", "/v1/dead-letters/{letter_id}"),
        ("GET", "/v1/events"),
        ("GET", "/v1/notifications"),
        ("GET", "/v1/notifications/{notification_id}"),
        ("GET", "/v1/notifications/{notification_id}/record.csv"),
        ("POST", "/v1/notifications/{notification_id}/acknowledgement"),
        ("POST", "/v1/notifications/{notification_id}/dispute"),
        ("GET", "/v1/obligations"),
        ("GET", "/v1/verdicts"),
        ("POST", "/v1/token"),
        ("GET", "/health"),
    }


@pytest.mark.parametrize(
    "model",
    [docs.Notification, docs.Withdrawal, docs.Obligation, docs.Review,
     docs.CrossBorderPerson, reports.RunSummary, reports.SupplierVerdict,
     reports.DeadLetter, SearchAnswer],
)  # fmt: skip
def test_every_document_has_its_schema_and_refuses_unknown_keys(described, model):
    schema = described["components"]["schemas"][model.__name__]

    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(model.model_fields)


def test_every_call_says_which_document_it_takes_and_how_it_refuses(described):
    for path, item in described["paths"].items():
        for method, call in item.items():
            where = f"{method} {path}"
            if path in {"/health", "/v1/token"}:
                assert "security" not in call
                continue
            assert call["security"] == [
                {"machineKey": []},
                {"clientCredentials": []},
            ], where
            problems = {
                status: answer["content"]["application/problem+json"]["schema"]["$ref"]
                for status, answer in call["responses"].items()
                if status >= "400"
            }
            assert {"401", "403", "422", "429"} <= set(problems), where
            assert set(problems.values()) == {"#/components/schemas/Problem"}, where
            if method != "get":
                content = call["requestBody"]["content"]
                assert set(content) == {"application/json"}, where
                assert {"200", "409", "413", "415"} <= set(call["responses"]), where


def test_nothing_is_described_that_is_never_sent(described):
    schemas = described["components"]["schemas"]

    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


def references(part):
    if isinstance(part, dict):
        for key, inner in part.items():
            yield from [inner] if key == "$ref" else references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_leads_to_a_schema(described):
    found = set(references(described))
    there = {
        f"#/components/schemas/{name}" for name in described["components"]["schemas"]
    }
    assert found <= there, found - there
