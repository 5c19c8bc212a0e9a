"""Tables and descriptions to link, nasty as tables come, and both engines on them."""

import datetime as dt

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from matching.linkage import fast, reference
from matching.linkage.description import Description, description_of
from matching.linkage.encode import encode, slots
from matching.linkage.numbers import Numbers, Rates, plan_of
from matching.linkage.pairs import level_names, shown
from matching.linkage.rivals import LEAST_RIVAL, against_rivals

LONG = "A" * 500 + "LONGER THAN ANY NAME"

FORENAMES = [
    "ANN", "Anne", "LIZ", "ELIZABETH", "Mohammed Ali", "MUHAMMAD", "A", "J B", "JON",
    "JOHN", "SARAH JANE", "SARAH", "", "Zoë", "UNKNOWN", "KATE", "KATHERINE", "MARTHA",
    "MARHTA", "DWAYNE", "DUANE", "DUPLICATED", "(unknown)", "محمد", "محمود", "张伟",
    "张", "😀", "😀😁", "  ", "\u2003Ann\u3000", "ﬁona", "İPEK", "ıpek", "Straße",
    "김영희", "김영호", "อำนาจ", "อานาจ",
]  # fmt: skip
SURNAMES = [
    "SMITH", "SMYTH", "JONES", "BROWN-JONES", "VAN DER BERG", "BERG", "O'Neil", "ONEIL",
    "SMITHSON", "AL", "KHAN", "Nguyễn", "李", "JOHN", "ANNE",
    LONG, LONG + "S", LONG[1:],
]  # fmt: skip
DATES = [
    dt.date(2011, 2, 3), dt.date(2011, 3, 2), dt.date(2011, 2, 13), dt.date(2001, 2, 3),
    dt.date(1999, 12, 31), dt.date(2011, 2, 28), dt.date(2012, 2, 3), dt.date(1, 1, 1),
    dt.date(2011, 2, 4), dt.date(1700, 1, 1), dt.date(2021, 3, 3),
    dt.date(9999, 12, 31), dt.date(1799, 12, 31), dt.date(1800, 1, 1),
    dt.date(2199, 12, 31), dt.date(2200, 1, 1), dt.date(2011, 1, 1),
    dt.date(2011, 1, 11),
]  # fmt: skip
DATE_TEXTS = [
    "2011-02-03",
    "20110203",
    "03/02/2011",
    "2011-02-30",
    "soon",
    "²⁰11-02-03",
]
POSTCODES = [
    "B1 1AA", "b11aa", "B1 1AB", "B1 2AA", "B2 1AA", "BS1 1AA", "nonsense", "CV7 8QZ",
    "", "bı 1aa", "B1\u20031AA", "B1\x1c1AA", "ſ1 1AA", "B1 1AA\n",
]  # fmt: skip
NUMBERS = ["123", "124", "132", "1234", "12-3", "999", "٣", "A B", "AB", "-"]


def or_more(values):
    """One of these, nothing, or any text at all."""
    return st.one_of(st.sampled_from(values), st.none(), st.text(max_size=8))


RECORD = st.fixed_dictionaries(
    {
        "f": or_more(FORENAMES),
        "s": or_more(SURNAMES),
        "p": or_more(POSTCODES),
        "n": or_more(NUMBERS),
        "x": or_more(["F", "M", "A B", "AB"]),
    }
)


def dates_of(kind, draw, size):
    """A column of so many dates, of the Arrow type ``kind``."""
    if pa.types.is_string(kind):
        one = or_more([*DATE_TEXTS, *(date.isoformat() for date in DATES)])
    elif pa.types.is_integer(kind):
        one = st.sampled_from([20110203, 20110302, 0, -5, None])
    elif kind == pa.timestamp("us"):
        at = dt.time(23, 30)
        moments = [dt.datetime.combine(date, at) for date in DATES]
        one = st.sampled_from([*moments, None])
    else:
        one = st.sampled_from([*DATES, None])
        days = st.integers(-(2**31), 2**31 - 1)
        if draw(st.booleans()):
            return pa.array([draw(days) for _ in range(size)], pa.int32()).cast(kind)
    return pa.array([draw(one) for _ in range(size)], kind)


def as_codes(texts):
    """Texts as codes of a dictionary in which a value stands twice, one is nobody's and
    null may have a code too."""
    whole = texts.dictionary_encode()
    size = len(whole.dictionary)
    doubled = pa.concat_arrays(
        [whole.dictionary, whole.dictionary, pa.array(["NOBODYS", None], pa.string())]
    )
    if not texts.null_count:
        doubled = doubled[:-1]
    codes = [
        2 * size + 1 if code is None else code + size * (place % 2)
        for place, code in enumerate(whole.indices.to_pylist())
    ]
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int16()), doubled)


@st.composite
def tables(draw, prefix, most=12):
    """A table of none to so many records, with ids of either type."""
    records = draw(st.lists(RECORD, max_size=most))
    kind = draw(
        st.sampled_from([pa.date32(), pa.timestamp("us"), pa.string(), pa.int64()])
    )
    columns = {
        name: pa.array([one[name] for one in records], pa.string())
        for name in ("f", "s", "p", "n", "x")
    }
    for name in draw(st.sets(st.sampled_from(sorted(columns)))):
        columns[name] = as_codes(columns[name])
    for name in draw(st.sets(st.sampled_from(sorted(columns)), max_size=1)):
        columns[name] = pa.nulls(
            len(records), draw(st.sampled_from([pa.null(), pa.string()]))
        )
    ids = (
        pa.array([f"{prefix}{place}" for place in range(len(records))], pa.string())
        if draw(st.booleans())
        else pa.array(range(len(records)), pa.int64())
    )
    return pa.table({"id": ids, "d": dates_of(kind, draw, len(records)), **columns})


RULES = [
    "n", "f + s", {"left": "f + s", "right": "s + f"}, "d", "p", "x",
    {"left": "d", "right": "swapped(d)"}, "f[:2] + s[:3]", "soundex(s) + year(d)",
    {"left": "f[:2]", "right": "s[:2]"}, {"left": "soundex(f)", "right": "s"},
    "f + s + d", "t + f + s + d + n + p", "month(d) + day(d)", "soundex(f)",
]  # fmt: skip

COMPARISONS = {
    "x": {"kind": "code", "column": "x"},
    "f": {"kind": "forename", "column": "f"},
    "s": {"kind": "surname", "column": "s"},
    "d": {
        "kind": "date",
        "column": "d",
        "levels": [
            "exact", "swapped", "first_of_january", "one_digit", "one_edit",
            "two_parts", "within 31 days", "different", "far_apart",
        ],
        "frequencies": True,
    },
    "p": {
        "kind": "postcode",
        "column": "p",
        "levels": ["same", "sector", "district", "area", "different"],
    },
    "n": {"kind": "identifier", "column": "n", "frequencies": True},
    "t": {
        "kind": "text",
        "column": "s",
        "levels": ["exact", "jaro_winkler 0.9", "one_edit", "a_word", "different"],
    },
}  # fmt: skip


@st.composite
def descriptions(draw):
    rules = draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=6))
    return description_of(
        {
            "id": "id",
            "comparisons": COMPARISONS,
            "blocking": rules,
            "household": draw(st.booleans()),
        }
    )


ONCE = st.lists(st.sampled_from(["left", "right"]), unique=True).map(tuple)
"""Which tables have each person once."""


def numbers_for(description: Description, seed: int) -> Numbers:
    """Made-up numbers; the last levels weigh against, the first for."""
    rng = np.random.default_rng(seed)

    def rates(levels: int, kind: str) -> Rates:
        m = np.sort(rng.dirichlet(np.ones(levels)))[::-1] + 1e-6
        u = np.sort(rng.dirichlet(np.ones(levels))) + 1e-6
        household = rng.dirichlet(np.ones(levels)) + 1e-6
        namesakes = rng.dirichlet(np.ones(levels)) + 1e-6
        every = [m, u, household, namesakes][: 4 if kind == "code" else 3]
        return Rates(*(tuple(one / one.sum()) for one in every))

    return Numbers(
        {one.name: rates(len(one.levels), one.kind) for one in description.comparisons},
        matches=3,
        household_share=0.2 if description.household else 0.0,
        frequency_strength=10,
    )


Outcome = dict[tuple[int, int], tuple[float, dict[str, str]]]


def by_the_fast_engine(description, numbers, sides, line, *, pruned=True) -> Outcome:
    encoded = encode(description, *sides)
    reached = min(line, LEAST_RIVAL) if description.deduplicated else line
    plan = plan_of(description, numbers, encoded, reached, pruned=pruned)
    found = fast.search(encoded, plan, 2)
    found = against_rivals(description, found).reaching(line)
    order = slots(description)
    names = level_names(order)
    levels = shown(order, found.levels)
    pairs = zip(found.left, found.right, found.bits, levels, strict=True)
    return {
        (int(left), int(right)): (
            float(bits),
            {
                one.name: each[place]
                for one, each, place in zip(order, names, levels, strict=True)
            },
        )
        for left, right, bits, levels in pairs
    }


def by_the_reference(description, numbers, sides, line) -> Outcome:
    return {
        (pair.left, pair.right): (pair.bits, pair.levels)
        for pair in reference.search(description, numbers, sides, line)
    }


def assert_the_same(one: Outcome, other: Outcome) -> None:
    assert one.keys() == other.keys()
    for pair, (bits, levels) in one.items():
        assert levels == other[pair][1], pair
        assert abs(bits - other[pair][0]) < 1e-9, pair
