"""Programs' keys: made beside one another, ended in time, kept as hashes."""

import datetime as dt
import time

import pytest
from portal_under_test import ON_SQLITE, POLICE, bearer
from sqlalchemy import func, select

from portal import machines
from portal.accounts import AccountRefused
from portal.machines import PIPELINE, Standing
from portal.permissions import OPERATOR, MachineRole, Role
from portal.tables import machine_keys

GRACE = dt.timedelta(hours=2)


def opens(portal, key):
    return portal.client(headers=bearer(key)).get("/v1/events").status_code == 200


def rotated(portal, **given):
    with portal.store.writing(OPERATOR) as connection:
        return machines.rotate_key(connection, "tests", portal.hands(), GRACE, **given)


def test_a_new_key_opens_while_the_old_one_still_does(portal):
    old = portal.key()

    new = rotated(portal)

    assert opens(portal, old)
    assert opens(portal, new)
    portal.hands.pass_by(hours=2)
    assert not opens(portal, old)
    assert opens(portal, new)


def test_rotating_twice_gives_the_oldest_no_longer(portal):
    old = portal.key()
    rotated(portal)
    portal.hands.pass_by(hours=1)
    rotated(portal)

    portal.hands.pass_by(hours=1)

    assert not opens(portal, old)


def test_a_key_may_have_an_end_of_its_own(portal):
    portal.key()
    short = rotated(portal, lives=dt.timedelta(days=1))

    portal.hands.pass_by(hours=23)
    assert opens(portal, short)
    portal.hands.pass_by(hours=1)
    assert not opens(portal, short)


def test_one_key_is_revoked_and_the_others_stay(portal):
    first, second = portal.key(), portal.key()
    with portal.store.writing(OPERATOR) as connection:
        kept, gone = machines.keys(connection)
        machines.revoke_keys(connection, "tests", portal.hands(), gone.key_id)

    assert sorted([opens(portal, first), opens(portal, second)]) == [False, True]
    with portal.store.writing(OPERATOR) as connection:
        assert machines.revoke_keys(connection, "tests", portal.hands()) == 1
    assert not opens(portal, first)
    assert not opens(portal, second)
    assert kept.revoked_at is None


def last_used(portal, expected):
    """When the key was used last; noted after the answer, so soon, not at once."""
    deadline = time.monotonic() + 20
    while True:
        with portal.store.reading(OPERATOR) as connection:
            noted = machines.keys(connection)[0].last_used_at
        if noted == expected or time.monotonic() > deadline:
            return noted
        time.sleep(0.01)


def test_when_a_key_was_used_is_known_to_the_minute(portal):
    key = portal.key()
    assert last_used(portal, None) is None

    first = portal.hands()
    opens(portal, key)
    assert last_used(portal, first) == first
    portal.hands.pass_by(seconds=59)
    opens(portal, key)
    portal.hands.pass_by(seconds=1)
    opens(portal, key)
    assert last_used(portal, portal.hands()) == portal.hands()


@ON_SQLITE
def test_a_call_that_only_reads_does_not_wait_for_a_writer(portal):
    machine = portal.machine()

    with portal.store.writing(OPERATOR):
        assert machine.get("/v1/events").status_code == 200


@ON_SQLITE
def test_only_a_hash_of_a_key_is_kept(portal):
    key = portal.key()

    with portal.store.reading(OPERATOR) as connection:
        kept = connection.execute(select(machine_keys)).one()

    assert key not in str(kept)
    assert len(kept.token_hash) == 64


REFUSED = {
    "an agency's program of no agency": Standing(
        MachineRole.AGENCY, None, Role.OFFICER
    ),
    "a pipeline of an agency": Standing(MachineRole.PIPELINE, POLICE),
    "an agency that is not here": Standing(MachineRole.AGENCY, "999", Role.OFFICER),
    "an agency's reviewer": Standing(MachineRole.AGENCY, POLICE, Role.REVIEWER),
    "an agency's program that acts as nobody": Standing(MachineRole.AGENCY, POLICE),
    "a pipeline as an officer": Standing(MachineRole.PIPELINE, None, Role.OFFICER),
}


@pytest.mark.parametrize("which", REFUSED)
@ON_SQLITE
def test_a_standing_that_makes_no_sense_is_refused(portal, which):
    with portal.store.writing(OPERATOR) as connection, pytest.raises(AccountRefused):
        machines.create_key(connection, "odd", REFUSED[which], portal.hands())


@ON_SQLITE
def test_a_name_keeps_its_standing(portal):
    portal.key()
    officer = Standing(MachineRole.AGENCY, POLICE, Role.OFFICER)

    with portal.store.writing(OPERATOR) as connection, pytest.raises(AccountRefused):
        machines.create_key(connection, "tests", officer, portal.hands())
    with portal.store.writing(OPERATOR) as connection:
        machines.create_key(connection, "tests", PIPELINE, portal.hands())
        assert connection.scalar(select(func.count()).select_from(machine_keys)) == 2


@ON_SQLITE
def test_what_is_not_there_is_neither_rotated_nor_revoked(portal):
    now = portal.hands()
    with portal.store.writing(OPERATOR) as connection:
        for call in (
            lambda: machines.rotate_key(connection, "nobody", now, GRACE),
            lambda: machines.revoke_keys(connection, "nobody", now),
        ):
            with pytest.raises(AccountRefused, match="nobody"):
                call()
    portal.key()
    with portal.store.writing(OPERATOR) as connection:
        machines.revoke_keys(connection, "tests", now)
        with pytest.raises(AccountRefused, match="no valid key"):
            machines.rotate_key(connection, "tests", now, GRACE)
