"""A region and the model side by side: each night is worked, then held to the laws."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from beliefs import BrokenLaw, Ledger
from clock_laws import check_clocks
from crashes import RETRY_AFTER, watched
from due_laws import Held, check_due_dates
from failpoints import Failpoints, PowerFailure
from laws import Sight, check_beliefs, check_shields
from little_facts import ChildKey
from little_night import decisions
from little_region import LittleRegion
from model import Model, Word
from seen import Pass, Seen
from sqlalchemy import and_, func, or_, select

from notifications.loop import is_at_rest
from register.engine import reading
from register.following import load_awake, load_followed
from register.holds import is_held
from register.tables import notification, outbox


@dataclass
class Tally:
    """How much was really held to the laws, over many histories."""

    say: Callable[[str], None] = field(default=lambda _words: None, repr=False)
    """Where a long campaign tells how far it is."""
    histories: int = 0
    nights: int = 0
    checked: int = 0
    """Nights and passes after which nothing was on its way, so that beliefs count."""
    claims: int = 0
    """What recipients may believe, counted at each of these."""
    broken: int = 0
    """Histories that broke a law: the first, and what it is made shorter by."""

    def begins(self) -> None:
        self.histories += 1
        if self.histories % 50 == 0:
            self.say(str(self))

    def breaks(self, words: str) -> None:
        """The first is told at once: to make it shorter may take an hour."""
        self.broken += 1
        if self.broken == 1:
            self.say(words)


@dataclass
class History:
    region: LittleRegion
    tally: Tally = field(default_factory=Tally)
    model: Model = field(default_factory=Model)
    ledger: Ledger = field(default_factory=Ledger)
    story: list[str] = field(default_factory=list)
    nights: int = 0
    passes: list[Pass] = field(default_factory=list)

    def happens(self, happening, a: int, b: int) -> None:
        words = happening(self.region, a, b)
        if words:
            self.story.append(words)

    def night(
        self, missing: frozenset[str] = frozenset(), *, baseline: bool = False
    ) -> None:
        """The next night, and all that must hold after it."""
        how = f", without {', '.join(sorted(missing))}" if missing else ""
        how += ", taking the stock" if baseline else ""
        self.story.append(f"— night {self.region.today}{how}")
        self.region.see(missing, baseline=baseline)
        self._worked(1)
        self.nights += 1
        self.tally.nights += 1

    def night_again(self) -> None:
        """The night that was just worked once more: the same, to the byte."""
        if self.region.tonight is None:
            return
        self.story.append(f"— night {self.region.tonight.date} again")
        before = decisions(self.region)
        count = self._count()
        result = self._worked(2)
        again = decisions(self.region)
        self._require(before == again, "the same night decided otherwise")
        found = (*result.new, *result.dropped, *result.left_standing, *result.frozen,
                 *result.let_go)  # fmt: skip
        self._require(not found, f"the same night changed {found}")
        self._require(count == self._count(), "the same night made other notices")

    def night_cut_short(self, step: int) -> None:
        """The next night, in which the power fails; then the same night, whole."""
        self.story.append(f"— night {self.region.today}, cut short at step {step}")
        self.region.see()
        points = Failpoints(at={step})
        try:
            with watched(self.region, points):
                self._worked(1)
        except PowerFailure as failure:
            self.story.append(f"  power failed {failure}; the night is worked again")
            self.region.engine.dispose()
            self.region.now += RETRY_AFTER
            self._worked(1)
        self.nights += 1
        self.tally.nights += 1

    def later_that_day(self, hour: int) -> None:
        if self.region.tonight is None:
            return
        self.story.append(f"— pass at {hour}:15")
        self.region.day_pass(hour, 15)
        self._hold_to_the_laws()

    def _worked(self, ordinal: int):
        region = self.region
        try:
            region.collect()
            if ordinal == 1:
                self.model.saw(
                    region.tonight, words_of(region.portal.feed[: region.heard])
                )
            result = region.decide(ordinal)
            region.clocks()
            region.publish()
        except BrokenLaw:
            raise
        except Exception as error:
            self.tally.breaks(f"{error!r}\n{self.tale()}")
            error.add_note(self.tale())
            raise
        self._hold_to_the_laws()
        return result

    def seen(self) -> Seen:
        """What the calendar is held against."""
        return Seen(self.model, self.ledger, self.region.portal.feed, self.passes)

    def hold_to_the_clocks(self) -> tuple[int, Held]:
        """Every reminder and task so far came at its hour, of so many notices; and all
        that was said to be due, of so many things, is due then."""
        try:
            held = check_due_dates(self.seen())
            return check_clocks(self.seen()), held
        except BrokenLaw as broken:
            raise self._broken(str(broken)) from None

    def _hold_to_the_laws(self) -> None:
        region = self.region
        waiting = self._waiting()
        self.passes.append(
            Pass(region.now, region.tonight.date, region.heard, not waiting)
        )
        self._require(self._forgets_nothing(), "a pass forgot what may be due")
        try:
            arrived = self.ledger.read(region.portal.arrivals)
            check_shields(self.model, arrived, region.tonight.date)
            if region.portal.refusals:
                raise BrokenLaw("\n".join(region.portal.refusals))
            if not waiting:
                sight = Sight(region.tonight.date, region.now, self._held())
                self.tally.checked += 1
                self.tally.claims += check_beliefs(self.model, self.ledger, sight)
        except BrokenLaw as broken:
            raise self._broken(str(broken)) from None

    def _forgets_nothing(self) -> bool:
        """Whether a pass finds all that reading every row there ever was finds."""
        from plain_following import load_plainly

        with reading(self.region.engine) as connection:
            every = load_plainly(connection)
            awake = tuple(one for one in every if not is_at_rest(one))
            return (load_followed(connection), load_awake(connection)) == (every, awake)

    def _require(self, holds: bool, words: str) -> None:
        if not holds:
            raise self._broken(words)

    def _broken(self, words: str) -> BrokenLaw:
        told = f"{words}\n\nWhat happened:\n{self.tale()}"
        self.tally.breaks(told)
        return BrokenLaw(told)

    def _waiting(self) -> int:
        with reading(self.region.engine) as connection:
            return connection.scalar(
                select(func.count()).where(
                    outbox.c.state == "waiting", outbox.c.destination == "portal"
                )
            )

    def _held(self) -> frozenset[tuple[str, ChildKey]]:
        """Whom an operator or a schedule keeps waiting, and about which child."""
        with reading(self.region.engine) as connection:
            rows = connection.execute(
                select(
                    notification.c.recipient,
                    notification.c.placing_la,
                    notification.c.child_ref,
                ).where(
                    or_(
                        and_(is_held(), notification.c.held_by != "review"),
                        notification.c.notification_id.in_(_dead(connection)),
                    )
                )
            ).all()
        return frozenset((row[0], (row[1], row[2])) for row in rows)

    def _count(self) -> int:
        with reading(self.region.engine) as connection:
            return connection.scalar(
                select(func.count()).where(notification.c.dropped_by.is_(None))
            )

    def tale(self) -> str:
        return "\n".join(f"  {line}" for line in self.story[-60:])


def _dead(connection) -> list[UUID]:
    """Notices that the portal refused, taken back or replaced or not."""
    letters = connection.execute(
        select(outbox.c.kind, outbox.c.document_id).where(outbox.c.state == "dead")
    )
    return [
        UUID(row.document_id)
        for row in letters
        if row.kind in {"notification", "withdrawal"}
    ]


def words_of(feed: list[dict]) -> tuple[Word, ...]:
    """The judgements of a feed that were not undone."""
    made: dict[str, Word] = {}
    for one in feed:
        data = one["data"]
        if one["type"] == "judgement.made":
            made[one["id"]] = Word(
                event_id=one["id"],
                child=(data["left_authority"], data["left_ref"]),
                child_hash=data["left_hash"],
                nominal=(data["right_authority"], data["right_ref"]),
                nominal_hash=data["right_hash"],
                decision=data["decision"],
            )
        elif one["type"] == "judgement.undone":
            made.pop(data["judgement"], None)
    return tuple(made.values())
