"""Laws of the chase, over any notice, any clock of a region and any week."""

import datetime as dt
from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st
from loop_cases import PERSONAL, astuple, document, followed, looked, pass_, rules
from notification_cases import WEST_MERCIA, WORCESTERSHIRE

from notifications.clocks import LONDON, close_of, is_working_day
from notifications.documents import Kind, ObligationKind, Priority, body
from notifications.loop import acknowledgement_due, follow, is_at_rest
from notifications.working_time import after_working_time, working_time

WEEKS = [
    dt.date(2026, 10, 22),  # summer time ends
    dt.date(2026, 12, 22),  # Christmas and New Year
    dt.date(2027, 3, 24),  # Easter, and summer time begins
    dt.date(2027, 5, 26),  # the spring holiday
]
DAYS = st.builds(
    lambda week, days: week + dt.timedelta(days=days),
    st.sampled_from(WEEKS),
    st.integers(0, 9),
)
MOMENTS = st.builds(
    lambda day, minutes: (
        dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(minutes=minutes)
    ),
    DAYS,
    st.integers(0, 24 * 60 - 1),
)
GAPS = st.lists(
    st.integers(15, 4 * 24 * 60).map(lambda minutes: dt.timedelta(minutes=minutes)),
    min_size=1, max_size=15,
)  # fmt: skip
WORKING_DAYS = st.integers(0, 6)


@st.composite
def rulebooks(draw):
    days = {name: draw(WORKING_DAYS) for name in ("high", "standard", "low")}
    return rules(
        acknowledge=days,
        record=draw(WORKING_DAYS),
        disagreement_task=draw(WORKING_DAYS),
        remind_at=draw(st.floats(0.05, 0.95)),
        escalate=tuple(draw(st.lists(WORKING_DAYS, max_size=4))),
    )


@st.composite
def notices(draw):
    delivered = draw(MOMENTS)
    recipient = draw(st.sampled_from([WEST_MERCIA, WORCESTERSHIRE]))
    earlier = dt.timedelta(days=draw(st.integers(0, 5)))
    return followed(
        draw(st.sampled_from([Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED, Kind.END])),
        recipient,
        told={
            "priority": draw(st.sampled_from(Priority)),
            "created_on": delivered.astimezone(LONDON).date() - earlier,
        },
        delivered_at=delivered,
    )


def test_the_reminders_of_a_notice_that_nobody_answers_come_in_one_order():
    one, now, made = followed(), close_of(dt.date(2026, 11, 23)), []
    for _ in range(30 * 24 * 4):
        now += dt.timedelta(minutes=15)
        steps, one = pass_(one, now)
        made += [reminder.rule for reminder in steps.reminders]
    assert made == ["loop.remind", *["loop.overdue"] * 3]


@given(notices(), rulebooks(), GAPS)
def test_a_chase_that_nobody_answers_only_rises_and_never_closes(one, book, gaps):
    now, height = one.delivered_at, -1
    due = acknowledgement_due(one, book.policy.clocks)
    for gap in gaps:
        now += gap
        steps, one = pass_(one, now, book)
        assert len(steps.reminders) <= 1
        for task in steps.follow_ups:
            assert task.met_on is None
            assert task.kind is ObligationKind.ACKNOWLEDGE_TASK
            assert task.due_at == due < now
            assert task.escalation > height
            height = task.escalation
    assert all(task.met_at is None for task in one.follow_ups)
    assert len(one.follow_ups) == (now > due)


@given(notices(), rulebooks(), MOMENTS, MOMENTS)
def test_a_later_look_at_the_same_facts_finds_no_less_due(one, book, first, second):
    early, late = sorted((first, second))
    before, after = (
        max((task.escalation for task in follow(one, book, now).follow_ups), default=-1)
        for now in (early, late)
    )
    assert before <= after
    if follow(one, book, early).reminders:
        assert follow(one, book, late).reminders


@given(notices(), rulebooks(), GAPS)
def test_however_rarely_it_is_passed_the_last_word_is_the_same(one, book, gaps):
    """Reminders are fewer after an outage; what is owed is not."""
    often, now = one, one.delivered_at
    for gap in gaps:
        now += gap
        _, often = pass_(often, now, book)
    _, once = pass_(one, now, book)
    assert [
        (task.obligation_id, task.due_at, task.escalation) for task in once.follow_ups
    ] == [
        (task.obligation_id, task.due_at, task.escalation) for task in often.follow_ups
    ]
    assert once.reminders <= often.reminders


@given(notices(), rulebooks())
def test_nothing_is_due_on_a_day_of_rest_nor_before_it_came(one, book):
    due = acknowledgement_due(one, book.policy.clocks)
    assert is_working_day(due.astimezone(LONDON).date())
    assert due.astimezone(LONDON).time() == dt.time(17)
    assert due > one.delivered_at
    assert due.utcoffset() == dt.timedelta()


@given(notices(), rulebooks(), GAPS, st.data())
def test_whatever_befalls_it_a_pass_says_each_thing_once_and_no_personal_data(
    one, book, gaps, data
):
    """Every pass is run again, on what it wrote down, and then makes nothing."""
    now = one.delivered_at
    for gap in gaps:
        now += gap
        today = now.date()
        change = data.draw(
            st.sampled_from(
                [
                    {},
                    {"fetched_at": now},
                    {"acknowledged_at": now, "reference": "WM/1"},
                    {"disputed_at": now},
                    looked(today.isoformat()),
                    looked(today.isoformat(), seen=True),
                    {"known_on": today, "no_longer_known_on": None},
                    {"known_on": None, "no_longer_known_on": today},
                    {"superseded": True},
                ]
            )
        )
        steps, one = pass_(replace(one, **change), now, book)
        assert len(steps.reminders) <= 1
        ids = [task.obligation_id for task in steps.follow_ups]
        assert len(ids) == len(set(ids))
        for made in (*(one.document for one in steps.reminders), *steps.follow_ups):
            text = body(made).decode()
            assert not [word for word in PERSONAL if word in text]
            assert type(made).model_validate_json(text) == made
        open_ = [task.kind for task in one.follow_ups if task.met_at is None]
        assert len(open_) == len(set(open_))
        if one.superseded:
            assert not open_


@given(notices(), rulebooks(), st.lists(MOMENTS, min_size=1, max_size=4), st.data())
def test_of_a_notice_at_rest_nothing_is_due_at_any_moment(one, book, moments, data):
    assert not is_at_rest(one), "nobody has answered"
    one = replace(one, **data.draw(st.fixed_dictionaries({}, optional=FACTS)))
    for now in moments:
        if is_at_rest(one):
            assert not any(astuple(follow(one, book, now)))
        _, one = pass_(one, now, book)


FACTS = {
    "held_by": st.sampled_from([None, "review", "surge", "baseline"]),
    "delivered_at": st.none() | MOMENTS,
    "fetched_at": st.none() | MOMENTS,
    "acknowledged_at": st.none() | MOMENTS,
    "disputed_at": st.none() | MOMENTS,
    "seen_on": st.none() | DAYS,
    "was_seen": st.booleans(),
    "looked_as_of": st.none() | MOMENTS,
    "known_on": st.none() | DAYS,
    "no_longer_known_on": st.none() | DAYS,
    "superseded": st.booleans(),
    "reminders": st.integers(0, 2),
}
"""What may have come of a notice, in any company."""


@given(notices(), rulebooks(), MOMENTS, st.integers(0, 20))
def test_no_extract_of_before_the_time_was_up_accuses_anybody(one, book, now, days):
    acknowledged = replace(one, acknowledged_at=one.delivered_at, reference="WM/1")
    day = one.delivered_at.date() + dt.timedelta(days=days)
    steps = follow(replace(acknowledged, **looked(day.isoformat())), book, now)
    for task in steps.follow_ups:
        assert task.kind is ObligationKind.RECORD_TASK
        assert task.due_at < dt.datetime.combine(day, dt.time(), dt.UTC)
    assert not any(astuple(follow(acknowledged, book, now)))


@given(MOMENTS, MOMENTS, st.floats(0.01, 1))
def test_a_share_of_working_time_is_where_that_much_has_passed(first, second, share):
    start, end = sorted((first, second))
    span = share * working_time(start, end)
    if span:
        at = after_working_time(start, span)
        assert working_time(start, at) == span
        assert start <= at <= end


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_and_never_runs_backwards(first, second, third):
    start, middle, end = sorted((first, second, third))
    both = working_time(start, middle) + working_time(middle, end)
    assert working_time(start, end) == both
    assert working_time(end, start) == dt.timedelta()


def test_the_personal_words_are_really_in_the_notice():
    text = body(document()).decode()
    assert all(word in text for word in PERSONAL)
    assert {field.name for field in fields(followed())} >= {"notification"}
