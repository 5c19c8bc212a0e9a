"""The laws themselves: what recipients believe, held against what is so."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from beliefs import BrokenLaw, Fact, Ledger, Told
from little_facts import ChildKey, Stay
from little_places import FORCE_OF, FORCES, LOCAL_AUTHORITIES, POSTCODES
from model import Model, begun, fact_of, may_be_back

MEMBERS = frozenset({*LOCAL_AUTHORITIES, *FORCES})


@dataclass(frozen=True)
class Sight:
    """One look at the whole: after which night, when, and what is in the way."""

    date: dt.date
    now: dt.datetime
    held: frozenset[tuple[str, ChildKey]] = frozenset()
    """Recipient and child of each notice that waits for a release."""


def check_beliefs(model: Model, ledger: Ledger, sight: Sight) -> int:
    """Every recipient believes what is so, and nothing else; how much that is.

    Raises:
        BrokenLaw: somebody was forgotten, told too much or told twice.
    """
    broken: list[str] = []
    weighed = 0
    for key in model.children():
        if model.may_be_shielded(key, sight.date):
            continue
        claims = _claims(model, sight, key)
        weighed += len(claims.all)
        broken += _of_child(ledger, sight, key, claims)
    if broken:
        raise BrokenLaw("\n".join(broken))
    return weighed


@dataclass(frozen=True)
class _Claim:
    """One stay that a recipient may, or must, believe in."""

    who: str
    facts: frozenset[Fact]
    """In any one of these words."""
    needed: bool


@dataclass(frozen=True)
class _Claims:
    """What may be believed of a child."""

    all: tuple[_Claim, ...]
    late: frozenset[Fact]
    """What may still be believed, having just ended."""
    stands: bool
    """Whether a stay is open that can't be told of: what was told of it stands."""


def _claims(model: Model, sight: Sight, key: ChildKey) -> _Claims:
    facts = model.child(key, sight.date)
    found, stands = [], False
    for stay in model.stays(key, sight.date):
        host = POSTCODES.get(stay.postcode or "")
        silent = stay.legal_status in ("V3", "V4") or stay.place_code.startswith("T")
        if host is None or silent:
            stands = True
        elif host != key[0]:
            assert facts is not None
            words = frozenset(
                fact_of(facts, replace(stay, start=start))
                for start in begun(facts, stay)
            )
            found += [
                _Claim(who, words, needed)
                for who, needed in _concerned(model, key, stay, sight)
            ]
    late = {
        fact_of(facts, replace(one, start=start))
        for one in (may_be_back(facts, sight.date) if facts else ())
        for start in begun(facts, one)
    }
    return _Claims(tuple(found), frozenset(late), stands)


def _of_child(
    ledger: Ledger, sight: Sight, key: ChildKey, claims: _Claims
) -> Iterator[str]:
    for who in sorted(MEMBERS):
        if (who, key) not in sight.held:
            yield from _of_recipient(ledger.about(who, key), who, claims)
    if (key[0], key) not in sight.held:
        yield from _copies(ledger, key, claims)


def _of_recipient(held: list[Told], who: str, claims: _Claims) -> Iterator[str]:
    believed = Counter(one.fact for one in held)
    mine = [one for one in claims.all if one.who == who]
    for claim in mine:
        heard = sum(believed[fact] for fact in claim.facts)
        if heard > 1 and not claims.stands:
            yield f"{who} believes twice: {' / '.join(map(str, sorted(claim.facts)))}"
        if not heard and claim.needed:
            yield f"{who} was never told, or forgot: {max(claim.facts)}"
    may = claims.late.union(*(one.facts for one in mine))
    for fact in believed:
        if fact not in may and not claims.stands:
            yield f"{who} believes what is not so: {fact}"


def _concerned(
    model: Model, key: ChildKey, stay: Stay, sight: Sight
) -> Iterator[tuple[str, bool]]:
    """Who may believe the stay, and whether it must."""
    host = POSTCODES[stay.postcode]
    force = FORCE_OF[host]
    yield key[0], force not in MEMBERS
    if host in MEMBERS:
        yield host, True
    if force in MEMBERS:
        yield force, not model.may_stay_quiet(key, stay, sight.now, sight.date)


def _copies(ledger: Ledger, key: ChildKey, claims: _Claims) -> Iterator[str]:
    """The placing authority holds a copy of whatever the force was told."""
    own = {one.fact for one in ledger.about(key[0], key)}
    for claim in claims.all:
        told = {one.fact for one in ledger.about(claim.who, key)} & claim.facts
        if claim.who in FORCES and told and not own & claim.facts:
            yield f"{key[0]} has no copy of what {claim.who} was told: {max(told)}"


def check_shields(
    model: Model, told: Iterable[Told], tonight: dt.date | None = None
) -> None:
    """Of notices that have just arrived: none is about a child that was shielded when
    it was decided, or (given ``tonight``) is by now.

    Raises:
        BrokenLaw: details of a shielded child reached somebody.
    """
    for one in told:
        for date in {one.created_on, tonight or one.created_on}:
            if date in model.nights and model.shielded(one.fact.child, date):
                raise BrokenLaw(
                    f"{one.recipient} got details of a child that is shielded since "
                    f"{date}: {one.fact} ({one.kind} of {one.created_on})"
                )
