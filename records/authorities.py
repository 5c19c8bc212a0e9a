"""An authority is named by one code everywhere (contracts: where extracts arrive)."""

import re
from enum import StrEnum

_ENGLISH_LA = re.compile(r"\d{3}", re.ASCII)
_WELSH_LA = re.compile(r"W06\d{6}", re.ASCII)
_POLICE = re.compile(r"(E23|W15)\d{6}", re.ASCII)


class AuthorityKind(StrEnum):
    """What an authority is, and so which extracts it can send."""

    CHILDREN = "children"
    POLICE = "police"


def kind_of(code: str) -> AuthorityKind:
    """The kind that a code's form tells.

    A DfE three-digit number is an English local authority, ``W06…`` a Welsh one,
    ``E23…`` or ``W15…`` a territorial police force.

    Raises:
        ValueError: the code has none of these forms.
    """
    if _ENGLISH_LA.fullmatch(code) or _WELSH_LA.fullmatch(code):
        return AuthorityKind.CHILDREN
    if _POLICE.fullmatch(code):
        return AuthorityKind.POLICE
    raise ValueError(
        f"{code!r} is no authority code: use the DfE number of an English local "
        "authority (330), the GSS code of a Welsh one (W06…) or of a force (E23…)"
    )
