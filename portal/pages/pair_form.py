"""The form of a decision as it was typed, and what is wrong with it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from notifications.feed import Decision, Side
from portal.reviews import Said

SHORTEST_REASON, LONGEST_REASON = 5, 500

CHOICES: dict[str, tuple[Decision, Side | None]] = {
    "same": ("same", None),
    "different": ("different", None),
    "unsure": ("unsure", None),
    "two_people.left": ("two_people", "left"),
    "two_people.right": ("two_people", "right"),
}
"""What can be chosen: a record that holds two people is named by its side."""


@dataclass(frozen=True, slots=True)
class TypedDecision:
    """A decision as it was sent."""

    decision: str
    reason: str
    version: int

    def errors(self) -> dict[str, str]:
        """By the place on the page: what is wrong."""
        found = {}
        if self.decision not in CHOICES:
            found["decision"] = "Choose whether they are the same person"
        if fault := fault_of(self.reason):
            found["reason"] = fault
        return found

    def said(self) -> Said:
        """The same, when nothing is wrong with it."""
        decision, split = CHOICES[self.decision]
        return Said(decision, split, self.reason.strip(), self.version)


def typed_decision(
    version: Annotated[int, Form(ge=1)],
    decision: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> TypedDecision:
    """The form of a decision as it was sent."""
    return TypedDecision(decision, reason, version)


def fault_of(reason: str) -> str:
    """What is wrong with a reason; empty when nothing is."""
    length = len(reason.strip())
    if length < SHORTEST_REASON:
        return "Say why, in a few words"
    if length > LONGEST_REASON:
        return f"The reason must be {LONGEST_REASON} characters or fewer"
    return "" if "\0" not in reason else "The reason must be plain text"
