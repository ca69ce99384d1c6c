"""Queries as a list: filters that live in the address, and lines as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf import registry
from trial_edc.protocol.visits.schedule import visit
from trial_edc.review.models import Query, QueryMessage
from trial_edc.review.selectors import UNRESOLVED

#: Values of `state` in the address beyond the states themselves.
UNRESOLVED_NAME, ALL_NAME = "unresolved", "all"


@dataclass(frozen=True)
class QueryFilter:
    """Which queries a list shows; `state` is a state, "unresolved" or "all"."""

    state: str = UNRESOLVED_NAME
    form: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> QueryFilter:
        """Return the filter an address carries; an unknown state means the unresolved ones."""
        state = str(parameters.get("state", "")) or UNRESOLVED_NAME
        known = state in (*Query.State.values, ALL_NAME)
        return cls(state if known else UNRESOLVED_NAME, str(parameters.get("form", ""))[:12])

    def narrow(self, queries: QuerySet[Query]) -> QuerySet[Query]:
        """Return the queries that the filter lets through."""
        if self.form:
            queries = queries.filter(form=self.form)
        if self.state == UNRESOLVED_NAME:
            return queries.filter(state__in=UNRESOLVED)
        return queries if self.state == ALL_NAME else queries.filter(state=self.state)


@dataclass(frozen=True)
class QueryLine:
    """One query as a person reads it."""

    query: Query
    subject: str
    visit: str
    form: Any
    item: Any
    text: str
    value: str
    last_said_at: datetime
    turns: int
    days: int
    url: str


def of_subjects(subjects: Any) -> QuerySet[Query]:
    """Return the queries of the given subjects, newest first, with what a list needs."""
    said = QueryMessage.objects.filter(query=OuterRef("pk"))
    return (
        Query.objects.filter(subject__in=subjects)
        .select_related("subject", "opened_by")
        .annotate(
            first_text=Subquery(said.order_by("said_at", "pk").values("text")[:1]),
            last_said_at=Subquery(said.order_by("-said_at", "-pk").values("said_at")[:1]),
            turns=Count("messages"),
        )
        .order_by("-number")
    )


def of_subject(subject: Any) -> QuerySet[Query]:
    """Return every query of one subject, newest first."""
    return of_subjects([subject.pk])


def state_counts(subjects: Any, form: str = "") -> dict[str, int]:
    """Return how many queries of the given subjects are in each state: one query."""
    narrowed = QueryFilter(ALL_NAME, form).narrow(Query.objects.filter(subject__in=subjects))
    counted = dict(narrowed.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in Query.State.values}


def lines(queries: Iterable[Any], *, now: datetime | None = None) -> list[QueryLine]:
    """Return queries in words."""
    moment = now or timezone.now()
    return [_line(query, moment) for query in queries]


def _line(query: Any, now: datetime) -> QueryLine:
    model = registry.find(query.form)
    field = next((f for f, _item in registry.items(model) if f.name == query.field), None) if model else None
    url = form_url(query.subject.identifier, query.visit, query.form, query.sequence)
    return QueryLine(
        query=query,
        subject=query.subject.identifier,
        visit=_visit_label(query.visit),
        form=model.crf.title if model else query.form,
        item=field.verbose_name if field is not None else query.field,
        text=query.first_text or "",
        value=query.value_at_opening,
        last_said_at=query.last_said_at or query.opened_at,
        turns=query.turns,
        days=(timezone.localdate(now) - timezone.localdate(query.opened_at)).days,
        url=f"{url}#id_{query.field}",
    )


def _visit_label(code: str) -> str:
    try:
        return visit_label(visit(code))
    except KeyError:
        return code
