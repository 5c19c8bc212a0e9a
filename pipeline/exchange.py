"""Packages to and from other regions: what a person carries, and what one brings.

A package holds personal data and is signed, not sealed: files are their owner's alone,
and whoever carries one sends it by a channel that is agreed for such data.
"""

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Engine

from notifications.documents import Notification, Withdrawal, body
from pipeline.clock import business_date
from pipeline.errors import ConfigurationError, CrossborderError
from pipeline.region import RegionConfig
from pipeline.vault import atomic_file

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    from connectors.packages import Enclosed, Package
    from register.packages import Export


class PackageRefused(CrossborderError):
    """A package was not taken in, and nothing of it was written."""


class PackageKnown(PackageRefused):
    """It was taken in before."""


class PackageMisaddressed(PackageRefused):
    """It, or something in it, is for somebody else."""


class TrustExpired(PackageRefused):
    """Its region is trusted no longer."""


@dataclass(frozen=True, slots=True)
class Written:
    """A package that now waits to be carried."""

    package_id: str
    recipient: str
    documents: int
    path: Path


@dataclass(frozen=True, slots=True)
class Received:
    """A package that was taken in."""

    package_id: str
    from_region: str
    recipient: str
    new: int
    """Documents that were not here already."""


def signing_key(
    region: RegionConfig, environment: Mapping[str, str]
) -> "Ed25519PrivateKey | None":
    """The key that packages are signed with; a demo may go without.

    Raises:
        ConfigurationError: there is none, or it is no key.
    """
    from connectors.packages import BadKeyError, private_key

    variable = region.exchange.signing_key_env
    text = environment.get(variable, "")
    if not text:
        if region.environment == "demo":
            return None
        raise ConfigurationError(
            [
                f"environment: {variable} is not set, and packages are signed; make a "
                "key with crossborder exchange-key and give its public half to the "
                "regions that are to trust it"
            ]
        )
    try:
        return private_key(text)
    except BadKeyError as error:
        raise ConfigurationError([f"environment: {variable}: {error}"]) from error


def write_packages(
    register: Engine,
    region: RegionConfig,
    out: Path,
    key: "Ed25519PrivateKey | None",
    now: dt.datetime,
) -> list[Written]:
    """Packs all that waits, one file for each recipient, and writes down that it did.

    A file is complete before the register says so. After a crash in between, what it
    holds waits still, and is packed again under the same id.
    """
    from register import packages

    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    with register.connect() as connection:
        waiting = packages.waiting_exports(connection)
    recipients = sorted({one.recipient for one in waiting})
    return [
        _pack(
            register,
            (region.region, recipient, key, now),
            [one for one in waiting if one.recipient == recipient],
            out,
        )
        for recipient in recipients
    ]


def _pack(
    register: Engine,
    about: "tuple[str, str, Ed25519PrivateKey | None, dt.datetime]",
    exports: "list[Export]",
    out: Path,
) -> Written:
    from connectors.packages import Enclosed, package_of, write
    from notifications.documents import Kind
    from register import packages

    region, recipient, key, now = about
    package = package_of(
        region,
        recipient,
        now,
        [
            Enclosed(
                "withdrawal" if one.kind is Kind.RETRACTION else "notification",
                str(one.notification_id),
                one.body,
            )
            for one in exports
        ],
    )
    content = write(package, key)
    path = out / f"{recipient}-{package.package_id}.json"
    with atomic_file(path) as file:
        file.write(content)
    packages.record_package(
        register,
        packages.Package(
            package_id=package.package_id,
            recipient=recipient,
            created_at=now,
            sha256=sha256(content).hexdigest(),
            documents=len(exports),
        ),
        [one.notification_id for one in exports],
    )
    return Written(package.package_id, recipient, len(exports), path)


def take_in(
    register: Engine, region: RegionConfig, raw: bytes, now: dt.datetime
) -> Received:
    """Takes another region's package in, whole or not at all.

    Its documents go to this region's own portal with the ids and bytes that they had.

    Raises:
        PackageRefused: it may not be taken in; the message says why and the mend.
        ConfigurationError: a key in ``exchange.trusted`` is none.
    """
    from connectors.packages import PackageError, read
    from register import packages

    try:
        package = read(raw, trusted_keys(region))
    except PackageError as error:
        raise PackageRefused(f"nothing was taken in: {error}") from error
    _check_trust(region, package, now)
    documents = [_document(one) for one in package.documents]
    _check_address(region, package, documents)
    _check_known(register, package, documents)
    try:
        new = packages.record_import(
            register,
            packages.Imported(
                package_id=package.package_id,
                from_region=package.from_region,
                recipient=package.to,
                imported_at=now,
            ),
            documents,
        )
    except packages.PackageConflictError as error:
        raise PackageRefused(f"nothing was taken in: {error}") from error
    return Received(package.package_id, package.from_region, package.to, len(new))


def trusted_keys(region: RegionConfig) -> "dict[str, tuple[Ed25519PublicKey, ...]]":
    """By region: the keys that its packages may be signed with.

    Raises:
        ConfigurationError: one line for each entry that holds none.
    """
    from connectors.packages import public_keys

    if faults := trust_faults(region):
        raise ConfigurationError(faults)
    trusted = region.exchange.trusted.items()
    return {name: public_keys(entry.public_key) for name, entry in trusted}


def trust_faults(region: RegionConfig) -> list[str]:
    """One line for each trusted region whose key is none."""
    from connectors.packages import BadKeyError, public_keys

    faults = []
    for name, entry in region.exchange.trusted.items():
        try:
            public_keys(entry.public_key)
        except BadKeyError as error:
            faults.append(f"exchange.trusted.{name}.public_key: {error}")
    return faults


def _check_trust(region: RegionConfig, package: "Package", now: dt.datetime) -> None:
    until = region.exchange.trusted[package.from_region].until
    if until is not None and business_date(now) > until:
        raise TrustExpired(
            f"nothing was taken in: region {package.from_region} was trusted until "
            f"{until}; ask it for its new key and write it into exchange.trusted"
        )
    if package.from_region == region.region:
        raise PackageMisaddressed(
            f"nothing was taken in: package {package.package_id} is this region's own; "
            "carry it to the region of its recipient"
        )


def _document(one: "Enclosed") -> Notification | Withdrawal:
    kind: type[Notification | Withdrawal]
    kind = Notification if one.kind == "notification" else Withdrawal
    try:
        document: Notification | Withdrawal = kind.model_validate_json(one.body)
    except ValidationError as error:
        where = sorted({".".join(map(str, e["loc"])) for e in error.errors()})
        raise PackageRefused(
            f"nothing was taken in: document {one.document_id} can't be read at "
            f"{', '.join(where) or 'its start'}; bring both regions to one release"
        ) from None
    if body(document) != one.body or str(_id_of(document)) != one.document_id:
        raise PackageRefused(
            f"nothing was taken in: document {one.document_id} is not as this release "
            "would write it; bring both regions to one release"
        )
    return document


def _check_address(
    region: RegionConfig,
    package: "Package",
    documents: Iterable[Notification | Withdrawal],
) -> None:
    if package.to not in region.authorities:
        raise PackageMisaddressed(
            f"nothing was taken in: package {package.package_id} is for {package.to}, "
            "which is no member of this region; pass it on to its region"
        )
    for one in documents:
        if isinstance(one, Withdrawal):
            continue
        if one.recipient != package.to:
            raise PackageMisaddressed(
                f"nothing was taken in: notice {one.notification_id} is for "
                f"{one.recipient}, and its package for {package.to}; tell region "
                f"{package.from_region}"
            )
        placing = one.placing_authority
        if placing is not None and placing.authority in region.authorities:
            raise PackageMisaddressed(
                f"nothing was taken in: notice {one.notification_id} speaks for "
                f"{placing.authority}, which is a member of this region; tell region "
                f"{package.from_region}"
            )


def _check_known(
    register: Engine,
    package: "Package",
    documents: Iterable[Notification | Withdrawal],
) -> None:
    """No package twice, and nobody's notices but the sender's are taken back."""
    from register import imports

    taken_back = _touched(documents)
    with register.connect() as connection:
        before = imports.imported_at(connection, package.package_id)
        sender = imports.senders(connection, taken_back)
        ours = imports.own(connection, taken_back)
    if before is not None:
        raise PackageKnown(
            f"nothing was taken in: package {package.package_id} was, on "
            f"{before:%-d %B %Y}"
        )
    enclosed = {_id_of(one) for one in documents}
    for original in sorted(taken_back):
        if original in ours or sender.get(original, package.from_region) != (
            package.from_region
        ):
            raise PackageRefused(
                f"nothing was taken in: package {package.package_id} would change "
                f"notice {original}, which is not of region {package.from_region}; "
                "tell that region"
            )
    missing = {
        one.notification_id for one in documents if isinstance(one, Withdrawal)
    } - (enclosed | set(sender))
    if missing:
        raise PackageRefused(
            f"nothing was taken in: package {package.package_id} takes back notice "
            f"{sorted(missing)[0]}, which is not here; import the package with that "
            "notice first"
        )


def _touched(documents: Iterable[Notification | Withdrawal]) -> set[UUID]:
    """The notices that these take back or take the place of."""
    touched: set[UUID] = set()
    for one in documents:
        if isinstance(one, Withdrawal):
            touched.add(one.notification_id)
        else:
            touched |= {key for key in (one.supersedes, one.reminds) if key}
    return touched


def _id_of(document: Notification | Withdrawal) -> UUID:
    if isinstance(document, Withdrawal):
        return document.retraction_id
    return document.notification_id


def write_key(out: Path) -> str:
    """A fresh signing key in a file of its owner's alone; gives its public half.

    Raises:
        ConfigurationError: the file is there already.
    """
    from connectors.packages import new_key

    private, public = new_key()
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(
            [f"{out}: is there already; a key is never written over"]
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"{private}\n")
    return public
