"""A force's persons, with all that says who and where they are (kind police-pole).

Ours (contracts §3). Files are known by name: ``nominals.csv`` and, where the force has
them, aliases, addresses, roles, identifiers and flags.

Which faults cost a row and which only a value
    A nominal is kept whatever is wrong with it, as long as it has a reference: to lose
    one would make a known child unknown. A date of birth, sex or time that can't be
    read is dropped and counted; an unknown code is kept and counted. Rows of the other
    files are rejected when they have no nominal here. An address or a flag with a date
    that can't be read is rejected, because without its dates it would count as
    current, and doubt must not reassure.
One reference twice
    Equal rows are one. Of rows that differ the one updated last stands (of equal or
    unknown times the later line); the others are rejected. Restricted stays restricted
    whichever row says so.
Shielding
    A protect_level that is neither ``none`` nor ``restricted`` restricts. Blank means
    ``none``, and is counted.
Placeholders
    Names such as UNKNOWN, postcodes of *no fixed abode* and 1900-01-01 stay as
    supplied; matching drops them.
Spelling
    Codes are in lower case, as the contracts write them; sex is in upper case.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import (
    instant,
    iso_date,
    mapped,
    separated,
    unreadable,
    yes_or_no,
)
from connectors.conformed import (
    Conformed,
    Ledger,
    SourceFile,
    as_mask,
    ignored,
    refused,
    together,
)
from connectors.csvfiles import Columns, FileRefused
from connectors.numbers import valid_numbers, without_repeats
from connectors.police_details import DETAILS
from records.schemas import NOMINALS as NOMINALS_SCHEMA

NOMINALS = "nominals"

_AS_SUPPLIED = (
    "nominal_ref", "golden_nominal_ref", "forename1", "forename2", "surname",
    "ethnicity", "nationality",
)  # fmt: skip
_SEXES = {
    **dict.fromkeys(("M", "m", "Male", "MALE", "male"), "M"),
    **dict.fromkeys(("F", "f", "Female", "FEMALE", "female"), "F"),
    **dict.fromkeys(("U", "u", "Unknown", "UNKNOWN", "unknown"), "U"),
    **dict.fromkeys(("N", "n"), "N"),
}
_PROTECT_LEVELS = {
    **dict.fromkeys(("none", "None", "NONE"), False),
    **dict.fromkeys(("restricted", "Restricted", "RESTRICTED"), True),
}
_NEVER = -(2**63)

COLUMNS = Columns(
    ("nominal_ref", "forename1", "surname", "dob", "sex"),
    (
        "golden_nominal_ref", "pnc_id", "cro_no", "title", "forename2",
        "dob_estimated", "ethnicity", "nationality", "deceased", "protect_level",
        "external_refs", "created_at", "updated_at",
    ),
)  # fmt: skip


def conform(
    authority: str, files: Sequence[SourceFile], _business_date: dt.date
) -> Conformed:
    """A force's extract as canonical tables; see ``connectors.conformed``."""
    parts: list[Conformed] = []
    pole: dict[str, SourceFile] = {}
    for file in files:
        if file.path.suffix.casefold() == ".csv" and file.stem in (NOMINALS, *DETAILS):
            pole[file.stem] = file
        else:
            parts.append(Conformed(verdicts=[ignored(file, "not_a_police_file")]))
    nominals, refs = _read_nominals(authority, pole.pop(NOMINALS, None))
    parts.append(nominals)
    for stem, file in pole.items():
        parts.append(_unjudged(file) if refs is None else _read(stem, file, refs))
    missing = ", ".join(f"{stem}.csv" for stem in DETAILS if stem not in pole)
    if missing:
        parts.append(Conformed(notes=[f"not sent: {missing}"]))
    whole = together(parts)
    if "identifiers" not in whole.tables:
        return whole
    once = without_repeats(whole.tables["identifiers"])
    return replace(whole, tables={**whole.tables, "identifiers": once})


def _read_nominals(
    authority: str, file: SourceFile | None
) -> tuple[Conformed, pa.Array | None]:
    """The nominals and the references that the other files may name."""
    if file is None:
        problem = f"{authority}: nominals.csv is not there: send it, it is required"
        return Conformed(problem=problem), None
    try:
        ledger = Ledger(file, file.table(COLUMNS), key="nominal_ref")
        tables = _nominals(ledger)
    except FileRefused as why:
        problem = f"{authority}: nominals.csv is refused: {why.problem}"
        return Conformed(verdicts=[refused(file, why)], problem=problem), None
    refs = tables[NOMINALS].column("nominal_ref").combine_chunks()
    return Conformed(tables, ledger.rejects, [ledger.verdict()]), refs


def _read(stem: str, file: SourceFile, refs: pa.Array) -> Conformed:
    detail = DETAILS[stem]
    try:
        ledger = Ledger(file, file.table(detail.columns), key="nominal_ref")
    except FileRefused as why:
        return Conformed(
            verdicts=[refused(file, why)], unread=frozenset({detail.table})
        )
    ledger.reject_missing("nominal_ref")
    ledger.reject(
        pc.invert(pc.is_in(ledger.column("nominal_ref"), value_set=refs)),
        "orphan",
        "nominals.csv has no such nominal_ref: send the nominal too",
    )
    return ledger.conformed(detail.table, detail.read(ledger))


def _unjudged(file: SourceFile) -> Conformed:
    why = FileRefused(
        "nominals.csv can't be used, so nobody can tell whom these rows are about: "
        "mend nominals.csv"
    )
    return Conformed(verdicts=[refused(file, why)])


def _nominals(ledger: Ledger) -> dict[str, pa.Table]:
    ledger.reject_missing("nominal_ref")
    ledger.merge_identical()
    updated = _instants(ledger, "updated_at")
    restricted = _restricted(ledger)
    superseded = _superseded(ledger, updated, restricted)
    ledger.reject(
        superseded,
        "duplicate_ref",
        "another row has the same nominal_ref and was updated later: send each "
        "nominal once",
    )
    dob = mapped(ledger.column("dob"), iso_date, pa.date32())
    ledger.must_be_mostly_readable("dob", dob)
    ledger.count(unreadable(ledger.column("dob"), dob), "field_dropped dob")
    sex = mapped(ledger.column("sex"), _SEXES.get, pa.string())
    ledger.count(unreadable(ledger.column("sex"), sex), "field_dropped sex")
    lists = pa.list_(pa.string())
    nominals = ledger.accepted(
        {
            **{name: ledger.column(name) for name in _AS_SUPPLIED},
            "dob": dob,
            "dob_estimated": _flags(ledger, "dob_estimated"),
            "sex": sex,
            "deceased": _flags(ledger, "deceased"),
            "restricted": pa.array(restricted),
            "external_refs": mapped(ledger.column("external_refs"), separated, lists),
            "created_at": _instants(ledger, "created_at"),
            "updated_at": updated,
        },
        NOMINALS_SCHEMA,
    )
    numbers = [
        valid_numbers(ledger, "pnc_id", "pnc"),
        valid_numbers(ledger, "cro_no", "cro"),
    ]
    return {NOMINALS: nominals, "identifiers": pa.concat_tables(numbers)}


def _restricted(ledger: Ledger) -> npt.NDArray[np.bool_]:
    supplied = ledger.column("protect_level")
    said = mapped(supplied, _PROTECT_LEVELS.get, pa.bool_())
    ledger.must_be_mostly_readable("protect_level", said)
    doubtful = unreadable(supplied, said)
    ledger.count(doubtful, "protect_level unreadable, read as restricted")
    if "protect_level" in ledger.table.absent:
        ledger.notes.append("protect_level is not supplied: nobody is restricted")
    else:
        ledger.count(pc.is_null(supplied), "protect_level blank, read as none")
    return as_mask(said) | as_mask(doubtful)


def _superseded(
    ledger: Ledger, updated: pa.ChunkedArray, restricted: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """The rows that give way to another of the same reference.

    ``restricted`` is widened in place: the row that stands is restricted when any is.
    """
    gives_way = np.zeros(len(restricted), dtype=np.bool_)
    rows = ledger.repeated()
    refs = ledger.column("nominal_ref").take(pa.array(rows)).to_pylist()
    times = pc.fill_null(updated.cast(pa.int64()), _NEVER).take(pa.array(rows))
    standing: dict[str, tuple[int, int]] = {}
    for ref, time, row in zip(refs, times.to_pylist(), rows.tolist(), strict=True):
        gives_way[row] = True
        standing[ref] = max(standing.get(ref, (time, row)), (time, row))
    shielded = {ref for ref, row in zip(refs, rows, strict=True) if restricted[row]}
    for ref, (_, row) in standing.items():
        gives_way[row] = False
        restricted[row] = ref in shielded
    return gives_way


def _instants(ledger: Ledger, column: str) -> pa.ChunkedArray:
    times = mapped(ledger.column(column), instant, pa.timestamp("us", tz="UTC"))
    ledger.count(unreadable(ledger.column(column), times), f"field_dropped {column}")
    return times


def _flags(ledger: Ledger, column: str) -> pa.ChunkedArray:
    flags = mapped(ledger.column(column), yes_or_no, pa.bool_())
    ledger.count(unreadable(ledger.column(column), flags), f"field_dropped {column}")
    return flags
