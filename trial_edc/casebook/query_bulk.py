"""Close many queries, or ask the same on many items: first the exact list, then all of it in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook import tokens
from trial_edc.casebook.display import display_value
from trial_edc.casebook.previews import refuse_changed, seen
from trial_edc.casebook.selectors.subjects import SubjectFilter
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.crf.models import FormStatus
from trial_edc.crf.registry import subject_model
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.schedule import order_of
from trial_edc.protocol.visits.unscheduled import FIRST, is_unscheduled
from trial_edc.review.models import MissingReason, Query, form_of
from trial_edc.review.selectors import UNRESOLVED
from trial_edc.review.services import lock_subjects, move_query, raise_query

MOST = 200
#: name in the address -> which values are asked about.
ANY, EMPTY, EQUALS = "", "empty", "equals"


@dataclass(frozen=True)
class ClosePlan:
    """The chosen queries that can be closed, how many of the chosen cannot, and the mark of this list."""

    queries: list[Query]
    left_out: int
    seen: str


def read_numbers(texts: Iterable[str]) -> list[int]:
    """Return the chosen query numbers, each once; DomainError for more than the most at once."""
    found = sorted({int(text) for text in texts if text.isdecimal() and text.isascii() and len(text) < 9})
    if len(found) > MOST:
        raise DomainError(_("Choose at most %(most)s at once.") % {"most": MOST})
    return found


def plan_close(by: User, numbers: Collection[int]) -> ClosePlan:
    """Return what closing the chosen queries would do; only queries of sites at which the person closes them."""
    found = list(_closable(by, numbers).select_related("subject__site").order_by("number"))
    return ClosePlan(found, len(numbers) - len(found), seen(f"{query.number} {query.state}" for query in found))


def _closable(by: User, numbers: Collection[int]) -> QuerySet[Query]:
    sites = sites_of(by, Permission.CLOSE_QUERY)
    return Query.objects.filter(number__in=numbers, state__in=UNRESOLVED, subject__site__in=sites)


def close_many(*, by: User, numbers: Collection[int], shown: str, text: str, token: str) -> int | None:
    """Close exactly the queries that were shown, with one message; None when this very post was answered before."""
    require(by, Permission.CLOSE_QUERY)
    with acting(by):
        if tokens.claim(token, by) is not None:
            return None
        lock_subjects(_closable(by, numbers).values_list("subject_id", flat=True))
        plan = plan_close(by, numbers)
        refuse_changed(shown, plan.seen)
        if not plan.queries:
            raise DomainError(_("There is nothing to close."))
        for query in plan.queries:
            move_query(by=by, query=query, to=Query.State.CLOSED, text=text)
    return len(plan.queries)


@dataclass(frozen=True)
class Ask:
    """Which data points a question is about: one item, the subjects, the visits (none: all), and which values."""

    table: str
    field: str
    subjects: SubjectFilter
    identifiers: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()
    condition: str = ANY
    value: str = ""

    @classmethod
    def read(cls, parameters: Any) -> Ask | None:
        """Return what an address or post asks about, None while no item of the study is chosen."""
        oid, _separator, name = str(parameters.get("item", "")).partition(".")
        table = registry.find_table(oid)
        if table is None or name not in table.crf.fields:
            return None
        condition = str(parameters.get("condition", ""))
        return cls(
            oid,
            name,
            SubjectFilter.read(parameters),
            tuple(parameters.getlist("subject")),
            tuple(parameters.getlist("visit")),
            condition if condition in (EMPTY, EQUALS) else ANY,
            str(parameters.get("value", "")).strip()[:200],
        )

    @property
    def model(self) -> Any:
        return registry.find_table(self.table)

    def query(self) -> str:
        """Return the address parameters."""
        more: Mapping[str, Any] = {
            "item": f"{self.table}.{self.field}", "condition": self.condition, "value": self.value,
            "subject": self.identifiers, "visit": self.visits,
        }  # fmt: skip
        return "&".join(part for part in (self.subjects.query(), urlencode(more, doseq=True)) if part)


@dataclass(frozen=True)
class Point:
    """One data point that would be asked about."""

    record: Any
    form: Any
    value: str


@dataclass(frozen=True)
class AskPlan:
    """The data points that would be asked about, how many already have an unresolved query, and the list's mark."""

    points: list[Point]
    asked_already: int
    seen: str


def plan_ask(by: User, ask: Ask) -> AskPlan:
    """Return what asking would do; only subjects of sites at which the person raises queries."""
    field = ask.model._meta.get_field(ask.field)
    records = [record for record in _records(by, ask) if form_of(record).status != FormStatus.NOT_DONE]
    chosen = list(_with_value(ask, field, records))
    open_on = set(
        Query.objects.filter(record__in=[each.pk for each in chosen], field=ask.field, state__in=UNRESOLVED)
        .values_list("record", flat=True)
    )  # fmt: skip
    points = [
        Point(each, form_of(each), display_value(field, getattr(each, ask.field)))
        for each in chosen
        if each.pk not in open_on
    ]
    mark = seen(f"{point.record.pk} {getattr(point.record, ask.field)!r}" for point in points)
    return AskPlan(points, len(open_on), mark)


def _records(by: User, ask: Ask) -> list[Any]:
    sites = sites_of(by, Permission.RAISE_QUERY)
    subjects = ask.subjects.narrow(subject_model().objects.filter(site__in=sites))
    if ask.identifiers:
        subjects = subjects.filter(identifier__in=ask.identifiers)
    is_form = registry.find(ask.table) is not None
    found = ask.model._default_manager.filter(subject__in=subjects).select_related("subject__site")
    if not is_form:
        found = found.select_related("subject__site", "record")
    if ask.visits:
        visit = "visit" if is_form else "record__visit"
        found = found.filter(**{f"{visit}__in": _chosen_visits(found, visit, ask.visits)})
    return sorted(
        found,
        key=lambda each: (
            each.subject.identifier, order_of(form_of(each).visit), form_of(each).sequence,
            getattr(each, "position", 0) if not is_form else 0,
        ),
    )  # fmt: skip


def _chosen_visits(found: QuerySet[Any], visit: str, chosen: Collection[str]) -> list[str]:
    """Return the codes of the chosen visits; the unscheduled visit stands for all of them, whatever their number."""
    if FIRST not in chosen:
        return list(chosen)
    there = found.filter(**{f"{visit}__startswith": FIRST}).order_by().values_list(visit, flat=True).distinct()
    return [*chosen, *(code for code in there if is_unscheduled(code))]


def _with_value(ask: Ask, field: Any, records: list[Any]) -> Iterator[Any]:
    if ask.condition == ANY:
        yield from records
    elif ask.condition == EQUALS:
        yield from (each for each in records if _equals(field, getattr(each, ask.field), ask.value))
    else:
        said = _explained([each.pk for each in records], ask.field)
        for each in records:
            if is_missing(getattr(each, ask.field)) and each.pk not in said and field.item.applies_to(each):
                yield each


def _explained(records: list[UUID], field: str) -> set[UUID]:
    reasons = MissingReason.objects.filter(record__in=records, field=field)
    return set(reasons.values_list("record", flat=True))


def _equals(field: Any, value: Any, typed: str) -> bool:
    """Compare with what a person typed: the value itself, or its words on the page."""
    if is_missing(value):
        return False
    if display_value(field, value).casefold() == typed.casefold():
        return True
    try:
        return bool(field.to_python(typed) == value)
    except (ValidationError, TypeError, ValueError):
        return False


def ask_many(*, by: User, ask: Ask, shown: str, text: str, token: str) -> int | None:
    """Raise the same question on exactly the data points that were shown; None when this post was answered before."""
    require(by, Permission.RAISE_QUERY)
    with acting(by):
        if tokens.claim(token, by) is not None:
            return None
        lock_subjects(point.record.subject_id for point in plan_ask(by, ask).points)
        plan = plan_ask(by, ask)
        refuse_changed(shown, plan.seen)
        refuse_many(plan)
        for point in plan.points:
            raise_query(by=by, record=point.record, field=ask.field, text=text)
    return len(plan.points)


def refuse_many(plan: AskPlan) -> None:
    """Raise DomainError when there are too many data points to ask about at once, or none."""
    if not plan.points:
        raise DomainError(_("There is nothing to ask about."))
    if len(plan.points) > MOST:
        raise DomainError(
            _("This would raise %(count)s queries; at most %(most)s at once. Narrow the choice.")
            % {"count": len(plan.points), "most": MOST}
        )
