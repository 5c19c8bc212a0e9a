"""Where a child's case stands now, and what would have to change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from notifications.documents import Kind
from notifications.facts import State
from notifications.loop_states import LoopState
from pipeline.summary import STATES
from pipeline.times import day, moment
from register.story_parts import Story, StoryNight, StoryNotice

_FLAG = "a current flag there that names the placing authority"
_ADDRESS = "a current address at the placement"
TO_BE_KNOWN: Mapping[State, str | None] = {
    State.NOT_KNOWN: "a record of the host force must match well enough, or a reviewer "
    f"judge one to be the child; then {_ADDRESS} and {_FLAG}",
    State.KNOWN_NOT_AT_ADDRESS: f"the force's record needs {_ADDRESS} and {_FLAG}",
    State.KNOWN_AT_ADDRESS_NO_FLAG: f"the force's record needs {_FLAG}",
    State.KNOWN_AT_PLACEMENT: None,
    State.POSSIBLE: "a reviewer must judge the pair; after the deadline it is told as "
    "unconfirmed",
    State.CANNOT_SAY: "the data must be good enough to decide on",
    State.RESTRICTED: "named officers decide what is shared",
    State.OUT_OF_SCOPE: "the placement's type or legal status must change, or the "
    "region's rules",
}
TO_BE_SAID: Mapping[str, str] = {
    "extract.not-usable": "the host force must send an extract that can be used",
    "record.too-thin": "the placing authority must complete the child's record",
    "host.none": "the placing authority must mend the placement's postcode",
    "host.outside": "the host lies outside the region: it is told by hand",
}
"""Of *cannot say*, by rule."""
STANDS: Mapping[LoopState, tuple[str, str | None]] = {
    LoopState.HELD: ("held back", "its hold must end"),
    LoopState.DROPPED: ("dropped before it was sent", None),
    LoopState.QUEUED: ("waiting to be sent", "the portal must take it"),
    LoopState.DEAD_LETTER: (
        "refused for good", "somebody must mend the cause and replay it",
    ),
    LoopState.DELIVERED: ("delivered", "its recipient must acknowledge it"),
    LoopState.FETCHED: (
        "fetched, not acknowledged", "its recipient must acknowledge it",
    ),
    LoopState.OPENED: ("opened, not acknowledged", "its recipient must acknowledge it"),
    LoopState.KNOWN_UNACKNOWLEDGED: (
        "not acknowledged, though the force's records show the child there", None,
    ),
    LoopState.DISPUTED: (
        "disputed", "the placing authority must look and correct what is wrong",
    ),
    LoopState.ACKNOWLEDGED: (
        "acknowledged", "its recipient's next usable extract must bear the token or "
        "the reference",
    ),
    LoopState.NOT_RECORDED: (
        "acknowledged but not recorded", "its recipient's extract must bear the token "
        "or the reference",
    ),
    LoopState.RECORDED: (
        "recorded", "of a force, the record needs the address and the flag too",
    ),
    LoopState.KNOWN_AT_PLACEMENT: ("recorded, and the child known there", None),
    LoopState.SUPERSEDED: ("superseded", None),
    LoopState.ENDED: ("ended", None),
    LoopState.WITHDRAWN: ("withdrawn", None),
}  # fmt: skip
"""By where a notice stands: in words, and what would move it on."""
_SAYS_NOTHING_NEW = frozenset({Kind.REMINDER, Kind.END, Kind.RETRACTION})


@dataclass(frozen=True, slots=True)
class Standing:
    sentences: tuple[str, ...]
    would_change: tuple[str, ...]


def where_it_stands(
    story: Story, loops: Mapping[UUID, LoopState], name: Callable[[str], str]
) -> Standing:
    """The latest answer of each placement and what became of the notices of it.

    ``name`` gives an authority in words.
    """
    said: list[str] = []
    change: list[str] = []
    latest = {one.placement_ref: one for one in story.nights}
    for night in latest.values():
        said.append(_answer(night, story))
        if night.business_date == story.newest_night:
            need = _needed(night)
            change += [f"{night.placement_ref}: {need}"] if need else []
    if not latest:
        said.append("No night has decided about this child: it is in its own area.")
    gone = {one.supersedes for one in story.notices if not one.dropped_by}
    for notice in story.notices:
        if notice.kind in _SAYS_NOTHING_NEW or notice.notification_id in gone:
            continue
        if notice.dropped_by:
            continue
        words, need = _way(notice, story, loops)
        about = f"{notice.recording_token or notice.kind.value} to "
        about += name(notice.recipient) + (" (copy)" if notice.is_copy else "")
        said.append(f"{about} is {words}.")
        change += [f"{about}: {need}"] if need else []
    return Standing(tuple(said), tuple(change))


def _answer(night: StoryNight, story: Story) -> str:
    said = (
        f"On {day(night.business_date)} the answer for {night.placement_ref} was "
        f"“{STATES[night.state]}”"
    )
    said += f" ({night.rule})" if night.rule else ""
    if night.business_date != story.newest_night:
        said += "; since then it is no placement to decide about"
    return f"{said}."


def _needed(night: StoryNight) -> str | None:
    return TO_BE_SAID.get(night.rule or "") or TO_BE_KNOWN[night.state]


def _way(
    notice: StoryNotice, story: Story, loops: Mapping[UUID, LoopState]
) -> tuple[str, str | None]:
    loop = loops.get(notice.notification_id)
    if loop is None:  # a copy: it is followed by nobody
        sent = story.deliveries.get(str(notice.notification_id), ())
        return (sent[-1].state if sent else "held back"), None
    words, need = STANDS[loop]
    if loop is LoopState.HELD and notice.held_by:
        until = f" until {moment(notice.release_at)}" if notice.release_at else ""
        words = f"held by the {notice.held_by}{until}"
        if notice.release_at is None:
            need = "a named person must release it (crossborder release)"
    return words, need
