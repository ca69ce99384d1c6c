"""The adverse events of all subjects a person reads: counts, and behind each count the subjects and the forms."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.content.explorer import explore
from reports.explorer.page import address, choices_of, event_row, read_filter, table_rows
from reports.explorer.reading import read_events
from reports.pdf import words
from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.views.access import note_reading

EVENTS_ON_A_PAGE = 50


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """Show the events that the address asks for: the table of the safety report, and the events one by one."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    note_reading(request, user)
    events = read_events(list(sites_of(user, Permission.VIEW_SUBJECTS)))
    choices = choices_of(events.study, request.GET)
    wanted = read_filter(request.GET, choices)
    found = explore(events.study, events.periods, wanted)
    page = Paginator(found.found, EVENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    query = address(wanted).removeprefix("?")
    context = {
        "heading": _("Adverse events"),
        "lead": _("Subjects with at least one event, and events; grades: each subject once, at the highest grade."),
        "choices": choices,
        "wanted": wanted,
        "columns": [(words.group(each.code), each.subjects) for each in found.tables.columns],
        "rows": list(table_rows(found, wanted)),
        "found": found,
        "lines": [event_row(each, events) for each in page.object_list],
        "page_obj": page,
        "page_query": f"{query}&" if query else "",
    }
    return render(request, "reports/explorer.html", context)
