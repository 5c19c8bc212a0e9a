"""Recipients of a synthetic region as diligent people are: most record what they hear.

The generator can't know the tokens of notices that are not made yet, so a later night's
extract is edited once they are: a force adds the token, mostly with the address and the
flag, to the record that it holds or to a new one; a host LA notes the token in its
register. Who records what hangs on the token alone, so that every night tells the same.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthetic.chance import Chance
from synthetic.damage import vouch_again
from synthetic.known import OUT_OF_AREA

_TOKEN_ONLY = 0.25
"""Share of those recorded of whom the force types the token and nothing else."""
_REGISTER = "children_placed_here.csv"


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice tells its recipient, as far as anybody types it in."""

    token: str
    placing_la: str
    child_ref: str
    forename: str | None
    surname: str | None
    dob: dt.date | None
    sex: str | None = None
    postcode: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    own_refs: tuple[str, ...] = ()
    """The recipient's own records that the notice names."""

    def __repr__(self) -> str:
        return f"Told({self.token})"


def record_tokens(
    folder: Path, told: Iterable[Told], *, unrecorded: float = 0.2, seed: int = 1
) -> int:
    """Edits one authority's extract; gives how many notices it bears afterwards.

    Args:
        folder: ``<inbox>/<authority>/<date>``.
        told: what the authority was told before that night.
        unrecorded: the share that nobody records.
        seed: of who is diligent.
    """
    diligent = [
        (one, chance)
        for one in sorted(told, key=lambda one: one.token)
        for chance in [Chance(seed, "recording", one.token)]
        if not chance.yes(unrecorded)
    ]
    if (folder / "nominals.csv").is_file():
        _record_as_police(folder, diligent)
    elif (folder / _REGISTER).is_file():
        _record_in_register(folder, [one for one, _ in diligent])
    else:
        return 0
    vouch_again(folder)
    return len(diligent)


class _Sheet:
    """A CSV file to be read, added to and written back as it was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        text = path.read_text(encoding="utf-8")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        self.columns: Sequence[str] = reader.fieldnames or ()
        self.rows: list[dict[str, str]] = list(reader)

    def add(self, **values: str | None) -> None:
        empty = dict.fromkeys(self.columns, "")
        given = {name: value or "" for name, value in values.items()}
        self.rows.append({**empty, **given})

    def write(self) -> None:
        with self._path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


def _record_as_police(folder: Path, told: Iterable[tuple[Told, Chance]]) -> None:
    sheets = {
        name: _Sheet(folder / f"{name}.csv")
        for name in ("nominals", "addresses", "flags")
    }
    by_ref = {row["nominal_ref"]: row for row in sheets["nominals"].rows}
    there = {
        token
        for row in by_ref.values()
        for token in row["external_refs"].split(";")
        if token
    }
    today = folder.name
    for one, chance in told:
        token_only = chance.yes(_TOKEN_ONLY)
        if one.token in there:
            continue
        held = [by_ref[ref] for ref in one.own_refs if ref in by_ref]
        if held:
            _note(held[0], one.token)
            held[0]["updated_at"] = f"{today}T00:30:00Z"
            ref = held[0]["nominal_ref"]
        else:
            ref = _new_ref(one.token)
            sheets["nominals"].add(
                nominal_ref=ref, forename1=one.forename, surname=one.surname,
                dob=_iso(one.dob), dob_estimated="false", sex=one.sex or "U",
                deceased="false", protect_level="none", external_refs=one.token,
                created_at=f"{today}T00:30:00Z", updated_at=f"{today}T00:30:00Z",
            )  # fmt: skip
        if token_only or one.end is not None or one.postcode is None:
            continue
        start = _iso(one.start)
        sheets["addresses"].add(
            nominal_ref=ref, address_type="placement", postcode=one.postcode,
            start_date=start,
        )  # fmt: skip
        sheets["flags"].add(
            nominal_ref=ref, code=OUT_OF_AREA, start_date=start,
            placing_authority=one.placing_la,
        )  # fmt: skip
    for sheet in sheets.values():
        sheet.write()


def _record_in_register(folder: Path, told: Iterable[Told]) -> None:
    sheet = _Sheet(folder / _REGISTER)
    for one in told:
        rows = [row for row in sheet.rows if _is_of(row, one)]
        if rows:
            _note(rows[0], one.token)
        else:
            sheet.add(
                entry_ref=_new_ref(one.token), child_forename=one.forename,
                child_surname=one.surname, dob=_iso(one.dob),
                placing_la=one.placing_la, placing_child_ref=one.child_ref,
                postcode=one.postcode, start=_iso(one.start), end=_iso(one.end),
                external_refs=one.token,
            )  # fmt: skip
    sheet.write()


def _is_of(row: dict[str, str], told: Told) -> bool:
    named = row["placing_child_ref"] == told.child_ref
    born = row["dob"] == _iso(told.dob)
    same = {row["child_forename"], row["child_surname"]} == {
        told.forename,
        told.surname,
    }
    ours = row["placing_la"] == told.placing_la
    return ours and (named or (born and same)) and row["start"] >= _iso(told.start)


def _note(row: dict[str, str], token: str) -> None:
    """Adds a token to what stands in ``external_refs``, once."""
    known = [ref for ref in row["external_refs"].split(";") if ref]
    row["external_refs"] = ";".join(dict.fromkeys([*known, token]))


def _new_ref(token: str) -> str:
    digest = int.from_bytes(hashlib.sha256(token.encode()).digest()[:5])
    return f"N9{digest % 10**10:010d}"


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
