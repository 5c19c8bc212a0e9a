"""``crossborder-portal``'s commands for programs: their keys, public and secret."""

import datetime as dt
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import Connection

from portal import audit, clients, clock, machines
from portal.accounts import AccountRefused
from portal.commands.shell import Database, say, writing
from portal.machines import Key, Standing
from portal.permissions import MachineRole, Role

cli = typer.Typer()

Name = Annotated[str, typer.Argument(help="Which program.")]
As = Annotated[MachineRole, typer.Option(help="What the program is here.")]
Agency = Annotated[str | None, typer.Option(help="Whose system it is: 330 …")]
ActsAs = Annotated[
    Role | None,
    typer.Option(
        help="An agency's program may do what a person of this role there may: "
        "officer, named_officer (also what is for named officers only) or supplier."
    ),
]
Days = Annotated[
    int | None, typer.Option(min=1, max=3650, help="The new key ends after so many.")
]


@cli.command("create-key")
def create_key(
    name: Name,
    role: As = MachineRole.PIPELINE,
    agency: Agency = None,
    acts_as: ActsAs = None,
    days: Days = None,
    database: Database = None,
) -> None:
    """Makes a machine key and prints it, this once; only its hash is kept.

    Keys that the program has already stay as they are.
    """
    standing = _standing(role, agency, acts_as)
    with writing(database) as connection:
        key = machines.create_key(connection, name, standing, clock.now(), _lives(days))
        _note(connection, "create-key", name)
    typer.echo(key)


@cli.command("rotate-key")
def rotate_key(
    name: Name,
    grace_hours: Annotated[
        int, typer.Option(min=0, max=720, help="How long the old keys still open.")
    ] = 48,
    days: Days = None,
    database: Database = None,
) -> None:
    """Makes a new key and prints it, this once; the old ones end after the grace."""
    with writing(database) as connection:
        key = machines.rotate_key(
            connection, name, clock.now(), dt.timedelta(hours=grace_hours), _lives(days)
        )
        _note(connection, "rotate-key", name)
    say(f"The earlier keys of {name} end in {grace_hours} hours.")
    typer.echo(key)


@cli.command("revoke-key")
def revoke_key(
    name: Name,
    key: Annotated[
        UUID | None, typer.Option(help="Only this one, by its id in list-keys.")
    ] = None,
    database: Database = None,
) -> None:
    """Ends a program's keys at once."""
    with writing(database) as connection:
        ended = machines.revoke_keys(connection, name, clock.now(), key)
        _note(connection, "revoke-key", name)
    say(f"Of {name}, {ended} key{'' if ended == 1 else 's'} ended.")


@cli.command("list-keys")
def list_keys(database: Database = None) -> None:
    """Tells of every key whose it is and how long it stands; never the key itself."""
    with writing(database) as connection:
        found = machines.keys(connection)
    now = clock.now()
    typer.echo("key\tprogram\tis\tmade\tlast used\tstands")
    for key in found:
        typer.echo("\t".join(_row(key, now)))


@cli.command("create-client")
def create_client(
    name: Name,
    jwks: Annotated[
        Path,
        typer.Option(
            exists=True, dir_okay=False, help="Its public keys, a JWK set (RFC 7517)."
        ),
    ],
    role: As = MachineRole.PIPELINE,
    agency: Agency = None,
    acts_as: ActsAs = None,
    database: Database = None,
) -> None:
    """Lets a program in by its signature (private_key_jwt): registers its public keys.

    Again with another file replaces them: put the new key beside the old one, then
    leave the old one out.
    """
    standing = _standing(role, agency, acts_as)
    with writing(database) as connection:
        try:
            text = jwks.read_text()
        except (OSError, UnicodeDecodeError):
            raise AccountRefused(f"{jwks} can't be read as text") from None
        now = clock.now()
        machine_id = machines.enrol(connection, name, standing, now)
        kids = clients.register_keys(connection, machine_id, text, now)
        _note(connection, "create-client", name)
    say(f"The client {name} proves itself by: {', '.join(kids)}.")


@cli.command("revoke-client")
def revoke_client(name: Name, database: Database = None) -> None:
    """Forgets a program's public keys, and ends its tokens at once."""
    with writing(database) as connection:
        gone = clients.forget_keys(connection, machines.program_id(connection, name))
        _note(connection, "revoke-client", name)
    say(f"Of {name}, {gone} public key{'' if gone == 1 else 's'} forgotten.")


def _note(connection: Connection, command: str, name: str) -> None:
    """The trail says what was done about which program, by its id."""
    program = machines.program_id(connection, name)
    audit.record_command(connection, f"{command} {program}", clock.now())


def _standing(role: MachineRole, agency: str | None, acts_as: Role | None) -> Standing:
    if role is MachineRole.AGENCY and acts_as is None:
        acts_as = Role.OFFICER
    return Standing(role, agency, acts_as)


def _lives(days: int | None) -> dt.timedelta | None:
    return None if days is None else dt.timedelta(days=days)


def _row(key: Key, now: dt.datetime) -> list[str]:
    standing = key.standing
    is_for = f"{standing.acts_as} of {standing.agency}"
    used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
    return [
        str(key.key_id),
        key.machine,
        is_for if standing.agency else str(standing.role),
        f"{key.created_at:%Y-%m-%d}",
        used,
        _stands(key, now),
    ]


def _stands(key: Key, now: dt.datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d %H:%M}"
    if key.expires_at is None:
        return "until revoked"
    ended = key.expires_at <= now
    return f"{'ended' if ended else 'until'} {key.expires_at:%Y-%m-%d %H:%M}"
