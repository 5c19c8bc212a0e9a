"""What a night's searches leave for the next, so that it costs what has changed.

``match/kept/`` of a run holds it, encrypted as everything there. It lasts until the
night after the next, and holds nothing of a record that is no longer supplied: each
night writes it whole. What it gives is never more than time: without it, or with what
other code made, a night searches for everybody and finds the same.

    kept.json                           by what code, model and floor it was made
    <name>.records|keys.parquet         the index of one authority's records
    <name>.left|pairs|terms|totals.parquet      what one search carries on
"""

import hashlib
import json
import logging
import shutil
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from matching.model import Model
    from matching.onward import Carried, Index, Indexed
    from pipeline.run import Run
    from pipeline.vault import Vault

log = logging.getLogger("crossborder.kept")

STAMP = "kept.json"
_LIBRARIES = ("jellyfish", "numba", "numpy", "pandas", "pyarrow", "recordlinkage")
"""What matching counts on: another version may weigh otherwise."""


@dataclass(frozen=True)
class Kept:
    """A folder of what searches left, and what each was made by."""

    folder: Path
    vault: "Vault"
    made_by: dict[str, str]
    """By search: its model and floor, as a fingerprint."""
    _writer: ThreadPoolExecutor = field(
        default_factory=partial(ThreadPoolExecutor, max_workers=1)
    )
    _writes: list[Future[None]] = field(default_factory=list)

    def index(self, name: str) -> "Index | None":
        """The index of that name, if one was kept."""
        from matching.onward import Index

        tables = self._read(name, "records", "keys")
        if tables is None:
            return None
        records, keys = tables
        return Index(
            records.column("print").to_numpy(),
            records.column("keys").to_numpy(),
            keys.column("key").to_numpy(),
        )

    def search(self, name: str, model: "Model", floor: float) -> "Carried | None":
        """What a search of that model and floor left, if it was kept."""
        from matching.frequencies import Frequencies
        from matching.onward import Carried

        if self.made_by.get(name) != _made_by(model, floor):
            return None
        tables = self._read(name, "left", "pairs", "terms", "totals")
        if tables is None:
            return None
        left, pairs, terms, totals = tables
        counts: dict[str, Counter[str]] = {}
        records: dict[str, int] = {}
        for row in totals.to_pylist():
            counts[row["kind"]], records[row["kind"]] = Counter(), row["records"]
        for kind, term, count in zip(
            *(terms.column(one).to_pylist() for one in terms.column_names), strict=True
        ):
            counts[kind][term] = count
        return Carried(
            prints=left.column("print").to_numpy(),
            lines=left.column("line").to_numpy(),
            left=pairs.column("left").to_numpy(),
            right=pairs.column("right").to_numpy(),
            scale=Frequencies(counts, records, model),
            searched=totals.column("searched")[0].as_py(),
        )

    def put_index(self, name: str, index: "Index") -> None:
        self._write(
            name,
            records=pa.table({"print": index.prints, "keys": index.counts}),
            keys=pa.table({"key": index.keys}),
        )

    def put_search(self, name: str, carried: "Carried", floor: float) -> None:
        scale = carried.scale
        terms = [
            (kind, term, count)
            for kind, counts in scale.counts.items()
            for term, count in counts.items()
        ]
        kinds, texts, counts = zip(*terms, strict=True) if terms else ((), (), ())
        self._write(
            name,
            left=pa.table({"print": carried.prints, "line": carried.lines}),
            pairs=pa.table({"left": carried.left, "right": carried.right}),
            terms=pa.table(
                {
                    "kind": pa.array(kinds, pa.string()),
                    "term": pa.array(texts, pa.string()),
                    "records": pa.array(counts, pa.int64()),
                }
            ),
            totals=pa.table(
                {
                    "kind": list(scale.records),
                    "records": list(scale.records.values()),
                    "searched": [carried.searched] * len(scale.records),
                }
            ),
        )
        self.made_by[name] = _made_by(scale.model, floor)

    def _read(self, name: str, *parts: str) -> "list[pa.Table] | None":
        """The tables of a name, or ``None`` when they are not all there and whole."""
        from pipeline.errors import UnreadableTable

        paths = [self.folder / f"{name}.{part}.parquet" for part in parts]
        try:
            with ThreadPoolExecutor() as pool:
                return list(pool.map(self.vault.read, paths))
        except FileNotFoundError:
            return None
        except UnreadableTable as error:
            log.warning("searching for everybody in %s: %s", name, error)
            return None

    def _write(self, name: str, **tables: "pa.Table") -> None:
        """Begins to write; :meth:`wait` says when all is done."""
        for part, table in tables.items():
            path = self.folder / f"{name}.{part}.parquet"
            self._writes.append(self._writer.submit(self.vault.write, table, path))

    def wait(self) -> None:
        """Returns when all that was put is written; nothing can be put after.

        Raises:
            OSError: something could not be written.
        """
        self._writer.shutdown()
        for each in self._writes:
            each.result()


@dataclass(frozen=True)
class Searches:
    """The searches of a night: each carries on what the night before left of it, and
    leaves what the next may carry on."""

    before: Kept | None
    made: Kept
    floor: float
    counts: dict[str, int] = field(
        default_factory=lambda: {"searched_for_anew": 0, "records_new_or_changed": 0}
    )

    def index(self, name: str, records: pa.Table) -> "Indexed":
        """One authority's records, indexed from where the night before stopped."""
        from matching.onward import indexed

        now = indexed(records, self.before.index(name) if self.before else None)
        self.made.put_index(name, now.index)
        self.counts["records_new_or_changed"] += len(now.new)
        return now

    def link(
        self,
        name: str,
        left: pa.Table,
        right: "Indexed",
        model: "Model",
    ) -> pa.Table:
        """The pairs of ``matching.fast.link``; ``right`` is of :meth:`index`."""
        from matching.onward import link_onward

        carried = None
        if self.before is not None and len(right.before):
            carried = self.before.search(name, model, self.floor)
        found = link_onward(left, right, model, self.floor, carried)
        self.made.put_search(name, found.carried, self.floor)
        self.counts["searched_for_anew"] += found.searched_for
        return found.pairs


def make_ready() -> None:
    """Loads what every search needs: half a second and more, which a machine of two
    cores can spend while it reads the tables."""
    import matching.onward  # noqa: F401
    from matching.linkage.compiled import load
    from matching.linkage.counting_kernel import hashes_of_numbers, hashes_of_texts
    from matching.linkage.kernel import scan

    load(scan, hashes_of_numbers, hashes_of_texts)


def latest(run: "Run") -> Kept | None:
    """What the newest night up to this one left, if this code made it."""
    for night in _nights(run):
        for stamp in sorted(night.glob(f"*/match/kept/{STAMP}"), reverse=True):
            said = json.loads(stamp.read_bytes())
            if said["code"] != _code():
                return None
            return Kept(stamp.parent, run.vault, said["searches"])
    return None


def begin(run: "Run") -> Kept:
    """An empty folder; nobody reads it before :func:`finish`."""
    folder = run.workspace.folder / "match" / "kept.new"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Kept(folder, run.vault, {})


def finish(made: Kept) -> None:
    """What was made takes the place of what an earlier try of the stage left."""
    from pipeline.vault import atomic_file

    made.wait()
    with atomic_file(made.folder / STAMP) as file:
        said = {"code": _code(), "searches": made.made_by}
        file.write(json.dumps(said, indent=2, sort_keys=True).encode())
    place = made.folder.with_name("kept")
    shutil.rmtree(place, ignore_errors=True)
    made.folder.rename(place)


def delete_outlived(run: "Run") -> int:
    """Removes what nights before the last one left: no search carries it on.

    Returns:
        How many folders were removed.
    """
    removed = 0
    for night in _nights(run)[2:]:
        for folder in night.glob("*/match/kept"):
            shutil.rmtree(folder)
            removed += 1
    return removed


def _nights(run: "Run") -> list[Path]:
    """The folders of the nights up to this one, newest first."""
    tonight = run.business_date.isoformat()
    nights = (run.root / run.region.region).glob("????-??-??")
    return sorted((one for one in nights if one.name <= tonight), reverse=True)


def _made_by(model: "Model", floor: float) -> str:
    return hashlib.sha256(f"{model!r} {floor!r}".encode()).hexdigest()


@cache
def _code() -> str:
    """A fingerprint of all code that says which records meet and what they weigh."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted([*root.glob("matching/**/*.py"), *root.glob("records/*.py")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()
