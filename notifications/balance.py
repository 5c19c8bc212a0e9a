"""No placement is lost or decided twice: the sum that every night must prove."""

from collections import Counter
from collections.abc import Iterable

from notifications.outcome import Decision
from records.verdicts import BalanceError


def check_balance(
    decisions: Iterable[Decision], placements: Iterable[tuple[str, str]]
) -> None:
    """Each placement due a row has exactly one, and no row is about anything else.

    ``placements`` are ``(placing LA, placement_ref)``, from
    :func:`notifications.decide.rows_due`.

    Raises:
        BalanceError: it does not hold; the first few references are named.
    """
    decided = Counter((one.placing_la, one.placement_ref) for one in decisions)
    due = Counter(placements)
    if decided == due:
        return
    wanting = sorted((due - decided).elements())
    beyond = sorted((decided - due).elements())
    raise BalanceError(
        f"{due.total()} placements need a decision and {decided.total()} were made; "
        f"without one: {len(wanting)} {wanting[:5]}; "
        f"too many or not due: {len(beyond)} {beyond[:5]}"
    )
