"""Programs, and the keys they come in by.

A program has a name and one standing. It may have several keys at once, so that a new
one is in use before the old one ends; or it proves who it is by a public key and is
given short-lived tokens (``clients``). Of keys and tokens only hashes are kept.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    insert,
    null,
    or_,
    select,
    update,
)

from portal.accounts import AccountRefused, agency_name, digest
from portal.permissions import AGENCY_ROLES, MachineRole, Role, Viewer
from portal.tables import access_tokens, agencies, machine_keys, machines

KEY_PREFIX = "xb_"
TOKEN_PREFIX = "xbt_"  # noqa: S105 - what tokens begin with
_TOUCHED_EVERY = dt.timedelta(minutes=1)
"""Thousands of calls of a night are one write a minute to the key's row."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a program is here, and for whom it speaks."""

    role: MachineRole
    agency: str | None = None
    acts_as: Role | None = None
    """Of an agency's program: it may do what a person of this role there may."""


PIPELINE = Standing(MachineRole.PIPELINE)


@dataclass(frozen=True, slots=True)
class Machine:
    """A program that brought a valid key or token."""

    machine_id: UUID
    role: str
    viewer: Viewer | None
    """As whom an agency's program reads and answers; ``None`` for the pipeline."""
    agency: str | None
    unmarked_key: UUID | None
    """The key whose use is to be noted now, by :func:`mark_used`."""


@dataclass(frozen=True, slots=True)
class EndedKey:
    """A key that opened something once."""

    key_id: UUID
    machine_id: UUID
    standing: Standing


@dataclass(frozen=True, slots=True)
class Key:
    """A key as an operator sees it: all but the key itself."""

    key_id: UUID
    machine: str
    standing: Standing
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None


def enrol(
    connection: Connection, name: str, standing: Standing, now: dt.datetime
) -> UUID:
    """The program of this name and standing, made if it is new; gives its id.

    Raises:
        AccountRefused: the name is empty or stands for another program, or role,
            agency and what it acts as disagree.
    """
    _check(connection, name, standing)
    row = connection.execute(_programs().where(machines.c.name == name)).one_or_none()
    if row is not None:
        if _standing_of(row) != standing:
            raise AccountRefused(
                f"there is a program {name} already, with another role or agency: "
                "give this one a name of its own"
            )
        return UUID(str(row.machine_id))
    machine_id = uuid4()
    connection.execute(
        insert(machines).values(
            machine_id=machine_id, name=name, role=standing.role,
            agency=standing.agency, acts_as=standing.acts_as, created_at=now,
        )
    )  # fmt: skip
    return machine_id


def create_key(
    connection: Connection,
    name: str,
    standing: Standing,
    now: dt.datetime,
    lives: dt.timedelta | None = None,
) -> str:
    """A new key beside those the program has. It can be read this one time.

    Raises:
        AccountRefused: as for :func:`enrol`.
    """
    return _add_key(connection, enrol(connection, name, standing, now), now, lives)


def rotate_key(
    connection: Connection,
    name: str,
    now: dt.datetime,
    grace: dt.timedelta,
    lives: dt.timedelta | None = None,
) -> str:
    """A new key; those that were valid end when the grace is over, if not before.

    Raises:
        AccountRefused: there is no such program, or it has no valid key.
    """
    machine_id = program_id(connection, name)
    ends = now + grace
    valid = and_(machine_keys.c.machine_id == machine_id, _valid_key(now))
    if connection.scalar(select(machine_keys.c.key_id).where(valid).limit(1)) is None:
        raise AccountRefused(
            f"the program {name} has no valid key to take over from: "
            "crossborder-portal create-key makes one"
        )
    longer = or_(machine_keys.c.expires_at.is_(None), machine_keys.c.expires_at > ends)
    connection.execute(
        update(machine_keys).where(valid, longer).values(expires_at=ends)
    )
    return _add_key(connection, machine_id, now, lives)


def revoke_keys(
    connection: Connection, name: str, now: dt.datetime, key_id: UUID | None = None
) -> int:
    """The program's keys open nothing from now on, or this one. How many ended.

    Raises:
        AccountRefused: there is no such program, or it has no such key.
    """
    machine_id = program_id(connection, name)
    which = [machine_keys.c.machine_id == machine_id]
    if key_id is not None:
        which.append(machine_keys.c.key_id == key_id)
        known = connection.scalar(select(machine_keys.c.key_id).where(*which))
        if known is None:
            raise AccountRefused(f"the program {name} has no key {key_id}")
    ended = connection.execute(
        update(machine_keys)
        .where(*which, machine_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return ended.rowcount


def end_tokens(connection: Connection, machine_id: UUID) -> None:
    """No token that the program was given opens anything any more."""
    connection.execute(
        delete(access_tokens).where(access_tokens.c.machine_id == machine_id)
    )


def keys(connection: Connection) -> Sequence[Key]:
    """Every key there ever was, by program and age."""
    found = connection.execute(
        select(machine_keys, machines.c.name, machines.c.role, machines.c.agency,
               machines.c.acts_as)
        .join(machines, machines.c.machine_id == machine_keys.c.machine_id)
        .order_by(machines.c.name, machine_keys.c.created_at, machine_keys.c.key_id)
    )  # fmt: skip
    return [
        Key(
            row.key_id, row.name, _standing_of(row), row.created_at, row.expires_at,
            row.last_used_at, row.revoked_at,
        )
        for row in found
    ]  # fmt: skip


def machine_of(connection: Connection, secret: str, now: dt.datetime) -> Machine | None:
    """The program whose key or token this is; ``None`` when it opens nothing now."""
    if secret.startswith(KEY_PREFIX):
        row = connection.execute(
            _programs(machine_keys.c.key_id, machine_keys.c.last_used_at)
            .join(machine_keys, machine_keys.c.machine_id == machines.c.machine_id)
            .where(machine_keys.c.token_hash == digest(secret), _valid_key(now))
        ).one_or_none()
    elif secret.startswith(TOKEN_PREFIX):
        row = connection.execute(
            _programs(null().label("key_id"), null().label("last_used_at"))
            .join(access_tokens, access_tokens.c.machine_id == machines.c.machine_id)
            .where(
                access_tokens.c.token_hash == digest(secret),
                access_tokens.c.expires_at > now,
            )
        ).one_or_none()
    else:
        return None
    if row is None:
        return None
    noted = row.last_used_at is not None and now - row.last_used_at < _TOUCHED_EVERY
    return Machine(
        row.machine_id, row.role, _viewer_of(row), row.agency,
        None if noted else row.key_id,
    )  # fmt: skip


def ended_key(connection: Connection, secret: str) -> EndedKey | None:
    """The key that this was, if the portal ever gave it out."""
    row = connection.execute(
        _programs(machine_keys.c.key_id)
        .join(machine_keys, machine_keys.c.machine_id == machines.c.machine_id)
        .where(machine_keys.c.token_hash == digest(secret))
    ).one_or_none()
    if row is None:
        return None
    return EndedKey(row.key_id, row.machine_id, _standing_of(row))


def mark_used(connection: Connection, key_id: UUID, now: dt.datetime) -> None:
    """The key was used now."""
    connection.execute(
        update(machine_keys)
        .where(machine_keys.c.key_id == key_id)
        .values(last_used_at=now)
    )


def program_id(connection: Connection, name: str) -> UUID:
    """The id of the program of this name.

    Raises:
        AccountRefused: there is none.
    """
    found = connection.scalar(
        select(machines.c.machine_id).where(machines.c.name == name)
    )
    if found is None:
        raise AccountRefused(
            f"there is no program {name}: crossborder-portal list-keys names them"
        )
    return UUID(str(found))


def _check(connection: Connection, name: str, standing: Standing) -> None:
    if not 1 <= len(name) <= 100 or not name.isprintable() or name != name.strip():
        raise AccountRefused("a program's name has 1 to 100 printable characters")
    of_agency = standing.role is MachineRole.AGENCY
    if of_agency != (standing.agency is not None):
        raise AccountRefused(
            "the role agency needs an agency: pass --agency"
            if of_agency
            else f"the role {standing.role} belongs to the region: leave --agency out"
        )
    if of_agency and standing.acts_as not in AGENCY_ROLES:
        roles = ", ".join(sorted(AGENCY_ROLES))
        raise AccountRefused(f"an agency's program acts as one of {roles}")
    if not of_agency and standing.acts_as is not None:
        raise AccountRefused(f"the role {standing.role} acts as nobody else")
    if standing.agency is not None and not agency_name(connection, standing.agency):
        raise AccountRefused(
            f"no agency {standing.agency} here: crossborder-portal create-agency first"
        )


def _add_key(
    connection: Connection,
    machine_id: UUID,
    now: dt.datetime,
    lives: dt.timedelta | None,
) -> str:
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    connection.execute(
        insert(machine_keys).values(
            key_id=uuid4(), machine_id=machine_id, token_hash=digest(key),
            created_at=now, expires_at=now + lives if lives else None,
        )
    )  # fmt: skip
    return key


def _valid_key(now: dt.datetime) -> ColumnElement[bool]:
    return and_(
        machine_keys.c.revoked_at.is_(None),
        or_(machine_keys.c.expires_at.is_(None), machine_keys.c.expires_at > now),
    )


def _programs(*more: ColumnElement[Any]) -> Any:
    return select(
        machines.c.machine_id, machines.c.name, machines.c.role, machines.c.agency,
        machines.c.acts_as, agencies.c.name.label("agency_name"), *more,
    ).outerjoin(agencies, agencies.c.code == machines.c.agency)  # fmt: skip


def _standing_of(row: Row[Any]) -> Standing:
    acts_as = None if row.acts_as is None else Role(row.acts_as)
    return Standing(MachineRole(row.role), row.agency, acts_as)


def _viewer_of(row: Row[Any]) -> Viewer | None:
    if row.acts_as is None:
        return None
    return Viewer(
        user_id=row.machine_id, name=row.name, role=Role(row.acts_as),
        agency=row.agency, agency_name=row.agency_name or "",
    )  # fmt: skip
