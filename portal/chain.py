"""The chain that makes the audit trail tell when it was tampered with: pure functions.

Every entry has a hash of its own and one that continues the chain: of the hash before
it and its own. A seal closes a stretch of the chain: it repeats the last hash, names
the seal before it, and may be signed (ed25519). So a changed entry, a missing one, one
put in between, two that changed places, and two stretches after one seal all show,
and :func:`check` names the first. Whoever rewrites the chain from some entry on, with
the database in their hands, must also forge signatures and whatever root was posted
elsewhere.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

START = "0" * 64
"""What the first entry and the first seal continue."""
_LATE = dt.timedelta(hours=1)
"""No request takes as long: what claims to be older than this before the seal before
its own was put in afterwards."""

Entry = Mapping[str, Any]
"""An entry of the trail, as JSON has it: text, whole numbers and null."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry's place in the chain; no entry where it has gone."""

    position: int
    entry_id: int
    entry_hash: str
    chain_hash: str
    seal_id: int
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Seal:
    """The end of a stretch of the chain."""

    seal_id: int
    sealed_at: dt.datetime
    first_position: int
    last_position: int
    chain_hash: str
    previous_hash: str
    hash: str
    public_key: str | None = None
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which the chain does not hold."""

    kind: str
    """``changed``, ``removed``, ``inserted``, ``reordered``, ``forked`` or ``seal``."""
    where: str
    said: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.said}"


@dataclass(slots=True)
class Verdict:
    """What going through a chain found."""

    entries: int = 0
    seals: int = 0
    signed: int = 0
    last: Seal | None = None
    broken: Break | None = None
    waiting: int = 0
    """Entries that no seal covers yet."""
    roots: set[str] = field(default_factory=set)


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write it (RFC 8785): its keys are ASCII, its numbers whole."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def instant(at: dt.datetime) -> str:
    """A moment as entries and seals write it."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def entry_hash(entry: Entry) -> str:
    """The hash of an entry by itself."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def continued(previous: str, own: str) -> str:
    """The chain's hash after an entry of this hash."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(own)).hexdigest()


def seal_hash(seal: Seal) -> str:
    """The hash of everything that a seal says."""
    return hashlib.sha256(
        canonical(
            {
                "seal_id": seal.seal_id,
                "sealed_at": instant(seal.sealed_at),
                "first_position": seal.first_position,
                "last_position": seal.last_position,
                "chain_hash": seal.chain_hash,
                "previous_hash": seal.previous_hash,
            }
        )
    ).hexdigest()


def sign(hashed: str, key: Ed25519PrivateKey) -> tuple[str, str]:
    """The public key and the signature of a seal's hash, both in hexadecimal."""
    public = key.public_key().public_bytes_raw().hex()
    return public, key.sign(bytes.fromhex(hashed)).hex()


def check(
    links: Iterable[Link], seals: Iterable[Seal], public_key: str | None = None
) -> Verdict:
    """Goes through a chain from its beginning to the first break, if there is one.

    ``links`` come in the order of their positions, ``seals`` in that of their ids. With
    a ``public_key``, every seal that is signed must be signed by it, and once one is,
    all later ones must be signed.
    """
    verdict = Verdict()
    rest: Iterator[Link] = iter(links)
    position, chain = 0, START
    for seal in seals:
        verdict.broken = _misplaced(seal, verdict.last, position) or _unsigned(
            seal, verdict, public_key
        )
        while verdict.broken is None and position < seal.last_position:
            link = next(rest, None)
            verdict.broken = _fault(link, position + 1, chain, verdict.last)
            if link is not None and link.seal_id != seal.seal_id:
                verdict.broken = verdict.broken or Break(
                    "changed", _place(link), "it is said to be of another seal"
                )
            if link is not None and verdict.broken is None:
                position, chain = link.position, link.chain_hash
                verdict.entries += 1
        if verdict.broken is None and chain != seal.chain_hash:
            verdict.broken = Break(
                "seal", f"seal {seal.seal_id}",
                "the entries before it are not those that it sealed",
            )  # fmt: skip
        if verdict.broken is not None:
            return verdict
        verdict.last = seal
        verdict.seals += 1
        verdict.roots.add(seal.hash)
    if (beyond := next(rest, None)) is not None:
        verdict.broken = Break(
            "inserted", _place(beyond), "it stands in the chain after the last seal"
        )
    return verdict


def _misplaced(seal: Seal, before: Seal | None, position: int) -> Break | None:
    where = f"seal {seal.seal_id}"
    expected = before.seal_id + 1 if before else 1
    if seal.seal_id < expected:
        return Break("forked", where, "two seals stand in one place")
    if seal.seal_id > expected:
        return Break("removed", f"seal {expected}", "there is no such seal")
    if seal.previous_hash != (before.hash if before else START):
        return Break("forked", where, "it continues another seal than the one before")
    if seal.first_position != position + 1 or seal_hash(seal) != seal.hash:
        return Break("seal", where, "it was changed")
    return None


def _unsigned(seal: Seal, verdict: Verdict, public_key: str | None) -> Break | None:
    where = f"seal {seal.seal_id}"
    if seal.signature is None or seal.public_key is None:
        if verdict.signed:
            return Break("seal", where, "it is not signed, and the one before it is")
        return None
    if public_key is not None and seal.public_key != public_key:
        return Break("seal", where, "it is signed by another key")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.public_key)).verify(
            bytes.fromhex(seal.signature), bytes.fromhex(seal.hash)
        )
    except (InvalidSignature, ValueError):
        return Break("seal", where, "its signature is wrong")
    verdict.signed += 1
    return None


def _fault(
    link: Link | None, position: int, chain: str, before: Seal | None
) -> Break | None:
    """What is wrong with the link that stands where this position is expected."""
    if link is None or link.position > position:
        return Break("removed", f"position {position}", "there is nothing at it")
    where = _place(link)
    if link.position < position:
        return Break("forked", where, "two entries stand at one position")
    if link.entry is None:
        return Break("removed", where, "the entry is gone")
    found = None
    if entry_hash(link.entry) != link.entry_hash:
        found = ("changed", "it is not the entry that was sealed")
    elif continued(chain, link.entry_hash) != link.chain_hash:
        found = ("reordered", "it does not follow the one before it")
    elif before is not None and _claims(link.entry) < before.sealed_at - _LATE:
        found = ("inserted", "it claims a time long before the seal before it")
    return None if found is None else Break(found[0], where, found[1])


def _claims(entry: Entry) -> dt.datetime:
    return dt.datetime.fromisoformat(entry["at"])


def _place(link: Link) -> str:
    return f"entry {link.entry_id} at position {link.position}"
