"""A region over many nights: a seeded life, two passes a day, and outages."""

import datetime as dt
import random

import deeds
import life
from histories import History
from little_facts import NominalFacts
from little_places import FORCES, LOCAL_AUTHORITIES
from little_region import LittleRegion
from sqlalchemy import Engine

CHILDREN = 16
"""About so many are looked after at any time."""
HAPPENINGS = (
    *life.CHILDREN, life.move, life.leave_care, life.correct_name, *life.SHIELDS,
    *deeds.POLICE, deeds.force_meets, deeds.judge, deeds.undo,
)  # fmt: skip
AUTHORITIES = (*LOCAL_AUTHORITIES, *FORCES)
PASSES = (9, 17)


def live(engine: Engine, nights: int, seed: int) -> History:
    """So many nights, every one of them held to the laws; the clocks at the end."""
    chance = random.Random(seed)  # noqa: S311 - a life, not a secret
    history = History(LittleRegion(engine))
    for _ in range(CHILDREN):
        _happens(history, life.arrive, chance)
    outage = unchecked = 0
    for _ in range(nights):
        outage = _portal(history, chance, outage)
        _day(history, chance)
        history.night(_missing(chance))
        if chance.random() < 0.05:
            history.night_again()
        for hour in PASSES:
            _answer(history, chance)
            history.later_that_day(hour)
        unchecked += 1
        if unchecked > 100 and not outage and history.passes[-1].well:
            history.hold_to_the_clocks()
            unchecked = 0
    deeds.portal_recovers(history.region, 0, 0)
    for _ in range(3):
        history.night()
    history.hold_to_the_clocks()
    return history


def _day(history: History, chance: random.Random) -> None:
    while len(history.region.children) < CHILDREN:
        _happens(history, life.arrive, chance)
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        _happens(history, chance.choice(HAPPENINGS), chance)


def _happens(history: History, happening, chance: random.Random) -> None:
    history.happens(happening, chance.randrange(1_000), chance.randrange(1_000))


def _missing(chance: random.Random) -> frozenset[str]:
    return frozenset(one for one in AUTHORITIES if chance.random() < 0.02)


def _portal(history: History, chance: random.Random, outage: int) -> int:
    """Down for up to three nights, about twice a month."""
    if outage:
        if outage == 1:
            history.happens(deeds.portal_recovers, 0, 0)
        return outage - 1
    if chance.random() < 0.06:
        history.happens(deeds.portal_fails, 0, 0)
        return chance.randint(1, 3)
    return 0


def _answer(history: History, chance: random.Random) -> None:
    """Somebody answers a notice of the last days; most type the token in as well."""
    region = history.region
    region.now += dt.timedelta(minutes=chance.randrange(30))
    answered = {one["subject"] for one in region.portal.feed}
    lately = [
        one
        for one in list(history.ledger.told.values())[-60:]
        if one.notification_id not in answered
    ]
    if not lately or chance.random() < 0.5:
        return
    told = chance.choice(lately)
    if chance.random() < 0.05:
        region.portal.say(
            "receipt.disputed", told.notification_id,
            agency=told.recipient, actor="u3", reason="wrong_facts",
        )  # fmt: skip
        return
    reference = f"REF-{region.number()}"
    region.portal.say(
        "receipt.acknowledged", told.notification_id,
        agency=told.recipient, actor="u3", reference=reference,
        recorded_on=region.now.date().isoformat(),
    )  # fmt: skip
    if told.recipient in FORCES and chance.random() < 0.7:
        token = told.document["recording_token"]
        region.put_nominal(
            NominalFacts(
                force=told.recipient,
                ref=f"N{region.number()}",
                child=("", ""),
                probability=0.01,
                written=(token if chance.random() < 0.5 else reference,),
            )
        )
