"""The items of one form as a monitor compares them with the source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from trial_edc.casebook.display import display_trail_text
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.row_names import naming_items, row_name
from trial_edc.casebook.selectors.verification import ItemState, VerificationFilter, item_states
from trial_edc.crf import registry
from trial_edc.review.models import Query, SourceVerification
from trial_edc.review.selectors import open_queries


@dataclass(frozen=True)
class ItemLine:
    """One item in words. `verified_before` is the value somebody verified, where it has changed since.

    `by` and `at` tell who verified last, and when; `query` is the state of its unresolved query, '' without one;
    `removed` marks an item of a row that is gone.
    """

    item: ItemState
    label: Any
    value: str
    unit: str
    verified_before: str
    by: str
    at: datetime | None
    query: str
    query_url: str
    removed: bool


def item_lines(place: Place, record: Any, wanted: VerificationFilter) -> list[ItemLine]:
    """Return the items of a saved form that the filter asks for, in the order of the page, rows after it."""
    found = [item for item in item_states(place.subject.pk, [record.pk]) if item.is_in(wanted)]
    verified = _last_verified(record.pk)
    asked = {(query.record, query.field): query for query in open_queries().filter(root_record=record.pk)}
    rows = _rows_of(record)
    found.sort(key=lambda item: _order(item, rows))
    return [
        _line(place, item, rows, verified.get((item.record, item.field)), asked.get((item.record, item.field)))
        for item in found
    ]


def _last_verified(root: UUID) -> dict[tuple[UUID, str], SourceVerification]:
    rows = SourceVerification.objects.filter(root_record=root).select_related("verified_by", "change")
    return {(each.record, each.field): each for each in rows.order_by("verified_at", "pk")}


class _Row(NamedTuple):
    """Where a row stands in its table, and what it is called."""

    position: int
    name: str


def _rows_of(record: Any) -> dict[UUID, _Row]:
    """Return the rows of a form's tables: one statement per table."""
    tables: list[Any] = registry.row_tables(type(record))
    found = {}
    for table in tables:
        names = naming_items().get(table.crf.oid, ())
        for row in table._default_manager.filter(record=record.pk).values("pk", "position", *names):
            texts = {name: row[name] for name in names}
            found[row["pk"]] = _Row(row["position"], row_name(table.crf.oid, texts, row["position"]))
    return found


def _table(item: ItemState) -> Any:
    return registry.find_table(item.entity)


def _order(item: ItemState, rows: dict[UUID, _Row]) -> tuple[bool, bool, int, str, int]:
    names = list(_table(item).crf.fields)
    is_row = item.record != item.root
    return (
        is_row,
        is_row and item.record not in rows,
        rows[item.record].position if item.record in rows else 0,
        str(item.record) if is_row else "",
        names.index(item.field),
    )


def _line(
    place: Place, item: ItemState, rows: dict[UUID, _Row], last: SourceVerification | None, query: Query | None
) -> ItemLine:
    field = _table(item)._meta.get_field(item.field)
    changed = last is not None and not item.verified
    is_row = item.record != item.root
    return ItemLine(
        item=item,
        label=_label(field, item, rows),
        value=display_trail_text(field, item.text),
        unit=field.item.unit,
        verified_before=display_trail_text(field, last.change.new) if last and changed else "",
        by=last.verified_by.full_name if last else "",
        at=last.verified_at if last else None,
        query=query.state if query else "",
        query_url=_query_url(place, item),
        removed=is_row and item.record not in rows,
    )


def _label(field: Any, item: ItemState, rows: dict[UUID, _Row]) -> Any:
    if item.record == item.root:
        return field.verbose_name
    name = rows[item.record].name if item.record in rows else row_name(item.entity, {}, None)
    return _("%(item)s, %(row)s") % {"item": field.verbose_name, "row": name}


def _query_url(place: Place, item: ItemState) -> str:
    arguments = [place.subject.identifier, place.visit, place.oid, place.sequence, item.field]
    row = f"?row={item.record}" if item.record != item.root else ""
    return reverse("casebook:item-query", args=arguments) + row
