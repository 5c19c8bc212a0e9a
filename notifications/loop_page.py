"""``docs/lifecycle.md``: the life of a notice, drawn from the tables in code."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from notifications.documents import Kind
from notifications.loop_states import (
    ANSWERED,
    CHANGES,
    CHASED,
    CLOSED,
    FOLLOWS,
    OPEN,
    STARTS,
    UNACKNOWLEDGED,
    Change,
    LoopState,
)

_OPENING = """\
# The life of a notice

Written by `make docs` from the tables in `notifications/loop_states.py`.

Told is not recorded. That a notice was delivered, fetched or opened is shown and proves
nothing. It is *acknowledged* when its recipient gives its own reference and the date it
recorded; *recorded* when the recipient's next usable extract bears the recording token
or that reference; *known at placement* when a force's records show the child at the
address, with the flag. Every night asks all of it afresh.

No state is stored: it is read from what the register holds.
"""

_CHASE = """\
## What is chased, and when

Notices new, update, unconfirmed and end to the host force and the host authority, by
the portal. Not copies, pointers, packages carried by hand or test records; not while
held, and not after something has taken the notice's place. Days are working days of
England and Wales; each closes at 17:00 in London, and working time is 09:00 to 17:00.
The numbers are those of `policy: clocks:` in the region file.

| what | when | what is sent |
|---|---|---|
| reminder | `remind_at` of the working time between delivery and the due time | a \
reminder to the recipient |
| acknowledgement overdue | `acknowledge` days after the later of the days it was \
decided and delivered | a task for the recipient, and a reminder |
| escalation | so many days overdue as `escalate` says, step by step | the task names \
the supervisor, then the named officer, then the strategic lead; a reminder with each |
| acknowledged but not recorded | `record` days after acknowledgement, when a usable \
extract of a later day shows neither token nor reference | a task for the recipient, \
and a reminder; it escalates the same way, as far as extracts reach |
| recorded, and no longer seen | at once | a new task, with `record` days |
| disputed | at once | the recipient's chase stops; the placing authority has a task, \
with `disagreement_task` days |

One pass sends at most one reminder of a notice, so that after an outage the step that
is due goes out, and not a flood. No task closes by itself. A missing extract says
nothing of its force: it opens no task and settles none. Known at placement ends all
chasing of a force while it lasts; if it lasts no longer, the clock starts again on that
night. A reference that stands on notices about two children, or has fewer than four
characters, proves nothing; the token does.
"""

_KIND_NOTES = {
    Kind.NEW: "the recipient had heard nothing",
    Kind.UPDATE: "moved, corrected, decided or already known to the force",
    Kind.UNCONFIRMED: "nobody could decide it in time",
    Kind.END: "it no longer concerns the recipient",
    Kind.RETRACTION: "it should not have been said",
    Kind.POINTER: "another authority holds a record of the same person",
    Kind.REMINDER: "a notice still waits",
}
_STANDS_NO_MORE = (Kind.END, Kind.RETRACTION)


def loop_diagram() -> str:
    """The whole page, with both diagrams in Mermaid."""
    return "\n".join(
        [
            _OPENING,
            "## From decision to proof\n",
            _life(),
            _transitions(),
            "## What follows what for one recipient\n",
            _succession(),
            _kinds(),
            _CHASE,
        ]
    )


def _words(state: LoopState) -> str:
    return {
        LoopState.KNOWN_UNACKNOWLEDGED: "known, not acknowledged",
        LoopState.NOT_RECORDED: "acknowledged but not recorded",
    }.get(state, state.value.replace("_", " "))


_WITHIN: Mapping[str, tuple[LoopState, ...]] = {
    "open": OPEN,
    "unacknowledged": UNACKNOWLEDGED,
    "answered": ANSWERED,
}
"""Boxes of the first diagram, the outer ones first."""
_ENTRY = {
    "open": "unacknowledged",
    "unacknowledged": LoopState.QUEUED.value,
    "answered": LoopState.ACKNOWLEDGED.value,
}
_Edge = tuple[tuple[str, ...], str]
"""Inside which boxes it is drawn, and its line."""


def _life() -> str:
    edges = [edge for change in CHANGES for edge in _edges(change)]
    edges += [((), _line("[*]", _target((), one), how)) for one, how in STARTS.items()]
    edges += [((), f"{one.value} --> [*]") for one in (*CLOSED, LoopState.DROPPED)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *_box((), edges), "```\n"])


def _box(path: tuple[str, ...], edges: Sequence[_Edge]) -> Iterator[str]:
    """The states and edges of one box, around the boxes inside it."""
    pad = "    " * (len(path) + 1)
    own = (one for one in LoopState if _path(one) == path)
    yield from (f"{pad}{one.value} : {_words(one)}" for one in own)
    for name, members in _WITHIN.items():
        if _path(members[0])[: len(path) + 1] == (*path, name):
            yield f"{pad}state {name} {{"
            yield f"{pad}    [*] --> {_ENTRY[name]}"
            yield from _box((*path, name), edges)
            yield f"{pad}}}"
    yield from (pad + line for where, line in dict.fromkeys(edges) if where == path)


def _edges(change: Change) -> Iterator[_Edge]:
    """A change from every state of a box is one edge from the box."""
    left = set(change.before) - {change.after}
    for name, members in _WITHIN.items():
        if change.after not in members and left.issuperset(members):
            left -= set(members)
            yield _edge(_path(members[0])[: _depth(name)], name, change)
    for state in change.before:
        if state in left:
            yield _edge(_path(state), state.value, change)


def _edge(path: tuple[str, ...], source: str, change: Change) -> _Edge:
    target = _path(change.after)
    shared = tuple(
        name for name, other in zip(path, target, strict=False) if name == other
    )
    if path != shared:
        source = path[len(shared)]
    where = _target(shared, change.after)
    return shared, _line(source, where, change.happening.value)


def _target(path: tuple[str, ...], state: LoopState) -> str:
    """The state, or the box beside the source that it is inside of."""
    inside = _path(state)[len(path) :]
    return inside[0] if inside else state.value


def _path(state: LoopState) -> tuple[str, ...]:
    return tuple(name for name, members in _WITHIN.items() if state in members)


def _depth(name: str) -> int:
    return _path(_WITHIN[name][0]).index(name)


def _line(source: str, target: str, words: str) -> str:
    return f"{source} --> {target} : {words.replace('_', ' ')}"


def _transitions() -> str:
    rows = [
        f"| {_listed(change.before)} | {change.happening.value.replace('_', ' ')} "
        f"| {_words(change.after)} | {change.why} |"
        for change in CHANGES
    ]
    table = ["| from | when it is | it is then | because |", "|---|---|---|---|", *rows]
    stays = (
        "Everything else is kept and changes nothing: a receipt that comes late, a "
        "token seen before anybody acknowledged, whatever befalls a closed notice.\n"
    )
    return "\n".join([*table, "", stays])


def _listed(states: tuple[LoopState, ...]) -> str:
    if states == OPEN:
        return "any open state"
    return ", ".join(_words(one) for one in states)


def _succession() -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {_node(one)} : {one.value}" for one in Kind]
    for kind, followers in FOLLOWS.items():
        lines += [f"    {_node(kind)} --> {_node(one)}" for one in _ordered(followers)]
        if kind in _STANDS_NO_MORE:
            lines += [f"    {_node(kind)} --> [*]"]
        if kind in CHASED:
            lines += [f"    {_node(kind)} --> {_node(Kind.REMINDER)} : it still waits"]
    reminder = "A reminder is sent beside the notice and takes nothing's place.\n"
    return "\n".join([*lines, "```\n", reminder])


def _node(kind: Kind | None) -> str:
    return "[*]" if kind is None else f"kind_{kind.value}"


def _ordered(kinds: Collection[Kind]) -> list[Kind]:
    return [one for one in Kind if one in kinds]


def _kinds() -> str:
    rows = [f"| {kind.value} | {_KIND_NOTES[kind]} | {_after(kind)} |" for kind in Kind]
    head = ["| kind | why | may be followed by |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def _after(kind: Kind) -> str:
    followers = ", ".join(one.value for one in _ordered(FOLLOWS[kind]))
    if kind in _STANDS_NO_MORE:
        return "nothing: nothing stands any more"
    return followers or "nothing: it never stood"
