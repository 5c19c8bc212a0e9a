"""Households of parents, children and twins, whose names and addresses hang together.

What makes linkage hard is planted here: brothers and sisters share surname and
postcode, twins the date of birth too, some sons their father's forename; and strangers
share common names by chance. Rates are of their kind (children, sons …); where no
source is named they are ours.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.linkage.vocabulary import ORIGINS, Vocabulary

TODAY = 20_779
"""22 November 2026, in days since 1970."""
_YEAR = 365.25

CHILDREN = (0.35, 0.22, 0.27, 0.11, 0.04, 0.01)
"""Share of households with none, one, two … children."""
TWO_ADULTS = 0.70
SHARED_SURNAME = 0.75
"""Couples with one surname; the other adult keeps a surname of its own."""
MIXED_COUPLE = 0.08
STEPCHILD = 0.08
"""Children with a surname that is neither their household's (the brief's surname
change rate)."""
TWIN = 0.015
"""Of births (domain brief; ONS birth characteristics)."""
NAMED_AFTER_FATHER = 0.03
PER_POSTCODE = 17
"""Households: 24.8 million (Census 2021) on about 1.4 million postcodes in use."""

_AREAS = tuple(
    """B BD BH BL BN BR BS CB CF CH CM CR CV CW DA DE DH DL DN DY E EN EX FY GL GU HA
    HD HP HR HU HX IG IP KT L LE LN LS LU M ME MK N NE NG NN NP NR NW OL OX PE PL PO PR
    RG S SE SK""".split()  # noqa: SIM905
)
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_IN_SECTOR, _IN_DISTRICT = 130, 5


@dataclass(frozen=True)
class Population:
    """One entry a person; names are codes of the vocabulary."""

    household: np.ndarray
    origin: np.ndarray
    """Place in ``ORIGINS``."""
    sex: np.ndarray
    """0 male, 1 female."""
    forename: np.ndarray
    surname: np.ndarray
    birth: np.ndarray
    """Days since 1970."""
    postcode: np.ndarray
    """Number of the postcode; :func:`postcode_texts` writes it."""
    postcodes: int
    """How many there are."""


def population(rng: np.random.Generator, words: Vocabulary, size: int) -> Population:
    """So many persons in their households; the last household may be cut short."""
    adults, children = _households(rng, size)
    sizes = adults + children
    household = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[:size]
    member = np.arange(size) - np.repeat(np.cumsum(sizes) - sizes, sizes)[:size]
    is_child = member >= adults[household]
    sex = (rng.random(size) < 0.5).astype(np.int8)
    second = ~is_child & (member == 1)
    sex[second] = 1 - sex[np.flatnonzero(second) - 1]
    of_house = rng.choice(len(ORIGINS), len(sizes), p=_share_of_origins())
    origin = of_house.astype(np.int8)[household]
    apart = second & (rng.random(size) < MIXED_COUPLE)
    origin[apart] = rng.choice(len(ORIGINS), int(apart.sum()), p=_share_of_origins())
    house_name = _surnames(rng, words, of_house)
    surname = house_name[household]
    own = (second & (rng.random(size) >= SHARED_SURNAME)) | apart
    own |= is_child & (rng.random(size) < STEPCHILD)
    surname[own] = _surnames(rng, words, origin[own])
    forename = _forenames(rng, words, origin, sex)
    birth, twin = _births(rng, member, is_child, children[household])
    surname[twin] = surname[np.flatnonzero(twin) - 1]
    _name_after_father(rng, forename, sex, member, is_child)
    _no_two_alike(rng, words, forename, (origin, sex, household))
    postcodes = max(1, len(sizes) // PER_POSTCODE)
    postcode = (np.arange(len(sizes)) % postcodes).astype(np.int32)[household]
    return Population(
        household, origin, sex, forename, surname, birth, postcode, postcodes
    )


def postcode_texts(numbers: np.ndarray) -> np.ndarray:
    """Postcodes as they are written, ``B1 1AA``: near numbers share a sector."""
    sector, unit = numbers // _IN_SECTOR, numbers % _IN_SECTOR * 3
    district = sector // _IN_DISTRICT
    return np.array(
        [
            f"{_AREAS[d % len(_AREAS)]}{1 + d // len(_AREAS)} "
            f"{1 + s % _IN_DISTRICT}{_LETTERS[u // 20]}{_LETTERS[u % 20]}"
            for d, s, u in zip(
                district.tolist(), sector.tolist(), unit.tolist(), strict=True
            )
        ],
        dtype=object,
    )


def moved_to(
    rng: np.random.Generator, postcode: np.ndarray, postcodes: int
) -> np.ndarray:
    """Another postcode: half of the time in the same district."""
    district = _IN_SECTOR * _IN_DISTRICT
    near = postcode // district * district + rng.integers(0, district, len(postcode))
    far = rng.integers(0, postcodes, len(postcode))
    stays = (rng.random(len(postcode)) < 0.5) & (near < postcodes)
    return np.where(stays, near, far).astype(np.int32)


def _share_of_origins() -> np.ndarray:
    shares = np.array(list(ORIGINS.values()))
    return shares / shares.sum()


def _households(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Adults and children of enough households for so many persons."""
    enough = size // 2 + 8
    adults = 1 + (rng.random(enough) < TWO_ADULTS).astype(np.int32)
    children = rng.choice(len(CHILDREN), enough, p=CHILDREN).astype(np.int32)
    last = int(np.searchsorted(np.cumsum(adults + children), size)) + 1
    return adults[:last], children[:last]


def _surnames(
    rng: np.random.Generator, words: Vocabulary, origins: np.ndarray
) -> np.ndarray:
    found = np.empty(len(origins), dtype=np.int32)
    for number, origin in enumerate(ORIGINS):
        those = np.flatnonzero(origins == number)
        found[those] = words.drawn(rng, words.surnames[origin], len(those))
    return found


def _forenames(
    rng: np.random.Generator, words: Vocabulary, origins: np.ndarray, sexes: np.ndarray
) -> np.ndarray:
    found = np.empty(len(origins), dtype=np.int32)
    for number, origin in enumerate(ORIGINS):
        for sex in (0, 1):
            those = np.flatnonzero((origins == number) & (sexes == sex))
            found[those] = words.drawn(rng, words.forenames[origin, sex], len(those))
    return found


def _births(
    rng: np.random.Generator,
    member: np.ndarray,
    is_child: np.ndarray,
    children: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Dates of birth, and who is the younger of twins.

    Parents of children at home are 20 to 60, other adults 18 to 90; children are under
    22 and born when the first adult was 18 to 42.
    """
    size = len(member)
    parents = np.where(children > 0, 60.0, 90.0)
    youngest = np.where(children > 0, 20.0, 18.0)
    age = youngest + rng.random(size) * (parents - youngest)
    first = np.flatnonzero(member == 0)
    of_first = np.repeat(age[first], np.diff(np.append(first, size)))
    age = np.where(member == 1, np.clip(of_first + rng.normal(0, 4, size), 18, 95), age)
    low, high = np.maximum(0, of_first - 42), np.clip(of_first - 18, 0.1, 22)
    low = np.minimum(low, high - 0.1)
    age = np.where(is_child, low + rng.random(size) * (high - low), age)
    birth = (TODAY - age * _YEAR).astype(np.int32)
    after_child = np.r_[False, is_child[:-1]] & is_child & (member > 0)
    twin = after_child & (rng.random(size) < TWIN)
    birth[twin] = birth[np.flatnonzero(twin) - 1]
    return birth, twin


def _name_after_father(
    rng: np.random.Generator,
    forename: np.ndarray,
    sex: np.ndarray,
    member: np.ndarray,
    is_child: np.ndarray,
) -> None:
    sons = np.flatnonzero(is_child & (sex == 0))
    named = sons[rng.random(len(sons)) < NAMED_AFTER_FATHER]
    first = named - member[named]
    father = np.where(sex[first] == 0, first, first + 1)
    good = (sex[father] == 0) & ~is_child[father]
    forename[named[good]] = forename[father[good]]


def _no_two_alike(
    rng: np.random.Generator,
    words: Vocabulary,
    forename: np.ndarray,
    of: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Neighbours in a household do not bear one forename, but for father and son."""
    origin, sex, household = of
    alike = np.r_[
        False, (forename[1:] == forename[:-1]) & (household[1:] == household[:-1])
    ]
    forename[alike] = _forenames(rng, words, origin[alike], sex[alike])
