"""Made-up pairs whose truth is known: nothing of them ever meets a real one."""

import json

import pytest
from portal_under_test import ON_SQLITE, feed, words_of
from sqlalchemy import func, select

from pipeline.training import LESSONS, training_pairs
from portal import training
from portal.permissions import OPERATOR
from portal.tables import judgements, reviews


def test_every_kind_of_truth_is_there_and_nobody_real_can_be_meant():
    pairs = training.pairs()

    assert list(pairs) == list(range(1, len(LESSONS) + 1))
    truths = [one.truth for one in pairs.values()]
    assert {word: truths.count(word) for word in set(truths)} == {
        "same": 8, "different": 8, "two_people": 4,
    }  # fmt: skip
    for one in pairs.values():
        for record in (one.review.left, one.review.right):
            assert record.record_ref.startswith("TRAIN-")
            assert record.authority_name.startswith("Training ")
            assert all(code[-2:] in {"ZZ", "ZY"} for code in record.postcodes)
        total = sum(part.weight for part in one.review.evidence)
        assert total == pytest.approx(one.review.weight, abs=1e-4)


def test_the_shipped_file_is_what_the_command_makes():
    assert json.loads(training_pairs()) == json.loads(training._FILE.read_text())


def test_an_answer_shows_the_truth_and_keeps_the_score(portal):
    machine, desk = portal.machine(), portal.reviewer()
    first = desk.read("/training/2")
    assert "every person here is made up" in first.lower()
    for hidden in ("The truth", "Weight", training.pairs()[2].teaches):
        assert hidden not in first

    assert desk.post("/training/2", decision="same").status_code == 303
    wrong = desk.read("/training/2")
    desk.post("/training/2", decision="different")
    right = desk.read("/training/2")
    desk.post("/training/6", decision="two_people.left")

    assert "Not right. You said: Same person. The truth: Different people" in wrong
    assert training.pairs()[2].teaches in wrong
    assert "Possible twin" in wrong
    assert "Right. You said: Different people" in right
    assert "Weight" in right
    score = desk.read("/training")
    assert "You have answered 2, 1 of them rightly" in score
    assert "Pair 6 You said One record holds two people: the child's record" in score
    assert "Begin with pair 1" in portal.reviewer().read("/training")
    assert feed(machine) == []


def test_training_touches_no_real_pair_and_no_agreement(portal):
    desk = portal.reviewer()
    for number in training.pairs():
        desk.post(f"/training/{number}", decision="same")

    with portal.store.reading(OPERATOR) as connection:
        for table in (judgements, reviews):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
    assert "Waiting (0)" in desk.read("/reviews")
    assert "All readers Readings fewer than 5" in desk.read("/agreement")
    assert "You have answered all of them" in desk.read("/training")


@ON_SQLITE
def test_an_answer_must_be_one_and_the_pair_be_there(portal):
    desk = portal.reviewer()

    refused = desk.post("/training/1", decision="perhaps")

    assert refused.status_code == 422
    assert "Choose whether" in words_of(refused)
    assert desk.get("/training/99").status_code == 404
    assert desk.post("/training/99", decision="same").status_code == 404
    assert portal.officer().get("/training").status_code == 403
    assert portal.officer().post("/training/1", decision="same").status_code == 403
