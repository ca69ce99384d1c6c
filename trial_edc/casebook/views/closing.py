"""Freeze, lock and reopen: an overview of the casebooks, one casebook visit by visit, and the study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial_edc.accounts.access import may, require, sites_of, today
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook import closing
from trial_edc.casebook.obstacles import Scope, obstacles, scope_of
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.standings.lists import Standings, SubjectNumbers
from trial_edc.casebook.views.access import subject_for
from trial_edc.crf.registry import subject_model
from trial_edc.errors import DomainError
from trial_edc.review.models import Closure, UnlockRequest

CASEBOOKS_PER_PAGE = 100


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show how far each casebook is from being closed, and the requests that wait."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    sites = sites_of(user, Permission.VIEW_SUBJECTS)
    casebooks = Standings(subject_model().objects.filter(site__in=sites), today()).by_subject
    page = Paginator(casebooks, CASEBOOKS_PER_PAGE).get_page(request.GET.get("page"))
    closures = _closures([each.pk for each in page])
    waiting = UnlockRequest.objects.filter(granted=None).select_related("subject__site", "requested_by")
    context = {
        "heading": _("Freeze and lock"),
        "lead": _("A frozen form cannot be changed; a locked one is opened again only by two people."),
        "lines": [_overview_line(each, closures) for each in page],
        "page_obj": page,
        "requests": [
            _request_line(user, each) for each in waiting if each.subject is None or each.subject.site in sites
        ],
        "study_closure": Closure.objects.filter(subject=None).select_related("closed_by").first(),
        "open_subjects": closing.open_subjects(),
        "may_close": may(user, Permission.CLOSE_DATA),
    }
    return render(request, "casebook/closing.html", context)


def _closures(subjects: list[UUID]) -> dict[tuple[Any, str], Closure]:
    found = Closure.objects.filter(subject__in=subjects).select_related("closed_by")
    return {(each.subject_id, each.visit): each for each in found}


def _overview_line(casebook: SubjectNumbers, closures: dict[tuple[Any, str], Closure]) -> dict[str, Any]:
    closed = [code for pk, code in closures if pk == casebook.pk and code]
    return {
        "identifier": casebook.identifier,
        "closure": closures.get((casebook.pk, "")),
        "forms": casebook.numbers["saved"],
        "signed": casebook.numbers["signed"],
        "visits_closed": len(closed),
        "obstacles": casebook.numbers["open-points"],
        "url": reverse("casebook:closing-subject", args=[casebook.identifier]),
    }


def _request_line(user: User, each: UnlockRequest) -> dict[str, Any]:
    site = each.subject.site if each.subject else None
    may_decide = closing.may_decide_unlock(user, site) and each.requested_by_id != user.pk
    return {"request": each, "may_decide": may_decide}


@require_http_methods(["GET", "POST"])
def casebook_page(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show the visits of a subject with what keeps each open; a post freezes, locks, reopens or asks to unlock."""
    user, subject = subject_for(request, identifier)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            said = _act(user, subject, request.POST)
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, said)
            return redirect("casebook:closing-subject", identifier=identifier)
    context = _context(user, subject) | {"error": error, "failed": error, "typed": request.POST}
    return render(request, "casebook/closing_subject.html", context, status=422 if error else 200)


def _act(user: User, subject: Any, data: Any) -> str:
    visit, reason = str(data.get("visit", ""))[:8], str(data.get("reason", ""))
    place: dict[str, Any] = {"by": user, "subject": subject, "visit": visit}
    steps: dict[str, Callable[[], Any]] = {
        "freeze": lambda: closing.freeze(**place),
        "lock": lambda: closing.lock(**place),
        "unfreeze": lambda: closing.unfreeze(**place, reason=reason),
        "request": lambda: closing.request_unlock(**place, reason=reason),
    }
    step = steps.get(str(data.get("action", "")))
    if step is None:
        raise PermissionDenied(_("There is no such step."))
    done = step()
    if isinstance(done, int):
        return ngettext("Done: %(count)s form.", "Done: %(count)s forms.", done) % {"count": done}
    return _("The request waits for another person's decision.")


def _context(user: User, subject: Any) -> dict[str, Any]:
    scope = scope_of(subject)
    closures = {each.visit: each for each in Closure.objects.filter(subject=subject).select_related("closed_by")}
    pending = set(UnlockRequest.objects.filter(subject=subject, granted=None).values_list("visit", flat=True))
    visits = [Scope(scope.book, scope.facts, state.visit.code) for state in scope.book.visits]
    may_ask = may(user, Permission.CLOSE_DATA, subject.site) or may(user, Permission.ENTER_DATA, subject.site)
    return {
        "heading": _("Freeze and lock %(subject)s") % {"subject": subject.identifier},
        "crumbs": [
            {"label": _("Freeze and lock"), "url": reverse("casebook:closing")},
            {"label": subject.identifier},
        ],
        "subject": subject,
        "whole": _place(scope, closures.get(""), pending),
        "lines": [
            _place(each, closures.get(each.visit), pending)
            for each in visits
            if each.records() or each.visit in closures
        ],
        "may_close": may(user, Permission.CLOSE_DATA, subject.site),
        "may_ask": may_ask,
    }


def _place(scope: Scope, closure: Closure | None, pending: set[str]) -> dict[str, Any]:
    records = scope.records()
    to = Closure.State.LOCKED if closure else Closure.State.FROZEN
    points = obstacles(scope, to=to) if closure is None or closure.state == Closure.State.FROZEN else []
    identifier = scope.subject.identifier
    return {
        "code": scope.visit,
        "label": visit_label(next(scope.visits()).visit) if scope.visit else _("Whole casebook"),
        "closure": closure,
        "forms": len(records),
        "points": [
            {"point": each, "url": form_url(identifier, each.visit, each.oid, each.sequence or 1)} for each in points
        ],
        "pending": scope.visit in pending,
    }


@require_POST
def study(request: HttpRequest) -> HttpResponse:
    """Lock the study, or ask for it to be unlocked."""
    user = user_from_request(request)
    require(user, Permission.CLOSE_DATA)
    try:
        if request.POST.get("action") == "lock":
            closing.lock_study(by=user)
            messages.success(request, _("The study is locked."))
        else:
            closing.request_unlock(by=user, subject=None, reason=request.POST.get("reason", ""))
            messages.success(request, _("The request waits for another person's decision."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("casebook:closing")


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Grant or refuse a request to unlock; never one's own."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    asked = get_object_or_404(UnlockRequest.objects.select_related("subject__site"), pk=pk)
    if not closing.may_decide_unlock(user, asked.subject.site if asked.subject else None):
        raise PermissionDenied(_("Your role does not allow this."))
    grant = request.POST.get("decision") == "grant"
    try:
        closing.decide_unlock(by=user, request=asked, grant=grant)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Unlocked.") if grant else _("The request is refused."))
    return redirect("casebook:closing")
