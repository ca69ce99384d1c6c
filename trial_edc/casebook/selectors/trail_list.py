"""The audit trail as a list: who may read which part, filters in the address, pages by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from trial_edc.accounts.access import may, memberships, midnight, sites_of
from trial_edc.accounts.models import Membership, User
from trial_edc.accounts.roles import ROLES, Permission
from trial_edc.audit.context import SOURCES
from trial_edc.audit.models import AccessEvent, ItemChange
from trial_edc.casebook.selectors.trail import form_title
from trial_edc.casebook.trail_review import PATTERNS, with_pattern
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import DateText, parse_full_date

#: Chain of the changes that concern no subject.
NO_SUBJECT = UUID(int=0)
PEOPLE = "accounts."
#: Kinds of change: name in the address -> condition.
ACTIONS = {
    "entered": Q(old__isnull=True),
    "changed": Q(old__isnull=False, new__isnull=False),
    "removed": Q(new__isnull=True),
    "signed": Q(entity="audit.signature", field="meaning"),
    "verified": Q(entity="review.sourceverification", field="field"),
    "queried": Q(entity="review.querymessage", field="text"),
    "closed": Q(entity="review.closure") | Q(entity="review.unlockrequest"),
    "permission": Q(entity__startswith=PEOPLE),
}


@dataclass(frozen=True)
class TrailFilter:
    """Which changes a page shows; empty text means all."""

    first: str = ""
    last: str = ""
    person: str = ""
    subject: str = ""
    form: str = ""
    item: str = ""
    role: str = ""
    action: str = ""
    source: str = ""
    pattern: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> TrailFilter:
        """Return the filter an address carries."""
        return cls(**{each.name: str(parameters.get(each.name, "")).strip()[:60] for each in fields(cls)})

    def query(self, **more: str) -> str:
        """Return the filter as address parameters."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)} | more
        return urlencode({name: value for name, value in kept.items() if value})

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Return the first instant and the instant after the last day; DomainError for a date that cannot be read."""
        first, last = _day(self.first, "first"), _day(self.last, "last")
        end = None if last is None else last + timedelta(days=1)
        return _midnight(first), _midnight(end)

    def narrow(self, changes: QuerySet[ItemChange]) -> QuerySet[ItemChange]:
        """Return the changes that the filter lets through."""
        start, end = self.period()
        if start is not None:
            changes = changes.filter(changed_at__gte=start)
        if end is not None:
            changes = changes.filter(changed_at__lt=end)
        if self.person:
            changes = changes.filter(changed_by_name__icontains=self.person)
        if self.subject:
            chains = subject_model().objects.filter(identifier__iexact=self.subject).values_list("pk", flat=True)
            changes = changes.filter(chain__in=list(chains))
        if self.form:
            changes = changes.filter(entity=self.form)
        if self.item:
            changes = changes.filter(field__in=columns_called(self.item))
        if self.role:
            people = Membership.objects.filter(role=self.role).values("user")
            changes = changes.filter(changed_by__in=people)
        if self.pattern:
            changes = with_pattern(changes, self.pattern)
        if self.action:
            changes = changes.filter(ACTIONS.get(self.action, Q(pk=None)))
        return changes.filter(source=self.source) if self.source else changes


def columns_called(text: str) -> list[str]:
    """Return the columns whose name or label holds a text, whatever the form."""
    wanted = text.casefold()
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    found = {
        str(field.column)
        for table in tables
        for field, _item in registry.items(table)
        if wanted in field.name.casefold() or wanted in str(field.verbose_name).casefold()
    }
    return sorted(found | {text})


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    try:
        return parse_full_date(text)
    except DateText as problem:
        raise DomainError(_(problem.template) % problem.values, field=name) from None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else midnight(day)


def readable_changes(user: User) -> QuerySet[ItemChange]:
    """Return the part of the trail a person may read.

    Who may not see subjects (the administrator) reads the changes of people and roles alone. Everyone else reads the
    changes of the subjects of their sites, and what concerns no subject.
    """
    sites = sites_of(user, Permission.VIEW_AUDIT)
    if not may(user, Permission.VIEW_SUBJECTS):
        return ItemChange.objects.filter(entity__startswith=PEOPLE)
    own = subject_model().objects.filter(site__in=sites).values("pk")
    return ItemChange.objects.filter(Q(chain__in=own) | Q(chain=NO_SUBJECT))


def readable_events(user: User) -> QuerySet[AccessEvent]:
    """Return the access events a person may read: all of them, or those of the people of their own site."""
    events = AccessEvent.objects.order_by("-id")
    return events if reads_all_sites(user) else events.filter(by_id__in=colleagues(user).values("pk"))


@dataclass(frozen=True)
class EventFilter:
    """Which access events a page shows; empty text means all."""

    first: str = ""
    last: str = ""
    person: str = ""
    kind: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> EventFilter:
        """Return the filter an address carries."""
        return cls(**{each.name: str(parameters.get(each.name, "")).strip()[:60] for each in fields(cls)})

    def query(self, **more: str) -> str:
        """Return the filter as address parameters."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)} | more
        return urlencode({name: value for name, value in kept.items() if value})

    def narrow(self, events: QuerySet[AccessEvent]) -> QuerySet[AccessEvent]:
        """Return the events that the filter lets through; DomainError for a date that cannot be read."""
        start, end = TrailFilter(first=self.first, last=self.last).period()
        if start is not None:
            events = events.filter(at__gte=start)
        if end is not None:
            events = events.filter(at__lt=end)
        if self.person:
            events = events.filter(by_name__icontains=self.person)
        return events.filter(action=self.kind) if self.kind else events


def reads_all_sites(user: User) -> bool:
    """Test whether someone reads the trail of every site, now and to come."""
    return any(m.site_id is None and m.definition.may(Permission.VIEW_AUDIT) for m in memberships(user))


def colleagues(user: User) -> QuerySet[User]:
    """Return the people who have or had a role at a site whose trail this person reads."""
    return User.objects.filter(memberships__site__in=sites_of(user, Permission.VIEW_AUDIT))


def page(changes: QuerySet[ItemChange], *, before: str, size: int) -> tuple[list[ItemChange], int | None]:
    """Return one page of changes, newest first, and the key of the next page (None at the end)."""
    if before.isdecimal():
        changes = changes.filter(pk__lt=min(int(before), 2**62))
    found = list(changes.order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


#: One step in the index per entity; counting distinct values would read the whole trail.
ENTITIES = """
WITH RECURSIVE known AS (
    (SELECT entity FROM audit_itemchange ORDER BY entity LIMIT 1)
    UNION ALL
    SELECT (SELECT entity FROM audit_itemchange c WHERE c.entity > known.entity ORDER BY entity LIMIT 1)
    FROM known WHERE known.entity IS NOT NULL
)
SELECT entity FROM known WHERE entity IS NOT NULL
"""


def known_entities() -> list[str]:
    """Return what the trail has changes of: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ENTITIES)
        return [entity for (entity,) in cursor.fetchall()]


def choices(user: User) -> dict[str, list[tuple[str, Any]]]:
    """Return what the filter bar offers."""
    only_people = not may(user, Permission.VIEW_SUBJECTS)
    readable = [entity for entity in known_entities() if not only_people or entity.startswith(PEOPLE)]
    return {
        "forms": sorted(((entity, str(form_title(entity))) for entity in readable), key=lambda pair: pair[1]),
        "actions": [
            ("entered", _("Entered")), ("changed", _("Changed")), ("removed", _("Removed")), ("signed", _("Signed")),
            ("verified", _("Verified")), ("queried", _("Query message")), ("closed", _("Frozen, locked, reopened")),
            ("permission", _("People and permissions")),
        ],
        "roles": [(role.code, _(role.title)) for role in ROLES.values()],
        "patterns": list(PATTERNS.items()),
        "sources": [(source, source) for source in SOURCES],
    }  # fmt: skip
