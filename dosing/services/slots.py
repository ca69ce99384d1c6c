"""Places in the cohorts: give one to a subject, let a physician infuse earlier than the stagger rule says."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import Slot
from dosing.selectors.trial import TrialNow, next_slot_number, trial_now
from dosing.services.later import lock_board, recompute_subject_later
from dosing.services.standing import standing_before_infusion
from enrollment.models import Consent, Subject
from enrollment.models.subject import SubjectStatus
from enrollment.services import is_eligible
from trial_edc.accounts.access import may_judge, require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import sign
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level

#: The place is given before, during or after manufacturing; a failed product needs another collection first.
ENROLLABLE = (
    SubjectStatus.SCREENING, SubjectStatus.ELIGIBLE, SubjectStatus.APHERESED, SubjectStatus.MANUFACTURING,
    SubjectStatus.PRODUCT_RELEASED,
)  # fmt: skip


def enrol_subject(*, by: User, subject: Subject, level: int | None = None, source: str = "web") -> Slot:
    """Give the subject the next place at the level that recruits now.

    `level` is the level the person saw: when another one recruits by now, nothing is done. Raises DomainError when
    eligibility, consent or the board do not allow it.
    """
    require(by, Permission.ENROL, subject.site)
    with acting(by, source=source):
        locked = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        _require_enrollable(locked)
        lock_board()
        open_level, part = _place(trial_now())
        if level is not None and level != open_level:
            raise DomainError(
                _("%(now)s recruits now, not the level you saw. Look again before you enrol.")
                % {"now": dose_level(open_level).short_label}
            )
        slot = Slot.objects.create(
            subject=locked,
            dose_level=open_level,
            part=part,
            number=next_slot_number(open_level, part),
            assigned_at=timezone.now(),
            assigned_by=by,
        )
        locked.dose_level = open_level
        locked.status = standing_before_infusion(locked)
        locked.save(update_fields=["dose_level", "status"])
        recompute_subject_later(locked.pk)
    return slot


def _require_enrollable(subject: Subject) -> None:
    """Refuse a subject that already has a place, left, did not consent, or is not confirmed eligible."""
    if Slot.objects.filter(subject=subject).exists():
        raise DomainError(_("%(subject)s has a slot already.") % {"subject": subject.identifier})
    if subject.status not in ENROLLABLE:
        raise DomainError(
            _("%(subject)s cannot be enrolled: %(status)s.")
            % {"subject": subject.identifier, "status": subject.get_status_display()}
        )
    if not Consent.objects.filter(subject=subject, consent_date__isnull=False).exists():
        raise DomainError(_("There is no informed consent with a date. Enter it before enrolling."))
    if not is_eligible(subject):
        raise DomainError(
            _("Eligibility is not complete: every criterion must be met and the investigator must confirm it.")
        )


def _place(now: TrialNow) -> tuple[int, Slot.Part]:
    """Return the level and the part of the trial that have a place."""
    found = now.enrolling
    if found.level is None:
        raise DomainError(_("No dose level recruits now. %(because)s") % {"because": found.because})
    if not found.has_place:
        raise DomainError(
            _("All %(count)s slots of %(level)s are taken.")
            % {"count": found.capacity, "level": dose_level(found.level).short_label}
        )
    return found.level, found.part


def override_stagger(*, by: User, slot: Slot, reason: str, password: str, second: Second = PASSWORD_ALONE) -> Slot:
    """Let the subject of a slot be infused earlier than the stagger rule says: a physician's reason and signature."""
    site = slot.subject.site
    if not may_judge(by, site):
        raise DomainError(_("Only a physician named in the delegation log may shorten the interval."))
    text = reason.strip()
    if sum(letter.isalnum() for letter in text) < 10:
        raise DomainError(_("Give the reason in at least 10 characters."), field="reason")
    confirm_identity(by, password, second)
    with acting(by, text):
        Subject.objects.select_for_update(of=("self",)).get(pk=slot.subject_id)
        locked = Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
        if locked.stagger_override_at is not None:
            raise DomainError(_("The shorter interval is signed already."))
        locked.stagger_override_reason, locked.stagger_override_by = text, by
        locked.stagger_override_at = timezone.now()
        locked.save(update_fields=["stagger_override_reason", "stagger_override_by", "stagger_override_at"])
        sign(locked, by=by, meaning=Signature.Meaning.OVERRIDE, subject_key=locked.subject_id)
    return locked
