"""The audit trail page, and the list of access events with its export."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import ItemChange
from trial_edc.audit.signatures import note
from trial_edc.casebook import trail_review
from trial_edc.casebook.csv_file import csv_response
from trial_edc.casebook.rendering.dates import file_moment
from trial_edc.casebook.selectors import trail, trail_list
from trial_edc.casebook.selectors.trail_list import EventFilter, TrailFilter
from trial_edc.casebook.tokens import new_token
from trial_edc.errors import DomainError

LINES_PER_PAGE = 100
EVENTS_SHOWN = 200
EXPORT_STEP = 1000
FIGURE_DAYS, REVIEWS_SHOWN = 7, 5


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Show the changes the address asks for, newest first."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    chosen = TrailFilter.read(request.GET)
    changes: list[ItemChange] = []
    following: int | None = None
    error: DomainError | None = None
    try:
        found = chosen.narrow(trail_list.readable_changes(user))
        changes, following = trail_list.page(found, before=request.GET.get("before", ""), size=LINES_PER_PAGE)
    except DomainError as refusal:
        error = refusal
    context = {
        "heading": _("Audit trail"),
        "lead": _("Every change of every value: who, when, from what to what, and why. Newest first."),
        "tab": "changes",
        "filter": chosen,
        "choices": trail_list.choices(user),
        "lines": trail.lines(changes),
        "next_url": f"?{chosen.query(before=str(following))}" if following else "",
        "newest_url": f"?{chosen.query()}" if request.GET.get("before") else "",
        "trail_export_url": f"{reverse('reports:trail')}?{chosen.query()}",
        "export_token": new_token(),
        "figures": [
            {"value": each["value"], "label": each["label"], "url": f"?{urlencode(each['query'])}"}
            for each in trail_review.key_figures(trail_list.readable_changes(user), days=FIGURE_DAYS)
        ],
        "reviews": trail_review.latest_reviews(REVIEWS_SHOWN),
        "may_review": may(user, Permission.REVIEW_AUDIT),
        "review_url": f"{reverse('casebook:audit-review')}?{chosen.query()}",
        "error": error,
    }
    return render(request, "casebook/audit.html", context, status=422 if error else 200)


@require_POST
def audit_review(request: HttpRequest) -> HttpResponse:
    """Note that this person reviewed what the filter shows, and what they found."""
    user = user_from_request(request)
    require(user, Permission.REVIEW_AUDIT)
    chosen = TrailFilter.read(request.GET)
    try:
        found = chosen.narrow(trail_list.readable_changes(user))
        review = trail_review.mark_reviewed(
            by=user, changes=found, filter_text=chosen.query(), note=request.POST.get("note", "")
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("Noted: you reviewed %(count)s changes.") % {"count": review.count}
        messages.success(request, said)
    return redirect(f"{reverse('casebook:audit')}?{chosen.query()}")


@require_GET
def access_events(request: HttpRequest) -> HttpResponse:
    """Show what people did that changed no data: sign-ins, downloads, refused signatures."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    chosen = EventFilter.read(request.GET)
    error: DomainError | None = None
    try:
        events = _events_before(chosen.narrow(trail_list.readable_events(user)), request.GET.get("before", ""))
    except DomainError as refusal:
        events, error = trail_list.readable_events(user).none(), refusal
    found = list(events[: EVENTS_SHOWN + 1])
    context = {
        "heading": _("Audit trail"),
        "lead": _("Sign-ins, reading by monitors, downloads and refused signatures. Newest first."),
        "tab": "access",
        "filter": chosen,
        "kinds": sorted(set(trail_list.readable_events(user).order_by().values_list("action", flat=True).distinct())),
        "events": found[:EVENTS_SHOWN],
        "next_url": f"?{chosen.query(before=str(found[EVENTS_SHOWN - 1].pk))}" if len(found) > EVENTS_SHOWN else "",
        "export_url": f"{reverse('casebook:access-export')}?{chosen.query()}",
        "error": error,
    }
    return render(request, "casebook/audit.html", context, status=422 if error else 200)


def _events_before(events: Any, before: str) -> Any:
    return events.filter(pk__lt=min(int(before), 2**62)) if before.isdecimal() else events


@require_GET
def access_export(request: HttpRequest) -> StreamingHttpResponse:
    """Download the same access events as CSV; the download is one of them."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    chosen = EventFilter.read(request.GET)
    events = chosen.narrow(trail_list.readable_events(user))
    note(user, "access events downloaded", chosen.query())
    header = (_("Number"), _("When"), _("Who"), _("What"), _("Detail"))
    rows = ((e.pk, file_moment(e.at), e.by_name, e.action, e.detail) for e in events.iterator(chunk_size=EXPORT_STEP))
    return csv_response("access-events", header, rows)
