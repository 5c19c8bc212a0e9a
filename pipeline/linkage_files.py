"""Files of a linkage: its description, tables in, tables out."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from matching.linkage.description import (
    Description,
    DescriptionRefused,
    description_of,
)
from pipeline.errors import ConfigurationError
from pipeline.vault import atomic_file


class _Once(yaml.SafeLoader):
    """Refuses a key that stands twice; only one of both would count."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - as its parent has it
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"{key} stands there twice", problem_mark=node.start_mark
                )
        return super().construct_mapping(node, deep)


def read_description(path: Path, threshold: float | None) -> Description:
    """The description of a file, with another threshold where one is given.

    Raises:
        ConfigurationError: it can't be used.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Once)  # noqa: S506 - a safe loader
        description = description_of(raw)
    except FileNotFoundError:
        raise ConfigurationError([f"{path}: there is no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: can't be read: {error}"]) from error
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        where = f" line {place.line + 1}" if place else ""
        what = getattr(error, "problem", None) or "not YAML"
        raise ConfigurationError([f"{path}{where}: {what}"]) from error
    except DescriptionRefused as error:
        raise ConfigurationError([f"{path}: {error}"]) from error
    if threshold is None:
        return description
    if not 0 < threshold < 1:
        raise ConfigurationError(["--threshold: a probability between 0 and 1"])
    return replace(description, threshold=threshold)


def columns_of(description: Description) -> list[str]:
    """The columns that a linkage reads, each once."""
    wanted = [description.id, *(one.column for one in description.comparisons)]
    return list(dict.fromkeys(wanted))


def repeating(description: Description) -> list[str]:
    """The columns whose values many records share."""
    return [one.column for one in description.comparisons if one.kind != "identifier"]


def read_columns(
    path: Path, columns: Iterable[str], as_codes: Iterable[str] = ()
) -> pa.Table:
    """These columns of a Parquet file and no more.

    Texts of columns in ``as_codes`` come as codes of a dictionary, as the file has
    them: that is quicker, and takes less memory.

    Raises:
        ConfigurationError: there is no such file or column, or it is no Parquet.
    """
    try:
        with pq.ParquetFile(path) as file:
            there = file.schema_arrow.names
            lacking = [name for name in columns if name not in there]
            twice = [name for name in columns if there.count(name) > 1]
            if lacking or twice:
                raise ConfigurationError(
                    [
                        f"{path}: there is no column {name!r}; there are "
                        f"{', '.join(there)}"
                        for name in lacking
                    ]
                    + [f"{path}: there are two columns {name!r}" for name in twice]
                )
            metadata, schema = file.metadata, file.schema_arrow
        texts = [
            name for name in as_codes if pa.types.is_string(schema.field(name).type)
        ]
        with pq.ParquetFile(path, metadata=metadata, read_dictionary=texts) as file:
            return file.read(columns=list(columns))
    except FileNotFoundError:
        raise ConfigurationError([f"{path}: there is no such file"]) from None
    except pa.ArrowInvalid as error:
        raise ConfigurationError([f"{path}: is no Parquet file: {error}"]) from error
    except OSError as error:
        raise ConfigurationError([f"{path}: can't be read: {error}"]) from error


def write_table(table: pa.Table, path: Path) -> None:
    """The table becomes the file, whole or not at all."""
    with atomic_file(path) as file:
        pq.write_table(table, file, compression="zstd")
