"""Who is signed in. The browser holds a random token; what it means stays here."""

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, update

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
class Session:
    """A session that stands at the moment it was asked for."""

    viewer: Viewer
    csrf: str
    wants_touch: bool
    """Whether ``touch`` is due, so that it does not fall idle."""


def begin(
    connection: Connection, viewer: Viewer, limits: Limits, now: dt.datetime
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
        )
    )  # fmt: skip
    return token


def find(
    connection: Connection, token: str, limits: Limits, now: dt.datetime
) -> Session | None:
    """The session of a cookie; ``None`` when it is unknown, idle too long or old."""
    row = connection.execute(
        open_users()
        .add_columns(sessions.c.csrf, sessions.c.last_seen_at)
        .join(sessions, sessions.c.user_id == users.c.user_id)
        .where(
            sessions.c.token_hash == digest(token),
            sessions.c.created_at > now - limits.absolute,
            sessions.c.last_seen_at > now - limits.idle,
        )
    ).one_or_none()
    if row is None:
        return None
    return Session(
        viewer_of(row), row.csrf, wants_touch=now - row.last_seen_at >= _TOUCHED_EVERY
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
