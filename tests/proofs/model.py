"""What must be true after a night, said once more in the simplest words.

Not the product's rules: it knows what the authorities' systems say and what recipients
believe, and nothing of placements' names, states, rows of a matrix or what was decided.

For every child that is looked after and lives out of its authority's area:

* the authority of the area believes it, once;
* the force of the area believes it, or knows it by itself, or may still wait: the
  child was known a few nights ago, or a person is being asked;
* the placing authority believes what the force believes;
* nobody believes anything else;
* of a shielded child nobody hears a word; its placements are named officers' tasks.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from beliefs import Fact
from calendar_by_hand import after, close_of_day
from little_facts import ChildFacts, ChildKey, NominalFacts, Stay, Tonight
from little_places import FORCE_OF, POSTCODES

GRACE_NIGHTS = 3
REVIEW_DAYS = {"high": 1, "standard": 3}
SURE, DOUBTFUL, FAINT = 0.95, 0.5, 0.05
ADOPTED = ("E11", "E12")


@dataclass(frozen=True)
class Word:
    """What a reviewer said of a pair, and on which versions of both records."""

    event_id: str
    child: ChildKey
    child_hash: str
    nominal: tuple[str, str]
    nominal_hash: str
    decision: str


@dataclass
class Model:
    """The nights so far as they looked, and the people's words they could know of."""

    nights: dict[dt.date, Tonight] = field(default_factory=dict)
    words: dict[dt.date, tuple[Word, ...]] = field(default_factory=dict)
    """By night: those that bound it; undone ones are not among them."""

    _seen: set[ChildKey] = field(default_factory=set)

    def saw(self, tonight: Tonight, words: tuple[Word, ...]) -> None:
        self.nights[tonight.date] = tonight
        for la, picture in tonight.las.items():
            self._seen |= {(la, ref) for ref in picture.children}
        self.words[tonight.date] = words

    # --- the child, as its authority says -----------------------------------------

    def child(self, key: ChildKey, date: dt.date) -> ChildFacts | None:
        return self.nights[date].las[key[0]].children.get(key[1])

    def children(self) -> list[ChildKey]:
        """Every child that any night so far has seen."""
        return sorted(self._seen)

    def stays(self, key: ChildKey, date: dt.date) -> tuple[Stay, ...]:
        """Where the child lives, as tonight's data say; nowhere once care is over."""
        facts = self.child(key, date)
        return _open_stays(facts, date) if facts is not None else ()

    def shielded(self, key: ChildKey, date: dt.date) -> bool:
        """Protected, living with adopters, or perhaps a person the police restrict."""
        facts = self.child(key, date)
        if facts is None:
            return False
        living = _open_stays(facts, date)
        if facts.protected or any(one.place_code == "A5" for one in living):
            return bool(living) or facts.protected
        return self._meets_restricted(facts, date)

    def may_be_shielded(self, key: ChildKey, date: dt.date) -> bool:
        """Shielded, or was until the data stopped saying so."""
        if self.shielded(key, date):
            return True
        forces = self.nights[date].forces.values()
        before = date - dt.timedelta(days=1)
        if before not in self.nights or all(one.usable for one in forces):
            return False
        return self.may_be_shielded(key, before)

    def _meets_restricted(self, facts: ChildFacts, date: dt.date) -> bool:
        return any(
            nominal.restricted
            and nominal.probability >= FAINT
            and self.word(facts, nominal, date) != "different"
            for nominal in self._nominals(facts.key, date)
        )

    # --- what a force knows by itself ---------------------------------------------

    def _nominals(
        self, key: ChildKey, date: dt.date, force: str | None = None
    ) -> list[NominalFacts]:
        return [
            one
            for code, view in self.nights[date].forces.items()
            for one in view.nominals
            if one.child == key and force in {None, code}
        ]

    def word(
        self, facts: ChildFacts, nominal: NominalFacts, date: dt.date
    ) -> str | None:
        """The last thing that was said of the pair, both records being as they are."""
        pair = (facts.key, facts.hash, (nominal.force, nominal.ref), nominal.hash)
        said = [
            one.decision
            for one in self.words[date]
            if (one.child, one.child_hash, one.nominal, one.nominal_hash) == pair
        ]
        return said[-1] if said else None

    def standing_with(self, key: ChildKey, stay: Stay, date: dt.date) -> str:
        """What the force of the area can say of the child at this stay tonight:
        ``here``, ``elsewhere``, ``doubtful``, ``unknown``, or ``dumb`` without data."""
        force = FORCE_OF[POSTCODES[stay.postcode]]
        facts = self.child(key, date)
        view = self.nights[date].forces.get(force)
        if facts is None or view is None or not view.usable:
            return "dumb"
        answers = set()
        for nominal in self._nominals(key, date, force):
            said = self.word(facts, nominal, date)
            if said == "same" or (said is None and nominal.probability >= SURE):
                at_home = stay.postcode in nominal.postcodes
                answers.add("here" if at_home else "elsewhere")
            elif said != "different" and nominal.probability >= DOUBTFUL:
                answers.add("doubtful")
        order = ("here", "elsewhere", "doubtful")
        return next((one for one in order if one in answers), "unknown")

    def shows(self, key: ChildKey, postcode: str | None, date: dt.date) -> bool:
        """Whether a force's own usable records show the child there, with the flag."""
        facts = self.child(key, date)
        return facts is not None and any(
            view.usable
            and one.child == key
            and postcode in one.postcodes
            and key[0] in one.flagged_by
            for view in self.nights[date].forces.values()
            for one in view.nominals
        )

    def may_stay_quiet(
        self, key: ChildKey, stay: Stay, now: dt.datetime, date: dt.date
    ) -> bool:
        """Whether the force need not have been told yet."""
        answer = self.standing_with(key, stay, date)
        if answer == "here":
            return True
        if answer == "doubtful":
            return now < self._asked_until(key, stay, date)
        return answer == "dumb" and self._known_lately(key, stay, date)

    def _asked_until(self, key: ChildKey, stay: Stay, date: dt.date) -> dt.datetime:
        """The end of the last day on which a reviewer may still decide."""
        since = self.doubt_began(key, stay, date) or date
        facts = self.child(key, date)
        urgency = "high" if facts is not None and facts.at_risk else "standard"
        return close_of_day(after(since, REVIEW_DAYS[urgency]))

    def doubt_began(self, key: ChildKey, stay: Stay, date: dt.date) -> dt.date | None:
        """The first night of the doubt about a stay that no night since has settled."""
        since = None
        for night in self._back_from(date):
            if not any(one.ref == stay.ref for one in self.stays(key, night.date)):
                continue  # a night that decided nothing of it breaks no doubt
            if self.shielded(key, night.date):
                break
            then = self._then(key, stay, night)
            if POSTCODES[then.postcode] == key[0]:
                continue
            answer = self.standing_with(key, then, night.date)
            if answer == "doubtful":
                since = night.date
            elif answer != "dumb":
                break
        return since

    def _told_of(self, key: ChildKey, stay: Stay, date: dt.date) -> bool:
        """Whether that night knew of the stay at all, and could speak of it."""
        facts = self.child(key, date)
        return facts is not None and any(one.ref == stay.ref for one in facts.stays)

    def _then(self, key: ChildKey, stay: Stay, night: Tonight) -> Stay:
        facts = self.child(key, night.date)
        assert facts is not None
        found = next(one for one in facts.stays if one.ref == stay.ref)
        return found if found.postcode in POSTCODES else stay

    def _known_lately(self, key: ChildKey, stay: Stay, date: dt.date) -> bool:
        for night in self._back_from(date):
            if (date - night.date).days > GRACE_NIGHTS:
                return False
            if not self._told_of(key, stay, night.date):
                continue
            then = self._then(key, stay, night)
            answer = self.standing_with(key, then, night.date)
            if answer == "dumb":
                continue
            return answer in ("here", "elsewhere")
        return False

    def _back_from(self, date: dt.date) -> Iterator[Tonight]:
        while date in self.nights:
            yield self.nights[date]
            date -= dt.timedelta(days=1)


def _open_stays(facts: ChildFacts, date: dt.date) -> tuple[Stay, ...]:
    if _eighteenth(facts.dob) <= date:
        return ()
    adopted = max(
        (
            one.end
            for one in facts.stays
            if one.end_reason in ADOPTED and one.end and one.end <= date
        ),
        default=None,
    )
    found = tuple(one for one in facts.stays if _goes_on(one, facts, date))
    if adopted is not None and all(one.start < adopted for one in found):
        return ()
    return found


def _goes_on(stay: Stay, facts: ChildFacts, date: dt.date) -> bool:
    """Whether the child lives there; an end before the start is a slip of the pen."""
    if stay.is_open(date):
        return True
    slip = stay.end is not None and stay.end < stay.start and not _care_ended(stay)
    return slip and not any(
        one.start >= stay.start for one in facts.stays if one.ref != stay.ref
    )


def _care_ended(stay: Stay) -> bool:
    return (stay.end_reason or "").startswith("E")


def begun(facts: ChildFacts, stay: Stay) -> set[dt.date]:
    """The starts that the stay may be told with: its own, and those of earlier ones
    at the same address that it goes on from within a day."""
    found, later = {stay.start}, [stay]
    while later:
        after = later.pop()
        before = [
            one
            for one in facts.stays
            if one.postcode == stay.postcode
            and one.end is not None
            and one.start <= one.end <= after.start <= one.end + dt.timedelta(days=1)
            and not _care_ended(one)
            and one.start not in found
        ]
        later += before
        found.update(one.start for one in before)
    return found


def may_be_back(facts: ChildFacts, date: dt.date) -> list[Stay]:
    """Stays that ended so lately that nobody need have heard of it yet."""
    if _open_stays(facts, date) or _eighteenth(facts.dob) <= date:
        return []
    return [
        one
        for one in facts.stays
        if one.end is not None
        and not _care_ended(one)
        and one.end <= date <= one.end + dt.timedelta(days=1)
    ]


def _eighteenth(born: dt.date) -> dt.date:
    try:
        return born.replace(year=born.year + 18)
    except ValueError:  # 29 February
        return dt.date(born.year + 18, 3, 1)


def fact_of(facts: ChildFacts, stay: Stay) -> Fact:
    return Fact(
        la=facts.la,
        child_ref=facts.ref,
        forename=facts.forename,
        surname=facts.surname,
        dob=facts.dob.isoformat(),
        postcode=stay.postcode,
        start=stay.start.isoformat(),
        place_code=stay.place_code,
    )
