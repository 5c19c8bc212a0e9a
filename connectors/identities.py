"""``identities.csv`` gives names to the children of a return that carries none.

It is ours (contracts §2.2) and travels with ``ssda903`` and Annex A. The conformers of
those kinds call :func:`read_identities` and join its children to theirs by reference.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.columns import (
    mapped,
    postcode_or_as_supplied,
    unreadable,
    yes_or_no,
)
from connectors.conformed import Conformed, Ledger, SourceFile, as_mask
from connectors.csvfiles import Columns
from connectors.dates import date_or_dropped
from connectors.numbers import valid_numbers
from records.schemas import CHILD_ADDRESSES, CHILDREN, PROTECTED, conform

_AS_SUPPLIED = (
    "forename", "middle_names", "surname", "known_as", "former_surname", "ethnicity",
    "social_worker", "social_worker_phone", "social_worker_email",
)  # fmt: skip
_NUMBERS = {"nhs_number": "nhs", "upn": "upn", "pnc_id": "pnc"}
_SEXES = {
    "F": "F", "FEMALE": "F", "2": "F", "M": "M", "MALE": "M", "1": "M",
    "U": "U", "UNKNOWN": "U", "0": "U", "9": "U",
}  # fmt: skip
"""Our letters, the words, and the numbers of the DfE and of ISO 5218, which agree."""

COLUMNS = Columns(
    ("child_id", "forename", "surname", "dob"),
    (
        "middle_names", "known_as", "former_surname", "sex", "ethnicity",
        *_NUMBERS, "postcode", "social_worker", "social_worker_phone",
        "social_worker_email", "protected",
    ),
)  # fmt: skip


def read_identities(file: SourceFile) -> Conformed:
    """Who the children are: tables children, identifiers, child_addresses, protected.

    A child with neither name nor date of birth is still a child: only a row without
    ``child_id`` is rejected, and the second of two that differ. ``child_addresses``
    has the postcode of home, kind ``home``. ``protected`` is in the result when the
    column is there and is filled for at least one child; then blank means *no*, and
    what is neither true nor false means *yes*, since doubt shields. A child whose
    second, rejected row says protected is protected.

    Raises:
        FileRefused: the file can't be used.
    """
    ledger = Ledger(file, file.table(COLUMNS), key="child_id")
    ledger.reject_missing("child_id")
    ledger.merge_identical()
    shielded = _shielded(ledger)
    ledger.reject_repeated("child_id")
    tables = {
        "children": _children(ledger),
        "child_addresses": _homes(ledger),
        "identifiers": pa.concat_tables(
            [valid_numbers(ledger, column, kind) for column, kind in _NUMBERS.items()]
        ),
    }
    if ledger.column("protected").null_count < len(shielded):
        refs = ledger.column("child_id").filter(pa.array(shielded)).unique().to_pylist()
        tables["protected"] = conform(
            [{"authority": file.authority, "child_ref": ref} for ref in refs],
            PROTECTED,
        )
    return Conformed(tables, ledger.rejects, [ledger.verdict()])


def _children(ledger: Ledger) -> pa.Table:
    sex = mapped(
        ledger.column("sex"), lambda text: _SEXES.get(text.upper()), pa.string()
    )
    ledger.count(unreadable(ledger.column("sex"), sex), "field_dropped sex")
    return ledger.accepted(
        {
            "child_ref": ledger.column("child_id"),
            "dob": date_or_dropped(ledger, "dob"),
            "sex": sex,
            **{name: ledger.column(name) for name in _AS_SUPPLIED},
        },
        CHILDREN,
    )


def _homes(ledger: Ledger) -> pa.Table:
    """Built from the children kept that have a postcode, form or no form."""
    postcode = mapped(ledger.column("postcode"), postcode_or_as_supplied, pa.string())
    homes = ledger.accepted(
        {
            "child_ref": ledger.column("child_id"),
            "kind": pa.array(["home"] * len(postcode), pa.string()),
            "postcode": postcode,
        },
        CHILD_ADDRESSES,
    )
    return homes.filter(pc.is_valid(homes.column("postcode")))


def _shielded(ledger: Ledger) -> npt.NDArray[np.bool_]:
    supplied = ledger.column("protected")
    said = mapped(supplied, yes_or_no, pa.bool_())
    doubtful = unreadable(supplied, said)
    ledger.count(doubtful, "protected_unreadable, read as true")
    if supplied.null_count < len(supplied):
        ledger.count(pc.is_null(supplied), "protected_blank, read as false")
    return (as_mask(said) | as_mask(doubtful)) & ledger.kept
