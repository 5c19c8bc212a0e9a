"""What a running portal is made of, for the functions that answer its requests."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import cast

from fastapi import Request
from jinja2 import Environment

from portal.clock import Clock
from portal.oidc import Directory
from portal.sessions import Limits
from portal.settings import PortalSettings
from portal.store import Store
from portal.throttle import Brake, Throttle, network_part


@dataclass(frozen=True, slots=True)
class Running:
    """One portal of this process. Built by ``portal.app.create_app``."""

    settings: PortalSettings
    store: Store
    clock: Clock
    templates: Environment
    directory: Directory = field(default_factory=Directory)
    """What identity providers publish of themselves."""
    throttle: Throttle = field(default_factory=Throttle)
    brake: Brake = field(default_factory=Brake)

    @property
    def limits(self) -> Limits:
        return Limits.of(self.settings)

    @property
    def cookie(self) -> str:
        """The session cookie's name: a browser binds ``__Host-`` to this host."""
        secure = self.settings.secure_cookies
        return "__Host-crossborder" if secure else "crossborder"


def running(request: Request) -> Running:
    """The portal that a request came to."""
    return cast(Running, request.app.state.running)


def request_id(request: Request) -> str:
    """The id of a request, in its answer, the log and the audit trail."""
    return cast(str, request.state.request_id)


def network_of(request: Request) -> str | None:
    """Where a request comes from, as a keyed hash: the audit trail holds no address."""
    if request.client is None:
        return None
    key = running(request).settings.secret.get_secret_value().encode()
    said = f"network:{request.client.host}".encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:16]


def check_open_call(request: Request) -> None:
    """A call of somebody unknown: so many in a minute from one network address.

    Raises:
        TooManyCalls: there were more.
    """
    portal = running(request)
    address = network_part(request.client.host if request.client else "")
    portal.throttle.take(
        f"address {address}", portal.settings.open_calls_per_minute, portal.clock()
    )
