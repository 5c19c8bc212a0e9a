"""A region's policy may tighten; it can't loosen what the law or the contracts hold."""

import pytest
from notification_cases import placement
from pydantic import ValidationError

from notifications.config import PolicyConfig
from notifications.documents import ObligationKind, Priority
from notifications.scope import SCOPE_RULES, Verdict, scope_rule, verdict


def test_an_empty_section_is_the_contracts_defaults():
    policy = PolicyConfig.model_validate({})
    assert not policy.criteria_only
    assert policy.grace_nights == 3
    assert policy.clocks.acknowledge.of(Priority.HIGH) == 1
    assert policy.clocks.of_task(ObligationKind.NAMED_OFFICER_TASK) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"grace": 3},
        {"clocks": {"acknowledge": {"high": 1}}},
        {"clocks": {"acknowledge": {"high": -1, "standard": 1, "low": 1}}},
        {"grace_nights": -1},
        {"scope": {"scope.adoptive": "include"}},
        {"scope": {"scope.unheard-of": "include"}},
        {"scope": {"scope.temporary": "perhaps"}},
        {"criteria": ["unheard of"]},
        {"recipients": {"known_at_placement": "end"}},
        {"recipients": {"unheard-of": "new"}},
    ],
)
def test_what_is_unknown_or_loosens_a_shield_is_refused(wrong):
    with pytest.raises(ValidationError):
        PolicyConfig.model_validate(wrong)


def test_a_region_may_restrict_more():
    policy = PolicyConfig.model_validate(
        {"scope": {"scope.secure": "restricted", "scope.adoptive": "restricted"}}
    )
    rule = scope_rule(placement(place_code="K1"))
    assert verdict(rule, policy.scope) is Verdict.RESTRICTED


@pytest.mark.parametrize(
    ("changes", "rule", "expected"),
    [
        ({"legal_status": "V3"}, "short-breaks", Verdict.OUT_OF_SCOPE),
        ({"legal_status": "V4", "place_code": "A3"}, "adoptive", Verdict.RESTRICTED),
        ({"legal_status": "V2"}, "looked-after", Verdict.INCLUDE),
        ({"place_code": "T0"}, "temporary", Verdict.OUT_OF_SCOPE),
        ({"place_code": "T4"}, "temporary", Verdict.OUT_OF_SCOPE),
        ({"place_code": "U4", "temporary": True}, "temporary", Verdict.OUT_OF_SCOPE),
        ({"place_code": "A4", "temporary": True}, "adoptive", Verdict.RESTRICTED),
        ({"place_code": "P1"}, "with-parents", Verdict.INCLUDE),
        ({"place_code": "K1"}, "secure", Verdict.INFORMATIONAL),
        ({"place_code": "R5", "legal_status": "J1"}, "secure", Verdict.INFORMATIONAL),
        ({"place_code": "R1"}, "residential", Verdict.INCLUDE),
        ({"place_code": "R2"}, "residential", Verdict.INCLUDE),
        ({"place_code": "S1"}, "residential", Verdict.INCLUDE),
        ({"place_code": "H5"}, "supported", Verdict.INCLUDE),
        ({"legal_status": "J1"}, "remand-or-protection", Verdict.INCLUDE),
        ({"legal_status": "L1"}, "remand-or-protection", Verdict.INCLUDE),
        ({"legal_status": "L2"}, "remand-or-protection", Verdict.INCLUDE),
        ({"place_code": None, "legal_status": None}, "looked-after", Verdict.INCLUDE),
        ({"place_code": "ZZ", "legal_status": "ZZ"}, "looked-after", Verdict.INCLUDE),
    ],
)
def test_the_scope_table(changes, rule, expected):
    found = scope_rule(placement(**changes))
    assert (found.id, found.verdict) == (f"scope.{rule}", expected)


def test_every_rule_has_an_id_a_version_and_words():
    assert len({rule.id for rule in SCOPE_RULES}) == len(SCOPE_RULES)
    assert all(rule.version and rule.words for rule in SCOPE_RULES)
