"""Where an evaluation learns which records a linkage description would compare."""

from pathlib import Path

from matching.evaluation import SharesKey
from pipeline.errors import ConfigurationError


def blocking_of(spec: Path) -> tuple[str, SharesKey]:
    """The column that names a record, and the test for a shared blocking key.

    Raises:
        ConfigurationError: the description can't be read.
    """
    raise ConfigurationError(
        [
            f"--spec {spec}: linkage descriptions can't be read yet; name the compared "
            "pairs with --candidates"
        ]
    )
