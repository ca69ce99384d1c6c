"""Training: who is trained in what, until when; an administrator records it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import Training, User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.accounts.training import Standing, people_who_need_it, record_training, set_expiry, standings
from trial_edc.audit.context import acting
from trial_edc.casebook.people_forms import EndForm, TrainingForm, active_people
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.views.people import carried_out, confirmed

#: state -> (chip, icon, words)
CHIPS = {
    "valid": ("ok", "check-lg"),
    "soon": ("warn", "clock-fill"),
    "expired": ("bad", "exclamation-circle-fill"),
    "missing": ("bad", "exclamation-circle-fill"),
}


@require_http_methods(["GET", "POST"])
def training(request: HttpRequest) -> HttpResponse:
    """Show everybody's trainings; a post records one session for the people who took part."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_USERS)
    posted = request.method == "POST"
    form = TrainingForm(request.POST if posted else None)
    if posted and form.is_valid() and carried_out(form, lambda: _record(user, form.cleaned_data)):
        count = len(form.cleaned_data["people"])
        words = ngettext("Recorded for %(count)s person.", "Recorded for %(count)s people.", count)
        messages.success(request, words % {"count": count})
        return redirect("casebook:training")
    context = {
        "heading": _("Training"),
        "lead": _("Whoever works on data needs every topic. Without it they read, and enter nothing."),
        "crumbs": [{"label": _("People"), "url": reverse("casebook:people")}, {"label": _("Training")}],
        "form": form,
        "topics": [topic.label for topic in Training.Topic],
        "lines": _lines(),
        "failed": posted,
    }
    return render(request, "casebook/training.html", context, status=422 if posted else 200)


def _record(by: User, values: dict[str, Any]) -> None:
    with acting(by):
        record_training(by=by, today=today(), **values)


def _lines() -> list[dict[str, Any]]:
    people = list(active_people())
    needing = {person.pk for person in people_who_need_it(today())}
    found = standings([person.pk for person in people], today())
    return [
        {
            "person": person,
            "needs": person.pk in needing,
            "cells": [cell(standing, needed=person.pk in needing) for standing in found[person.pk]],
        }
        for person in people
    ]


def cell(standing: Standing, *, needed: bool) -> dict[str, Any]:
    """Return how a page shows somebody's standing in one topic."""
    chip, icon = CHIPS[standing.state.value] if needed or standing.record else ("mute", "dash-circle")
    return {"chip": chip, "icon": icon, "words": _words(standing, needed), "record": standing.record}


def _words(standing: Standing, needed: bool) -> str:
    if standing.record is None:
        return _("missing") if needed else _("not needed")
    if standing.record.expiry_date is None:
        return _("without end")
    words = _("ended %(day)s") if standing.state.value == "expired" else _("until %(day)s")
    return words % {"day": study_date(standing.record.expiry_date)}


@require_http_methods(["GET", "POST"])
def end_training(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask until when a training is valid and why, then set it; from the day after, the person only reads."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_USERS)
    found = get_object_or_404(Training.objects.select_related("user"), pk=pk)
    form = EndForm(request.POST or None)

    def save() -> None:
        with acting(user, form.cleaned_data["reason"]):
            set_expiry(training=found, expiry_date=form.cleaned_data["end_date"])

    what = _("%(topic)s, %(person)s, completed %(day)s") % {
        "topic": found.get_topic_display(),
        "person": found.user.full_name,
        "day": study_date(found.completed_date),
    }
    return confirmed(
        request, form, save, heading=_("Set the last day of a training"), what=what, to="casebook:training"
    )
