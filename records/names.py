"""A name is compared in one plain spelling; a placeholder is no name at all."""

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
_DROPPED = frozenset("'’‘`´ʻʼ")


def plain_name(text: str | None) -> str | None:
    """The name in upper case, accents and apostrophes removed, hyphens as spaces.

    Letters of every script are kept. Placeholder tokens are dropped. ``None`` when
    nothing is left, so that an absent name is never equal to another absent name.
    """
    tokens = []
    for raw in (text or "").upper().split():
        if raw in PLACEHOLDER_TOKENS or raw.startswith(PLACEHOLDER_PREFIXES):
            continue
        tokens.append(raw)
    spelled = unicodedata.normalize("NFKD", " ".join(tokens).translate(_SPELLED_OUT))
    letters = (
        char if char.isalpha() else " "
        for char in spelled
        if char not in _DROPPED and not unicodedata.combining(char)
    )
    return " ".join("".join(letters).upper().split()) or None
