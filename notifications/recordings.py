"""Whether a recipient's own records bear what was sent: its token, or its reference.

The officer types the recording token into the record, or acknowledges with the force's
own reference; the next extract shows either, or neither. Asked afresh every night of
every usable extract. A token proves whichever notice it belongs to. A reference is
weaker: one that notices about two children share, or that is very short, proves
nothing.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from notifications.rule_entry import RuleEntry, version_of
from records.tokens import canonical_token

SHORTEST_REFERENCE = 4
"""Characters, without spaces: a shorter one turns up by chance."""

_LAW = "The region's design, law 4: told is not recorded"


def _rule(name: str, words: str) -> RuleEntry:
    rule = f"loop.{name}"
    return RuleEntry(rule, version_of(rule), "loop", words, _LAW)


PROOF = _rule(
    "proof",
    "a notice is recorded when its recipient's own extract bears the recording token, "
    "anywhere in a text, or the reference that it acknowledged with, as a whole and of "
    "four characters or more",
)
REFERENCE_REPEATS = _rule(
    "reference-repeats",
    "a reference with which notices about two children were acknowledged proves "
    "neither: only the token does, and whoever is to act is told so",
)
PROOF_RULES = (PROOF, REFERENCE_REPEATS)

_GAP = r"[\s\-]*"
_WITHIN = re.compile(
    rf"(?<![0-9A-Z])(?=(X\s*B{_GAP}(?:[0-9A-Z]{_GAP}){{9}}(?![0-9A-Z])))",
    re.ASCII | re.IGNORECASE,
)
"""A token inside a longer text, however it was spaced; what looks like the start of one
may overlap it. The check character decides."""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A notice whose proof is looked for in its recipient's extract."""

    notification_id: UUID
    token: str
    reference: str | None
    """What the recipient acknowledged with."""
    child: tuple[str, str]
    """Placing authority and child_ref."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What one look found of one notice."""

    notification_id: UUID
    seen: bool
    by: Literal["token", "reference"] | None
    found_in: str | None
    """The column; never the text."""
    rule: str | None = None
    """The id of the rule that it follows from, unless nothing bears anything."""


def find_recordings(
    outstanding: Sequence[Outstanding], written: Mapping[str, Collection[str]]
) -> tuple[Recording, ...]:
    """One answer for each outstanding notice, in their order.

    ``written`` holds every text of the extract in which a token or a reference may
    stand, by column. Where several columns bear it, the first by name is given.
    """
    tokens = _spelled(one.token for one in outstanding)
    shared = repeated(outstanding)
    references = _long_enough(outstanding) - shared
    by_token: dict[str, str] = {}
    by_reference: dict[str, str] = {}
    for column in sorted(written):
        for text in written[column]:
            folded = folded_reference(text)
            if folded in references:
                by_reference.setdefault(folded, column)
            if "XB" in folded:
                for token in tokens_in(text):
                    by_token.setdefault(token, column)
    answers = []
    for one in outstanding:
        folded = folded_reference(one.reference)
        found = _answer(
            one, by_token.get(tokens.get(one.token, "")), by_reference.get(folded)
        )
        if not found.seen and folded in shared:
            found = replace(found, rule=REFERENCE_REPEATS.id)
        answers.append(found)
    return tuple(answers)


def folded_reference(reference: str | None) -> str:
    """A reference without the differences that typing makes: case and spaces."""
    return "".join((reference or "").split()).upper()


def tokens_in(text: str) -> tuple[str, ...]:
    """Every token that stands in a text, each in its one spelling."""
    whole = canonical_token(text)
    if whole is not None:
        return (whole,)
    found = (
        canonical_token(re.sub(r"[\s\-]", "", one)) for one in _WITHIN.findall(text)
    )
    return tuple(dict.fromkeys(token for token in found if token is not None))


def repeated(outstanding: Iterable[Outstanding]) -> frozenset[str]:
    """References, folded, with which notices about several children were answered."""
    children: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in outstanding:
        children[folded_reference(one.reference)].add(one.child)
    children.pop("", None)
    return frozenset(ref for ref, whose in children.items() if len(whose) > 1)


def _spelled(tokens: Iterable[str]) -> dict[str, str]:
    return {token: canonical_token(token) or token for token in tokens}


def _long_enough(outstanding: Sequence[Outstanding]) -> frozenset[str]:
    given = {folded_reference(one.reference) for one in outstanding}
    return frozenset(ref for ref in given if len(ref) >= SHORTEST_REFERENCE)


def _answer(
    one: Outstanding, token_in: str | None, reference_in: str | None
) -> Recording:
    by: Literal["token", "reference"] = "reference" if token_in is None else "token"
    found_in = reference_in if token_in is None else token_in
    if found_in is None:
        return Recording(one.notification_id, seen=False, by=None, found_in=None)
    return Recording(
        one.notification_id, seen=True, by=by, found_in=found_in, rule=PROOF.id
    )
