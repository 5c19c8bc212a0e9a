"""A night for a tired reader: what is wrong first, then what came of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from notifications.wording import counted
from pipeline.errors import ExitCode
from pipeline.region import RegionConfig
from pipeline.reports import StageReport
from pipeline.run import BETWEEN_NIGHTS, Run

STATES = {
    "not_known": "not known to the host police",
    "known_not_at_address": "known, but not at the placement",
    "known_at_address_no_flag": "known at the address, no flag",
    "known_at_placement": "known at the placement",
    "possible": "possible match, for review",
    "cannot_say": "cannot say",
    "restricted": "restricted, named officers only",
    "out_of_scope": "out of scope",
}

HELD = {
    "review": "until a reviewer decides or the review's deadline passes",
    "surge": "until a named person releases them: crossborder release",
    "baseline": "to be let go by the baseline's schedule",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ``run.json`` says, as a person and an exit code need it."""

    content: dict[str, Any]

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DEGRADED if self.problems else ExitCode.GOOD

    @property
    def problems(self) -> list[str]:
        return list(self.content["problems"])


def read_outcome(run: Run) -> Outcome:
    """The outcome of a reported run."""
    return Outcome(run.workspace.read_json("run.json"))


def read_outcome_of(folder: Path) -> Outcome:
    """The outcome of a run's folder."""
    return Outcome(json.loads((folder / "run.json").read_text(encoding="utf-8")))


def show_stage(console: Console, region: RegionConfig, report: StageReport) -> None:
    """One line as a stage is done."""
    authority = region.authorities.get(report.authority)
    name = f"{report.stage} {authority.name}" if authority else report.stage
    name = escape(f"{name:<34}")
    mark = "[red]✗[/red]" if report.problems else "[green]✓[/green]"
    counts = ", ".join(
        f"{key.replace('_', ' ')} {value:,}"
        for key, value in report.counts.items()
        if value and not key.startswith(("state_", "notice_"))
    )
    console.print(f"  {mark} {name} {report.seconds:6.1f} s  {counts}")
    for problem in report.problems:
        console.print(f"      {escape(problem)}")


def show(console: Console, outcome: Outcome) -> None:
    """The night's summary, trouble first."""
    run = outcome.content
    console.print()
    if outcome.problems:
        console.print("[bold red]DEGRADED[/bold red]: the rest of the night was done.")
        for problem in outcome.problems:
            console.print(f"  [red]•[/red] {escape(problem)}")
    else:
        planted = run["counts"].get("decide", {}).get("sentinels", 0)
        through = f" {counted(planted, 'sentinel')} came through." if planted else ""
        console.print(
            f"[bold green]GOOD[/bold green]: every extract arrived and counts.{through}"
        )
    console.print()
    _show_extracts(console, run)
    _show_states(console, run)
    _show_notices(console, run)
    console.print(
        f"Night of {run['business_date']}, run {run['run_id']}, "
        f"{run['seconds']['total']:.1f} s"
    )


def show_next(console: Console, command: str) -> None:
    """What is to be typed after a night that took the stock."""
    console.print(
        "The stock is taken. No workbook is written yet, as those hold personal data "
        "in plain text. To write one for each force and local authority, into a folder "
        "that you protect:"
    )
    console.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)


def _show_extracts(console: Console, run: dict[str, Any]) -> None:
    table = Table(title="Extracts", title_justify="left", box=None, pad_edge=False)
    table.add_column("authority")
    table.add_column("outcome")
    for column in ("rows", "accepted", "rejected"):
        table.add_column(column, justify="right")
    for code, extract in sorted(run["extracts"].items()):
        table.add_row(
            escape(f"{extract['name']} ({code})"),
            extract["outcome"],
            *(f"{extract[key]:,}" for key in ("rows", "accepted", "rejected")),
        )
    console.print(table)
    for code, extract in sorted(run["extracts"].items()):
        if changed := extract.get("changed"):
            console.print(f"{escape(extract['name'])} ({code}): {changed}")
        for fault in extract.get("not_read", ()):
            console.print(f"{escape(extract['name'])} ({code}): {escape(fault)}")
    console.print()


def _show_states(console: Console, run: dict[str, Any]) -> None:
    states = run["states"]
    table = Table(
        title=f"Placements out of area or not located: {run['placements']:,} "
        f"({run['children_in_scope']:,} children in scope)",
        title_justify="left", box=None, pad_edge=False, show_header=False,
    )  # fmt: skip
    table.add_column("state")
    table.add_column("count", justify="right")
    for state, words in STATES.items():
        table.add_row(words, f"{states.get(state, 0):,}")
    console.print(table)
    console.print()


def _show_notices(console: Console, run: dict[str, Any]) -> None:
    kinds = run["notifications"]
    said = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items()))
    console.print(
        f"Notifications decided: {sum(kinds.values()):,} ({said or 'none'}); "
        f"{run['first_made']:,} for the first time"
    )
    console.print(
        f"Tasks owed: {run['obligations']:,}. Pairs for review: {run['reviews']:,}. "
        f"Cross-border people: {run['people']:,}."
    )
    for by, count in sorted(run["held"].items()):
        console.print(f"Held: {count:,}, {HELD[by]}")
    due = run["counts"].get("clocks", {})
    if due.get("followed"):
        console.print(
            f"Followed: {counted(due['followed'], 'notice')}; "
            f"{counted(due['reminders'], 'reminder')}, "
            f"{counted(due['opened'], 'overdue task')} opened, "
            f"{due['escalated']:,} escalated, {due['met']:,} met"
        )
    publish = run["counts"].get("publish", {})
    if publish:
        console.print(
            f"Sent to the portal: {counted(publish['delivered'], 'document')}, among "
            f"them {counted(publish['notifications'], 'notification')}; "
            f"waiting {publish['waiting']:,}, refused {publish['refused']:,}"
            if publish["delivered"] or not publish["waiting"]
            else "Nothing was sent; "
            f"{counted(publish['waiting'], 'document waits', 'documents wait')}."
        )
        if publish["to_export"]:
            console.print(
                "For authorities outside the region: "
                f"{counted(publish['to_export'], 'notice waits', 'notices wait')} for "
                "a person; crossborder exports packs what waits"
            )
    console.print()


class Watch:
    """Shows each stage of a run as its report appears in the run's folder."""

    def __init__(self, console: Console, region: RegionConfig, date: Path) -> None:
        self._console, self._region, self._date = console, region, date
        self._seen = set(self._reports())

    def look(self) -> None:
        """Shows what has appeared since the last look."""
        for path in self._reports():
            if path in self._seen:
                continue
            self._seen.add(path)
            content = json.loads(path.read_text(encoding="utf-8"))
            show_stage(self._console, self._region, StageReport.from_dict(content))

    def _reports(self) -> list[Path]:
        found = [
            path
            for path in self._date.glob("*/stages/[!.]*.json")
            if path.parts[-3] != BETWEEN_NIGHTS
        ]
        return sorted(found, key=lambda path: path.stat().st_mtime)
