"""The lists of work over many casebooks, by the name they have in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, Q, Sum

from trial_edc.casebook.models import FormStanding, VisitStanding
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.verification import ALL, CHANGED, VERIFIED, Counts, FormProgress, VerificationFilter
from trial_edc.casebook.standings.lists import Rows, Standings
from trial_edc.casebook.standings.reading import critical_of, items_of
from trial_edc.protocol import status
from trial_edc.protocol.status import STATUSES, Status
from trial_edc.protocol.visits.schedule import visit as visit_definition

#: What a form or visit may show beyond the legend.
_STATUSES: dict[str, Status] = {**STATUSES, status.NOT_EXPECTED.code: status.NOT_EXPECTED}


def status_of(row: VisitStanding | FormStanding) -> Status:
    """Return the status a row names."""
    return _STATUSES[row.status]


def status_called(code: str) -> Status:
    """Return the status of that code."""
    return _STATUSES[code]


def label_of(row: VisitStanding | FormStanding) -> str:
    """Return what the visit of a row is called."""
    return visit_label(visit_definition(row.visit))


#: Name of a list -> its rows; each is the same condition as the function of that name in selectors/worklists.py.
ROWS: dict[str, Callable[[Standings], Rows[Any]]] = {
    "overdue": lambda standings: standings.visits(Q(status=status.OVERDUE.code)),
    "in-progress": lambda standings: standings.forms(Q(in_progress=True), "in-progress"),
    "to-verify": lambda standings: standings.forms(Q(to_verify=True), "to-verify"),
    "to-sign": lambda standings: standings.forms(Q(to_sign=True), "to-sign"),
}


def due_visits(standings: Standings) -> Rows[VisitStanding]:
    """Return the visits whose window is open today and whose required forms are not all complete."""
    return standings.visits(Q(is_due=True))


def samples(standings: Standings) -> Iterator[tuple[VisitStanding, str]]:
    """Yield (visit, form) of the samples that visits due today ask for and of which nothing is entered."""
    for visit in standings.visits(~Q(samples=[])):
        for oid in visit.samples:
            yield visit, oid


def forms_with_items(standings: Standings, wanted: VerificationFilter) -> Rows[FormProgress]:
    """Return the forms that have at least one item the filter asks for."""
    total = "critical" if wanted.critical else "items"
    conditions = {
        ALL: Q(**{f"{total}__gt": 0}), VERIFIED: Q(**{f"{total}_verified__gt": 0}),
        CHANGED: Q(**{f"{total}_changed__gt": 0}),
    }  # fmt: skip
    condition = conditions.get(wanted.state, Q(**{f"{total}__gt": F(f"{total}_verified")}))
    if wanted.form:
        return standings.forms(condition & Q(form=wanted.form)).into(progress_of)
    return standings.forms(condition, f"forms-{wanted.state}{wanted.critical}").into(progress_of)


def progress_of(row: FormStanding) -> FormProgress:
    """Return how far the verification of a form is."""
    return FormProgress(
        row.subject_id, row.pk, row.form, row.visit, row.sequence, row.state, items_of(row), critical_of(row)
    )


def count_items(standings: Standings, wanted: VerificationFilter) -> Counts:
    """Return the items the filter looks at, its state apart: those of all subjects together."""
    if not wanted.form:
        return Counts(*(standings.number(f"{name}{wanted.critical}") for name in Counts._fields))
    total = "critical" if wanted.critical else "items"
    names = (total, f"{total}_verified", f"{total}_changed")
    found = FormStanding.objects.filter(form=wanted.form, subject__in=standings.subjects.values("pk"))
    sums = found.aggregate(**{f"sum_{name}": Sum(name, default=0) for name in names})
    return Counts(*(sums[f"sum_{name}"] for name in names))
