"""What people do about data points: ask, answer, close, verify. None of it changes data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.review.models import Query, QueryMessage, SourceVerification, address_of
from trial_edc.review.selectors import current_versions, current_versions_of_subject

NUMBERING_LOCK = 4_205_947_488
#: state -> what it may become and the permission that takes; whatever is not here is refused.
TRANSITIONS: dict[tuple[str, str], Permission] = {
    ("open", "answered"): Permission.ANSWER_QUERY,
    ("open", "closed"): Permission.CLOSE_QUERY,
    ("answered", "closed"): Permission.CLOSE_QUERY,
    ("answered", "open"): Permission.CLOSE_QUERY,
    ("closed", "open"): Permission.RAISE_QUERY,
    ("open", "cancelled"): Permission.RAISE_QUERY,
}


def raise_query(*, by: User, record: Any, field: str, text: str, source: str = "web", origin: str = "person") -> Query:
    """Ask about one item of a saved form; the text is the first message of the conversation."""
    if origin == Query.Origin.PERSON:
        require(by, Permission.RAISE_QUERY, record.subject.site)
    text = _said(text)
    names = {f.name for f, _item in registry.items(type(record))}
    if field not in names:
        raise DomainError(_("This form has no such field."))
    with acting(by, source=source):
        query = Query.objects.create(
            **address_of(record, field),
            number=_next_number(),
            visit=record.visit,
            sequence=record.sequence,
            origin=origin,
            value_at_opening=str(getattr(record, field) if getattr(record, field) is not None else ""),
            opened_at=timezone.now(),
            opened_by=by,
        )
        _say(query, by, text, Query.State.OPEN)
    return query


def move_query(*, by: User, query: Query, to: str, text: str, source: str = "web") -> Query:
    """Answer, close, reopen or cancel a query; refused unless the table of transitions allows it to this person."""
    text = _said(text)
    with acting(by, source=source):
        locked = Query.objects.select_for_update(of=("self",)).select_related("subject__site").get(pk=query.pk)
        permission = TRANSITIONS.get((locked.state, to))
        if permission is None:
            raise DomainError(_("This query is %(state)s. Reload the page.") % {"state": locked.get_state_display()})
        require(by, permission, locked.subject.site)
        if to == Query.State.CANCELLED and locked.opened_by_id != by.pk:
            raise DomainError(_("Only the person who raised a query can cancel it."))
        locked.state = to
        locked.save(update_fields=["state"])
        _say(locked, by, text, to)
    return locked


def answer_by_change(*, by: User, record: Any, fields: set[str]) -> None:
    """Mark open queries on changed items as answered; runs inside the transaction of the save."""
    for query in Query.objects.select_for_update().filter(record=record.pk, field__in=fields, state=Query.State.OPEN):
        query.state = Query.State.ANSWERED
        query.save(update_fields=["state"])
        _say(query, by, _("The value was changed."), Query.State.ANSWERED)


def verify_items(*, by: User, record: Any, fields: set[str] | None = None) -> int:
    """Note that the monitor saw the present values (all, or `fields`) of a form in the source; return how many."""
    require(by, Permission.VERIFY_SOURCE, record.subject.site)
    with acting(by):
        items = _item_columns(type(record))
        return _verify(by, record.subject_id, current_versions(record.pk), items, fields)


def verify_subject(*, by: User, subject: Any) -> int:
    """Note that the monitor compared every form of a subject with the source, as it stands; return how many items."""
    require(by, Permission.VERIFY_SOURCE, subject.site)
    items = {pair for model in registry.all_forms() for pair in _item_columns(model)}
    with acting(by):
        return _verify(by, subject.pk, current_versions_of_subject(subject.pk), items, None)


def _verify(
    by: User, subject_id: UUID, versions: Iterable[ItemChange], items: set[tuple[str, str]], fields: set[str] | None
) -> int:
    chosen = [
        version
        for version in versions
        if (version.entity, version.field) in items and (fields is None or version.field in fields)
    ]
    known = set(SourceVerification.objects.filter(change__in=chosen).values_list("change_id", flat=True))
    fresh = [_verification(subject_id, version, by) for version in chosen if version.pk not in known]
    SourceVerification.objects.bulk_create(fresh)
    return len(fresh)


def unverify_items(*, by: User, record: Any, fields: set[str]) -> int:
    """Take back the verification of the present values of some items; return how many."""
    require(by, Permission.VERIFY_SOURCE, record.subject.site)
    with acting(by):
        latest = [change for change in current_versions(record.pk) if change.field in fields]
        held = SourceVerification.objects.filter(change__in=latest)
        count = held.count()
        held.delete()
    return count


def _item_columns(model: Any) -> set[tuple[str, str]]:
    tables: list[Any] = [model, *registry.row_tables(model)]
    return {(table.crf.oid, str(field.column)) for table in tables for field, _item in registry.items(table)}


def _verification(subject_id: UUID, version: ItemChange, by: User) -> SourceVerification:
    return SourceVerification(
        subject_id=subject_id,
        record=version.record,
        root_record=version.root,
        field=version.field,
        change=version,
        verified_at=timezone.now(),
        verified_by=by,
    )


def _said(text: str) -> str:
    text = text.strip()
    if len(text) < 3 or not any(c.isalnum() for c in text):
        raise DomainError(_("Write a sentence of at least 3 characters."), field="text")
    if len(text) > 4000:
        raise DomainError(_("Write at most 4,000 characters."), field="text")
    return text


def _say(query: Query, by: User, text: str, state: str) -> None:
    QueryMessage.objects.create(
        query=query, subject_id=query.subject_id, text=text, new_state=state, said_at=timezone.now(), said_by=by
    )


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        cursor.execute("SELECT COALESCE(max(number), 0) + 1 FROM review_query")
        return int(cursor.fetchone()[0])
