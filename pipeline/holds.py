"""What tonight keeps back: a crowd of notices, or a first night's stock."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from notifications.brake import brake, keep_waiting, schedule_baseline
from notifications.outcome import ChildOutcome, Notice, PointerOutcome
from pipeline.clock import business_date
from pipeline.run import Run

log = logging.getLogger("crossborder.alert")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The night's notices; some of them wait."""

    outcomes: tuple[ChildOutcome, ...]
    pointers: PointerOutcome
    baseline: bool
    """Whether the night takes the stock, as asked or as the date was first run."""
    why: str | None
    """Why the surge brake grips, for whoever must release."""
    made_before: frozenset[UUID]
    """Notices that an earlier night made and held: decided again, not made tonight."""
    still: str | None
    """What an earlier night's brake holds on, which nobody has released yet."""


def hold_back(
    run: Run, outcomes: tuple[ChildOutcome, ...], pointers: PointerOutcome
) -> HeldBack:
    """The night's outcomes with the holds of its notices.

    Sentinels are never kept back. What an earlier night held and nobody released
    waits on. Under ``--baseline`` the rest waits for its day; otherwise the surge
    brake looks at it.
    """
    from pipeline.sentinels import apart
    from register.engine import reading
    from register.waiting import made_before, waiting

    notices = [one for outcome in outcomes for one in outcome.notices]
    notices += pointers.notices
    sentinels = run.region.directory().sentinels
    notices, tests = apart(notices, sentinels)
    with reading(run.register) as connection:
        kept = keep_waiting(notices, waiting(connection, run.business_date))
        earlier = made_before(connection, run.business_date)
    why, still = None, _still(run, kept)
    baseline = run.baseline or _was_baseline(run)
    if baseline:
        # a stock taken days after its date is not all due at once
        begins = max(run.business_date, business_date(run.now))
        kept = schedule_baseline(kept, run.region.policy, begins)
    else:
        kept, why = _braked(run, kept)
    held = {one.notification_id: one for one in (*kept, *tests)}
    return HeldBack(
        outcomes=tuple(
            replace(outcome, notices=_of(held, outcome.notices)) for outcome in outcomes
        ),
        pointers=replace(pointers, notices=_of(held, pointers.notices)),
        baseline=baseline,
        why=why,
        made_before=earlier,
        still=still,
    )


def _still(run: Run, kept: Iterable[Notice]) -> str | None:
    """One sentence each night, and an alert, until somebody releases them."""
    number = sum(one.hold is not None and one.hold.by == "surge" for one in kept)
    if not number:
        return None
    said = (
        f"The surge brake still holds notices of earlier nights, {number:,} of them: "
        "look why, then crossborder release"
    )
    log.error("%s %s: %s", run.region.region, run.business_date, said)
    return said


def _of(held: dict[UUID, Notice], notices: Iterable[Notice]) -> tuple[Notice, ...]:
    return tuple(held[one.notification_id] for one in notices)


def _was_baseline(run: Run) -> bool:
    """Whether an earlier run of the date took the stock: the date again still does."""
    from register.runs import runs

    with run.register.connect() as connection:
        earlier = runs(connection, run.region.region)
    return any(
        one.baseline for one in earlier if one.business_date == run.business_date
    )


def _braked(
    run: Run, notices: tuple[Notice, ...]
) -> tuple[tuple[Notice, ...], str | None]:
    from register.engine import reading
    from register.volumes import load_history

    surge = run.region.policy.surge
    with reading(run.register) as connection:
        history = load_history(
            connection, run.region.region, run.business_date, surge.nights
        )
    braked = brake(notices, history, run.versions(), surge)
    if braked.why is not None:
        log.error("%s %s: %s", run.region.region, run.business_date, braked.why)
    return braked.notices, braked.why
