"""What goes out, on the command line: dead letters, packages and their keys."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from notifications.wording import counted
from pipeline.errors import ConfigurationError, CrossborderError, ExitCode
from pipeline.options import RegionFile, Root, console
from pipeline.region import load_region
from pipeline.registers import kept_register
from pipeline.times import moment

if TYPE_CHECKING:
    from register.outbox import Delivery

UUID_WIDTH = 36
_CALL = re.compile(r"^[A-Z]+ /\S+: ")
"""What stands before a problem: the call, which differs from letter to letter."""
PLAIN_DATA = (
    "They hold personal data in plain text: pass them on by a channel agreed for such "
    "data, and delete them once delivered."
)


def exports(
    region: RegionFile,
    out: Annotated[Path, typer.Option(help="An empty folder that you protect.")],
    workspace: Root = Path("workspace"),
) -> None:
    """Writes a signed package for each authority outside the region, to be carried."""
    from pipeline import clock
    from pipeline.exchange import signing_key, write_packages
    from pipeline.run import make_folder

    config = load_region(region)
    with kept_register(config, workspace) as engine:
        key = signing_key(config, os.environ)
        make_folder(out, "out", 0o700)
        if any(out.iterdir()):
            raise ConfigurationError([f"out {out}: is not empty; name an empty folder"])
        written = write_packages(engine, config, out, key, clock.now())
    for one in written:
        console.print(
            f"{one.path}: {counted(one.documents, 'document')} for {one.recipient}",
            markup=False,
        )
    if not written:
        console.print("Nothing waits to be carried out of the region.")
        return
    unsigned = "" if key is not None else ", unsigned as a demo's may be"
    console.print(f"{counted(len(written), 'package')} written{unsigned}. {PLAIN_DATA}")
    console.print(
        "Once one is passed on, say so: crossborder handed-over REGION.yaml "
        "PACKAGE_ID --by POST. Until then the task to tell its recipient stays open."
    )


def packages(region: RegionFile, workspace: Root = Path("workspace")) -> None:
    """Lists the packages written so far, and who passed each on."""
    from register.packages import packages as all_packages

    config = load_region(region)
    with (
        kept_register(config, workspace) as engine,
        engine.connect() as connection,
    ):
        found = all_packages(connection)
    if not found:
        console.print("No package has been written.")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("package", no_wrap=True, min_width=UUID_WIDTH)
    for column in ("for", "documents", "written", "passed on"):
        table.add_column(column)
    for one in found:
        passed = "not yet"
        if one.handed_over_at is not None:
            passed = f"{moment(one.handed_over_at)}, {one.handed_over_by}"
        table.add_row(
            one.package_id, one.recipient, str(one.documents), moment(one.created_at),
            escape(passed),
        )  # fmt: skip
    console.print(table)


def handed_over(
    region: RegionFile,
    package_id: Annotated[str, typer.Argument(metavar="PACKAGE_ID")],
    by: Annotated[
        str, typer.Option(metavar="POST", help="The post that passed it on.")
    ],
    workspace: Root = Path("workspace"),
) -> None:
    """Writes down that a package was passed on; the tasks to do so are met by it."""
    from pipeline import clock
    from register.packages import UnknownPackageError, hand_over

    if not by.strip():
        raise ConfigurationError(["--by: name the post that passed the package on"])
    config = load_region(region)
    with kept_register(config, workspace) as engine:
        try:
            met = hand_over(engine, package_id, by.strip(), clock.now())
        except UnknownPackageError:
            raise ConfigurationError(
                [
                    f"{package_id}: there is no such package; crossborder packages "
                    "lists them"
                ]
            ) from None
    more = "" if met else " A task waits for every package about its placement."
    console.print(
        f"Package {package_id} was passed on; tasks met by it: {len(met)}.{more}",
        markup=False,
    )


def import_package(
    region: RegionFile,
    package: Annotated[
        Path, typer.Argument(metavar="PACKAGE", help="Another region's package.")
    ],
    workspace: Root = Path("workspace"),
) -> None:
    """Takes in another region's signed package, whole or not at all."""
    from connectors.packages import LARGEST
    from pipeline import clock
    from pipeline.exchange import take_in

    config = load_region(region)
    try:
        with package.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(
            [f"{package}: can't be read: {error.strerror}"]
        ) from error
    with kept_register(config, workspace) as engine:
        received = take_in(engine, config, raw, clock.now())
    console.print(
        f"Package {received.package_id} of region {received.from_region}: "
        f"{counted(received.new, 'document')} for {received.recipient} taken in, for "
        "the portal with the next pass or night. Delete the file.",
        markup=False,
    )


def exchange_key(
    out: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where the private key is written.")
    ],
) -> None:
    """Makes a pair of keys: the private one to a file, the public one shown."""
    from pipeline.exchange import write_key

    public = write_key(out)
    console.print(
        f"Private key: {out} (yours alone; its content goes into the variable that "
        "exchange.signing_key_env names).\nPublic key, for the regions that are to "
        f"trust it:\n{public}",
        markup=False,
    )


def dead_letters(region: RegionFile, workspace: Root = Path("workspace")) -> None:
    """Lists what was refused for good, and destinations that are left in peace."""
    from register import breakers, outbox

    config = load_region(region)
    with (
        kept_register(config, workspace) as engine,
        engine.connect() as connection,
    ):
        letters = outbox.dead_letters(connection)
        failing = breakers.breakers(connection)
    if letters:
        _show_letters(letters)
        console.print(
            "Mend the cause, then: crossborder replay REGION.yaml LETTER…, or --all."
        )
    else:
        console.print("There are no dead letters.")
    for state in failing:
        until = ""
        if state.disabled:
            until = ", closed until crossborder reopen"
        elif state.open_until is not None:
            until = f", left in peace until {moment(state.open_until)}"
        console.print(
            f"{state.destination}: failed {state.failures} times in a row{until}: "
            f"{state.last_problem}",
            markup=False,
        )


def _show_letters(letters: "Sequence[Delivery]") -> None:
    """By what was wrong, since one cause refuses many."""
    causes: dict[str, list[Delivery]] = {}
    for one in letters:
        causes.setdefault(_CALL.sub("", one.last_problem or ""), []).append(one)
    for why, alike in causes.items():
        console.print(f"{len(alike)} {why}", markup=False)
        for one in alike:
            since = moment(one.settled_at) if one.settled_at else ""
            console.print(
                f"  {one.outbox_id:>6}  {one.kind} {one.document_id}  {since}",
                markup=False,
            )


def replay(
    region: RegionFile,
    letters: Annotated[
        list[str] | None, typer.Argument(metavar="LETTER…", help="Their numbers.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every dead letter.")
    ] = False,
    workspace: Root = Path("workspace"),
) -> None:
    """Puts dead letters in line again: the next pass offers the same bytes."""
    from pipeline import clock
    from register.engine import writing
    from register.replays import replay as put_again

    if bool(letters) == everything:
        raise ConfigurationError(["name the letters to replay, or --all"])
    config = load_region(region)
    with kept_register(config, workspace) as engine, writing(engine) as connection:
        done = put_again(connection, None if everything else letters or (), clock.now())
    letters_now = counted(len(done.replayed), "dead letter is", "dead letters are")
    console.print(f"{letters_now} in line again.")
    for letter in done.replaced:
        console.print(
            f"{letter}: a newer version of the document went instead", markup=False
        )
    for letter in done.unknown:
        console.print(f"{letter}: there is no such dead letter", markup=False)
    raise typer.Exit(ExitCode.FAILED if done.unknown else ExitCode.GOOD)


def reopen(
    region: RegionFile,
    destination: Annotated[
        str, typer.Argument(help="portal, email or webhook:<authority>.")
    ],
    workspace: Root = Path("workspace"),
) -> None:
    """Lets a destination be tried again at once, also one that wanted no more."""
    from register import breakers
    from register.engine import writing

    config = load_region(region)
    with kept_register(config, workspace) as engine, writing(engine) as connection:
        known = breakers.reopen(connection, destination)
    if not known:
        raise CrossborderError(
            f"{destination} is not left in peace; crossborder dead-letters lists what "
            "is"
        )
    console.print(f"{destination} is tried again with the next pass.", markup=False)
