"""The lists of work that the platform itself knows: visits and forms, verification, signatures, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trial_edc.casebook.models import FormStanding, VisitStanding
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors import verification
from trial_edc.casebook.selectors.verification import FormProgress, VerificationFilter
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.selectors.worklists import WORK_LISTS
from trial_edc.casebook.standings.endorsed import kept_endorsements
from trial_edc.casebook.standings.lists import Rows, rows_of_list
from trial_edc.casebook.standings.worklists import (
    ROWS,
    count_items,
    due_visits,
    forms_with_items,
    label_of,
    samples,
    status_of,
)
from trial_edc.casebook.work import Desk, Line, WorkList, register
from trial_edc.crf import registry
from trial_edc.protocol import status
from trial_edc.protocol.endorsement import Endorsement
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.review.models import UnlockRequest


def _form_line(row: FormStanding) -> Line:
    identifier = row.subject.identifier
    url = form_url(identifier, row.visit, row.form, row.sequence or 1)
    return Line(identifier, registry.get(row.form).crf.title, url, label_of(row), None, status_of(row))


def _visit_line(row: VisitStanding, what: Any) -> Line:
    identifier = row.subject.identifier
    url = reverse("casebook:visit", args=[identifier, row.visit])
    return Line(identifier, what, url, label_of(row), row.due_day, status_of(row))


def _kept(name: str) -> Callable[[Desk], Rows[Line]]:
    """Return the lines of a list that the matrix counts too."""

    def words(row: FormStanding | VisitStanding) -> Line:
        return _visit_line(row, _("Visit")) if isinstance(row, VisitStanding) else _form_line(row)

    return lambda desk: ROWS[name](desk.standings).into(words)


def due_today(desk: Desk) -> Rows[Line]:
    """Return the visits whose window is open today and whose required forms are not all complete."""
    return due_visits(desk.standings).into(lambda row: _visit_line(row, _progress(row)))


def _progress(row: VisitStanding) -> str:
    """Return how far a visit is; one that requires no form waits for those that were begun, or for the first."""
    if row.required:
        return _("%(done)s of %(total)s forms complete") % {"done": row.done, "total": row.required}
    return ngettext("%(count)s form begun", "%(count)s forms begun", row.begun) % {"count": row.begun}


def samples_due(desk: Desk) -> Rows[Line]:
    """Return the samples that visits due today ask for and of which nothing is entered."""
    return rows_of_list(list(samples(desk.standings)), due=lambda found: found[0].due_day).into(_sample_line)


def _sample_line(found: tuple[VisitStanding, str]) -> Line:
    row, oid = found
    identifier = row.subject.identifier
    url = form_url(identifier, row.visit, oid, 1)
    return Line(identifier, registry.get(oid).crf.title, url, label_of(row), row.due_day, status.NOT_STARTED)


CHANGED = VerificationFilter(state=verification.CHANGED)
CRITICAL = VerificationFilter(state=verification.UNVERIFIED, critical="1")


def _count_items(wanted: VerificationFilter) -> Callable[[Desk], int]:
    """Return the number that the page of source verification shows for a filter."""
    return lambda desk: count_items(desk.standings, wanted).of(wanted.state)


def _by_form(desk: Desk, wanted: VerificationFilter, words: Callable[[int], str]) -> Rows[Line]:
    """Return one line per form with items that the filter asks for."""

    def line(form: FormProgress) -> Line:
        identifier, count = desk.identifier(form.subject), form.counts(wanted).of(wanted.state)
        address = reverse("casebook:verification-form", args=[identifier, form.visit, form.oid, form.sequence])
        return Line(
            identifier,
            f"{registry.get(form.oid).crf.title}: {words(count)}",
            f"{address}?{urlencode(wanted.parts())}",
            visit_label(visit_definition(form.visit)),
        )

    return forms_with_items(desk.standings, wanted).into(line)


def changed_forms(desk: Desk) -> Rows[Line]:
    """Return the forms with an item that changed after it was verified against source."""
    return _by_form(desk, CHANGED, lambda count: _("%(count)s changed since verified") % {"count": count})


def unverified_forms(desk: Desk) -> Rows[Line]:
    """Return the forms with a critical item that nobody verified in its present version."""
    return _by_form(desk, CRITICAL, lambda count: _("%(count)s critical not verified") % {"count": count})


def _page(wanted: VerificationFilter) -> str:
    usual = VerificationFilter().parts()
    return (
        f"/verification/?{urlencode({name: value for name, value in wanted.parts().items() if value != usual[name]})}"
    )


def due_endorsements(desk: Desk) -> Rows[Line]:
    """Return the milestones at which something waits for the investigator's signature, by subject."""
    return rows_of_list(kept_endorsements(desk.standings), due=lambda found: found[1].due).into(_endorsement_line)


def _endorsement_line(found: tuple[str, Endorsement]) -> Line:
    identifier, each = found
    url = f"{reverse('casebook:sign-off', args=[identifier])}?{urlencode({'milestone': each.milestone.key})}"
    count = sum(each.forms)
    what = ngettext("%(count)s form to sign", "%(count)s forms to sign", count) % {"count": count}
    return Line(identifier, what, url, each.milestone.label, each.due)


def unlock_requests(desk: Desk) -> Iterator[Line]:
    """Yield the requests to unlock that wait for a decision."""
    for each in UnlockRequest.objects.filter(granted=None).select_related("subject"):
        if each.subject is None or desk.sees(each.subject_id):
            where = each.visit or _("whole casebook")
            yield Line(each.subject.identifier if each.subject else "", each.reason, reverse("casebook:closing"), where)


for _work in (
    WorkList("due", gettext_lazy("Due today"), "circle", "info", gettext_lazy("No visit is due today."), due_today),
    *(
        WorkList(each.name, each.title, each.icon, each.colour, each.empty, _kept(each.name))
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
