"""Unscheduled visits: add one to a subject, and the card of all of them in the matrix."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from trial_edc.accounts.access import may, require
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import tokens
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.status import VisitState, casebook
from trial_edc.casebook.selectors.visit_page import query_words
from trial_edc.casebook.views.access import subject_for
from trial_edc.casebook.views.reading import typed_date
from trial_edc.casebook.visits import add_unscheduled_visit
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, identifier: str) -> HttpResponse:
    """Ask for the day of an unscheduled visit and add it; the same post again leads to the same visit."""
    user, subject = subject_for(request, identifier)
    require(user, Permission.ENTER_DATA, subject.site)
    typed = request.POST.get("visit_date", "").strip()
    error: DomainError | None = None
    if request.method == "POST":
        try:
            day = typed_date(typed, "visit_date")
            visit = add_unscheduled_visit(by=user, subject=subject, visit_date=day, token=request.POST.get("token"))
        except DomainError as refusal:
            if not refusal.field:
                raise
            error = refusal
        else:
            return redirect("casebook:visit", identifier=identifier, visit=visit.code)
    context = {
        "heading": _("Add unscheduled visit"),
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")},
            {"label": identifier, "url": reverse("casebook:subject", args=[identifier])},
            {"label": _("Add unscheduled visit")},
        ],
        "subject": subject,
        "typed": typed,
        "error": error,
        "failed": error,
        "token": request.POST.get("token") or tokens.new_token(),
    }
    return render(request, "casebook/unscheduled_add.html", context, status=422 if error else 200)


@require_GET
def card(request: HttpRequest, identifier: str) -> HttpResponse:
    """Answer the cell of the matrix with the unscheduled visits of this subject."""
    user, subject = subject_for(request, identifier)
    lines = [_line(identifier, state) for state in casebook(subject).unscheduled]
    may_enter = may(user, Permission.ENTER_DATA, subject.site)
    return render(
        request, "casebook/_unscheduled_card.html", {"subject": subject, "lines": lines, "may_enter": may_enter}
    )


def _line(identifier: str, state: VisitState) -> dict[str, Any]:
    begun = sum(bool(form.records) or form.drafted for form in state.forms)
    words = ngettext("%(count)s form begun", "%(count)s forms begun", begun) % {"count": begun}
    return {
        "url": reverse("casebook:visit", args=[identifier, state.visit.code]),
        "title": visit_label(state.visit),
        "visit_date": state.row.visit_date,
        "status": state.status,
        "words": " · ".join(part for part in (words, query_words(state.queries)) if part),
    }
