"""Passwords of local users: argon2id, with one cost for right, wrong and unknown."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
PASSES, KIBIBYTES, LANES = 2, 19_456, 1
"""OWASP's least (Password Storage Cheat Sheet). Twenty who sign in at the start of a
shift would hold up everybody else with the library's own cost, seven times as much."""
_HASHER = PasswordHasher(PASSES, KIBIBYTES, LANES)
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$4pBAeYqBpWgaupIhDGT0Uw$"
    "PQu5FYZ/tmdHpiHYtaDirPgUr+vv+LGZzYpUupy4eV8"
)
"""Compared with when no such user exists, so that a wrong name takes as long."""


class PasswordTooShort(ValueError):
    """Fewer characters than a password needs."""


def hashed(password: str) -> str:
    """The argon2id hash to store.

    Raises:
        PasswordTooShort: it has fewer than 12 characters.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(f"a password needs at least {SHORTEST} characters")
    return _HASHER.hash(password)


def generated() -> str:
    """A password for somebody else: 96 bits, readable, to be changed hands once."""
    return "-".join(secrets.token_hex(2) for _ in range(6))


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one. ``None``: no such user, so never."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
