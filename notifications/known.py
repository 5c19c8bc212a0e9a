"""What the host force knows: from candidates, judgements and police records to a state.

Known means *any* accepted nominal, for one person often has several in one force. Only
an address and a flag on the same nominal, or on nominals that the force itself holds to
be one person, make a child known at its placement.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from matching.evidence import Candidate, Thresholds
from notifications.facts import (
    ChildCase,
    Nominal,
    Placement,
    PoliceAddress,
    PoliceFlag,
    State,
)
from notifications.feed import Decision
from notifications.rulebook import Rulebook
from records.dates import plausible_birth_date
from records.names import plain_name
from records.postcodes import canonical_postcode

OUT_OF_AREA_FLAG = "looked_after_out_of_area"
UNDECIDED = frozenset({"unsure", "two_people"})
"""Words that leave a pair in doubt and are not asked again on the same evidence."""
NOT_LIVED_AT = frozenset({"bail", "custody"})


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate and what a person said of it on the same evidence, if anything."""

    candidate: Candidate
    word: Decision | None

    def accepted(self, accept: float) -> bool:
        """Judged the same, or likely enough and nobody said otherwise or doubted."""
        return self.word == "same" or (
            self.word is None and self.candidate.probability >= accept
        )

    def doubtful(self, thresholds: Thresholds) -> bool:
        """In the review band and not decided; *unsure* decides nothing, nor does a
        record that holds two people."""
        probable = self.candidate.probability >= thresholds.review
        return probable and (
            self.word in UNDECIDED
            or (self.word is None and not self.accepted(thresholds.accept))
        )


@dataclass(frozen=True, slots=True)
class Match:
    """What the match says about one placement, on a usable extract."""

    state: State
    best: Candidate | None = None
    """The candidate that the state rests on."""
    accepted: tuple[str, ...] = ()
    """nominal_refs of every accepted candidate."""
    to_ask: tuple[Candidate, ...] = ()
    """Candidates in the review band that nobody has judged, best first."""


def judged(case: ChildCase, force: str) -> tuple[Judged, ...]:
    """The force's candidates, best first, with the judgements that bind tonight."""
    ranked = sorted(
        case.candidates.get(force, ()), key=lambda one: (-one.weight, one.record_ref)
    )
    return tuple(Judged(one, binding(case, one)) for one in ranked)


def binding(case: ChildCase, candidate: Candidate) -> Decision | None:
    """The latest judgement on the pair with both content hashes as they are tonight.

    Either record may stand on either side of the judgement.
    """
    child = (case.child.authority, case.child.child_ref, candidate.left_hash)
    nominal = (candidate.authority, candidate.record_ref, candidate.right_hash)
    latest: tuple[dt.datetime, str, Decision] | None = None
    for one in case.judgements:
        left = (one.left_authority, one.left_ref, one.left_hash)
        right = (one.right_authority, one.right_ref, one.right_hash)
        if {left, right} == {child, nominal}:
            this = (one.made_at, one.event_id, one.decision)
            latest = this if latest is None else max(latest, this)
    return latest[2] if latest else None


def nominal_of(case: ChildCase, candidate: Candidate) -> Nominal:
    """The candidate's police record; without one, a record that shows nothing."""
    key = (candidate.authority, candidate.record_ref)
    return case.nominals.get(key) or Nominal(*key)


def same_golden_record(case: ChildCase, nominal: Nominal) -> tuple[Nominal, ...]:
    """The nominal and those that its force holds to be the same person.

    A record without a golden key is its own: the head that others point to.
    """
    golden = _golden(nominal)
    others = (
        other
        for key, other in sorted(case.nominals.items())
        if _golden(other) == golden and other.nominal_ref != nominal.nominal_ref
    )
    return (nominal, *others)


def _golden(nominal: Nominal) -> tuple[str, str]:
    return nominal.authority, nominal.golden_ref or nominal.nominal_ref


def meets_restricted_nominal(case: ChildCase, floor: float) -> bool:
    """Whether any candidate of any force, however weak, is a restricted person.

    So it is when another record of its golden one is restricted. A person who judged
    the pair different, on the same evidence, lifts it for that pair.
    """
    for force in sorted(case.candidates):
        for pair in judged(case, force):
            weak = pair.candidate.probability < floor and pair.word != "same"
            if weak or pair.word == "different":
                continue
            group = same_golden_record(case, nominal_of(case, pair.candidate))
            if any(one.restricted for one in group):
                return True
    return False


def too_thin(case: ChildCase, on: dt.date) -> bool:
    """Whether a forename, a surname or a plausible date of birth is wanting.

    Without a forename a twin would match as well as the child.
    """
    child = case.child
    return (
        plausible_birth_date(child.dob, on=on) is None
        or not (plain_name(child.forename) or plain_name(child.known_as))
        or not (plain_name(child.surname) or plain_name(child.former_surname))
    )


@dataclass(frozen=True, slots=True)
class Question:
    """Is this placement known to this force tonight?"""

    case: ChildCase
    placement: Placement
    postcode: str
    """The placement's, canonical."""
    force: str
    on: dt.date
    rulebook: Rulebook


def match(question: Question) -> Match:
    """The state that the match gives, on a usable extract of the host force."""
    thresholds = question.rulebook.thresholds
    pairs = judged(question.case, question.force)
    refuted = _refuted(pairs)
    accepted = [pair.candidate for pair in pairs if pair.accepted(thresholds.accept)]
    if accepted:
        found = [_known(question, one, refuted) for one in accepted]
        best = min(found, key=lambda one: _KNOWN_RANK[one.state])
        return replace(best, accepted=tuple(one.record_ref for one in accepted))
    doubtful = [pair for pair in pairs if pair.doubtful(thresholds)]
    if doubtful:
        to_ask = tuple(pair.candidate for pair in doubtful if pair.word is None)
        return Match(State.POSSIBLE, best=doubtful[0].candidate, to_ask=to_ask)
    return Match(State.NOT_KNOWN)


_KNOWN_RANK = {
    State.KNOWN_AT_PLACEMENT: 0,
    State.KNOWN_AT_ADDRESS_NO_FLAG: 1,
    State.KNOWN_NOT_AT_ADDRESS: 2,
}


def _known(question: Question, candidate: Candidate, refuted: frozenset[str]) -> Match:
    nominal = nominal_of(question.case, candidate)
    group = [
        one
        for one in same_golden_record(question.case, nominal)
        if one.nominal_ref not in refuted
    ]
    there = any(
        at_placement(address, question) for one in group for address in one.addresses
    )
    flagged = any(says_so(flag, question) for one in group for flag in one.flags)
    if there and flagged:
        return Match(State.KNOWN_AT_PLACEMENT, best=candidate)
    if there:
        return Match(State.KNOWN_AT_ADDRESS_NO_FLAG, best=candidate)
    return Match(State.KNOWN_NOT_AT_ADDRESS, best=candidate)


def _refuted(pairs: Iterable[Judged]) -> frozenset[str]:
    return frozenset(
        pair.candidate.record_ref for pair in pairs if pair.word == "different"
    )


def at_placement(address: PoliceAddress, question: Question) -> bool:
    """Whether a police address is current and is the placement.

    Started, not ended, its postcode or UPRN the placement's, type not bail or custody.
    An address without a start has started.
    """
    if (address.address_type or "").casefold() in NOT_LIVED_AT:
        return False
    if not _current(address.start, address.end, question.on):
        return False
    postcode = canonical_postcode(address.postcode)
    if postcode == question.postcode:
        return True
    uprn = _uprn(address.uprn)
    return uprn is not None and uprn == _uprn(question.placement.uprn)


def says_so(flag: PoliceFlag, question: Question) -> bool:
    """Whether a flag is current, says looked after out of area, and names the placing
    authority: by its code, an older code of it, or its name."""
    if flag.code.casefold() != OUT_OF_AREA_FLAG:
        return False
    if not _current(flag.start, flag.end, question.on):
        return False
    named = (flag.placing_authority or "").strip()
    placing = question.case.child.authority
    if not named:
        return False
    geography = question.rulebook.geography
    names = (question.rulebook.name(placing), geography.name(placing))
    if named.casefold() in {name.casefold() for name in names}:
        return True
    try:
        return geography.authority(named) == placing
    except LookupError:
        return False


def _current(start: dt.date | None, end: dt.date | None, on: dt.date) -> bool:
    return (start is None or start <= on) and (end is None or end > on)


def _uprn(text: str | None) -> str | None:
    return (text or "").strip().lstrip("0") or None
