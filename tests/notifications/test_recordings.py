"""Whether a recipient's own records bear the token, or the reference it gave."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.recordings import Outstanding, Recording, find_recordings, tokens_in
from records.tokens import ALPHABET, recording_token

ONE, TWO = UUID(int=1), UUID(int=2)
TOKEN, OTHER = recording_token(ONE), recording_token(TWO)
PLAIN = TOKEN.replace("-", "")
ROBIN, JO = ("330", "C1"), ("331", "C1")


def waits(reference=None, *, which=ONE, child=ROBIN):
    return Outstanding(which, recording_token(which), reference, child)


def only(one, **written):
    (found,) = find_recordings([one], written)
    return (found.seen, found.by, found.found_in)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        TOKEN.lower(),
        PLAIN,
        f"  {TOKEN} ",
        TOKEN.replace("-", " "),
        f"crossborder:{TOKEN}",
        f"crossborder:{PLAIN.lower()}",
        f"ref {TOKEN}, entered by hand",
        f"LAC/{TOKEN}/2026",
        f"see {OTHER}; {TOKEN}",
        f"XB 12 {TOKEN}",
        f"XB 1234567 {TOKEN}",
        f"[{TOKEN}]",
        TOKEN.replace("1", "I").replace("0", "O"),
    ],
)
def test_a_token_is_found_however_it_was_typed(text):
    assert only(waits(), external_refs=["X:1", text]) == (
        True, "token", "external_refs",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "crossborder:",
        OTHER,
        TOKEN[:-1],
        TOKEN[:-1] + next(char for char in ALPHABET if char != TOKEN[-1]),
        f"9{TOKEN}",
        f"{TOKEN}7",
        TOKEN.replace("XB", "XC"),
        f"A{PLAIN}B",
    ],
)
def test_what_is_not_the_token_proves_nothing(text):
    assert only(waits(), external_refs=[text]) == (False, None, None)


@pytest.mark.parametrize(
    ("reference", "text", "found"),
    [
        ("WM/2026/118", "WM/2026/118", True),
        ("wm/2026/118", " WM/2026/118 ", True),
        ("WM 2026 118", "wm2026118", True),
        ("WM/2026/118", "WM/2026/1180", False),
        ("WM/2026/118", "crossborder:WM/2026/118", False),
        ("N123", "N123", True),
        ("N12", "N12", False),  # too short: it turns up by chance
        ("N 1 2", "N12", False),
        ("", "", False),
        (None, "", False),
    ],
)
def test_a_reference_is_the_whole_text_but_for_case_and_spaces(reference, text, found):
    expected = (True, "reference", "nominal_ref") if found else (False, None, None)
    assert only(waits(reference), nominal_ref=[text]) == expected


def test_a_reference_given_for_two_children_proves_nothing_and_the_token_does():
    shared = [waits("WM/118"), waits("wm/118 ", which=TWO, child=JO)]
    written = {"nominal_ref": ["WM/118"], "external_refs": [OTHER]}
    assert find_recordings(shared, written) == (
        Recording(
            ONE, seen=False, by=None, found_in=None, rule="loop.reference-repeats"
        ),
        Recording(
            TWO, seen=True, by="token", found_in="external_refs", rule="loop.proof"
        ),
    )


def test_a_reference_given_for_two_notices_about_one_child_proves_both():
    both = [waits("WM/118"), waits("WM/118", which=TWO)]
    found = find_recordings(both, {"event_ref": ["WM/118"]})
    assert [one.seen for one in found] == [True, True]


def test_the_token_comes_before_the_reference_and_columns_in_their_order():
    written = {"nominal_ref": [TOKEN, "WM/118"], "event_ref": ["WM/118"]}
    assert only(waits("WM/118"), **written) == (True, "token", "nominal_ref")
    assert only(waits("WM/118"), nominal_ref=["WM/118"], event_ref=["WM/118"]) == (
        True, "reference", "event_ref",
    )  # fmt: skip


def test_a_reference_that_is_a_token_of_another_notice_is_a_reference_too():
    assert only(waits(OTHER), external_refs=[OTHER])[:2] == (True, "reference")


IDS = st.uuids(version=4)


@given(ids=st.lists(IDS, max_size=8, unique=True), data=st.data())
def test_each_outstanding_notice_has_one_answer_and_only_what_is_written_is_seen(
    ids, data
):
    written = data.draw(st.sets(st.sampled_from(ids)) if ids else st.just(set()))
    texts = [f"crossborder:{recording_token(one)}" for one in written]
    asked = [waits(which=one) for one in ids]
    found = find_recordings(asked, {"external_refs": texts})
    assert [one.notification_id for one in found] == ids
    assert {one.notification_id for one in found if one.seen} == written


@given(st.text(max_size=40), IDS, st.text(max_size=40))
def test_any_text_can_be_searched_and_a_token_between_spaces_is_found(
    before, one, after
):
    token = recording_token(one)
    assert token in tokens_in(f"{before} | {token} | {after}")
