"""The list of authorised users on any day: on the screen, on paper, as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import may, require, sites_of, today
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.signatures import note
from trial_edc.casebook.csv_file import noted_csv
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.selectors import rights
from trial_edc.casebook.selectors.trail_list import reads_all_sites
from trial_edc.errors import DomainError
from trial_edc.protocol.study import STUDY


@require_GET
def rights_page(request: HttpRequest) -> HttpResponse:
    """Show who could do what on the day the address names; `view=print` is the sheet for paper, and is noted."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    asked, error = request.GET.get("date", "")[:20], None
    try:
        day = rights.read_day(asked)
    except DomainError as refusal:
        day, error = today(), refusal
    people = [] if error else rights.rights_on(day, sites=_scope(user))
    context = _context(day, people) | {
        "asked": asked, "error": error, "may_review": may(user, Permission.REVIEW_USERS),
    }  # fmt: skip
    if error is None and request.GET.get("view") == "print":
        note(user, "list of rights printed", f"date={day.isoformat()} people={len(people)}")
        context |= {"printed_by": user, "printed_at": timezone.now(), "study": STUDY}
        return render(request, "casebook/rights_print.html", context)
    return render(request, "casebook/rights.html", context, status=422 if error else 200)


def _scope(user: User) -> set[UUID] | None:
    """Return the sites whose people this person may list, None for all."""
    if reads_all_sites(user):
        return None
    return set(sites_of(user, Permission.VIEW_AUDIT).values_list("pk", flat=True))


def _context(day: date, people: list[rights.PersonRights]) -> dict[str, Any]:
    able = sum(person.has_access for person in people)
    words = ngettext("%(count)s person had access", "%(count)s people had access", able) % {"count": able}
    address = f"{reverse('casebook:rights')}?date={day.isoformat()}"
    return {
        "heading": _("Who could do what on %(day)s") % {"day": study_date(day)},
        "lead": _("%(words)s. The list is what the trail knew at the end of that day.") % {"words": words},
        "tab": "rights",
        "day": day,
        "is_today": day == today(),
        "people": people,
        "print_url": f"{address}&view=print",
        "export_url": f"{reverse('casebook:rights-export')}?date={day.isoformat()}",
        "changes_url": f"{reverse('casebook:audit')}?action=permission&last={day.isoformat()}",
    }


@require_GET
def rights_export(request: HttpRequest) -> HttpResponse:
    """Download the list of a day as CSV; the download is noted with its rows and checksum."""
    user = user_from_request(request)
    require(user, Permission.VIEW_AUDIT)
    try:
        day = rights.read_day(request.GET.get("date", "")[:20])
    except DomainError:
        return redirect(f"{reverse('casebook:rights')}?{request.GET.urlencode()}")
    lines = list(rights.rows(rights.rights_on(day, sites=_scope(user))))
    return noted_csv(
        user, name=f"{STUDY.protocol_number}_rights_{day:%Y%m%d}", action="list of rights downloaded",
        detail=f"date={day.isoformat()}", header=rights.header(), rows=lines,
    )  # fmt: skip
