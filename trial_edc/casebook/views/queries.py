"""The list of queries, and its export."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.signatures import note
from trial_edc.casebook.csv_file import csv_response
from trial_edc.casebook.selectors import queries
from trial_edc.casebook.selectors.queries import QueryFilter
from trial_edc.casebook.selectors.subjects import FilterChoices, SubjectFilter, filter_choices
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.review.models import Query

LINES_PER_PAGE = 100


def _chosen(user: User, request: HttpRequest) -> tuple[SubjectFilter, QueryFilter, Any, FilterChoices]:
    subjects, wanted = _filters(request)
    sites = list(sites_of(user, Permission.VIEW_SUBJECTS))
    visible = subjects.narrow(subject_model().objects.filter(site__in=sites))
    return subjects, wanted, visible, filter_choices(sites)


def _filters(request: HttpRequest) -> tuple[SubjectFilter, QueryFilter]:
    return SubjectFilter.read(request.GET), QueryFilter.read(request.GET)


@require_GET
def query_list(request: HttpRequest) -> HttpResponse:
    """Show the queries that the address asks for; without a state, those someone still has to act on."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    subjects, wanted, visible, choices = _chosen(user, request)
    found = wanted.narrow(queries.of_subjects(visible))
    page = Paginator(found, LINES_PER_PAGE).get_page(request.GET.get("page"))
    address = subjects.query(state=wanted.state, form=wanted.form)
    total = page.paginator.count
    context = {
        "heading": _("Queries"),
        "lead": ngettext("%(count)s query", "%(count)s queries", total) % {"count": total},
        "filter": subjects,
        "wanted": wanted,
        "choices": choices,
        "forms": sorted(((m.crf.oid, str(m.crf.title)) for m in registry.all_forms()), key=lambda pair: pair[1]),
        "states": [("unresolved", _("Unresolved")), ("all", _("All")), *Query.State.choices],
        "counters": _counters(visible, subjects, wanted),
        "lines": queries.lines(page.object_list),
        "page_obj": page,
        "page_query": f"{address}&",
        "export_url": f"{reverse('casebook:query-export')}?{address}",
    }
    return render(request, "casebook/query_list.html", context)


def _counters(visible: Any, subjects: SubjectFilter, wanted: QueryFilter) -> list[dict[str, Any]]:
    counts = queries.state_counts(visible, wanted.form)
    looks = {"open": ("chat-left-text-fill", "q"), "answered": ("chat-left-text", "info")}
    shown = []
    for state, label in Query.State.choices:
        icon, colour = looks.get(state, ("check-lg" if state == "closed" else "x-lg", "mute"))
        url = f"?{subjects.query(state=state, form=wanted.form)}"
        current = wanted.state == state
        shown.append(
            {"value": counts[state], "label": label, "url": url, "icon": icon, "css": f"c-{colour}", "current": current}
        )
    return shown


@require_GET
def query_export(request: HttpRequest) -> StreamingHttpResponse:
    """Download the same list as CSV; the download is noted."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    subjects, wanted, visible, _choices = _chosen(user, request)
    note(user, "query list downloaded", urlencode({"state": wanted.state, "form": wanted.form}) + subjects.query())
    header = (
        _("Number"), _("Subject"), _("Visit"), _("Form"), _("Item"), _("Value when asked"), _("Question"), _("State"),
        _("Origin"), _("Asked by"), _("Asked at"), _("Age in days"), _("Last said at"), _("Messages"),
    )  # fmt: skip
    found = queries.lines(wanted.narrow(queries.of_subjects(visible)))
    return csv_response("queries", header, (_row(line) for line in found))


def _row(line: queries.QueryLine) -> tuple[Any, ...]:
    query = line.query
    return (
        query.number, line.subject, line.visit, line.form, line.item, line.value, line.text, query.get_state_display(),
        query.get_origin_display(), query.opened_by.full_name, query.opened_at.isoformat(), line.days,
        line.last_said_at.isoformat(), line.turns,
    )  # fmt: skip
