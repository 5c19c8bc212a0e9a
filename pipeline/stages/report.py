"""The night's account of itself: what arrived, what was decided, what was sent, and
whether the sums balance."""

from dataclasses import asdict
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from notifications.documents import Document
from notifications.reports import RunSummary, SupplierFile, SupplierVerdict
from pipeline.errors import StageError
from pipeline.night import STAGES
from pipeline.reports import StageReport
from pipeline.retention import delete_expired
from pipeline.run import Run
from pipeline.sentinels import check_arrivals, first, keys
from records.verdicts import BalanceError, ExtractOutcome, FileOutcome

MOST_NAMED = 20
_VERDICTS = uuid5(NAMESPACE_URL, "crossborder/verdict")


def report(run: Run) -> StageReport:
    """``run.json`` is there, and the portal has it and every supplier's verdict.

    Raises:
        BalanceError: rows in are not accepted plus rejected, or placements are not
            the sum of their states.
        StageError: a stage failed that the night can't do without.
    """
    stages = _stage_reports(run)
    verdicts = {
        code: run.workspace.read_json("verdicts", f"{code}.json")
        for code in sorted(run.region.authorities)
    }
    content = _content(run, stages, verdicts)
    _check_balance(content)
    run.workspace.write_json(content, "run.json")
    problems = _tell_portal(run, content, verdicts)
    if problems:
        content["problems"] += problems
        if content["outcome"] == "good":
            content["outcome"] = "degraded"
        run.workspace.write_json(content, "run.json")
    _settle(run, content)
    if content["outcome"] == "failed":
        raise StageError(
            "the night failed: " + "; ".join(content["problems"] or ["see the logs"])
        )
    return StageReport(
        "report",
        counts={
            "extracts": len(verdicts),
            "problems": len(content["problems"]),
            "expired": delete_expired(run),
        },
        paths={"run": "run.json"},
    )


def _stage_reports(run: Run) -> list[StageReport]:
    """What each stage said; one that said nothing is a problem of its own."""
    reports = []
    for stage in STAGES:
        if stage.name == "report":
            continue
        parts = sorted(run.region.authorities) if stage.per_authority else [""]
        for authority in parts:
            kept = run.workspace.read_json(
                "stages", StageReport(stage.name, authority).file_name
            )
            if kept is None:
                about = f" of {authority}" if authority else ""
                reports.append(
                    StageReport(
                        stage.name,
                        authority,
                        problems=(f"{stage.name}{about} did not run; see its log",),
                    )
                )
            else:
                reports.append(StageReport.from_dict(kept))
    return reports


def _content(
    run: Run, stages: list[StageReport], verdicts: dict[str, Any]
) -> dict[str, Any]:
    lost = _lost_sentinels(run)
    problems = first(
        [*(problem for stage in stages for problem in stage.problems), *lost]
    )
    decided = next(stage for stage in stages if stage.stage == "decide")
    seconds: dict[str, float] = {}
    counts: dict[str, dict[str, int]] = {}
    for stage in stages:
        seconds[stage.stage] = round(seconds.get(stage.stage, 0) + stage.seconds, 3)
        total = counts.setdefault(stage.stage, {})
        for key, value in stage.counts.items():
            total[key] = total.get(key, 0) + value
    if run.region.sentinels:
        counts["report"] = {"sentinel_faults": len(lost)}
    finished = {stage.stage for stage in stages if stage.counts}
    failed = not {"standardise", "match", "decide"} <= finished
    return {
        "run_id": run.run_id,
        "region": run.region.region,
        "business_date": run.business_date.isoformat(),
        "environment": run.region.environment,
        "outcome": "failed" if failed else "degraded" if problems else "good",
        "problems": problems,
        "versions": _versions(run),
        "inputs": {code: _inputs(verdict) for code, verdict in verdicts.items()},
        "extracts": {
            code: _extract(run, code, verdict) for code, verdict in verdicts.items()
        },
        "placements": decided.counts.get("placements", 0),
        "children_in_scope": decided.counts.get("children_in_scope", 0),
        "states": _under("state_", decided.counts),
        "notifications": _under("notice_", decided.counts),
        "first_made": decided.counts.get("first_made", 0),
        "held": _held(run),
        "obligations": decided.counts.get("obligations", 0),
        "reviews": decided.counts.get("reviews", 0),
        "people": decided.counts.get("people", 0),
        "counts": counts,
        "seconds": {**seconds, "total": round(sum(seconds.values()), 3)},
    }


def _lost_sentinels(run: Run) -> tuple[str, ...]:
    """What the night's last stage says of sentinels' notices on their way."""
    from register.engine import reading
    from register.undelivered import undelivered

    with reading(run.register) as connection:
        found = undelivered(connection, keys(run.region))
    return check_arrivals(run.region, found, published=run.publish)


def _settle(run: Run, content: dict[str, Any]) -> None:
    """The register's own word on the night: what was decided was written down before
    anybody knew what would arrive."""
    from register.engine import writing
    from register.runs import settle

    with writing(run.register) as connection:
        settle(connection, run.run_id, content["outcome"])


def _held(run: Run) -> dict[str, int]:
    """Notices that wait for release, by what holds them."""
    from register.holds import held_counts

    with run.register.connect() as connection:
        return held_counts(connection)


def _under(prefix: str, counts: dict[str, int]) -> dict[str, int]:
    return {
        key.removeprefix(prefix): value
        for key, value in counts.items()
        if key.startswith(prefix)
    }


def _versions(run: Run) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "crossborder": version("crossborder"),
        **asdict(run.versions()),
        "postcodes": run.geography.release,
    }


def _inputs(verdict: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [
        {key: file[key] for key in ("file", "sha256", "rows")}
        for file in (verdict or {}).get("files", ())
    ]


def _extract(run: Run, code: str, verdict: dict[str, Any] | None) -> dict[str, Any]:
    files = (verdict or {}).get("files", ())
    return {
        "name": run.region.authorities[code].name,
        "outcome": verdict["outcome"] if verdict else "missing",
        "reason": verdict["reason"] if verdict else "extract was not read",
        "as_of": verdict["as_of"] if verdict else None,
        "not_read": _not_read(verdict),
        "changed": verdict["changed"] if verdict else "",
        **{
            key: sum(file[key] for file in files)
            for key in ("rows", "accepted", "rejected")
        },
    }


def _not_read(verdict: dict[str, Any] | None) -> list[str]:
    """The files of a usable extract that say nothing, each with its mend."""
    if verdict is None or verdict["outcome"] != ExtractOutcome.USABLE:
        return []
    return [
        f"{file['file']} was not read: {file['problem']}"
        for file in verdict["files"]
        if file["outcome"] == FileOutcome.REFUSED
    ]


def _check_balance(content: dict[str, Any]) -> None:
    for code, extract in content["extracts"].items():
        if extract["rows"] != extract["accepted"] + extract["rejected"]:
            raise BalanceError(
                f"{code}: {extract['rows']} rows came in, {extract['accepted']} were "
                f"accepted and {extract['rejected']} rejected"
            )
    states = sum(content["states"].values())
    if states != content["placements"]:
        raise BalanceError(
            f"{content['placements']} placements, but {states} states: somebody was "
            "dropped or counted twice"
        )


def _tell_portal(
    run: Run, content: dict[str, Any], verdicts: dict[str, Any]
) -> list[str]:
    """The dashboard's counts and each supplier's verdict; what could not be sent."""
    from pipeline.quality import quality_reports
    from pipeline.relay import relay
    from register import outbox
    from register.calls import outgoing
    from register.engine import writing

    documents: list[Document] = [
        _run_summary(run, content),
        *(
            _supplier_verdict(run, code, verdict)
            for code, verdict in verdicts.items()
            if verdict is not None
        ),
        *quality_reports(run, verdicts),
    ]
    now = run.now
    with writing(run.register) as connection:
        outbox.enqueue(
            connection,
            [outgoing(document, run.business_date) for document in documents],
            now,
        )
    sent = relay(run, now)
    if sent.unreachable:
        return [f"the portal does not have this night's summary: {sent.unreachable}"]
    return list(sent.problems())


def _run_summary(run: Run, content: dict[str, Any]) -> RunSummary:
    return RunSummary(
        run_id=run.run_id,
        region=run.region.region,
        business_date=run.business_date,
        outcome=content["outcome"],
        problems=tuple(content["problems"]),
        counts=content["counts"],
        seconds={
            stage: seconds
            for stage, seconds in content["seconds"].items()
            if stage != "total"
        },
        held=content["held"],
    )


def _absent(run: Run, code: str) -> str:
    """What the supplier is asked of records that its last snapshot had."""
    if not run.workspace.has("extract", code, "absences"):
        return ""
    table = run.workspace.read("extract", code, "absences")
    refs = sorted(set(table.column("record_ref").to_pylist()))
    if not refs:
        return ""
    some = ", ".join(refs[:MOST_NAMED]) + (", …" if len(refs) > MOST_NAMED else "")
    return (
        f"{len(refs)} records of an earlier extract were not in this one and still "
        f"stand: send them again or say that they ended ({some})"
    )


def _supplier_verdict(run: Run, code: str, verdict: dict[str, Any]) -> SupplierVerdict:
    rejects = run.workspace.rejects_by_code(code)
    return SupplierVerdict(
        verdict_id=uuid5(_VERDICTS, f"{code} {run.business_date} {run.run_id}"),
        authority=code,
        business_date=run.business_date,
        outcome=verdict["outcome"],
        reason="; ".join(
            filter(
                None,
                (
                    verdict["reason"],
                    verdict["changed"],
                    *_not_read(verdict),
                    _absent(run, code),
                ),
            )
        ),
        files=tuple(
            SupplierFile(
                name=file["file"],
                outcome=file["outcome"],
                rows=file["rows"],
                accepted=file["accepted"],
                rejected=file["rejected"],
                problem=file["problem"],
                notes=tuple(file["notes"]),
            )
            for file in verdict["files"]
        ),
        rejects_by_code=rejects,
    )
