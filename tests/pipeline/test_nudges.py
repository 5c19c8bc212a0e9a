"""Nudges follow what the portal has taken, say nothing of anybody, hold up nobody."""

import base64
import datetime as dt
import hmac
import json
from contextlib import ExitStack
from hashlib import sha256

import pytest
from delivery_world import NOW, Receiver, chance, region_of, run_of, states
from loopback import Answer, listening
from register_examples import an_id, night, notice

from notifications.documents import Kind
from pipeline.errors import ConfigurationError
from pipeline.nudging import nudge_faults, secrets_of_nudges
from pipeline.relay import relay
from pipeline.retries import SCHEDULE
from pipeline.run import check_environment
from register.breakers import breakers, reopen
from register.engine import reading, writing
from register.nights import record_night

FORCE, LA = "E23000014", "334"
SECRET = bytes(range(32))
NOTIFY_KEY = (
    "tests-00000000-0000-4000-8000-000000000001-00000000-0000-4000-8000-000000000002"
)
SECRETS = {
    "HOOK_SECRET": "whsec_" + base64.b64encode(SECRET).decode(),
    "CROSSBORDER_NOTIFY_KEY": NOTIFY_KEY,
}
TEMPLATE = {"template_id": "t-1"}


class Desk:
    """An authority's endpoint: keeps its calls and answers what it is told to."""

    def __init__(self):
        self.status, self.calls, self.url = 204, [], ""

    def answer(self, call):
        self.calls.append(call)
        return Answer(self.status)


@pytest.fixture
def served():
    """A portal and two desks."""
    with ExitStack() as stack:
        portal = stack.enter_context(Receiver().serving())
        desks = {FORCE: Desk(), LA: Desk(), "notify": Desk()}
        for desk in desks.values():
            desk.url = stack.enter_context(listening(desk.answer))
        desks["notify"].status = 201
        yield portal, desks


@pytest.fixture
def hooked(engine, served, tmp_path):
    """A region whose force and authority have a webhook each."""
    portal, desks = served
    region = region_of(
        portal={"url": portal.url},
        nudges={
            code: {
                "webhook": {"url": f"{desks[code].url}/h", "secret_env": "HOOK_SECRET"}
            }
            for code in (FORCE, LA)
        },
    )
    return run_of(engine, region, tmp_path, **SECRETS)


@pytest.fixture
def mailed(engine, served, tmp_path):
    """A region whose force and authority have an e-mail address each."""
    portal, desks = served
    region = region_of(
        portal={"url": portal.url},
        notify=TEMPLATE | {"base_url": desks["notify"].url},
        nudges={code: {"email": f"{code}@demo.example"} for code in (FORCE, LA)},
    )
    return run_of(engine, region, tmp_path, **SECRETS)


def tell(engine, number=1, **keys):
    """Notices by key and recipient."""
    notices = [notice(key, recipient=to, on=number) for key, to in keys.items()]
    record_night(engine, night(number, notices=notices))


def test_a_nudge_is_thin_signed_and_one_a_pass(engine, served, hooked):
    portal, desks = served
    tell(engine, a=FORCE, b=FORCE, c=LA)
    sent = relay(hooked, NOW, chance(1))
    assert (sent.nudges, sent.counts()["nudges"], sent.nudge_troubles) == (2, 2, [])
    [call] = desks[FORCE].calls
    content = json.loads(call.body)
    assert content == {
        "specversion": "1.0",
        "id": call.headers["webhook-id"],
        "source": "urn:crossborder:demo",
        "type": "crossborder.inbox.changed.v1",
        "time": "2026-11-22T03:00:00Z",
        "subject": str(an_id("notice", "a")),
    }
    assert len(call.body) < 1_024
    signed = f"{content['id']}.{call.headers['webhook-timestamp']}.".encode()
    wanted = hmac.new(SECRET, signed + call.body, sha256).digest()
    assert call.headers["webhook-signature"] == (
        "v1," + base64.b64encode(wanted).decode()
    )
    assert len(desks[LA].calls) == 1
    assert len(portal.applied) == 3
    assert relay(hooked, NOW + dt.timedelta(1), chance(1)).nudges == 0


def test_a_withdrawal_nudges_about_its_original(engine, served, hooked):
    _, desks = served
    original = an_id("notice", "a")
    tell(engine, a=FORCE)
    relay(hooked, NOW, chance(1))
    back = notice("w", kind=Kind.RETRACTION, supersedes=original, on=2)
    record_night(engine, night(2, notices=[back]))
    relay(hooked, NOW + dt.timedelta(1), chance(1))
    subjects = [json.loads(call.body)["subject"] for call in desks[FORCE].calls]
    assert subjects == [str(original)] * 2


def test_nobody_is_nudged_of_what_the_portal_has_not_taken(engine, served, hooked):
    portal, desks = served
    portal.plan = lambda call: "503"
    tell(engine, a=FORCE)
    relay(hooked, NOW, chance(1))
    assert desks[FORCE].calls == []


def test_a_dead_webhook_delays_neither_the_portal_nor_anybody_else(
    engine, served, hooked
):
    portal, desks = served
    desks[FORCE].status = 500
    for number in range(1, 9):
        tell(engine, number, **{f"a{number}": FORCE, f"b{number}": LA})
        relay(hooked, NOW + dt.timedelta(number), chance(1))
    assert len(portal.applied) == 16
    assert len(desks[LA].calls) == 8
    assert states(engine, "webhook")["waiting"] == 1, "they do not pile up"
    with reading(engine) as connection:
        [failing] = breakers(connection)
    assert failing.destination == f"webhook:{FORCE}"


def test_a_nudge_is_given_up_at_the_schedules_end_and_is_no_dead_letter(
    engine, served, hooked
):
    _, desks = served
    desks[FORCE].status = 500
    tell(engine, a=FORCE)
    given_up = [
        relay(hooked, NOW + dt.timedelta(days), chance(1)).nudges_given_up
        for days in range(15)
    ]
    assert len(desks[FORCE].calls) == len(SCHEDULE)
    assert sum(given_up) == 1
    assert states(engine, "webhook") == {"dropped": 1}
    assert states(engine) == {"delivered": 1}


def test_gone_closes_the_webhook_until_a_person_or_the_region_file_says_otherwise(
    engine, served, hooked, tmp_path
):
    _, desks = served
    desks[FORCE].status = 410
    tell(engine, 1, a=FORCE)
    sent = relay(hooked, NOW, chance(1))
    assert "no more are sent" in sent.nudge_troubles[0]
    desks[FORCE].status = 204
    tell(engine, 2, b=FORCE)
    relay(hooked, NOW + dt.timedelta(30), chance(1))
    assert len(desks[FORCE].calls) == 1
    with writing(engine) as connection:
        assert reopen(connection, f"webhook:{FORCE}")
    relay(hooked, NOW + dt.timedelta(31), chance(1))
    assert len(desks[FORCE].calls) == 2

    desks[FORCE].status = 410
    tell(engine, 3, c=FORCE)
    relay(hooked, NOW + dt.timedelta(32), chance(1))
    desks[FORCE].status = 204
    tell(engine, 4, d=FORCE)
    hook = {"url": f"{desks[FORCE].url}/other", "secret_env": "HOOK_SECRET"}
    region = region_of(
        portal={"url": hooked.region.portal.url}, nudges={FORCE: {"webhook": hook}}
    )
    elsewhere = run_of(engine, region, tmp_path, **SECRETS)
    relay(elsewhere, NOW + dt.timedelta(33), chance(1))
    assert desks[FORCE].calls[-1].path == "/other"
    assert len(desks[FORCE].calls) == 4


def test_who_is_no_longer_nudged_gets_none_that_waited(
    engine, served, hooked, tmp_path
):
    _, desks = served
    desks[FORCE].status = 500
    tell(engine, a=FORCE)
    relay(hooked, NOW, chance(1))
    region = region_of(portal={"url": hooked.region.portal.url})
    relay(run_of(engine, region, tmp_path), NOW + dt.timedelta(1), chance(1))
    assert states(engine, "webhook") == {"dropped": 1}


def test_one_email_a_pass_says_how_many_and_where(engine, served, mailed):
    portal, desks = served
    tell(engine, a=FORCE, b=FORCE, c=FORCE, d=LA)
    sent = relay(mailed, NOW, chance(1))
    assert sent.nudges == 2
    mails = [json.loads(call.body) for call in desks["notify"].calls]
    said = {mail["email_address"]: mail["personalisation"] for mail in mails}
    assert said == {
        f"{FORCE}@demo.example": {"count": 3, "portal_url": portal.url},
        f"{LA}@demo.example": {"count": 1, "portal_url": portal.url},
    }
    assert len({mail["reference"] for mail in mails}) == 2


def test_emails_wait_while_the_service_is_down_and_keep_their_reference(
    engine, served, mailed
):
    _, desks = served
    desks["notify"].status = 503
    tell(engine, a=FORCE)
    assert relay(mailed, NOW, chance(1)).nudge_troubles
    desks["notify"].status = 201
    assert relay(mailed, NOW + dt.timedelta(1), chance(1)).nudges == 1
    first, second = (json.loads(call.body) for call in desks["notify"].calls)
    assert first == second


def test_an_email_that_is_refused_for_good_is_given_up_at_once(engine, served, mailed):
    _, desks = served
    desks["notify"].status = 400
    tell(engine, a=FORCE)
    sent = relay(mailed, NOW, chance(1))
    assert sent.nudges_given_up == 1
    assert f"for {FORCE}" in sent.nudge_troubles[0]
    assert "demo.example" not in sent.nudge_troubles[0]
    assert states(engine, "email") == {"dropped": 1}


def test_a_refused_key_gives_up_no_email(engine, served, mailed):
    _, desks = served
    desks["notify"].status = 403
    tell(engine, a=FORCE)
    assert "mend the key" in relay(mailed, NOW, chance(1)).nudge_troubles[0]
    assert states(engine, "email") == {"waiting": 1}


# --- the region file ---------------------------------------------------------------


def hook_of(url):
    return {LA: {"webhook": {"url": url, "secret_env": "HOOK_SECRET"}}}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"nudges": hook_of("http://hooks.example/x")}, "begins with https"),
        ({"nudges": {LA: {"email": "a@demo.example"}}}, "needs the section notify"),
        ({"nudges": hook_of("https://hooks.example/x")}, ""),
        ({"nudges": hook_of("http://127.0.0.1:9/x")}, ""),
        ({"nudges": {LA: {"email": "a@demo.example"}}, "notify": TEMPLATE}, ""),
    ],
)
def test_a_nudge_that_can_not_be_sent_is_a_fault_of_the_region_file(changes, fault):
    faults = nudge_faults(region_of(**changes))
    assert [fault in one for one in faults] == [True] * bool(fault)


def test_a_real_region_calls_https_only():
    region = region_of(nudges=hook_of("http://127.0.0.1:9/x"))
    real = region.model_copy(update={"environment": "production"})
    assert len(nudge_faults(real)) == 1


def test_every_secret_of_a_nudge_is_asked_for_before_anything_starts(engine, tmp_path):
    region = region_of(
        nudges=hook_of("https://hooks.example/x") | {FORCE: {"email": "a@b.example"}},
        notify=TEMPLATE,
    )
    assert secrets_of_nudges(region) == ["CROSSBORDER_NOTIFY_KEY", "HOOK_SECRET"]
    with pytest.raises(ConfigurationError, match="HOOK_SECRET is not set"):
        check_environment(run_of(engine, region, tmp_path))
    check_environment(run_of(engine, region, tmp_path, **SECRETS))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HOOK_SECRET", "hunter2"), ("CROSSBORDER_NOTIFY_KEY", "hunter2")],
)
def test_what_is_no_secret_is_said_without_repeating_it(
    engine, tmp_path, variable, value
):
    region = region_of(
        nudges=hook_of("https://hooks.example/x") | {FORCE: {"email": "a@b.example"}},
        notify=TEMPLATE,
    )
    run = run_of(engine, region, tmp_path, **SECRETS | {variable: value})
    with pytest.raises(ConfigurationError, match=variable) as bad:
        check_environment(run)
    assert value not in str(bad.value)


def test_a_secret_that_spoils_between_nights_stops_nobody_else(engine, served, hooked):
    _, desks = served
    tell(engine, a=FORCE, b=LA)
    hooked.region.authorities[LA].nudges.webhook.__dict__["secret_env"] = "OTHER"
    hooked.environment["OTHER"] = "hunter2"
    sent = relay(hooked, NOW, chance(1))
    assert (sent.nudges, len(desks[FORCE].calls)) == (1, 1)
    assert "OTHER" in sent.nudge_troubles[0]
    assert "hunter2" not in sent.nudge_troubles[0]
