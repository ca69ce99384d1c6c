"""The page of one assessment: open it, save what changed in its forms, keep drafts, compute while it is typed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from efficacy.services import computed_once
from reports.course.assessment import AssessmentPage, open_page, places_at, typed_page
from reports.course.tumour import TumourCourse, sums_figure
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.place import Place
from trial_edc.casebook.together import Outcome, keep_drafts, submit_together
from trial_edc.casebook.views.access import subject_for
from trial_edc.crf.models import FormStatus


def _open(request: HttpRequest, identifier: str, visit: str) -> tuple[User, list[Place]]:
    """Return the person and the tumour forms of a visit; 404 where the protocol collects none."""
    user, subject = subject_for(request, identifier)
    places = places_at(subject, visit)
    if not places:
        raise Http404
    return user, places


@require_http_methods(["GET", "POST"])
def assessment(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Show the tumour forms of a visit, or save those that changed: all of them, or none."""
    user, places = _open(request, identifier, visit)
    if request.method == "GET":
        return _show(request, open_page(user, places))
    outcome = submit_together(by=user, places=places, data=request.POST, inside=computed_once())
    if not outcome.refused:
        _tell(request, places, outcome)
        return redirect("course:assessment", identifier=identifier, visit=visit)
    keep_drafts(user, places, request.POST)
    page = typed_page(user, places, request.POST, outcome)
    return _show(request, page, 409 if page.conflicts else 422)


def _tell(request: HttpRequest, places: list[Place], outcome: Outcome) -> None:
    """Say which forms were saved, which of them are complete, and which are still open; nothing for a second post."""
    if outcome.saved and all(saved.repeated for saved in outcome.saved.values()):
        return
    if not outcome.saved:
        messages.info(request, _("Nothing has changed, so nothing was saved."))
        return
    complete: list[str] = []
    begun: list[str] = []
    for place in places:
        if place.oid in outcome.saved:
            done = outcome.saved[place.oid].record.status == FormStatus.COMPLETE
            (complete if done else begun).append(str(place.model.crf.title))
    if complete:
        messages.success(request, _("Saved and complete: %(forms)s.") % {"forms": ", ".join(complete)})
    if begun:
        messages.success(request, _("Saved, not complete yet: %(forms)s.") % {"forms": ", ".join(begun)})


def _show(request: HttpRequest, page: AssessmentPage, status: int = 200) -> HttpResponse:
    return render(request, "reports/assessment.html", {"page": page}, status=status)


@require_safe
def sums(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Answer with the sums of the target lesions over time, as they are saved; the page asks when it is shown."""
    _user, places = _open(request, identifier, visit)
    figure = sums_figure(TumourCourse(places[0].subject), width=4.4, height=3.1)
    return render(request, "reports/_assessment_sums.html", {"figure": figure})


@require_POST
def draft(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Keep what is typed as the drafts of the forms; nothing of it is a record."""
    user, places = _open(request, identifier, visit)
    require(user, Permission.ENTER_DATA, places[0].subject.site)
    if not keep_drafts(user, places, request.POST):
        return JsonResponse({"ok": False, "error": _("This is too long to be kept as a draft.")}, status=413)
    return JsonResponse({"ok": True, "saved_at": timezone.localtime().strftime("%H:%M:%S")})


@require_POST
def live(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Answer what is typed with sums, results and marks, by the very rules that run at the save."""
    user, places = _open(request, identifier, visit)
    require(user, Permission.ENTER_DATA, places[0].subject.site)
    return render(request, "reports/_assessment_live.html", {"page": typed_page(user, places, request.POST)})
