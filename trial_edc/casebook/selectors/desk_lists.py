"""The lists of work that the platform itself knows: visits and forms, verification, signatures, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trial_edc.casebook.endorsing import waiting_endorsements
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors import verification
from trial_edc.casebook.selectors.status import VisitState
from trial_edc.casebook.selectors.verification import VerificationFilter
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.selectors.worklists import WORK_LISTS, entry
from trial_edc.casebook.work import Desk, Line, WorkList, register
from trial_edc.crf import registry
from trial_edc.protocol import status
from trial_edc.protocol.forms import SAMPLE_FORMS
from trial_edc.protocol.visits.due import Phase
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.review.models import UnlockRequest


def _from_matrix(name: str) -> Callable[[Desk], Iterator[Line]]:
    """Return the lines of a list that the matrix counts too."""

    def lines(desk: Desk) -> Iterator[Line]:
        facts = desk.matrix.facts
        for found in WORK_LISTS[name].find(desk.matrix.books, facts):
            each = entry(found, facts)
            what = found[1]
            due = what.window.last if isinstance(what, VisitState) and what.window else None
            sequence = each.sequence or 1
            yield Line(
                each.subject.identifier,
                registry.get(each.oid).crf.title if each.oid else _("Visit"),
                form_url(each.subject.identifier, each.visit, each.oid, sequence)
                if each.oid
                else reverse("casebook:visit", args=[each.subject.identifier, each.visit]),
                each.visit_label,
                due,
                each.status,
            )

    return lines


def due_visits(desk: Desk) -> Iterator[Line]:
    """Yield the visits whose window is open today and whose required forms are not all complete."""
    for book in desk.matrix.books:
        for state in book.visits:
            if state.phase is Phase.DUE and state.status in (status.NOT_STARTED, status.IN_PROGRESS):
                identifier = book.subject.identifier
                url = reverse("casebook:visit", args=[identifier, state.visit.code])
                due = state.window.last if state.window else None
                yield Line(identifier, _progress(state), url, visit_label(state.visit), due, state.status)


def _progress(state: VisitState) -> str:
    """Return how far a visit is; one that requires no form waits for those that were begun, or for the first."""
    if state.required:
        return _("%(done)s of %(total)s forms complete") % {"done": state.done_count, "total": len(state.required)}
    begun = sum(bool(form.records) or form.drafted for form in state.forms)
    return ngettext("%(count)s form begun", "%(count)s forms begun", begun) % {"count": begun}


def samples_due(desk: Desk) -> Iterator[Line]:
    """Yield the samples that visits due today ask for and of which nothing is entered."""
    for book in desk.matrix.books:
        for state in book.visits:
            if state.phase is not Phase.DUE:
                continue
            for form in state.forms:
                if form.form.required and form.form.oid in SAMPLE_FORMS and form.status is status.NOT_STARTED:
                    identifier = book.subject.identifier
                    url = form_url(identifier, state.visit.code, form.form.oid, 1)
                    due = state.window.last if state.window else None
                    yield Line(identifier, form.form.title, url, visit_label(state.visit), due, form.status)


CHANGED = VerificationFilter(state=verification.CHANGED)
CRITICAL = VerificationFilter(state=verification.UNVERIFIED, critical="1")


def _count_items(wanted: VerificationFilter) -> Callable[[Desk], int]:
    """Return the number that the page of source verification shows for a filter."""
    return lambda desk: verification.total(desk.verification, wanted).of(wanted.state)


def _by_form(desk: Desk, wanted: VerificationFilter, words: Callable[[int], str]) -> Iterator[Line]:
    """Yield one line per form with items that the filter asks for."""
    for form in verification.narrow(desk.verification, wanted):
        identifier = desk.identifier(form.subject)
        count = form.counts(wanted).of(wanted.state)
        yield Line(
            identifier,
            f"{registry.get(form.oid).crf.title}: {words(count)}",
            reverse("casebook:verification-form", args=[identifier, form.visit, form.oid, form.sequence])
            + f"?{urlencode(wanted.parts())}",
            visit_label(visit_definition(form.visit)),
        )


def changed_forms(desk: Desk) -> Iterator[Line]:
    """Yield the forms with an item that changed after it was verified against source."""
    return _by_form(desk, CHANGED, lambda count: _("%(count)s changed since verified") % {"count": count})


def unverified_forms(desk: Desk) -> Iterator[Line]:
    """Yield the forms with a critical item that nobody verified in its present version."""
    return _by_form(desk, CRITICAL, lambda count: _("%(count)s critical not verified") % {"count": count})


def _page(wanted: VerificationFilter) -> str:
    usual = VerificationFilter().parts()
    return (
        f"/verification/?{urlencode({name: value for name, value in wanted.parts().items() if value != usual[name]})}"
    )


def due_endorsements(desk: Desk) -> Iterator[Line]:
    """Yield the milestones at which something waits for the investigator's signature, by subject."""
    found = waiting_endorsements(desk.matrix.books, desk.matrix.facts)
    for book in desk.matrix.books:
        identifier = book.subject.identifier
        for each in found[book.subject.pk]:
            url = f"{reverse('casebook:sign-off', args=[identifier])}?{urlencode({'milestone': each.milestone.key})}"
            count = len(each.forms)
            what = ngettext("%(count)s form to sign", "%(count)s forms to sign", count) % {"count": count}
            yield Line(identifier, what, url, each.milestone.label, each.due)


def unlock_requests(desk: Desk) -> Iterator[Line]:
    """Yield the requests to unlock that wait for a decision."""
    for each in UnlockRequest.objects.filter(granted=None).select_related("subject"):
        if each.subject is None or each.subject_id in desk.subject_ids:
            where = each.visit or _("whole casebook")
            yield Line(each.subject.identifier if each.subject else "", each.reason, reverse("casebook:closing"), where)


for _work in (
    WorkList("due", gettext_lazy("Due today"), "circle", "info", gettext_lazy("No visit is due today."), due_visits),
    *(
        WorkList(each.name, each.title, each.icon, each.colour, each.empty, _from_matrix(each.name))
        for each in WORK_LISTS.values()
    ),
    WorkList(
        "samples-due", gettext_lazy("Samples due"), "hourglass-split", "info",
        gettext_lazy("No sample is due today."), samples_due,
    ),
    WorkList(
        "changed-since-verified", gettext_lazy("Changed since verified"), "arrow-repeat", "warn",
        gettext_lazy("Nothing that was verified has changed."), changed_forms,
        url=_page(CHANGED), count=_count_items(CHANGED),
    ),
    WorkList(
        "unverified-critical", gettext_lazy("Unverified critical items"), "shield-check", "sdv",
        gettext_lazy("Every critical item is verified."), unverified_forms,
        url=_page(CRITICAL), count=_count_items(CRITICAL),
    ),
    WorkList(
        "endorsements", gettext_lazy("To endorse"), "vector-pen", "sign",
        gettext_lazy("Every milestone that was reached is endorsed."), due_endorsements,
    ),
    WorkList(
        "unlock-requests", gettext_lazy("Requests to unlock"), "unlock", "info",
        gettext_lazy("No request waits."), unlock_requests,
    ),
):  # fmt: skip
    register(_work)
