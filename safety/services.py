"""What follows the save of a safety form, and what refuses it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from enrollment.models.subject import SubjectStatus
from safety.ctcae import TERMS
from safety.grading import grade_crs_form, grade_icans_form, store_crs, store_icans
from safety.models import AdverseEvent
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.errors import DomainError


def guard_assessment(*, record: Any, by: User) -> None:
    """Refuse an assessment in the future, and a grade that differs from the computed one without a reason."""
    if record.assessed_date is not None and record.assessed_date > today():
        raise DomainError(_("The date of assessment is in the future."), field="assessed_date")
    grade = getattr(record, "investigator_grade", None)
    if grade is None or record.grade_reason.strip():
        return
    computed = grade_crs_form(record) if record.crf.oid == "CRS" else grade_icans_form(record)
    if computed is not None and computed.grade is not None and computed.grade != grade:
        raise DomainError(
            _("The computed grade is %(computed)s. Say why yours differs.") % {"computed": computed.grade},
            field="grade_reason",
        )


def follow_crs(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep the computed grade beside the investigator's."""
    store_crs(record)


def follow_icans(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep the computed grade beside the investigator's."""
    store_icans(record)


def guard_adverse_event(*, record: AdverseEvent, by: User) -> None:
    """Refuse a parent event that does not exist."""
    if record.part_of_event is None:
        return
    if record.part_of_event == record.sequence:
        raise DomainError(_("An event cannot be a component of itself."), field="part_of_event")
    parents = AdverseEvent.objects.filter(subject=record.subject, sequence=record.part_of_event)
    parent = parents.first()
    if parent is None or TERMS[parent.term].grading != "ASTCT 2019":
        raise DomainError(
            _("Event %(number)s of this subject is not a CRS or ICANS event.") % {"number": record.part_of_event},
            field="part_of_event",
        )


def guard_death(*, record: Any, by: User) -> None:
    """Refuse a death in the future, or before the infusion that was recorded."""
    subject = record.subject
    if record.death_date is None:
        return
    if record.death_date > today():
        raise DomainError(_("The date of death is in the future."), field="death_date")
    if subject.infusion_date and record.death_date < subject.infusion_date:
        raise DomainError(_("The date of death is before the infusion."), field="death_date")


def follow_death(*, record: Any, by: User, changed: set[str]) -> None:
    """Note the death on the subject: expectations after it end."""
    subject = record.subject
    subject.death_date = record.death_date
    if record.death_date is not None:
        subject.status = SubjectStatus.DIED
    subject.save(update_fields=["death_date", "status"])
