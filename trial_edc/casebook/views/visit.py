"""One visit of one subject: its plan, its date, its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial_edc.accounts.access import may, require
from trial_edc.accounts.roles import Permission
from trial_edc.audit.selectors import last_changes
from trial_edc.casebook import deviations
from trial_edc.casebook.actions import actions_at
from trial_edc.casebook.models import SubjectVisit
from trial_edc.casebook.not_done import reasons
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.added_visits import is_added
from trial_edc.casebook.selectors.expected import running_logs
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.casebook.selectors.status import Casebook, FormState, VisitState, casebook, record_status
from trial_edc.casebook.selectors.subjects import level_label
from trial_edc.casebook.selectors.visit_page import (
    answered_items,
    card,
    form_url,
    plan_text,
    timeliness,
    window_text,
)
from trial_edc.casebook.views.access import subject_for
from trial_edc.casebook.views.reading import typed_date
from trial_edc.casebook.visits import record_visit
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.unscheduled import is_unscheduled


def _open(request: HttpRequest, identifier: str, code: str) -> tuple[Any, Casebook, VisitState, Any]:
    """Return the subject, the casebook and the visit, or refuse: permission first, then site, then the protocol."""
    user, subject = subject_for(request, identifier)
    facts = read_facts([subject.pk])
    book = casebook(subject, facts)
    state = book.at(code)
    if state is None:
        raise Http404
    return user, book, state, facts


@require_GET
def visit_card(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Answer a cell of the matrix with its card."""
    _user, book, state, _facts = _open(request, identifier, visit)
    pages = actions_at(book.subject, state.visit)
    context = {"subject": book.subject, "state": card(identifier, state), "pages": pages}
    return render(request, "casebook/_visit_card.html", context)


@require_http_methods(["GET", "POST"])
def visit_page(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Show a visit; a post records its date or why it was not done."""
    user, book, state, facts = _open(request, identifier, visit)
    may_enter = may(user, Permission.ENTER_DATA, book.subject.site)
    typed = {"visit_date": _shown(state), "not_done_reason": state.row.not_done_reason}
    error: DomainError | None = None
    if request.method == "POST":
        require(user, Permission.ENTER_DATA, book.subject.site)
        typed = {name: request.POST.get(name, "").strip() for name in typed}
        try:
            _record(user, book.subject, visit, typed)
        except DomainError as refusal:
            error = refusal
        else:
            return _saved(request, book.subject, visit)
    context = {**_context(book, state, facts), "may_enter": may_enter, "typed": typed, "error": error, "failed": error}
    return render(request, "casebook/visit.html", context, status=422 if error else 200)


@require_POST
def draft_deviation(request: HttpRequest, identifier: str, visit: str) -> HttpResponse:
    """Draft the deviation of a visit outside its window, or find the one that was drafted; go to it."""
    user, book, _state, _facts = _open(request, identifier, visit)
    require(user, Permission.ENTER_DATA, book.subject.site)
    row = _row(book.subject, visit)
    if row is None or not deviations.can_draft():
        raise Http404
    record = deviations.draft(by=user, visit=row)
    return redirect(form_url(identifier, record.visit, record.crf.oid, record.sequence))


def _row(subject: Any, code: str) -> SubjectVisit | None:
    row = SubjectVisit.objects.filter(subject=subject, code=code).first()
    if row is not None:
        row.subject = subject
    return row


def _deviation(subject: Any, state: VisitState, kind: str) -> dict[str, Any]:
    """Return what the page says about the deviation of a visit that was early or late."""
    row = _row(subject, state.visit.code) if kind == "warn" and deviations.can_draft() else None
    if row is None:
        return {}
    record = deviations.find(row)
    if record is None:
        return {"may_draft": True}
    return {
        "title": f"{record.crf.title} {record.sequence}",
        "url": form_url(subject.identifier, record.visit, record.crf.oid, record.sequence),
    }


def _saved(request: HttpRequest, subject: Any, code: str) -> HttpResponse:
    """Return to the visit; an unscheduled one that was taken back has no page any more."""
    if is_unscheduled(code) and not is_added(subject, code):
        messages.success(request, _("The visit is taken back."))
        return redirect("casebook:subject", identifier=subject.identifier)
    messages.success(request, _("Saved."))
    return redirect("casebook:visit", identifier=subject.identifier, visit=code)


def _record(user: Any, subject: Any, code: str, typed: dict[str, str]) -> None:
    day = typed_date(typed["visit_date"], "visit_date")
    record_visit(by=user, subject=subject, code=code, visit_date=day, not_done_reason=typed["not_done_reason"])


def _shown(state: VisitState) -> str:
    return study_date(state.row.visit_date)


def _context(book: Casebook, state: VisitState, facts: Any) -> dict[str, Any]:
    identifier = book.subject.identifier
    known = _known(state, facts)
    kind, words = timeliness(state)
    before, after = _neighbours(book, state)
    return {
        "heading": visit_label(state.visit),
        "lead": plan_text(state),
        "crumbs": [
            {"label": _("Subjects"), "url": reverse("casebook:matrix")},
            {"label": identifier, "url": reverse("casebook:subject", args=[identifier])},
            {"label": visit_label(state.visit)},
        ],
        "subject": book.subject,
        "level": level_label(book.subject.dose_level),
        "state": state,
        "note": _(state.visit.note) if state.visit.note else "",
        "span": _span(state),
        "is_unscheduled": is_unscheduled(state.visit.code),
        "timeliness": {"kind": kind, "words": words},
        "deviation": _deviation(book.subject, state, kind),
        "lines": [line for form in state.forms for line in _lines(identifier, state, form, known)],
        "logs": [
            {"title": form.title, "url": f"{reverse('casebook:subject', args=[identifier])}?tab=logs#log-{form.oid}"}
            for form in running_logs()
            if form.oid in state.visit.log_forms
        ],
        "pages": actions_at(book.subject, state.visit),
        "before": before,
        "after": after,
    }


def _span(state: VisitState) -> str:
    if state.window is None:
        return "–"
    return window_text(state.window) or _("the day itself")


def _neighbours(book: Casebook, state: VisitState) -> tuple[Any, Any]:
    place = book.visits.index(state)
    before = book.visits[place - 1].visit if place else None
    after = book.visits[place + 1].visit if place + 1 < len(book.visits) else None
    return before, after


@dataclass(frozen=True)
class _Known:
    """What is known about the saved forms of a visit, read once for all of them."""

    facts: Any
    changes: dict[UUID, Any]
    answered: dict[UUID, Any]
    undone: dict[UUID, Any]


def _known(state: VisitState, facts: Any) -> _Known:
    records = [record for form in state.forms for record in form.records]
    not_done = [record.pk for record in records if record.state == FormStatus.NOT_DONE]
    return _Known(facts, last_changes([record.pk for record in records]), answered_items(records), reasons(not_done))


def _lines(identifier: str, state: VisitState, form: FormState, known: _Known) -> list[dict[str, Any]]:
    """Return one line per saved record of a form, or one for a form that is not begun; the last may add another."""
    visit, oid = state.visit.code, form.form.oid
    common = {
        "title": form.form.title, "required": form.form.required, "expected": form.form.records,
        "requirement": form.requirement,
    }  # fmt: skip
    lines: list[dict[str, Any]] = [
        {
            **common,
            "number": record.sequence if form.form.repeating else 0,
            "url": form_url(identifier, visit, oid, record.sequence),
            "status": record_status(record, known.facts),
            "queries": known.facts.queries.get(record.pk),
            "change": known.changes.get(record.pk),
            "answered": known.answered.get(record.pk),
            "not_done": known.undone.get(record.pk),
        }
        for record in form.records
    ]
    repeats = form.form.repeating and bool(lines)
    more = form_url(identifier, visit, oid) if repeats else ""
    if not lines:
        not_done_url = reverse("casebook:crf-not-done", args=[identifier, visit, oid, 1])
        url = form_url(identifier, visit, oid, 1)
        lines = [{**common, "url": url, "status": form.status, "not_done_url": not_done_url}]
    return [*lines[:-1], lines[-1] | {"add_url": more, "saved": len(form.records), "form_status": form.status}]
