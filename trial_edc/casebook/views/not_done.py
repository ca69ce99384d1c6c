"""Say that a form was not done, with the reason, and take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from trial_edc.accounts.access import require
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import tokens
from trial_edc.casebook.not_done import mark_not_done, take_back, why_not
from trial_edc.casebook.place import Place
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.views.access import place_for
from trial_edc.casebook.views.reading import typed_number
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Ask why a form was not done, and set it so."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    require(user, Permission.ENTER_DATA, place.subject.site)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            mark_not_done(
                by=user, place=place, reason=request.POST.get("reason", ""), token=request.POST.get("token"),
                version=typed_number(request.POST.get("version")),
            )  # fmt: skip
        except DomainError as refusal:
            if not refusal.field:
                raise
            error = refusal
        else:
            messages.success(request, _("%(form)s is set to not done.") % {"form": place.model.crf.title})
            return redirect("casebook:visit", identifier=identifier, visit=visit)
    return render(request, "casebook/not_done.html", _context(request, place, error), status=422 if error else 200)


def _context(request: HttpRequest, place: Place, error: DomainError | None) -> dict[str, Any]:
    record, identifier = place.find(), place.subject.identifier
    label, title = visit_label(place.definition), place.model.crf.title
    return {
        "heading": _("Not done: %(form)s") % {"form": title},
        "lead": f"{identifier} · {label}",
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")},
            {"label": identifier, "url": reverse("casebook:subject", args=[identifier])},
            {"label": label, "url": reverse("casebook:visit", args=[identifier, place.visit])},
            {"label": title, "url": place.url},
            {"label": _("Not done")},
        ],
        "obstacle": why_not(record) if record is not None else None,
        "back": place.url,
        "typed": request.POST.get("reason", ""),
        "version": request.POST.get("version") or (record.version if record else 0),
        "token": request.POST.get("token") or tokens.new_token(),
        "error": error,
        "failed": error,
    }


@require_POST
def undo(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Open a form that was set to "not done" for its values."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    take_back(by=user, place=place, version=typed_number(request.POST.get("version")))
    messages.success(request, _("%(form)s is open again.") % {"form": place.model.crf.title})
    return redirect(place.url)
