"""How a notice is called and marked: in lists, on its own page and on paper."""

from collections.abc import Iterator

from notifications.documents import Audience, Priority
from portal import words
from portal.notice_rows import Notice
from portal.standings import State

Tag = tuple[str, str]
"""What a tag says, and its colour by GOV.UK's name."""

_OVER: dict[State, Tag] = {
    State.WITHDRAWN: ("Withdrawn", "red"),
    State.SUPERSEDED: ("Superseded", "grey"),
    State.DISPUTED: ("Disputed", "purple"),
    State.ACKNOWLEDGED: ("Acknowledged", "green"),
}
"""States in which a notice's urgency says nothing any more."""


def title(notice: Notice) -> str:
    """The child's name; nobody's once the notice is withdrawn."""
    if notice.withdrawal is not None:
        return "Withdrawn notice"
    child = notice.document.child
    if child is None:
        return words.KINDS[notice.document.kind]
    return words.child_name(child.forename, child.surname)


def tags(notice: Notice, *, in_list: bool) -> tuple[Tag, ...]:
    """What is to be seen of a notice at a glance.

    In a list: standard and low priority go unsaid, and what is new to the reader is
    marked. A page of its own says the priority whatever it is.
    """
    return (*_of_document(notice), *_of_state(notice, in_list=in_list))


def _of_document(notice: Notice) -> Iterator[Tag]:
    document = notice.document
    if document.test_record:
        yield "Test record", "pink"
    yield words.KIND_TAGS[document.kind], "blue"
    if document.is_copy:
        yield "Copy", "grey"
    if document.audience is Audience.NAMED_OFFICER:
        yield "Named officers only", "purple"


def _of_state(notice: Notice, *, in_list: bool) -> Iterator[Tag]:
    if notice.state in _OVER:
        yield _OVER[notice.state]
        if notice.state is State.ACKNOWLEDGED and notice.not_found:
            yield "Not found in your records", "red"
        return
    priority = notice.document.priority
    high = priority is Priority.HIGH
    if high or not in_list:
        yield words.PRIORITIES[priority], "orange" if high else "grey"
    if not in_list:
        return
    if notice.waits and notice.reminders:
        yield _reminded(notice.reminders), "red"
    if notice.state is State.UNREAD:
        yield "Not opened", "yellow"


def _reminded(times: int) -> str:
    return "Reminded" if times == 1 else f"Reminded {times} times"
