"""Fellegi and Sunter in plain Python: slow, obvious, written apart from the engine.

Every two records are compared, nothing is coded and nothing is pruned. Only the model's
numbers, the table of known forms and the guards are the engine's own.
"""

import math
from collections import Counter
from itertools import product

from jellyfish import soundex

from matching.guards import Weighed, guard_of
from matching.model import Model
from matching.nicknames import forms_of, is_known_form

PARTICLES = {
    "ABU", "BIN", "DEL", "DEN", "DER", "IBN", "LOS", "THE", "UDDIN", "VAN", "VON",
}  # fmt: skip


def jaro_winkler(one, other):
    one, other = sorted((one, other))
    if one == other:
        return 1.0
    window = max(len(one), len(other)) // 2 - 1
    taken, matched = set(), []
    for place, char in enumerate(one):
        for there in range(max(0, place - window), min(len(other), place + window + 1)):
            if there not in taken and other[there] == char:
                taken.add(there)
                matched.append(char)
                break
    if not matched:
        return 0.0
    facing = [other[there] for there in sorted(taken)]
    swaps = sum(a != b for a, b in zip(matched, facing, strict=True)) // 2
    size = len(matched)
    jaro = (size / len(one) + size / len(other) + (size - swaps) / size) / 3
    if jaro <= 0.7:
        return jaro
    prefix = 0
    while prefix < min(4, len(one), len(other)) and one[prefix] == other[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


class Oracle:
    """Compares every left record with every right one."""

    def __init__(self, left, right, model: Model) -> None:
        self.left, self.right, self.model = left, right, model
        self.weights = {
            comparison.name: {level.name: level.weight for level in comparison.levels}
            for comparison in model.comparisons
        }
        self._count_terms()

    def pairs(self):
        """Weight and levels of every pair that shares a key, by both references."""
        found = {}
        for one, other in product(self.left, self.right):
            if self.keys(one) & self.keys(other, mirrored=True):
                found[one["record_ref"], other["record_ref"]] = self.weigh(one, other)
        return found

    # --- weights ------------------------------------------------------------------

    def weigh(self, one, other):
        parts = [("prior", "prior", self.model.prior(len(self.right)))]
        parts += self._names(one, other)
        parts.append(
            self._best("dob", one["dobs"], other["dobs"], self._dob(one, other))
        )
        parts.append(self._sex(one["sex"], other["sex"]))
        parts.append(
            self._best("postcode", one["postcodes"], other["postcodes"], self._postcode)
        )
        identifiers = self._identifiers(one, other)
        parts += identifiers or [("identifier", "missing", 0.0)]
        total = sum(weight for *_, weight in parts)
        guard = guard_of(self._weighed(parts, one, other))
        if guard:
            parts.append(("guard", guard.name, min(0.0, guard.ceiling - total)))
        return (
            round(sum(weight for *_, weight in parts), 6),
            [(comparison, level) for comparison, level, _ in parts],
        )

    def _names(self, one, other):
        best = None
        for a, b in product(one["names"], other["names"]):
            forename, surname = self._forename(a, b), self._surname(a, b)
            if self._reordered(a, b):
                forename = ("reordered", self.weights["forename"]["reordered"])
                surname = ("reordered", 0.0)
            total = forename[1] + surname[1]
            if best is None or total > best[0] + 1e-12:
                best = (total, forename, surname, a["forename"], b["forename"])
        if best is None:
            self.compared = (None, None)
            return [("forename", "missing", 0.0), ("surname", "missing", 0.0)]
        self.compared = best[3:]
        return [("forename", *best[1]), ("surname", *best[2])]

    def _forename(self, a, b):
        one, other = a["forename"], b["forename"]
        if not one or not other:
            return "missing", 0.0
        level, kind, terms = "different", None, []
        initials = [
            all(len(word) == 1 for word in name.split()) for name in (one, other)
        ]
        first, second = set(one.split()), set(other.split())
        similarity = round(jaro_winkler(_close(one), _close(other)), 9)
        if any(initials):
            level = "initial" if one[0] == other[0] else "different"
        elif _close(one) == _close(other):
            level, kind, terms = "exact", "forename", [_close(other)]
        elif is_known_form(one, other):
            level, kind = "known_form", "form"
            terms = [str(form) for form in forms_of(one) & forms_of(other)]
        elif first < second or second < first:
            level, kind, terms = "part", "forename word", sorted(first & second)
        elif similarity >= 0.88:
            level = "close" if similarity >= 0.92 else "fairly_close"
        adjustments = [self._adjusted(kind, term, "forename", level) for term in terms]
        pick = min if level == "known_form" else max
        adjustment = pick(adjustments) if adjustments else 0.0
        return level, round(self.weights["forename"][level] + adjustment, 6)

    def _surname(self, a, b):
        one, other = a["surname"], b["surname"]
        if not one or not other:
            return "missing", 0.0
        level, kind, terms = "different", None, []
        shared = {
            word for word in set(one.split()) & set(other.split()) if _telling(word)
        }
        similarity = round(jaro_winkler(_close(one), _close(other)), 9)
        if _close(one) == _close(other):
            level, kind, terms = "exact", "surname", [_close(other)]
        elif shared and (" " in one or " " in other):
            level, kind, terms = "part", "surname word", sorted(shared)
        elif similarity >= 0.88:
            level = "close" if similarity >= 0.92 else "fairly_close"
        adjustments = [self._adjusted(kind, term, "surname", level) for term in terms]
        return level, round(
            self.weights["surname"][level] + max(adjustments, default=0.0), 6
        )

    def _reordered(self, a, b):
        if (a["forename"], a["surname"]) == (b["forename"], b["surname"]):
            return False
        words = [
            sorted(f"{name['forename'] or ''} {name['surname'] or ''}".split())
            for name in (a, b)
        ]
        return words[0] == words[1] and len(words[0]) > 1

    def _dob(self, one, other):
        def level(a, b):
            weak_a = (a.month, a.day) == (1, 1) or (
                one["weak_day_and_month"] and a == one["dobs"][0]
            )
            weak_b = (b.month, b.day) == (1, 1) or (
                other["weak_day_and_month"] and b == other["dobs"][0]
            )
            if (weak_a and weak_b) or ((weak_a or weak_b) and a != b):
                apart = abs(a.year - b.year)
                return {0: "same_year", 1: "next_year"}.get(apart, "other_year"), 0.0
            if a == b:
                return "exact", 0.0
            if (a.year, a.month, a.day) == (b.year, b.day, b.month):
                return "swapped", 0.0
            written = zip(f"{a:%Y%m%d}", f"{b:%Y%m%d}", strict=True)
            if sum(x != y for x, y in written) == 1:
                return "one_digit", 0.0
            same = (a.year == b.year) + (a.month == b.month) + (a.day == b.day)
            if same == 2:
                return "two_parts", 0.0
            return ("far_apart" if abs((a - b).days) >= 3652 else "different"), 0.0

        return level

    def _postcode(self, a, b):
        if a == b:
            weights = self.weights["postcode"]
            least = weights["sector"] + 1 - weights["same"]
            adjustment = self._adjusted("postcode", a, "postcode", "same")
            return "same", max(adjustment, least)
        if a[:-2] == b[:-2]:
            return "sector", 0.0
        return ("district" if a[:-4] == b[:-4] else "different"), 0.0

    def _best(self, comparison, lefts, rights, level_of):
        best = ("missing", 0.0)
        first = True
        for a, b in product(lefts, rights):
            level, adjustment = level_of(a, b)
            weight = round(self.weights[comparison][level] + adjustment, 6)
            if first or weight > best[1]:
                best, first = (level, weight), False
        return (comparison, *best)

    def _sex(self, one, other):
        if not one or not other:
            return "sex", "missing", 0.0
        level = "same" if one == other else "different"
        return "sex", level, self.weights["sex"][level]

    def _identifiers(self, one, other):
        parts = []
        for kind in ("nhs", "upn", "pnc", "cro", "home_office"):
            held = [
                {each["value"] for each in row["identifiers"] if each["type"] == kind}
                for row in (one, other)
            ]
            if all(held):
                level = f"{kind}_{'same' if held[0] & held[1] else 'different'}"
                parts.append(("identifier", level, self.weights["identifier"][level]))
        return parts

    def _weighed(self, parts, one, other):
        return Weighed(
            levels={name: level for name, level, _ in parts if name != "identifier"},
            identifiers=frozenset(
                level
                for name, level, _ in parts
                if name == "identifier" and level != "missing"
            ),
            left_forename=self.compared[0],
            right_forename=self.compared[1],
            left_forenames=[n["forename"] for n in one["names"] if n["forename"]],
            right_forenames=[n["forename"] for n in other["names"] if n["forename"]],
        )

    # --- frequencies --------------------------------------------------------------

    def _count_terms(self):
        self.terms, self.totals = {}, {}
        for kind in (
            "forename", "form", "forename word", "surname", "surname word", "postcode",
        ):  # fmt: skip
            per_record = [self._terms_of(row, kind) for row in self.right]
            self.terms[kind] = Counter(term for terms in per_record for term in terms)
            self.totals[kind] = sum(bool(terms) for terms in per_record)
        self.totals["form"] = self.totals["forename"]

    def _terms_of(self, row, kind):
        if kind == "postcode":
            return set(row["postcodes"])
        part = "surname" if kind.startswith("surname") else "forename"
        names = [name[part] for name in row["names"] if name[part]]
        if kind == "form":
            return {str(form) for name in names for form in forms_of(name)}
        if kind.endswith("word"):
            return {word for name in names for word in name.split()}
        return {_close(name) for name in names}

    def _adjusted(self, kind, term, comparison, level):
        u, strength = self.model.u(comparison, level), self.model.frequency_strength
        share = (self.terms[kind][term] + strength * u) / (self.totals[kind] + strength)
        return round(math.log2(u / share), 6)

    # --- blocking -----------------------------------------------------------------

    def keys(self, row, mirrored=False):
        keys = {("postcode", each) for each in row["postcodes"]}
        keys |= {("id", each["type"], each["value"]) for each in row["identifiers"]}
        for dob in row["dobs"]:
            keys.add(("dob", dob.year, dob.month, dob.day))
            if not mirrored:
                keys.add(("swapped", dob.year, dob.month, dob.day))
            elif dob.day <= 12 and dob.day != dob.month:
                keys.add(("swapped", dob.year, dob.day, dob.month))
        for name in row["names"]:
            keys |= self._name_keys(row, name["forename"], name["surname"])
        return keys

    def _name_keys(self, row, forename, surname):
        words = sorted(f"{forename or ''} {surname or ''}".split())
        keys = {("words", *words)} if len(words) > 1 else set()
        surnames = (
            {_close(surname), *filter(_telling, surname.split())} if surname else ()
        )
        forms = set()
        for word in {_close(forename), *forename.split()} if forename else ():
            if len(word) > 1 or word == _close(forename):
                forms |= {str(form) for form in forms_of(word)} or {word}
        for dob in row["dobs"]:
            keys |= {("surname", word, dob.year) for word in surnames}
            keys |= {("forename", form, dob.year, dob.month) for form in forms}
        if forename and surname:
            sound = soundex(_close(surname))
            keys |= {("sound", sound, forename[0], dob.year) for dob in row["dobs"]}
            keys |= {("both", form, word) for form in forms for word in surnames}
            keys.add(("sounds", soundex(_close(forename)), sound))
        return keys


def _close(name):
    return name.replace(" ", "")


def _telling(word):
    return len(word) > 2 and word not in PARTICLES
