"""Why a placement is in its state: the rules of states and of shields, as two tables.

They are asked in the contracts' order (§5): shields, scope, host, extract, a thin
record, then the match; ``notifications.findings`` asks them.
"""

from collections.abc import Mapping

from notifications.rule_entry import RuleEntry, version_of

_CONTRACT = "The region's contract, states of every run"
_PORTAL_LAW = "The region's design, law 6: shielding is checked before matching"


def _rules(
    family: str, prefix: str, *rules: tuple[str, str, str]
) -> dict[str, RuleEntry]:
    return {
        rule: RuleEntry(rule, version_of(rule), family, words, source)
        for name, words, source in rules
        for rule in [f"{prefix}{name}"]
    }


SHIELDS: Mapping[str, RuleEntry] = _rules(
    "shielding",
    "shield.",
    ("protected", "the placing authority protects the child",
     "The region's contract, protected.csv; Children Act 2004, section 16LA(3)"),
    ("twin", "the record agrees with that of a protected child, and no person has said "
     "that they are two",
     "ContactPoint (2009): an update that did not match a shielded child made a second "
     "record without a shield"),
    ("nominal", "a police record that may be the child's is restricted", _PORTAL_LAW),
    ("remembered", "the child was shielded when last decided, and tonight a force's "
     "extract can't say that it need not be",
     "Decision record 5: a shield outlives an outage"),
    ("whole-case", "while anything about a child is shielded, nobody is sent details "
     "of any of its placements; named officers speak with each other", _PORTAL_LAW),
    ("holders", "whoever was told before the case was shielded has a task, and hears "
     "of nothing but a retraction, which carries no details", _PORTAL_LAW),
    ("lifted", "when the shield is lifted notices go on from what stood, and the tasks "
     "are met", _PORTAL_LAW),
)  # fmt: skip

STATES: Mapping[str, RuleEntry] = _rules(
    "state",
    "",
    ("host.none", "the placement's postcode is missing or can't be placed in England "
     "or Wales, so no host is known", _CONTRACT),
    ("host.outside", "the host force is not a member of the region", _CONTRACT),
    ("extract.not-usable", "the host force's extract is missing, refused, incomplete "
     "or stale: nothing is known, and nothing counts as known",
     "The region's design, law 2: doubt never reassures"),
    ("extract.grace", "a child that was known on good data not many nights ago stays "
     "quiet for the region's grace", "The region's contract; the region file"),
    ("record.too-thin", "a forename, a surname or a plausible date of birth is wanting",
     _CONTRACT),
    ("known.at-placement", "current address and flag", _CONTRACT),
    ("known.no-flag", "current address, but no flag that names the placing authority",
     _CONTRACT),
    ("known.elsewhere", "no current address at the placement", _CONTRACT),
    ("known.possible", "the best candidate lies in the review band and nobody has "
     "judged it", _CONTRACT),
    ("known.not", "no candidate above the review line", _CONTRACT),
)  # fmt: skip

REVIEWS: Mapping[str, RuleEntry] = _rules(
    "reviews",
    "review.",
    ("asked", "each pair in the review band is put to a person once, with a deadline "
     "counted from the first night of doubt",
     "The region's contract, reviews; the region file's deadline"),
    ("held", "until the deadline the unconfirmed notice waits ready; it goes out when "
     "the deadline passes, without waiting for the night", _CONTRACT),
    ("same", "a person's “same” outweighs the score while both records say what they "
     "said", "The region's design, law 5: a person's decision outlives the night"),
    ("different", "a person's “different” outweighs the score while both records say "
     "what they said, and is never asked again on the same evidence",
     "The region's design, law 5: a person's decision outlives the night"),
    ("unsure", "“unsure” decides nothing: at the deadline the force is told",
     "The region's design, law 2: doubt never reassures"),
    ("two-people", "“one record holds two people” decides nothing either: at the "
     "deadline the force is told; while the child's record says what it said, its "
     "owner has a task to split it", "The region's design, law 2; NHS national back "
     "office: a confusion (two people, one number) is not a duplicate"),
    ("new-evidence", "when either record changes, the decision binds no longer",
     "The region's design, law 5: a person's decision outlives the night"),
)  # fmt: skip

SHIELDED_BY_A_NOMINAL = frozenset({"shield.nominal", "shield.remembered"})
"""The rules by which a police record shields a child."""
