"""What is true of the region, as tables that tests and the demo can check against.

A record's person is its ``person_id``: two records are of one person exactly when that
is the same, whatever the authorities are.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from records.dates import age_on
from synthetic import canary, hosted
from synthetic.care import Child, Placement, began, standing
from synthetic.changes import Happening
from synthetic.known import out_of_area
from synthetic.perpetrators import Concern, in_scope
from synthetic.places import Places
from synthetic.police import Nominal
from synthetic.spec import RegionSpec
from synthetic.states import Holdings, State, state, true_state
from synthetic.world import Key, World

_text, _flag, _day = pa.string(), pa.bool_(), pa.date32()
_texts = pa.list_(_text)

CHILDREN = pa.schema(
    [
        ("authority", _text),
        ("child_ref", _text),
        ("person_id", _text),
        ("household", _text),  # brothers and sisters share one
        ("dob", _day),
        ("uasc", _flag),
        ("thin", _flag),
        ("canary", _flag),
        ("risks", _texts),
        ("first_night", _day),
    ]
)
NOMINALS = pa.schema(
    [
        ("authority", _text),
        ("nominal_ref", _text),
        ("person_id", _text),
        ("restricted", _flag),
        ("resembles", _text),  # the person it was made to look like, but need not be
        ("ambiguous", _flag),  # nobody can say from the records
        ("noise", _texts),  # how the record differs from the person
        ("first_night", _day),
    ]
)
PLACEMENTS = pa.schema(
    [
        ("night", _day),
        ("placing_la", _text),
        ("child_ref", _text),
        ("person_id", _text),
        ("source_ref", _text),
        ("placement_start", _day),
        ("place_code", _text),
        ("legal_status", _text),
        ("postcode", _text),  # as supplied
        ("temporary", _flag),
        ("in_extract", _flag),  # false: a snapshot lacks the child tonight
        ("out_of_area", _flag),  # null: nobody can locate it
        ("lost", _text),  # why nobody can locate it
        ("host_la", _text),
        ("host_force", _text),
        ("at_distance", _flag),
        ("cross_force", _flag),
        ("expected_state", _text),  # null: in area, so there is nothing to decide
        ("true_state", _text),  # as the expected one, with ambiguity resolved
        ("nominal_refs", _texts),  # the child's own in the host force
    ]
)
PERPETRATORS = pa.schema(
    [
        ("person_id", _text),
        ("authority", _text),
        ("record_ref", _text),
        ("record_kind", _text),  # nominal or person_of_concern
        ("in_scope", _flag),
        ("cross_border", _flag),  # in scope, and so is another authority's record
        ("decoy", _text),  # why it looks like one and must not be joined
    ]
)
CHANGES = pa.schema(
    [
        ("night", _day),
        ("authority", _text),  # whose extract shows it
        ("placing_la", _text),
        ("child_ref", _text),
        ("change", _text),
    ]
)
DISAGREEMENTS = pa.schema(
    [
        ("night", _day),
        ("difference", _text),  # the rule that should find it
        ("voice", _text),  # home or register
        ("host_la", _text),
        ("ref", _text),  # the host's own, of the row that is wrong or left out
        ("placing_la", _text),
        ("child_ref", _text),
        ("source_ref", _text),
        ("shielded", _flag),  # true: nobody may be told of it
    ]
)

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Truth:
    """The tables, which also lie in ``folder`` as Parquet under the same names."""

    folder: Path
    children: pa.Table
    nominals: pa.Table
    placements: pa.Table
    perpetrators: pa.Table
    changes: pa.Table
    disagreements: pa.Table

    def write(self) -> None:
        """Writes ``<folder>/<table>.parquet``; the same table gives the same bytes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (
            "children", "nominals", "placements", "perpetrators", "changes",
            "disagreements",
        ):  # fmt: skip
            pq.write_table(getattr(self, name), self.folder / f"{name}.parquet")


@dataclass(slots=True)
class Witness:
    """Sees every night and keeps what is true of it."""

    spec: RegionSpec
    places: Places
    _children: dict[Key, Row] = field(default_factory=dict)
    _nominals: dict[Key, Row] = field(default_factory=dict)
    _placements: list[Row] = field(default_factory=list)
    _changes: list[Row] = field(default_factory=list)
    _disagreements: list[Row] = field(default_factory=list)
    _last: World | None = None

    def see(self, world: World, happened: Iterable[Happening] = ()) -> None:
        for child in world.children.values():
            self._children.setdefault(child.key, _child_row(child, world.date))
        for force, nominals in world.nominals.items():
            for ref, nominal in nominals.items():
                if (force, ref) not in self._nominals:
                    self._nominals[force, ref] = _nominal_row(nominal, world.date)
        self._placements += placement_rows(self.places, world)
        self._changes += [
            {
                "night": each.night,
                "authority": each.authority,
                "placing_la": each.placing_la,
                "child_ref": each.child_ref,
                "change": each.change.value,
            }
            for each in happened
        ]
        self._disagreements += _disagreement_rows(self.spec, self.places, world)
        self._last = world

    def truth(self, folder: Path) -> Truth:
        """All that was seen.

        Raises:
            ValueError: no night has been seen.
        """
        if self._last is None:
            raise ValueError("there is no truth before the first night")
        return Truth(
            folder=folder,
            children=_table(self._children.values(), CHILDREN),
            nominals=_table(self._nominals.values(), NOMINALS),
            placements=_table(self._placements, PLACEMENTS),
            perpetrators=_table(_perpetrator_rows(self._last), PERPETRATORS),
            changes=_table(self._changes, CHANGES),
            disagreements=_table(self._disagreements, DISAGREEMENTS),
        )


def placement_rows(places: Places, world: World) -> list[Row]:
    """A row for each current placement of each looked-after child under 18."""
    holdings = Holdings(world)
    return [
        _placement_row(places, world, (child, placement), holdings)
        for child in world.children.values()
        if age_on(child.person.dob, world.date) < 18
        for placement in standing(child)
    ]


def _placement_row(
    places: Places, world: World, placed: tuple[Child, Placement], holdings: Holdings
) -> Row:
    child, placement = placed
    stay, host = placement.stay, placement.stay.host_la
    force = places.atlas.force_of(host) if host else None
    decided = stay.lost is not None or out_of_area(child, placement)
    own = places.force_of[child.authority]
    return {
        "night": world.date,
        "placing_la": child.authority,
        "child_ref": child.child_ref,
        "person_id": child.person.person_id,
        "source_ref": str(placement.number),
        "placement_start": began(child, placement),
        "place_code": stay.place_code,
        "legal_status": placement.legal_status,
        "postcode": stay.postcode,
        "temporary": placement.temporary,
        "in_extract": child.key not in world.absent,
        "out_of_area": None if stay.lost else decided,
        "lost": stay.lost.value if stay.lost else None,
        "host_la": host,
        "host_force": force,
        "at_distance": places.atlas.at_distance(child.authority, host)
        if host
        else None,
        "cross_force": force != own if force else None,
        "expected_state": state(places, child, placement, holdings).value
        if decided
        else None,
        "true_state": true_state(places, child, placement, holdings).value
        if decided
        else None,
        "nominal_refs": [each.nominal_ref for each in holdings.of(child, force)]
        if force
        else [],
    }


def _child_row(child: Child, night: dt.date) -> Row:
    return {
        "authority": child.authority,
        "child_ref": child.child_ref,
        "person_id": child.person.person_id,
        "household": child.person.household,
        "dob": child.person.dob,
        "uasc": child.person.uasc,
        "thin": child.thin,
        "canary": child.person.name.surname == canary.SURNAME,
        "risks": list(child.risks),
        "first_night": night,
    }


def _nominal_row(nominal: Nominal, night: dt.date) -> Row:
    return {
        "authority": nominal.force,
        "nominal_ref": nominal.nominal_ref,
        "person_id": nominal.person.person_id,
        "restricted": nominal.restricted,
        "resembles": nominal.resembles,
        "ambiguous": nominal.ambiguous,
        "noise": list(nominal.noise),
        "first_night": night,
    }


def _perpetrator_rows(world: World) -> list[Row]:
    """Every record in scope on the last night, and every decoy."""
    found: list[Row] = []
    authorities: dict[str, set[str]] = {}

    def add(record: Nominal | Concern, key: Key, kind: str, *, scope: bool) -> None:
        who = record.person.person_id
        if scope:
            authorities.setdefault(who, set()).add(key[0])
        found.append(
            {
                "person_id": who,
                "authority": key[0],
                "record_ref": key[1],
                "record_kind": kind,
                "in_scope": scope,
                "decoy": record.decoy,
            }
        )

    for concern in world.concerns:
        key = (concern.authority, concern.person_ref)
        add(concern, key, "person_of_concern", scope=True)
    for force, nominals in world.nominals.items():
        for ref, nominal in nominals.items():
            scope = in_scope(nominal, world.date)
            if scope or nominal.decoy:
                add(nominal, (force, ref), "nominal", scope=scope)
    for row in found:
        held_by = authorities.get(str(row["person_id"]), set())
        row["cross_border"] = row["in_scope"] is True and len(held_by) > 1
    return sorted(found, key=lambda row: (str(row["person_id"]), str(row["authority"])))


def _disagreement_rows(spec: RegionSpec, places: Places, world: World) -> list[Row]:
    """What hosts hold wrongly of children who are under 18 and in their extract."""
    holdings = Holdings(world)
    return [
        {
            "night": world.date,
            "difference": difference,
            "voice": row.voice,
            "host_la": row.host,
            "ref": row.ref,
            "placing_la": row.child.authority,
            "child_ref": row.child.child_ref,
            "source_ref": str(row.placement.number),
            "shielded": state(places, row.child, row.placement, holdings)
            is State.RESTRICTED,
        }
        for row, difference in hosted.wrong_rows(spec, places, world)
        if age_on(row.child.person.dob, world.date) < 18
    ]


def _table(rows: Iterable[Mapping[str, object]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema)
