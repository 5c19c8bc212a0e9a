"""A postcode has one spelling, ``CV7 8QZ``, and parts that say how near two are."""

import re

_POSTCODE = re.compile(
    r"([A-Z]{1,2}\d[A-Z\d]?)[\s\u00a0]*(\d[A-Z]{2})", re.ASCII | re.IGNORECASE
)

PLACEHOLDER_POSTCODES = frozenset({"NF1 1NF", "NF1 1FA", "ZZ99 3VZ", "ZZ99 3WZ"})
"""Police and NHS spellings of *no fixed abode*; never a place, never evidence."""


def canonical_postcode(text: str | None) -> str | None:
    """The postcode with one space and capitals, or ``None`` if it has no such form.

    Placeholders keep their spelling here: callers ask :func:`is_placeholder`.
    """
    match = _POSTCODE.fullmatch(text.strip()) if isinstance(text, str) else None
    return f"{match[1]} {match[2]}".upper() if match else None


def is_placeholder(postcode: str) -> bool:
    """Whether a canonical postcode is a known way of writing *no fixed abode*."""
    return postcode in PLACEHOLDER_POSTCODES


def sector(postcode: str) -> str:
    """``CV7 8`` of ``CV7 8QZ``."""
    return postcode[:-2]


def district(postcode: str) -> str:
    """``CV7`` of ``CV7 8QZ``."""
    return postcode[:-4]
