"""Guessing passwords is slow: after some failures a name, or an address, must wait."""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from portal.settings import PortalSettings
from portal.tables import sign_in_attempts


class TooManyAttempts(Exception):
    """This name or address has failed too often; ``wait`` says for how long."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__("too many failed sign-ins")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in. Name and address are kept as keyed hashes only."""

    name_hash: str
    address_hash: str

    @classmethod
    def of(cls, username: str, address: str, settings: PortalSettings) -> "Attempt":
        key = settings.secret.get_secret_value().encode()

        def keyed(text: str) -> str:
            return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

        return cls(keyed(f"name:{username}"), keyed(f"address:{address}"))


def begin(
    connection: Connection, attempt: Attempt, settings: PortalSettings, now: dt.datetime
) -> None:
    """The try is counted, before the password is looked at.

    Counted first, so that many tries at once can't all pass while none has failed yet.

    Raises:
        TooManyAttempts: the name or the address has used its tries up.
    """
    window = dt.timedelta(minutes=settings.sign_in_window_minutes)
    table = sign_in_attempts.c
    connection.execute(delete(sign_in_attempts).where(table.at <= now - window))
    for column, value, most in (
        (table.name_hash, attempt.name_hash, settings.sign_in_tries),
        (table.address_hash, attempt.address_hash, settings.sign_in_tries_of_address),
    ):
        tries, oldest = connection.execute(
            select(func.count(), func.min(table.at)).where(column == value)
        ).one()
        if tries >= most:
            raise TooManyAttempts(oldest + window - now)
    connection.execute(
        insert(sign_in_attempts).values(
            name_hash=attempt.name_hash, address_hash=attempt.address_hash, at=now
        )
    )


def forgive(connection: Connection, attempt: Attempt) -> None:
    """The password was right: the name's failures no longer count."""
    connection.execute(
        delete(sign_in_attempts).where(
            sign_in_attempts.c.name_hash == attempt.name_hash
        )
    )
