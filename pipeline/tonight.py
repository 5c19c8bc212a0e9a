"""Which data each authority's part of the night rests on, and how good it is."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from notifications.facts import HostExtract
from pipeline.run import Run
from records.authorities import AuthorityKind
from records.schemas import CHILDREN_TABLES, POLICE_TABLES, brought_up, empty


@dataclass(frozen=True, slots=True)
class Tonight:
    """One authority's data tonight."""

    authority: str
    usable: bool
    """Whether tonight's own extract arrived and may decide."""
    reason: str
    as_of: dt.date | None
    """The date of the data that stands; ``None`` when there never was any."""
    folder: str | None
    """Where the picture that stands is, relative to the workspace's root."""

    def as_dict(self) -> dict[str, Any]:
        """As ``standardise/pictures.json`` keeps it."""
        return {
            "authority": self.authority,
            "usable": self.usable,
            "reason": self.reason,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "folder": self.folder,
        }


def of_verdict(run: Run, authority: str) -> Tonight:
    """Tonight's picture when its extract is usable.

    Otherwise the last good picture stands, with whomever tonight's files say to
    shield: a local authority's with its date; a force's only to shield by, since it
    decides nothing (contracts: where extracts arrive).
    """
    verdict = run.workspace.read_json("verdicts", f"{authority}.json")
    usable = verdict is not None and verdict["outcome"] == "usable"
    here = (
        run.workspace.folder / ("extract" if usable else "standing") / authority
    ).relative_to(run.root)
    if usable:
        return Tonight(
            authority=authority,
            usable=True,
            reason="",
            as_of=dt.date.fromisoformat(verdict["as_of"]),
            folder=here.as_posix(),
        )
    reason = (
        f"extract {verdict['outcome']}: {verdict['reason']}"
        if verdict
        else "extract was not read"
    )
    from register.pictures import last_good

    with run.register.connect() as connection:
        found = last_good(connection, authority, run.business_date)
    last = found.path if found else None
    return Tonight(
        authority=authority,
        usable=False,
        reason=reason,
        as_of=found.as_of if found else None,
        folder=here.as_posix() if verdict else last,
    )


def keep(run: Run, pictures: dict[str, Tonight]) -> None:
    """Leaves the list for the stages that follow."""
    run.workspace.write_json(
        {code: one.as_dict() for code, one in pictures.items()},
        "standardise", "pictures.json",
    )  # fmt: skip


def kept(run: Run) -> dict[str, Tonight]:
    """The list that ``standardise`` left."""
    from pipeline.errors import NothingBefore

    content = run.workspace.read_json("standardise", "pictures.json")
    if content is None:
        raise NothingBefore("standardise has not run: run that stage first")
    return {
        code: Tonight(
            **{
                **one,
                "as_of": dt.date.fromisoformat(one["as_of"]) if one["as_of"] else None,
            }
        )
        for code, one in content.items()
    }


def host_extracts(pictures: dict[str, Tonight], run: Run) -> dict[str, HostExtract]:
    """Tonight's verdict on each force, as the rules read it."""
    return {
        force: HostExtract(
            force=force,
            usable=pictures[force].usable,
            reason=pictures[force].reason,
            as_of=pictures[force].as_of if pictures[force].usable else None,
        )
        for force in run.region.of_kind(AuthorityKind.POLICE)
    }


def tables_of(run: Run, tonight: Tonight) -> dict[str, pa.Table]:
    """The picture that stands; empty tables when there never was one."""
    kind = run.region.authorities[tonight.authority].kind
    schemas = POLICE_TABLES if kind is AuthorityKind.POLICE else CHILDREN_TABLES
    held = {name: empty(schema) for name, schema in schemas.items()}
    if tonight.folder is None:
        return held
    # An older one may lack a table or a column that came later.
    for name, table in run.workspace.read_tables(run.root / tonight.folder).items():
        held[name] = brought_up(table, schemas[name]) if name in schemas else table
    return held
