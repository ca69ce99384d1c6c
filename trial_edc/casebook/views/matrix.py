"""The subject matrix, the lists behind its counters, its export, and the door to a new subject."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from trial_edc.accounts.access import may, require, sites_of, today
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import note
from trial_edc.casebook import actions, tokens
from trial_edc.casebook.csv_file import csv_response
from trial_edc.casebook.models import FormStanding, VisitStanding
from trial_edc.casebook.navigation import DESTINATIONS
from trial_edc.casebook.rendering.matrix import MatrixRows, subject_line
from trial_edc.casebook.selectors.expected import running_logs
from trial_edc.casebook.selectors.matrix import GroupColumns, column_groups
from trial_edc.casebook.selectors.subjects import SubjectFilter, filter_choices, level_label
from trial_edc.casebook.selectors.worklists import WORK_LISTS
from trial_edc.casebook.standings.cells import Row, rows_of
from trial_edc.casebook.standings.lists import Standings
from trial_edc.casebook.standings.worklists import ROWS, label_of, status_of
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.protocol.status import FORM_STATUSES, NOT_EXPECTED, QUERY_STATUSES

ROWS_PER_PAGE = 40
LINES_PER_PAGE = 100


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page the person may open."""
    user = user_from_request(request)
    for destination in DESTINATIONS:
        if destination.is_open_to(user):
            return redirect(destination.url_name)
    raise PermissionDenied(_("Your account has no role today. Ask the administrator."))


def _subjects(user: User, chosen: SubjectFilter) -> tuple[Any, list[Any]]:
    """Return the subjects the filter lets through at the person's sites, and those sites."""
    sites = list(sites_of(user, Permission.VIEW_SUBJECTS))
    subjects = subject_model().objects.filter(site__in=sites).select_related("site")
    return chosen.narrow(subjects), sites


@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Show how every visit of every subject stands."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    chosen = SubjectFilter.read(request.GET)
    subjects, sites = _subjects(user, chosen)
    standings = Standings(subjects, today())
    changed = sorted({name for name in request.GET.get("groups", "").split(",") if name})
    groups = column_groups(changed)
    urls = {group.key: _toggled(chosen, changed, group.key) for group in groups}
    page = Paginator(subjects.order_by("identifier"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": _("Subjects"),
        "lead": _lead(page.paginator.count, len(sites)),
        "filter": chosen,
        "choices": filter_choices(sites),
        "counters": _counters(standings, chosen),
        "groups": [_group_heading(group, urls[group.key]) for group in groups],
        "groups_changed": ",".join(changed),
        "columns": [column for group in groups for column in _columns(group)],
        "rows": _rows(rows_of(page.object_list, standings.day), MatrixRows(groups, urls)),
        "page_obj": page,
        "page_query": _page_query(chosen, groups=",".join(changed)),
        "legend": (*FORM_STATUSES, NOT_EXPECTED, *QUERY_STATUSES),
        "may_add": may(user, Permission.ENROL),
    }
    return render(request, "casebook/matrix.html", context)


def _lead(subjects: int, sites: int) -> str:
    counted = ngettext("%(count)s subject", "%(count)s subjects", subjects) % {"count": subjects}
    at = ngettext("at %(count)s site", "at %(count)s sites", sites) % {"count": sites}
    what = _("Each cell is one visit; the icon shows its least finished form, the badge shows queries.")
    return f"{counted} {at}. {what}"


def _page_query(chosen: SubjectFilter, **more: str) -> str:
    query = chosen.query(**more)
    return f"{query}&" if query else ""


def _toggled(chosen: SubjectFilter, changed: list[str], key: str) -> str:
    others = sorted(set(changed) ^ {key})
    return f"?{chosen.query(groups=','.join(others))}"


def _group_heading(group: GroupColumns, url: str) -> dict[str, Any]:
    return {
        "label": _(group.group.value),
        "width": group.width,
        "can_collapse": group.can_collapse,
        "is_open": group.is_open,
        "url": url,
    }


def _columns(group: GroupColumns) -> list[dict[str, Any]]:
    """Return the headings of one group: code, and in full for who cannot see the tooltip."""
    found: list[dict[str, Any]]
    if group.is_open:
        found = [
            {"short": visit.code, "long": _(visit.label) if visit.label != visit.code else "", "hint": _(visit.label)}
            for visit in group.visits
        ]
    else:
        count = len(group.visits)
        said = ngettext("%(count)s visit", "%(count)s visits", count) % {"count": count}
        found = [{"short": "…", "long": said, "hint": said}]
    if group.group.name == "LOGS":
        found[:0] = [{"short": form.oid, "long": form.title, "hint": form.title} for form in running_logs()]
    return [column | {"edge": number == 0} for number, column in enumerate(found)]


def _rows(books: list[Row], drawing: MatrixRows) -> list[dict[str, Any]]:
    day = today()
    return [
        {
            "identifier": book.subject.identifier,
            "url": reverse("casebook:subject", args=[book.subject.identifier]),
            "level": level_label(book.subject.dose_level),
            "line": subject_line(book.subject, day),
            "cells": drawing.row(book),
        }
        for book in books
    ]


def _counters(standings: Standings, chosen: SubjectFilter) -> list[dict[str, Any]]:
    queries = reverse("casebook:query-list")
    shown: list[dict[str, Any]] = []
    for each in WORK_LISTS.values():
        url = f"{reverse('casebook:work-list', args=[each.name])}?{chosen.query()}"
        shown.append(_counter(len(ROWS[each.name](standings)), each.title, url, each.icon, each.colour))
    waiting, answered = standings.number("open"), standings.number("answered")
    shown[1:1] = [
        _counter(waiting, _("Open queries"), f"{queries}?{chosen.query(state='open')}", "chat-left-text-fill", "q"),
        _counter(
            answered, _("Answered, to close"), f"{queries}?{chosen.query(state='answered')}", "chat-left-text", "info"
        ),
    ]
    return shown


def _counter(value: int, label: Any, url: str, icon: str, colour: str) -> dict[str, Any]:
    return {"value": value, "label": label, "url": url, "icon": icon, "css": f"c-{colour}"}


@require_GET
def work_list(request: HttpRequest, name: str) -> HttpResponse:
    """Show what a counter of the matrix counts."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    if name not in WORK_LISTS:
        raise Http404
    wanted, chosen = WORK_LISTS[name], SubjectFilter.read(request.GET)
    subjects, sites = _subjects(user, chosen)
    waiting = ROWS[name](Standings(subjects, today()))
    page = Paginator(waiting, LINES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": wanted.title,
        "lead": ngettext("%(count)s entry", "%(count)s entries", len(waiting)) % {"count": len(waiting)},
        "crumbs": [{"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": wanted.title}],
        "filter": chosen,
        "choices": filter_choices(sites),
        "lines": [_line(each) for each in page.object_list],
        "page_obj": page,
        "page_query": _page_query(chosen),
        "empty": wanted.empty,
    }
    return render(request, "casebook/work_list.html", context)


def _line(row: VisitStanding | FormStanding) -> dict[str, Any]:
    """Return one visit as a whole, or one form, in words."""
    identifier = row.subject.identifier
    if isinstance(row, VisitStanding):
        what, url = _("Visit"), reverse("casebook:visit", args=[identifier, row.visit])
    else:
        what = registry.get(row.form).crf.title
        url = reverse("casebook:crf-edit", args=[identifier, row.visit, row.form, row.sequence])
    return {"identifier": identifier, "url": url, "visit": label_of(row), "form": what, "status": status_of(row)}


@require_GET
def subject_list(request: HttpRequest) -> StreamingHttpResponse:
    """Download the subjects that the filter lets through as CSV; the download is noted."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    chosen = SubjectFilter.read(request.GET)
    subjects, _sites = _subjects(user, chosen)
    note(user, "subject list downloaded", chosen.query())
    header = (
        _("Subject"), _("Site"), _("Status"), _("Dose level"), _("Consent"), _("Lymphodepletion"), _("Infusion"),
        _("Study day"), _("Death"), _("Off study"),
    )  # fmt: skip
    day = today()
    return csv_response("subjects", header, (_subject_row(subject, day) for subject in subjects))


def _subject_row(subject: Any, day: Any) -> tuple[Any, ...]:
    return (
        subject.identifier, subject.site.code, subject.get_status_display(), level_label(subject.dose_level),
        subject.consent_date, subject.lymphodepletion_date, subject.infusion_date, subject.study_day(day),
        subject.death_date, subject.off_study_date,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def add_subject(request: HttpRequest) -> HttpResponse:
    """Open a casebook for a new subject; the same post again leads to the same subject."""
    user = user_from_request(request)
    require(user, Permission.ENROL)
    sites = list(sites_of(user, Permission.ENROL))
    if request.method == "GET":
        context = {
            "heading": _("Add subject"),
            "crumbs": [{"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": _("Add subject")}],
            "sites": sites,
            "token": tokens.new_token(),
        }
        return render(request, "casebook/subject_add.html", context)
    site = next((each for each in sites if each.code == request.POST.get("site")), None)
    if site is None:
        raise PermissionDenied(_("You may not enrol subjects at this site."))
    return redirect("casebook:subject", identifier=_added(user, site, request.POST.get("token")).identifier)


def _added(user: User, site: Any, token: Any) -> Any:
    with acting(user):
        known = tokens.claim(token, user)
        if known is not None:
            return subject_model().objects.get(pk=known)
        subject = actions.add_subject(by=user, site=site)
        tokens.remember(token, subject.pk)
    return subject
