"""Who is signed in. The browser holds a random token; what it means stays here."""

import datetime as dt
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from portal.accounts import digest, open_users, viewer_of
from portal.permissions import Viewer
from portal.settings import PortalSettings
from portal.tables import sessions, users

_TOUCHED_EVERY = dt.timedelta(minutes=1)
"""A page a second is one write a minute, not sixty."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without a request, and at all."""

    idle: dt.timedelta
    absolute: dt.timedelta

    @classmethod
    def of(cls, settings: PortalSettings) -> "Limits":
        return cls(
            dt.timedelta(minutes=settings.idle_minutes),
            dt.timedelta(hours=settings.absolute_hours),
        )


@dataclass(frozen=True, slots=True)
class Via:
    """The identity provider that a session came by, and what it calls the session."""

    provider: str
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that stands at the moment it was asked for."""

    viewer: Viewer
    csrf: str
    wants_touch: bool
    """Whether ``touch`` is due, so that it does not fall idle."""
    proven_at: dt.datetime
    """When the person last proved who they are."""
    provider: str | None
    """The key of their identity provider; ``None`` for a local user."""
    has_codes: bool
    """Whether a local user signs in with one-time codes too."""


@dataclass(frozen=True, slots=True)
class Own:
    """One of a person's own sessions, as the account page lists it."""

    began_at: dt.datetime
    last_seen_at: dt.datetime
    this: bool


def begin(
    connection: Connection,
    viewer: Viewer,
    limits: Limits,
    now: dt.datetime,
    via: Via | None = None,
) -> str:
    """A new session; gives the token for the cookie. Dead sessions are swept out."""
    connection.execute(
        delete(sessions).where(
            (sessions.c.created_at <= now - limits.absolute)
            | (sessions.c.last_seen_at <= now - limits.idle)
        )
    )
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(sessions).values(
            token_hash=digest(token), user_id=viewer.user_id,
            csrf=secrets.token_urlsafe(32), created_at=now, last_seen_at=now,
            proven_at=now, provider=via.provider if via else None,
            provider_session=via.session if via else None,
        )
    )  # fmt: skip
    return token


def find(
    connection: Connection, token: str, limits: Limits, now: dt.datetime
) -> Session | None:
    """The session of a cookie; ``None`` when it is unknown, idle too long or old."""
    row = connection.execute(
        _standing(),
        {
            "of": digest(token),
            "began_after": now - limits.absolute,
            "seen_after": now - limits.idle,
        },
    ).one_or_none()
    if row is None:
        return None
    return Session(
        viewer_of(row), row.csrf,
        wants_touch=now - row.last_seen_at >= _TOUCHED_EVERY,
        proven_at=row.proven_at, provider=row.provider,
        has_codes=row.codes_secret is not None,
    )  # fmt: skip


@cache
def _standing() -> Select[Any]:
    """Every page begins with it, so it is put together once."""
    return (
        open_users()
        .add_columns(
            sessions.c.csrf,
            sessions.c.last_seen_at,
            sessions.c.proven_at,
            sessions.c.provider,
        )
        .join(sessions, sessions.c.user_id == users.c.user_id)
        .where(
            sessions.c.token_hash == bindparam("of"),
            sessions.c.created_at > bindparam("began_after"),
            sessions.c.last_seen_at > bindparam("seen_after"),
        )
    )


def touch(connection: Connection, token: str, now: dt.datetime) -> None:
    """The session was used now."""
    connection.execute(
        update(sessions)
        .where(sessions.c.token_hash == digest(token))
        .values(last_seen_at=now)
    )


def end(connection: Connection, token: str) -> None:
    """The session is no more, whatever the browser still sends."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == digest(token)))


def prove(
    connection: Connection, token_hash: str, user_id: UUID, now: dt.datetime
) -> str | None:
    """The person of this session proved who they are, now; gives its new token.

    ``None`` when that person has no such session.
    """
    token = secrets.token_urlsafe(32)
    proven = connection.execute(
        update(sessions)
        .where(sessions.c.token_hash == token_hash, sessions.c.user_id == user_id)
        .values(token_hash=digest(token), proven_at=now, last_seen_at=now)
    )
    return token if proven.rowcount else None


def own(
    connection: Connection, user_id: UUID, token: str, limits: Limits, now: dt.datetime
) -> tuple[Own, ...]:
    """The person's sessions that stand, the newest first."""
    this = digest(token)
    found = connection.execute(
        select(sessions)
        .where(
            sessions.c.user_id == user_id,
            sessions.c.created_at > now - limits.absolute,
            sessions.c.last_seen_at > now - limits.idle,
        )
        .order_by(sessions.c.created_at.desc(), sessions.c.token_hash)
    )
    return tuple(
        Own(row.created_at, row.last_seen_at, row.token_hash == this) for row in found
    )


def end_all(connection: Connection, user_id: UUID) -> int:
    """Every session of a person ends; gives how many there were."""
    return connection.execute(
        delete(sessions).where(sessions.c.user_id == user_id)
    ).rowcount


def end_of_provider(
    connection: Connection, provider: str, subject: UUID | None, session: str | None
) -> int:
    """Sessions end that a provider ended: that one, or all of the person's."""
    which = [sessions.c.provider == provider]
    if session is not None:
        which.append(sessions.c.provider_session == session)
    if subject is not None:
        which.append(sessions.c.user_id == subject)
    if len(which) == 1:
        return 0
    return connection.execute(delete(sessions).where(*which)).rowcount
