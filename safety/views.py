"""Normal ranges: who reads subjects reads them; who manages them adds and closes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safety.forms import AddRangeForm, CloseRangeForm
from safety.models import NormalRange
from safety.range_services import add_range, close_range
from safety.ranges import listed_ranges, readable_ranges
from trial_edc.accounts.access import may, require, sites_of, today
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.people_forms import PeopleForm
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def ranges(request: HttpRequest) -> HttpResponse:
    """Show the normal ranges; a post adds one."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    manages = may(user, Permission.MANAGE_RANGES)
    posted = request.method == "POST"
    if posted:
        require(user, Permission.MANAGE_RANGES)
    sites = sites_of(user, Permission.MANAGE_RANGES)
    form = AddRangeForm(request.POST if posted else None, sites=sites) if manages else None
    if form is not None and posted and form.is_valid() and _carried_out(form, partial(_add, user, form)):
        messages.success(request, _("Saved."))
        return redirect("safety:ranges")
    context = {
        "heading": _("Normal ranges"),
        "lead": _("A range is closed, never changed; every result keeps the one of its day."),
        "form": form,
        "ranges": listed_ranges(user),
        "today": today(),
        "failed": posted,
    }
    return render(request, "safety/range_list.html", context, status=422 if posted else 200)


def _add(by: User, form: AddRangeForm) -> NormalRange:
    return add_range(by=by, wanted=NormalRange(**form.cleaned_data))


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the last day of a range, then close it."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_RANGES)
    found = readable_ranges(user).filter(pk=pk).first()
    if found is None:
        raise Http404("no such range")
    require(user, Permission.MANAGE_RANGES, found.site)
    form = CloseRangeForm(request.POST or None)
    posted = request.method == "POST"

    def save() -> None:
        values = form.cleaned_data
        close_range(by=user, pk=found.pk, last_day=values["end_date"], reason=values["reason"])

    if posted and form.is_valid() and _carried_out(form, save):
        messages.success(request, _("Saved."))
        return redirect("safety:ranges")
    heading = _("Close a normal range")
    context = {
        "heading": heading,
        "crumbs": [{"label": _("Normal ranges"), "url": reverse("safety:ranges")}, {"label": heading}],
        "range": found,
        "form": form,
        "failed": posted,
    }
    return render(request, "safety/range_close.html", context, status=422 if posted else 200)


def _carried_out(form: PeopleForm, save: Callable[[], Any]) -> bool:
    """Run the service; what it refuses becomes an error of the form, so that nothing typed is lost."""
    try:
        save()
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True
