"""Tables at rest: Parquet, written whole or not at all, encrypted outside the demo.

Encryption is Parquet's own (modular, uniform: footer and every column), with a fresh
data key for each file, wrapped with AES-GCM by the region's master key.
"""

import base64
import binascii
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import ConfigurationError, UnreadableTable

_KEY_NAME = "workspace"
_NONCE_BYTES = 12


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only when it is complete and on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


class Vault:
    """Reads and writes tables, with a key or, in the demo, without."""

    def __init__(self, key: bytes | None) -> None:
        self._encrypt: Any = None
        self._decrypt: Any = None
        if key is not None:
            self._encrypt, self._decrypt = _properties(key)

    def write(self, table: pa.Table, path: Path) -> None:
        """The table becomes the file; its column order and schema are kept."""
        texts = [
            one.name for one in table.schema if not pa.types.is_primitive(one.type)
        ]
        with atomic_file(path) as file:
            pq.write_table(
                table,
                file,
                # numbers are mostly told apart: looking for those alike takes long
                compression="zstd" if texts else "lz4",
                use_dictionary=texts or False,
                encryption_properties=self._encrypt() if self._encrypt else None,
            )

    def read(self, path: Path) -> pa.Table:
        """The table of a file.

        Raises:
            FileNotFoundError: there is none.
            UnreadableTable: it is damaged, or was written with another key.
        """
        from cryptography.exceptions import InvalidTag

        try:
            with pq.ParquetFile(
                path, decryption_properties=self._decrypt() if self._decrypt else None
            ) as file:
                return file.read()
        except FileNotFoundError:
            raise
        except (OSError, ValueError, KeyError, InvalidTag) as error:
            raise UnreadableTable(
                f"{path}: damaged, or written with another key ({type(error).__name__})"
                "; give the key it was written with, or run the stage before this again"
            ) from error


def decode_key(text: str, variable: str) -> bytes:
    """A master key from the base64 in an environment variable.

    Raises:
        ConfigurationError: it is not 32 bytes in base64.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ConfigurationError(
            [f"environment: {variable} must hold 32 bytes in base64; make a key anew"]
        )
    return key


def _properties(key: bytes) -> tuple[Any, Any]:
    import pyarrow.parquet.encryption as pe
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    class _LocalKms(pe.KmsClient):  # type: ignore[misc]
        def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> bytes:
            nonce = os.urandom(_NONCE_BYTES)
            sealed = AESGCM(key).encrypt(
                nonce, key_bytes, master_key_identifier.encode()
            )
            return base64.b64encode(nonce + sealed)

        def unwrap_key(self, wrapped_key: str, master_key_identifier: str) -> bytes:
            sealed = base64.b64decode(wrapped_key)
            return AESGCM(key).decrypt(
                sealed[:_NONCE_BYTES],
                sealed[_NONCE_BYTES:],
                master_key_identifier.encode(),
            )

    factory = pe.CryptoFactory(lambda _config: _LocalKms())
    connection = pe.KmsConnectionConfig()
    settings = pe.EncryptionConfiguration(
        footer_key=_KEY_NAME, uniform_encryption=True, data_key_length_bits=256
    )
    return (
        lambda: factory.file_encryption_properties(connection, settings),
        lambda: factory.file_decryption_properties(connection),
    )
