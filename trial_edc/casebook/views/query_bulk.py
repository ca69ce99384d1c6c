"""Two pages that act on many queries: the exact list first, then one confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import query_bulk
from trial_edc.casebook.query_bulk import ANY, EMPTY, EQUALS, Ask, AskPlan
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors import queries
from trial_edc.casebook.selectors.subjects import SubjectFilter, filter_choices
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.tokens import new_token
from trial_edc.casebook.views.query_thread import list_address
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.model import Visit, VisitKind
from trial_edc.protocol.visits.schedule import SCHEDULE
from trial_edc.protocol.visits.schedule import visit as visit_definition


@require_http_methods(["GET", "POST"])
def close_queries(request: HttpRequest) -> HttpResponse:
    """Show which of the chosen queries would be closed; a post closes exactly these."""
    user = user_from_request(request)
    require(user, Permission.CLOSE_QUERY)
    data = request.POST if request.method == "POST" else request.GET
    back, error = data.get("back", ""), None
    try:
        numbers = query_bulk.read_numbers(data.getlist("chosen"))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(list_address(back))
    if request.method == "POST":
        try:
            done = query_bulk.close_many(
                by=user, numbers=numbers, shown=data.get("seen", ""), text=data.get("text", ""),
                token=data.get("token", ""),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            _say_closed(request, done)
            return redirect(list_address(back))
    context = _close_context(user, numbers) | {"back": back, "back_url": list_address(back), "error": error}
    context |= {"failed": error, "text": data.get("text", "")}
    return render(request, "casebook/query_close.html", context, status=422 if error else 200)


def _say_closed(request: HttpRequest, done: int | None) -> None:
    if done is None:
        messages.success(request, _("This had been done already; nothing happened twice."))
        return
    messages.success(request, ngettext("%(count)s query closed.", "%(count)s queries closed.", done) % {"count": done})


def _close_context(user: User, numbers: list[int]) -> dict[str, Any]:
    plan = query_bulk.plan_close(user, numbers)
    found = queries.with_numbers(query.number for query in plan.queries)
    count = len(plan.queries)
    return {
        "heading": _("Close queries"),
        "crumbs": [{"label": _("Queries"), "url": reverse("casebook:query-list")}, {"label": _("Close")}],
        "plan": plan,
        "lines": queries.lines(found.order_by("number")),
        "question": ngettext("Close %(count)s query?", "Close %(count)s queries?", count) % {"count": count},
        "token": new_token(),
    }


@require_http_methods(["GET", "POST"])
def raise_queries(request: HttpRequest) -> HttpResponse:
    """Choose an item and data points, see the exact list, then ask the same question on all of them."""
    user = user_from_request(request)
    require(user, Permission.RAISE_QUERY)
    data = request.POST if request.method == "POST" else request.GET
    ask, error = Ask.read(data), None
    if request.method == "POST" and ask is not None:
        try:
            done = query_bulk.ask_many(
                by=user, ask=ask, shown=data.get("seen", ""), text=data.get("text", ""), token=data.get("token", "")
            )
        except DomainError as refusal:
            error = refusal
        else:
            _say_raised(request, done)
            return redirect("casebook:query-list")
    context = _raise_context(user, data, ask) | {"error": error, "failed": error, "text": data.get("text", "")}
    return render(request, "casebook/query_raise.html", context, status=422 if error else 200)


def _say_raised(request: HttpRequest, done: int | None) -> None:
    if done is None:
        messages.success(request, _("This had been done already; nothing happened twice."))
        return
    messages.success(request, ngettext("%(count)s query raised.", "%(count)s queries raised.", done) % {"count": done})


def _raise_context(user: User, data: Any, ask: Ask | None) -> dict[str, Any]:
    sites = list(sites_of(user, Permission.RAISE_QUERY))
    names = subject_model().objects.filter(site__in=sites).order_by("identifier").values_list("identifier", flat=True)
    return {
        "heading": _("Ask on many items"),
        "lead": _("The same question on one item of several subjects or visits."),
        "crumbs": [
            {"label": _("Queries"), "url": reverse("casebook:query-list")},
            {"label": _("Ask on many items")},
        ],
        "filter": SubjectFilter.read(data),
        "choices": filter_choices(sites),
        "items": _items(),
        "chosen_item": data.get("item", ""),
        "conditions": [(ANY, _("any value or none")), (EMPTY, _("no value and no reason")), (EQUALS, _("the value"))],
        "condition": ask.condition if ask else ANY,
        "value": ask.value if ask else "",
        "subjects": list(names),
        "chosen_subjects": ask.identifiers if ask else (),
        "visits": [(planned.code, _visits_called(planned)) for planned in SCHEDULE],
        "chosen_visits": ask.visits if ask else (),
        "ask": ask,
        **(_preview(query_bulk.plan_ask(user, ask)) if ask else {}),
    }


def _visits_called(planned: Visit) -> str:
    """Return what a choice of visits says; all unscheduled ones of a subject are one choice."""
    return _("Unscheduled visits") if planned.kind is VisitKind.UNSCHEDULED else visit_label(planned)


def _items() -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return the items of every form and of its tables: (title of the form, [(name in the address, label)])."""
    found = []
    for model in sorted(registry.all_forms(), key=lambda each: str(each.crf.title)):
        tables: list[Any] = [model, *registry.row_tables(model)]
        items = [
            (f"{table.crf.oid}.{f.name}", f.verbose_name) for table in tables for f, _item in registry.items(table)
        ]
        found.append((str(model.crf.title), items))
    return found


def _preview(plan: AskPlan) -> dict[str, Any]:
    count = len(plan.points)
    question = ngettext("Raise %(count)s query?", "Raise %(count)s queries?", count) % {"count": count}
    try:
        query_bulk.refuse_many(plan)
    except DomainError as refusal:
        return {"plan": plan, "refusal": str(refusal), "points": []}
    return {"plan": plan, "question": question, "points": [_point(each) for each in plan.points], "token": new_token()}


def _point(point: query_bulk.Point) -> dict[str, Any]:
    form, identifier = point.form, point.record.subject.identifier
    row = getattr(point.record, "position", None) if form is not point.record else None
    return {
        "subject": identifier,
        "visit": visit_label(visit_definition(form.visit)),
        "form": form.crf.title,
        "number": form.sequence if form.crf.repeating else "",
        "row": row,
        "value": point.value,
        "url": form_url(identifier, form.visit, form.crf.oid, form.sequence),
    }
