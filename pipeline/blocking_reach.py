"""Where an evaluation learns which records a linkage description would compare."""

from pathlib import Path

from matching.evaluation import SharesKey


def blocking_of(spec: Path, *, one_table: bool = False) -> tuple[str, SharesKey]:
    """The column that names a record, and the test for a shared blocking key.

    Raises:
        ConfigurationError: the description can't be read.
    """
    from matching.linkage.reach import shares_key
    from pipeline.linkage_files import read_description

    description = read_description(spec, None)
    return description.id, lambda left, right: shares_key(
        description, (left, right), one_table=one_table
    )
