"""Every door of the portal is locked or public on purpose, and opens for its own."""

import portal_samples as samples
import pytest
from fastapi.routing import APIRoute
from portal_under_test import JSON, ON_SQLITE, put, words_of
from sqlalchemy import update
from starlette.routing import Mount

from notifications.documents import Audience, body
from portal.api.machine import agency_program, pipeline
from portal.app import routed
from portal.pages.access import form_sent, signed_in
from portal.permissions import (
    OPERATOR,
    MachineRole,
    NotForRole,
    NotYours,
    Role,
    Viewer,
    can_operate,
    can_read_notices,
    can_review,
    can_see_agreement,
    can_see_runs,
    check_agreement,
    check_machine,
    check_notice,
    check_notices,
    check_operate,
    check_review,
    check_runs,
)
from portal.tables import machine_keys

PUBLIC = {
    "/health": "whoever keeps it running has no account",
    "/sign-in": "nobody is signed in yet",
    "/sign-in/code": "the password was right, and the code is asked for",
    "/sign-in/with/{key}": "nobody is signed in yet: off to their provider",
    "/sign-in/with/{key}/back": "nobody is signed in yet: back from their provider",
    "/sign-in/with/{key}/signed-out": "the provider itself, by a token that it signed",
    "/signed-out/{key}": "nobody is signed in any more",
    "/v1/token": "whoever asks proves who it is by a signature",
    "/.well-known/security.txt": "whoever has found a fault",
    "/static": "styles and licence, the same for everybody",
}
SAFE = {"GET", "HEAD"}
PROGRAMS = {
    "documents": pipeline, "events": pipeline, "agencies": agency_program,
}  # fmt: skip
"""Whose program makes the calls of each part of the API."""


def every_route():
    return routed().routes


def guards_of(route):
    """Every function that a route's call depends on."""
    found, waiting = set(), [route.dependant]
    while waiting:
        dependant = waiting.pop()
        found.add(dependant.call)
        waiting.extend(dependant.dependencies)
    return found


@pytest.mark.parametrize("route", every_route(), ids=lambda route: route.path)
def test_every_route_asks_who_is_there_or_is_public_on_purpose(route):
    if isinstance(route, Mount):
        assert route.path in PUBLIC
        return
    assert isinstance(route, APIRoute)
    guards = guards_of(route)
    if route.path.startswith("/v1/") and route.path not in PUBLIC:
        (tag,) = route.tags
        assert guards & {pipeline, agency_program} == {PROGRAMS[tag]}
    elif route.path not in PUBLIC:
        assert signed_in in guards
        if not route.methods <= SAFE:
            assert form_sent in guards


def test_the_walk_sees_every_part_of_the_portal():
    paths = {route.path for route in every_route()}

    assert paths >= {
        "/static", "/health", "/sign-in", "/sign-out", "/", "/inbox", "/tasks",
        "/reviews", "/runs", "/v1/events", "/v1/notifications/{notification_id}",
        "/notifications/{notification_id}/acknowledgement",
        "/reviews/{review_id}/undoing", "/notifications/{notification_id}/dispute",
        "/notifications/{notification_id}/record.pdf",
        "/notifications/{notification_id}/record.csv", "/runs/{run_id}/release",
        "/dead-letters/{letter_id}/replay", "/prove", "/prove/with", "/account",
        "/account/codes", "/account/sign-out-everywhere",
        "/notifications/{notification_id}/reveal",
        "/notifications/{notification_id}/revealed/{purpose}", "/inbox/export",
        "/search", "/handover", "/handover/print",
        "/notifications/{notification_id}/holder",
        "/notifications/{notification_id}/print", "/reviews/next",
        "/reviews/{review_id}/second-reading", "/reviews/{review_id}/search",
        "/training/{number}", "/agreement/labels.csv", "/v1/searches/{search_id}",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/tasks", "/reviews", "/runs", "/search", "/handover",
             "/handover/print"],
)  # fmt: skip
@ON_SQLITE
def test_nobody_sees_a_page_without_signing_in(portal, path):
    answer = portal.client().get(path)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "key", ["", "Bearer", "Bearer xb_made-up", "Bearer made-up", "Basic eGI6eGI="]
)
@ON_SQLITE
def test_no_call_is_taken_without_a_key(portal, key):
    client = portal.client(headers={"Authorization": key} if key else {})
    document = samples.notification()

    for answer in (
        client.get("/v1/events"),
        client.put(
            f"/v1/notifications/{document.notification_id}",
            content=body(document), headers=JSON,
        ),
    ):  # fmt: skip
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"


@ON_SQLITE
def test_a_session_is_no_key_and_a_key_no_session(portal):
    assert portal.officer().get("/v1/events").status_code == 401
    assert portal.machine().get("/inbox").status_code == 303


def test_a_revoked_key_opens_nothing(portal):
    machine = portal.machine()
    assert machine.get("/v1/events").status_code == 200
    with portal.store.writing(OPERATOR) as connection:
        connection.execute(update(machine_keys).values(revoked_at=portal.hands()))

    assert machine.get("/v1/events").status_code == 401


OFFICERS = ("police officer", "police named officer", "other police officer",
            "placing officer", "placing named officer")  # fmt: skip
MATRIX = {
    "/inbox": set(OFFICERS),
    "/tasks": set(OFFICERS),
    "/search": set(OFFICERS),
    "/handover": set(OFFICERS),
    "/handover/print": set(OFFICERS),
    "duty on paper": {"police officer", "police named officer"},
    "named on paper": {"police named officer"},
    "duty notice": {"police officer", "police named officer"},
    "duty sheet": {"police officer", "police named officer"},
    "duty row": {"police officer", "police named officer"},
    "named notice": {"police named officer"},
    "named sheet": {"police named officer"},
    "named row": {"police named officer"},
    "revealed": {"police named officer"},
    "copy": {"placing officer", "placing named officer"},
    "/reviews": {"reviewer"},
    "pair": {"reviewer"},
    "/training": {"reviewer"},
    "/training/1": {"reviewer"},
    "/agreement": {"reviewer", "data team"},
    "/agreement/labels.csv": {"reviewer", "data team"},
    "/runs": {"reviewer", "data team"},
    "release": {"data team"},
    "/runs/history": {"reviewer", "data team"},
    "/authorities": {"reviewer", "data team"},
    f"/authorities/{samples.PLACING_LA}": {"reviewer", "data team", "supplier"},
    "/verdicts": {"supplier", "other supplier"},
    "/verdicts.csv": {"supplier", "other supplier"},
}
PEOPLE = {
    "police officer": (Role.OFFICER, samples.POLICE),
    "police named officer": (Role.NAMED_OFFICER, samples.POLICE),
    "other police officer": (Role.OFFICER, "E23000015"),
    "placing officer": (Role.OFFICER, samples.PLACING_LA),
    "placing named officer": (Role.NAMED_OFFICER, samples.PLACING_LA),
    "reviewer": (Role.REVIEWER, None),
    "data team": (Role.DATA_TEAM, None),
    "supplier": (Role.SUPPLIER, samples.PLACING_LA),
    "other supplier": (Role.SUPPLIER, samples.HOST_LA),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_reaches_its_own_pages_and_no_other(portal, who):
    machine = portal.machine()
    duty = samples.packaged("duty")
    named = samples.packaged("named", audience=Audience.NAMED_OFFICER)
    copy = samples.notification("copy", recipient=samples.PLACING_LA, is_copy=True)
    review = samples.review()
    for document in (duty, named, copy):
        put(machine, "notifications", document)
    put(machine, "reviews", review)
    put(machine, "runs", samples.run())
    paths = {
        "duty sheet": f"/notifications/{duty.notification_id}/record.pdf",
        "duty row": f"/notifications/{duty.notification_id}/record.csv",
        "named sheet": f"/notifications/{named.notification_id}/record.pdf",
        "named row": f"/notifications/{named.notification_id}/record.csv",
        "duty on paper": f"/notifications/{duty.notification_id}/print",
        "named on paper": f"/notifications/{named.notification_id}/print",
        "release": f"/runs/{samples.run().run_id}/release",
        "duty notice": f"/notifications/{duty.notification_id}",
        "named notice": f"/notifications/{named.notification_id}",
        "revealed": f"/notifications/{named.notification_id}/revealed/check",
        "copy": f"/notifications/{copy.notification_id}",
        "pair": f"/reviews/{review.review_id}",
    }
    desk = portal.desk(*PEOPLE[who])

    for what, allowed in MATRIX.items():
        answer = desk.get(paths.get(what, what))
        if who in allowed:
            assert answer.status_code == 200, what
        else:
            assert answer.status_code in {403, 404}, what
            assert samples.CANARY not in answer.text


MAY_POST = {
    "export": set(OFFICERS),
    "search": set(OFFICERS),
    "take the duty notice": {"police officer", "police named officer"},
    "take the named notice": {"police named officer"},
}


@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_sends_its_own_forms_and_no_other(portal, who):
    machine, desk = portal.machine(), portal.desk(*PEOPLE[who])
    duty = samples.notification("duty")
    named = samples.notification("named", audience=Audience.NAMED_OFFICER)
    for document in (duty, named):
        put(machine, "notifications", document)
    forms = {
        "export": ("/inbox/export", {"show": "all", "purpose": "shift"}),
        "search": ("/search", {"q": duty.recording_token}),
    }
    for name, document in (("duty", duty), ("named", named)):
        form = {"passes": 0, "to": str(desk.user_id)}
        path = f"/notifications/{document.notification_id}/holder"
        forms[f"take the {name} notice"] = (path, form)

    for what, allowed in MAY_POST.items():
        path, form = forms[what]
        answer = desk.post(path, **form)
        assert desk.client.post(path, data=form).status_code == 403, what  # no token
        if who in allowed:
            assert answer.status_code in {200, 303}, what
        else:
            assert answer.status_code in {403, 404}, what
        if who not in {"police officer", "police named officer"}:
            assert samples.CANARY not in answer.text
            assert what == "search" or duty.recording_token not in answer.text
            assert str(duty.notification_id) not in answer.headers.get("Location", "")


def test_another_agencys_notice_looks_like_none_and_the_try_is_on_record(portal):
    document = samples.notification()
    put(portal.machine(), "notifications", document)
    desk = portal.officer("E23000015")
    path = f"/notifications/{document.notification_id}"

    theirs, nothing = desk.get(path), desk.get(f"/notifications/{samples.made('no')}")

    assert theirs.status_code == nothing.status_code == 404
    number = theirs.headers["X-Request-Id"]
    assert words_of(theirs).replace(number, "") == words_of(nothing).replace(
        nothing.headers["X-Request-Id"], ""
    )
    assert portal.trail("action", "subject")[0] == (
        "denied", f"notice {document.notification_id}",
    )  # fmt: skip


def test_nobody_acknowledges_for_another_agency(portal):
    document = samples.notification(audience=Audience.NAMED_OFFICER)
    machine = portal.machine()
    put(machine, "notifications", document)
    form = {
        "version": 1, "reference": "N/1", "recorded-day": 22, "recorded-month": 11,
        "recorded-year": 2026,
    }  # fmt: skip

    for desk in (portal.officer(), portal.named_officer("E23000015")):
        path = f"/notifications/{document.notification_id}"
        for answer in (
            desk.post(f"{path}/acknowledgement", **form),
            desk.post(f"{path}/dispute", version=1, dispute="not_ours"),
        ):
            assert answer.status_code == 404
    assert machine.get("/v1/events").json() == []


@pytest.mark.parametrize("who", sorted(PEOPLE.keys() - {"data team"}))
@ON_SQLITE
def test_only_the_data_team_releases_and_replays(portal, who):
    machine, desk = portal.machine(), portal.desk(*PEOPLE[who])
    put(machine, "runs", samples.run(held={"surge": 3}))
    put(machine, "dead-letters", samples.dead_letter())

    for path in (f"/runs/{samples.run().run_id}/release", "/dead-letters/17/replay"):
        assert desk.post(path).status_code == 403
    assert machine.get("/v1/events").json() == []
    assert '/replay"' not in desk.get("/runs").text
    assert f"/runs/{samples.run().run_id}/release" not in desk.get("/runs").text


def test_lists_hold_only_what_is_for_the_viewer(portal):
    machine = portal.machine()
    put(machine, "notifications", samples.notification("duty"))
    put(
        machine,
        "notifications",
        samples.notification("named", audience=Audience.NAMED_OFFICER),
    )
    put(machine, "obligations", samples.obligation("duty"))
    put(
        machine,
        "obligations",
        samples.obligation("named", audience=Audience.NAMED_OFFICER),
    )

    assert "All (1)" in portal.officer().read("/inbox")
    assert "All (2)" in portal.named_officer().read("/inbox")
    assert "All (0)" in portal.officer("E23000015").read("/inbox")
    assert "To do (1)" in portal.officer(samples.PLACING_LA).read("/tasks")
    assert "To do (2)" in portal.named_officer(samples.PLACING_LA).read("/tasks")
    assert "To do (0)" in portal.named_officer().read("/tasks")


def viewer(role, agency=None):
    return Viewer(samples.made("viewer"), "A Viewer", role, agency, "")


@pytest.mark.parametrize("role", Role)
def test_asking_and_checking_agree(role):
    agency = samples.POLICE if role in {Role.OFFICER, Role.NAMED_OFFICER} else None
    person = viewer(role, agency)

    for asks, checks in (
        (can_read_notices, check_notices),
        (can_review, check_review),
        (can_see_runs, check_runs),
        (can_see_agreement, check_agreement),
        (can_operate, check_operate),
    ):
        if asks(person):
            checks(person)
        else:
            with pytest.raises(NotForRole):
                checks(person)


@pytest.mark.parametrize("role", Role)
def test_an_officer_without_an_agency_reads_nothing(role):
    with pytest.raises(NotForRole):
        check_notices(viewer(role, None))


@pytest.mark.parametrize("audience", ["duty", "named_officer", "unheard of"])
def test_what_is_for_others_is_not_yours(audience):
    with pytest.raises(NotYours):
        check_notice(viewer(Role.NAMED_OFFICER, "330"), "334", audience, "id")
    if audience != "duty":
        with pytest.raises(NotYours):
            check_notice(viewer(Role.OFFICER, "330"), "330", audience, "id")


def test_a_key_serves_its_own_role_only():
    check_machine(MachineRole.PIPELINE, MachineRole.PIPELINE)
    with pytest.raises(NotForRole):
        check_machine("something else", MachineRole.PIPELINE)
