"""Packages between regions: carried by a person, taken in whole or not at all."""

import datetime as dt
import json
import stat
from dataclasses import replace

import pytest
from delivery_world import NOW, Receiver, chance, region_of, run_of, states
from register_examples import PLACEMENT, an_id, at, day, night, notice, obligation

from connectors.packages import (
    Enclosed,
    new_key,
    package_of,
    private_key,
    write,
)
from notifications.documents import Contact, Kind, ObligationKind, body
from pipeline import exchange
from pipeline.errors import ConfigurationError
from pipeline.exchange import (
    PackageKnown,
    PackageMisaddressed,
    PackageRefused,
    TrustExpired,
    signing_key,
    take_in,
    write_key,
    write_packages,
)
from pipeline.relay import relay
from register.engine import reading
from register.nights import record_night
from register.packages import PackageConflictError, hand_over, packages

TO, PLACING = "334", "937"
PRIVATE, PUBLIC = new_key()
KEY = private_key(PRIVATE)


def here(**changes):
    """The receiving region: the demo's, which trusts region north."""
    trusted = {"north": {"title": "North", "public_key": PUBLIC} | changes}
    return region_of(exchange={"trusted": trusted})


def north(environment="demo"):
    region = region_of().model_copy(update={"region": "north"})
    return region.model_copy(update={"environment": environment})


@pytest.fixture
def register(any_engine):
    """The receiving region's."""
    return any_engine


def told(key, **changes):
    """A notice of region north's about a child of an authority that is not here."""
    given = {"recipient": TO, "channel": "export", "placing_la": PLACING} | changes
    made = notice(key, **given)
    if made.kind is Kind.RETRACTION:
        return made
    contact = Contact(authority=PLACING, name="Warwickshire")
    document = made.document.model_copy(update={"placing_authority": contact})
    return replace(made, document=document)


def enclosed(made):
    kind = "withdrawal" if made.kind is Kind.RETRACTION else "notification"
    return Enclosed(kind, str(made.notification_id), body(made.document))


def package(*notices, to=TO, key=KEY, region="north"):
    found = package_of(region, to, NOW, [enclosed(one) for one in notices])
    return write(found, key)


def nothing_written(register):
    return states(register) == {}


# --- out ---------------------------------------------------------------------------


def test_each_recipient_outside_gets_one_signed_package_in_order(engine, tmp_path):
    first = an_id("notice", "a")
    record_night(
        engine,
        night(
            1,
            notices=[
                told("a"),
                told("b", kind=Kind.UPDATE, supersedes=first),
                told("c", recipient="938"),
                told("d", recipient="330", channel="portal"),
            ],
        ),
    )
    written = write_packages(engine, north(), tmp_path / "out", KEY, NOW)
    assert [(one.recipient, one.documents) for one in written] == [
        (TO, 2), ("938", 1),
    ]  # fmt: skip
    for one in written:
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o600
    content = json.loads(written[0].path.read_bytes())["package"]
    assert [one["document_id"] for one in content["documents"]] == [
        str(first), str(an_id("notice", "b")),
    ]  # fmt: skip
    assert content["from_region"] == "north"
    assert states(engine, "export") == {"delivered": 3}
    assert write_packages(engine, north(), tmp_path / "again", KEY, NOW) == []
    with reading(engine) as connection:
        assert [one.handed_over_at for one in packages(connection)] == [None, None]


def test_a_crash_after_the_file_packs_the_same_again(engine, tmp_path, monkeypatch):
    record_night(engine, night(1, notices=[told("a")]))

    def crash(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("register.packages.record_package", crash)
        with pytest.raises(KeyboardInterrupt):
            write_packages(engine, north(), tmp_path, KEY, NOW)
    [left] = tmp_path.glob("*.json")
    [written] = write_packages(engine, north(), tmp_path, KEY, NOW)
    assert written.path == left


def test_a_real_region_does_not_pack_without_a_key():
    assert signing_key(north(), {}) is None
    with pytest.raises(ConfigurationError, match="exchange-key"):
        signing_key(north("production"), {})
    with pytest.raises(ConfigurationError, match="32 bytes"):
        signing_key(north(), {"CROSSBORDER_SIGNING_KEY": "short"})
    found = signing_key(north(), {"CROSSBORDER_SIGNING_KEY": PRIVATE})
    assert found.public_key() == KEY.public_key()


def test_only_handing_over_meets_the_task_to_carry(engine, tmp_path):
    task = obligation(
        "carry", kind=ObligationKind.MANUAL_CHANNEL_TASK, placement_ref=PLACEMENT
    )
    record_night(engine, night(1, notices=[told("a")], obligations=[task]))
    [written] = write_packages(engine, north(), tmp_path, KEY, at(1))
    record_night(engine, night(2))
    [met] = hand_over(engine, written.package_id, "duty manager", at(2, 9))
    assert (met.obligation_id, met.met_on) == (task.obligation_id, day(2))
    assert hand_over(engine, written.package_id, "another", at(3)) == ()
    with reading(engine) as connection:
        [kept] = packages(connection)
    assert kept.handed_over_by == "duty manager"


def test_a_private_key_is_for_its_owner_and_never_written_over(tmp_path):
    file = tmp_path / "key"
    public = write_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert public not in file.read_text()
    before = file.read_text()
    with pytest.raises(ConfigurationError, match="there already"):
        write_key(file)
    assert file.read_text() == before


# --- in ----------------------------------------------------------------------------


def test_what_one_region_packs_reaches_the_others_portal_unchanged(
    engine, register, tmp_path
):
    first = an_id("notice", "a")
    back = told("b", kind=Kind.RETRACTION, supersedes=first)
    record_night(engine, night(1, notices=[told("a"), back]))
    [written] = write_packages(engine, north(), tmp_path, KEY, NOW)
    received = take_in(register, here(), written.path.read_bytes(), NOW)
    assert (received.recipient, received.new) == (TO, 2)
    with Receiver().serving() as portal:
        region = here().model_copy(
            update={"portal": here().portal.model_copy(update={"url": portal.url})}
        )
        relay(run_of(register, region, tmp_path), NOW, chance(1))
    notice_path = f"/v1/notifications/{first}"
    assert portal.applied == [notice_path, f"{notice_path}/withdrawal"]
    assert portal.held[notice_path] == body(told("a").document)
    assert portal.held[f"{notice_path}/withdrawal"] == body(back.document)


def test_a_package_is_taken_in_once(register):
    raw = package(told("a"))
    take_in(register, here(), raw, NOW)
    before = states(register)
    with pytest.raises(PackageKnown, match="22 November 2026"):
        take_in(register, here(), raw, NOW + dt.timedelta(1))
    assert states(register) == before


def test_documents_that_came_in_another_package_are_not_told_twice(register):
    take_in(register, here(), package(told("a")), NOW)
    received = take_in(register, here(), package(told("a"), told("b")), NOW)
    assert received.new == 1
    assert states(register) == {"waiting": 2}


@pytest.mark.parametrize(
    ("raw", "error", "says"),
    [
        (b"PK", PackageRefused, "no JSON"),
        (package(told("a"))[:-9] + b'"x"}}    ', PackageRefused, "taken in"),
        (package(told("a")).replace(b"Record it", b"Ignore it"), PackageRefused, "not"),
        (package(told("a"), key=None), PackageRefused, "unsigned"),
        (package(told("a"), region="south"), PackageRefused, "does not trust"),
        (package(told("a"), key=private_key(new_key()[0])), PackageRefused, "key"),
        (package(told("a", recipient="937"), to="937"), PackageMisaddressed, "no mem"),
        (package(told("a", recipient="330")), PackageMisaddressed, "is for 330"),
        (package(notice("a", recipient=TO)), PackageMisaddressed, "speaks for 330"),
        (
            package(told("w", kind=Kind.RETRACTION, supersedes=an_id("notice", "a"))),
            PackageRefused,
            "with that notice first",
        ),
        (
            write(
                package_of("north", TO, NOW, [Enclosed("notification", "x", b"{}")]),
                KEY,
            ),
            PackageRefused,
            "one release",
        ),
        (
            write(
                package_of(
                    "north", TO, NOW, [replace(enclosed(told("a")), document_id="x")]
                ),
                KEY,
            ),
            PackageRefused,
            "one release",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_may_not_be_taken_in_writes_nothing(engine, raw, error, says):
    with pytest.raises(error, match=says) as refused:
        take_in(engine, here(), raw, NOW)
    assert str(refused.value).startswith("nothing was taken in")
    assert nothing_written(engine)


def test_trust_ends_on_its_day(engine):
    trusting = here(until="2026-11-22")
    with pytest.raises(TrustExpired, match="new key"):
        take_in(engine, trusting, package(told("a")), NOW + dt.timedelta(1))
    assert nothing_written(engine)
    assert take_in(engine, trusting, package(told("a")), NOW).new == 1


def test_nobody_takes_back_or_replaces_anothers_notices(engine):
    record_night(engine, night(1, notices=[notice("ours", recipient=TO)]))
    before = states(engine)
    ours = an_id("notice", "ours")
    for changes in ({"kind": Kind.RETRACTION}, {"kind": Kind.UPDATE}):
        raw = package(told("x", supersedes=ours, **changes))
        with pytest.raises(PackageRefused, match="not of region north"):
            take_in(engine, here(), raw, NOW)
    both = region_of(
        exchange={
            "trusted": {
                name: {"title": name, "public_key": PUBLIC}
                for name in ("north", "south")
            }
        }
    )
    take_in(engine, both, package(told("a")), NOW)
    back = told("w", kind=Kind.RETRACTION, supersedes=an_id("notice", "a"))
    with pytest.raises(PackageRefused, match="not of region south"):
        take_in(engine, both, package(back, region="south"), NOW)
    assert states(engine) == {"waiting": before["waiting"] + 1}


def test_other_bytes_of_a_notice_that_is_here_are_refused(engine):
    take_in(engine, here(), package(told("a")), NOW)
    other = told("a")
    changed = other.document.model_copy(update={"asked": "Something else."})
    with pytest.raises(PackageRefused, match="other content"):
        take_in(engine, here(), package(replace(other, document=changed)), NOW)
    assert states(engine) == {"waiting": 1}


def test_a_failure_while_taking_in_leaves_nothing(engine, monkeypatch):
    def fail(*given):
        raise PackageConflictError("x")

    monkeypatch.setattr("register.packages.enqueue", fail)
    with pytest.raises(PackageRefused):
        take_in(engine, here(), package(told("a")), NOW)
    assert nothing_written(engine)
    monkeypatch.undo()
    assert take_in(engine, here(), package(told("a")), NOW).new == 1


def test_an_own_package_is_not_taken_in(engine):
    trusting = region_of(
        exchange={"trusted": {"demo": {"title": "D", "public_key": PUBLIC}}}
    )
    with pytest.raises(PackageMisaddressed, match="own"):
        take_in(engine, trusting, package(told("a"), region="demo"), NOW)


def test_a_trusted_entry_without_a_key_is_a_fault_of_the_region_file(engine):
    with pytest.raises(ConfigurationError, match=r"trusted\.north\.public_key"):
        exchange.trusted_keys(here(public_key="nothing"))
