"""One child: every night's answer and why, and all that came of it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import ConfigurationError
from pipeline.options import RegionFile, Root, console, night_date
from pipeline.region import RegionConfig, load_region
from pipeline.registers import kept_register

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pipeline.story import Told


def explain(
    region: RegionFile,
    child: Annotated[
        str,
        typer.Argument(
            metavar="CHILD", help="330/123: placing authority and its child reference."
        ),
    ],
    night: Annotated[
        str, typer.Option(metavar="YYYY-MM-DD", help="Only what this night decided.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="For a program, with every night.")
    ] = False,
    workspace: Root = Path("workspace"),
) -> None:
    """Says of one child what every night answered, why, and what came of it."""
    from pipeline import story
    from register.engine import reading

    config = load_region(region)
    date = night_date(night) if night else None
    with kept_register(config, workspace) as engine, reading(engine) as connection:
        told = _told(connection, config, child)
    if as_json:
        content = story.as_json(told, date)
        typer.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))
        return
    for line in story.in_words(told, date):
        console.print(line, markup=False)


def _told(connection: "Connection", config: RegionConfig, child: str) -> "Told":
    from notifications.loop import state_of
    from pipeline.story import Told
    from register.following import load_followed
    from register.stories import load_story

    authority, ref = _named(connection, child)
    story = load_story(connection, authority, ref)
    if story is None:
        raise ConfigurationError([_unknown(connection, authority, ref)])
    loops = {
        one.notification.notification_id: state_of(one)
        for one in load_followed(connection, (authority, ref))
        if (one.placing_la, one.child_ref) == (authority, ref)
    }
    return Told(story, loops, config)


def _named(connection: "Connection", child: str) -> tuple[str, str]:
    from register.stories import authorities_of

    authority, slash, ref = child.partition("/")
    if slash:
        return authority, ref
    found = authorities_of(connection, child)
    if len(found) == 1:
        return found[0], child
    if not found:
        raise ConfigurationError(
            [f"{child}: no authority has a child of this reference; write 330/{child}"]
        )
    several = ", ".join(f"{one}/{child}" for one in found)
    raise ConfigurationError([f"{child}: is one of {several}; name the authority too"])


def _unknown(connection: "Connection", authority: str, ref: str) -> str:
    from register.stories import refs_alike

    alike = refs_alike(connection, ref, authority)
    near = f"; there are {', '.join(alike)}" if alike else ""
    return (
        f"{authority}/{ref}: the register holds no placement of such a child{near}. "
        "Give the reference as the placing authority writes it"
    )
