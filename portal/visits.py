"""A visit: a signed-in person, one request of theirs, and the moment of it."""

import datetime as dt
from dataclasses import dataclass

from portal.permissions import Standing, Viewer


@dataclass(frozen=True, slots=True)
class Visit:
    """What every page function is given: who, when, and under which request."""

    viewer: Viewer
    at: dt.datetime
    request_id: str
    csrf: str
    """The token that each form of this session must carry."""
    network: str | None = None
    """A keyed hash of the network address: two requests of one place look alike."""
    proven_at: dt.datetime | None = None
    """When the person last proved who they are; ``None``: never, for what asks."""
    provider: str | None = None
    """The key of their identity provider; ``None`` for a local user."""
    has_codes: bool = False
    """Whether a local user signs in with one-time codes too."""

    @property
    def actor(self) -> str:
        """The pseudonymous id that events and the audit trail carry."""
        return str(self.viewer.user_id)

    @property
    def standing(self) -> Standing:
        return self.viewer.standing
