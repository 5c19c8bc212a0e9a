"""What comes out of a night, in the words of the spec tables."""

from collections import defaultdict

from notification_cases import NAMES, WEST_MERCIA, sent
from spec_people import Scene

from notifications.documents import Notification
from notifications.rules import RULES
from notifications.wording import in_words
from records.authorities import AuthorityKind, kind_of

CODES = {name: code for code, name in NAMES.items()}
POLICE = {code for code in NAMES if kind_of(code) is AuthorityKind.POLICE}

PACKAGE = "package of "


class Seen:
    """A case after its night, read column by column."""

    def __init__(self, scene: Scene):
        self.nights, self.case = scene.played()
        self.memory = self.nights.memory
        self.outcome = self.nights.pass_(self.case)
        self.placing = self.case.child.authority

    def cell(self, column):
        """What the column says of this night."""
        if column in CODES:
            return self.sent_to(CODES[column])
        if column.startswith(PACKAGE):
            return self.package_of(CODES[column.removeprefix(PACKAGE)])
        return getattr(self, column.replace(" ", "_"))()

    def sent_to(self, code):
        words = [
            f"{one.kind.value}{', held' if one.hold else ''}"
            for one in self.outcome.notices
            if one.recipient == code
        ]
        return " and ".join(sorted(words)) or "nothing"

    def package_of(self, code):
        packages = [one.fill_in for one in self._to({code}) if one.fill_in]
        if not packages:
            return "none"
        (lines,) = packages
        closes = any(line.section == "Entry to close" for line in lines)
        return "to close an entry" if closes else "to make or mend an entry"

    def state(self):
        found = {one.state.value.replace("_", " ") for one in self.outcome.decisions}
        return " and ".join(sorted(found)) or "no row"

    def _hosts(self, *, police):
        return [
            f"{one.kind.value} to {NAMES[one.recipient]}"
            for one in sent(self.outcome)
            if (one.recipient in POLICE) == police and one.recipient != self.placing
        ]

    def host_force(self):
        return " and ".join(self._hosts(police=True)) or "nothing"

    def host_authority(self):
        return " and ".join(self._hosts(police=False)) or "nothing"

    def others(self):
        """Whoever was not told before."""
        told = {one.recipient for one in self.memory.standing}
        by_kind = defaultdict(list)
        for one in sent(self.outcome):
            if one.recipient not in told:
                by_kind[one.kind.value].append(NAMES[one.recipient])
        return "; ".join(
            f"{kind} to {_listed(names)}" for kind, names in sorted(by_kind.items())
        )

    def task(self):
        return self._tasks(met=False)

    def met(self):
        return self._tasks(met=True)

    def _tasks(self, *, met):
        by_kind = defaultdict(list)
        for one in self.outcome.obligations:
            if (one.met_on is not None) == met:
                by_kind[one.kind.value.replace("_", " ")].append(NAMES[one.owed_by])
        return (
            "; ".join(
                f"{kind} for {_listed(names)}"
                for kind, names in sorted(by_kind.items())
            )
            or "none"
        )

    def task_due(self):
        (due,) = {one.due_at for one in self.outcome.obligations}
        return in_words(due.date())

    def asked(self):
        return [one.asked for one in self.outcome.obligations]

    def priority(self):
        (found,) = {one.priority for one in self.outcome.decisions}
        return found.value

    def police_notice(self):
        (found,) = {one.priority for one in self._to(POLICE)}
        return found.value

    def _to(self, codes):
        return [
            one.document
            for one in self.outcome.notices
            if one.recipient in codes and isinstance(one.document, Notification)
        ]

    def police_clock(self):
        (notice,) = self._to(POLICE)
        return in_words(notice.clock.due_at.date())

    def authority_clock(self):
        (notice,) = self._to(set(NAMES) - POLICE - {self.placing})
        return in_words(notice.clock.due_at.date())

    def desk_named(self):
        (notice,) = self._to({WEST_MERCIA})
        return notice.route or "none"

    def says(self):
        return [
            text
            for one in self._to(set(NAMES))
            for text in (one.asked, one.clock.text if one.clock else "")
        ]

    def review(self):
        found = {one.deadline for one in self.outcome.reviews}
        if not found:
            return "not asked"
        (deadline,) = found
        return ["asked", f"by {in_words(deadline.date())}"]

    def supersedes(self):
        named = {None: "nothing"}
        for words, of in (
            ("the earlier of two", self.memory.told_again),
            ("the notice of the night before", self.memory.standing),
        ):
            named |= {
                one.notification_id: words for one in of if one.recipient == WEST_MERCIA
            }
        return " and ".join(
            sorted(
                (
                    named[one.supersedes]
                    for one in sent(self.outcome)
                    if one.recipient == WEST_MERCIA
                ),
            )
        )

    def cited(self):
        """Ids of the rules that this night says it applied."""
        return set(self.outcome.rules)


def names(row, cited):
    """Whether the case's rule was applied, or was not where the case lies outside it;
    and it is of the version that the case is written for."""
    known = {rule: RULES[rule].version for rule in cited}
    return (known.get(row.rule, row.version) == row.version) and (
        (row.rule in known) == row.holds
    )


def _listed(authorities):
    ordered = sorted(authorities)
    if len(ordered) < 2:
        return "".join(ordered)
    return f"{', '.join(ordered[:-1])} and {ordered[-1]}"


def agrees(found, expected):
    """A list of texts agrees with what is part of any of them."""
    if isinstance(found, list):
        return any(expected in text for text in found)
    return found == expected
