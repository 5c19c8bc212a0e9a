"""A package is taken in exactly as a trusted region signed it, or not at all."""

import base64
import datetime as dt
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from connectors.packages import (
    LARGEST,
    BadKeyError,
    Enclosed,
    ForeignPackage,
    PackageError,
    TamperedPackage,
    UnreadablePackage,
    key_id,
    new_key,
    package_of,
    private_key,
    public_keys,
    read,
    write,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TRUSTED = {"north": [KEY.public_key()]}
AT = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
PACKAGE = package_of(
    "north", "937", AT,
    [Enclosed("notification", "n-1", '{"child":"Zoë “Z”"}'.encode()),
     Enclosed("withdrawal", "w-1", b'{"reason":"x"}')],
)  # fmt: skip
FILE = write(PACKAGE, KEY)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
def test_what_is_written_is_read_with_the_same_bytes(texts):
    enclosed = [Enclosed("notification", one, one.encode()) for one in texts]
    package = package_of("north", "937", AT, enclosed)
    assert read(write(package, KEY), TRUSTED) == package


def test_the_signature_holds_for_the_bytes_in_the_file():
    content = FILE.removeprefix(b'{"package":').split(b',"signature":')[0]
    signature = json.loads(FILE)["signature"]
    KEY.public_key().verify(base64.b64decode(signature["value"]), content)
    assert signature["key_id"] == key_id(KEY.public_key())


def test_the_same_documents_make_the_same_package():
    again = package_of("north", "937", AT + dt.timedelta(1), PACKAGE.documents)
    assert again.package_id == PACKAGE.package_id
    assert package_of("north", "938", AT, PACKAGE.documents).package_id != (
        PACKAGE.package_id
    )


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_file_with_any_byte_changed_is_refused(place, change):
    changed = bytearray(FILE)
    changed[place] ^= change
    with pytest.raises(PackageError):
        read(bytes(changed), TRUSTED)


@given(st.integers(0, len(FILE) - 1))
def test_a_file_cut_short_is_refused(length):
    with pytest.raises(PackageError):
        read(FILE[:length], TRUSTED)


@pytest.mark.parametrize(
    "anew",
    [
        lambda whole: json.dumps(whole, indent=2),
        lambda whole: json.dumps(whole, separators=(",", ":")),
        lambda whole: json.dumps(whole, ensure_ascii=False, separators=(",", ":")),
    ],
)
def test_a_file_written_anew_is_refused_though_it_says_the_same(anew):
    changed = anew(json.loads(FILE)).encode()
    with pytest.raises(TamperedPackage, match="written anew"):
        read(changed, TRUSTED)


def test_a_key_said_twice_does_not_slip_past_the_signature():
    doubled = FILE.replace(b'{"package":', b'{"package":{},"package":', 1)
    with pytest.raises(TamperedPackage, match="written anew"):
        read(doubled, TRUSTED)


def signed_anew(**changes):
    """The package with other content, signed with the right key."""
    content = json.loads(FILE)["package"] | changes
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    signature = {
        "algorithm": "ed25519",
        "key_id": key_id(KEY.public_key()),
        "value": base64.b64encode(KEY.sign(text)).decode(),
    }
    signed = json.dumps(signature, sort_keys=True, separators=(",", ":")).encode()
    return b'{"package":' + text + b',"signature":' + signed + b"}\n"


DOCUMENT = json.loads(FILE)["package"]["documents"][0]


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"to": "938"}, TamperedPackage, "id is not that"),
        ({"package_id": "x"}, TamperedPackage, "id is not that"),
        ({"documents": [DOCUMENT, DOCUMENT]}, TamperedPackage, "twice"),
        ({"documents": [DOCUMENT | {"sha256": "0"}]}, TamperedPackage, "hash"),
        ({"documents": [DOCUMENT | {"kind": "review"}]}, UnreadablePackage, "none may"),
        ({"documents": [{}]}, UnreadablePackage, "keys"),
        ({"documents": []}, UnreadablePackage, "no documents"),
        ({"created_at": "2026-11-22T03:00:00"}, UnreadablePackage, "when it was made"),
        ({"created_at": 7}, UnreadablePackage, "when it was made"),
        ({"version": 2}, UnreadablePackage, "version 2"),
        ({"format": "other"}, UnreadablePackage, "no package"),
        ({"more": 1}, UnreadablePackage, "keys"),
        ({"from_region": "south"}, ForeignPackage, "does not trust"),
    ],
)
def test_even_a_signed_package_must_agree_with_itself(changes, error, says):
    with pytest.raises(error, match=says):
        read(signed_anew(**changes), TRUSTED)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (write(PACKAGE, None), "unsigned"),
        (write(PACKAGE, OTHER), "ask it which holds"),
    ],
)
def test_a_package_that_no_trusted_key_signed_is_foreign(file, says):
    with pytest.raises(ForeignPackage, match=says):
        read(file, TRUSTED)
    with pytest.raises(ForeignPackage, match="does not trust"):
        read(file, {})


def test_an_unsigned_package_says_so():
    assert json.loads(write(PACKAGE, None))["signature"] is None


def test_while_a_region_changes_keys_both_hold():
    old, new = KEY.public_key(), OTHER.public_key()
    for key in (KEY, OTHER):
        assert read(write(PACKAGE, key), {"north": [old, new]}) == PACKAGE


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff", b"[]", b"null", b'{"package":{}}', b"[" * 100_000, b"PK\x03\x04",
     b'{"package":{"format":"crossborder.package","version":1},"signature":1}'],
)  # fmt: skip
def test_what_is_no_package_is_refused(raw):
    with pytest.raises(PackageError):
        read(raw, {"None": TRUSTED["north"]})


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(UnreadablePackage, match="larger"):
        read(b" " * (LARGEST + 1), TRUSTED)


def test_a_fresh_pair_of_keys_fits():
    private, public = new_key()
    [read_back] = public_keys(public)
    assert private_key(private).public_key() == read_back
    assert new_key() != (private, public)
    both = f"{public} {base64.b64encode(KEY.public_key().public_bytes_raw()).decode()}"
    assert public_keys(both) == (read_back, KEY.public_key())


@pytest.mark.parametrize("text", ["", "AAAA", "*" * 44, "é"])
def test_what_is_no_key_is_said_without_repeating_it(text):
    for reading in (private_key, public_keys):
        with pytest.raises(BadKeyError) as bad:
            reading(text)
        assert not text or text not in str(bad.value)
