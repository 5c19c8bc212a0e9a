"""Who reaches what: every role of every agency at every route, on both databases.

A route that is not in ``REACH`` fails, so a new one is not open by oversight.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import portal_samples as samples
import pytest
from fastapi.routing import APIRoute
from portal_under_test import JSON, put
from pydantic import BaseModel

from notifications.documents import Audience, body
from portal.app import routed
from portal.permissions import Role

AGENCIES = {
    "police": samples.POLICE, "other police": "E23000015",
    "placing": samples.PLACING_LA, "host": samples.HOST_LA,
}  # fmt: skip
OF_AGENCIES = (Role.OFFICER, Role.NAMED_OFFICER, Role.SUPPLIER)
PEOPLE = {
    **{
        f"{role} of {name}": (role, code)
        for role in OF_AGENCIES for name, code in AGENCIES.items()
    },
    **{str(role): (role, None) for role in Role if role not in OF_AGENCIES},
}  # fmt: skip
OUTSIDE = ("nobody", "pipeline")
PROGRAMS = {
    "nobody": None, "pipeline": None,
    **{who: stands for who, stands in PEOPLE.items() if stands[0] in OF_AGENCIES},
}  # fmt: skip
"""Those of an agency act as a role there."""
OFFICERS = {name for name, (role, _) in PEOPLE.items() if role in OF_AGENCIES[:2]}
SUPPLIERS = {name for name, (role, _) in PEOPLE.items() if role is Role.SUPPLIER}
EVERYBODY = set(PEOPLE)
DUTY = {"officer of police", "named_officer of police"}
NAMED = {"named_officer of police"}
REVIEWER, DATA_TEAM, IG_LEAD = {"reviewer"}, {"data_team"}, {"ig_lead"}


@dataclass(frozen=True)
class Reach:
    """Who reaches a route, and a call that whoever may make it succeeds with."""

    who: set[str]
    form: dict[str, Any] | None = None
    query: str = ""


@dataclass(frozen=True)
class Call:
    """Which programs may make a call, with a body that whoever may succeeds with."""

    who: set[str]
    sent: BaseModel | dict[str, Any] | None = None
    seen: dict[str, set[str]] = field(default_factory=dict)
    """Of a list: by the place of an id, who finds it there. Others find it not."""


RECORDED = {
    "version": 1, "reference": "N/1", "recorded-day": 22, "recorded-month": 11,
    "recorded-year": 2026,
}  # fmt: skip
NOTICE = "/notifications/{notification_id}"
REACH = {
    "GET /": Reach(EVERYBODY),
    "POST /sign-out": Reach(EVERYBODY, {}),
    "POST /account/sign-out-everywhere": Reach(EVERYBODY, {}),
    "GET /inbox": Reach(OFFICERS),
    "GET /tasks": Reach(OFFICERS),
    f"GET {NOTICE}": Reach(DUTY),
    f"GET {NOTICE}/record.pdf": Reach(DUTY),
    f"GET {NOTICE}/record.csv": Reach(DUTY),
    f"POST {NOTICE}/acknowledgement": Reach(DUTY, RECORDED),
    f"POST {NOTICE}/dispute": Reach(DUTY, {"version": 1, "dispute": "not_ours"}),
    f"GET {NOTICE}/print": Reach(DUTY),
    f"POST {NOTICE}/holder": Reach(DUTY, {"passes": 0, "to": "desk"}),
    f"POST {NOTICE}/reveal": Reach(DUTY, {"purpose": "record"}),
    f"GET {NOTICE}/revealed/{{purpose}}": Reach(DUTY),
    "GET /search": Reach(OFFICERS),
    "POST /search": Reach(OFFICERS, {"q": "N/1"}),
    "POST /inbox/export": Reach(OFFICERS, {"purpose": "shift", "show": "all"}),
    "GET /handover": Reach(OFFICERS),
    "GET /handover/print": Reach(OFFICERS),
    "POST /handover": Reach(OFFICERS, {"to": "desk"}),
    "GET /account": Reach(EVERYBODY),
    "GET /account/codes": Reach(EVERYBODY),
    "POST /account/codes": Reach(EVERYBODY, {"code": "000000"}),
    "GET /prove": Reach(EVERYBODY),
    "GET /prove/with": Reach(set()),  # for people of an identity provider
    "POST /prove": Reach(EVERYBODY, {"password": "a wrong one"}),
    "GET /reviews": Reach(REVIEWER),
    "GET /reviews/{review_id}": Reach(REVIEWER),
    "POST /reviews/{review_id}/judgement": Reach(
        REVIEWER, {"version": 1, "decision": "same", "reason": "seen both files"}
    ),
    "POST /reviews/{review_id}/undoing": Reach(
        REVIEWER, {"judgement": str(samples.made("none")), "reason": "a mistake"}
    ),
    "POST /reviews/next": Reach(REVIEWER, {}),
    "POST /reviews/{review_id}/claim": Reach(REVIEWER, {}),
    "POST /reviews/{review_id}/letting-go": Reach(REVIEWER, {}),
    "POST /reviews/{review_id}/skip": Reach(REVIEWER, {}),
    "POST /reviews/{review_id}/handing-over": Reach(REVIEWER, {"to": "nobody"}),
    "POST /reviews/{review_id}/recusal": Reach(REVIEWER, {}),
    "POST /reviews/{review_id}/search": Reach(REVIEWER, {}),
    "POST /reviews/{review_id}/second-reading": Reach(
        REVIEWER, {"version": 1, "decision": "same", "reason": "seen both files"}
    ),
    "POST /review-settings": Reach(REVIEWER, {}),
    "GET /training": Reach(REVIEWER),
    "GET /training/{number}": Reach(REVIEWER),
    "POST /training/{number}": Reach(REVIEWER, {"decision": "same"}),
    "GET /agreement": Reach(REVIEWER | DATA_TEAM),
    "GET /agreement/labels.csv": Reach(REVIEWER | DATA_TEAM),
    "GET /runs": Reach(REVIEWER | DATA_TEAM),
    "GET /runs/history": Reach(REVIEWER | DATA_TEAM),
    "GET /authorities": Reach(REVIEWER | DATA_TEAM),
    "GET /authorities/{code}": Reach(REVIEWER | DATA_TEAM | {"supplier of placing"}),
    "GET /verdicts": Reach(SUPPLIERS),
    "GET /verdicts.csv": Reach(SUPPLIERS),
    "GET /runs/{run_id}/release": Reach(DATA_TEAM),
    "POST /runs/{run_id}/release": Reach(DATA_TEAM, {}),
    "POST /dead-letters/{letter_id}/replay": Reach(DATA_TEAM, {}),
    "POST /dead-letters/{letter_id}/replay-alike": Reach(DATA_TEAM, {}),
    "GET /audit": Reach(IG_LEAD),
    "GET /audit/export.csv": Reach(IG_LEAD, query="?purpose=inspection"),
    "GET /audit/export.jsonl": Reach(IG_LEAD, query="?purpose=inspection"),
    "POST /audit/verification": Reach(IG_LEAD, {}),
    "GET /audit/child": Reach(IG_LEAD),
    "POST /audit/child": Reach(IG_LEAD, {"reference": "XB", "purpose": "complaint"}),
    "POST /audit/staff/{user_id}": Reach(IG_LEAD, {"purpose": "complaint"}),
    "GET /audit/refusals": Reach(IG_LEAD),
    "GET /audit/withheld": Reach(IG_LEAD),
    "GET /audit/retention": Reach(IG_LEAD),
}
"""Pages. The notice is a duty notice of the police; a named one is tried beside it."""
ENDS_IT = (
    "POST /reviews/{review_id}/recusal", "POST /account/sign-out-everywhere",
    "POST /sign-out", "POST /v1/notifications/{notification_id}/withdrawal",
)  # fmt: skip
"""After these there is less to be reached."""
PUBLIC = {
    "GET /health", "GET /sign-in", "POST /sign-in", "POST /sign-in/code",
    "GET /sign-in/with/{key}", "GET /sign-in/with/{key}/back",
    "POST /sign-in/with/{key}/signed-out", "GET /signed-out/{key}",
    "GET /.well-known/security.txt", "POST /v1/token",
}  # fmt: skip
PIPELINE = {"pipeline"}
SAID = {"reference": "N/1", "recorded_on": "2026-11-22"}
MACHINE_NOTICE = "/v1/notifications/{notification_id}"
MACHINES = {
    "GET /v1/events": Call(PIPELINE),
    f"PUT {MACHINE_NOTICE}": Call(PIPELINE, samples.packaged("duty")),
    f"POST {MACHINE_NOTICE}/withdrawal": Call(PIPELINE, samples.withdrawal("duty")),
    "PUT /v1/reviews/{review_id}": Call(PIPELINE, samples.review()),
    "PUT /v1/obligations/{obligation_id}": Call(PIPELINE, samples.obligation()),
    "PUT /v1/people/{person_id}": Call(PIPELINE, samples.person()),
    "PUT /v1/runs/{run_id}": Call(PIPELINE, samples.run()),
    "PUT /v1/verdicts/{verdict_id}": Call(PIPELINE, samples.verdict()),
    "PUT /v1/dead-letters/{letter_id}": Call(PIPELINE, samples.dead_letter()),
    "PUT /v1/quality/{authority}/{business_date}": Call(PIPELINE, samples.quality()),
    "PUT /v1/searches/{search_id}": Call(PIPELINE, samples.search_answer()),
    "GET /v1/notifications": Call(
        OFFICERS, seen={"notification_id": DUTY, "named": NAMED}
    ),
    f"GET {MACHINE_NOTICE}": Call(DUTY),
    f"GET {MACHINE_NOTICE}/record.csv": Call(DUTY),
    f"POST {MACHINE_NOTICE}/acknowledgement": Call(DUTY, SAID),
    f"POST {MACHINE_NOTICE}/dispute": Call(DUTY, {"reason": "not_ours"}),
    "GET /v1/obligations": Call(
        OFFICERS,
        seen={"obligation_id": {"officer of placing", "named_officer of placing"}},
    ),
    "GET /v1/verdicts": Call(SUPPLIERS, seen={"verdict_id": {"supplier of placing"}}),
}
"""Calls of programs: a person's session opens none, nor does a key a page."""
REFUSED = {403, 404}
REACHED = {200, 303, 409, 422}  # the state or the form forbids it, not the person


def every_route() -> set[str]:
    return {
        f"{method} {route.path}"
        for route in routed().routes
        if isinstance(route, APIRoute)
        for method in route.methods - {"HEAD"}
    }


def test_every_route_is_in_the_matrix():
    assert every_route() == REACH.keys() | PUBLIC | MACHINES.keys()


@pytest.fixture
def places(portal):
    """Documents that the routes are about, and the paths to them."""
    machine = portal.machine()
    duty = samples.packaged("duty")
    named = samples.packaged("named", audience=Audience.NAMED_OFFICER)
    for document in (duty, named):
        put(machine, "notifications", document)
    put(machine, "obligations", samples.obligation())
    put(machine, "reviews", samples.review())
    put(machine, "runs", samples.run(held={"surge": 3}))
    put(machine, "dead-letters", samples.dead_letter())
    put(machine, "verdicts", samples.verdict())
    return {
        "notification_id": duty.notification_id, "named": named.notification_id,
        "review_id": samples.review().review_id, "run_id": samples.run().run_id,
        "letter_id": "17", "user_id": portal.add_user(Role.REVIEWER),
        "obligation_id": samples.obligation().obligation_id,
        "person_id": samples.person().person_id,
        "verdict_id": samples.verdict().verdict_id, "code": samples.PLACING_LA,
        "business_date": samples.NIGHT, "search_id": samples.search_answer().search_id,
        "number": 1, "authority": samples.PLACING_LA, "purpose": "record",
    }  # fmt: skip


def call(desk, route, reach, places):
    method, pattern = route.split(" ", 1)
    path = pattern.format(**places) + reach.query
    if method == "GET":
        return desk.get(path)
    return desk.post(path, **(reach.form or {}))


def in_order(routes):
    """Signing out comes last: after it nothing is reached any more."""

    def place(route):
        return (ENDS_IT.index(route) + 1 if route in ENDS_IT else 0, route)

    return sorted(routes, key=place)


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_reaches_what_the_matrix_says_and_nothing_else(portal, places, who):
    desk = portal.desk(*PEOPLE[who])
    for route in in_order(REACH):
        reach = REACH[route]
        answer = call(desk, route, reach, places)
        if who in reach.who:
            assert answer.status_code in REACHED, (route, answer.text)
        else:
            assert answer.status_code in REFUSED, route
            assert samples.CANARY not in answer.text, route
        if NOTICE in route:
            hidden = call(
                desk, route, reach, places | {"notification_id": places["named"]}
            )
            expected = REACHED if who in NAMED else REFUSED
            assert hidden.status_code in expected, f"named: {route}"
            assert who in NAMED or samples.CANARY not in hidden.text


@pytest.mark.parametrize("who", PEOPLE)
def test_no_session_opens_a_call_of_a_program(portal, places, who):
    desk = portal.desk(*PEOPLE[who])
    for route in sorted(MACHINES):
        method, pattern = route.split(" ", 1)
        answer = desk.client.request(
            method, pattern.format(**places), content=body(samples.notification()),
            headers=JSON,
        )  # fmt: skip
        assert answer.status_code == 401, route


@pytest.mark.parametrize("who", OUTSIDE)
def test_without_a_session_no_page_is_reached(portal, places, who):
    client = portal.client() if who == "nobody" else portal.machine()
    for route, reach in REACH.items():
        method, pattern = route.split(" ", 1)
        answer = client.request(
            method, pattern.format(**places) + reach.query, data=reach.form
        )
        assert answer.status_code == 303, route
        assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("who", PROGRAMS)
def test_each_program_reaches_what_the_matrix_says_and_nothing_else(
    portal, places, who
):
    program = program_of(portal, who)
    for route in in_order(MACHINES):
        reached = who in MACHINES[route].who
        answer = made(program, route, places)
        assert answer.status_code in answers_to(who, reached), (route, answer.text)
        assert reached or samples.CANARY not in answer.text, route
        if reached:
            for place, finders in MACHINES[route].seen.items():
                assert (str(places[place]) in answer.text) == (who in finders), route


@pytest.mark.parametrize("who", PROGRAMS)
def test_a_program_reaches_what_is_for_named_officers_as_one_alone(portal, places, who):
    program = program_of(portal, who)
    hidden = places | {"notification_id": places["named"]}
    for route in in_order(MACHINES):
        if MACHINE_NOTICE in route and MACHINES[route].who == DUTY:
            answer = made(program, route, hidden)
            assert answer.status_code in answers_to(who, who in NAMED), route
            assert who in NAMED or samples.CANARY not in answer.text, route


def program_of(portal, who):
    if who == "nobody":
        return portal.client()
    if who == "pipeline":
        return portal.machine()
    role, agency = PROGRAMS[who]
    return portal.program(agency, role)


def made(program, route, places):
    """The answer to a call that is made as it should be."""
    method, pattern = route.split(" ", 1)
    sent = MACHINES[route].sent
    raw = body(sent) if isinstance(sent, BaseModel) else json.dumps(sent)
    headers = {**JSON, "If-Match": "*"} if isinstance(sent, dict) else JSON
    return program.request(
        method, pattern.format(**places), content=raw if sent else None, headers=headers
    )


def answers_to(who, reached):
    if who == "nobody":
        return {401}
    return {200, 201} if reached else REFUSED
