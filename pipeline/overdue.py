"""Tasks of earlier nights that nobody has met by tonight."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from notifications.documents import Obligation
from notifications.overdue import escalated
from notifications.rulebook import Rulebook
from pipeline.run import Run


@dataclass(frozen=True, slots=True)
class Overdue:
    """Tasks that name a more senior post from tonight."""

    tasks: tuple[Obligation, ...]
    matters: tuple[Obligation, ...]


def overdue_tasks(run: Run, rulebook: Rulebook, said: Collection[UUID]) -> Overdue:
    """What is overdue by tonight and of which tonight says nothing else."""
    from register.engine import reading
    from register.obligations import open_tasks

    with reading(run.register) as connection:
        found = open_tasks(connection, run.region.region, run.business_date)
    tasks: list[Obligation] = []
    matters: list[Obligation] = []
    for one in found:
        if one.document.obligation_id in said:
            continue
        risen = escalated(one.document, rulebook, run.business_date)
        if risen is not None:
            (matters if one.is_matter else tasks).append(risen)
    return Overdue(tuple(tasks), tuple(matters))
