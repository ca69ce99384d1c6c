"""One form of a subject as it was at a cut-off, with everything that hangs on its items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from dosing.models import DltAdjudication
from reports.casebook.chain import Chain
from reports.casebook.content import (
    Adjudicated,
    Change,
    Computed,
    Confirmed,
    Form,
    Item,
    Row,
    Said,
    Signed,
    Table,
    Thread,
    Turn,
)
from trial_edc.audit.models import ItemChange
from trial_edc.audit.signatures import given
from trial_edc.crf import registry
from trial_edc.crf.models import CrfRecord, FormStatus
from trial_edc.review.models import MissingReason, Query, QueryMessage, RuleResult, SoftConfirmation, SourceVerification
from trial_edc.review.selectors import UNRESOLVED


class FormReader:
    """Reads the forms of one subject; what is said about them is gathered once."""

    def __init__(self, chain: Chain, *, with_trail: bool) -> None:
        self.chain, self.with_trail = chain, with_trail
        self.records: dict[str, list[Any]] = {model.crf.oid: chain.rows(model) for model in registry.all_forms()}
        self.rows: dict[tuple[str, UUID], list[Any]] = defaultdict(list)
        tables: list[Any] = list(registry.all_rows())
        for table in tables:
            for row in sorted(chain.rows(table), key=lambda row: (row.position, str(row.pk))):
                self.rows[table.crf.oid, row.record_id].append(row)
        self.missing = {(each.record, each.field): each.code for each in chain.rows(MissingReason)}
        self.confirmations = _grouped(chain.rows(SoftConfirmation), "record")
        self.results = _grouped(chain.rows(RuleResult), "root")
        self.adjudications = {each.adverse_event_id: each for each in chain.rows(DltAdjudication)}
        self.verified = {each.change_id: self._verified(each) for each in chain.rows(SourceVerification)}
        self.queries = _grouped(chain.rows(Query), "root_record")
        self.asked: dict[tuple[UUID, str], list[int]] = defaultdict(list)
        for query in sorted((q for found in self.queries.values() for q in found), key=lambda q: q.number):
            if query.state in UNRESOLVED:
                self.asked[query.record, query.field].append(query.number)
        self.turns = _grouped(chain.rows(QueryMessage), "query_id")
        roots = [record.pk for records in self.records.values() for record in records]
        self.signatures: dict[UUID, list[Signed]] = defaultdict(list)
        for row, holds in given(roots, as_of=chain.cutoff):
            said = Said(row.printed_name, row.signed_at)
            self.signatures[row.root].append(Signed(said, row.role_title, row.meaning, holds))

    def _verified(self, row: SourceVerification) -> Said:
        change = self.chain.versions(SourceVerification, row.pk, "change_id")[-1]
        return Said(change.changed_by_name, change.changed_at)

    def form(self, record: Any) -> Form:
        """Return one form."""
        return Form(
            key=str(record.pk),
            oid=record.crf.oid,
            visit=record.visit,
            sequence=record.sequence,
            amendment=record.amendment,
            state=record.status,
            items=tuple(self._items(type(record), record, record)),
            tables=tuple(self._tables(record)),
            completed=self._completed(record),
            not_done=self._not_done(record),
            threads=tuple(self._thread(query) for query in sorted(self.queries[record.pk], key=lambda q: q.number)),
            signatures=tuple(self.signatures[record.pk]),
            computed=self.computed(record.pk),
            confirmed=tuple(self._confirmed(record.pk)),
            adjudicated=self._adjudicated(record.pk),
            changes=tuple(self._changes(record)) if self.with_trail else (),
        )

    def _items(self, model: Any, record: Any, form: Any) -> Iterator[Item]:
        asked = {field.name for field, _item in registry.items(model, form.amendment)}
        for field, meaning in registry.items(model):
            versions = self.chain.versions(model, record.pk, str(field.column))
            text = versions[-1].new if versions else None
            if field.name not in asked and not text:
                continue
            seen = [each for each in versions if each.pk in self.verified]
            present = self.verified.get(versions[-1].pk) if versions else None
            yield Item(
                table=model.crf.oid,
                field=field.name,
                text=text,
                missing=self.missing.get((record.pk, field.name), ""),
                verified=None if meaning.fixed else present,
                changed=bool(seen) and present is None and not meaning.fixed,
                critical=meaning.critical and not meaning.fixed,
                fixed=meaning.fixed,
                applies=meaning.applies_to(record),
                queries=tuple(self.asked[record.pk, field.name]),
            )

    def _tables(self, record: Any) -> Iterator[Table]:
        tables: list[Any] = registry.row_tables(type(record))
        asked = registry.row_tables(type(record), record.visit)
        for table in tables:
            rows = self.rows[table.crf.oid, record.pk]
            if rows or table in asked:
                lines = (Row(row.position, tuple(self._items(table, row, record))) for row in rows)
                yield Table(table.crf.oid, tuple(lines))

    def _completed(self, record: CrfRecord) -> Said | None:
        if record.completed_at is None:
            return None
        change = self.chain.last(type(record), record.pk, "completed_by_id")
        return Said(change.changed_by_name if change else "", record.completed_at)

    def _not_done(self, record: Any) -> tuple[str, Said] | None:
        if record.status != FormStatus.NOT_DONE:
            return None
        change = self.chain.versions(type(record), record.pk, "status")[-1]
        return change.reason, Said(change.changed_by_name, change.changed_at)

    def _place(self, table: str, record: UUID, root: UUID) -> int | None:
        """Return the position of a row, 0 for one that was removed, None for the form itself."""
        if record == root:
            return None
        return next((row.position for row in self.rows[table, root] if row.pk == record), 0)

    def _thread(self, query: Query) -> Thread:
        turns = sorted(self.turns[query.pk], key=lambda each: (each.said_at, str(each.pk)))
        return Thread(
            number=query.number,
            table=query.form,
            field=query.field,
            row=self._place(query.form, query.record, query.root_record),
            state=query.state,
            origin=query.origin,
            value=query.value_at_opening,
            turns=tuple(
                Turn(Said(self.chain.author(QueryMessage, each.pk), each.said_at), each.new_state, each.text)
                for each in turns
            ),
        )

    def computed(self, root: UUID) -> tuple[Computed, ...]:
        """Return what the rules had computed about a form, or about the subject, at the cut-off."""
        found = sorted(self.results[root], key=lambda each: each.rule)
        return tuple(
            Computed(
                rule=each.rule,
                version=each.rule_version,
                because=each.because,
                computed_at=each.computed_at,
                grade=each.output.get("grade"),
                details=tuple(f"{line[1]}: {line[3]}" for line in each.output.get("grades") or ()),
            )
            for each in found
        )

    def _confirmed(self, record: UUID) -> Iterator[Confirmed]:
        for each in sorted(self.confirmations[record], key=lambda each: (each.check_oid, each.confirmed_at)):
            said = Said(self.chain.author(SoftConfirmation, each.pk), each.confirmed_at)
            yield Confirmed(each.check_oid, each.value, each.explanation, said)

    def _adjudicated(self, event: UUID) -> Adjudicated | None:
        found = self.adjudications.get(event)
        if found is None:
            return None
        change = self.chain.versions(DltAdjudication, found.pk, "adjudicated_at")[-1]
        return Adjudicated(found.verdict, found.rationale, Said(change.changed_by_name, found.adjudicated_at))

    def _changes(self, record: Any) -> Iterator[Change]:
        """Yield the versions of every item, item by item in the order of the page, and of the state of the form."""
        order = _columns(type(record))
        known = [each for each in self.chain.of_form(record.pk) if (each.entity, each.field) in order]
        told = [each for each in known if each.old is not None or each.new not in (None, "", "[]")]
        places = {each.record: self._place(each.entity, each.record, record.pk) for each in told}

        def key(change: ItemChange) -> tuple[int, int, str, int]:
            table, column = order[change.entity, change.field]
            row = places[change.record]
            return table, column if row is None else row * 1000 + column, str(change.record), change.pk

        for each in sorted(told, key=key):
            said = Said(each.changed_by_name, each.changed_at)
            yield Change(
                each.entity, each.field, places[each.record], each.old, each.new, said, each.reason, each.source
            )


def _grouped(rows: list[Any], name: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _columns(model: Any) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the order of every item of a form and of its rows, by (table, column); the state of the form is last."""
    tables: list[Any] = [model, *registry.row_tables(model)]
    found = {
        (table.crf.oid, str(field.column)): (number, place)
        for number, table in enumerate(tables)
        for place, (field, _item) in enumerate(registry.items(table))
    }
    return found | {(model.crf.oid, "status"): (len(tables), 0)}
