"""What a perfect reader of all records would say of each placement (contracts §5)."""

from collections import defaultdict
from enum import StrEnum

from synthetic.care import ADOPTIVE, SHORT_BREAKS, Child, Placement
from synthetic.known import OUT_OF_AREA, host_force
from synthetic.places import Places
from synthetic.police import Nominal
from synthetic.world import World

_NOT_WHERE_ONE_LIVES = frozenset({"bail", "custody"})


class State(StrEnum):
    """The eight states of contracts §5. Synthetic data tells them by itself."""

    KNOWN_AT_PLACEMENT = "known_at_placement"
    KNOWN_AT_ADDRESS_NO_FLAG = "known_at_address_no_flag"
    KNOWN_NOT_AT_ADDRESS = "known_not_at_address"
    POSSIBLE = "possible"
    NOT_KNOWN = "not_known"
    CANNOT_SAY = "cannot_say"
    RESTRICTED = "restricted"
    OUT_OF_SCOPE = "out_of_scope"


class Holdings:
    """What each force holds of each child, by person."""

    def __init__(self, world: World) -> None:
        self.date = world.date
        wanted = {child.person.person_id for child in world.children.values()}
        self._own: dict[tuple[str, str], list[Nominal]] = defaultdict(list)
        self._alike: dict[tuple[str, str], list[Nominal]] = defaultdict(list)
        for force, nominals in world.nominals.items():
            for nominal in nominals.values():
                who = nominal.person.person_id
                if nominal.ambiguous and nominal.resembles:
                    self._alike[force, nominal.resembles].append(nominal)
                elif who in wanted:
                    self._own[force, who].append(nominal)

    def of(self, child: Child, force: str) -> list[Nominal]:
        """The child's nominals in a force, by reference, but for ambiguous ones."""
        return self._own.get((force, child.person.person_id), [])

    def ambiguous(self, child: Child, force: str) -> list[Nominal]:
        """Nominals of which nobody can say whether they are the child's."""
        return self._alike.get((force, child.person.person_id), [])


def state(
    places: Places, child: Child, placement: Placement, holdings: Holdings
) -> State:
    """The state that the records bear, on an extract that is whole.

    ``POSSIBLE`` stands where the records were made to leave it open.
    """
    force = host_force(places, placement)
    if _shielded(child, placement, force, holdings):
        return State.RESTRICTED
    if placement.temporary or placement.legal_status in SHORT_BREAKS:
        return State.OUT_OF_SCOPE
    if force is None or child.thin:
        return State.CANNOT_SAY
    held = holdings.of(child, force)
    if not held and holdings.ambiguous(child, force):
        return State.POSSIBLE
    return _known(child, placement, held, holdings)


def true_state(
    places: Places, child: Child, placement: Placement, holdings: Holdings
) -> State:
    """The state as it is in truth: ambiguous records counted as whose they are."""
    found = state(places, child, placement, holdings)
    force = host_force(places, placement)
    if found is not State.POSSIBLE or force is None:
        return found
    who = child.person.person_id
    held = [
        nominal
        for nominal in holdings.ambiguous(child, force)
        if nominal.person.person_id == who
    ]
    return _known(child, placement, held, holdings)


def _shielded(
    child: Child, placement: Placement, force: str | None, holdings: Holdings
) -> bool:
    if child.protected_on(holdings.date) or placement.stay.place_code in ADOPTIVE:
        return True
    return force is not None and any(
        nominal.restricted for nominal in holdings.of(child, force)
    )


def _known(
    child: Child, placement: Placement, held: list[Nominal], holdings: Holdings
) -> State:
    here = [each for each in held if _at(each, placement, holdings)]
    if any(_flagged(each, child, holdings) for each in here):
        return State.KNOWN_AT_PLACEMENT
    if here:
        return State.KNOWN_AT_ADDRESS_NO_FLAG
    return State.KNOWN_NOT_AT_ADDRESS if held else State.NOT_KNOWN


def _at(nominal: Nominal, placement: Placement, holdings: Holdings) -> bool:
    """Whether a current address is the placement: begun, not ended, lived at."""
    return any(
        each.postcode == placement.stay.postcode
        and each.postcode is not None
        and each.kind not in _NOT_WHERE_ONE_LIVES
        and each.start <= holdings.date
        and (each.end is None or each.end > holdings.date)
        for each in nominal.addresses
    )


def _flagged(nominal: Nominal, child: Child, holdings: Holdings) -> bool:
    return any(
        flag.code == OUT_OF_AREA
        and flag.placing_authority == child.authority
        and flag.start <= holdings.date
        and (flag.end is None or flag.end > holdings.date)
        for flag in nominal.flags
    )
