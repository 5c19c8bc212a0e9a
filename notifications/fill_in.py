"""The record-ready package: what to type into the recipient's own record, and where.

A template names the fields of a record system in its own order and terms, and for each
what fills it: one of :data:`SOURCES`, or a text in quotes. It describes no product: a
region writes its own. The package is frozen when the notice is put in line, so a later
template changes no notice that was sent before.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from notifications.documents import (
    NOT_SUPPLIED,
    ChildDetails,
    Contact,
    FillIn,
    Kind,
    Notification,
    PlacementDetails,
    RiskIndicator,
)
from notifications.facts import AuthorityEntry, TemplateLine
from notifications.known import OUT_OF_AREA_FLAG
from notifications.wording import ENDED_BECAUSE, RISKS
from records.authorities import AuthorityKind, kind_of
from records.risks import RISK_INDICATORS
from records.tokens import recording_token

Source = Callable[[Notification], str | None]

TOKEN = "recording_token"  # noqa: S105 - a source's name
"""The source that every template must use: what is not typed can't be found again."""
EARLIER_TOKEN = "earlier.recording_token"  # noqa: S105 - a source's name
"""The source that every closing template must use: by it the entry is found."""
_RECORDED = frozenset({Kind.NEW, Kind.UPDATE, Kind.UNCONFIRMED})
_QUOTES = "'\""


def fill_in(
    lines: Sequence[TemplateLine], notification: Notification
) -> tuple[FillIn, ...]:
    """The package of a notice that asks to make, mend or close a record.

    Without lines, the default of the recipient's kind of authority. The others have
    none. A copy asks for no record. A reminder repeats no details, and the notice that
    it reminds of has its package. A pointer asks two people to speak with each other. A
    retraction takes back what should not have been said, so it says nothing again: it
    is a document without a child, and names the notice whose token is in the record.
    """
    ending = notification.kind is Kind.END
    if notification.is_copy or not (ending or notification.kind in _RECORDED):
        return ()
    if notification.child is None or (notification.placement is None and not ending):
        return ()
    return tuple(
        FillIn(
            section=line.section,
            label=line.label,
            value=_value(line.value, notification),
        )
        for line in lines or default_template(notification.recipient, ending=ending)
    )


def form_of(entry: AuthorityEntry | None, kind: Kind) -> tuple[TemplateLine, ...]:
    """The recipient's own form for such a notice; nothing where its region file gives
    none."""
    if entry is None:
        return ()
    return entry.closing_template if kind is Kind.END else entry.record_template


def check_template(lines: Sequence[TemplateLine], needed: str = TOKEN) -> list[str]:
    """What is wrong with a template, each fault with its mend; nothing if it is empty.

    A section may come again later in the record; a field of it only once.
    """
    faults = []
    seen: set[tuple[str, str]] = set()
    for line in lines:
        field = f"{line.section}, {line.label}"
        if not line.section.strip() or not line.label.strip():
            faults.append(f"{field}: name the section and the field")
        if (line.section, line.label) in seen:
            faults.append(f"{field}: written twice; keep one of them")
        seen.add((line.section, line.label))
        if fault := _fault_of(line.value):
            faults.append(f"{field}: {fault}")
    if lines and not any(line.value == needed for line in lines):
        faults.append(
            f"no field is filled with {needed}; add one, or {_WITHOUT[needed]}"
        )
    return faults


_WITHOUT = {
    TOKEN: "what the recipient records can't be found in its next extract",
    EARLIER_TOKEN: "an officer can't find the entry that is to be closed",
}


def default_template(
    recipient: str, *, ending: bool = False
) -> tuple[TemplateLine, ...]:
    """The template of an authority whose region file gives none."""
    if kind_of(recipient) is AuthorityKind.POLICE:
        return CLOSING_TEMPLATE if ending else DEFAULT_TEMPLATE
    return CLOSING_LA_TEMPLATE if ending else DEFAULT_LA_TEMPLATE


def _fault_of(value: str) -> str | None:
    if value in SOURCES or _is_quoted(value):
        return None
    if value in {"''", '""'}:
        return f"{value} holds no text; write it between the quotes"
    if value[:1] and value[0] in _QUOTES:
        return f"{value} is not closed; end it with the quote that it begins with"
    near = get_close_matches(value, SOURCES, n=1)
    mend = f"write {near[0]}" if near else "use one of notifications.fill_in.SOURCES"
    return f"{value!r} is no source; {mend}, or put text to be typed in quotes"


def _value(value: str, notification: Notification) -> str | None:
    """What is to be typed; ``None`` when nobody supplied it."""
    if _is_quoted(value):
        return value[1:-1]
    text = SOURCES[value](notification)
    return " ".join((text or "").split()) or None


def _is_quoted(value: str) -> bool:
    return len(value) > 2 and value[0] in _QUOTES and value[-1] == value[0]


# --- sources -----------------------------------------------------------------------


def _day(day: dt.date | None) -> str | None:
    """``29/02/2012``, as police and case systems take it."""
    return f"{day:%d/%m/%Y}" if day else None


def _of_child(read: Callable[[ChildDetails], str | None]) -> Source:
    return lambda notice: read(notice.child) if notice.child else None


def _of_placement(read: Callable[[PlacementDetails], str | None]) -> Source:
    return lambda notice: read(notice.placement) if notice.placement else None


def _of_placing(read: Callable[[Contact], str | None]) -> Source:
    return lambda notice: (
        read(notice.placing_authority) if notice.placing_authority else None
    )


def _of_risk(indicator: str) -> Source:
    def read(notice: Notification) -> str | None:
        found = [one for one in notice.risk_indicators if one.indicator == indicator]
        return _answer(found[0]) if found else None

    return read


def _answer(risk: RiskIndicator) -> str:
    """``yes, since 01/03/2026``; never a blank that reads as no."""
    since = _day(risk.since) if risk.answer == "yes" else None
    return f"{risk.answer}, since {since}" if since else risk.answer


def _risks(notice: Notification) -> str | None:
    """Every indicator with its answer, in one line."""
    told = [
        f"{RISKS.get(one.indicator, one.indicator)}: {_answer(one)}"
        for one in notice.risk_indicators
    ]
    return "; ".join(told) or None


def _earlier_token(notice: Notification) -> str | None:
    """Of the notice that this one takes the place of, as it was to be typed."""
    return recording_token(notice.supersedes) if notice.supersedes else None


def _ended_because(notice: Notification) -> str | None:
    """Of an end: why, as its rule says; it never says adoption."""
    return ENDED_BECAUSE.get(notice.rule.id)


def _names(*parts: str | None) -> str | None:
    return " ".join(part for part in parts if part) or None


SOURCES: Mapping[str, Source] = {
    "child.surname": _of_child(lambda child: child.surname),
    "child.forename": _of_child(lambda child: child.forename),
    "child.middle_names": _of_child(lambda child: child.middle_names),
    "child.forenames": _of_child(
        lambda child: _names(child.forename, child.middle_names)
    ),
    "child.known_as": _of_child(lambda child: child.known_as),
    "child.former_surname": _of_child(lambda child: child.former_surname),
    "child.dob": _of_child(lambda child: _day(child.dob)),
    "child.sex": _of_child(lambda child: child.sex),
    "child.ref": _of_child(lambda child: child.child_ref),
    "placement.address": _of_placement(lambda place: place.address),
    "placement.postcode": _of_placement(lambda place: place.postcode),
    "placement.area": _of_placement(lambda place: place.host_la_name or place.host_la),
    "placement.place_type": _of_placement(
        lambda place: None if place.place_type == NOT_SUPPLIED else place.place_type
    ),
    "placement.place_code": _of_placement(lambda place: place.place_code),
    "placement.start": _of_placement(lambda place: _day(place.start)),
    "placement.end": _of_placement(lambda place: _day(place.end)),
    "placement.expected_end": _of_placement(lambda place: _day(place.expected_end)),
    "placement.carer": _of_placement(lambda place: place.carer_or_home),
    "placement.carer_phone": _of_placement(lambda place: place.carer_phone),
    "placement.legal_status": _of_placement(lambda place: place.legal_status),
    "placement.iro": _of_placement(lambda place: place.iro),
    "placing.name": _of_placing(lambda desk: desk.name),
    "placing.code": _of_placing(lambda desk: desk.authority),
    "placing.duty_phone": _of_placing(lambda desk: desk.duty_phone),
    "placing.duty_email": _of_placing(lambda desk: desk.duty_email),
    "placing.out_of_hours": _of_placing(lambda desk: desk.out_of_hours_phone),
    "social_worker.name": _of_placing(lambda desk: desk.social_worker),
    "social_worker.phone": _of_placing(lambda desk: desk.social_worker_phone),
    "social_worker.email": _of_placing(lambda desk: desk.social_worker_email),
    "risks": _risks,
    **{f"risk.{indicator}": _of_risk(indicator) for indicator in RISK_INDICATORS},
    "flag.code": lambda _notice: OUT_OF_AREA_FLAG,
    "flag.start": _of_placement(lambda place: _day(place.start)),
    TOKEN: lambda notice: notice.recording_token,
    EARLIER_TOKEN: _earlier_token,
    "notice.reason": _ended_because,
    "notice.id": lambda notice: str(notice.notification_id),
    "notice.date": lambda notice: _day(notice.created_on),
    "notice.priority": lambda notice: notice.priority.value,
    "notice.desk": lambda notice: notice.route,
    "notice.your_records": lambda notice: ", ".join(notice.your_records) or None,
}
"""Each name that a template may use, and what it reads of a notice.

Dates are ``DD/MM/YYYY`` and ``child.sex`` is F, M or U, as record systems take them.
"""


# --- defaults ----------------------------------------------------------------------


def _lines(*parts: tuple[str, Mapping[str, str]]) -> tuple[TemplateLine, ...]:
    return tuple(
        TemplateLine(section, label, value)
        for section, fields in parts
        for label, value in fields.items()
    )


_CHILD = {
    "Surname": "child.surname",
    "Forenames": "child.forenames",
    "Known as": "child.known_as",
    "Former surname": "child.former_surname",
    "Date of birth": "child.dob",
    "Sex": "child.sex",
}
_PLACE = {
    "Address": "placement.address",
    "Postcode": "placement.postcode",
    "From": "placement.start",
    "Type of placement": "placement.place_type",
    "Carer or home": "placement.carer",
    "Phone of carer or home": "placement.carer_phone",
}
_PLACING = {
    "Placing authority": "placing.name",
    "Duty desk": "placing.duty_phone",
    "Out of hours": "placing.out_of_hours",
    "Social worker": "social_worker.name",
    "Social worker's phone": "social_worker.phone",
    "Social worker's e-mail": "social_worker.email",
}

DEFAULT_TEMPLATE = _lines(
    ("Person", _CHILD),
    (
        "Identifiers",
        {
            "External reference": TOKEN,
            "Placing authority's reference": "child.ref",
            "Your records that it may be": "notice.your_records",
        },
    ),
    ("Location", {"Address type": "'Placement'", **_PLACE}),
    (
        "Flag",
        {
            "Flag": "flag.code",
            "Flag from": "flag.start",
            **_PLACING,
            "Legal status": "placement.legal_status",
            "Risks": "risks",
        },
    ),
)
"""For a force whose region file gives no template: person, object, location, event."""

DEFAULT_LA_TEMPLATE = _lines(
    ("Child", _CHILD),
    (
        "Placement in our area",
        {
            **_PLACE,
            "Expected end": "placement.expected_end",
            "Legal status": "placement.legal_status",
        },
    ),
    (
        "Placing authority",
        {
            **_PLACING,
            "Independent reviewing officer": "placement.iro",
            "Their reference for the child": "child.ref",
        },
    ),
    ("Notice", {"Recording token": TOKEN, "Notified on": "notice.date"}),
)
"""For a host authority's register of children placed in its area."""

_WHO = {
    "Surname": "child.surname",
    "Forenames": "child.forenames",
    "Date of birth": "child.dob",
}

CLOSING_TEMPLATE = _lines(
    ("Person", _WHO),
    (
        "Entry to close",
        {
            "External reference that it bears": EARLIER_TOKEN,
            "Placing authority's reference": "child.ref",
            "Flag": "flag.code",
            "From": "placement.start",
        },
    ),
    (
        "Close it",
        {
            "To": "placement.end",
            "Reason": "notice.reason",
            "Told on": "notice.date",
            "Placing authority": "placing.name",
            "Duty desk": "placing.duty_phone",
        },
    ),
)
"""For a force whose region file gives no closing template. Without the date of an end,
the day on which the force is told is the one that is known."""

CLOSING_LA_TEMPLATE = _lines(
    ("Child", _WHO),
    (
        "Entry to close",
        {
            "Recording token that it bears": EARLIER_TOKEN,
            "Their reference for the child": "child.ref",
            "Placed from": "placement.start",
        },
    ),
    (
        "Close it",
        {
            "Placed until": "placement.end",
            "Reason": "notice.reason",
            "Notified on": "notice.date",
            "Placing authority": "placing.name",
            "Duty desk": "placing.duty_phone",
        },
    ),
)
"""The same in a host authority's register."""
