"""National identifiers count as evidence only when their check digit holds.

Each ``canonical_…`` function takes text as supplied and gives the one canonical
spelling, or ``None`` when the value is malformed, a placeholder or fails its check.
An invalid identifier never rejects the record that carries it: it is left out and
counted.
"""

import re
from collections.abc import Callable

PNC_ALPHABET = "ZABCDEFGHJKLMNPQRTUVWXY"
"""Check letters of PNCID and CRO numbers, indexed by the number modulo 23."""

UPN_ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"
"""Check letters of a unique pupil number (DfE UPN guide): no I, O or S."""

_NHS = re.compile(r"\d{10}", re.ASCII)
_UPN = re.compile(r"([A-HJ-NP-RT-Z])(\d{3})(\d{8})(\d|[A-HJ-NP-RT-Z])", re.ASCII)
_PNC = re.compile(r"((?:19|20)?\d{2})/(\d{1,7})([A-HJ-NP-RT-Z])", re.ASCII)
_CRO = re.compile(r"(\d{1,6})/(\d{2})([A-HJ-NP-RT-Z])", re.ASCII)
_CRO_SF = re.compile(r"SF(\d{2})/(\d{1,6})([A-HJ-NP-RT-Z])", re.ASCII)
_HOME_OFFICE = re.compile(r"[A-Z]?\d{6,8}", re.ASCII)
_NOISE = re.compile(r"[\s\-.]")


def _bare(text: str | None) -> str:
    """Capitals without spaces, hyphens and stops; empty when it is not text."""
    return _NOISE.sub("", text).upper() if isinstance(text, str) else ""


def canonical_nhs(text: str | None) -> str | None:
    """Ten digits whose weighted sum satisfies modulus 11 (NHS Data Dictionary).

    Numbers of one repeated digit pass the arithmetic now and then; they are
    placeholders and are refused.
    """
    digits = _bare(text)
    if not _NHS.fullmatch(digits) or len(set(digits)) == 1:
        return None
    total = sum(
        int(digit) * weight
        for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)
    )
    check = (11 - total % 11) % 11
    return digits if check == int(digits[9]) else None


def upn_check_letter(body: str) -> str:
    """The first letter of a UPN, from the twelve characters that follow it.

    A temporary UPN ends in a letter, whose value is its place in the check alphabet.
    """
    values = [
        int(char) if char.isdigit() else UPN_ALPHABET.index(char) for char in body
    ]
    total = sum(
        value * weight for value, weight in zip(values, range(2, 14), strict=True)
    )
    return UPN_ALPHABET[total % 23]


def canonical_upn(text: str | None) -> str | None:
    """A unique pupil number whose leading check letter agrees (DfE UPN guide).

    The codes UN1 to UN5 say why there is no number; they are not numbers.
    """
    value = _bare(text)
    if not _UPN.fullmatch(value):
        return None
    return value if upn_check_letter(value[1:]) == value[0] else None


def canonical_pnc(text: str | None, *, year_now: int = 2026) -> str | None:
    """A PNCID as ``YYYY/NNNNNNND``, its letter checked over two-digit year and serial.

    A two-digit year later than ``year_now`` belongs to the last century.
    """
    value = _bare(text)
    if len(value) == 12 and "/" not in value:  # courts write it without the stroke
        value = f"{value[:4]}/{value[4:]}"
    match = _PNC.fullmatch(value)
    if not match:
        return None
    year, serial, letter = match.groups()
    serial = serial.zfill(7)
    if int(serial) == 0 or pnc_check_letter(year[-2:], serial) != letter:
        return None
    if len(year) == 2:
        year = ("20" if int(year) <= year_now % 100 else "19") + year
    return f"{year}/{serial}{letter}"


def pnc_check_letter(year: str, serial: str) -> str:
    """The check letter over a two-digit year and a zero-padded serial."""
    return PNC_ALPHABET[int(year + serial) % 23]


def canonical_cro(text: str | None) -> str | None:
    """A CRO number as ``NNNNNN/YYD`` or ``SFYY/NNNNNND``, its letter checked."""
    value = _bare(text)
    standard, small_file = _CRO.fullmatch(value), _CRO_SF.fullmatch(value)
    if standard:
        serial, year, letter = standard.groups()
        serial = serial.zfill(6)
        if int(serial) == 0 or pnc_check_letter(year, serial) != letter:
            return None
        return f"{serial}/{year}{letter}"
    if small_file:
        year, serial, letter = small_file.groups()
        if int(serial) == 0 or PNC_ALPHABET[int(year + serial) % 23] != letter:
            return None
        return f"SF{year}/{serial}{letter}"
    return None


def canonical_home_office(text: str | None) -> str | None:
    """A Home Office reference, upper case without spaces. It has no check digit."""
    value = _bare(text)
    return value if _HOME_OFFICE.fullmatch(value) else None


CANONICAL: dict[str, Callable[[str | None], str | None]] = {
    "nhs": canonical_nhs,
    "upn": canonical_upn,
    "pnc": canonical_pnc,
    "cro": canonical_cro,
    "home_office": canonical_home_office,
}
"""How each identifier type is validated. Types not listed are never evidence."""
