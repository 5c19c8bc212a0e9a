"""What an officer types is the notice's own facts, in the order of the form."""

import datetime as dt
from pathlib import Path

import portal_samples as samples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import documents as docs
from notifications.facts import TemplateLine
from notifications.fill_in import (
    CLOSING_LA_TEMPLATE,
    CLOSING_TEMPLATE,
    DEFAULT_LA_TEMPLATE,
    DEFAULT_TEMPLATE,
    EARLIER_TOKEN,
    SOURCES,
    TOKEN,
    check_template,
    default_template,
    fill_in,
)
from notifications.wording import RISKS
from pipeline.region import load_region
from records.risks import RISK_INDICATORS

DEMO = Path(__file__).parents[2] / "config" / "regions" / "demo.yaml"


def line(value, label="Field", section="Part"):
    return TemplateLine(section, label, value)


def typed(value, notice=None):
    (found,) = fill_in([line(value)], notice or samples.notification())
    return found.value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("child.surname", "Quill-Test"),
        ("child.forename", "Zebediah"),
        ("child.forenames", "Zebediah Ada"),
        ("child.known_as", "Zeb"),
        ("child.former_surname", None),
        ("child.dob", "29/02/2012"),
        ("child.sex", "M"),
        ("child.ref", "C-10342"),
        ("placement.address", "4 Sample Close, Solihull"),
        ("placement.postcode", "B91 9ZZ"),
        ("placement.area", "Solihull"),
        ("placement.place_type", "foster placement"),
        ("placement.start", "20/11/2026"),
        ("placement.expected_end", None),
        ("placement.end", None),
        ("placement.carer", "Foster carer"),
        ("placement.carer_phone", None),
        ("placement.legal_status", "full care order"),
        ("placement.iro", "Sam Officer-Test"),
        ("placing.name", "Birmingham"),
        ("placing.code", "330"),
        ("placing.duty_phone", "0121 496 0330"),
        ("placing.out_of_hours", "0121 496 0331"),
        ("social_worker.name", "Pat Worker-Test"),
        ("social_worker.phone", "07700 900123"),
        ("social_worker.email", "pat@demo.example"),
        ("risk.cse_victim", "yes, since 01/03/2026"),
        ("risk.missing", "no"),
        ("risk.gang", "not supplied"),
        ("risk.cce", None),
        ("flag.code", "looked_after_out_of_area"),
        ("flag.start", "20/11/2026"),
        ("notice.date", "22/11/2026"),
        ("notice.priority", "high"),
        ("notice.your_records", "N/0012345"),
        ("notice.desk", None),
        ("'Placement'", "Placement"),
        ('"At risk"', "At risk"),
    ],
)
def test_each_source_reads_its_fact(value, text):
    assert typed(value) == text


def test_the_token_is_the_notices_own():
    notice = samples.notification()

    assert typed(TOKEN, notice) == notice.recording_token
    assert typed("notice.id", notice) == str(notice.notification_id)


def test_risks_in_one_line_say_what_nobody_supplied():
    assert typed("risks") == (
        "Victim of sexual exploitation: yes, since 01/03/2026; Goes missing: no; "
        "Gangs: not supplied"
    )


def test_an_address_of_several_lines_is_typed_in_one():
    place = samples.placement().model_copy(update={"address": "4 Sample\nClose\t, X"})

    assert typed("placement.address", samples.notification(placement=place)) == (
        "4 Sample Close , X"
    )


def test_a_blank_is_not_supplied():
    place = samples.placement().model_copy(update={"address": " \n "})

    assert typed("placement.address", samples.notification(placement=place)) is None


@pytest.mark.parametrize(
    ("changed", "lines"),
    [
        ({}, len(DEFAULT_TEMPLATE)),
        ({"kind": "update"}, len(DEFAULT_TEMPLATE)),
        ({"kind": "unconfirmed"}, len(DEFAULT_TEMPLATE)),
        ({"recipient": samples.HOST_LA}, len(DEFAULT_LA_TEMPLATE)),
        ({"kind": "end"}, len(CLOSING_TEMPLATE)),
        ({"kind": "end", "recipient": samples.HOST_LA}, len(CLOSING_LA_TEMPLATE)),
        ({"kind": "end", "placement": None}, len(CLOSING_TEMPLATE)),
        ({"kind": "end", "child": None}, 0),
        ({"kind": "end", "is_copy": True, "recipient": samples.PLACING_LA}, 0),
        ({"kind": "reminder"}, 0),
        ({"kind": "pointer"}, 0),
        ({"kind": "retraction"}, 0),
        ({"is_copy": True, "recipient": samples.PLACING_LA}, 0),
        ({"child": None}, 0),
        ({"placement": None}, 0),
    ],
)
def test_what_asks_to_make_mend_or_close_a_record_has_a_package(changed, lines):
    assert len(fill_in((), samples.notification(**changed))) == lines


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ([], []),
        ([line(TOKEN)], []),
        ([line(TOKEN), line("child.nickname", "Other")],
         ["Part, Other: 'child.nickname' is no source; write child.surname, or put "
          "text to be typed in quotes"]),
        ([line(TOKEN), line("Q", "Other")],
         ["Part, Other: 'Q' is no source; use one of notifications.fill_in.SOURCES, "
          "or put text to be typed in quotes"]),
        ([line(TOKEN), line("'Placement", "Other")],
         ["Part, Other: 'Placement is not closed; end it with the quote that it begins "
          "with"]),
        ([line(TOKEN), line("''", "Other")],
         ["Part, Other: '' holds no text; write it between the quotes"]),
        ([line(TOKEN), line(TOKEN)], ["Part, Field: written twice; keep one of them"]),
        ([line(TOKEN, label=" ")], ["Part,  : name the section and the field"]),
        ([line("child.surname")],
         [f"no field is filled with {TOKEN}; add one, or what the recipient records "
          "can't be found in its next extract"]),
    ],
)  # fmt: skip
def test_a_templates_faults_come_with_their_mend(lines, faults):
    assert check_template(lines) == faults


@given(st.lists(st.sampled_from([*SOURCES, "'as it stands'"]), max_size=30))
def test_a_template_without_faults_always_fills_in(values):
    lines = [line(value, label=f"F{n}") for n, value in enumerate([TOKEN, *values])]
    assert check_template(lines) == []
    bare = samples.notification(
        child=docs.ChildDetails.model_construct(
            **dict.fromkeys(docs.ChildDetails.model_fields, None)
        ),
        placing_authority=None, risk_indicators=(), your_records=(),
    )  # fmt: skip

    for notice in (samples.notification(), bare):
        filled = fill_in(lines, notice)
        assert [one.label for one in filled] == [one.label for one in lines]
        assert all(one.value is None or one.value.strip() for one in filled)


@pytest.mark.parametrize("code", ["E23000014", "334", "W06000023"])
def test_the_defaults_have_no_faults(code):
    assert check_template(default_template(code)) == []
    assert check_template(default_template(code, ending=True), EARLIER_TOKEN) == []


def test_a_closing_form_without_the_entrys_token_has_a_fault_with_its_mend():
    assert check_template([line(TOKEN)], EARLIER_TOKEN) == [
        f"no field is filled with {EARLIER_TOKEN}; add one, or an officer can't find "
        "the entry that is to be closed"
    ]


EARLIER = samples.notification("earlier")
GONE = samples.notification(
    kind="end",
    supersedes=EARLIER.notification_id,
    rule=docs.Rule(id="tell.placement-ended", version="1", text="It has ended."),
    placement=samples.placement().model_copy(update={"end": dt.date(2026, 12, 1)}),
    risk_indicators=(),
    your_records=(),
)


@pytest.mark.parametrize("recipient", [samples.POLICE, samples.HOST_LA])
def test_an_end_says_which_entry_to_close_from_when_and_why(recipient):
    told = GONE.model_copy(update={"recipient": recipient})
    values = [one.value for one in fill_in((), told)]

    assert EARLIER.recording_token in values
    assert told.recording_token not in values
    assert {"Quill-Test", "01/12/2026", "the placement has ended", "C-10342"} <= {
        *values
    }
    assert "4 Sample Close, Solihull" not in values, "an end says the least"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("tell.placement-ended", "the placement has ended"),
        ("tell.not-looked-after", "the child is no longer looked after"),
        ("tell.died", "the child has died"),
        ("tell.not-known", None),
    ],
)
def test_the_reason_of_an_end_is_its_rules(rule, reason):
    told = GONE.model_copy(update={"rule": docs.Rule(id=rule, version="1", text="x")})

    assert typed("notice.reason", told) == reason


def test_what_takes_the_place_of_nothing_has_no_earlier_token():
    assert typed(EARLIER_TOKEN) is None


def test_the_demo_has_a_form_of_its_own_to_close_an_entry():
    forces = load_region(DEMO).directory().authorities
    closing = forces["E23000014"].closing_template
    filled = {one.label: one.value for one in fill_in(closing, GONE)}

    assert filled["External reference"] == EARLIER.recording_token
    assert filled["End date"] == "01/12/2026"
    assert filled["Event type"] == "Safeguarding, closed"


def test_the_demo_has_two_forms_that_differ_and_both_close_the_loop():
    forces = [
        entry.record_template
        for entry in load_region(DEMO).directory().authorities.values()
        if entry.kind == "police"
    ]

    assert len({tuple(one.label for one in lines) for lines in forces}) == 2
    for lines in forces:
        assert {TOKEN, "flag.code", "placing.name"} <= {one.value for one in lines}


def test_every_indicator_has_words_and_a_source():
    assert set(RISKS) == set(RISK_INDICATORS)
    assert {f"risk.{name}" for name in RISK_INDICATORS} <= set(SOURCES)


def test_a_region_file_with_a_faulty_template_is_refused(tmp_path):
    from pipeline.errors import ConfigurationError

    text = DEMO.read_text().replace(
        "Reference number: recording_token", "Reference number: notice.id"
    )
    path = tmp_path / "demo.yaml"
    path.write_text(text)

    with pytest.raises(ConfigurationError) as refused:
        load_region(path)

    assert "authorities.E23000015.record_template: no field is filled" in str(
        refused.value
    )


def test_days_stand_as_record_systems_show_them():
    early = samples.notification(
        placement=samples.placement().model_copy(update={"start": dt.date(2026, 1, 2)})
    )

    assert typed("placement.start", early) == "02/01/2026"
