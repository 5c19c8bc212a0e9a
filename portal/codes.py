"""One-time codes of local users (RFC 6238): set up once, asked for at each sign-in.

The secret is stored sealed with the portal's own secret, so that a copy of the database
makes no codes. No code is taken twice.
"""

import base64
import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Connection, or_, select, update

from portal.settings import PortalSettings
from portal.tables import users

_STEP = 30  # seconds that a code is shown
_SEALED_FOR = 15 * 60  # seconds in which a set-up must be finished


@dataclass(frozen=True, slots=True)
class SetUp:
    """A secret that nobody has confirmed yet, for the page that shows it."""

    secret: str
    sealed: str
    """The same for the form, readable by this portal only."""
    picture: str
    """The QR code as SVG."""


def offer(
    settings: PortalSettings, user_id: UUID, now: dt.datetime, secret: str = ""
) -> SetUp:
    """A secret for a person's app: a new one, or the one that was offered before."""
    secret = secret or pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=settings.region, issuer_name="crossborder"
    )
    picture = segno.make(uri, error="m").svg_inline(
        scale=4, light="#fff", svgclass="xb-qr", lineclass=None, omitsize=False
    )
    sealed = _seal(settings).encrypt_at_time(
        f"{user_id} {secret}".encode(), int(now.timestamp())
    )
    return SetUp(secret, sealed.decode(), picture)


def offered(
    settings: PortalSettings, user_id: UUID, sealed: str, now: dt.datetime
) -> str | None:
    """The secret that was offered to this person just now; ``None`` if it was not."""
    try:
        text = _seal(settings).decrypt_at_time(
            sealed.encode(), _SEALED_FOR, int(now.timestamp())
        )
    except (InvalidToken, UnicodeEncodeError):
        return None
    of, _, secret = text.decode().partition(" ")
    return secret if of == str(user_id) else None


def set_up(
    connection: Connection, settings: PortalSettings, user_id: UUID,
    secret: str, code: str, now: dt.datetime,
) -> bool:  # fmt: skip
    """The person's codes are asked for from now on, if the first one is right."""
    step = _step_of(secret, code, now)
    if step is None:
        return False
    stored = _seal(settings).encrypt(secret.encode()).decode()
    connection.execute(
        update(users)
        .where(users.c.user_id == user_id)
        .values(codes_secret=stored, codes_step=step)
    )
    return True


def take(
    connection: Connection, settings: PortalSettings, user_id: UUID,
    code: str, now: dt.datetime,
) -> bool:  # fmt: skip
    """Whether the code is the person's, of about now, and was never taken before."""
    stored = connection.scalar(
        select(users.c.codes_secret).where(users.c.user_id == user_id)
    )
    if stored is None:
        return False
    try:
        secret = _seal(settings).decrypt(stored.encode()).decode()
    except InvalidToken:  # sealed with another portal's secret
        return False
    step = _step_of(secret, code, now)
    if step is None:
        return False
    taken = connection.execute(
        update(users)
        .where(
            users.c.user_id == user_id,
            or_(users.c.codes_step.is_(None), users.c.codes_step < step),
        )
        .values(codes_step=step)
    )
    return bool(taken.rowcount)


def _step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """Which half minute's code it is: this one's, the last one's or the next one's."""
    typed = "".join(code.split())
    if not (len(typed) == 6 and typed.isascii() and typed.isdecimal()):
        return None
    here = int(now.timestamp()) // _STEP
    codes = pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if hmac.compare_digest(codes.generate_otp(step), typed):
            return step
    return None


def _seal(settings: PortalSettings) -> Fernet:
    secret = settings.secret.get_secret_value().encode()
    key = hashlib.sha256(b"one-time codes:" + secret).digest()
    return Fernet(base64.urlsafe_b64encode(key))
