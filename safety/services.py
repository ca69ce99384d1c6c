"""What follows the save of a safety form, and what refuses it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from enrollment.models.subject import SubjectStatus
from safety.ctcae import TERMS
from safety.grading import grade_crs_form, grade_icans_form, store_crs, store_icans
from safety.models import AdverseEvent
from safety.rules import crs, icans
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.errors import DomainError
from trial_edc.review.services import cancel_by_rule, raise_by_rule


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
    """Keep the computed grade beside the investigator's, and ask while the two differ."""
    store_crs(record)
    _ask_while_grades_differ(record, crs.RULE, grade_crs_form(record))


def follow_icans(*, record: Any, by: User, changed: set[str]) -> None:
    """Keep the computed grade beside the investigator's, and ask while the two differ."""
    store_icans(record)
    _ask_while_grades_differ(record, icans.RULE, grade_icans_form(record))


def _ask_while_grades_differ(record: Any, rule: str, computed: Any) -> None:
    """Raise one query while the investigator's grade is not the computed one; cancel it when they agree again."""
    mine, theirs = None if computed is None else computed.grade, record.investigator_grade
    # One wording for all: the sentence also tells whether a person has settled exactly this difference before.
    with override(settings.LANGUAGE_CODE):
        if None not in (mine, theirs) and mine != theirs:
            sentence = _(
                "The investigator's grade is %(theirs)s; the findings on this form mean grade %(mine)s. "
                "Check the findings and the grade."
            ) % {"theirs": theirs, "mine": mine}
            raise_by_rule(record=record, field="investigator_grade", text=sentence, rule=rule)
        elif record.version > 1:  # nobody can have asked about a form that was saved just now for the first time
            said = _("The investigator's grade and the findings on this form no longer differ.")
            cancel_by_rule(record=record, field="investigator_grade", rule=rule, text=said)


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
