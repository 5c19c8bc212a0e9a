"""National identifiers that pass their checks and belong to nobody.

NHS numbers begin with 9, where none have been issued and where 999 is kept for tests.
The others can't be told from real ones by their form, but stand on no real record.
"""

from records.identifiers import canonical_nhs, pnc_check_letter, upn_check_letter

_SPREAD = 38_740_703
"""Coprime to 10^8, so that neighbours in number are not neighbours in form."""


def nhs_number(serial: int) -> str:
    """A valid NHS number in the test range; distinct for serials below 9 million.

    One body in eleven has no valid check digit, so each serial has eleven bodies of
    its own and takes the first that has one.
    """
    for step in range(11):
        body = f"9{(serial * 11 + step) * _SPREAD % 10**8:08d}"
        for digit in "0123456789":
            if canonical_nhs(body + digit):
                return body + digit
    raise ValueError(f"no valid NHS number for serial {serial}")


def upn(la: str, year: int, serial: int) -> str:
    """A permanent UPN: check letter, LA, school, year of allocation and serial."""
    school, pupil = 2000 + serial // 1000 % 6000, serial % 1000
    body = f"{la}{school:04d}{year % 100:02d}{pupil:03d}"
    return upn_check_letter(body) + body


def pnc_id(year: int, serial: int) -> str:
    """A PNCID as ``YYYY/NNNNNNND``."""
    digits = f"{serial % 10_000_000 or 1:07d}"
    return f"{year}/{digits}{pnc_check_letter(f'{year % 100:02d}', digits)}"


def cro_number(year: int, serial: int) -> str:
    """A CRO number as ``NNNNNN/YYD``."""
    digits, short = f"{serial % 1_000_000 or 1:06d}", f"{year % 100:02d}"
    return f"{digits}/{short}{pnc_check_letter(short, digits)}"
