"""How far readers agree, how quickly they work, and the labels that they leave.

Agreement is Cohen's kappa: how much more often two people say the same than chance
would have them. It is told of no fewer than five readings, which could be put down to
one pair or one afternoon.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from sqlalchemy import Connection, ScalarSelect, and_, func, select

from notifications.documents import Review
from portal import audit
from portal.audit import Action
from portal.clock import london_date
from portal.harm import draw
from portal.permissions import check_agreement
from portal.tables import judgements, reviews, second_readings, users
from portal.visits import Visit

FEWEST = 5
"""Readings below which no agreement is told."""
DAYS = 30

Reading = tuple[str, str]
"""What one and the other said, each as one word; of the same two in the same order."""


@dataclass(frozen=True, slots=True, order=True)
class Reader:
    """Somebody who read pairs. Two of one name are two."""

    name: str
    user_id: UUID


@dataclass(frozen=True, slots=True)
class Twice:
    """A pair that was read twice: by whom, and what each said."""

    first: Reader
    said: str
    second: Reader
    said_again: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of two readers, or of all."""

    who: str
    n: int
    same: int
    """How many readings said the same; 0 where there are too few to tell."""
    kappa: float | None
    """``None`` where there are too few, or all said one and the same thing."""

    @property
    def told(self) -> bool:
        return self.n >= FEWEST


@dataclass(frozen=True, slots=True)
class Throughput:
    """What reviewers did, and what waits."""

    days: tuple[tuple[dt.date, int], ...]
    """Readings of each day, first and second ones; the latest last."""
    minutes: float | None
    """The median from taking a pair to deciding it."""
    timed: int
    waiting: int
    hours_waited: float | None
    """The median of how long the pairs that wait have waited."""
    oldest: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    overall: Agreement
    """Of first readings with second ones, by whomever."""
    pairs: tuple[Agreement, ...]
    """Of each two people, whoever of them read first."""
    throughput: Throughput


@dataclass(frozen=True, slots=True)
class Label:
    """What people settled of two records, by what those say and not whose they are."""

    left_hash: str
    right_hash: str
    decision: str
    split: str
    readers: int
    sample: str
    """``evaluation`` is for measuring a model and never for fitting one."""


def admit(connection: Connection, visit: Visit, action: Action) -> None:
    """The viewer may have what :func:`report` and :func:`labels` give; on record.

    Those read pairs, which the data team may not, and give figures and hashes: they
    are to be called in the standing ``COUNTS``.

    Raises:
        NotForRole: the viewer is neither a reviewer nor of the data team.
    """
    check_agreement(visit.viewer)
    audit.record(connection, visit, action)


def report(connection: Connection, now: dt.datetime) -> Report:
    """Agreement and throughput."""
    read = _read_twice(connection)
    return Report(
        overall=agreement("All readers", [(one.said, one.said_again) for one in read]),
        pairs=each_two(read),
        throughput=_throughput(connection, now),
    )


def each_two(read: Iterable[Twice]) -> tuple[Agreement, ...]:
    """How far each two readers agree, whoever of them was the first.

    Kappa compares what one person says with what another does: so the words go with
    their readers. By who was first and who second they would be mixed, and two who
    never agree would seem to spite each other.
    """
    by_two: dict[tuple[Reader, Reader], list[Reading]] = {}
    for one in read:
        said = ((one.first, one.said), (one.second, one.said_again))
        (left, left_said), (right, right_said) = sorted(said)
        by_two.setdefault((left, right), []).append((left_said, right_said))
    called = Counter((left.name, right.name) for left, right in by_two)
    return tuple(
        agreement(
            _called(two, namesakes=called[two[0].name, two[1].name] > 1), by_two[two]
        )
        for two in sorted(by_two)
    )


def _called(two: tuple[Reader, Reader], *, namesakes: bool) -> str:
    """Both names; where others are called the same, with their pseudonyms."""
    return " and ".join(
        f"{one.name} ({str(one.user_id)[:8]})" if namesakes else one.name for one in two
    )


def agreement(who: str, readings: Sequence[Reading]) -> Agreement:
    """How far two agree, if there are enough readings to tell."""
    n = len(readings)
    if n < FEWEST:
        return Agreement(who, n, 0, None)
    same = sum(first == second for first, second in readings)
    return Agreement(who, n, same, kappa(readings))


def kappa(readings: Sequence[Reading]) -> float | None:
    """Cohen's kappa; ``None`` of no readings, or where chance alone explains all."""
    n = len(readings)
    if not n:
        return None
    observed = sum(first == second for first, second in readings) / n
    firsts = Counter(first for first, _ in readings)
    seconds = Counter(second for _, second in readings)
    expected = sum(firsts[word] * seconds[word] for word in firsts) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def labels(connection: Connection, share: float, evaluation: float) -> list[Label]:
    """Every settled decision, in the order of the pairs' hashes.

    Not what is unsure, and not what still waits for the second reader it was drawn for:
    another word may be coming.
    """
    rows = connection.execute(
        select(
            reviews.c.review_id, reviews.c.body, reviews.c.draw,
            judgements.c.decision, judgements.c.split, _disputes().label("disputes"),
            second_readings.c.reading_id,
        )
        .join(judgements, judgements.c.review_id == reviews.c.review_id)
        .outerjoin(
            second_readings, second_readings.c.judgement_id == judgements.c.judgement_id
        )
        .where(judgements.c.undone_at.is_(None), judgements.c.decision != "unsure")
    )  # fmt: skip
    found = []
    for row in rows:
        if row.draw < share and row.reading_id is None and not row.disputes:
            continue
        pair = Review.model_validate_json(row.body)
        readers = 3 if row.disputes else 1 if row.reading_id is None else 2
        found.append(
            Label(
                pair.left.content_hash,
                pair.right.content_hash,
                row.decision,
                row.split or "",
                readers,
                sample_of(row.review_id, evaluation),
            )
        )
    return sorted(found, key=lambda one: (one.left_hash, one.right_hash))


def sample_of(review_id: UUID, evaluation: float) -> str:
    """Which sample a pair belongs to: always the same one, whoever asks."""
    drawn = draw(review_id, "evaluation") < evaluation
    return "evaluation" if drawn else "training"


def _disputes() -> ScalarSelect[int]:
    disputes = second_readings.alias("disputes")
    return (
        select(func.count())
        .where(
            disputes.c.review_id == reviews.c.review_id, disputes.c.agrees.is_(False)
        )
        .correlate(reviews)
        .scalar_subquery()
    )


def _read_twice(connection: Connection) -> list[Twice]:
    readers = users.alias("readers")
    rows = connection.execute(
        select(
            judgements.c.decision, judgements.c.split,
            users.c.name, users.c.user_id,
            second_readings.c.decision.label("other"),
            second_readings.c.split.label("other_split"),
            readers.c.name.label("other_name"), readers.c.user_id.label("other_id"),
        )
        .select_from(second_readings)
        .join(judgements, judgements.c.judgement_id == second_readings.c.judgement_id)
        .join(users, users.c.user_id == judgements.c.made_by)
        .join(readers, readers.c.user_id == second_readings.c.read_by)
        .order_by(second_readings.c.read_at, second_readings.c.reading_id)
    )  # fmt: skip
    return [
        Twice(
            Reader(row.name, row.user_id), _word(row.decision, row.split),
            Reader(row.other_name, row.other_id), _word(row.other, row.other_split),
        )
        for row in rows
    ]  # fmt: skip


def _word(decision: str, split: str | None) -> str:
    return decision if split is None else f"{decision}.{split}"


def _throughput(connection: Connection, now: dt.datetime) -> Throughput:
    today = london_date(now)
    since = now - dt.timedelta(days=DAYS + 1)
    made = connection.execute(
        select(judgements.c.made_at, judgements.c.taken_at).where(
            judgements.c.made_at > since
        )
    ).all()
    read = connection.scalars(
        select(second_readings.c.read_at).where(second_readings.c.read_at > since)
    )
    counted = Counter(london_date(at) for at in (*(one.made_at for one in made), *read))
    spent = [
        (one.made_at - one.taken_at).total_seconds() / 60
        for one in made
        if one.taken_at is not None and one.taken_at < one.made_at
    ]
    arrived = _arrivals_of_what_waits(connection)
    waited = [(now - at).total_seconds() / 3600 for at in arrived]
    days = [today - dt.timedelta(days=back) for back in reversed(range(DAYS))]
    return Throughput(
        days=tuple((day, counted[day]) for day in days),
        minutes=median(spent) if spent else None,
        timed=len(spent),
        waiting=len(arrived),
        hours_waited=median(waited) if waited else None,
        oldest=min(arrived, default=None),
    )


def _arrivals_of_what_waits(connection: Connection) -> list[dt.datetime]:
    standing = and_(
        judgements.c.review_id == reviews.c.review_id, judgements.c.undone_at.is_(None)
    )
    rows: Iterable[dt.datetime] = connection.scalars(
        select(reviews.c.received_at)
        .select_from(reviews.outerjoin(judgements, standing))
        .where(judgements.c.judgement_id.is_(None))
    )
    return list(rows)
