"""``crossborder play-recipients``: the demo's recipients record what they were told."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import ConfigurationError
from pipeline.options import Inbox, NightDate, RegionFile, Root, console, night_date

if TYPE_CHECKING:
    from notifications.following import Followed
    from synthetic.recording import Told


def play_recipients(
    region: RegionFile,
    date: NightDate,
    inbox: Inbox = Path("inbox"),
    workspace: Root = Path("workspace"),
    unrecorded: Annotated[
        float, typer.Option(min=0, max=1, help="The share that nobody records.")
    ] = 0.2,
) -> None:
    """Edits a coming night's synthetic extracts as diligent recipients would.

    Only for demo regions: extracts of real authorities are never touched.
    """
    from pipeline.region import load_region
    from pipeline.run import register_url
    from register.engine import open_register, reading
    from register.following import load_followed
    from synthetic.recording import record_tokens

    config, night = load_region(region), night_date(date)
    if config.environment != "demo":
        raise ConfigurationError(
            [f"{region}: only a demo region's extracts are played; this is production"]
        )
    engine = open_register(register_url(config, workspace, os.environ))
    try:
        with reading(engine) as connection:
            followed = load_followed(connection)
    finally:
        engine.dispose()
    for code in sorted(config.authorities):
        folder = inbox / code / night.isoformat()
        told = [
            _told(one)
            for one in followed
            if one.recipient == code and one.created_on < night and _arrived(one)
        ]
        if not told or not folder.is_dir():
            continue
        borne = record_tokens(folder, told, unrecorded=unrecorded)
        name = config.authorities[code].name
        console.print(
            f"{name} ({code}): told of {len(told)}, {borne} recorded", markup=False
        )


def _arrived(one: "Followed") -> bool:
    """Whether the recipient has it, and it is about a child who is one."""
    gone = one.withdrawn or one.dropped or one.refused
    return (
        one.delivered_at is not None and not gone and not one.notification.test_record
    )


def _told(one: "Followed") -> "Told":
    from synthetic.recording import Told

    notice = one.notification
    child, placement = notice.child, notice.placement
    return Told(
        token=notice.recording_token,
        placing_la=one.placing_la,
        child_ref=one.child_ref,
        forename=child.forename if child else None,
        surname=child.surname if child else None,
        dob=child.dob if child else None,
        sex=child.sex if child else None,
        postcode=placement.postcode if placement else None,
        start=placement.start if placement else None,
        end=placement.end if placement else None,
        own_refs=notice.your_records,
    )
