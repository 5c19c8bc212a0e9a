"""People who come by an identity provider: known here from their first sign-in on.

A person is (issuer, subject), which a provider gives out once. Role and agency are
read from the table anew at every sign-in, so that who moved desks moves here too.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, select, update

from portal.accounts import agency_name, open_users, viewer_of
from portal.permissions import Viewer
from portal.providers import NoPlace, Provider, place_of
from portal.settings import PortalSettings
from portal.tables import users

_LONGEST_NAME = 100


def arrive(
    connection: Connection, provider: Provider, claims: Mapping[str, Any],
    now: dt.datetime,
) -> Viewer:  # fmt: skip
    """The person of these claims, as the provider's table says today.

    Raises:
        NoPlace: the table has no place for them, or several; the agency is not here;
            or an operator shut them out.
    """
    place = place_of(provider, claims)
    if place.agency is not None and agency_name(connection, place.agency) is None:
        raise NoPlace("no-agency")
    known = connection.execute(_who(provider, claims["sub"])).one_or_none()
    told = {"name": _name(claims), "role": place.role, "agency": place.agency}
    if known is None:
        user_id = uuid4()
        connection.execute(
            insert(users).values(
                user_id=user_id, username=str(user_id), issuer=provider.issuer,
                subject=claims["sub"], created_at=now, **told,
            )
        )  # fmt: skip
    else:
        if known.disabled_at is not None:
            raise NoPlace("disabled")
        user_id = known.user_id
        connection.execute(
            update(users).where(users.c.user_id == user_id).values(**told)
        )
    row = connection.execute(open_users().where(users.c.user_id == user_id)).one()
    return viewer_of(row)


def user_of(connection: Connection, provider: Provider, subject: str) -> UUID | None:
    """Who a provider's subject is here; ``None``: nobody yet."""
    user_id: UUID | None = connection.scalar(_who(provider, subject))
    return user_id


def pseudonym(settings: PortalSettings, *parts: str) -> UUID:
    """An id for somebody who is no user here: the same for the same person, and
    nothing that says who."""
    key = settings.secret.get_secret_value().encode()
    text = "\n".join(("stranger", *parts)).encode()
    return UUID(bytes=hmac.new(key, text, hashlib.sha256).digest()[:16], version=4)


def _who(provider: Provider, subject: str) -> Any:
    return select(users.c.user_id, users.c.disabled_at).where(
        users.c.issuer == provider.issuer, users.c.subject == subject
    )


def _name(claims: Mapping[str, Any]) -> str:
    for claim in ("name", "preferred_username", "email"):
        text = claims.get(claim)
        if isinstance(text, str) and text.strip() and text.isprintable():
            return text.strip()[:_LONGEST_NAME]
    return "Somebody without a name"
