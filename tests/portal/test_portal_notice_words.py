"""What a notice is called, and the tags that it wears in a list and on its own page."""

from dataclasses import replace

import portal_samples as samples
import pytest

from portal.notice_rows import Notice
from portal.notice_words import tags, title
from portal.standings import State

NEW, HIGH, UNREAD = (
    ("New", "blue"),
    ("High priority", "orange"),
    ("Not opened", "yellow"),
)
DONE = ("Acknowledged", "green")
FRESH = Notice(
    document=samples.notification(), state=State.UNREAD, version=1, waits=True,
    superseded_by=None, withdrawal=None, acknowledged_at=None, reference=None,
    recorded_on=None, disputed_at=None, dispute=None, reminders=0, not_found=False,
    holder=None, passes=0,
)  # fmt: skip


def notice(document=None, **changed):
    made = samples.notification(**(document or {}))
    return replace(FRESH, document=made, **changed)


WORN = [
    ("fresh", notice(), [NEW, HIGH, UNREAD], [NEW, HIGH]),
    ("standard", notice({"priority": "standard"}), [NEW, UNREAD],
     [NEW, ("Standard priority", "grey")]),
    ("low", notice({"priority": "low"}, state=State.OPENED), [NEW],
     [NEW, ("Low priority", "grey")]),
    ("opened", notice(state=State.OPENED), [NEW, HIGH], [NEW, HIGH]),
    ("a copy", notice({"is_copy": True}, state=State.READ),
     [NEW, ("Copy", "grey"), HIGH], [NEW, ("Copy", "grey"), HIGH]),
    ("all of its document",
     notice({"kind": "end", "is_copy": True, "audience": "named_officer",
             "test_record": True}, state=State.OPENED),
     *[[("Test record", "pink"), ("Ended", "blue"), ("Copy", "grey"),
        ("Named officers only", "purple"), HIGH]] * 2),
    ("reminded", notice(reminders=1), [NEW, HIGH, ("Reminded", "red"), UNREAD],
     [NEW, HIGH]),
    ("reminded again", notice(reminders=2, state=State.OPENED),
     [NEW, HIGH, ("Reminded 2 times", "red")], [NEW, HIGH]),
    ("reminded and done with", notice(reminders=2, waits=False), [NEW, HIGH, UNREAD],
     [NEW, HIGH]),
    ("acknowledged", notice(state=State.ACKNOWLEDGED, reminders=1),
     *[[NEW, DONE]] * 2),
    ("not found", notice(state=State.ACKNOWLEDGED, not_found=True),
     *[[NEW, DONE, ("Not found in your records", "red")]] * 2),
    ("disputed", notice(state=State.DISPUTED, not_found=True),
     *[[NEW, ("Disputed", "purple")]] * 2),
    ("superseded", notice(state=State.SUPERSEDED),
     *[[NEW, ("Superseded", "grey")]] * 2),
    ("withdrawn", notice(state=State.WITHDRAWN, withdrawal=samples.withdrawal()),
     *[[NEW, ("Withdrawn", "red")]] * 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("worn", "in_list", "alone"),
    [row[1:] for row in WORN],
    ids=[row[0] for row in WORN],
)
def test_a_notice_wears_what_is_to_be_seen_at_a_glance(worn, in_list, alone):
    assert list(tags(worn, in_list=True)) == in_list
    assert list(tags(worn, in_list=False)) == alone


CALLED = [
    (notice(), f"{samples.CANARY} Quill-Test"),
    (notice({"child": samples.child("Ada", "")}), "Ada"),
    (notice({"child": samples.child("", "")}), "Name not supplied"),
    (notice({"child": None, "kind": "pointer"}), "Held elsewhere too"),
    (notice({"child": None, "kind": "new"}), "New placement in your area"),
    (notice(state=State.WITHDRAWN, withdrawal=samples.withdrawal()),
     "Withdrawn notice"),
]  # fmt: skip


@pytest.mark.parametrize(("named", "expected"), CALLED)
def test_a_notice_is_called_by_its_child_until_it_is_withdrawn(named, expected):
    assert title(named) == expected
