"""A whole region in memory but for its register: facts, nights, a portal, a clock.

No files and no matching: pairs of a child and a police record are facts. Everything
from there on is the product's own: names of placements, rules, brake, register, clocks,
relay.
"""

import datetime as dt
import random
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import little_night
from fake_portal import FakePortal
from little_facts import (
    ChildFacts,
    ChildKey,
    NominalFacts,
    Picture,
    PoliceView,
    Tonight,
)
from little_places import FIRST_NIGHT, FORCES, LOCAL_AUTHORITIES, LittleAtlas, region
from sqlalchemy import Engine

from notifications.outcome import Versions
from notifications.rulebook import Rulebook
from pipeline.region import RegionConfig
from pipeline.relay import relay
from register import events
from register.engine import reading
from register.nights import NightResult

LONDON = ZoneInfo("Europe/London")
KEEP_ABSENT_NIGHTS = 1
VERSIONS = Versions("rules-1", "children-1", "perpetrators-1")


def london(date: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """That hour of the day in London, in UTC."""
    local = dt.datetime.combine(date, dt.time(hour, minute), LONDON)
    return local.astimezone(dt.UTC)


def _no_chance() -> random.Random:
    """What spreads attempts spreads them the same way each time."""
    return random.Random(1)  # noqa: S311


@dataclass
class LittleRegion:
    engine: Engine
    config: RegionConfig = field(default_factory=region)
    today: dt.date = FIRST_NIGHT
    """The business date of the next night."""
    now: dt.datetime = field(default_factory=lambda: london(FIRST_NIGHT, 1))
    children: dict[ChildKey, ChildFacts] = field(default_factory=dict)
    nominals: dict[tuple[str, str], NominalFacts] = field(default_factory=dict)
    purged: dict[str, dict[str, frozenset[str | None]]] = field(default_factory=dict)
    """By local authority: what its next good extract tells us to delete."""
    versions: Versions = VERSIONS
    portal: FakePortal = field(init=False)
    rules: Rulebook = field(init=False)
    tonight: Tonight | None = None
    """What the latest night saw."""
    ordinal: int = 1
    """Of the latest night's latest run."""
    heard: int = 0
    """How much of the portal's feed has been collected."""
    _absent: dict[ChildKey, int] = field(default_factory=dict)
    """For how many good extracts in a row a child was not in its authority's."""
    _last_la: dict[str, Picture] = field(default_factory=dict)
    _last_force: dict[str, PoliceView] = field(default_factory=dict)
    _number: int = 0
    _chance: random.Random = field(default_factory=_no_chance)

    def __post_init__(self) -> None:
        self.portal = FakePortal(self.clock)
        self.rules = Rulebook(
            self.config.policy,
            LittleAtlas(),
            self.config.directory(),
            self.config.matching.thresholds(),
        )

    def clock(self) -> dt.datetime:
        return self.now

    # --- life ----------------------------------------------------------------------

    def number(self) -> int:
        """A number never used before, for names and references."""
        self._number += 1
        return self._number

    def put(self, child: ChildFacts) -> None:
        self.children[child.key] = child

    def put_nominal(self, nominal: NominalFacts) -> None:
        self.nominals[nominal.force, nominal.ref] = nominal

    # --- what a night sees ---------------------------------------------------------

    def see(
        self, missing: frozenset[str] = frozenset(), *, baseline: bool = False
    ) -> None:
        """Freeze what the authorities send tonight, without the missing, at 02:00."""
        date = self.today
        self.now = max(self.now, london(date, 2))
        las = {la: self._picture(la, missing) for la in LOCAL_AUTHORITIES}
        forces = {force: self._view(force, missing) for force in FORCES}
        self.tonight = Tonight(date, las, forces, baseline)
        for la, picture in las.items():
            if picture.good:
                self._last_la[la] = picture
                self.purged.pop(la, None)
        for force, view in forces.items():
            if view.usable:
                self._last_force[force] = view
        self.today = date + dt.timedelta(days=1)

    def _picture(self, la: str, missing: frozenset[str]) -> Picture:
        date = self.today
        if la in missing:
            last = self._last_la.get(la) or Picture(date, good=False)
            return replace(last, good=False, purged={})
        own = {one.ref: one for one in self.children.values() if one.la == la}
        purged = dict(self.purged.get(la, {}))
        last = self._last_la.get(la)
        for ref, facts in (last.children if last else {}).items():
            if ref in own:
                self._absent.pop((la, ref), None)
            elif ref not in purged:
                # what a snapshot lacks stands some nights, then it is withdrawn
                nights = self._absent[la, ref] = self._absent.get((la, ref), 0) + 1
                if nights > KEEP_ABSENT_NIGHTS:
                    purged[ref] = frozenset({None})
                else:
                    own[ref] = facts
        return Picture(date, good=True, children=own, purged=purged)

    def _view(self, force: str, missing: frozenset[str]) -> PoliceView:
        if force in missing:
            last = self._last_force.get(force)
            return PoliceView(False, None, last.nominals if last else ())
        own = [one for one in self.nominals.values() if one.force == force]
        return PoliceView(True, self.today, tuple(sorted(own, key=lambda one: one.ref)))

    # --- a night, stage by stage ---------------------------------------------------

    def work(self, ordinal: int = 1) -> NightResult:
        """The night of :attr:`tonight`, from the feed to the portal."""
        self.collect()
        result = self.decide(ordinal)
        self.clocks()
        self.publish()
        return result

    def collect(self) -> None:
        if self.portal.down:
            return
        with reading(self.engine) as connection:
            after = events.cursor(connection)
        found = [events.read_event(raw) for raw in self.portal.events(after)]
        events.record_events(self.engine, found, self.config.region)
        self.heard = len(self.portal.feed)

    def decide(self, ordinal: int = 1) -> NightResult:
        self.ordinal = ordinal
        return little_night.decide(self, ordinal)

    def clocks(self) -> None:
        from pipeline.stages.clocks import clocks

        clocks(self.run())

    def publish(self) -> object:
        return relay(self.run(), self.now, self._chance)

    def day_pass(self, hour: int, minute: int = 0) -> None:
        """A pass of the 15-minute schedule, at that hour of the latest night's day."""
        assert self.tonight is not None
        self.now = max(self.now, london(self.tonight.date, hour, minute))
        self.collect()
        self.clocks()
        self.publish()

    def run(self, ordinal: int = 1) -> SimpleNamespace:
        """What the stages ask of a run."""
        assert self.tonight is not None
        date = self.tonight.date
        return SimpleNamespace(
            region=self.config,
            business_date=date,
            run_id=f"{self.config.region}-{date}-{ordinal}",
            publish=True,
            baseline=self.tonight.baseline,
            now=self.now,
            at=self.now,
            register=self.engine,
            portal=self.portal.client,
            rulebook=lambda: self.rules,
            geography=self.rules.geography,
            versions=lambda: self.versions,
        )
