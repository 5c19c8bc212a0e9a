"""An agency's own system collects what is for the agency, and answers it."""

import csv
import datetime as dt
import io

import httpx
import portal_samples as samples
import pytest
from portal_under_test import JSON, ON_SQLITE, POLICE, feed, put, withdraw

from notifications.documents import Audience
from portal.permissions import Role

FIRST = samples.made("notification first")
PATH = f"/v1/notifications/{FIRST}"
SAID = {"reference": "N/77", "recorded_on": "2026-11-22"}
STRANGERS = {
    "another force": ("E23000015", Role.OFFICER),
    "the placing authority": (samples.PLACING_LA, Role.NAMED_OFFICER),
}


@pytest.fixture
def machine(portal):
    return portal.machine()


@pytest.fixture
def program(portal):
    return portal.program()


def listed(program, **query) -> list[dict]:
    answer = program.get("/v1/notifications", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def say(program, path, said, etag='"v1"') -> httpx.Response:
    headers = JSON if etag is None else {**JSON, "If-Match": etag}
    return program.post(path, json=said, headers=headers)


def acknowledge(program, path=PATH, etag='"v1"', **said) -> httpx.Response:
    return say(program, f"{path}/acknowledgement", {**SAID, **said}, etag)


def dispute(program, path=PATH, etag='"v1"', reason="not_ours") -> httpx.Response:
    return say(program, f"{path}/dispute", {"reason": reason}, etag)


def told(machine) -> list[str]:
    return [event["type"] for event in feed(machine)]


def test_a_list_tells_what_waits_and_is_fetched_by_that(portal, machine, program):
    put(machine, "notifications", samples.notification())

    (one,) = listed(program)

    assert one["notification_id"] == str(FIRST)
    assert one["state"] == "unread"
    assert one["waits"] is True
    assert one["due_at"] == "2026-11-23T17:00:00Z"
    (event,) = feed(machine)
    assert (event["type"], event["subject"]) == ("receipt.fetched", str(FIRST))
    assert event["data"]["agency"] == POLICE
    assert listed(program) == [one]
    assert len(feed(machine)) == 1
    assert portal.trail("action", "shown", "role", "agency") == [
        ("notices.listed", str(FIRST), "officer", POLICE)
    ] * 2  # fmt: skip


def test_a_list_names_no_child(machine, program):
    put(machine, "notifications", samples.notification())

    answer = program.get("/v1/notifications")

    assert samples.CANARY not in answer.text


def test_opening_gives_the_notice_whole_and_is_told_once(portal, machine, program):
    put(machine, "notifications", samples.notification())

    first, again = program.get(PATH), program.get(PATH)

    assert first.json() == again.json()
    assert first.headers["ETag"] == again.headers["ETag"] == '"v1"'
    assert first.json()["state"] == "opened"
    whole = samples.notification().model_dump(mode="json")
    assert first.json()["notification"] == whole
    assert told(machine) == ["receipt.fetched", "receipt.opened"]
    assert portal.trail("action") == [("notice.opened",)] * 2


def test_pages_lead_on_to_the_end_whatever_arrives_meanwhile(portal, machine, program):
    names = [f"n{place}" for place in range(5)]
    for name in names:
        put(machine, "notifications", samples.notification(name))
        portal.hands.pass_by(minutes=1)

    answer = program.get("/v1/notifications", params={"limit": 2})
    seen, pages = [one["notification_id"] for one in answer.json()], 1
    put(machine, "notifications", samples.notification("late"))
    while "next" in answer.links:
        answer = program.get(answer.links["next"]["url"])
        seen += [one["notification_id"] for one in answer.json()]
        pages += 1

    made = [str(samples.made(f"notification {name}")) for name in [*names, "late"]]
    assert seen == made
    assert pages == 3


def test_notices_of_one_moment_are_each_on_one_page(machine, program):
    made = {put(machine, "notifications", samples.notification(f"n{n}")).url.path[-36:]
            for n in range(5)}  # fmt: skip

    seen, answer = [], program.get("/v1/notifications", params={"limit": 2})
    while True:
        seen += [one["notification_id"] for one in answer.json()]
        if "next" not in answer.links:
            break
        answer = program.get(answer.links["next"]["url"])

    assert set(seen) == made
    assert len(seen) == 5


def test_a_filter_stands_on_every_page(machine, program):
    for name in ("a", "b", "c"):
        put(machine, "notifications", samples.notification(name))
        path = f"/v1/notifications/{samples.made(f'notification {name}')}"
        assert acknowledge(program, path, reference=f"N/{name}").status_code == 200
    put(machine, "notifications", samples.notification())

    answer = program.get("/v1/notifications?state=acknowledged&limit=2")
    rest = program.get(answer.links["next"]["url"])

    assert {one["state"] for one in answer.json() + rest.json()} == {"acknowledged"}
    assert len(rest.json()) == 1
    assert [one["notification_id"] for one in listed(program)] == [str(FIRST)]
    assert len(listed(program, state="all")) == 4


@pytest.mark.parametrize(
    "query",
    ["cursor=x", "cursor=", "cursor=%C3%A9", "cursor=" + "A" * 32 + "=", "limit=0",
     "limit=201", "state=unheard", "cursor=" + "_" * 32],
)  # fmt: skip
@ON_SQLITE
def test_a_query_that_is_wrong_is_said_so(program, query):
    for path in ("notifications", "obligations"):
        answer = program.get(f"/v1/{path}?{query}")

        assert answer.status_code == 422, path
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_acknowledging_is_the_agencys_own_word(portal, machine, program):
    put(machine, "notifications", samples.notification())

    answer = acknowledge(program)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "notification_id": str(FIRST), "state": "acknowledged", "etag": '"v2"',
    }  # fmt: skip
    assert answer.headers["ETag"] == '"v2"'
    (event,) = feed(machine)
    assert event["type"] == "receipt.acknowledged"
    assert event["data"]["reference"] == "N/77"
    opened = program.get(PATH).json()
    assert opened["acknowledged"]["recorded_on"] == "2026-11-22"
    officer = portal.officer()
    assert "Acknowledged" in officer.read(f"/notifications/{FIRST}")


def test_the_same_answer_again_changes_nothing_whatever_its_etag(machine, program):
    put(machine, "notifications", samples.notification())
    for answer in (acknowledge, dispute):
        first, again = answer(program, etag="*"), answer(program, etag='"v1"')

        assert first.status_code == again.status_code == 200
        assert first.json() == again.json()
    assert told(machine) == ["receipt.acknowledged", "receipt.disputed"]


def test_an_answer_needs_the_version_that_was_read(machine, program):
    put(machine, "notifications", samples.notification())

    for answer in (acknowledge, dispute):
        assert answer(program, etag=None).status_code == 428
        for stale in ('"v0"', '"v2"', 'W/"v1"', "v1", ""):
            assert answer(program, etag=stale).status_code == 412, stale
    assert feed(machine) == []
    assert acknowledge(program, etag='"x", "v1"').status_code == 200


def test_what_changed_meanwhile_must_be_read_again(portal, machine, program):
    put(machine, "notifications", samples.notification())
    etag = program.get(PATH).headers["ETag"]
    officer = portal.officer()
    officer.post(f"/notifications/{FIRST}/dispute", version=1, dispute="duplicate")

    assert acknowledge(program, etag=etag).status_code == 412
    again = program.get(PATH)
    assert again.json()["disputed"]["reason"] == "duplicate"
    assert acknowledge(program, etag=again.headers["ETag"]).status_code == 200


def test_what_was_withdrawn_is_not_answered_and_not_repeated(machine, program):
    put(machine, "notifications", samples.notification())
    program.get(PATH)
    withdraw(machine, samples.withdrawal())

    answer = program.get(PATH)

    assert answer.json()["state"] == "withdrawn"
    assert answer.json()["notification"] is None
    assert "taken" in answer.json()["withdrawal"]["reason"] or "took" in answer.text
    assert samples.CANARY not in answer.text
    etag = answer.headers["ETag"]
    for call in (acknowledge, dispute):
        refused = call(program, etag=etag)
        assert refused.status_code == 409
        assert refused.json()["type"] == "urn:crossborder:problem:not-answerable"
    seen = str(samples.made("retraction first"))
    assert feed(machine)[-1]["subject"] == seen
    assert program.get(f"{PATH}/record.csv").status_code == 410


@pytest.mark.parametrize("changed", [{"is_copy": True}, {"kind": "reminder"}])
def test_what_asks_for_no_answer_takes_none(machine, program, changed):
    if changed == {"kind": "reminder"}:
        document = samples.reminder()
    else:
        document = samples.notification(**changed)
    put(machine, "notifications", document)
    path = f"/v1/notifications/{document.notification_id}"

    opened = program.get(path)

    assert opened.json()["state"] == "read"
    assert acknowledge(program, path).status_code == 409


def test_a_superseded_notice_leads_to_the_later_one(machine, program):
    put(machine, "notifications", samples.notification())
    put(machine, "notifications", samples.notification("later", supersedes=FIRST))

    answer = program.get(PATH)

    assert answer.json()["superseded_by"] == str(samples.made("notification later"))
    assert acknowledge(program, etag=answer.headers["ETag"]).status_code == 409


def test_a_reference_on_another_childs_notice_must_be_confirmed(machine, program):
    other = samples.notification(
        "other",
        child=samples.child("Ann").model_copy(update={"child_ref": "C-2"}),
    )
    for document in (samples.notification(), other):
        put(machine, "notifications", document)
    assert acknowledge(program).status_code == 200
    path = f"/v1/notifications/{other.notification_id}"

    refused = acknowledge(program, path)

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:crossborder:problem:reference-repeats"
    assert acknowledge(program, path, confirmed=True).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"reference": ""},
        {"reference": " N/1"},
        {"reference": "x" * 61},
        {"reference": "N\n1"},
        {"reference": 7},
        {"recorded_on": "2026-11-23"},
        {"recorded_on": "22/11/2026"},
        {"recorded_on": "0001-01-01"},
        {"confirmed": "yes"},
        {"more": 1},
    ],
)
@ON_SQLITE
def test_an_answer_that_says_too_little_or_too_much_is_refused(machine, program, said):
    put(machine, "notifications", samples.notification())

    answer = acknowledge(program, **said)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert feed(machine) == []


@ON_SQLITE
def test_an_answer_must_be_json(machine, program):
    put(machine, "notifications", samples.notification())
    path = f"{PATH}/dispute"
    etag = {"If-Match": '"v1"'}

    form = program.post(path, data={"reason": "not_ours"}, headers=etag)
    broken = program.post(path, content="{", headers={**JSON, **etag})

    assert (form.status_code, broken.status_code) == (415, 400)


def test_the_package_is_the_pages_own_and_fetched_by_being_taken(machine, program):
    put(machine, "notifications", samples.packaged())

    answer = program.get(f"{PATH}/record.csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert samples.CANARY in str(rows)
    assert told(machine) == ["receipt.fetched"]
    put(machine, "notifications", samples.notification("bare"))
    bare = samples.made("notification bare")
    assert program.get(f"/v1/notifications/{bare}/record.csv").status_code == 410


@pytest.mark.parametrize("who", STRANGERS)
def test_nothing_of_another_agency_is_seen_or_answered(portal, machine, who):
    put(machine, "notifications", samples.packaged())
    program = portal.program(*STRANGERS[who])

    assert listed(program, state="all") == []
    for answer in (
        program.get(PATH), program.get(f"{PATH}/record.csv"), acknowledge(program),
        dispute(program),
    ):  # fmt: skip
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:crossborder:problem:denied"
    assert feed(machine) == []
    denied = [row for row in portal.trail("action", "subject") if row[0] == "denied"]
    assert denied == [("denied", f"notice {FIRST}")] * 4


def test_what_is_for_named_officers_needs_a_key_made_for_them(portal, machine):
    put(
        machine,
        "notifications",
        samples.packaged(audience=Audience.NAMED_OFFICER),
    )
    put(
        machine,
        "obligations",
        samples.obligation(owed_by=POLICE, audience=Audience.NAMED_OFFICER),
    )
    duty, named = portal.program(), portal.program(acts_as=Role.NAMED_OFFICER)

    assert listed(duty, state="all") == []
    assert duty.get("/v1/obligations").json() == []
    for answer in (duty.get(PATH), duty.get(f"{PATH}/record.csv"), acknowledge(duty)):
        assert answer.status_code == 404
    assert len(listed(named)) == 1
    assert len(named.get("/v1/obligations").json()) == 1
    assert named.get(PATH).status_code == 200
    assert acknowledge(named).status_code == 200


def test_what_the_agency_owes_is_listed_until_it_is_met(portal, machine):
    program = portal.program(samples.PLACING_LA)
    owed = samples.obligation()
    put(machine, "obligations", owed)
    put(machine, "obligations", samples.obligation("theirs", owed_by=POLICE))

    assert program.get("/v1/obligations").json() == [owed.model_dump(mode="json")]
    assert program.get("/v1/obligations?state=met").json() == []
    met = samples.obligation(met_on=dt.date(2026, 11, 23))
    put(machine, "obligations", met)
    assert program.get("/v1/obligations").json() == []
    assert program.get("/v1/obligations?state=met").json() == [
        met.model_dump(mode="json")
    ]
    assert portal.trail("action", "shown")[0] == (
        "tasks.listed", str(owed.obligation_id),
    )  # fmt: skip


def test_a_supplier_collects_its_own_verdicts_and_nothing_else(portal, machine):
    own = samples.verdict()
    put(machine, "verdicts", own)
    theirs = {"verdict_id": samples.made("other"), "authority": POLICE}
    put(machine, "verdicts", samples.verdict(**theirs))
    supplier = portal.program(samples.PLACING_LA, Role.SUPPLIER)

    answer = supplier.get("/v1/verdicts")

    assert answer.json() == [own.model_dump(mode="json")]
    assert portal.trail("action", "shown", "role") == [
        ("verdicts.collected", str(own.verdict_id), "supplier")
    ]
    for path in ("/v1/notifications", PATH, "/v1/obligations", f"{PATH}/record.csv"):
        assert supplier.get(path).status_code in {403}, path
    for role in (Role.OFFICER, Role.NAMED_OFFICER):
        program = portal.program(samples.PLACING_LA, role)
        assert program.get("/v1/verdicts").status_code == 403
    assert portal.trail("action", "subject")[-1] == (
        "denied", "verdicts as named_officer",
    )  # fmt: skip


@ON_SQLITE
def test_an_agencys_key_is_no_pipelines_and_the_other_way_round(portal, machine):
    program = portal.program()

    assert put(program, "notifications", samples.notification()).status_code == 403
    assert program.get("/v1/events").status_code == 403
    for path in ("/v1/notifications", PATH, "/v1/obligations", "/v1/verdicts"):
        assert machine.get(path).status_code == 403
    assert acknowledge(machine).status_code == 403
    assert portal.trail("action", "subject") == [
        ("denied", "machine calls of pipeline"),
        ("denied", "machine calls of pipeline"),
        ("denied", "machine calls of agency"),
    ]
    assert program.get("/inbox").status_code == 303


@ON_SQLITE
def test_no_agency_call_is_taken_without_a_key(portal):
    nobody = portal.client()

    for answer in (
        nobody.get("/v1/notifications"), nobody.get(PATH), nobody.get("/v1/verdicts"),
        nobody.get(f"{PATH}/record.csv"), nobody.get("/v1/obligations"),
        acknowledge(nobody), dispute(nobody),
    ):  # fmt: skip
        assert answer.status_code == 401
