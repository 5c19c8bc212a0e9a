"""A name is compared in one plain spelling; a placeholder is no name at all."""

import re
import unicodedata

PLACEHOLDER_PREFIXES = ("MIG_ERROR", "NO_SHOW", "DUPLICATE")
"""Tokens that begin so were written by a system, not by a person (police data)."""

PLACEHOLDER_TOKENS = frozenset({"UNKNOWN", "BABY", "UNBORN", "NK", "N/K"})
"""Whole tokens that stand where a name is not known."""

_SPELLED_OUT = str.maketrans(
    {
        "ß": "SS", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ø": "O", "ø": "O",
        "Ł": "L", "ł": "L", "Đ": "D", "đ": "D", "Þ": "TH", "þ": "TH", "ı": "I",
    }
)  # fmt: skip
_AROUND = re.compile(r"^\W+|\W+$")
_DROPPED = frozenset("'’‘`´ʻʼ")


def plain_name(text: str | None) -> str | None:
    """The name in upper case, accents and apostrophes removed, hyphens as spaces.

    Letters of every script are kept. Placeholder tokens are dropped. ``None`` when
    nothing is left, so that an absent name is never equal to another absent name.
    A plain name is its own plain name.
    """
    if not isinstance(text, str):
        return None
    given = [raw for raw in text.upper().split() if not _is_placeholder(raw)]
    # apostrophes go first: decomposed, some of them leave a space behind
    whole = "".join(char for char in " ".join(given) if char not in _DROPPED)
    spelled = unicodedata.normalize("NFKD", whole).translate(_SPELLED_OUT)
    letters = (
        char if char.isalpha() else " "
        for char in spelled
        if char not in _DROPPED and unicodedata.category(char)[0] != "M"
    )
    plain = "".join(letters).upper().split()
    return " ".join(token for token in plain if not _is_placeholder(token)) or None


def _is_placeholder(token: str) -> bool:
    """Whether a token, bare of brackets and stops, was written for want of a name."""
    bare = _AROUND.sub("", token)
    return bare in PLACEHOLDER_TOKENS or bare.startswith(PLACEHOLDER_PREFIXES)
