"""The ONS Postcode Directory as one small file that is mapped, not read.

Every postcode is one number: the place of its outward code in a sorted list, times
6,760, plus its inward code (a digit and two letters) as a number. The numbers stand in
rising order, so a postcode is found by halving. Nothing of the directory is lost: the
columns beside the numbers are its district and its grid reference. It is an Arrow file
of one record batch; what it holds is described in its metadata.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LAYOUT = 1
"""Goes up when the columns change, so that an older file is never misread."""

NO_GRID_REFERENCE = -1
INWARDS = 10 * 26 * 26
_DTYPES = {"key": "u4", "district": "u2", "easting": "i4", "northing": "i4"}
COLUMNS = tuple(_DTYPES)
_METADATA = b"crossborder.postcodes"


class DamagedFileError(Exception):
    """The file is not what was written: cut short, altered, or of another layout."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the directory says of one postcode."""

    district: str | None
    """GSS code; ``None`` where the directory leaves it blank."""
    easting: int | None
    """Metres. On the Irish grid in Northern Ireland, else on the British one."""
    northing: int | None

    @property
    def on_old_grid(self) -> bool:
        """Whether the grid reference is in whole hundreds of metres."""
        if self.easting is None or self.northing is None:
            return False
        return self.easting % 100 == 0 and self.northing % 100 == 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Directory:
    """The columns, as views of the mapped file."""

    release: str
    """The version of the package that the directory came in."""
    outwards: Mapping[str, int]
    districts: tuple[str, ...]
    """The first is empty: no district."""
    key: "NDArray[np.uint32]"
    district: "NDArray[np.uint16]"
    easting: "NDArray[np.int32]"
    northing: "NDArray[np.int32]"

    def __len__(self) -> int:
        return len(self.key)

    def find(self, postcode: str) -> Listing | None:
        """The listing of a postcode in its one spelling, or ``None``."""
        outward, _, inward = postcode.partition(" ")
        place = self.outwards.get(outward)
        if place is None:
            return None
        wanted = self.key.dtype.type(place * INWARDS + inward_number(inward))
        at = int(self.key.searchsorted(wanted))
        if at == len(self.key) or self.key[at] != wanted:
            return None
        easting, northing = int(self.easting[at]), int(self.northing[at])
        return Listing(
            self.districts[self.district[at]] or None,
            None if easting == NO_GRID_REFERENCE else easting,
            None if northing == NO_GRID_REFERENCE else northing,
        )

    def listed_in(self, districts: Collection[str]) -> list[str]:
        """The postcodes of some districts, sorted, without the long-ended ones.

        A grid reference in whole hundreds of metres was made before 2001, for a
        postcode that had ended by then (see :mod:`geography.postcodes`).
        """
        import numpy as np

        wanted = [i for i, code in enumerate(self.districts) if code in districts]
        chosen = np.isin(self.district, np.array(wanted, dtype=self.district.dtype))
        chosen &= (self.easting % 100 != 0) | (self.northing % 100 != 0)
        names = list(self.outwards)
        return sorted(
            f"{names[number // INWARDS]} {inward_text(number % INWARDS)}"
            for number in self.key[chosen].tolist()
        )


def inward_number(inward: str) -> int:
    """``8QZ`` as a number from 0 to 6,759."""
    return int(inward[0]) * 676 + (ord(inward[1]) - 65) * 26 + ord(inward[2]) - 65


def inward_text(number: int) -> str:
    """The inward code of a number."""
    digit, letters = divmod(number, 676)
    return f"{digit}{chr(letters // 26 + 65)}{chr(letters % 26 + 65)}"


def write_directory(
    path: Path,
    columns: Mapping[str, "NDArray[Any]"],
    *,
    outwards: Iterable[str],
    districts: Iterable[str],
    release: str,
) -> None:
    """Writes the columns, which must be in rising order of ``key``."""
    import pyarrow as pa

    about = {
        "layout": LAYOUT,
        "release": release,
        "outwards": list(outwards),
        "districts": list(districts),
    }
    about["check"] = _check(about, [columns[n].astype(_DTYPES[n]) for n in COLUMNS])
    arrays = [pa.array(columns[name].astype(_DTYPES[name])) for name in COLUMNS]
    schema = pa.schema(
        [
            pa.field(n, a.type, nullable=False)
            for n, a in zip(COLUMNS, arrays, strict=True)
        ],
        metadata={_METADATA: json.dumps(about)},
    )
    batch = pa.record_batch(arrays, schema=schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(batch)


def read_directory(path: Path) -> Directory:
    """Maps the file into memory and checks every byte of its columns.

    Raises:
        FileNotFoundError: there is none.
        DamagedFileError: it can't be trusted.
    """
    import numpy as np
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source:
            batch = pa.ipc.open_file(source).get_batch(0)
        about = json.loads(batch.schema.metadata[_METADATA])
        columns = {
            # not to_numpy(), which imports pandas
            name: np.frombuffer(
                batch.column(name).buffers()[1], _DTYPES[name], batch.num_rows
            )
            for name in COLUMNS
        }
        check = about.pop("check")
        if about["layout"] != LAYOUT or check != _check(about, list(columns.values())):
            raise DamagedFileError("its check sum is not that of its contents")
        return Directory(
            release=about["release"],
            outwards={outward: i for i, outward in enumerate(about["outwards"])},
            districts=tuple(about["districts"]),
            **columns,
        )
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, LookupError, TypeError, ValueError) as error:
        raise DamagedFileError(f"it can't be read as written: {error}") from error


def _check(about: Mapping[str, object], columns: Iterable["NDArray[Any]"]) -> int:
    check = zlib.crc32(json.dumps(about, sort_keys=True).encode())
    for column in columns:
        check = zlib.crc32(column.dtype.str.encode(), check)
        check = zlib.crc32(column.data, check)
    return check
