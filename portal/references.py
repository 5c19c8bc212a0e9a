"""A reference as somebody types it into the search box, told by its form.

There is no search by name: it would let anybody leaf through children, and every way
of work has a reference at hand. Still the box takes what is typed, so what is typed is
never in an address, a log or the trail: the form is posted, and the trail holds a hash
that is keyed with the portal's own secret.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from portal.settings import PortalSettings
from records.tokens import canonical_token

LONGEST = 100
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_DASH = re.compile(r"[\u2010-\u2015\u2212]")
_LIKE_A_TOKEN = re.compile(r"XB-?[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]")


class Form(StrEnum):
    """What a typed reference is, by how it looks."""

    RECORDING = "recording_token"
    NOTICE = "notice"
    """A notification's id."""
    OTHER = "other"
    """An own reference, or the placing authority's for the child."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What to look for, in its one spelling."""

    form: Form
    key: str


class Mistyped(ValueError):
    """It can't be looked for; the message tells the reader what to mend."""


def search_key(text: str) -> str:
    """The spelling in which references are compared: capitals, and no spaces."""
    plain = unicodedata.normalize("NFKC", text)
    return _SPACE.sub("", _DASH.sub("-", plain)).upper()


def read_reference(typed: str) -> Reference:
    """What was typed, whatever its case, spaces and (in a token) hyphens.

    Raises:
        Mistyped: nothing was typed, too much was, or a token's check does not hold.
    """
    key = search_key(typed)
    if not key:
        raise Mistyped("Enter a reference")
    if len(key) > LONGEST:
        raise Mistyped(f"A reference has up to {LONGEST} characters")
    token = canonical_token(key)
    if token is not None:
        return Reference(Form.RECORDING, token)
    if _LIKE_A_TOKEN.fullmatch(key):
        raise Mistyped(
            "This recording token is mistyped: its last character does not go with "
            "the others. Check each character"
        )
    try:
        return Reference(Form.NOTICE, str(UUID(key)))
    except ValueError:
        return Reference(Form.OTHER, key)


def fingerprint(reference: Reference, settings: PortalSettings) -> str:
    """What the audit trail holds of a search: the same for the same, and no way back
    without the portal's secret."""
    key = settings.secret.get_secret_value().encode()
    said = f"search:{reference.form}:{reference.key}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:32]
