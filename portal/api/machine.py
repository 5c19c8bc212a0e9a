"""Programs come in by a key, ``Authorization: Bearer xb_…``, or by a token of
``POST /v1/token``, ``Bearer xbt_…``."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import BackgroundTasks, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from portal import refusals
from portal.audit import Refused
from portal.machines import Machine, ended_key, machine_of, mark_used
from portal.permissions import DOOR, REGION, MachineRole, NotForRole, check_machine
from portal.problems import Refusal
from portal.running import Running, check_open_call, request_id, running
from portal.visits import Visit

SCHEME = "machineKey"
_bearer = HTTPBearer(
    auto_error=False,
    scheme_name=SCHEME,
    description="A key that `crossborder-portal create-key` printed: `xb_…`",
)


def machine(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    afterwards: BackgroundTasks,
) -> Machine:
    """The program that calls, by its key or token.

    That the key was used is noted once the call is answered: whoever only reads does
    not wait for whoever writes.

    Raises:
        Refusal: 401 without a valid one.
        TooManyCalls: the program, or the address without a valid key, calls too often.
    """
    portal, now = running(request), running(request).clock()
    with portal.store.reading(DOOR) as connection:
        found = machine_of(connection, given.credentials if given else "", now)
    if found is None:
        check_open_call(request)
        _note_refusal(request, given)
        raise Refusal(
            401,
            "no-key",
            "A valid machine key is needed",
            detail="Send the key of crossborder-portal create-key, or a token of "
            "POST /v1/token, as a Bearer token.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    acts_as = found.viewer.role if found.viewer else found.role
    request.state.caller = Refused(
        str(found.machine_id), found.agency or REGION, acts_as
    )
    settings = portal.settings
    of_pipeline = found.role == MachineRole.PIPELINE
    portal.throttle.take(
        f"program {found.machine_id}",
        settings.pipeline_calls_per_minute
        if of_pipeline
        else settings.agency_calls_per_minute,
        now,
    )
    if found.unmarked_key is not None:
        afterwards.add_task(_note_use, portal, found.unmarked_key, now)
    if found.viewer is not None:  # from here on, what it is refused is written down
        request.state.visit = Visit(found.viewer, now, request_id(request), csrf="")
    return found


def _note_refusal(request: Request, given: HTTPAuthorizationCredentials | None) -> None:
    """Whose key it was, if it ever was one; of what was sent, nothing is kept."""
    if given is None:
        refusals.note(request, "call without a key")
        return
    with running(request).store.reading(DOOR) as connection:
        ended = ended_key(connection, given.credentials)
    if ended is None:
        refusals.note(request, "unknown key")
        return
    standing = ended.standing
    who = Refused(
        str(ended.machine_id), standing.agency or REGION,
        standing.acts_as or standing.role,
    )  # fmt: skip
    refusals.note(request, f"ended key {ended.key_id}", who)


def _note_use(portal: Running, key_id: UUID, now: dt.datetime) -> None:
    with portal.store.writing(DOOR) as connection:
        mark_used(connection, key_id, now)


Caller = Annotated[Machine, Depends(machine)]


def pipeline(caller: Caller) -> Machine:
    """The region's pipeline.

    Raises:
        Refusal, TooManyCalls: as for :func:`machine`.
        NotForRole: the key is for something else.
    """
    check_machine(caller.role, MachineRole.PIPELINE)
    return caller


def agency_program(request: Request, caller: Caller) -> Visit:
    """The visit of an agency's own system: what it may is what its role there may.

    Raises:
        Refusal, TooManyCalls: as for :func:`machine`.
        NotForRole: the key is for something else.
    """
    check_machine(caller.role, MachineRole.AGENCY)
    visit = getattr(request.state, "visit", None)
    if not isinstance(visit, Visit):
        raise NotForRole("calls of an agency without one")
    return visit


Pipeline = Annotated[Machine, Depends(pipeline)]
AgencyProgram = Annotated[Visit, Depends(agency_program)]
