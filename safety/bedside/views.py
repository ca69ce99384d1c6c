"""The bedside sheet as pages: read it, add a column, grade an assessment, keep the events of its episodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from safety.bedside import services
from safety.bedside.column import (
    Typing,
    discard_drafts,
    drafted,
    keep_draft,
    open_column,
    save_column,
    visit_of,
    visits_at_the_bedside,
)
from safety.bedside.layout import BLOCKS, Line
from safety.bedside.page import live_context, opening, page_context
from safety.bedside.services import Seen
from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.place import Place
from trial_edc.casebook.tokens import new_token
from trial_edc.casebook.views.access import subject_for
from trial_edc.errors import DomainError


@require_GET
def sheet(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show the sheet; with `add` a new column stands beside the last ones, ready to be typed."""
    user, subject = subject_for(request, identifier)
    typing = None
    if "add" in request.GET and subject.infusion_date is not None:
        require(user, Permission.ENTER_DATA, subject.site)
        typing = _opened(user, subject, request.GET.get("visit", ""))
    return _show(request, user, subject, typing)


def _opened(user: User, subject: Any, wanted: str) -> Typing:
    """Return a new column at this moment, or the one this person has begun and not saved."""
    visit = _visit(subject, wanted)
    sent, kept_at = drafted(user, subject, visit)
    typing = open_column(user, subject, visit, sent or opening(subject, timezone.now()), check=kept_at is not None)
    typing.drafted_at = kept_at
    return typing


def _visit(subject: Any, wanted: str) -> str:
    codes = [visit.code for visit in visits_at_the_bedside()]
    return wanted if wanted in codes else visit_of(subject, today())


def _show(
    request: HttpRequest, user: User, subject: Any, typing: Typing | None = None, status: int = 200
) -> HttpResponse:
    home = reverse("casebook:subject", args=[subject.identifier])
    crumbs = [
        {"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": subject.identifier, "url": home},
        {"label": _("Bedside sheet")},
    ]  # fmt: skip
    context = page_context(user, subject, request.GET, typing)
    context |= {"heading": _("Bedside sheet"), "crumbs": crumbs, "failed": bool(typing and typing.failed)}
    if typing is not None:
        context["page_token"] = typing.sent.get("token") or new_token()
    return render(request, "safety/bedside.html", context, status=status)


@require_POST
def column(request: HttpRequest, identifier: str) -> HttpResponse:
    """Save a new column; what is refused comes back as it was typed."""
    user, subject = _entering(request, identifier)
    visit = _visit(subject, request.POST.get("visit", ""))
    outcome = save_column(by=user, subject=subject, visit=visit, sent=request.POST)
    if isinstance(outcome, Typing):
        return _show(request, user, subject, outcome, status=422)
    titles = ", ".join(str(saved.record.crf.title) for saved in outcome)
    messages.success(request, _("Column saved: %(forms)s.") % {"forms": titles})
    return redirect("bedside:sheet", subject.identifier)


@require_POST
def live(request: HttpRequest, identifier: str) -> HttpResponse:
    """Check the column as typed and say which grades it means; nothing is kept."""
    user, subject = _entering(request, identifier)
    typing = open_column(user, subject, _visit(subject, request.POST.get("visit", "")), request.POST, check=True)
    lines = [line for block in BLOCKS for line in block.lines if isinstance(line, Line)]
    context = {"typing": typing, "live": live_context(typing), "lines": lines}
    return render(request, "safety/_bedside_live.html", context)


@require_POST
def draft(request: HttpRequest, identifier: str) -> HttpResponse:
    """Keep what is typed as the drafts of its forms, or forget them."""
    user, subject = _entering(request, identifier)
    visit = _visit(subject, request.POST.get("visit", ""))
    if "discard" in request.POST:
        discard_drafts(user, subject, visit)
        messages.info(request, _("Your draft is discarded."))
        return redirect("bedside:sheet", subject.identifier)
    kept = keep_draft(by=user, subject=subject, visit=visit, sent=request.POST)
    moment = kept.saved_at if kept is not None else timezone.now()
    return JsonResponse({"ok": True, "saved_at": timezone.localtime(moment).strftime("%H:%M:%S")})


@require_POST
def grade(request: HttpRequest, identifier: str) -> HttpResponse:
    """Record the investigator's grade of one assessment: the computed one confirmed, or another with a reason."""
    user, subject = _entering(request, identifier)
    require(user, Permission.JUDGE, subject.site)
    sent = request.POST
    place = Place(subject, sent.get("visit", ""), sent.get("form", ""), _number(sent.get("sequence")))
    computed = sent.get("computed", "")
    return _done(
        request, subject, _("Grade recorded."),
        lambda: services.give_grade(
            by=user, place=place, grade=_number(computed or sent.get("grade")), version=_number(sent.get("version")),
            token=sent.get("token", ""), reason=sent.get("reason", ""),
            computed=_number(computed) if computed else None,
        ),
    )  # fmt: skip


@require_POST
def episode(request: HttpRequest, identifier: str) -> HttpResponse:
    """Bring the event of an episode up to date, close it, or make one event of two."""
    user, subject = _entering(request, identifier)
    sent = request.POST
    kept = Seen(_number(sent.get("number")), _number(sent.get("version")), sent.get("token", ""))
    if sent.get("act") == "merge":
        merged = Seen(_number(sent.get("other")), _number(sent.get("other_version")), kept.token)
        return _done(
            request, subject, _("Two events are one episode now."),
            lambda: services.merge_episodes(by=user, subject=subject, kept=kept, merged=merged),
        )  # fmt: skip
    return _done(
        request, subject, _("The event of the episode is up to date."),
        lambda: services.follow_episode(by=user, subject=subject, seen=kept, close=sent.get("act") == "close"),
    )  # fmt: skip


def _entering(request: HttpRequest, identifier: str) -> tuple[User, Any]:
    """Return person and subject, or refuse: the sheet takes data of infused subjects from who enters data."""
    user, subject = subject_for(request, identifier)
    require(user, Permission.ENTER_DATA, subject.site)
    if subject.infusion_date is None:
        raise DomainError(_("The bedside sheet begins with the infusion."))
    return user, subject


def _done(request: HttpRequest, subject: Any, words: str, act: Callable[[], Any]) -> HttpResponse:
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("bedside:sheet", subject.identifier)


def _number(text: Any) -> int:
    digits = str(text or "")
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 6 else -1
