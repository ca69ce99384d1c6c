"""Protocol deviations: drafted by the product, completed by the site."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.models import ProtocolDeviation, Subject
from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import SYSTEM_USER_ID, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.closing import refuse_closed
from trial_edc.casebook.place import NEW, Place
from trial_edc.errors import DomainError
from trial_edc.protocol.amendments import current_amendment
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.protocol.visits.schedule import window

LOG = "LOG"


def draft_deviation(
    *,
    by: User,
    subject: Subject,
    category: str,
    visit: str,
    description: str,
    reference: str,
    form: str = "",
    occurred_date: date | None = None,
    source: str = "web",
) -> ProtocolDeviation:
    """Open a deviation that the product found, once per cause, and return it; the site judges and completes it.

    `reference` names the cause, for example "visit-window:<visit record>": a second draft of the same cause returns
    the first record untouched, whatever the site made of it. `visit` and `form` are codes of the protocol. A worker
    drafts as the system; a person needs the right to enter data at the subject's site. DomainError when the casebook
    is closed.
    """
    if by.pk != SYSTEM_USER_ID:
        require(by, Permission.ENTER_DATA, subject.site)
    if not reference.strip():
        raise ValueError("An automatic draft names its cause.")
    with acting(by, _("Drafted by the product"), source=source):
        Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        present = ProtocolDeviation.objects.filter(subject=subject, reference=reference).first()
        if present is not None:
            return present
        refuse_closed(subject, LOG)
        return ProtocolDeviation.objects.create(
            subject=subject,
            visit=LOG,
            sequence=Place(subject, LOG, "DV", NEW).next_sequence(),
            amendment=current_amendment().number,
            version=1,
            category=ProtocolDeviation.Category(category),
            found_date=today(),
            occurred_date=occurred_date,
            affected_visit=visit,
            affected_form=form,
            how_found=ProtocolDeviation.Found.AUTOMATIC,
            description=description[:1000],
            reference=reference,
        )


def follow_visit(*, visit: Any, by: User) -> None:
    """Draft a deviation for a visit outside its window; a forecast window is none."""
    if _days_outside(visit):
        draft_visit_deviation(by=by, visit=visit)


def draft_visit_deviation(*, by: User, visit: Any) -> ProtocolDeviation:
    """Draft the deviation of a visit outside its window, once for its date; DomainError for a visit inside it."""
    days = _days_outside(visit)
    if not days:
        raise DomainError(_("The visit lies in its window, so there is no deviation."), field="visit_date")
    early = ngettext("%(days)s day before its window.", "%(days)s days before its window.", -days)
    late = ngettext("%(days)s day after its window.", "%(days)s days after its window.", days)
    return draft_deviation(
        by=by,
        subject=visit.subject,
        category=ProtocolDeviation.Category.VISIT,
        visit=visit.code,
        occurred_date=visit.visit_date,
        description=(late if days > 0 else early) % {"days": abs(days)},
        reference=_reference(visit),
    )


def deviation_of_visit(visit: Any) -> ProtocolDeviation | None:
    """Return the deviation drafted for a visit on its present date, None when there is none."""
    if visit.visit_date is None:
        return None
    return ProtocolDeviation.objects.filter(subject=visit.subject, reference=_reference(visit)).first()


def _reference(visit: Any) -> str:
    return f"visit-window:{visit.pk}:{visit.visit_date.isoformat()}"


def _days_outside(visit: Any) -> int:
    """Return the days a visit lies before (negative) or after its window; 0 inside it, or while either is unknown."""
    span = window(visit_definition(visit.code), visit.subject.anchors)
    if span is None or span.provisional or visit.visit_date is None:
        return 0
    return span.days_outside(visit.visit_date)


def guard_deviation(*, record: Any, by: User) -> None:
    """Refuse dates in the future, and a reference that the product did not write."""
    for name in ("found_date", "occurred_date"):
        day = getattr(record, name)
        if day is not None and day > today():
            raise DomainError(_("This date is in the future."), field=name)
    saved = ProtocolDeviation.objects.filter(pk=record.pk).values_list("reference", flat=True).first() or ""
    if record.reference != saved:
        raise DomainError(_("Only the product writes this reference."), field="reference")
    if bool(saved) != (record.how_found == ProtocolDeviation.Found.AUTOMATIC) and record.how_found:
        raise DomainError(_("This does not fit how the record was made."), field="how_found")
