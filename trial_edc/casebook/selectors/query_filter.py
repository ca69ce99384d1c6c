"""Which queries a list shows: filters that live in the address, and how old a query is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate

from trial_edc.accounts.access import memberships
from trial_edc.accounts.models import User
from trial_edc.crf import registry
from trial_edc.review.models import Query, QueryMessage
from trial_edc.review.selectors import UNRESOLVED

#: Values of `state` in the address beyond the states themselves.
UNRESOLVED_NAME, ALL_NAME = "unresolved", "all"
MINE = "mine"
#: `sort` in the address -> order; without one, the newest first.
ORDERS = {"": ("-number",), "age": ("-age", "number"), "-age": ("age", "-number")}
LONGEST_AGE = 9999


@dataclass(frozen=True)
class QueryFilter:
    """The part of an address that narrows queries; empty text means all.

    `state` is a state, "unresolved" or "all"; `form` an OID, whose tables of rows are meant too; `type` an origin;
    `assigned` "mine" or ''; `age` the least age in days; `text` words of a message, or a number.
    """

    state: str = UNRESOLVED_NAME
    form: str = ""
    type: str = ""
    assigned: str = ""
    age: str = ""
    text: str = ""
    sort: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> QueryFilter:
        """Return the filter an address carries; an unknown state means the unresolved ones, other nonsense nothing."""
        given = {each.name: str(parameters.get(each.name, "")).strip()[:60] for each in fields(cls)}
        known = {
            "state": {*Query.State.values, ALL_NAME}, "type": {*Query.Origin.values}, "assigned": {MINE},
            "sort": {*ORDERS},
        }  # fmt: skip
        given |= {name: "" for name, values in known.items() if given[name] not in values}
        is_age = given["age"].isdecimal() and given["age"].isascii() and int(given["age"]) <= LONGEST_AGE
        return cls(**given | {"state": given["state"] or UNRESOLVED_NAME, "age": given["age"] if is_age else ""})

    def but(self, **changes: str) -> QueryFilter:
        """Return the filter with other values for some of its parts."""
        return replace(self, **changes)

    def parts(self) -> dict[str, str]:
        """Return the filter as address parameters."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def narrow(self, queries: QuerySet[Query], user: User, now: datetime) -> QuerySet[Query]:
        """Return the queries that the filter lets through for `user`, in its order, each with its `age`."""
        found: QuerySet[Any] = with_age(queries, now)
        if self.state == UNRESOLVED_NAME:
            found = found.filter(state__in=UNRESOLVED)
        elif self.state != ALL_NAME:
            found = found.filter(state=self.state)
        if self.form:
            found = found.filter(form__in=_tables_of(self.form))
        if self.type:
            found = found.filter(origin=self.type)
        if self.assigned:
            found = found.filter(assigned_to_me(user))
        if self.age:
            found = found.filter(age__gte=timedelta(days=int(self.age)))
        if self.text:
            found = found.filter(_says(self.text))
        return found.order_by(*ORDERS[self.sort])


def with_age(queries: QuerySet[Query], now: datetime) -> QuerySet[Query]:
    """Give each query its age: whole days, counted in the trial's zone, from asking to today or to its end."""
    ended = QueryMessage.objects.filter(query=OuterRef("pk")).order_by("-said_at", "-pk").values("said_at")[:1]
    until = Case(When(state__in=UNRESOLVED, then=Value(now)), default=Subquery(ended))
    days = ExpressionWrapper(TruncDate(until) - TruncDate(F("opened_at")), output_field=DurationField())
    return queries.annotate(age=days)


def assigned_to_me(user: User) -> Q:
    """Return the condition of queries on which this person has to act next: by name, or by a role at that site."""
    mine = Q(assigned_to=user)
    for held in memberships(user):
        here = Q() if held.site_id is None else Q(subject__site=held.site_id)
        mine |= Q(assigned_to=None, assigned_role=held.role) & here
    return mine & Q(state__in=UNRESOLVED)


def _tables_of(oid: str) -> list[str]:
    model = registry.find(oid)
    return [oid] if model is None else [oid, *(table.crf.oid for table in registry.row_tables(model))]


def _says(text: str) -> Q:
    said = QueryMessage.objects.filter(query=OuterRef("pk"), text__icontains=text)
    number = text.lstrip("#")
    is_number = number.isdecimal() and number.isascii() and len(number) < 9
    return Q(Exists(said)) | Q(number=int(number)) if is_number else Q(Exists(said))
