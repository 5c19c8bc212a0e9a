"""Rules and levels as the description of a linkage has them, plain enough for a peer.

The description that ours is given (``specs/*.yaml``) is the only place where they are
written, so that every engine has the same. Peers get them as JSON: their environment
reads no YAML. Terms that a peer has no like for are refused, never left out.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from matching.evaluation import SharesKey

_TERM = re.compile(r"^([a-z_0-9]+)(?:\[:(\d+)\])?$")


class UnlikeError(ValueError):
    """The description asks for what no peer does."""


def plain_rules(spec: Path) -> dict[str, Any]:
    """The description with levels, and blocking as lists of ``[column, letters]``.

    ``letters`` is how many of the value's first letters count, 0 for all.

    Raises:
        UnlikeError: a comparison has no levels, or a term is a function.
    """
    said = yaml.safe_load(spec.read_text(encoding="utf-8"))
    comparisons = said["comparisons"]
    for name, one in comparisons.items():
        if "levels" not in one or "frequencies" not in one:
            raise UnlikeError(f"{spec.name}: {name} leaves its levels to the engine")
    return {
        "id": said["id"],
        "comparisons": comparisons,
        "blocking": [_rule(one, comparisons, spec) for one in said["blocking"]],
        "threshold": said["threshold"],
    }


def shares_key(rules: dict[str, Any]) -> SharesKey:
    """Whether any rule gives both records of a row one key, for recall's ceiling."""

    def shares(left: pa.Table, right: pa.Table) -> np.ndarray:
        found = np.zeros(len(left), dtype=np.bool_)
        for rule in rules["blocking"]:
            same = np.ones(len(left), dtype=np.bool_)
            for here, there in zip(rule["left"], rule["right"], strict=True):
                alike = pc.equal(_values(left, here), _values(right, there))
                same &= alike.fill_null(False).to_numpy(zero_copy_only=False)  # noqa: FBT003
            found |= same
        return found

    return shares


def _values(table: pa.Table, term: list[Any]) -> pa.Array:
    column, letters = term
    values = table[column].combine_chunks()
    return pc.utf8_slice_codeunits(values, 0, letters) if letters else values


def write_job(path: Path, **parts: Any) -> Path:
    """What a peer is asked, as JSON; paths become text."""
    path.write_text(json.dumps(parts, indent=1, default=str) + "\n", encoding="utf-8")
    return path


def _rule(rule: Any, comparisons: dict[str, Any], spec: Path) -> dict[str, Any]:
    sides = rule if isinstance(rule, dict) else {"left": rule, "right": rule}
    return {
        side: [_term(term, comparisons, spec) for term in sides[side].split(" + ")]
        for side in ("left", "right")
    }


def _term(term: str, comparisons: dict[str, Any], spec: Path) -> list[Any]:
    found = _TERM.match(term.strip())
    if not found:
        raise UnlikeError(f"{spec.name}: no peer blocks on {term}")
    name, letters = found.groups()
    column = comparisons[name]["column"] if name in comparisons else name
    return [column, int(letters or 0)]
