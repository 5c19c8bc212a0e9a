"""Where a postcode lies: in which authority, policed by which force, or why not.

Never decided from the outward code: a fifth of them span forces. The directory is the
ONS Postcode Directory of November 2025, which lists every postcode there has been.

**Ended postcodes.** The directory as we get it has no date of termination, so it can't
tell an ended postcode from one in use. What it does tell, measured against its release
of August 2021, and how it is used:

* Nothing ever leaves the directory, and an ended postcode keeps the district it had,
  brought up to date with each reorganisation. So an ended postcode is placed like any
  other (``FOUND``): its area is still the best answer to *who must be told*.
* 185,793 postcodes of England and Wales have grid references in whole hundreds of
  metres. ONS gives those to postcodes that ended before 2001; in four years 18 of them
  moved, against 7 in 100 of the others. Chance alone gives such a reference to about
  150 that are in use, where children live; so they too are ``FOUND``, with the doubt
  in ``reason``.
* 8,151 postcodes outside Northern Ireland have neither district nor grid reference:
  some have ended, some are PO boxes, and 599 of them are new since 2021, waiting to be
  placed (180 others were placed meanwhile). Calling them ended would be a guess; they
  are ``UNKNOWN``, with what is known in ``reason``.
* ``TERMINATED`` is said only where somebody says so: the table
  ``data/reference/terminated_postcodes.csv``, to which a region adds what it learns,
  and the abolished spellings ``NPT`` and ``GIR``. The last known authority and force
  are given with it.
"""

import csv
import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from geography.areas import REFERENCE, Areas, read_areas
from geography.compaction import open_directory
from geography.directory import Directory, Listing
from geography.errors import ReferenceMismatch
from records.postcodes import canonical_postcode, is_placeholder

_ABOLISHED = re.compile(r"(NPT|GIR)\s*(\d[A-Z]{2})", re.IGNORECASE | re.ASCII)
_METRES_IN_A_MILE = 1609.3  # as the SSDA903 return reckons (domain brief §1a)


class Outcome(StrEnum):
    """What became of a postcode. Only ``FOUND`` is sure of its place."""

    FOUND = "found"
    MISSING = "missing"
    """Nothing was supplied."""
    INVALID = "invalid"
    """What was supplied has no postcode's form."""
    NO_FIXED_ABODE = "no_fixed_abode"
    UNKNOWN = "unknown"
    """Of a postcode's form, but the directory can't say where it is."""
    TERMINATED = "terminated"
    """Known to have ended; ``la`` and ``force`` are where it was, if that is known."""
    CROWN_DEPENDENCY = "crown_dependency"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a supplied postcode lies."""

    outcome: Outcome
    postcode: str | None
    """In its one spelling; ``None`` when nothing of that form was supplied."""
    lad: str | None
    """GSS code of the district, in Scotland and Northern Ireland too."""
    la: str | None
    """The authority's one code, ``330`` or ``W06000023``; England and Wales only."""
    force: str | None
    easting: int | None
    """Metres on the British grid. ``None`` in Northern Ireland, which has its own."""
    northing: int | None
    reason: str = ""
    """For people, where the outcome alone does not say it all. Holds no postcode."""


_NOT_LISTED = "not in the directory: mistyped, or newer than November 2025"
_LISTED_WITHOUT_PLACE = (
    "in the directory without a place: a PO box, too new to be placed, or ended"
)
_OLD_GRID = "the directory places it to 100 m only: it probably ended before 2001"
_REPORTED_ENDED = "ended{on}, according to data/reference/terminated_postcodes.csv"
_ABOLISHED_AREA = "this spelling was abolished: ask for today's postcode"

_ELSEWHERE = {
    "S": Outcome.SCOTLAND,
    "N": Outcome.NORTHERN_IRELAND,
    "L": Outcome.CROWN_DEPENDENCY,  # L99999999, the Channel Islands
    "M": Outcome.CROWN_DEPENDENCY,  # M99999999, the Isle of Man
}
"""By the first letter of the district's GSS code."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Geography:
    """Postcodes, authorities, forces and who adjoins whom."""

    _directory: Directory
    _areas: Areas
    _ended: Mapping[str, str]
    """Postcode -> the month it ended, ``2015-02``, or empty."""

    @staticmethod
    def load(cache: Path, on: dt.date | None = None) -> "Geography":
        """Maps the compact directory in the cache folder, making it there if needed.

        ``on`` is the business date: postcodes reported ended in its month or later
        are not yet ended. Without it all of them are.

        Raises:
            CacheUnusable: the folder can't be written, or the file not read.
            DirectoryIncomplete: the postcode package is not whole.
            ReferenceMismatch: the directory has districts that the tables lack.
        """
        directory, areas = open_directory(cache), read_areas()
        missing = [
            code
            for code in directory.districts
            if code and code[0] not in _ELSEWHERE and code not in areas.of_district
        ]
        if missing:
            raise ReferenceMismatch(
                f"the directory {directory.release} has districts that "
                "data/reference/lad_to_utla_to_pfa_2025.csv lacks: "
                + ", ".join(missing)
            )
        return Geography(directory, areas, _read_ended(on))

    @property
    def release(self) -> str:
        """The version of the package that the directory came in, for the manifest."""
        return self._directory.release

    def place(self, postcode: str | None) -> Place:
        """Where a postcode lies, as supplied: any spacing, any case, or nothing."""
        if postcode is None or not str(postcode).strip():
            return _nowhere(Outcome.MISSING)
        spelled = canonical_postcode(postcode)
        if spelled is None:
            return self._of_no_form(postcode)
        if is_placeholder(spelled):
            return _nowhere(Outcome.NO_FIXED_ABODE, spelled)
        listing = self._directory.find(spelled)
        if listing is None:
            return _nowhere(Outcome.UNKNOWN, spelled, _NOT_LISTED)
        outcome, reason = self._judged(spelled, listing)
        return self._there(outcome, spelled, listing, reason)

    def force_of(self, la: str) -> str:
        """The police force of an authority. Raises ``UnknownAuthority``."""
        return self._areas.force_of(la)

    def adjoining(self, la: str) -> frozenset[str]:
        """The authorities whose area touches that of an authority.

        By land, and over the few tidal waters of ``utla_adjacency_overrides.csv``.
        Raises ``UnknownAuthority``.
        """
        return self._areas.adjoining(la)

    def at_distance(self, placing_la: str, host_la: str) -> bool:
        """Whether a placement is at a distance.

        Outside the area of the placing authority and not within that of an adjoining
        one: regulation 11(5), Care Planning, Placement and Case Review (England)
        Regulations 2010. Raises ``UnknownAuthority``.
        """
        self.force_of(host_la)  # an unknown host is an error, never "at a distance"
        return host_la != placing_la and host_la not in self.adjoining(placing_la)

    def authority(self, code: str) -> str:
        """The one code of an authority, from a DfE number, any GSS code or a district.

        Raises ``UnknownAuthority``, or its kind ``SplitAuthority`` for the code of a
        divided county: Cumbria, Northamptonshire, Dorset.
        """
        return self._areas.authority(code)

    def name(self, code: str) -> str:
        """The name of an authority or a force. Raises ``UnknownAuthority``."""
        return self._areas.name(code)

    def las_of(self, force: str) -> tuple[str, ...]:
        """The authorities that a force polices. Raises ``UnknownAuthority``."""
        return self._areas.las_of(force)

    def miles(self, a: Place, b: Place) -> float | None:
        """The distance in a straight line, to one decimal, or ``None`` if not known.

        Reckoned as the SSDA903 return does: metres / 1000 / 1.6093.
        """
        if a.easting is None or a.northing is None:
            return None
        if b.easting is None or b.northing is None:
            return None
        metres = math.hypot(a.easting - b.easting, a.northing - b.northing)
        return round(metres / _METRES_IN_A_MILE, 1)

    def postcodes_of(self, la: str) -> Sequence[str]:
        """An authority's postcodes, sorted: all that are not known or thought ended.

        Some of them ended after 2001 without anybody telling us. Raises
        ``UnknownAuthority``.
        """
        self.force_of(la)
        districts = {d for d, of in self._areas.of_district.items() if of == la}
        listed = self._directory.listed_in(districts)
        return tuple(
            postcode
            for postcode in listed
            if postcode not in self._ended and canonical_postcode(postcode)
        )

    def _judged(self, postcode: str, listing: Listing) -> tuple[Outcome, str]:
        if listing.district is None:
            # BT is the one postcode area that is a whole country
            if postcode.startswith("BT"):
                return Outcome.NORTHERN_IRELAND, ""
            return Outcome.UNKNOWN, _LISTED_WITHOUT_PLACE
        if elsewhere := _ELSEWHERE.get(listing.district[0]):
            return elsewhere, ""
        if postcode in self._ended:
            month = self._ended[postcode]
            return Outcome.TERMINATED, _REPORTED_ENDED.format(
                on=f" in {month}" if month else ""
            )
        return Outcome.FOUND, _OLD_GRID if listing.on_old_grid else ""

    def _of_no_form(self, text: str) -> Place:
        abolished = _ABOLISHED.fullmatch(str(text).strip())
        if abolished:
            spelled = f"{abolished[1]} {abolished[2]}".upper()
            listing = self._directory.find(spelled)
            if listing is not None:
                return self._there(
                    Outcome.TERMINATED, spelled, listing, _ABOLISHED_AREA
                )
        return _nowhere(Outcome.INVALID)

    def _there(
        self, outcome: Outcome, postcode: str, listing: Listing, reason: str
    ) -> Place:
        la = self._areas.of_district.get(listing.district or "")
        british = outcome is not Outcome.NORTHERN_IRELAND
        return Place(
            outcome=outcome,
            postcode=postcode,
            lad=None if outcome is Outcome.CROWN_DEPENDENCY else listing.district,
            la=la,
            force=self._areas.force_by_la[la] if la else None,
            easting=listing.easting if british else None,
            northing=listing.northing if british else None,
            reason=reason,
        )


def _nowhere(outcome: Outcome, postcode: str | None = None, reason: str = "") -> Place:
    return Place(outcome, postcode, None, None, None, None, None, reason)


def _read_ended(on: dt.date | None) -> dict[str, str]:
    with (REFERENCE / "terminated_postcodes.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = [(row["postcode"], row["terminated"]) for row in csv.DictReader(file)]
    tonight = f"{on:%Y-%m}" if on else "9999-12"
    return {postcode: month for postcode, month in rows if month < tonight}
