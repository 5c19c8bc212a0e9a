import datetime as dt
import json

import pytest
from extract_examples import FORCE, NIGHT, manifest_of

from connectors.csvfiles import FileRefused
from connectors.manifest import (
    Manifest,
    belongs_elsewhere,
    incomplete,
    read_manifest,
    stale,
)


def read(**changes: object) -> Manifest:
    return read_manifest(manifest_of({"a.csv": "x\n1\n"}, **changes).encode())


def test_a_manifest_says_what_was_sent_and_how_fresh() -> None:
    manifest = read()
    assert (manifest.authority, manifest.business_date) == (FORCE, NIGHT)
    assert manifest.latest_event_at == dt.datetime(2026, 11, 21, 23, 58, tzinfo=dt.UTC)
    assert manifest.complete is True
    assert manifest.files["a.csv"].rows == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"authority": ...}, "authority is missing"),
        ({"authority": 330}, "authority is missing or no text"),
        ({"business_date": "22/11/2026"}, "write 2026-11-22"),
        ({"latest_event_at": "late"}, "latest_event_at is no time"),
        ({"complete": "yes"}, "neither true nor false"),
        ({"files": ...}, "files is missing"),
        ({"files": ["a.csv"]}, "an entry of files is no object"),
        ({"files": [{"name": "a.csv"}]}, "sha256 is missing"),
        ({"files": [{"name": "../a.csv", "sha256": "x"}]}, "name files only"),
        ({"files": [{"name": "a.csv", "sha256": "x", "rows": "9"}]}, "no whole number"),
        (
            {"files": [{"name": n, "sha256": "x"} for n in ("a.csv", "A.CSV")]},
            "twice",
        ),
    ],
)
def test_a_manifest_of_another_form_is_refused(
    changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(FileRefused, match=problem):
        read(**changes)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read_manifest(content)


def test_a_manifest_in_another_encoding_is_named() -> None:
    with pytest.raises(FileRefused, match=r"manifest\.json is no UTF-8 text"):
        read_manifest(json.dumps({}).encode("utf-16"))


def test_a_manifest_belongs_to_one_authority_and_date() -> None:
    assert belongs_elsewhere(read(), FORCE, NIGHT) is None
    assert "folder is" in str(belongs_elsewhere(read(), "E23000001", NIGHT))
    later = NIGHT + dt.timedelta(days=1)
    assert "that night's folder" in str(belongs_elsewhere(read(), FORCE, later))


def test_the_sender_may_say_that_something_is_missing() -> None:
    assert incomplete(read()) is None
    assert incomplete(read(complete=...)) is None
    assert "not complete" in str(incomplete(read(complete=False)))


@pytest.mark.parametrize(
    ("night", "latest", "fresh"),
    [
        ("2026-11-22", "2026-11-21T12:00:00Z", True),
        ("2026-11-22", "2026-11-21T11:59:59Z", False),
        ("2026-11-22", "2026-11-23T00:00:00Z", True),
        ("2026-11-22", "2026-11-23T00:00:01Z", False),
        # British summer: the business date ends at 23:00 UTC
        ("2026-07-22", "2026-07-21T11:00:00Z", True),
        ("2026-07-22", "2026-07-21T10:59:59Z", False),
        ("2026-07-22", "2026-07-22T23:00:01Z", False),
        ("2026-07-22", "2026-07-21T12:00:00+01:00", True),
        # the clocks go forward: this day has 23 hours, and hours are real hours
        ("2026-03-29", "2026-03-28T11:00:00Z", True),
        ("2026-03-29", "2026-03-28T10:59:59Z", False),
    ],
)
def test_age_is_counted_to_midnight_in_london(
    night: str, latest: str, fresh: bool
) -> None:
    manifest = read(latest_event_at=latest)
    assert (stale(manifest, dt.date.fromisoformat(night), 36) is None) is fresh


def test_freshness_that_is_not_said_is_not_believed() -> None:
    assert "add it" in str(stale(read(latest_event_at=...), NIGHT, 36))


def test_keys_that_are_not_ours_are_passed_over() -> None:
    document = json.loads(manifest_of({}))
    assert read_manifest(json.dumps({**document, "sender": "x"}).encode())
