"""The left side of the form page: the other forms of the visit, the other visits, the logs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from trial_edc.accounts.access import may
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.actions import actions_at
from trial_edc.casebook.copying import previous, title_of
from trial_edc.casebook.page import Page
from trial_edc.casebook.place import Place
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.status import Casebook, FormState, VisitState, casebook
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.protocol import status

#: How many other visits the side shows on either side of the present one.
NEIGHBOURS = 3


def add_sidebar(page: Page) -> None:
    """Fill the lists of forms, visits and logs, and what can be copied from."""
    place = page.entry.place
    book = casebook(place.subject)
    here = book.at(place.visit)
    if here is not None:
        page.other_forms = [_form_line(place, state) for state in here.forms]
    page.other_visits = [_visit_line(place, state) for state in _neighbours(book, place.visit)]
    page.together = [] if here is None else actions_at(place.subject, here.visit)
    page.logs = [_form_line(place, state, log=True) for state in book.logs]
    if not page.read_only and page.entry.record.completed_at is None and (found := previous(book, place)) is not None:
        page.copy_title = title_of(found)


def _form_line(place: Place, state: FormState, *, log: bool = False) -> dict[str, Any]:
    current = state.form.oid == place.oid
    sequence = state.records[-1].sequence if state.records else (1 if not state.form.repeating else None)
    visit = "LOG" if log else place.visit
    title = state.form.title
    if state.form.repeating and len(state.records) > 1:
        title = _("%(form)s (%(count)s)") % {"form": title, "count": len(state.records)}
    return {
        "title": title,
        "url": form_url(place.subject.identifier, visit, state.form.oid, sequence),
        "status": state.status,
        "query_count": state.queries.open,
        "current": current,
    }


def _visit_line(place: Place, state: VisitState) -> dict[str, Any]:
    url = reverse("casebook:visit", args=[place.subject.identifier, state.visit.code])
    return {"title": visit_label(state.visit), "url": url, "status": state.status}


def _neighbours(book: Casebook, code: str) -> list[VisitState]:
    codes = [state.visit.code for state in book.visits]
    at = codes.index(code) if code in codes else 0
    first = max(0, at - NEIGHBOURS)
    return [state for state in book.visits[first : at + NEIGHBOURS + 1] if state.visit.code != code]


def next_form(place: Place, user: User) -> str | None:
    """Return the address of the next form of the visit that waits for this person, None when there is none."""
    if not may(user, Permission.ENTER_DATA, place.subject.site):
        return None
    here = casebook(place.subject).at(place.visit)
    if here is None:
        return None
    oids = [state.form.oid for state in here.forms]
    at = oids.index(place.oid) if place.oid in oids else -1
    for state in here.forms[at + 1 :]:
        if state.form.required and state.status in (status.NOT_STARTED, status.IN_PROGRESS, status.OVERDUE):
            sequence = state.records[-1].sequence if state.records and not state.form.repeating else None
            return form_url(place.subject.identifier, place.visit, state.form.oid, sequence or _first(state))
    return None


def _first(state: FormState) -> int | None:
    return None if state.form.repeating else 1
