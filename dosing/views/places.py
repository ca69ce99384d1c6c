"""A place before it is used: keep one for a subject in screening, give it up, give an assigned one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dosing import services
from dosing.forms import PlaceForm
from dosing.views.subjects import find_subject, seen_level, show_place
from trial_edc.accounts.access import require
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError


@require_POST
def reserve(request: HttpRequest, identifier: str) -> HttpResponse:
    """Keep the next place for a subject."""
    user, subject = find_subject(request, identifier)
    require(user, Permission.ENROL, subject.site)
    try:
        row = services.reserve_slot(by=user, subject=subject, level=seen_level(request))
    except DomainError as problem:
        return show_place(request, user, subject, refusal=str(problem))
    words = _("A slot at dose level %(level)s is reserved for %(subject)s until %(date)s.")
    details = {"level": row.dose_level, "subject": subject.identifier, "date": study_date(row.last_day)}
    messages.success(request, words % details)
    return redirect("dosing:enrol", subject.identifier)


@require_POST
def give_up(request: HttpRequest, identifier: str) -> HttpResponse:
    """End the reservation of a subject."""
    return _given_back(request, identifier, "give_up", services.give_up_reservation, _("The reservation is ended."))


@require_POST
def release(request: HttpRequest, identifier: str) -> HttpResponse:
    """Give back the slot of a subject that is not infused."""
    said = _("The slot is given back; the level takes another subject.")
    return _given_back(request, identifier, "release", services.release_slot, said)


def _given_back(request: HttpRequest, identifier: str, name: str, act: Any, said: str) -> HttpResponse:
    user, subject = find_subject(request, identifier)
    require(user, Permission.ENROL, subject.site)
    form = PlaceForm(request.POST, prefix=name)
    if form.is_valid():
        try:
            act(by=user, subject=subject, reason=form.cleaned_data["reason"])
            messages.success(request, said)
            return redirect("dosing:enrol", subject.identifier)
        except DomainError as problem:
            form.refuse(problem)
    return show_place(request, user, subject, form=form)
