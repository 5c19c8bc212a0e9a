"""Each authority's extract becomes canonical tables, or a verdict that says why not."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pipeline.errors import ExtractUnusable
from pipeline.reports import StageReport
from pipeline.run import Run
from records.verdicts import ExtractOutcome, ExtractVerdict

if TYPE_CHECKING:
    from connectors.config import Mode
    from connectors.picture import Picture


def extract(run: Run, authority: str) -> StageReport:
    """One authority's tables, rejects and verdict are in the workspace.

    Raises:
        ExtractUnusable: missing (worth trying again), refused or not fit to decide
            on. The verdict and rejects are kept first.
    """
    from connectors.extract import read_extract
    from connectors.inbox import TransportError
    from pipeline.strangers import with_strangers

    config = run.region.authorities[authority]
    run.workspace.remove("verdicts", f"{authority}.json")
    try:
        result = read_extract(
            config.source,
            authority,
            run.inbox / authority / run.business_date.isoformat(),
            run.business_date,
            _last_good(run, authority),
        )
    except TransportError as error:
        raise ExtractUnusable(
            f"{config.name} ({authority}): {error}", {}, retryable=True
        ) from error
    verdict = with_strangers(run.region, result.verdict, result.tables)
    # A picture that the register may rest on is replaced by a good one only.
    folder = "extract" if verdict.usable else "standing"
    run.workspace.write_tables(result.tables, folder, authority)
    run.workspace.write_json(verdict_as_dict(verdict), "verdicts", f"{authority}.json")
    rejects = run.workspace.write_rejects(authority, result.rejects)
    counts = {
        "files": len(verdict.files),
        "rows": sum(file.rows for file in verdict.files),
        "accepted": sum(file.accepted for file in verdict.files),
        "rejected": sum(file.rejected for file in verdict.files),
    }
    if not verdict.usable:
        raise ExtractUnusable(
            f"{config.name} ({authority}): extract {verdict.outcome}: {verdict.reason}",
            counts,
            retryable=verdict.outcome is ExtractOutcome.MISSING,
        )
    return StageReport(
        "extract",
        authority,
        counts=counts,
        paths={"rejects": str(rejects.relative_to(run.folder))},
    )


def verdict_as_dict(verdict: ExtractVerdict) -> dict[str, object]:
    """A verdict as the workspace keeps it: JSON types only, no personal data."""
    return {
        **asdict(verdict),
        "business_date": verdict.business_date.isoformat(),
        "as_of": verdict.as_of.isoformat() if verdict.as_of else None,
    }


def _last_good(run: Run, authority: str) -> "Picture | None":
    from connectors.picture import Picture
    from register.pictures import last_good

    with run.register.connect() as connection:
        found = last_good(connection, authority, run.business_date)
    if found is None:
        return None
    return Picture(
        tables=run.workspace.read_tables(run.root / Path(found.path)),
        as_of=found.as_of,
        mode=cast("Mode | None", found.mode),
    )
