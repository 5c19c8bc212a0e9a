"""Did they record it: every usable extract is searched for tokens and references."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifications.recordings import Recording, find_recordings
from pipeline import tonight
from pipeline.reconciliation import file_was_read
from pipeline.run import Run
from pipeline.tonight import Tonight
from pipeline.written import written_of
from records.authorities import AuthorityKind

if TYPE_CHECKING:
    from notifications.recordings import Outstanding


@dataclass(frozen=True, slots=True)
class Searched:
    """What tonight's extracts show of what their authorities were told."""

    recordings: tuple[Recording, ...]
    looked: Mapping[str, dt.date]
    """By authority whose extract could be searched: the date of its data."""

    @property
    def counts(self) -> dict[str, int]:
        """For the stage's report."""
        return {
            "looked_for": len(self.recordings),
            "recorded": sum(one.seen for one in self.recordings),
        }


def search_extracts(run: Run, pictures: dict[str, Tonight]) -> Searched:
    """Which notices the records of their recipients bear tonight.

    A force's extract is searched where it is usable; a local authority's where it
    sends its own register of children placed in its area. Who sent nothing that can be
    searched is not asked: doubt accuses nobody.
    """
    found: list[Recording] = []
    looked: dict[str, dt.date] = {}
    for code, picture in sorted(pictures.items()):
        if not picture.usable or not _sends_its_records(run, code):
            continue
        written = written_of(tonight.tables_of(run, picture))
        if written is None:
            continue
        looked[code] = picture.as_of or run.business_date
        outstanding = _outstanding(run, code)
        found += find_recordings(outstanding, written) if outstanding else ()
    return Searched(tuple(found), looked)


def _sends_its_records(run: Run, code: str) -> bool:
    """A local authority's own register is a file that it may leave out tonight."""
    return run.region.authorities[code].kind is AuthorityKind.POLICE or file_was_read(
        run, code, "children_placed_here.csv"
    )


def _outstanding(run: Run, code: str) -> "tuple[Outstanding, ...]":
    from register.engine import reading
    from register.recordings import outstanding

    with reading(run.register) as connection:
        return outstanding(connection, code, run.business_date)
