"""Programs come in by a key: ``Authorization: Bearer xb_…``."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from portal.accounts import KEY_PREFIX, Machine, machine_of
from portal.permissions import DOOR, MachineRole, check_machine
from portal.problems import Refusal
from portal.running import running

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="machineKey",
    description="A key that `crossborder-portal create-key` printed: `xb_…`",
)


def pipeline(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Machine:
    """The region's pipeline, by its key.

    Raises:
        Refusal: 401 without a valid key.
        NotForRole: the key is for something else.
    """
    key = given.credentials if given else ""
    machine = None
    if key.startswith(KEY_PREFIX):
        with running(request).store.reading(DOOR) as connection:
            machine = machine_of(connection, key)
    if machine is None:
        raise Refusal(
            401,
            "no-key",
            "A valid machine key is needed",
            detail="Send the key of crossborder-portal create-key as a Bearer token.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    check_machine(machine.role, MachineRole.PIPELINE)
    return machine


Pipeline = Annotated[Machine, Depends(pipeline)]
