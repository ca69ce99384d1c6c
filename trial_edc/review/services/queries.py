"""Queries as people move them: ask, answer, hand over, close, ask again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.review.models import Query, QueryMessage, address_of, form_of
from trial_edc.review.selectors import ACTING_ROLES, MOVING
from trial_edc.review.services.locking import lock_subjects

NUMBERING_LOCK = 4_205_947_488
#: Who has to act on an open query unless somebody else is named.
ANSWERING_ROLE = "coordinator"
#: Who closes what no person asked.
CLOSING_ROLE = "data-manager"
#: state -> what it may become and the permission that takes; whatever is not here is refused.
TRANSITIONS: dict[tuple[str, str], Permission] = {
    ("open", "answered"): Permission.ANSWER_QUERY,
    ("open", "closed"): Permission.CLOSE_QUERY,
    ("answered", "closed"): Permission.CLOSE_QUERY,
    ("answered", "open"): Permission.CLOSE_QUERY,
    ("closed", "open"): Permission.RAISE_QUERY,
    ("open", "cancelled"): Permission.RAISE_QUERY,
    ("answered", "cancelled"): Permission.RAISE_QUERY,
}


def raise_query(*, by: User, record: Any, field: str, text: str, source: str = "web") -> Query:
    """Ask about one item of a saved form or of one of its rows; the text is the first message."""
    require(by, Permission.RAISE_QUERY, record.subject.site)
    text = _said(text)
    with acting(by, source=source):
        lock_subjects([record.subject_id])
        return open_query(by=by, record=record, field=field, text=text, origin=Query.Origin.PERSON)


def open_query(*, by: User, record: Any, field: str, text: str, origin: str, rule: str = "") -> Query:
    """Write the query and its first message; runs inside `acting` with the subject locked."""
    if field not in {f.name for f, _item in registry.items(type(record))}:
        raise DomainError(_("This form has no such field."))
    if not type(record)._default_manager.filter(pk=record.pk).exists():
        raise DomainError(_("This was removed in the meantime. Reload the page."))
    form, value = form_of(record), getattr(record, field)
    query = Query.objects.create(
        **address_of(record, field),
        root_record=form.pk,
        number=_next_number(),
        visit=form.visit,
        sequence=form.sequence,
        origin=origin,
        rule=rule,
        assigned_role=ANSWERING_ROLE,
        value_at_opening=str(value if value is not None else ""),
        opened_at=timezone.now(),
        opened_by=by,
    )
    say(query, by, text)
    return query


def move_query(*, by: User, query: Query, to: str, text: str, source: str = "web") -> Query:
    """Answer, close, reopen or cancel a query; refused unless the table of transitions allows it to this person."""
    text = _said(text)
    with acting(by, source=source):
        locked = _locked(query)
        permission = TRANSITIONS.get((locked.state, to))
        if permission is None:
            raise DomainError(_("This query is %(state)s. Reload the page.") % {"state": locked.get_state_display()})
        require(by, permission, locked.subject.site)
        if to == Query.State.CANCELLED and locked.opened_by_id != by.pk:
            raise DomainError(_("Only the person who raised a query can cancel it."))
        turn(locked, by, to, text)
    return locked


def assign_query(*, by: User, query: Query, role: str = "", person: User | None = None) -> Query:
    """Name the role, or the person, who has to act next on an unresolved query."""
    site = query.subject.site
    if not may_act(by, site):
        raise PermissionDenied(_("Your role does not allow this."))
    allowed = may_act(person, site) if person else role in ACTING_ROLES
    if not allowed:
        raise DomainError(_("Choose a role or a person that answers or closes queries of this site."), field="assignee")
    with acting(by):
        locked = _locked(query)
        if not locked.is_unresolved:
            raise DomainError(_("This query is %(state)s. Reload the page.") % {"state": locked.get_state_display()})
        locked.assigned_to, locked.assigned_role = person, "" if person else role
        locked.save(update_fields=["assigned_to", "assigned_role"])
    return locked


def may_act(person: User, site: Site) -> bool:
    """Test whether a person answers or closes queries of a site."""
    return any(may(person, permission, site) for permission in MOVING)


def answer_by_change(*, by: User, record: Any, fields: set[str]) -> None:
    """Mark open queries on changed items of a form or row as answered; runs inside the transaction of the save."""
    for query in Query.objects.select_for_update().filter(record=record.pk, field__in=fields, state=Query.State.OPEN):
        turn(query, by, Query.State.ANSWERED, _("The value was changed."))


def turn(query: Query, by: User, to: str, text: str) -> None:
    """Write the next state of a locked query with its message, and who has to act after it."""
    if to == Query.State.OPEN:
        query.reopened += 1
        query.assigned_to, query.assigned_role = None, ANSWERING_ROLE
    elif to == Query.State.ANSWERED:
        by_person = query.origin == Query.Origin.PERSON
        query.assigned_to_id = query.opened_by_id if by_person else None
        query.assigned_role = "" if by_person else CLOSING_ROLE
    query.state = to
    query.save(update_fields=["state", "reopened", "assigned_to", "assigned_role"])
    say(query, by, text)


def say(query: Query, by: User, text: str) -> None:
    """Add a message to the conversation in its present state."""
    QueryMessage.objects.create(
        query=query, subject_id=query.subject_id, text=text, new_state=query.state, said_at=timezone.now(), said_by=by
    )


def _locked(query: Query) -> Query:
    lock_subjects([query.subject_id])
    return Query.objects.select_for_update(of=("self",)).select_related("subject__site").get(pk=query.pk)


def _said(text: str) -> str:
    text = text.strip()
    if len(text) < 3 or not any(c.isalnum() for c in text):
        raise DomainError(_("Write a sentence of at least 3 characters."), field="text")
    if len(text) > 4000:
        raise DomainError(_("Write at most 4,000 characters."), field="text")
    return text


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        cursor.execute("SELECT COALESCE(max(number), 0) + 1 FROM review_query")
        return int(cursor.fetchone()[0])
