"""The form page: open it, save it, keep its draft, check it while it is typed, sign it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial_edc.accounts.access import may, require
from trial_edc.accounts.authenticator import WrongCode
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.identity import Second
from trial_edc.audit.signatures import WrongPassword
from trial_edc.casebook import drafts, tokens
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.page import Page, build_page, refresh
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.log_editor import log_address, log_editor
from trial_edc.casebook.selectors.logs import read_sorting, row_key, way_back
from trial_edc.casebook.sidebar import add_sidebar, next_form
from trial_edc.casebook.signing import sign_record
from trial_edc.casebook.submission import Conflict, Outcome, Saved, submit
from trial_edc.casebook.views.access import place_for, record_for, subject_for
from trial_edc.crf import registry


@require_GET
def open_form(request: HttpRequest, identifier: str, visit: str, oid: str) -> HttpResponse:
    """Go to the one form of this kind, or to a new one where it repeats."""
    _user, subject = subject_for(request, identifier)
    place = Place(subject, visit, oid, 1)
    _user, place = place_for(request, identifier, visit, oid, 1)
    if place.model.crf.repeating:
        place = Place(subject, visit, oid, place.next_sequence())
    return redirect(f"{place.url}?{request.GET.urlencode()}" if request.GET else place.url)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Show a form, or save what was typed into it."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    if request.method == "POST":
        return _answer(request, user, place, submit(by=user, place=place, data=request.POST))
    record = place.find()
    draft = drafts.find(user, place)
    typed = drafts.typed(draft) if draft else _proposed(request, user, place, record)
    entry = open_entry(place, user, record=record, typed=typed)
    if typed is not None:
        entry.is_valid()
    page = build_page(entry, user, draft=draft)
    page.proposed = typed is not None and draft is None
    return _show(request, user, page)


def _proposed(request: HttpRequest, user: User, place: Place, record: Any) -> QueryDict | None:
    """Return what the address fills into a new form; nothing of it is kept before the person saves."""
    if record is not None or not may(user, Permission.ENTER_DATA, place.subject.site):
        return None
    items = {field.name for field, _item in registry.items(place.model)}
    tables = [table.crf.oid for table in registry.row_tables(place.model)]
    typed = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if name in items or name.startswith(tuple(f"{table}-" for table in tables)):
            typed.setlist(name, values)
    if not typed:
        return None
    for table in tables:
        typed.setdefault(f"{table}-TOTAL_FORMS", "0")
        typed[f"{table}-INITIAL_FORMS"] = "0"
    return typed


def _show(request: HttpRequest, user: User, page: Page, status: int = 200) -> HttpResponse:
    add_sidebar(page)
    if _leads_back(request, page.entry.place):
        sorting = read_sorting(request.GET.getlist("sort"))
        page.log, page.log_query = log_editor(page.entry.place, sorting), way_back(sorting)
    return render(request, "casebook/crf_edit.html", {"page": page, "form": page.entry.form}, status=status)


def _leads_back(request: HttpRequest, place: Place) -> bool:
    """Test whether the form was opened from its log."""
    return request.GET.get("next") == "log" and bool(place.model.crf.log)


def _after_row(request: HttpRequest, place: Place) -> str:
    """Return where a saved row of a log leads: to the row the page named as the next, or back to the log."""
    sorting, following = read_sorting(request.GET.getlist("sort")), request.POST.get("following", "")
    if request.POST.get("action") == "next" and url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return following
    return log_address(place, sorting, row_key(place.oid, place.visit, place.sequence))


def _answer(request: HttpRequest, user: User, place: Place, outcome: Outcome) -> HttpResponse:
    if isinstance(outcome, Saved):
        return _saved(request, user, place, outcome)
    page = build_page(outcome.entry, user, failed=not isinstance(outcome, Conflict))
    page.token = request.POST.get("token", page.token)
    page.reason_code = request.POST.get("reason_code", "")
    page.reason_text = request.POST.get("reason_text", "")
    if isinstance(outcome, Conflict):
        page.version, page.reason_required = outcome.record.version, outcome.record.completed_at is not None
        page.conflict = {
            "by": outcome.by, "at": outcome.at, "action": request.POST.get("action", "save"),
            "fields": outcome.differing,
        }  # fmt: skip
        return _show(request, user, page, 409)
    page.reason_error = outcome.reason_error
    return _show(request, user, page, 422)


def _saved(request: HttpRequest, user: User, place: Place, outcome: Saved) -> HttpResponse:
    record = outcome.record
    words = (
        _("%(form)s saved.") if request.POST.get("action") != "complete" else _("%(form)s saved and marked complete.")
    )
    if not outcome.repeated:
        messages.success(request, words % {"form": type(record).crf.title})
    here = Place(place.subject, record.visit, record.crf.oid, record.sequence)
    if _leads_back(request, place):
        return redirect(_after_row(request, here))
    following = next_form(here, user) if request.POST.get("action") in ("next", "complete") else None
    return redirect(following or here.url)


@require_POST
def keep_draft(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Keep what is typed; nothing of it is a record."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    require(user, Permission.ENTER_DATA, place.subject.site)
    if tokens.is_spent(request.POST.get("token")):
        return HttpResponse(status=204)
    version = request.POST.get("version", "0")
    draft = drafts.keep(by=user, place=place, data=request.POST, version=int(version) if version.isdigit() else 0)
    if draft is None:
        return JsonResponse({"ok": False, "error": _("This is too long to be kept as a draft.")}, status=413)
    return JsonResponse({"ok": True, "saved_at": timezone.localtime(draft.saved_at).strftime("%H:%M:%S")})


@require_POST
def discard_draft(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Go back to what is saved; the draft was this person's alone."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    require(user, Permission.ENTER_DATA, place.subject.site)
    drafts.discard(user, place)
    messages.info(request, _("Your draft is discarded."))
    return redirect(place.url)


@require_POST
def live(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Check what is typed with the very rules that run at the save; answer with marks and computed values."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    require(user, Permission.ENTER_DATA, place.subject.site)
    entry = open_entry(place, user, record=place.find(), typed=request.POST)
    entry.is_valid()
    page = build_page(entry, user)
    refresh(page)
    return render(request, "casebook/_live.html", {"page": page, "form": entry.form})


@require_GET
def presence(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Say who else is typing into this form."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    page = build_page(open_entry(place, user, record=place.find()), user)
    return render(request, "casebook/_presence_answer.html", {"page": page})


@require_POST
def sign_form(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Sign a complete form with the password; a change by any path later voids the signature."""
    user, place, record = record_for(request, identifier, visit, oid, sequence)
    version = request.POST.get("version", "")
    try:
        sign_record(
            by=user,
            record=record,
            version=int(version) if version.isdigit() else -1,
            password=request.POST.get("password", ""),
            second=Second(request.POST.get("code", ""), request.session),
        )
    except (WrongPassword, WrongCode) as refusal:
        messages.error(request, str(refusal))
        return redirect(place.url)
    messages.success(request, _("Signed by %(name)s.") % {"name": user.full_name})
    return redirect(place.url)
