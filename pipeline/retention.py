"""Extracts and stage outputs go when their time is up; what a night must still read
stays."""

import datetime as dt
import shutil
from pathlib import Path

from pipeline.kept import delete_outlived
from pipeline.run import Run


def delete_expired(run: Run) -> int:
    """Removes the personal data of runs older than the region's retention time.

    Of each run its tables, extracts, rejects and stage outputs go; ``run.json`` and
    the stages' reports, which hold counts, stay. The newest good picture of each
    authority stays whatever its age, since the next night reads it; so does the newest
    from before this night, since this night run again reads that one. What searches
    carry on goes after two nights.

    Returns:
        How many folders and files were removed.
    """
    kept = {run.root / path for path in _pictures(run)}
    oldest = run.business_date - dt.timedelta(days=run.region.retention.extracts_days)
    removed = delete_outlived(run)
    for night in sorted((run.root / run.region.region).iterdir()):
        date = _date(night)
        if date is None or date >= oldest:
            continue
        for part in sorted(night.glob("*/*")):
            if part.name in ("run.json", "stages", "verdicts"):
                continue
            if part.name == "extract":
                removed += sum(
                    _remove(one) for one in part.iterdir() if one not in kept
                )
            else:
                removed += _remove(part)
    return removed


def _pictures(run: Run) -> list[str]:
    from register.pictures import last_good

    tomorrow = run.business_date + dt.timedelta(days=1)
    with run.register.connect() as connection:
        found = [
            last_good(connection, code, before)
            for code in run.region.authorities
            for before in (run.business_date, tomorrow)
        ]
    return [one.path for one in found if one is not None]


def _remove(path: Path) -> int:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    return 1


def _date(folder: Path) -> dt.date | None:
    try:
        return dt.date.fromisoformat(folder.name)
    except ValueError:
        return None
