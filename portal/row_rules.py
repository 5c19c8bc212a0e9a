"""PostgreSQL's own rules for rows: the second wall behind ``permissions``.

Each transaction says in whose standing it is (``store``); each table says here which
standings may read and write which of its rows. A statement that forgets its ``WHERE``
finds no more than the standing may see, and a transaction in nobody's standing finds
nothing. The rules are put to the database anew by each ``crossborder-portal migrate``,
as views of this module, and hold for the tables' owner too; only a superuser or a role
that may bypass them goes round, and a production portal refuses to serve as one.

A table that is not here has no rules: the tests fail until it has, or is in ``OPEN``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.sql.elements import quoted_name

from portal.permissions import (
    AGENCY_ROLES,
    COUNTS,
    DOOR,
    NOTICE_ROLES,
    OPERATOR,
    PIPELINE,
    REGION,
    SEALER,
    Role,
)

# sub-selects, so that they are asked once for a statement and not once for a row; a
# setting that was never made reads as null, one that was left reads as ''
_ROLE = "(SELECT nullif(current_setting('app.role', true), ''))"
_AGENCY = "(SELECT nullif(current_setting('app.agency', true), ''))"
_ANYBODY = f"{_ROLE} IS NOT NULL"


class WallMissing(Exception):
    """The database would let this role go round the rules for rows."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rows may be read, added, changed and removed: conditions of SQL."""

    read: str
    add: str
    change: str
    remove: str


def _as(*standings: str) -> str:
    named = ", ".join(f"'{standing}'" for standing in sorted(standings))
    return f"{_ROLE} IN ({named})"


def _any_of(*conditions: str) -> str:
    return " OR ".join(f"({condition})" for condition in conditions)


def _rules(
    read: str, write: str = "false", *, add: str = "", change: str = ""
) -> Rules:
    """Whoever may write may read; the operator may everything."""
    always = _as(OPERATOR.role)
    return Rules(
        read=_any_of(always, read, write),
        add=_any_of(always, add or write),
        change=_any_of(always, change or write),
        remove=_any_of(always, write),
    )


def _own(agency: str, audience: str) -> str:
    """A row of the viewer's agency; what is for named officers, to them alone."""
    return (
        f"{agency} = {_AGENCY} AND {_as(*NOTICE_ROLES)} AND "
        f"({audience} = 'duty' OR {_as(Role.NAMED_OFFICER)})"
    )


_PIPELINE = _as(PIPELINE.role)
_COUNTS = _as(COUNTS.role)
_IG = _as(Role.IG_LEAD)
_REVIEWER = _as(Role.REVIEWER)
_DATA_TEAM = _as(Role.DATA_TEAM)
_NIGHTS = _as(Role.REVIEWER, Role.DATA_TEAM)
_OF_AN_AGENCY = _as(*AGENCY_ROLES)
_OWN_NOTICE = _own("recipient", "audience")


def _on_own_notice(table: str) -> str:
    """A row that hangs on a notice which the viewer may see."""
    return f"{_as(*NOTICE_ROLES)} AND {_sees(f'{table}.notification_id')}"


def _sees(notification_id: str) -> str:
    """The notice of this id is one that the viewer may see.

    A sub-select for a value, where ``EXISTS`` would read as well: that one PostgreSQL
    may answer by going through every notice of the agency first.
    """
    seen = f"seen.notification_id = {notification_id}"
    return f"(SELECT true FROM notifications seen WHERE {seen})"  # noqa: S608 - ours


def _uuid(words: str) -> str:
    """A text as the id that it may be: so that an index finds what bears it."""
    return f"CASE WHEN {words} ~ '^[0-9a-f-]{{36}}$' THEN {words}::uuid END"


RULES = {
    "notifications": _rules(
        _any_of(_OWN_NOTICE, _COUNTS), _PIPELINE, change=_any_of(_OWN_NOTICE, _PIPELINE)
    ),
    "withdrawals": _rules(
        _any_of(_on_own_notice("withdrawals"), _COUNTS), _PIPELINE,
        change=_any_of(_on_own_notice("withdrawals"), _PIPELINE),
    ),
    "obligations": _rules(
        _any_of(_own("owed_by", "audience"), _COUNTS), _PIPELINE
    ),
    "disputes": _rules(
        _any_of(_PIPELINE, _IG, _COUNTS), _on_own_notice("disputes")
    ),
    "reviews": _rules(
        _any_of(_REVIEWER, _COUNTS), _PIPELINE, change=_any_of(_REVIEWER, _PIPELINE)
    ),
    "judgements": _rules(_any_of(_PIPELINE, _COUNTS), _REVIEWER),
    "people": _rules(_any_of(_NIGHTS, _COUNTS), _PIPELINE),
    "runs": _rules(
        _any_of(_NIGHTS, _IG, _COUNTS), _PIPELINE, change=_any_of(_DATA_TEAM, _PIPELINE)
    ),
    "verdicts": _rules(
        _any_of(
            _NIGHTS, _COUNTS, f"authority = {_AGENCY} AND {_as(Role.SUPPLIER)}"
        ),
        _PIPELINE,
    ),
    "dead_letters": _rules(
        _any_of(_NIGHTS, _COUNTS), _PIPELINE, change=_any_of(_DATA_TEAM, _PIPELINE)
    ),
    "received": _rules(_COUNTS, _PIPELINE),
    "wishes": _rules(
        _any_of(_PIPELINE, _IG, _COUNTS), _NIGHTS
    ),
    "quality": _rules(
        _any_of(
            _NIGHTS, _COUNTS, f"authority = {_AGENCY} AND {_as(Role.SUPPLIER)}"
        ),
        _PIPELINE,
    ),
    "passings": _rules(_COUNTS, _on_own_notice("passings")),
    # a note on notices for named officers is read by them alone
    "handovers": _rules(_COUNTS, _own("agency", "audience")),
    "review_claims": _rules(_COUNTS, _REVIEWER),
    "review_skips": _rules(_COUNTS, _REVIEWER),
    "recusals": _rules(_any_of(_IG, _COUNTS), _REVIEWER),
    "second_readings": _rules(_any_of(_IG, _COUNTS), _REVIEWER),
    "review_preferences": _rules(_COUNTS, _REVIEWER),
    "searches": _rules(_any_of(_PIPELINE, _IG, _COUNTS), _REVIEWER),
    "search_answers": _rules(_any_of(_REVIEWER, _COUNTS), _PIPELINE),
    "training_answers": _rules(_COUNTS, _REVIEWER),
    # what was done about a notice is its recipient's to know
    "events": _rules(
        _any_of(
            _PIPELINE,
            _COUNTS,
            f"{_as(*NOTICE_ROLES)} AND {_sees(_uuid('events.subject'))}",
        ),
        add=_ANYBODY,
    ),
    "counters": _rules(_ANYBODY, change=_ANYBODY),
    "agencies": _rules(_ANYBODY),
    "users": _rules(
        _any_of(
            _IG,
            _COUNTS,
            f"{_NIGHTS} AND agency IS NULL",
            f"{_OF_AN_AGENCY} AND agency = {_AGENCY}",
        ),
        _as(DOOR.role),
    ),
    "sessions": _rules(_COUNTS, _as(DOOR.role)),
    "machines": _rules(_any_of(_as(DOOR.role), _IG, _COUNTS)),
    "machine_keys": _rules(_any_of(_as(DOOR.role), _COUNTS), change=_as(DOOR.role)),
    # looked up under a lock, which asks for the right to change
    "client_keys": _rules(_any_of(_as(DOOR.role), _COUNTS), change=_as(DOOR.role)),
    "access_tokens": _rules(_COUNTS, _as(DOOR.role)),
    "used_assertions": _rules(_COUNTS, _as(DOOR.role)),
    "sign_in_attempts": _rules(_COUNTS, _as(DOOR.role)),
    # nobody writes it in another's name; the door writes who came in and went
    "audit": _rules(
        _any_of(_IG, _as(SEALER.role), _COUNTS),
        add=_any_of(
            _as(DOOR.role),
            f"role = {_ROLE} AND agency = coalesce({_AGENCY}, '{REGION}')",
        ),
    ),
    "audit_waiting": _rules(_any_of(_IG, _COUNTS), _as(SEALER.role), add=_ANYBODY),
    "audit_about": _rules(_any_of(_IG, _COUNTS), _as(SEALER.role)),
    "audit_links": _rules(_any_of(_IG, _COUNTS), _as(SEALER.role)),
    "audit_seals": _rules(_any_of(_IG, _COUNTS), _as(SEALER.role)),
    "audit_checks": _rules(_any_of(_IG, _COUNTS), add=_any_of(_IG, _as(SEALER.role))),
    "subjects": _rules(_any_of(_IG, _COUNTS), _PIPELINE),
    "tombstones": _rules(_any_of(_IG, _PIPELINE, _COUNTS)),
    "holds": _rules(_any_of(_IG, _COUNTS)),
}  # fmt: skip
"""Of each table, who may do what to which rows."""

OPEN: dict[str, str] = {}
"""Tables that need no rules, and why."""

_ONLY_ADDED_TO = ("audit", "audit_links", "audit_seals")
_KEPT = (
    "notifications", "withdrawals", "obligations", "disputes", "reviews", "judgements",
    "people", "runs", "verdicts", "dead_letters", "received", "wishes", "events",
    "counters", "agencies", "users", "machines", "machine_keys",
    "tombstones", "holds", "quality", "passings", "handovers", "second_readings",
    "searches", "search_answers",
    "audit_about", "audit_checks",
)  # fmt: skip
"""Tables from which serving removes nothing: retention and administration do."""


def apply(connection: Connection) -> None:
    """The rules of this release hold on PostgreSQL; SQLite knows no such thing."""
    if connection.dialect.name != "postgresql":
        return
    for table, rules in RULES.items():
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for name, command, conditions in (
            ("may_read", "SELECT", f"USING ({_whole(rules.read)})"),
            ("may_add", "INSERT", f"WITH CHECK ({rules.add})"),
            (
                "may_change", "UPDATE",
                f"USING ({_whole(rules.change)}) WITH CHECK ({rules.change})",
            ),
            ("may_remove", "DELETE", f"USING ({rules.remove})"),
        ):  # fmt: skip
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {name} ON {table}")
            connection.exec_driver_sql(
                f"CREATE POLICY {name} ON {table} FOR {command} {conditions}"
            )


def _whole(condition: str) -> str:
    """The condition as one value. Taken apart, PostgreSQL guesses of each part that few
    rows meet it, where of what a page asks for nearly all do, and plans for one row."""
    return f"CASE WHEN {condition} THEN true END"


def grant(connection: Connection, role: str) -> None:
    """The login role may serve the portal, and no more: it owns nothing, and removes
    nothing that is kept on purpose.

    Raises:
        WallMissing: it would go round the rules, or it is the tables' owner.
    """
    if connection.dialect.name != "postgresql":
        raise WallMissing("roles are PostgreSQL's: SQLite has nothing to grant")
    fault = connection.scalar(
        text(
            "SELECT CASE WHEN rolsuper OR rolbypassrls THEN 'goes round the rules' "
            "WHEN rolname = current_user THEN 'owns the tables' ELSE '' END "
            "FROM pg_roles WHERE rolname = :role"
        ),
        {"role": role},
    )
    if fault is None:
        raise WallMissing(f"there is no role {role} here: CREATE ROLE it first")
    if fault:
        raise WallMissing(f"the role {role} {fault}: serve as another")
    name = connection.dialect.identifier_preparer.quote(quoted_name(role, quote=True))
    connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
    connection.exec_driver_sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
    )
    connection.exec_driver_sql(
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}"
    )
    _revoke(connection, name, "UPDATE, DELETE", _ONLY_ADDED_TO)
    _revoke(connection, name, "DELETE", _KEPT)
    _revoke(connection, name, "INSERT, UPDATE, DELETE", ("alembic_version",))


def check_serving(connection: Connection) -> None:
    """Whoever is connected can't go round the rules for rows.

    Raises:
        WallMissing: it is a superuser, may bypass them, owns a table, or a table of the
            portal's has none.
    """
    if connection.dialect.name != "postgresql":
        return
    goes_round = connection.scalar(
        text(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
    )
    if goes_round:
        raise WallMissing(
            "the database's role is a superuser or may bypass the rules for rows: "
            "serve as one that crossborder-portal grant was run for"
        )
    rows = connection.execute(
        text(
            "SELECT relname, pg_has_role(current_user, relowner, 'USAGE') AS owns, "
            "relrowsecurity AND relforcerowsecurity AS walled FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    )
    for row in rows:
        if row.owns:
            raise WallMissing(
                f"the database's role owns {row.relname}: serve as another, for which "
                "crossborder-portal grant was run"
            )
        if row.relname in RULES and not row.walled:
            raise WallMissing(
                f"{row.relname} has no rules for rows: run crossborder-portal migrate"
            )


def _revoke(
    connection: Connection, name: str, privileges: str, tables: Iterable[str]
) -> None:
    connection.exec_driver_sql(
        f"REVOKE {privileges} ON {', '.join(tables)} FROM {name}"
    )
