"""One subject: facts, visits, logs, queries, trail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import may, may_sign_casebook, today
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.actions import actions_for
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors import queries as query_selectors
from trial_edc.casebook.selectors import trail
from trial_edc.casebook.selectors.facts import Facts, read_facts
from trial_edc.casebook.selectors.logs import log_table
from trial_edc.casebook.selectors.status import Casebook, VisitState, casebook
from trial_edc.casebook.selectors.subjects import level_label
from trial_edc.casebook.selectors.visit_page import form_url, timeliness, window_text
from trial_edc.casebook.views.access import subject_for
from trial_edc.protocol.study_day import study_day_label
from trial_edc.protocol.visits.due import Phase
from trial_edc.protocol.visits.model import VisitKind

LATEST_CHANGES = 50
NEXT_VISITS = 2
#: name in the address -> label
TABS = {
    "visits": gettext_lazy("Visits"),
    "logs": gettext_lazy("Logs"),
    "queries": gettext_lazy("Queries"),
    "trail": gettext_lazy("Trail"),
}


@require_GET
def subject_page(request: HttpRequest, identifier: str) -> HttpResponse:
    """Show a subject; the tab is part of the address."""
    user, subject = subject_for(request, identifier)
    facts = read_facts([subject.pk])
    book = casebook(subject, facts)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "visits"
    may_enter = may(user, Permission.ENTER_DATA, subject.site)
    context = {
        "heading": identifier,
        "crumbs": [{"label": _("Subjects"), "url": reverse("casebook:matrix")}, {"label": identifier}],
        "subject": subject,
        "facts": _facts(subject, book),
        "tabs": _tabs(identifier, tab, book, facts),
        "tab": tab,
        "may_enter": may_enter,
        "next_form": _next_form(book) if may_enter else None,
        "may_sign_off": may_sign_casebook(user, subject.site),
        "actions": [{"action": action, "url": url} for action, url in actions_for(user, subject)],
        **_TAB_CONTENT[tab](book, facts),
    }
    return render(request, "casebook/subject.html", context)


def _facts(subject: Any, book: Casebook) -> list[tuple[Any, Any]]:
    day = subject.study_day(today())
    return [
        (_("Status"), subject.get_status_display()),
        (_("Site"), subject.site),
        (_("Dose level"), level_label(subject.dose_level) or _("not assigned")),
        (_("Consent"), subject.consent_date),
        (_("Infusion"), subject.infusion_date),
        (_("Study day"), "" if day is None else study_day_label(day)),
        (_("Next visits"), ", ".join(_next_visits(book)) or "–"),
    ]


def _next_visits(book: Casebook) -> list[str]:
    """Return code and date of the planned visits that come next: in their window, or not due yet with a known date."""
    coming = [
        state
        for state in book.visits
        if state.phase in (Phase.DUE, Phase.NOT_DUE)
        and state.visit.kind is VisitKind.PLANNED
        and state.window is not None
        and state.done_count < len(state.required)
        and not state.row.not_done_reason
    ]
    coming.sort(key=lambda state: state.window.target if state.window else today())
    return [f"{state.visit.code} {study_date(state.window.target)}" for state in coming[:NEXT_VISITS] if state.window]


def _tabs(identifier: str, current: str, book: Casebook, facts: Facts) -> list[dict[str, Any]]:
    waiting = sum(count.open + count.answered for count in facts.queries_at.values())
    counts = {"logs": sum(len(log.records) for log in book.logs), "queries": waiting}
    base = reverse("casebook:subject", args=[identifier])
    return [
        {"label": label, "url": f"{base}?tab={name}", "current": name == current, "count": counts.get(name)}
        for name, label in TABS.items()
    ]


def _next_form(book: Casebook) -> dict[str, Any] | None:
    """Return the first required form that is due and not complete; when none is due, the first overdue one."""
    waiting = [
        (state, form)
        for phase in (Phase.DUE, Phase.OVERDUE)
        for state in book.visits
        if state.phase is phase and not state.row.not_done_reason
        for form in state.required
        if not form.is_done
    ]
    if not waiting:
        return None
    state, form = waiting[0]
    started = next((record.sequence for record in form.records if record.state == "STARTED"), None)
    fresh = None if form.form.repeating and form.records else 1
    url = form_url(book.subject.identifier, state.visit.code, form.form.oid, started or fresh)
    return {"url": url, "title": form.form.title, "visit": state.visit.code}


def _visits(book: Casebook, _facts: Facts) -> dict[str, Any]:
    return {"visits": [_visit_line(book, state) for state in book.visits]}


def _visit_line(book: Casebook, state: VisitState) -> dict[str, Any]:
    kind, words = timeliness(state)
    return {
        "state": state,
        "label": visit_label(state.visit),
        "group": _(state.visit.group.value),
        "url": reverse("casebook:visit", args=[book.subject.identifier, state.visit.code]),
        "span": "" if state.window is None else window_text(state.window),
        "late_kind": kind,
        "late_words": words,
    }


def _logs(book: Casebook, facts: Facts) -> dict[str, Any]:
    return {"logs": [log_table(book.subject, log, facts) for log in book.logs]}


def _queries(book: Casebook, _facts: Facts) -> dict[str, Any]:
    return {"queries": query_selectors.lines(query_selectors.of_subject(book.subject))}


def _trail(book: Casebook, _facts: Facts) -> dict[str, Any]:
    changes = ItemChange.objects.filter(chain=book.subject.pk).order_by("-id")[:LATEST_CHANGES]
    return {"trail": trail.lines(list(changes))}


_TAB_CONTENT = {"visits": _visits, "logs": _logs, "queries": _queries, "trail": _trail}
