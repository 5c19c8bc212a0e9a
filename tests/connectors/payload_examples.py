"""Small CSC API payloads, written to disk as an authority would send them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extract_examples import LA, NIGHT, rows, source_file

from connectors import csc_api
from connectors.conformed import Conformed
from records.identifiers import upn_check_letter

Document = dict[str, Any]
UPN = upn_check_letter("801200000001") + "801200000001"


def placement(**changes: object) -> Document:
    return {
        "child_looked_after_placement_id": "L1", "start_date": "2026-01-10",
        "start_reason": "S", "placement_type": "U4", "postcode": "CV7 8QZ", **changes,
    }  # fmt: skip


def child(
    *placements: Document,
    ref: str = "C1",
    details: Document | None = None,
    episode: Document | None = None,
    **changes: object,
) -> Document:
    return {
        "la_child_id": ref,
        "child_details": {
            "first_name": "Ann", "surname": "Lee", "date_of_birth": "2012-03-02",
            "sex": "F", "ethnicity": "WBRI", **(details or {}),
        },
        "social_care_episodes": [
            {"child_looked_after_placements": list(placements), **(episode or {})}
        ],
        **changes,
    }  # fmt: skip


def read_documents(folder: Path, documents: Sequence[object]) -> Conformed:
    """Documents, each a file of its own, read as one extract."""
    sources = [
        source_file(
            folder,
            f"{number:03}.json",
            document if isinstance(document, str) else json.dumps(document),
            authority=LA,
        )
        for number, document in enumerate(documents)
    ]
    conformed = csc_api.conform(LA, sources, NIGHT)
    assert len(conformed.verdicts) == len(documents)
    for verdict in conformed.verdicts:
        rejects = [r for r in conformed.rejects if r.file == verdict.file]
        assert len(rejects) == verdict.rejected
    return conformed


def refs(conformed: Conformed) -> list[object]:
    return [ref for (ref,) in rows(conformed.tables["children"], "child_ref")]


ONE, TWO = child(placement()), child(placement(), ref="C2")
