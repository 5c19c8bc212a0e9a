import base64

import pyarrow as pa
import pytest

from pipeline.errors import ConfigurationError, NothingBefore, UnreadableTable
from pipeline.vault import Vault, decode_key
from pipeline.workspace import Workspace
from records.verdicts import Reject

SECRET = "QXXYZZY-CANARY"
TABLE = pa.table({"name": [SECRET, None], "n": pa.array([1, 2], pa.int32())})
KEY = bytes(range(32))


def test_a_table_comes_back_as_it_was_kept(tmp_path):
    for vault in (Vault(None), Vault(KEY)):
        vault.write(TABLE, tmp_path / "t.parquet")
        assert vault.read(tmp_path / "t.parquet").equals(TABLE)


def test_with_a_key_no_plain_text_is_on_disk(tmp_path):
    Vault(None).write(TABLE, tmp_path / "plain.parquet")
    Vault(KEY).write(TABLE, tmp_path / "sealed.parquet")
    assert SECRET.encode() in (tmp_path / "plain.parquet").read_bytes()
    sealed = (tmp_path / "sealed.parquet").read_bytes()
    assert SECRET.encode() not in sealed
    assert b"name" not in sealed


def test_another_key_opens_nothing(tmp_path):
    Vault(KEY).write(TABLE, tmp_path / "t.parquet")
    for vault in (Vault(bytes(32)), Vault(None)):
        with pytest.raises(UnreadableTable, match="another key"):
            vault.read(tmp_path / "t.parquet")


def test_a_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "t.parquet"
    Vault(KEY).write(TABLE, path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(UnreadableTable, match="damaged"):
        Vault(KEY).read(path)


def test_a_failed_write_leaves_what_was_there(tmp_path):
    path = tmp_path / "t.parquet"
    Vault(None).write(TABLE, path)

    class Broken:
        """Stands where a table should."""

    with pytest.raises(AttributeError):
        Vault(None).write(Broken(), path)
    assert Vault(None).read(path).equals(TABLE)
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]


@pytest.mark.parametrize(
    "text", ["", "not base64!", base64.b64encode(b"short").decode()]
)
def test_a_bad_key_names_its_variable(text):
    with pytest.raises(ConfigurationError, match="MY_KEY"):
        decode_key(text, "MY_KEY")


def test_a_stage_asked_too_early_says_which_comes_before(tmp_path):
    with pytest.raises(NothingBefore, match="standardise/placements"):
        Workspace(tmp_path, Vault(None)).read("standardise", "placements")


def test_writing_a_folder_of_tables_removes_what_a_failed_try_left(tmp_path):
    workspace = Workspace(tmp_path, Vault(None))
    workspace.write_tables({"a": TABLE, "b": TABLE}, "extract", "330")
    folder = workspace.write_tables({"b": TABLE}, "extract", "330")
    assert list(workspace.read_tables(folder)) == ["b"]


def test_rejects_are_a_file_a_supplier_can_open(tmp_path):
    workspace = Workspace(tmp_path, Vault(None))
    path = workspace.write_rejects(
        "330", [Reject("330", "a.csv", 7, "C1", "bad_date", "write YYYY-MM-DD, please")]
    )
    assert path.read_text().splitlines() == [
        "authority,file,line,record_ref,code,reason",
        '330,a.csv,7,C1,bad_date,"write YYYY-MM-DD, please"',
    ]
