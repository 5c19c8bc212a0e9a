"""A recording token can be typed by hand: one wrong or swapped character is caught."""

import hashlib
import re
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ"
"""31 characters, a prime number, without I, L, O, S and U, which look like others."""

_TOKEN = re.compile(r"XB-?([0-9A-Z]{4})-?([0-9A-Z]{4})-?([0-9A-Z])")
_READ_AS = str.maketrans("ILOSU", "1105V")


def recording_token(notification_id: UUID) -> str:
    """The token of a notification, such as ``XB-7F3K-9Q2M-C``; always the same.

    Eight characters from the SHA-256 of the id and a check character. It is looked
    for in one recipient's own records only, so 31^8 values leave no room for chance.
    """
    number = int.from_bytes(hashlib.sha256(notification_id.bytes).digest()[:8])
    body = ""
    for _ in range(8):
        number, remainder = divmod(number, 31)
        body += ALPHABET[remainder]
    return f"XB-{body[:4]}-{body[4:]}-{check_character(body)}"


def check_character(body: str) -> str:
    """The weighted sum of eight characters modulo 31.

    31 is prime and the weights differ, so every single substitution and every swap of
    two characters changes the sum.
    """
    total = sum(ALPHABET.index(char) * weight for weight, char in enumerate(body, 2))
    return ALPHABET[total % 31]


def canonical_token(text: str | None) -> str | None:
    """A token as typed by a person, in its one spelling; ``None`` if its check fails.

    Letters that the alphabet leaves out are read as the characters they look like.
    """
    typed = re.sub(r"\s", "", text).upper() if isinstance(text, str) else ""
    match = _TOKEN.fullmatch(typed)
    if not match:
        return None
    first, second, check = (part.translate(_READ_AS) for part in match.groups())
    if check_character(first + second) != check:
        return None
    return f"XB-{first}-{second}-{check}"
