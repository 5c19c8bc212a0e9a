"""What is carried out of the region by hand, and what another region handed in.

A package is a fact of its own, not of a night: that it was handed over outlasts a night
that is run again, and meets the task to carry it every time.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update

from notifications.documents import (
    Kind,
    Notification,
    Obligation,
    Withdrawal,
    body,
)
from register.calls import outgoing
from register.engine import take_turns, writing
from register.obligations import carried, change
from register.outbox import enqueue, in_batches
from register.runs import newest_runs
from register.tables import (
    imported,
    notification,
    outbox,
    package,
    packaged,
    run,
)


class UnknownPackageError(LookupError):
    """No package has that id."""


class PackageConflictError(ValueError):
    """A package or an imported notice came again with other content."""


@dataclass(frozen=True, slots=True)
class Export:
    """A document that waits to be packed."""

    notification_id: UUID
    """A retraction's own."""
    kind: Kind
    recipient: str
    placing_la: str | None
    placement_ref: str | None
    created_on: dt.date
    body: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """A file of documents for one recipient outside the region."""

    package_id: str
    recipient: str
    created_at: dt.datetime
    sha256: str
    documents: int
    handed_over_at: dt.datetime | None = None
    handed_over_by: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A package that another region handed in."""

    package_id: str
    from_region: str
    recipient: str
    imported_at: dt.datetime


def waiting_exports(connection: Connection) -> tuple[Export, ...]:
    """What waits to be packed: by recipient, and then in the order of the outbox."""
    rows = connection.execute(
        select(outbox.c.document_id)
        .where(outbox.c.destination == "export", outbox.c.state == "waiting")
        .order_by(outbox.c.outbox_id)
    )
    line = {UUID(row.document_id): place for place, row in enumerate(rows)}
    found: list[Export] = []
    for some in in_batches(sorted(line)):
        found += [
            Export(
                notification_id=row.notification_id,
                kind=Kind(row.kind),
                recipient=row.recipient,
                placing_la=row.placing_la,
                placement_ref=row.placement_ref,
                created_on=row.created_on,
                body=row.body,
            )
            for row in connection.execute(
                select(notification).where(notification.c.notification_id.in_(some))
            )
        ]
    return tuple(
        sorted(found, key=lambda one: (one.recipient, line[one.notification_id]))
    )


def record_package(
    engine: Engine, made: Package, notification_ids: Sequence[UUID]
) -> bool:
    """Write down that documents are packed; whether that is new.

    They wait no longer: from here on a person carries them.

    Raises:
        PackageConflictError: the id is taken by another package, or a document is not
            in line for the package's recipient.
    """
    with writing(engine) as connection:
        take_turns(connection, "packages")
        held = connection.execute(
            select(package.c.sha256).where(package.c.package_id == made.package_id)
        ).one_or_none()
        if held is not None:
            if held.sha256 != made.sha256:
                raise PackageConflictError(
                    f"package {made.package_id} was made before with other content; "
                    "give the new one an id of its own"
                )
            return False
        waiting = {
            one.notification_id
            for one in waiting_exports(connection)
            if one.recipient == made.recipient
        }
        others = set(notification_ids) - waiting
        if others:
            raise PackageConflictError(
                f"{len(others)} documents of package {made.package_id} do not wait to "
                f"be carried to {made.recipient}; make it again from what waits"
            )
        connection.execute(insert(package).values(asdict(made)))
        if not notification_ids:
            return True
        connection.execute(
            insert(packaged),
            [
                {"package_id": made.package_id, "notification_id": one}
                for one in notification_ids
            ],
        )
        for some in in_batches([str(one) for one in notification_ids]):
            connection.execute(
                update(outbox)
                .where(
                    outbox.c.destination == "export",
                    outbox.c.state == "waiting",
                    outbox.c.document_id.in_(some),
                )
                .values(state="delivered", settled_at=made.created_at)
            )
    return True


def packages(connection: Connection) -> tuple[Package, ...]:
    """Every package, the oldest first."""
    rows = connection.execute(
        select(package).order_by(package.c.created_at, package.c.package_id)
    )
    return tuple(Package(**row._mapping) for row in rows)


def hand_over(
    engine: Engine, package_id: str, by: str, at: dt.datetime
) -> tuple[Obligation, ...]:
    """Write down that a package was passed on, and the tasks that are met by it.

    A task to carry is met when every document that it is about was handed over. It is
    put in line for the portal in the same transaction. Handing over a second time does
    nothing, and the first name stays.

    Raises:
        UnknownPackageError: there is no such package.
    """
    with writing(engine) as connection:
        for region in connection.scalars(select(run.c.region).distinct()).all():
            take_turns(connection, f"night:{region}")
        done = connection.execute(
            update(package)
            .where(
                package.c.package_id == package_id, package.c.handed_over_at.is_(None)
            )
            .values(handed_over_at=at, handed_over_by=by)
        )
        if not done.rowcount:
            _require_package(connection, package_id)
            return ()
        met: list[Obligation] = []
        for region, night in newest_runs(connection).items():
            found = carried(connection, region)
            change(connection, found, *night)
            documents = [outgoing(one, night[1]) for one in found]
            enqueue(connection, documents, at)
            met += found
    return tuple(met)


def record_import(
    engine: Engine, received: Imported, documents: Sequence[Notification | Withdrawal]
) -> tuple[UUID, ...]:
    """Keep what another region handed in, and put it in line for the portal.

    Which documents were new; one that came before with the same bytes adds nothing.

    Raises:
        PackageConflictError: one came before with other bytes, is a notice of this
            region, or is to another recipient.
    """
    new: dict[UUID, Notification | Withdrawal] = {}
    with writing(engine) as connection:
        take_turns(connection, "packages")
        for one in documents:
            key = _own_id(one)
            to = one.recipient if isinstance(one, Notification) else received.recipient
            if to != received.recipient:
                raise PackageConflictError(
                    f"package {received.package_id} is for {received.recipient} and "
                    f"holds notice {key} to {to}; ask {received.from_region} for a "
                    "right one"
                )
            before = connection.scalar(
                select(imported.c.body).where(imported.c.notification_id == key)
            )
            ours = connection.scalar(
                select(notification.c.notification_id).where(
                    notification.c.notification_id == key
                )
            )
            if ours is not None or before not in (None, body(one)):
                raise PackageConflictError(
                    f"notice {key} of package {received.package_id} is known with "
                    f"other content; ask {received.from_region} which one holds"
                )
            if before is None:
                new[key] = one
        if new:
            connection.execute(
                insert(imported),
                [
                    {**asdict(received), "notification_id": key, "body": body(one)}
                    for key, one in new.items()
                ],
            )
            lines = [outgoing(one, one.created_on) for one in new.values()]
            enqueue(connection, lines, received.imported_at)
    return tuple(new)


def _own_id(document: Notification | Withdrawal) -> UUID:
    if isinstance(document, Withdrawal):
        return document.retraction_id
    return document.notification_id


def _require_package(connection: Connection, package_id: str) -> None:
    known = select(package.c.package_id).where(package.c.package_id == package_id)
    if connection.scalar(known) is None:
        raise UnknownPackageError(
            f"there is no package {package_id}; see which were written"
        )
