"""One authority's extract of one night becomes its picture, or says why it can't.

What an extract can be
    *missing*: nothing arrived. *refused*: the manifest or a file that the kind can't do
    without is not there or can't be trusted. *not usable*: it can be read and may not
    decide tonight, since it is stale, short, incomplete, or does not say who must be
    shielded. *usable*: all the rest; what was wrong with single rows is in the rejects.

Bad data never raises: it is answered with verdicts.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from connectors import expectations as normal
from connectors.answers import all_refused, check_balance, noted
from connectors.companions import COMPANIONS
from connectors.config import SourceConfig
from connectors.conformed import Conformed, SourceFile, refused, together
from connectors.csvfiles import FileRefused
from connectors.inbox import (
    Delivery,
    TransportError,
    checked,
    fetch,
    unlisted,
)
from connectors.kinds import CONFORMERS
from connectors.manifest import (
    Manifest,
    belongs_elsewhere,
    incomplete,
    read_manifest,
    stale,
)
from connectors.picture import (
    COMPANION_TABLES,
    DERIVED_TABLES,
    OWN_REFS,
    Arrived,
    Picture,
    complete,
    main_table,
    merge_delta,
    merge_snapshot,
)
from connectors.refs import distinct, refs, without
from connectors.shielding import unsure_who_is_shielded, with_new_shields
from records.verdicts import ExtractOutcome, ExtractVerdict, FileVerdict, Reject


@dataclass(frozen=True, slots=True)
class Extract:
    """What became of an extract, and what is held of the authority after it."""

    verdict: ExtractVerdict
    tables: Mapping[str, pa.Table]
    """Every table of ``CHILDREN_TABLES`` or ``POLICE_TABLES``. Of a usable extract:
    the new picture, merged with the last. Otherwise: the last picture, or empty
    tables, and whoever the extract that could not be used says to shield."""

    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of :func:`read_extract`."""

    source: SourceConfig
    authority: str
    business_date: dt.date
    previous: Picture | None


@dataclass(slots=True)
class _Findings:
    """What has been found out about an extract so far."""

    refusals: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed: str = ""

    @property
    def outcome(self) -> ExtractOutcome:
        if self.refusals:
            return ExtractOutcome.REFUSED
        return ExtractOutcome.NOT_USABLE if self.doubts else ExtractOutcome.USABLE


def read_extract(
    source: SourceConfig,
    authority: str,
    folder: Path,
    business_date: dt.date,
    previous: Picture | None,
) -> Extract:
    """The extract in a folder, read, judged and merged.

    Args:
        source: the authority's section of the region file.
        authority: its code.
        folder: ``<inbox>/<authority>/<business-date>``.
        business_date: of the night.
        previous: the last good picture, of this night or an earlier one.

    Raises:
        TransportError: the folder or a file can't be read; trying again may help.
        ValueError: the last picture is of a later night.
        BalanceError: a conformer lost rows or files (a mistake of ours).
    """
    if previous is not None and previous.as_of > business_date:
        raise ValueError(
            f"{authority}: the last picture is of {previous.as_of}, after "
            f"{business_date}: pass the one before the night"
        )
    if previous is not None:  # an older one may lack a table that came later
        held = complete(previous.tables, police=source.is_police)
        previous = Picture(held, previous.as_of, previous.mode)
    asked = _Asked(source, authority, business_date, previous)
    delivery = fetch(folder, authority, source.mapping)
    if delivery is None:
        return _missing(asked)
    try:
        return _read(asked, delivery)
    except OSError as problem:
        raise TransportError(
            f"{authority}: a file can't be read ({problem.strerror}): check the disk "
            "or share and run again"
        ) from problem


def _missing(asked: _Asked) -> Extract:
    verdict = ExtractVerdict(
        authority=asked.authority,
        business_date=asked.business_date,
        outcome=ExtractOutcome.MISSING,
        reason=f"nothing arrived in {asked.authority}/{asked.business_date}: ask the "
        "supplier",
        as_of=asked.previous.as_of if asked.previous else None,
    )
    return Extract(verdict, _last(asked).tables)


def _read(asked: _Asked, delivery: Delivery) -> Extract:
    found = _Findings(notes=list(delivery.notes))
    manifest = _manifest(asked, delivery, found)
    if found.refusals:
        return Extract(_verdict(asked, found), _last(asked).tables)
    files, loose = delivery.files, frozenset[str]()
    if manifest is not None:
        files = checked(delivery, manifest, vouched=asked.source.is_police)
        loose = unlisted(delivery, manifest)
        _judge_manifest(asked, manifest, found)
    own, companions = _conformed(asked, files)
    conformed = together([own, companions, all_refused(delivery.twice)])
    check_balance(asked.authority, [*files, *delivery.twice], conformed)
    sent = frozenset(companions.tables)
    arrived = _arrived(asked, conformed, sent, found)
    picture = _judged(asked, arrived, found)
    verdict = _verdict(asked, found, noted(conformed.verdicts, loose))
    return Extract(verdict, picture.tables, tuple(conformed.rejects))


def _manifest(asked: _Asked, delivery: Delivery, found: _Findings) -> Manifest | None:
    if delivery.manifest is None:
        if asked.source.is_police:
            found.refusals.append(
                "manifest.json is not there: nobody vouches for the extract; send it"
            )
        return None
    try:
        manifest = read_manifest(delivery.manifest.content())
    except FileRefused as why:
        found.refusals.append(why.problem)
        return None
    elsewhere = belongs_elsewhere(manifest, asked.authority, asked.business_date)
    if elsewhere:
        found.refusals.append(elsewhere)
    return manifest


def _judge_manifest(asked: _Asked, manifest: Manifest, found: _Findings) -> None:
    doubt = incomplete(manifest)
    found.doubts += [doubt] if doubt else []
    if not asked.source.is_police:
        return
    if manifest.complete is None:
        found.doubts.append("manifest.json does not say complete: add it")
    limit = asked.source.expectations.max_age_hours
    doubt = stale(manifest, asked.business_date, limit)
    found.doubts += [doubt] if doubt else []


def _conformed(
    asked: _Asked, files: Sequence[SourceFile]
) -> tuple[Conformed, Conformed]:
    """The kind's own files through its conformer, the companions through theirs."""
    companions: list[SourceFile] = []
    if not asked.source.is_police:
        companions = [file for file in files if file.name.casefold() in COMPANIONS]
    own = [file for file in files if file not in companions]
    parts = []
    for file in companions:
        table, read = COMPANIONS[file.name.casefold()]
        try:
            parts.append(read(file))
        except FileRefused as why:
            verdicts = [refused(file, why)]
            parts.append(Conformed(verdicts=verdicts, unread=frozenset({table})))
    conform = CONFORMERS[asked.source.kind]
    return conform(asked.authority, own, asked.business_date), together(parts)


def _arrived(
    asked: _Asked, conformed: Conformed, sent: frozenset[str], found: _Findings
) -> Arrived:
    """What the extract says, and every doubt about it that needs no merging."""
    police = asked.source.is_police
    tables = complete(conformed.tables, police=police)
    found.notes += conformed.notes
    unread = conformed.unread | _perhaps_unread(conformed, tables)
    if conformed.problem:
        found.refusals.append(conformed.problem)
    elif police:
        found.doubts += normal.some_refused(conformed.verdicts)
    if not found.refusals and not asked.source.is_delta:
        read = {name: table for name, table in tables.items() if name not in unread}
        found.doubts += normal.empty_main(tables) or _abnormal(asked, read, found)
    if police and not found.refusals:
        found.doubts += normal.mostly_rejected(conformed.verdicts)
    if not police:
        some = [] if conformed.shielded is None else [conformed.shielded]
        tables["protected"] = distinct(pa.concat_tables([tables["protected"], *some]))
        waived = asked.source.protected == "waived"
        found.doubts += unsure_who_is_shielded(conformed, waived=waived)
        if "protected" not in conformed.tables:
            found.notes.append("nobody said tonight who is to be shielded")
            unread |= {"protected"}
    return Arrived(asked.authority, asked.business_date, tables, unread, sent)


def _abnormal(
    asked: _Asked, tables: Mapping[str, pa.Table], found: _Findings
) -> list[str]:
    """How the tables read of a snapshot fall short of what is normal."""
    expected = asked.source.expectations
    shrinking = normal.shrunk(tables, asked.previous, expected)
    found.notes += [str(one) for one in shrinking]
    return [
        *normal.too_few(tables, expected),
        *normal.too_far(shrinking, police=asked.source.is_police),
        *normal.mostly_nameless(tables),
    ]


def _perhaps_unread(
    conformed: Conformed, tables: Mapping[str, pa.Table]
) -> frozenset[str]:
    """Where a file was refused, the tables that nobody filled: it may have been theirs.

    A return whose files are known by their columns can't tell what a file that can't
    be read would have held.
    """
    if not normal.some_refused(conformed.verdicts):
        return frozenset()
    return frozenset(
        name
        for name, table in tables.items()
        if not table.num_rows and name not in DERIVED_TABLES
    )


def _judged(asked: _Asked, arrived: Arrived, found: _Findings) -> Picture:
    """The new picture; the last one, with new shields, when in doubt."""
    if found.outcome is not ExtractOutcome.USABLE:
        return with_new_shields(asked.previous, arrived)
    merge = merge_delta if asked.source.is_delta else merge_snapshot
    expected = asked.source.expectations
    picture = merge(asked.previous, arrived, expected.keep_absent_nights)
    if asked.source.is_delta:
        purged = arrived.tables.get("purges")
        if purged is None or not purged.num_rows:
            found.doubts += normal.empty_main(picture.tables)
        found.doubts += normal.too_few(picture.tables, expected)
        if found.doubts:
            return with_new_shields(asked.previous, arrived)
    found.changed = _changed(asked)
    found.notes += _merge_notes(asked, arrived, picture)
    return picture


def _merge_notes(asked: _Asked, arrived: Arrived, picture: Picture) -> list[str]:
    """What the merge did that no file shows. Counts only."""
    notes = []
    absent = Counter(picture.tables["absences"].column("table").to_pylist())
    notes += [f"{table} absent, standing: {n}" for table, n in sorted(absent.items())]
    main = main_table(picture.tables)
    known = refs(picture.tables, main)
    if asked.previous is not None:
        left = len(without(refs(asked.previous.tables, main), known))
        notes += [f"{main} withdrawn or purged: {left}"] if left else []
    for table in sorted((COMPANION_TABLES - OWN_REFS) & arrived.tables.keys()):
        strangers = len(without(refs(arrived.tables, table), known))
        notes += [f"{table} of children not here: {strangers}"] if strangers else []
    if asked.source.is_delta:
        notes += _delta_notes(asked)
    return notes


_CHANGED = {
    "delta": "the feed changed from snapshot to delta tonight: records and placements "
    "that it does not mention stay as they are; what had gone before is to be sent as "
    "ended or purged",
    "snapshot": "the feed changed from delta to snapshot tonight: records and "
    "placements that it does not mention count as absent from now on",
}


def _changed(asked: _Asked) -> str:
    """Whether absence means another thing tonight than on the last good night."""
    before = asked.previous.mode if asked.previous else None
    now = asked.source.read_as
    return "" if before in (None, now) else _CHANGED[now]


def _delta_notes(asked: _Asked) -> list[str]:
    if asked.previous is None:
        return ["the first delta: what it does not hold is not known"]
    if asked.previous.as_of < asked.business_date - dt.timedelta(days=1):
        return [f"no delta was read since {asked.previous.as_of}: ask for what is gone"]
    return []


def _verdict(
    asked: _Asked, found: _Findings, files: Sequence[FileVerdict] = ()
) -> ExtractVerdict:
    usable = found.outcome is ExtractOutcome.USABLE
    last = asked.previous.as_of if asked.previous else None
    return ExtractVerdict(
        authority=asked.authority,
        business_date=asked.business_date,
        outcome=found.outcome,
        reason="; ".join(found.refusals + found.doubts),
        as_of=asked.business_date if usable else last,
        files=tuple(files),
        notes=tuple(found.notes),
        changed=found.changed if usable else "",
    )


def _last(asked: _Asked) -> Picture:
    if asked.previous is not None:
        return asked.previous
    return Picture(complete({}, police=asked.source.is_police), asked.business_date)
