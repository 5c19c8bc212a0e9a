"""``crossborder-portal audit``: seals the trail, verifies it, and takes it away."""

import base64
import sys
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal import clock, sealing
from portal.audit import Action, record_operator
from portal.chain import Verdict, instant
from portal.commands.shell import Database, explained, ready, say, settings_of
from portal.permissions import OPERATOR
from portal.settings import AUDIT_KEY_VARIABLE

BROKEN = 1
"""Exit code: the trail was tampered with; the message says at which entry first."""

cli = typer.Typer(
    help="The audit trail: sealed, verified, taken away.", no_args_is_help=True
)
Key = Annotated[
    str | None,
    typer.Option(
        help="The public key of which signatures must be, in hexadecimal "
        f"[default: that of ${AUDIT_KEY_VARIABLE}, if there is one]"
    ),
]
Root = Annotated[
    str, typer.Option(help="A root that was kept elsewhere: some seal must bear it.")
]


@cli.command("seal")
def seal(database: Database = None) -> None:
    """Seals what waits, as a serving portal does every few seconds by itself."""
    with explained():
        settings = settings_of(database)
        with ready(settings) as store:
            count = sealing.seal_waiting(store, clock.now, settings.signing_key())
    say(f"{count} entries sealed.")


@cli.command("verify")
def verify(
    file: Annotated[
        Path | None,
        typer.Option(help="An exported trail, to be verified without its database."),
    ] = None,
    public_key: Key = None,
    root: Root = "",
    database: Database = None,
) -> None:
    """Goes through every entry and every seal. Exits with 1 if the trail is broken, and
    says at which entry first, and whether it was changed, removed, inserted, reordered
    or forked."""
    with explained():
        if file is not None:
            verdict = sealing.verify_file(file, public_key, root)
        else:
            settings = settings_of(database)
            own = settings.signing_key()
            public = own.public_key().public_bytes_raw().hex() if own else None
            with ready(settings) as store:
                verdict = sealing.verify(store, OPERATOR, public_key or public, root)
                with store.writing(OPERATOR) as connection:
                    sealing.note_check(connection, clock.now(), verdict)
    _tell(verdict)
    if verdict.broken is not None:
        raise typer.Exit(BROKEN)


@cli.command("export")
def export(
    out: Annotated[
        Path | None, typer.Option(help="The file to write [default: standard output].")
    ] = None,
    database: Database = None,
) -> None:
    """Writes what is sealed as lines of JSON, entries and seals: verify --file reads
    them, on any machine."""
    with explained(), ready(settings_of(database)) as store:
        with store.writing(OPERATOR) as connection:
            record_operator(connection, clock.now(), Action.AUDIT_EXPORTED)
        lines = sealing.exported(store, OPERATOR)
        if out is None:
            sys.stdout.writelines(lines)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(lines)


@cli.command("root")
def root_of(database: Database = None) -> None:
    """Prints the hash of the last seal. Kept elsewhere (another agency, a morning's
    e-mail), it proves later that nothing before it was rewritten."""
    with (
        explained(),
        ready(settings_of(database)) as store,
        store.reading(OPERATOR) as connection,
    ):
        last = sealing.last_seal(connection)
    if last is None:
        say("Nothing is sealed yet.")
        raise typer.Exit(BROKEN)
    say(f"Seal {last.seal_id}, {last.last_position} entries, {instant(last.sealed_at)}")
    typer.echo(last.hash)


@cli.command("new-key")
def new_key() -> None:
    """Makes a key that seals are signed with, and prints it for the environment; its
    public half, for whoever verifies, is told beside it."""
    key = Ed25519PrivateKey.generate()
    say(f"Public key: {key.public_key().public_bytes_raw().hex()}")
    typer.echo(base64.b64encode(key.private_bytes_raw()).decode())


def _tell(verdict: Verdict) -> None:
    said = f"{verdict.entries} entries under {verdict.seals} seals hold"
    said += f", {verdict.signed} of them signed" if verdict.signed else ", none signed"
    say(f"{said}; {verdict.waiting} wait to be sealed.")
    if verdict.broken is not None:
        say(f"BROKEN: {verdict.broken}")
    elif verdict.last is not None:
        say(f"Root: {verdict.last.hash}")
