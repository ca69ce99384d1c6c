"""Pages about one subject: its place in the trial, and the verdict on one of its events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dosing import services
from dosing.forms import AdjudicationForm, PlaceForm, SpokenForm, StaggerForm
from dosing.models import DltAdjudication, Slot
from dosing.selectors.assessment import JudgedEvent, assess_subjects
from dosing.selectors.event_picture import event_picture
from dosing.selectors.trial import next_infusion, trial_now
from dosing.services.reservations import IN_SCREENING
from enrollment.models import Subject
from enrollment.services import is_eligible
from safety.models import AdverseEvent
from trial_edc.accounts.access import may, may_judge, require
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.identity import needs_code
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level


def find_subject(request: HttpRequest, identifier: str) -> tuple[User, Subject]:
    """Return who asks and the subject, which has to be one of theirs."""
    user = user_from_request(request)
    require(user, Permission.VIEW_BOARD)
    subject = get_object_or_404(Subject.objects.select_related("site"), identifier=identifier)
    if not may(user, Permission.VIEW_SUBJECTS, subject.site):
        raise Http404("no such subject")
    return user, subject


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, identifier: str) -> HttpResponse:
    """Confirm and give the next place; once given, show it."""
    user, subject = find_subject(request, identifier)
    refusal = ""
    if request.method == "POST":
        require(user, Permission.ENROL, subject.site)
        try:
            slot = services.enrol_subject(by=user, subject=subject, level=seen_level(request))
            words = _("%(subject)s is enrolled: dose level %(level)s, slot %(number)s.")
            details = {"subject": subject.identifier, "level": slot.dose_level, "number": slot.number}
            messages.success(request, words % details)
            return redirect("dosing:enrol", subject.identifier)
        except DomainError as problem:
            refusal = str(problem)
    return show_place(request, user, subject, refusal=refusal)


def seen_level(request: HttpRequest) -> int:
    """Return the level that the page showed."""
    text = request.POST.get("level", "")
    if not text.isdecimal():
        raise DomainError(_("This page is out of date. Reload it before you enrol."))
    return int(text)


@require_POST
def stagger(request: HttpRequest, identifier: str) -> HttpResponse:
    """Sign an infusion earlier than the stagger rule allows."""
    user, subject = find_subject(request, identifier)
    require(user, Permission.JUDGE, subject.site)
    slot = get_object_or_404(Slot, subject=subject, released_at=None)
    form = StaggerForm(request.POST, needs_code=needs_code(user, request.session))
    if form.is_valid():
        try:
            reason, password = form.cleaned_data["reason"], form.cleaned_data["password"]
            second = form.second(request.session)
            services.override_stagger(by=user, slot=slot, reason=reason, password=password, second=second)
            messages.success(request, _("The shorter interval is signed."))
            return redirect("dosing:enrol", subject.identifier)
        except DomainError as problem:
            form.refuse(problem)
    return show_place(request, user, subject, form=form)


def show_place(
    request: HttpRequest, user: User, subject: Subject, *, refusal: str = "", form: SpokenForm | None = None
) -> HttpResponse:
    """Show the place of a subject, or the one it would get; `form` is the one that was refused."""
    slot = Slot.objects.filter(subject=subject).select_related("stagger_override_by", "released_by").first()
    context: dict[str, Any] = {
        "subject": subject,
        "subject_url": f"/subjects/{subject.identifier}/",
        "earlier": slot if slot and slot.is_released else None,
        "refusal": refusal,
        "refused": form,
        **_next_place(user, subject, slot if slot and not slot.is_released else None),
        **_place_forms(request, user, form),
    }
    return render(request, "dosing/slot_detail.html", context, status=422 if refusal or form else 200)


def _next_place(user: User, subject: Subject, slot: Slot | None) -> dict[str, Any]:
    """Return the place a subject holds or would get, and what this person may do about it."""
    now = trial_now()
    recruiting = now.enrolling_for(subject.pk)
    level = slot.dose_level if slot else recruiting.level
    may_enrol = may(user, Permission.ENROL, subject.site)
    kept = next((row for row in now.reservations if row.subject_id == subject.pk), None)
    return {
        "slot": slot,
        "level": dose_level(level) if level else None,
        "recruitment": recruiting,
        "held": recruiting.held + recruiting.reserved,
        "place_free": recruiting.has_place,
        "eligible": is_eligible(subject),
        "next_infusion": next_infusion(now, level) if level else None,
        "reservation": kept,
        "may_enrol": may_enrol,
        "may_reserve": may_enrol and kept is None and slot is None and subject.status in IN_SCREENING,
        "may_release": may_enrol and slot is not None and subject.infused_at is None,
        "may_override": slot is not None and subject.infused_at is None and may_judge(user, subject.site),
    }


def _place_forms(request: HttpRequest, user: User, refused: SpokenForm | None) -> dict[str, Any]:
    """Return the forms of the page; the one that was refused carries its errors and what was typed."""
    forms: dict[str, SpokenForm] = {
        "form": StaggerForm(needs_code=needs_code(user, request.session)),
        "give_up_form": PlaceForm(prefix="give_up"),
        "release_form": PlaceForm(prefix="release"),
    }
    if refused is not None:
        forms[f"{refused.prefix}_form" if refused.prefix else "form"] = refused
    return forms


@require_http_methods(["GET", "POST"])
def adjudicate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what the rule made of an event, and record the physician's verdict."""
    require(user_from_request(request), Permission.VIEW_SUBJECTS)
    event = get_object_or_404(AdverseEvent.objects.select_related("subject__site"), pk=pk)
    user, subject = find_subject(request, event.subject.identifier)
    judged = _judged(event)
    form = AdjudicationForm(request.POST or None, initial=_verdict_so_far(event, judged))
    if request.method == "POST":
        require(user, Permission.JUDGE, subject.site)
        if form.is_valid():
            try:
                services.adjudicate(by=user, adverse_event=event, **form.cleaned_data)
                messages.success(request, _("The adjudication is recorded."))
                return redirect("dosing:adjudicate", event.pk)
            except DomainError as problem:
                form.refuse(problem)
    context = {
        "event": event,
        "subject": subject,
        "judged": judged,
        "form": form,
        "form_url": reverse("casebook:crf-edit", args=[subject.identifier, event.visit, "AE", event.sequence]),
        "may_judge": may_judge(user, subject.site),
        "picture": event_picture(judged, subject, timezone.now()),
    }
    return render(request, "dosing/adjudication_edit.html", context, status=422 if form.errors else 200)


def _judged(event: AdverseEvent) -> JudgedEvent:
    one = assess_subjects([event.subject_id], moment=timezone.now())[0]
    return next(each for each in one.events if each.on_file.event.pk == event.pk)


def _verdict_so_far(event: AdverseEvent, judged: JudgedEvent) -> dict[str, str]:
    said: DltAdjudication | None = judged.adjudication
    known = {"verdict": said.verdict, "rationale": said.rationale} if said else {}
    return {"seen": judged.input_hash, **known}
