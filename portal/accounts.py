"""Agencies and the people of them."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from portal.passwords import hashed
from portal.permissions import AGENCY_ROLES, Role, Viewer
from portal.tables import agencies, sessions, users
from records.authorities import kind_of

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,99}")


class AccountRefused(ValueError):
    """An account can't be made as asked; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """A local user to be made."""

    username: str
    name: str
    role: Role
    agency: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """A user as an operator sees them."""

    user_id: UUID
    username: str
    name: str
    role: str
    agency: str | None
    issuer: str | None
    """Of the identity provider they come by; ``None`` for a local user."""
    has_codes: bool
    disabled_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class LocalUser:
    """A local user, and how they sign in."""

    viewer: Viewer
    password_hash: str
    has_codes: bool


def create_agency(connection: Connection, code: str, name: str) -> bool:
    """The agency is known by this name. Whether it was new.

    Raises:
        AccountRefused: the code has no authority code's form, or the name is empty.
    """
    try:
        kind_of(code)
    except ValueError as error:
        raise AccountRefused(str(error)) from None
    if not name.strip():
        raise AccountRefused(f"agency {code} needs a name")
    renamed = connection.execute(
        update(agencies).where(agencies.c.code == code).values(name=name.strip())
    )
    if renamed.rowcount:
        return False
    connection.execute(insert(agencies).values(code=code, name=name.strip()))
    return True


def create_user(
    connection: Connection, user: NewUser, password: str, now: dt.datetime
) -> UUID:
    """A local user who can sign in with this password; gives their pseudonymous id.

    Raises:
        AccountRefused: the name is taken or malformed, or agency and role disagree.
        PasswordTooShort: see ``passwords``.
    """
    username = canonical_username(user.username)
    if not _USERNAME.fullmatch(username):
        raise AccountRefused(
            "a user name has 2 to 100 of a-z, 0-9 and . _ @ + -, such as "
            "duty.330@example.org"
        )
    if (user.role in AGENCY_ROLES) != (user.agency is not None):
        raise AccountRefused(
            f"the role {user.role} needs an agency: pass --agency"
            if user.agency is None
            else f"the role {user.role} belongs to the region: leave --agency out"
        )
    if user.agency is not None and agency_name(connection, user.agency) is None:
        raise AccountRefused(
            f"no agency {user.agency} here: crossborder-portal create-agency first"
        )
    taken = select(users.c.user_id).where(users.c.username == username)
    if connection.scalar(taken) is not None:
        raise AccountRefused(f"there is a user {username} already")
    user_id = uuid4()
    connection.execute(
        insert(users).values(
            user_id=user_id, username=username, name=user.name.strip() or username,
            role=user.role, agency=user.agency, password_hash=hashed(password),
            created_at=now,
        )
    )  # fmt: skip
    return user_id


def all_users(connection: Connection) -> list[Known]:
    """Everybody who is known here, by agency and name; the shut out too."""
    found = connection.execute(
        select(users).order_by(
            func.coalesce(users.c.agency, ""), users.c.username, users.c.user_id
        )
    )
    return [
        Known(
            row.user_id, row.username, row.name, row.role, row.agency, row.issuer,
            row.codes_secret is not None, row.disabled_at,
        )
        for row in found
    ]  # fmt: skip


def disable(connection: Connection, username: str, now: dt.datetime) -> UUID:
    """The user is shut out from now on; gives their id.

    Raises:
        AccountRefused: there is no such user.
    """
    return _change(connection, username, disabled_at=now)


def enable(connection: Connection, username: str) -> UUID:
    """The user may sign in again.

    Raises:
        AccountRefused: there is no such user.
    """
    return _change(connection, username, disabled_at=None)


def reset_password(connection: Connection, username: str, password: str) -> UUID:
    """The local user has this password from now on.

    Raises:
        AccountRefused: there is no such local user.
        PasswordTooShort: see ``passwords``.
    """
    _check_is_local(connection, username)
    return _change(connection, username, password_hash=hashed(password))


def reset_codes(connection: Connection, username: str) -> UUID:
    """The local user has no one-time codes from now on.

    Raises:
        AccountRefused: there is no such local user.
    """
    _check_is_local(connection, username)
    return _change(connection, username, codes_secret=None)


def _change(connection: Connection, username: str, **values: object) -> UUID:
    """A user is changed, and whoever is signed in as them must sign in again."""
    user_id = _user_id(connection, username)
    connection.execute(update(users).where(users.c.user_id == user_id).values(**values))
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
    return user_id


def _check_is_local(connection: Connection, username: str) -> None:
    user_id = _user_id(connection, username)
    issuer = select(users.c.issuer).where(users.c.user_id == user_id)
    if connection.scalar(issuer) is not None:
        raise AccountRefused(
            f"{username} signs in through an identity provider: password and codes "
            "are changed there"
        )


def _user_id(connection: Connection, username: str) -> UUID:
    canonical = canonical_username(username)
    user_id: UUID | None = connection.scalar(
        select(users.c.user_id).where(users.c.username == canonical)
    )
    if user_id is None:
        raise AccountRefused(f"there is no user {username}: see list-users")
    return user_id


def canonical_username(text: str) -> str:
    """One spelling of a user name, so that nobody has it twice."""
    return text.strip().lower()


def agency_name(connection: Connection, code: str) -> str | None:
    """The agency's name; ``None`` when the portal has no such agency."""
    return connection.scalar(select(agencies.c.name).where(agencies.c.code == code))


def open_users() -> Select[Any]:
    """Every user who may sign in, with what :func:`viewer_of` reads."""
    return (
        select(
            users.c.user_id, users.c.name, users.c.role, users.c.agency,
            users.c.password_hash, users.c.codes_secret,
            agencies.c.name.label("agency_name"),
        )
        .outerjoin(agencies, users.c.agency == agencies.c.code)
        .where(users.c.disabled_at.is_(None))
    )  # fmt: skip


def viewer_of(row: Row[Any]) -> Viewer:
    """The person of a row of :func:`open_users`."""
    return Viewer(
        user_id=row.user_id, name=row.name, role=Role(row.role), agency=row.agency,
        agency_name=row.agency_name or "",
    )  # fmt: skip


def find_viewer(connection: Connection, user_id: UUID) -> Viewer | None:
    """The user of an id, if they may sign in."""
    row = connection.execute(
        open_users().where(users.c.user_id == user_id)
    ).one_or_none()
    return None if row is None else viewer_of(row)


def find_user(connection: Connection, username: str) -> LocalUser | None:
    """The local user of a name, and the hash of their password; none if unknown, shut
    out, or a user of an identity provider."""
    canonical = canonical_username(username)
    if not _USERNAME.fullmatch(canonical):
        return None
    row = connection.execute(
        open_users().where(
            users.c.username == canonical, users.c.password_hash.is_not(None)
        )
    ).one_or_none()
    if row is None:
        return None
    return LocalUser(viewer_of(row), row.password_hash, row.codes_secret is not None)


def digest(token: str) -> str:
    """What is kept of a random token. It has 256 bits, so a plain hash hides it."""
    return hashlib.sha256(token.encode()).hexdigest()
