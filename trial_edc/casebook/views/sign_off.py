"""Sign the forms of a subject together: what is open, what is signed, what it means, the password, the receipt."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from trial_edc.accounts.access import may_sign_casebook, today, training_gap
from trial_edc.audit.identity import Second
from trial_edc.audit.models import Signature
from trial_edc.casebook.endorsing import waiting_endorsements
from trial_edc.casebook.obstacles import obstacles, scope_of
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.signing import MEANINGS, read_chosen, sign_records, signable
from trial_edc.casebook.views.access import subject_for
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.schedule import visit as visit_definition


@require_http_methods(["GET", "POST"])
def sign_off(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show what waits for a signature; a post signs what was chosen, all of it or nothing."""
    user, subject = subject_for(request, identifier)
    if not may_sign_casebook(user, subject.site):
        raise PermissionDenied(training_gap(user) or _("Only a physician named in the delegation log may sign."))
    visit = request.GET.get("visit", "")[:8]
    error: DomainError | None = None
    if request.method == "POST":
        try:
            signed = sign_records(
                by=user, subject=subject, chosen=read_chosen(request.POST.getlist("chosen")),
                password=request.POST.get("password", ""), meaning=request.POST.get("meaning", ""),
                second=Second(request.POST.get("code", ""), request.session),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            span = {"first": signed[0].signed_at.isoformat(), "last": signed[-1].signed_at.isoformat()}
            return redirect(f"{reverse('casebook:sign-receipt', args=[identifier])}?{urlencode(span)}")
    milestone = request.GET.get("milestone", "")[:60]
    context = _context(subject, visit, milestone, request.POST.getlist("chosen") if error else None)
    context |= {"error": error, "failed": error, "meaning": request.POST.get("meaning", MEANINGS[0])}
    return render(request, "casebook/sign_off.html", context, status=422 if error else 200)


def _context(subject: Any, visit: str, milestone: str, chosen: list[str] | None) -> dict[str, Any]:
    scope = scope_of(subject, visit)
    waiting = waiting_endorsements([scope.book], scope.facts)[subject.pk]
    at = next((each for each in waiting if each.milestone.key == milestone), None)
    only = None if at is None else {record.pk for record in at.forms}
    forms = signable(scope.book, scope.facts, visit, only)
    blocking = obstacles(scope, to="FROZEN")
    return {
        "heading": _("Sign off %(subject)s") % {"subject": subject.identifier},
        "lead": _("Forms that are complete and not signed in their present version."),
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")},
            {"label": subject.identifier, "url": reverse("casebook:subject", args=[subject.identifier])},
            {"label": _("Sign-off")},
        ],
        "subject": subject,
        "milestones": [{"endorsement": each, "current": each is at, "late": each.due < today()} for each in waiting],
        "current_milestone": at.milestone.label if at else "",
        "visit": visit,
        "visits": [(state.visit.code, visit_label(state.visit)) for state in scope.book.visits],
        "points": [_point(subject, point) for point in blocking],
        "forms": [_form(subject, each, chosen) for each in forms],
        "meanings": [(str(each), each.label) for each in MEANINGS],
    }


def _point(subject: Any, point: Any) -> dict[str, Any]:
    address = form_url(subject.identifier, point.visit, point.oid, point.sequence or 1)
    return {"words": point.words, "visit": _label(point.visit), "url": address}


def _form(subject: Any, each: Any, chosen: list[str] | None) -> dict[str, Any]:
    record = each.record
    ticked = each.value in chosen if chosen is not None else not each.open_queries
    return {
        "form": each,
        "visit": _label(record.visit),
        "url": form_url(subject.identifier, record.visit, record.oid, record.sequence),
        "ticked": ticked,
    }


def _label(code: str) -> str:
    return visit_label(visit_definition(code))


@require_GET
def receipt(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show what this person has just signed: printed name, role, moment with zone, meaning, content."""
    user, subject = subject_for(request, identifier)
    first, last = (parse_datetime(request.GET.get(name, "")) for name in ("first", "last"))
    signatures = Signature.objects.none()
    if first and last:
        signatures = Signature.objects.filter(
            subject_key=subject.pk, signed_by=user, signed_at__gte=first, signed_at__lte=last
        ).order_by("signed_at")
    context = {
        "heading": _("Receipt"),
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")},
            {"label": identifier, "url": reverse("casebook:subject", args=[identifier])},
            {"label": _("Receipt")},
        ],
        "subject": subject,
        "lines": [{"signature": each, "title": registry.get(each.entity).crf.title} for each in signatures],
    }
    return render(request, "casebook/sign_receipt.html", context)
