"""Queries as a list: lines as people read them, and the numbers above them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.models import User
from trial_edc.accounts.roles import ROLES
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.display import display_trail_text
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.query_filter import ALL_NAME, QueryFilter, with_age
from trial_edc.casebook.selectors.row_names import naming_items, row_name
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf import registry
from trial_edc.protocol.visits.schedule import visit
from trial_edc.review.models import Query, QueryMessage
from trial_edc.review.selectors import UNRESOLVED


@dataclass(frozen=True)
class QueryLine:
    """One query as a person reads it; `value` is the value asked about, `value_now` the present one.

    `days` is the age, `days_quiet` the days since anybody said something; `removed` marks a row that is gone.
    """

    query: Query
    subject: str
    visit: str
    form: Any
    item: Any
    text: str
    value: str
    value_now: str
    assigned: str
    last_said_at: datetime
    turns: int
    days: int
    days_quiet: int
    removed: bool
    url: str


def of_subjects(subjects: Any) -> QuerySet[Query]:
    """Return the queries of the given subjects, newest first."""
    return Query.objects.filter(subject__in=subjects).order_by("-number")


def of_subject(subject: Any) -> QuerySet[Query]:
    """Return every query of one subject, newest first."""
    return with_age(of_subjects([subject.pk]), timezone.now())


def with_numbers(numbers: Iterable[int]) -> QuerySet[Query]:
    """Return the queries of these numbers."""
    return with_age(Query.objects.filter(number__in=list(numbers)), timezone.now())


def in_words(queries: QuerySet[Query]) -> QuerySet[Query]:
    """Add what `lines` needs to queries with an age."""
    said = QueryMessage.objects.filter(query=OuterRef("pk"))
    versions = ItemChange.objects.filter(record=OuterRef("record")).order_by("-id").values("new")
    return queries.select_related("subject", "opened_by", "assigned_to").annotate(
        first_text=Subquery(said.order_by("said_at", "pk").values("text")[:1]),
        last_said_at=Subquery(said.order_by("-said_at", "-pk").values("said_at")[:1]),
        turns=Subquery(said.order_by().values("query").annotate(count=Count("pk")).values("count")),
        text_now=Subquery(versions.filter(field=OuterRef("field"))[:1]),
        row_name=Subquery(versions.filter(field__in=_naming_fields(), entity=OuterRef("form"))[:1]),
        row_position=Subquery(versions.filter(field="position", entity=OuterRef("form"))[:1]),
    )


class Median(Aggregate):
    """The middle value."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    name = "Median"


@dataclass(frozen=True)
class Summary:
    """How many queries are in each state, and the median age in days of the unresolved ones (None without any)."""

    states: dict[str, int]
    median_days: float | None


def summary(subjects: Any, wanted: QueryFilter, user: User) -> Summary:
    """Return the numbers above the list that `wanted` asks for, its state apart: one query."""
    found = wanted.but(state=ALL_NAME).narrow(of_subjects(subjects), user, timezone.now()).order_by()
    counts: dict[str, Any] = {state: Count("pk", filter=Q(state=state)) for state in Query.State.values}
    unresolved = Q(state__in=UNRESOLVED)
    counted = found.aggregate(**counts, median=Median("age", filter=unresolved, output_field=DurationField()))
    median: timedelta | None = counted.pop("median")
    return Summary(counted, None if median is None else median / timedelta(days=1))


def by_state(subjects: Any) -> dict[str, int]:
    """Return how many queries of the given subjects are in each state: one statement."""
    counted = dict(Query.objects.filter(subject__in=subjects).order_by().values_list("state").annotate(n=Count("pk")))
    return {state: counted.get(state, 0) for state in Query.State.values}


def lines(queries: QuerySet[Query], *, now: datetime | None = None) -> list[QueryLine]:
    """Return queries with an age in words: one statement."""
    moment = now or timezone.now()
    return [_line(query, moment) for query in in_words(queries)]


def _line(query: Any, now: datetime) -> QueryLine:
    table = registry.find_table(query.form)
    field = next((f for f, _item in registry.items(table) if f.name == query.field), None) if table else None
    last = query.last_said_at or query.opened_at
    return QueryLine(
        query=query,
        subject=query.subject.identifier,
        visit=_visit_label(query.visit),
        form=registry.form_of_table(table).crf.title if table else query.form,
        item=_item_label(query, field),
        text=query.first_text or "",
        value=query.value_at_opening,
        value_now=display_trail_text(field, query.text_now) if field is not None else query.text_now or "",
        assigned=assigned_words(query),
        last_said_at=last,
        turns=query.turns,
        days=query.age.days,
        days_quiet=(timezone.localdate(now) - timezone.localdate(last)).days,
        removed=query.record != query.root_record and query.row_position is None,
        url=_address(query, table),
    )


def _item_label(query: Any, field: Any) -> Any:
    label = field.verbose_name if field is not None else query.field
    if query.record == query.root_record:
        return label
    names = naming_items().get(query.form, ())
    name = row_name(query.form, dict.fromkeys(names, query.row_name), query.row_position)
    return _("%(item)s, %(row)s") % {"item": label, "row": name}


def _naming_fields() -> list[str]:
    return sorted({name for names in naming_items().values() for name in names})


def _address(query: Any, table: Any) -> str:
    """Return the address of the form, at the item where it is still there."""
    oid = registry.form_of_table(table).crf.oid if table else query.form
    url = form_url(query.subject.identifier, query.visit, oid, query.sequence)
    if query.record == query.root_record:
        return f"{url}#id_{query.field}"
    if query.row_position is None:
        return url
    return f"{url}#id_{query.form}-{int(query.row_position) - 1}-{query.field}"


def assigned_words(query: Query) -> str:
    """Return who has to act next: a person's name or the title of a role; '' once the query is resolved."""
    if not query.is_unresolved:
        return ""
    if query.assigned_to is not None:
        return query.assigned_to.full_name
    role = ROLES.get(query.assigned_role)
    return _(role.title) if role else ""


def _visit_label(code: str) -> str:
    try:
        return visit_label(visit(code))
    except KeyError:
        return code
