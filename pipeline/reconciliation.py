"""What the night's four sources disagree about, as tasks, a table and counts."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from notifications.documents import Obligation
from notifications.hosted import PlacedChild, Voice, attributed
from notifications.matters import matters
from notifications.outcome import ChildOutcome
from notifications.owing import OpenObligation
from notifications.reconcile import Accounts, Disagreement, Sources, reconcile
from notifications.shields import Shield
from pipeline import cases, hosted, tonight
from pipeline.run import Run
from pipeline.tonight import Tonight
from records.authorities import AuthorityKind
from records.schemas import conform
from records.verdicts import FileOutcome

FILES = {
    Voice.HOME: ("home_notices.csv", "home_notices"),
    Voice.REGISTER: ("children_placed_here.csv", "children_placed_here"),
}

RECONCILIATION = pa.schema(
    [
        pa.field("key", pa.string(), nullable=False),
        pa.field("difference", pa.string(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("owner", pa.string(), nullable=False),
        pa.field("placing_la", pa.string(), nullable=False),
        pa.field("voice", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("placement_ref", pa.string()),
        pa.field("child_ref", pa.string()),
        pa.field("source_ref", pa.string()),
        pa.field("police", pa.string()),  # the placement's state tonight
        pa.field("since", pa.date32(), nullable=False),
    ]
)
"""``reconciliation.parquet``: a row for each disagreement that holds tonight."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the sources' disagreements come to tonight."""

    matters: tuple[Obligation, ...]
    """Tasks made and tasks met; one that still stands is not repeated."""
    table: pa.Table
    counts: Mapping[str, int]


def reconcile_tonight(
    run: Run,
    pictures: Mapping[str, Tonight],
    tables: Mapping[str, pa.Table],
    facts: cases.NightFacts,
    outcomes: tuple[ChildOutcome, ...],
    shields: tuple[Shield, ...],
) -> Reconciled:
    """Holds the placing authorities, homes, hosts and forces against each other."""
    from register.engine import reading
    from register.memory import load_matters

    rulebook = run.rulebook()
    night = hosted.NightAccounts(
        tables, facts, outcomes, rulebook, run.business_date, shields
    )
    sources = sources_of(run, pictures)
    children = hosted.placed_children(night)
    said = hosted.said_by_hosts(night)
    flagged = [
        one
        for force in run.region.of_kind(AuthorityKind.POLICE)
        if pictures[force].usable
        for one in hosted.flagged_nominals(
            night, force, tonight.tables_of(run, pictures[force]), children
        )
    ]
    accounts = Accounts(children, attributed(said, children), flagged)
    policy = rulebook.policy.reconciliation
    found = reconcile(accounts, sources, policy, run.business_date)
    with reading(run.register) as connection:
        open_ = load_matters(connection, run.business_date)
    tasks = matters(found, open_, sources, rulebook, run.business_date)
    return Reconciled(
        matters=tasks,
        table=_table(found, children, open_, run.business_date),
        counts={
            "disagreements": len(found),
            **_by_difference(found),
            "rows_of_hosts": len(said),
            "rows_naming_no_authority": sum(one.placing_la is None for one in said),
        },
    )


def sources_of(run: Run, pictures: Mapping[str, Tonight]) -> Sources:
    """Who speaks tonight, and who spoke before and is waited for."""
    speaking: set[tuple[Voice, str]] = set()
    waiting: set[tuple[Voice, str]] = set()
    for code, picture in pictures.items():
        if run.region.authorities[code].kind is AuthorityKind.POLICE:
            (speaking if picture.usable else waiting).add((Voice.POLICE, code))
            continue
        for voice, (file, table) in FILES.items():
            if picture.usable and file_was_read(run, code, file):
                speaking.add((voice, code))
            elif tonight.tables_of(run, picture)[table].num_rows:
                waiting.add((voice, code))
    las = run.region.of_kind(AuthorityKind.CHILDREN)
    return Sources(
        speaking=frozenset(speaking),
        waiting=frozenset(waiting),
        placing=frozenset(code for code in las if pictures[code].usable),
        members=frozenset(run.region.authorities),
    )


def file_was_read(run: Run, authority: str, name: str) -> bool:
    """Whether tonight's extract had a file of this name and it could be read."""
    verdict = run.workspace.read_json("verdicts", f"{authority}.json") or {}
    read = {FileOutcome.ACCEPTED, FileOutcome.PARTLY_ACCEPTED}
    return any(
        file["file"].casefold() == name and file["outcome"] in read
        for file in verdict.get("files", ())
    )


def _table(
    found: Iterable[Disagreement],
    children: Iterable[PlacedChild],
    open_: Mapping[str, OpenObligation],
    on: dt.date,
) -> pa.Table:
    police = {
        placed.placement_ref: placed.police
        for child in children
        for placed in child.placements
        if placed.police is not None
    }
    rows: list[dict[str, object]] = [
        {
            "key": one.key,
            "difference": one.difference.value,
            "rule": one.difference.rule,
            "owner": one.owner,
            "placing_la": one.placing_la,
            "voice": one.voice.value,
            "source": one.source,
            "placement_ref": one.placement_ref,
            "child_ref": one.child_ref,
            "source_ref": one.source_ref,
            "police": police.get(one.placement_ref or ""),
            "since": open_[one.key].created_on if one.key in open_ else on,
        }
        for one in found
    ]
    return conform(rows, RECONCILIATION)


def _by_difference(found: Iterable[Disagreement]) -> dict[str, int]:
    kinds = Counter(one.difference.value.replace("-", "_") for one in found)
    return {f"disagreement_{name}": count for name, count in sorted(kinds.items())}
