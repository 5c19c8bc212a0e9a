"""What of a region's file and models decides its notices, as hashes of its content.

A change of any may change many notices at once, so the surge brake looks at them as it
looks at the rules (``notifications.brake``). They are of what was read and checked and
not of the text: order, comments and a default written out change none.
"""

import json
from collections.abc import Mapping, Set
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from matching.config import MatchingConfig
from notifications.config import PolicyConfig
from pipeline.region import RegionConfig

TELLS_NOBODY = frozenset({"surge", "baseline", "reconciliation"})
"""Sections of the policy that decide no notice: when notices wait, and tasks alone."""
_DIGITS = 12
"""Costs of the same ratios give the same lines, but for what a division leaves."""


def settings_of(region: RegionConfig, models: Path) -> dict[str, str]:
    """By key of the region file: the hash of what it says; and of both models' content.

    Args:
        region: as it was read.
        models: the folder of released models; each is there.
    """
    return {
        **_policy(region.policy),
        **_lines(region.matching),
        "children_model": _model(models / region.matching.model),
        "perpetrator_model": _model(models / region.matching.perpetrator_model),
    }


def _policy(policy: PolicyConfig) -> dict[str, str]:
    return {
        f"policy.{name}": _hash(getattr(policy, name))
        for name in sorted(type(policy).model_fields.keys() - TELLS_NOBODY)
    }


def _lines(matching: MatchingConfig) -> dict[str, str]:
    """Of the costs what they come to: the lines of accepting and of asking."""
    lines = matching.thresholds()
    costs = [round(line, _DIGITS) for line in (lines.accept, lines.review)]
    return {
        "matching.costs": _hash(costs),
        "matching.candidate_floor": _hash(lines.floor),
    }


def _model(file: Path) -> str:
    return _hash(json.loads(file.read_text(encoding="utf-8")))


def _hash(value: object) -> str:
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> Any:
    """A value in JSON's types, the members of a set in order."""
    match value:
        case BaseModel():
            return {name: _plain(one) for name, one in value}
        case Enum():
            return value.value
        case Mapping():
            return {str(_plain(key)): _plain(one) for key, one in value.items()}
        case Set():
            return sorted((_plain(one) for one in value), key=str)
        case list() | tuple():
            return [_plain(one) for one in value]
    return value
