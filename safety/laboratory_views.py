"""The laboratory of the sites a person reads: shift tables of the CTCAE grades."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enrollment.models import Subject
from safety.rules.shift import WORST
from safety.shifts import shift_tables
from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.views.access import note_reading


@require_safe
def shifts(request: HttpRequest) -> HttpResponse:
    """Show, per term, how the grades of the subjects moved from before treatment to the worst after it."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    note_reading(request, user)
    subjects = Subject.objects.filter(site__in=sites_of(user, Permission.VIEW_SUBJECTS))
    context = {
        "heading": _("Shift of laboratory grades"),
        "lead": _("CTCAE v5.0: the last grade before treatment against the worst after it, one count per subject."),
        "tables": shift_tables(subjects),
        "worst": WORST,
    }
    return render(request, "safety/shift_tables.html", context)
