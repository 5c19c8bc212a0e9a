"""Refusals of programs and of strangers: in the trail, and no way to flood it.

Who is signed in is refused one thing at a time, and each refusal is a row of its own.
A program may be refused thousands of times a minute, and whoever has no key at all may
try as often: of these the first is written at once and then one a minute, for each
caller and each reason, which says how many it stands for. Of all strangers together no
more than ``throttle.MOST_OF_STRANGERS`` a minute are written, since they can come from
as many addresses as they like; each of their calls is a line of the log all the same.
"""

from fastapi import Request

from portal import audit
from portal.arrivals import pseudonym
from portal.audit import Refused
from portal.permissions import DOOR, REGION
from portal.running import network_of, request_id, running
from portal.throttle import network_part

TOO_MANY = "too many calls"
_LONGEST = 60


def note(request: Request, what: str, who: Refused | None = None) -> None:
    """The refusal is in the trail, or counted for the row that comes after it.

    Args:
        request: that was refused.
        what: for what reason; never anything that the caller wrote.
        who: if not the caller that the request turned out to be, or a stranger.
    """
    portal, now = running(request), running(request).clock()
    known = who or getattr(request.state, "caller", None)
    if known is None:
        address = network_part(request.client.host if request.client else "")
        known = Refused(
            str(pseudonym(portal.settings, "network", address)), REGION, DOOR.role
        )
        many = portal.brake.stands_for(f"stranger {known.actor}", what, now)
    else:
        many = portal.brake.stands_for(known.actor, what, now)
    if not many:
        return
    subject = what[:_LONGEST] + (f", {many} times" if many > 1 else "")
    with portal.store.writing(DOOR) as connection:
        audit.record_refusal(
            connection, known, subject, now, (request_id(request), network_of(request))
        )
