"""Open tasks that name a more senior post as time goes by, at night and between."""

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, func, select

from notifications.documents import Obligation
from register.calls import outgoing
from register.engine import reading, take_turns, writing
from register.history import runs_of
from register.obligations import change
from register.outbox import enqueue
from register.runs import newest_runs
from register.tables import obligation, run

Risen = Callable[[Obligation, dt.datetime], Obligation | None]
"""Of a task and when it was first written down: the task as it stands by now, if that
is higher than it stood."""


def escalate(
    engine: Engine, region: str, risen: Risen, at: dt.datetime
) -> tuple[Obligation, ...]:
    """Write down which of a region's open tasks stand higher, and put them in line.

    It counts as of the newest night, so that the next one knows of it. Once written a
    step is not reached again: the same pass again, or a night after it, says nothing.
    """
    with reading(engine) as connection:
        if not _rise(connection, region, risen, at):
            return ()
    with writing(engine) as connection:
        take_turns(connection, f"night:{region}")
        found = _rise(connection, region, risen, at)
        run_id, business_date = newest_runs(connection)[region]
        tasks = [task for task, _ in found]
        change(
            connection,
            tasks,
            run_id,
            business_date,
            matters={task.obligation_id for task, is_matter in found if is_matter},
        )
        enqueue(connection, [outgoing(one, business_date) for one in tasks], at)
    return tuple(tasks)


def _rise(
    connection: Connection, region: str, risen: Risen, at: dt.datetime
) -> Sequence[tuple[Obligation, bool]]:
    """What stands higher by now, and whether that is about a matter."""
    earlier = obligation.alias()
    made_at = (
        select(func.min(run.c.recorded_at))
        .join(earlier, earlier.c.run_id == run.c.run_id)
        .where(earlier.c.obligation_id == obligation.c.obligation_id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(obligation.c.body, obligation.c.matter, made_at.label("made_at"))
        .where(
            obligation.c.until.is_(None),
            obligation.c.met_on.is_(None),
            obligation.c.due_at < at,
            obligation.c.run_id.in_(runs_of(region)),
        )
        .order_by(obligation.c.obligation_id)
    )
    found = (
        (
            risen(Obligation.model_validate_json(row.body), row.made_at),
            row.matter is not None,
        )
        for row in rows
    )
    return [(task, is_matter) for task, is_matter in found if task is not None]
