"""Nudges: that something waits on the portal, where an authority wants to be told.

They follow what the portal has taken and never come before it; a recipient that does
not answer holds up nobody else.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.errors import ConfigurationError
from pipeline.region import AuthorityConfig, RegionConfig, Webhook
from pipeline.run import Run
from pipeline.sending import (
    Answer,
    Closed,
    Later,
    Line,
    Moment,
    Never,
    Taken,
    send_line,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from connectors.notify import NotifyClient
    from connectors.webhook import Signer, WebhookClient
    from register.outbox import Delivery

TOLD_OF = frozenset({"notification", "withdrawal"})
_NO_LONGER = "the region file no longer says how to nudge this authority"


@dataclass(slots=True)
class Nudged:
    """What came of a pass's nudges."""

    sent: int = 0
    given_up: int = 0
    troubles: list[str] = field(default_factory=list)
    """One line for each destination that did not take all."""


def note(
    connection: "Connection",
    run: Run,
    item: "Delivery",
    now: dt.datetime,
    noted: set[str],
) -> None:
    """The portal has taken a notice: its recipient is to be nudged.

    ``noted`` are the authorities whose webhook has been given its one call of this
    pass.
    """
    from register import nudges

    region = run.region
    if item.kind not in TOLD_OF or not _anybody_is_nudged(region):
        return
    authority = nudges.recipient_of(connection, item.document_id)
    member = region.authorities.get(authority or "")
    if authority is None or member is None:
        return
    subject = item.path.split("/")[3]  # /v1/notifications/<id>, of the original
    if member.nudges.webhook is not None and authority not in noted:
        nudges.nudge_by_webhook(connection, authority, region.region, subject, now)
        noted.add(authority)
    if member.nudges.email is not None and region.notify is not None:
        nudges.nudge_by_email(connection, authority, subject, now)


def send_nudges(run: Run, moment: Moment) -> Nudged:
    """Offers every nudge that is due, to each authority on its own."""
    nudged = Nudged()
    _forget_unwanted(run, moment)
    for code, member in run.region.authorities.items():
        if member.nudges.webhook is not None:
            _by_webhook(run, code, member.nudges.webhook, (moment, nudged))
    _by_email(run, moment, nudged)
    return nudged


def nudge_faults(region: RegionConfig) -> list[str]:
    """One line for each nudge that the region file can't mean."""
    faults = []
    for code, member in region.authorities.items():
        hook = member.nudges.webhook
        if hook is not None and not _is_callable(hook.url, region):
            faults.append(
                f"authorities.{code}.nudges.webhook.url: begins with https://; only a "
                "demo may call http:// on this machine"
            )
        if member.nudges.email is not None and region.notify is None:
            faults.append(
                f"authorities.{code}.nudges.email: needs the section notify, with the "
                "template that GOV.UK Notify sends"
            )
    return faults


def secrets_of_nudges(region: RegionConfig) -> list[str]:
    """The variables whose secrets nudges need."""
    hooks = [member.nudges.webhook for member in region.authorities.values()]
    names = {hook.secret_env for hook in hooks if hook is not None}
    if region.notify is not None and any(
        member.nudges.email for member in region.authorities.values()
    ):
        names.add(region.notify.key_env)
    return sorted(names)


def bad_secrets(run: Run) -> list[str]:
    """One line for each secret of a nudge that is there and is none."""
    from connectors.notify import is_key

    hooks = [member.nudges.webhook for member in run.region.authorities.values()]
    faults = []
    for hook in hooks:
        if hook is not None and run.environment.get(hook.secret_env):
            try:
                _signer(run, hook)
            except ConfigurationError as error:
                faults += error.faults
    section = run.region.notify
    if section is not None:
        key = run.environment.get(section.key_env, "")
        if key and not is_key(key):
            faults.append(
                f"environment: {section.key_env} holds no key that GOV.UK Notify made"
            )
    return list(dict.fromkeys(faults))


def _signer(run: Run, hook: Webhook) -> "Signer":
    from connectors.webhook import BadSecretError, Signer

    try:
        return Signer.read(run.secret(hook.secret_env))
    except BadSecretError as error:
        raise ConfigurationError([f"environment: {hook.secret_env} {error}"]) from error


def _anybody_is_nudged(region: RegionConfig) -> bool:
    return any(_ways(member) for member in region.authorities.values())


def _ways(member: AuthorityConfig) -> bool:
    return bool(member.nudges.webhook or member.nudges.email)


def _is_callable(url: str, region: RegionConfig) -> bool:
    parts = urlsplit(url)
    here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "https" or (region.environment == "demo" and here)


def _forget_unwanted(run: Run, moment: Moment) -> None:
    from register import nudges
    from register.engine import writing

    members = run.region.authorities
    with writing(run.register) as connection:
        for code in nudges.nudged(connection, "webhook"):
            if code not in members or members[code].nudges.webhook is None:
                nudges.forget(connection, "webhook", code, _NO_LONGER, moment.now)
        for code in nudges.nudged(connection, "email"):
            wanted = code in members and members[code].nudges.email is not None
            if not wanted or run.region.notify is None:
                nudges.forget(connection, "email", code, _NO_LONGER, moment.now)


def _by_webhook(
    run: Run, code: str, hook: Webhook, going: tuple[Moment, Nudged]
) -> None:
    from connectors.webhook import WebhookClient
    from register import breakers, nudges
    from register.engine import writing

    moment, nudged = going
    mark = f"(address {sha256(hook.url.encode()).hexdigest()[:8]})"
    name = f"webhook:{code}"
    with writing(run.register) as connection:
        if code not in nudges.nudged(connection, "webhook"):
            return
        breaker = breakers.breaker_of(connection, name)
        if breaker.disabled and mark not in (breaker.last_problem or ""):
            breakers.reopen(connection, name)  # the region file names another address
    try:
        client = WebhookClient(
            hook.url, _signer(run, hook), inside=run.region.environment == "demo"
        )
    except (ConfigurationError, ValueError) as error:
        _remark(nudged, f"the webhook of {code}", str(error))
        return
    with client:
        line = Line(
            "webhook",
            lambda item: _call(client, item, moment, mark),
            _counting(nudged, f"the webhook of {code}"),
            recipient=code,
        )
        _remark(nudged, f"the webhook of {code}", send_line(run.register, line, moment))


def _call(
    client: "WebhookClient", item: "Delivery", moment: Moment, mark: str
) -> Answer:
    from connectors.webhook import WebhookFailed, WebhookGone, WebhookRefused

    try:
        client.call(item.document_id, moment.now, item.body)
    except WebhookFailed as error:
        return Later(str(error), error.retry_after)
    except WebhookRefused as error:
        return Never(str(error))
    except WebhookGone as error:
        return Closed(f"{error} {mark}")
    return Taken()


def _by_email(run: Run, moment: Moment, nudged: Nudged) -> None:
    from connectors.notify import NotifyClient
    from register import nudges

    section = run.region.notify
    with run.register.connect() as connection:
        waiting = nudges.nudged(connection, "email")
    if section is None or not waiting:
        return
    try:
        client = NotifyClient(
            run.secret(section.key_env), section.template_id, section.base_url
        )
    except (ConfigurationError, ValueError) as error:
        _remark(nudged, "GOV.UK Notify", str(error))
        return
    with client:
        line = Line(
            "email",
            lambda item: _mail(client, item, run.region),
            _counting(nudged, "GOV.UK Notify"),
        )
        _remark(nudged, "GOV.UK Notify", send_line(run.register, line, moment))


def _mail(client: "NotifyClient", item: "Delivery", region: RegionConfig) -> Answer:
    from connectors.notify import NotifyKeyRefused, NotifyRefused, NotifyUnavailable

    member = region.authorities[item.recipient or ""]
    count = json.loads(item.body)["count"]
    try:
        client.send(
            member.nudges.email or "", item.document_id, count, region.portal.url
        )
    except NotifyUnavailable as error:
        return Later(str(error), error.retry_after)
    except NotifyKeyRefused as error:
        return Later(f"{error}; mend the key or this machine's clock")
    except NotifyRefused as error:
        return Never(f"{error}, for {item.recipient}")
    return Taken()


def _counting(
    nudged: Nudged, whose: str
) -> "Callable[[Connection, Delivery, Answer], None]":
    from pipeline.retries import is_over

    def count(_: "Connection", item: "Delivery", answer: Answer) -> None:
        match answer:
            case Taken():
                nudged.sent += 1
            case Never(reason):
                nudged.given_up += 1
                _remark(nudged, whose, f"it takes no such nudge: {reason}")
            case Closed(reason):
                nudged.given_up += 1
                _remark(
                    nudged,
                    whose,
                    f"{reason}: no more are sent until the region file names another "
                    "address, or crossborder reopen is used",
                )
            case Later():
                nudged.given_up += is_over(item.attempts)

    return count


def _remark(nudged: Nudged, whose: str, trouble: str) -> None:
    if trouble:
        nudged.troubles.append(f"{whose}: {trouble}")
