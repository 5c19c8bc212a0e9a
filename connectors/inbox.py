"""An extract arrives as the files of one folder, ``<inbox>/<authority>/<date>/``."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from connectors.conformed import SourceFile
from connectors.manifest import NAME as MANIFEST
from connectors.manifest import Manifest, differs


class TransportError(Exception):
    """The place where extracts arrive can't be read; trying again may help."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files of one folder, sorted by name, the manifest apart."""

    folder: Path
    files: tuple[SourceFile, ...]
    manifest: SourceFile | None = None
    twice: tuple[SourceFile, ...] = ()
    """Files with the name of another but for its case, each refused."""

    notes: tuple[str, ...] = ()


def fetch(
    folder: Path, authority: str, mapping: Mapping[str, Mapping[str, str]]
) -> Delivery | None:
    """What lies in the folder; ``None`` when it is not there or empty.

    Folders inside it and hidden files are passed over and noted.

    Raises:
        TransportError: the folder or a file can't be read.
    """
    try:
        paths = sorted(folder.iterdir())
        plain = [p for p in paths if p.is_file() and not p.name.startswith(".")]
        files = [
            SourceFile(authority, path, _sha256(path), renames(mapping, path.name))
            for path in plain
        ]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        raise TransportError(
            f"{authority}: the inbox can't be read ({problem.strerror}): check the "
            "disk or share and run again"
        ) from problem
    notes = tuple(f"passed over: {p.name}" for p in paths if p not in plain)
    unused = [key for key in mapping if not any(_is_for(key, f.name) for f in files)]
    notes += tuple(f"mapping names no file that came: {key}" for key in unused)
    manifest = next((f for f in files if f.name.casefold() == MANIFEST), None)
    twice = _same_names(files)
    names = {file.name for file in twice}
    rest = tuple(f for f in files if f is not manifest and f.name not in names)
    return Delivery(folder, rest, manifest, twice, notes) if files else None


def renames(mapping: Mapping[str, Mapping[str, str]], name: str) -> dict[str, str]:
    """The supplier's columns to ours for one file; an exact key beats a pattern."""
    keys = [key for key in mapping if _is_for(key, name)]
    keys.sort(key=lambda key: not _is_pattern(key))
    return {theirs: ours for key in keys for theirs, ours in mapping[key].items()}


def checked(
    delivery: Delivery, manifest: Manifest, *, vouched: bool
) -> tuple[SourceFile, ...]:
    """The files as the manifest has them, sorted by name.

    Those that differ from it are refused, and so is one that it names and that is not
    there: it stands among the files all the same, so that it is answered like one that
    can't be read.

    Args:
        delivery: the files.
        manifest: theirs.
        vouched: whether a file that the manifest does not name is refused (police) or
            read all the same (children's services, whose companions may be made by
            hand); see :func:`unlisted`.
    """
    files = []
    for file in delivery.files:
        listed = manifest.files.get(file.name.casefold())
        if listed is not None:
            refusal = file.refusal or differs(listed, file.sha256)
            files.append(replace(file, listed_rows=listed.rows, refusal=refusal))
        elif vouched:
            files.append(replace(file, refusal=file.refusal or _NOT_VOUCHED))
        else:
            files.append(file)
    there = {file.name.casefold() for file in delivery.files}
    files += [
        SourceFile(
            authority=manifest.authority,
            path=delivery.folder / Path(listed.name).name,
            sha256=listed.sha256,
            refusal="manifest.json names it and it is not there: send it",
        )
        for name, listed in manifest.files.items()
        if name not in there
    ]
    return tuple(sorted(files, key=lambda file: file.name))


def unlisted(delivery: Delivery, manifest: Manifest) -> frozenset[str]:
    """The names of the files that came and that the manifest does not name."""
    return frozenset(
        file.name
        for file in delivery.files
        if file.name.casefold() not in manifest.files
    )


_NOT_VOUCHED = "manifest.json does not name it, so nobody vouches for it: name it there"


def _same_names(files: Sequence[SourceFile]) -> tuple[SourceFile, ...]:
    """Of names that agree but for case, all but the first, refused."""
    seen: set[str] = set()
    twice = []
    for file in files:
        if file.name.casefold() in seen:
            problem = "another file has this name but for its case: send one of them"
            twice.append(replace(file, refusal=problem))
        seen.add(file.name.casefold())
    return tuple(twice)


def _is_for(key: str, name: str) -> bool:
    name = name.casefold()
    stem = name.rpartition(".")[0] or name
    return any(fnmatchcase(one, key.strip().casefold()) for one in (name, stem))


def _is_pattern(key: str) -> bool:
    return any(mark in key for mark in "*?[")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
