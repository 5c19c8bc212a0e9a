"""Signed packages from one region to an authority of another: their form on paper.

A package is JSON, ``{"package": {…}, "signature": {…}}``. It holds documents with their
frozen bytes, each with its hash. The signature (Ed25519) covers the bytes of the value
of ``package`` exactly as they stand in the file: a file that was written anew is
refused, though it may say the same. It is not encrypted: whoever carries it protects
it.
"""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

FORMAT = "crossborder.package"
VERSION = 1
LARGEST = 64 * 1024 * 1024

Kind = Literal["notification", "withdrawal"]

_ALGORITHM = "ed25519"
_IDS = UUID("0d7c3a4e-6f0c-4a0b-8f52-7f3a2b9f6c11")
_PACKAGE_KEYS = {
    "format", "version", "package_id", "from_region", "to", "created_at", "documents",
}  # fmt: skip
_DOCUMENT_KEYS = {"kind", "document_id", "sha256", "body"}
_SIGNATURE_KEYS = {"algorithm", "key_id", "value"}


class PackageError(Exception):
    """A package can't be taken in. It names ids and regions, never a person."""


class UnreadablePackage(PackageError):
    """The file is no package, or one of another version."""


class TamperedPackage(PackageError):
    """What it holds is not what was signed."""


class ForeignPackage(PackageError):
    """No key that this region trusts has signed it."""


class BadKeyError(ValueError):
    """What was given as a key is none. The message does not repeat it."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document of a package."""

    kind: Kind
    document_id: str
    body: bytes
    """Frozen: the same on either side."""


@dataclass(frozen=True, slots=True)
class Package:
    """What a package says."""

    package_id: str
    from_region: str
    to: str
    """The authority that the documents are for."""
    created_at: dt.datetime
    documents: tuple[Enclosed, ...]
    """In order: none comes before what it follows."""


def package_of(
    from_region: str, to: str, created_at: dt.datetime, documents: Sequence[Enclosed]
) -> Package:
    """A package of these documents; its id follows from what it holds and for whom."""
    parts = [from_region, to, *(_hash(one.body) for one in documents)]
    return Package(
        package_id=str(uuid5(_IDS, "\n".join(parts))),
        from_region=from_region,
        to=to,
        created_at=created_at.astimezone(dt.UTC),
        documents=tuple(documents),
    )


def write(package: Package, key: Ed25519PrivateKey | None) -> bytes:
    """The package's file; without a key it is unsigned and says so."""
    content = _bytes(
        {
            "format": FORMAT,
            "version": VERSION,
            "package_id": package.package_id,
            "from_region": package.from_region,
            "to": package.to,
            "created_at": package.created_at.isoformat(),
            "documents": [
                {
                    "kind": one.kind,
                    "document_id": one.document_id,
                    "sha256": _hash(one.body),
                    "body": one.body.decode(),
                }
                for one in package.documents
            ],
        }
    )
    signature = None
    if key is not None:
        signature = {
            "algorithm": _ALGORITHM,
            "key_id": key_id(key.public_key()),
            "value": base64.b64encode(key.sign(content)).decode(),
        }
    return _file(content, signature)


def read(raw: bytes, trusted: Mapping[str, Iterable[Ed25519PublicKey]]) -> Package:
    """The package of a file, if a trusted key of its region has signed it.

    Raises:
        UnreadablePackage: it is none, or of another version.
        ForeignPackage: its region or its key is not trusted, or it is unsigned.
        TamperedPackage: something in it was changed since.
    """
    whole = _object(_parsed(raw), {"package", "signature"}, "the file")
    content = whole["package"]
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UnreadablePackage("the file is no package of this system")
    if content.get("version") != VERSION:
        raise UnreadablePackage(
            f"the package is of version {content.get('version')!r}, and this release "
            f"reads version {VERSION}: bring the older side up to date"
        )
    region = str(content.get("from_region"))
    keys = {key_id(one): one for one in trusted.get(region, ())}
    _check_signature(raw, content, whole["signature"], (region, keys))
    return _package(_object(content, _PACKAGE_KEYS, "the package"))


def key_id(key: Ed25519PublicKey) -> str:
    """A short name of a public key, by which either side knows which one is meant."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def new_key() -> tuple[str, str]:
    """A fresh private key and its public one, both in base64."""
    key = Ed25519PrivateKey.generate()
    private, public = key.private_bytes_raw(), key.public_key().public_bytes_raw()
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


def private_key(text: str) -> Ed25519PrivateKey:
    """A signing key from the base64 of its 32 bytes.

    Raises:
        BadKeyError: it is something else.
    """
    return Ed25519PrivateKey.from_private_bytes(_key_bytes(text))


def public_keys(text: str) -> tuple[Ed25519PublicKey, ...]:
    """One key, or several with spaces between them while one takes over.

    Raises:
        BadKeyError: there is none, or one of them is something else.
    """
    keys = [Ed25519PublicKey.from_public_bytes(_key_bytes(one)) for one in text.split()]
    if not keys:
        raise BadKeyError("there is no key")
    return tuple(keys)


def _key_bytes(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise BadKeyError("an Ed25519 key is 32 bytes in base64")
    return key


def _check_signature(
    raw: bytes,
    content: dict[str, Any],
    given: object,
    known: tuple[str, dict[str, Ed25519PublicKey]],
) -> None:
    region, keys = known
    if not keys:
        raise ForeignPackage(
            f"the package is of region {region}, which this region does not trust: add "
            "it to exchange.trusted with the key that it gave you"
        )
    if given is None:
        raise ForeignPackage(
            f"the package of region {region} is unsigned: ask for a signed one"
        )
    signature = _object(given, _SIGNATURE_KEYS, "the signature")
    key = keys.get(str(signature["key_id"]))
    if key is None or signature["algorithm"] != _ALGORITHM:
        raise ForeignPackage(
            f"the package is signed with the key {signature['key_id']}, and region "
            f"{region} is trusted with {', '.join(sorted(keys))}: ask it which holds"
        )
    signed = _bytes(content)
    try:
        key.verify(base64.b64decode(str(signature["value"])), signed)
    except (InvalidSignature, binascii.Error, ValueError):
        raise TamperedPackage(
            f"the package of region {region} is not what was signed: ask for it anew"
        ) from None
    if _file(signed, signature) != raw:
        raise TamperedPackage(
            f"the file of region {region} was written anew on its way: ask for the "
            "original"
        )


def _package(content: dict[str, Any]) -> Package:
    documents = content["documents"]
    if not isinstance(documents, list) or not documents:
        raise UnreadablePackage("the package holds no documents")
    try:
        made = dt.datetime.fromisoformat(content["created_at"])
    except (TypeError, ValueError):
        raise UnreadablePackage("the package does not say when it was made") from None
    if made.utcoffset() is None:
        raise UnreadablePackage("the package does not say when it was made")
    enclosed = [_enclosed(one) for one in documents]
    if len({one.document_id for one in enclosed}) < len(enclosed):
        raise TamperedPackage("the package holds a document twice")
    package = package_of(
        str(content["from_region"]), str(content["to"]), made, enclosed
    )
    if package.package_id != content["package_id"]:
        raise TamperedPackage("the package's id is not that of what it holds")
    return package


def _enclosed(content: object) -> Enclosed:
    one = _object(content, _DOCUMENT_KEYS, "a document")
    if one["kind"] not in ("notification", "withdrawal"):
        raise UnreadablePackage(f"the package holds a {one['kind']!r}, which none may")
    body = str(one["body"]).encode(errors="surrogatepass")
    if _hash(body) != one["sha256"]:
        raise TamperedPackage(f"document {one['document_id']} has another hash")
    return Enclosed(one["kind"], str(one["document_id"]), body)


def _object(value: object, keys: set[str], what: str) -> dict[str, Any]:
    if not isinstance(value, dict) or set(value) != keys:
        raise UnreadablePackage(
            f"{what} has not the keys of a package: {', '.join(sorted(keys))}"
        )
    return value


def _parsed(raw: bytes) -> object:
    if len(raw) > LARGEST:
        raise UnreadablePackage(f"the file is larger than {LARGEST:,} bytes")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise UnreadablePackage("the file is no JSON") from None


def _file(content: bytes, signature: object) -> bytes:
    return b'{"package":' + content + b',"signature":' + _bytes(signature) + b"}\n"


def _bytes(value: object) -> bytes:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode(errors="surrogatepass")


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()
