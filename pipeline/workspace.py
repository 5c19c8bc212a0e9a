"""Where one run keeps what its stages leave for one another.

<root>/<region>/<business-date>/<run-id>/
    extract/<authority>/<table>.parquet     tonight's picture, of a usable extract
    standing/<authority>/<table>.parquet    the last one, where tonight's is not
    verdicts/<authority>.json
    standardise/…  match/…  decide/…
    stages/<stage>[.<authority>].json
    rejects/<authority>.csv
    decisions.parquet  notifications.parquet  people.parquet  run.json
"""

import csv
import dataclasses
import io
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.errors import NothingBefore
from pipeline.vault import Vault, atomic_file
from records.verdicts import Reject


@dataclasses.dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one run and the vault that reads and writes its tables."""

    folder: Path
    vault: Vault

    def write(self, table: pa.Table, *parts: str) -> Path:
        """Keeps a table as ``<part>/…/<part>.parquet`` and gives its path."""
        path = self.folder.joinpath(*parts).with_suffix(".parquet")
        self.vault.write(table, path)
        return path

    def read(self, *parts: str) -> pa.Table:
        """The table that an earlier stage kept.

        Raises:
            NothingBefore: that stage has not run.
        """
        path = self.folder.joinpath(*parts).with_suffix(".parquet")
        try:
            return self.vault.read(path)
        except FileNotFoundError:
            raise NothingBefore(
                f"{'/'.join(parts)} is not there: run the stage before this one first"
            ) from None

    def has(self, *parts: str) -> bool:
        """Whether a table of that name is kept."""
        return self.folder.joinpath(*parts).with_suffix(".parquet").exists()

    def write_tables(self, tables: Mapping[str, pa.Table], *parts: str) -> Path:
        """Replaces a folder of tables by these; what a failed try left is removed."""
        folder = self.folder.joinpath(*parts)
        shutil.rmtree(folder, ignore_errors=True)
        for name, table in tables.items():
            self.vault.write(table, folder / f"{name}.parquet")
        return folder

    def read_tables(self, folder: Path) -> dict[str, pa.Table]:
        """The tables of a folder, by name.

        Raises:
            NothingBefore: there are none, which is not the same as empty ones.
        """
        tables = {
            path.stem: self.vault.read(path)
            for path in sorted(folder.glob("*.parquet"))
        }
        if not tables:
            raise NothingBefore(f"{folder}: its tables are not there; restore them")
        return tables

    def write_json(self, content: object, *parts: str) -> Path:
        """Keeps a document without personal data, readable and in a stable order."""
        path = self.folder.joinpath(*parts)
        with atomic_file(path) as file:
            file.write(
                json.dumps(
                    content, indent=2, sort_keys=True, ensure_ascii=False, default=str
                ).encode()
            )
        return path

    def remove(self, *parts: str) -> None:
        """What an earlier try left under this name is gone."""
        self.folder.joinpath(*parts).unlink(missing_ok=True)

    def read_json(self, *parts: str) -> Any:
        """A document kept with :meth:`write_json`, or ``None``."""
        path = self.folder.joinpath(*parts)
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return None

    def write_rejects(self, authority: str, rejects: Iterable[Reject]) -> Path:
        """Keeps an authority's rejected rows, for the supplier: keys and reasons."""
        text = io.StringIO()
        columns = [field.name for field in dataclasses.fields(Reject)]
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(dataclasses.asdict(reject) for reject in rejects)
        path = self.folder / "rejects" / f"{authority}.csv"
        with atomic_file(path) as file:
            file.write(text.getvalue().encode())
        return path

    def rejects_by_code(self, authority: str) -> dict[str, int]:
        """How many of an authority's rows were rejected for each reason."""
        path = self.folder / "rejects" / f"{authority}.csv"
        if not path.exists():
            return {}
        with path.open(encoding="utf-8", newline="") as file:
            return dict(Counter(row["code"] for row in csv.DictReader(file)))
