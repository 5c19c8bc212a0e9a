"""The canonical tables, in which every format is the same.

Connectors write them, everything after reads them. Every table starts with
``authority`` (who sent the row) and the sender's own key of the record. Text is as
supplied but trimmed, and empty text is null; codes are in the case of their standard
(the DfE's in upper case, a force's POLE codes in lower case); postcodes are in their
one spelling where they have a postcode's form and as supplied where not.
"""

import pyarrow as pa

_text, _flag, _day = pa.string(), pa.bool_(), pa.date32()
_instant = pa.timestamp("us", tz="UTC")


def _table(*columns: tuple[str, pa.DataType], required: str) -> pa.Schema:
    needed = set(required.split())
    unknown = needed - {name for name, _ in columns}
    if unknown:
        raise ValueError(f"required but not a column: {sorted(unknown)}")
    return pa.schema(
        [pa.field(name, kind, nullable=name not in needed) for name, kind in columns]
    )


CHILDREN = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("forename", _text),
    ("middle_names", _text),
    ("surname", _text),
    ("known_as", _text),
    ("former_surname", _text),
    ("dob", _day),
    ("sex", _text),  # F, M or U
    ("ethnicity", _text),  # DfE code
    ("uasc", _flag),  # unaccompanied asylum-seeking child; null = not supplied
    ("death_date", _day),
    ("social_worker", _text),
    ("social_worker_phone", _text),
    ("social_worker_email", _text),
    ("team", _text),
    required="authority child_ref",
)

PLACEMENTS = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("source_ref", _text),  # the feed's own id of the placement, where it has one
    ("start", _day),
    ("end", _day),  # null = current
    ("place_code", _text),  # DfE placement type: U4, K2, P1 …
    ("provider_code", _text),  # PR0 … PR5
    ("urn", _text),
    ("postcode", _text),
    ("legal_status", _text),  # the latest of the placement: C2, V2 …
    ("start_reason", _text),  # RNE
    ("end_reason", _text),  # REC of the last episode; X1 = another placement follows
    ("temporary", _flag),  # T0–T4: an interruption of the placement it leaves standing
    ("contradiction", _text),  # ends_before_start, two_open: its dates are to be mended
    required="authority child_ref start temporary",
)
"""A placement is a run of episodes joined by RNE L (contracts: ``ssda903``)."""

CHILD_ADDRESSES = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("kind", _text),  # home, placement, former
    ("line", _text),
    ("postcode", _text),
    ("uprn", _text),
    ("start", _day),
    ("end", _day),
    required="authority child_ref kind",
)

IDENTIFIERS = _table(
    ("authority", _text),
    ("record_ref", _text),  # a child_ref or a nominal_ref
    ("type", _text),  # nhs, upn, pnc, cro, home_office, other
    ("value", _text),  # canonical; only valid ones are here
    required="authority record_ref type value",
)

PROTECTED = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("from", _day),
    ("until", _day),
    ("reason", _text),
    ("contact", _text),
    required="authority child_ref",
)

PLACEMENT_DETAILS = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("start", _day),
    ("address", _text),
    ("uprn", _text),
    ("carer_or_home", _text),
    ("carer_phone", _text),
    ("planned", _flag),  # null = not supplied
    ("expected_end", _day),
    ("iro", _text),
    ("contact", _text),
    required="authority child_ref start",
)

MISSING_EPISODES = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("kind", _text),  # M missing, A away without authorisation
    ("start", _day),
    ("end", _day),
    ("interview_offered", _flag),
    ("interview_accepted", _flag),
    required="authority child_ref start",
)

RISKS = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("indicator", _text),  # one of records.risks.RISK_INDICATORS
    ("answer", _flag),  # what nobody supplied has no row
    ("since", _day),
    ("source", _text),  # where the extract says so: ssd_assessment_factors …
    required="authority child_ref indicator answer source",
)

PERSONS_OF_CONCERN = _table(
    ("authority", _text),
    ("person_ref", _text),
    ("forename", _text),
    ("surname", _text),
    ("aliases", pa.list_(_text)),  # each "Forename Surname"
    ("dob", _day),
    ("sex", _text),
    ("postcode", _text),
    ("concern", _text),
    ("since", _day),
    ("until", _day),
    ("linked_child_refs", pa.list_(_text)),
    required="authority person_ref concern",
)

HOME_NOTICES = _table(
    ("authority", _text),  # the host LA, as it received the home's notice
    ("notice_ref", _text),
    ("forename", _text),
    ("surname", _text),
    ("dob", _day),
    ("placing_la", _text),  # as written: a code or a name
    ("home_name", _text),
    ("home_urn", _text),
    ("postcode", _text),
    ("admitted", _day),
    ("discharged", _day),
    required="authority notice_ref placing_la",
)
"""Notices of children's homes to the local authority of their area (The Children's
Homes (England) Regulations 2015, regulation 41)."""

PLACED_HERE = _table(
    ("authority", _text),  # the host LA, whose register it is
    ("entry_ref", _text),
    ("forename", _text),
    ("surname", _text),
    ("dob", _day),
    ("placing_la", _text),  # as written: a code or a name
    ("placing_child_ref", _text),
    ("postcode", _text),
    ("start", _day),
    ("end", _day),
    ("external_refs", pa.list_(_text)),  # recording tokens and references
    required="authority entry_ref placing_la",
)
"""A local authority's own register of children placed in its area by others."""

PURGES = _table(
    ("authority", _text),
    ("child_ref", _text),
    ("source_ref", _text),  # null: everything held of the child
    required="authority child_ref",
)
"""What the supplier told us to delete; each row is a retraction, not an end."""

ABSENCES = _table(
    ("authority", _text),
    ("table", _text),  # which table lacks it: children, placements, nominals …
    ("record_ref", _text),
    (
        "nights",
        pa.int32(),
    ),  # consecutive good snapshots without the record, tonight's too
    required="authority table record_ref nights",
)
"""Records that a good snapshot no longer has and that still stand (contracts §1)."""

NOMINALS = _table(
    ("authority", _text),
    ("nominal_ref", _text),
    ("golden_nominal_ref", _text),
    ("forename1", _text),
    ("forename2", _text),
    ("surname", _text),
    ("dob", _day),
    ("dob_estimated", _flag),
    ("sex", _text),  # M, F, U or N
    ("ethnicity", _text),
    ("nationality", _text),
    ("deceased", _flag),
    ("restricted", _flag),  # protect_level
    ("external_refs", pa.list_(_text)),
    ("created_at", _instant),
    ("updated_at", _instant),
    required="authority nominal_ref restricted",
)

NOMINAL_ALIASES = _table(
    ("authority", _text),
    ("nominal_ref", _text),
    ("alias_type", _text),
    ("forename", _text),
    ("surname", _text),
    ("dob", _day),
    required="authority nominal_ref",
)

NOMINAL_ADDRESSES = _table(
    ("authority", _text),
    ("nominal_ref", _text),
    ("address_type", _text),  # home, placement, custody, bail, nfa
    ("line", _text),  # house, street and town
    ("postcode", _text),
    ("uprn", _text),
    ("start", _day),
    ("end", _day),
    required="authority nominal_ref",
)

ROLES = _table(
    ("authority", _text),
    ("nominal_ref", _text),
    ("event_ref", _text),
    ("event_type", _text),
    ("role", _text),
    ("event_date", _day),
    ("classification", _text),
    required="authority nominal_ref",
)

FLAGS = _table(
    ("authority", _text),
    ("nominal_ref", _text),
    ("code", _text),
    ("start", _day),
    ("end", _day),
    ("placing_authority", _text),
    required="authority nominal_ref code",
)

CHILDREN_TABLES: dict[str, pa.Schema] = {
    "children": CHILDREN,
    "placements": PLACEMENTS,
    "child_addresses": CHILD_ADDRESSES,
    "identifiers": IDENTIFIERS,
    "protected": PROTECTED,
    "placement_details": PLACEMENT_DETAILS,
    "missing_episodes": MISSING_EPISODES,
    "risks": RISKS,
    "persons_of_concern": PERSONS_OF_CONCERN,
    "home_notices": HOME_NOTICES,
    "children_placed_here": PLACED_HERE,
    "purges": PURGES,
    "absences": ABSENCES,
}
"""What every children's services extract becomes; a table nobody supplied is empty."""

POLICE_TABLES: dict[str, pa.Schema] = {
    "nominals": NOMINALS,
    "nominal_aliases": NOMINAL_ALIASES,
    "nominal_addresses": NOMINAL_ADDRESSES,
    "roles": ROLES,
    "identifiers": IDENTIFIERS,
    "flags": FLAGS,
    "absences": ABSENCES,
}
"""What every police extract becomes."""

RECORD_KEY: dict[str, str] = {
    "children": "child_ref", "placements": "child_ref", "child_addresses": "child_ref",
    "identifiers": "record_ref", "protected": "child_ref",
    "placement_details": "child_ref", "missing_episodes": "child_ref",
    "risks": "child_ref", "persons_of_concern": "person_ref",
    "home_notices": "notice_ref", "children_placed_here": "entry_ref",
    "purges": "child_ref", "absences": "record_ref", "nominals": "nominal_ref",
    "nominal_aliases": "nominal_ref", "nominal_addresses": "nominal_ref",
    "roles": "nominal_ref", "flags": "nominal_ref",
}  # fmt: skip
"""The column of each table that names the record its row belongs to."""

PERSONS = _table(
    ("authority", _text),
    ("record_ref", _text),
    ("names", pa.list_(pa.struct([("forename", _text), ("surname", _text)]))),
    ("dobs", pa.list_(_day)),  # the record's own first, then those of its aliases
    ("weak_day_and_month", _flag),
    ("sex", _text),  # F, M or null
    ("postcodes", pa.list_(_text)),
    ("identifiers", pa.list_(pa.struct([("type", _text), ("value", _text)]))),
    ("content_hash", _text),
    required="authority record_ref names dobs weak_day_and_month postcodes identifiers "
    "content_hash",
)
"""One row for each record in the form that matching compares, children, nominals and
persons of concern alike. Names are plain (``records.names``), the first is the record's
own and the rest its aliases; postcodes are canonical, without placeholders; lists hold
no nulls and no duplicates. ``content_hash`` is the SHA-256 of all the rest: a judgement
binds while both hashes stay the same."""

EVIDENCE = pa.struct(
    [
        ("comparison", _text),  # forename, surname, dob, sex, postcode, identifier
        ("level", _text),  # which of the comparison's levels was reached
        ("left", _text),  # the values that reached it, for reviewers
        ("right", _text),
        ("weight", pa.float64()),  # bits; all weights and the prior sum to the pair's
    ]
)

PAIRS = _table(
    ("left_authority", _text),
    ("left_ref", _text),
    ("right_authority", _text),
    ("right_ref", _text),
    ("weight", pa.float64()),  # bits: log2 of the posterior odds
    ("probability", pa.float64()),  # of being the same person, 0 to 1
    ("left_hash", _text),
    ("right_hash", _text),
    ("evidence", pa.list_(EVIDENCE)),
    required="left_authority left_ref right_authority right_ref weight probability "
    "left_hash right_hash evidence",
)
"""Every candidate at or above the floor, one row for each pair of records, sorted by
its first four columns. Evidence starts with the comparison ``prior``."""


def empty(schema: pa.Schema) -> pa.Table:
    """A table with no rows."""
    return schema.empty_table()


def brought_up(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table exactly of its schema; a column that an older one lacks is null."""
    for field in schema:
        if field.nullable and field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(schema.names).cast(schema)


def conform(rows: list[dict[str, object]], schema: pa.Schema) -> pa.Table:
    """Rows as a table of a schema; a missing key is null.

    Raises:
        ValueError: a key is no column, a value has the wrong type, or a column that
            must be filled holds a null. It names columns, never a value.
    """
    unknown = sorted({key for row in rows for key in row} - set(schema.names))
    if unknown:
        raise ValueError(f"not columns of the table: {', '.join(unknown)}")
    columns = []
    for field in schema:
        try:
            column = pa.array([row.get(field.name) for row in rows], field.type)
        except (ValueError, TypeError, OverflowError):
            raise ValueError(
                f"column {field.name} holds a value that is not {field.type}"
            ) from None  # Arrow's own message quotes the value
        if not field.nullable and column.null_count:
            raise ValueError(f"column {field.name} must be filled and holds a null")
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)
