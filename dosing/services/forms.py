"""What dosing does around the save of a form: refuse an infusion that may not take place, follow what was saved."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DltAssessment, Infusion, Slot
from dosing.rules.next_infusion import earliest_next_infusion
from dosing.selectors.trial import stagger_config, trial_now
from dosing.services.later import lock_board, recompute_subject_later
from dosing.services.product_use import keep_dose, require_own_number, require_released
from dosing.services.standing import BEFORE_INFUSION, standing_before_infusion
from enrollment.models import Subject
from enrollment.models.subject import SubjectStatus
from safety.selectors import trial_zone
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level

NOT_INFUSED = (SubjectStatus.SCREENING, *BEFORE_INFUSION)


def infused_at(record: Infusion) -> datetime | None:
    """Return the moment the infusion started, from date and time in the trial's zone; None while one is missing."""
    if record.start_date is None or record.start_time is None or record.status == FormStatus.NOT_DONE:
        return None
    return datetime.combine(record.start_date, record.start_time, tzinfo=trial_zone())


def guard_infusion(*, record: Infusion, by: User) -> None:
    """Refuse an infusion that the trial's rules do not allow. A correction of the form afterwards is no infusion."""
    slot = Slot.objects.filter(subject=record.subject, released_at=None).first()
    if slot is None:
        raise DomainError(
            _("%(subject)s has no slot. Enrol the subject first.") % {"subject": record.subject.identifier}
        )
    if record.assigned_dose_level is not None and record.assigned_dose_level != slot.dose_level:
        raise DomainError(
            _("This subject is assigned to %(level)s.") % {"level": dose_level(slot.dose_level).short_label},
            field="assigned_dose_level",
        )
    if record.identity_matches is False:
        raise DomainError(_("Subject and bag do not match: nothing may be infused."), field="identity_matches")
    if slot.is_imported:
        # It happened in another study: neither our releases nor our intervals were asked, and its hour may be unknown.
        return
    _require_start(record)
    infused = infused_at(record) is not None and record.subject.infused_at is None
    require_own_number(record, infused=infused)
    if infused:
        require_released(record)
        _require_level_open(slot)
        _require_interval(record, slot)


def _require_start(record: Infusion) -> None:
    given = record.infused_cells_million is not None
    if record.start_date is None:
        if given or record.start_time is not None:
            raise DomainError(_("Enter the date of infusion."), field="start_date")
        return
    if record.start_time is None:
        raise DomainError(_("Enter the start time: the DLT window is counted from it."), field="start_time")
    moment = infused_at(record)
    if moment is not None and moment > timezone.now():
        raise DomainError(_("The infusion lies in the future."), field="start_date")
    if record.identity_matches is None:
        raise DomainError(_("Record that two people matched subject and bag."), field="identity_matches")


def _require_level_open(slot: Slot) -> None:
    """Refuse an infusion at a level that is not released, suspended, closed, full, or not the one that recruits."""
    lock_board()
    now = trial_now()
    if slot.part == Slot.Part.EXPANSION:
        if not now.expansion.may_infuse or now.expansion.level != slot.dose_level:
            raise DomainError(now.expansion.because, field="start_date")
        return
    level = dose_level(slot.dose_level).short_label
    recruiting = now.recruitment
    if not now.decisions.authorised(slot.dose_level):
        raise DomainError(
            _("%(level)s is not released: a signed and released decision to escalate is required first.")
            % {"level": level},
            field="start_date",
        )
    if recruiting.level != slot.dose_level:
        raise DomainError(
            _("No infusion at %(level)s now. %(because)s") % {"level": level, "because": recruiting.because},
            field="start_date",
        )


def _require_interval(record: Infusion, slot: Slot) -> None:
    """Refuse, unless a physician signed for it, an infusion earlier than the stagger rule allows."""
    if slot.stagger_override_at is not None or record.start_date is None:
        return
    others = Subject.objects.filter(slot__dose_level=slot.dose_level, infused_at__isnull=False).exclude(
        slot__part=Slot.Part.IMPORTED
    )
    others = others.exclude(pk=slot.subject_id)
    given = [day for one in others if (day := one.infusion_date) is not None and day <= record.start_date]
    possible = earliest_next_infusion(given, today=record.start_date, config=stagger_config())
    if possible.earliest > record.start_date:
        raise DomainError(
            _(
                "The next infusion at this level is possible from %(date)s. An earlier one needs a physician's reason"
                " and signature on the slot of this subject."
            )
            % {"date": study_date(possible.earliest)},
            field="start_date",
        )


def follow_infusion(*, record: Infusion, by: User, changed: set[str]) -> None:
    """Set Day 0 on the subject and open its DLT window; clear it when date or time were taken back."""
    subject = record.subject
    if Slot.objects.filter(subject=subject, part=Slot.Part.IMPORTED).exists():
        return _follow_imported(subject, record)
    moment = infused_at(record)
    if subject.infused_at != moment:
        status = subject.status
        if moment is None and status in (SubjectStatus.IN_WINDOW, SubjectStatus.FOLLOW_UP):
            status = standing_before_infusion(subject)
        elif moment is not None and status in (*NOT_INFUSED, SubjectStatus.FOLLOW_UP):
            status = SubjectStatus.IN_WINDOW
        subject.infused_at, subject.status = moment, status
        subject.save(update_fields=["infused_at", "status"])
    keep_dose(record)
    recompute_subject_later(subject.pk)


def _follow_imported(subject: Subject, record: Infusion) -> None:
    """Set Day 0 of an imported subject; no DLT window opens.

    Study days count dates, so a day without an hour is enough: Day 0 begins at midnight, and the form keeps saying
    that the time is unknown.
    """
    if record.start_date is None:
        return
    subject.infused_at = datetime.combine(record.start_date, record.start_time or time.min, tzinfo=trial_zone())
    subject.status = SubjectStatus.FOLLOW_UP if subject.status in NOT_INFUSED else subject.status
    subject.save(update_fields=["infused_at", "status"])


def follow_dlt_assessment(*, record: DltAssessment, by: User, changed: set[str]) -> None:
    """Judge the subject again: the assessment closes its window."""
    recompute_subject_later(record.subject_id)


def follow_safety_form(*, record: Any, by: User, changed: set[str]) -> None:
    """Judge the subject again after an adverse event, an assessment, a death or a departure."""
    recompute_subject_later(record.subject_id)
