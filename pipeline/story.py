"""One child's story in words: references, rules and times, never a name."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifications.documents import ObligationKind
from notifications.facts import PlacementStatus, State
from notifications.feed import EventType
from notifications.loop_states import LoopState
from notifications.rules import RULES
from notifications.scope import Verdict, scope_rule, verdict
from pipeline.region import RegionConfig
from pipeline.standing import Standing, where_it_stands
from pipeline.summary import STATES
from pipeline.times import day, moment, span_of
from register.story_parts import (
    Story,
    StoryDelivery,
    StoryEvent,
    StoryNight,
    StoryNotice,
    StoryTask,
)

RESTRICTED = (
    "This case is restricted. Named officers speak about it with each other; the "
    "system shows nothing of it but their tasks."
)


@dataclass(frozen=True, slots=True)
class Told:
    """A story, what the loop says of its notices, and whose region it is."""

    story: Story
    loops: Mapping[UUID, LoopState]
    region: RegionConfig

    def name(self, code: str) -> str:
        known = self.region.authorities.get(code)
        return f"{code} {known.name}" if known else code


@dataclass(frozen=True, slots=True)
class Span:
    """Nights in a row that answered the same of one placement."""

    first: dt.date
    last: dt.date
    nights: int
    answer: StoryNight


def is_restricted(told: Told) -> bool:
    """Whether the child is shielded now, as far as the register can tell."""
    story = told.story
    latest = {one.placement_ref: one.state for one in story.nights}
    return (
        State.RESTRICTED in latest.values()
        or any(_shielding(one) for one in story.tasks)
        or any(
            verdict(scope_rule(one), told.region.policy.scope) is Verdict.RESTRICTED
            for one in story.placements
            if one.status is PlacementStatus.CURRENT
        )
    )


def _shielding(task: StoryTask) -> bool:
    return task.kind is ObligationKind.NAMED_OFFICER_TASK and task.met_on is None


def fold(nights: Iterable[StoryNight]) -> list[Span]:
    """Nights in a row with the same answer as one span, by placement and date."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for night in nights:
        mine = spans[night.placement_ref]
        if mine and _answer(mine[-1].answer) == _answer(night):
            before = mine.pop()
            mine.append(
                Span(before.first, night.business_date, before.nights + 1, night)
            )
        else:
            mine.append(Span(night.business_date, night.business_date, 1, night))
    every = [one for several in spans.values() for one in several]
    return sorted(every, key=lambda one: (one.first, one.answer.placement_ref))


def _answer(night: StoryNight) -> tuple[object, ...]:
    """What makes two nights the same: not when, nor the date of the data."""
    return (
        night.state, night.rule, night.reason, night.priority, night.host_la,
        night.host_force, night.best_nominal_ref, night.judgement,
        tuple((one.comparison, one.level) for one in night.evidence),
        night.rules, night.model, night.priority_rule, night.silence,
    )  # fmt: skip


# --- for a reader ------------------------------------------------------------------


def in_words(told: Told, night: dt.date | None = None) -> list[str]:
    """The story, line by line: where it stands, every night, all that was told."""
    story = told.story
    placing = told.name(story.authority).removeprefix(f"{story.authority} ")
    lines = [f"Child {story.authority}/{story.child_ref} of {placing}"]
    if is_restricted(told):
        tasks = [
            one for one in story.tasks if one.kind is ObligationKind.NAMED_OFFICER_TASK
        ]
        return [*lines, RESTRICTED, "", *_tasks(told, tasks)]
    for one in story.placements:
        until = f" to {day(one.end)}" if one.end else ""
        lines.append(
            f"Placement {one.placement_ref}: {one.status}, from {day(one.start)}{until}"
        )
    if night is None:
        lines += ["", "Where it stands now", *_paragraph(told)]
    spans = fold(
        one for one in story.nights if night is None or one.business_date == night
    )
    lines += ["", "Night by night"]
    lines += [line for one in spans for line in _span(told, one)]
    if not spans:
        lines.append("  No night decided about this child.")
    notices = [one for one in story.notices if night in {None, one.created_on}]
    lines += ["", "What was told"]
    lines += [line for one in notices for line in _notice(told, one)]
    if not notices:
        lines.append("  Nothing.")
    own = [
        one
        for one in story.tasks
        if one.notification_id is None and night in {None, one.created_on, one.met_on}
    ]
    lines += ["", *_tasks(told, own)]
    return lines + _reviews(told, night)


def _paragraph(told: Told) -> list[str]:
    stands = where_it_stands(told.story, told.loops, told.name)
    lines = [f"  {' '.join(stands.sentences)}"]
    if stands.would_change:
        lines.append("  What would have to change:")
        lines += [f"  - {one}" for one in stands.would_change]
    return lines


def _span(told: Told, span: Span) -> list[str]:
    night = span.answer
    lines = [
        f"  {span_of(span.first, span.last, span.nights)}  {night.placement_ref}  "
        f"{STATES[night.state]}"
    ]
    if night.reason or night.rule:
        lines.append(f"      why: {night.reason or night.rule}")
    hosts = [told.name(one) for one in (night.host_force, night.host_la) if one]
    facts = [
        f"hosts {' and '.join(hosts)}" if hosts else "no host",
        f"priority {night.priority}" + _by(night.priority_rule)
        if night.priority
        else "",
        f"data of {day(night.as_of)}" if night.as_of else "",
        f"rules {night.rules}" if night.rules else "",
        f"model {night.model}" if night.model else "",
    ]
    lines.append(f"      {', '.join(one for one in facts if one)}")
    if night.best_nominal_ref:
        weight = sum(one.weight for one in night.evidence)
        likely = (
            f", probability {night.match_probability:.4f}"
            if night.match_probability is not None
            else ""
        )
        lines.append(
            f"      best record {night.best_nominal_ref}{likely}, {weight:+.1f} bits"
        )
        lines += [
            f"        {one.weight:+6.1f}  {one.comparison}"
            + (f": {one.level}" if one.level != one.comparison else "")
            for one in night.evidence
        ]
    if night.judgement:
        lines.append(f"      rests on judgement {night.judgement}")
    return lines + _silences(told, night)


def _by(rule: str | None) -> str:
    return f" by {rule}" if rule else ""


def _silences(told: Told, night: StoryNight) -> list[str]:
    """Why nothing was sent that night, to whom: a line for each rule."""
    by_rule: dict[str, list[str]] = defaultdict(list)
    for one in night.silence:
        by_rule[one.rule].append(told.name(one.recipient) if one.recipient else "")
    return [
        "      nothing to "
        + (" or ".join(filter(None, whom)) or "anybody")
        + f": {rule}"
        + (f" ({RULES[rule].words})" if rule in RULES else "")
        for rule, whom in sorted(by_rule.items())
    ]


# --- notices and what came of them ---------------------------------------------------


def _notice(told: Told, one: StoryNotice) -> list[str]:
    kind = f"reminder {one.reminder_no}" if one.reminder_no else one.kind.value
    copy = " (copy)" if one.is_copy else ""
    lines = [
        f"  {day(one.created_on)}  {kind} to {told.name(one.recipient)}{copy}  "
        f"{one.recording_token or ''}".rstrip(),
        f"      {one.notification_id}, {one.rule} version {one.rule_version}, "
        f"{one.priority} priority"
        + (f", due {moment(one.due_at)}" if one.due_at else ""),
    ]
    if one.supersedes:
        lines.append(f"      supersedes {one.supersedes}")
    if one.reminds:
        lines.append(f"      reminds of {one.reminds}")
    if one.judgement:
        lines.append(f"      rests on judgement {one.judgement}")
    if one.held_by:
        lines.append(f"      {_hold(one)}")
    if one.dropped_by:
        lines.append(f"      dropped: run {one.dropped_by} no longer decided it")
    loop = told.loops.get(one.notification_id)
    if loop is not None:
        lines.append(f"      loop: {loop.value.replace('_', ' ')}")
    key = str(one.notification_id)
    lines += [f"      {_delivery(d)}" for d in told.story.deliveries.get(key, ())]
    lines += [f"      {_event(e)}" for e in told.story.events if e.subject == key]
    lines += _recordings(told, one)
    lines += [
        f"      {_task(told, t)}"
        for t in told.story.tasks
        if t.notification_id == one.notification_id
    ]
    return lines


def _hold(one: StoryNotice) -> str:
    held = f"held: {one.held_by}"
    if one.release_at:
        held += f", until {moment(one.release_at)}"
    if one.released_at:
        return f"{held}; released {moment(one.released_at)} by {one.released_by}"
    return held


def _delivery(one: StoryDelivery) -> str:
    tries = f"{one.attempts} attempt" + ("s" if one.attempts != 1 else "")
    said = f"{one.destination}: {one.state} after {tries}"
    if one.settled_at:
        said += f", {moment(one.settled_at)}"
    elif one.next_attempt_at:
        said += f", next {moment(one.next_attempt_at)}"
    return f"{said}; {one.last_problem}" if one.last_problem else said


def _event(one: StoryEvent) -> str:
    said = f"{moment(one.time)}  {one.type}"
    if one.actor:
        said += f" by {one.actor}"
    if one.type == EventType.ACKNOWLEDGED:
        said += f": their reference {one.reference}, recorded {one.recorded_on}"
    elif one.type == EventType.JUDGED:
        decision = (one.decision or "").replace("_", " ")
        said += f": {decision}, record {one.right_ref}, event {one.event_id}"
    elif one.type == EventType.JUDGEMENT_UNDONE:
        said += f": judgement {one.undoes}"
    elif one.decision:
        said += f": {one.decision.replace('_', ' ')}"
    return said


def _recordings(told: Told, one: StoryNotice) -> list[str]:
    found = [
        each
        for each in told.story.recordings
        if each.notification_id == one.notification_id
    ]
    lines = [
        f"      {day(each.business_date)}  their extract "
        + (
            f"bears the {each.by} ({each.found_in})"
            if each.seen
            else "bears neither token nor reference"
        )
        for each in found
    ]
    looked = told.story.looks.get(one.recipient)
    if found and looked:
        lines.append(f"      last looked on {day(looked)}")
    return lines


# --- tasks and reviews ---------------------------------------------------------------


def _tasks(told: Told, tasks: Iterable[StoryTask]) -> list[str]:
    lines = [f"  {_task(told, one)}" for one in tasks]
    return ["Tasks", *(lines or ["  None."])]


def _task(told: Told, one: StoryTask) -> str:
    said = (
        f"{day(one.created_on)}  {one.kind.replace('_', ' ')} of "
        f"{told.name(one.owed_by)}, {one.rule}, due {moment(one.due_at)}"
    )
    if one.escalation:
        said += f", escalation {one.escalation}"
        said += f" to {one.escalated_to}" if one.escalated_to else ""
    return f"{said}; met {day(one.met_on)}" if one.met_on else f"{said}; open"


def _reviews(told: Told, night: dt.date | None) -> list[str]:
    reviews = [one for one in told.story.reviews if night in {None, one.created_on}]
    if not reviews:
        return []
    lines = ["", "Reviews"]
    for one in reviews:
        lines.append(
            f"  {day(one.created_on)}  is it {one.right_ref} of "
            f"{told.name(one.right_authority)}? By {moment(one.deadline)}"
            + ("; dropped" if one.dropped_by else "")
        )
        lines += [
            f"      {_event(e)}"
            for e in told.story.events
            if e.subject == str(one.review_id)
        ]
    return lines


# --- for a program -------------------------------------------------------------------


def as_json(told: Told, night: dt.date | None = None) -> dict[str, Any]:
    """The same for a program: plain values, nights unfolded."""
    story = told.story
    head = {"authority": story.authority, "child_ref": story.child_ref}
    if is_restricted(told):
        return {
            **head,
            "restricted": True,
            "tasks": [
                dataclasses.asdict(one)
                for one in story.tasks
                if one.kind is ObligationKind.NAMED_OFFICER_TASK
            ],
        }
    whole = dataclasses.asdict(story)
    whole["placements"] = [
        {name: getattr(one, name) for name in _PLACEMENT} for one in story.placements
    ]
    if night is not None:
        for part, date in (("nights", "business_date"), ("notices", "created_on")):
            whole[part] = [one for one in whole[part] if one[date] == night]
    for one in whole["notices"]:
        one["loop"] = told.loops.get(one["notification_id"])
    stands: Standing = where_it_stands(story, told.loops, told.name)
    return {**whole, "restricted": False, "now": dataclasses.asdict(stands)}


_PLACEMENT = ("placement_ref", "start", "end", "status", "place_code")
