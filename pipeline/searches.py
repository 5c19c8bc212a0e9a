"""A wider search, asked for on the portal: one child against a force's whole register.

The portal holds no extracts, so it can only ask. The records are those of the latest
night; nothing is blocked and next to nothing is too unlikely, for whoever asks has
looked at what a night finds and found the child nowhere in it. A restricted record is
left out as if it were not there, and of a shielded child nothing is searched (law 6).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError

from notifications.documents import Review
from notifications.facts import State
from notifications.feed import EventType, SearchAsked
from notifications.identity import review_id
from notifications.outcome import ReviewRequest
from notifications.search_answers import FoundView, SearchAnswer
from pipeline.errors import NothingBefore
from pipeline.reviews import Reviewed, documents_of, read_records
from pipeline.run import MODELS, Run
from pipeline.tonight import kept, tables_of
from records.authorities import AuthorityKind
from records.dates import plausible_birth_date
from records.names import plain_name

if TYPE_CHECKING:
    from matching.evidence import Candidate
    from pipeline.wishes import Answered
    from register.events import Event

FLOOR = 1e-6
"""How unlikely a record may be and still be shown: far below a night's own floor."""
MOST_FOUND = 15
MOST_PUT_TO_PEOPLE = 5
"""Of what was found, the likeliest become pairs that a reviewer can judge."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer, and the questions that it points to."""

    document: SearchAnswer
    reviews: tuple[Review, ...] = ()


def answer_searches(run: Run, now: dt.datetime, answered: "Answered") -> None:
    """Carries every new search out, once; each is answered by a document.

    Searching takes its time, so it is done before the register is written to.
    """
    from register.engine import reading, writing
    from register.runs import runs
    from register.searches import answer
    from register.wishes import answered as mark
    from register.wishes import unanswered, waiting

    with reading(run.register) as connection:
        wishes = waiting(connection, EventType.SEARCH_ASKED)
        nights = runs(connection, run.region.region) if wishes else ()
    if not nights:
        return  # no night, no pair that one can be asked on: they wait for it
    night = replace(
        run, business_date=nights[-1].business_date, run_id=nights[-1].run_id
    )
    found = {one.event_id: _found(run, night, one, answered) for one in wishes}
    with writing(run.register) as connection:
        wishes = unanswered(connection, EventType.SEARCH_ASKED)
        done = [one for one in wishes if one.event_id in found]
        for one in done:
            what = found[one.event_id]
            if what is not None:
                answer(connection, nights[-1], what.document, what.reviews, now)
                answered.counts["searched"] += 1
        if done:
            mark(connection, EventType.SEARCH_ASKED, done[-1])


def _found(run: Run, night: Run, wish: "Event", answered: "Answered") -> _Found | None:
    """What a wish brings; ``None`` when it does not say what to look for."""
    from register.engine import reading
    from register.searches import asked_on, states_of

    try:
        asked = SearchAsked.model_validate(dict(wish.data))
        search_id = UUID(wish.event_id)
    except (ValidationError, ValueError):
        answered.problems.append(
            f"event {wish.event_id} asks for a search and does not say of what; tell "
            "whoever runs the portal"
        )
        return None
    with reading(run.register) as connection:
        pair = asked_on(connection, asked.review_id)
        states = (
            frozenset[State]()
            if pair is None
            else states_of(
                connection,
                pair.left.authority,
                pair.left.record_ref,
                night.business_date,
            )
        )
    search = _Search(run, night, search_id, asked)
    if pair is None or not states:
        return search.nothing("no_child")
    if State.RESTRICTED in states:
        return search.nothing("shielded")
    return search.of(pair)


@dataclass(frozen=True, slots=True)
class _Search:
    run: Run
    night: Run
    search_id: UUID
    asked: SearchAsked

    def nothing(self, outcome: Any) -> _Found:
        """An answer without records, that says why there are none."""
        return _Found(self._answer(outcome=outcome, as_of=None, searched=0, found=()))

    def of(self, pair: Review) -> _Found:
        """The likeliest records of the force, without those on the pair's own page."""
        force = self.asked.authority
        if force not in self.run.region.of_kind(AuthorityKind.POLICE):
            return self.nothing("no_records")
        try:
            children = self.night.workspace.read("standardise", "child_persons")
            nominals = self.night.workspace.read(
                "standardise", "nominal_persons", force
            )
            picture = kept(self.night)[force]
            restricted = _restricted(tables_of(self.night, picture)["nominals"])
        except NothingBefore:
            return self.nothing("no_records")
        child = _the_child(children, pair)
        if child is None:
            return self.nothing("no_child")
        nominals = nominals.filter(
            pc.invert(pc.is_in(nominals.column("record_ref"), value_set=restricted))
        )
        if not nominals.num_rows:
            return self.nothing("no_records")
        shown = {pair.right.record_ref, *(one.record.record_ref for one in pair.rivals)}
        candidates = [
            one
            for one in self._candidates(child, nominals)
            if pair.right.authority != force or one.record_ref not in shown
        ][:MOST_FOUND]
        source = Reviewed(self.night, children, self.run.rulebook())
        reviews, put = self._reviews(source, pair, candidates)
        read_records(source, nominals, {one.record_ref for one in candidates})
        found = tuple(
            FoundView(
                record=source.views[force, one.record_ref],
                weight=one.weight,
                probability=one.probability,
                review_id=put.get(one.record_ref),
            )
            for one in candidates
        )
        answer = self._answer(
            outcome="searched",
            as_of=picture.as_of,
            searched=nominals.num_rows,
            found=found,
        )
        return _Found(answer, reviews)

    def _candidates(
        self, child: Mapping[str, Any], nominals: pa.Table
    ) -> "tuple[Candidate, ...]":
        from matching.blocking import EVERYBODY
        from matching.explain import candidates
        from matching.model import Model
        from matching.reference import link

        model = Model.load(MODELS / self.run.region.matching.model)
        left = pa.Table.from_pylist(
            [with_hints(child, self.asked, self.night.business_date)],
            schema=nominals.schema,
        )
        pairs = link(left, nominals, model, FLOOR, EVERYBODY)
        return candidates(pairs).get((child["authority"], child["record_ref"]), ())

    def _reviews(
        self, source: Reviewed, pair: Review, found: "list[Candidate]"
    ) -> tuple[tuple[Review, ...], dict[str, UUID]]:
        """The questions to be put, and by record the question that each is in."""
        from register.engine import reading
        from register.searches import already_asked

        child = pair.left
        ids = {
            one.record_ref: review_id(child.authority, child.record_ref, one)
            for one in found
        }
        with reading(self.run.register) as connection:
            before = already_asked(connection, ids.values())
        put = {ref: key for ref, key in ids.items() if key in before}
        new = [one for one in found if one.record_ref not in put][:MOST_PUT_TO_PEOPLE]
        put |= {one.record_ref: ids[one.record_ref] for one in new}
        requests = [
            ReviewRequest(
                review_id=ids[one.record_ref],
                placing_la=child.authority,
                child_ref=child.record_ref,
                placement_ref="",
                candidate=one,
                rivals=tuple(other for other in found if other is not one)[:10],
                household=(),
                deadline=pair.deadline,
                hangs_on_it="A reviewer found it by a wider search. "
                + pair.hangs_on_it,
                stake=pair.stake or "waits",
                priority=pair.priority,
                created_on=self.night.business_date,
            )
            for one in new
        ]
        documents = documents_of(source, requests)
        asked_by = {"asked_by": self.search_id}
        return tuple(one.model_copy(update=asked_by) for one in documents), put

    def _answer(self, **said: Any) -> SearchAnswer:
        force = self.asked.authority
        return SearchAnswer(
            search_id=self.search_id,
            review_id=self.asked.review_id,
            authority=force,
            authority_name=self.run.rulebook().name(force),
            answered_on=self.night.business_date,
            **said,
        )


def with_hints(
    child: Mapping[str, Any], asked: SearchAsked, on: dt.date
) -> dict[str, Any]:
    """The child's record as PERSONS, with the names and the birth year to look under.

    They are added as an alias is: what the record itself says is compared too. Its
    content hash stays, since a judgement is of the record and not of the hints.
    """
    row = dict(child)
    names = [dict(one) for one in row["names"]]
    own = names[0] if names else {"forename": None, "surname": None}
    forename = plain_name(asked.forename) or own["forename"]
    surname = plain_name(asked.surname) or own["surname"]
    for one in (
        {"forename": forename, "surname": surname},
        {"forename": forename, "surname": own["surname"]},
        {"forename": own["forename"], "surname": surname},
    ):
        if one not in names and any(one.values()):
            names.append(one)
    row["names"] = names
    if asked.birth_year is not None:
        row["dobs"] = _with_year(list(row["dobs"]), asked.birth_year, on)
    return row


def _with_year(dobs: list[dt.date], year: int, on: dt.date) -> list[dt.date]:
    first = dobs[0] if dobs else dt.date(year, 1, 1)
    try:
        other = first.replace(year=year)
    except ValueError:  # 29 February
        other = dt.date(year, 2, 28)
    date = plausible_birth_date(other, on=on)
    return dobs if date is None or date in dobs else [*dobs, date]


def _the_child(children: pa.Table, pair: Review) -> dict[str, Any] | None:
    """The child's record of the latest night."""
    mine = pc.and_(
        pc.equal(children.column("authority"), pair.left.authority),
        pc.equal(children.column("record_ref"), pair.left.record_ref),
    )
    rows: list[dict[str, Any]] = children.filter(mine).to_pylist()
    return rows[0] if rows else None


def _restricted(nominals: pa.Table) -> pa.Array:
    """The references of restricted nominals, and of whoever is one person with them."""
    rows = nominals.select(
        ["nominal_ref", "golden_nominal_ref", "restricted"]
    ).to_pylist()
    golden = {
        row["nominal_ref"]: row["golden_nominal_ref"] or row["nominal_ref"]
        for row in rows
    }
    shielded = {golden[row["nominal_ref"]] for row in rows if row["restricted"]}
    return pa.array(
        sorted(ref for ref, head in golden.items() if head in shielded), pa.string()
    )
