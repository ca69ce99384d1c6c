"""Places in the cohorts: give one to a subject, let a physician infuse earlier than the stagger rule says."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import Reservation, Slot
from dosing.selectors.slots import replaced_at
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
        now = trial_now()
        open_level, part = place_for(now, locked)
        if level is not None and level != open_level:
            raise DomainError(
                _("%(now)s recruits now, not the level you saw. Look again before you enrol.")
                % {"now": dose_level(open_level).short_label}
            )
        slot = _assign(locked, open_level, part, by, replaced_at(now, open_level, part, but=locked))
        end_reservation(locked, by, _("Assigned: slot %(number)s.") % {"number": slot.number})
        locked.dose_level = open_level
        locked.status = standing_before_infusion(locked)
        locked.save(update_fields=["dose_level", "status"])
        recompute_subject_later(locked.pk)
    return slot


def end_reservation(subject: Subject, by: User, why: str) -> None:
    """Note why the place of a subject is not kept any longer, if one is."""
    for row in Reservation.objects.select_for_update().filter(subject=subject, ended_at=None):
        row.ended_at, row.ended_by, row.end_reason = timezone.now(), by, why
        row.save(update_fields=["ended_at", "ended_by", "end_reason"])


def _require_enrollable(subject: Subject) -> None:
    """Refuse a subject that already has a place, left, did not consent, or is not confirmed eligible."""
    if Slot.objects.filter(subject=subject, released_at=None).exists():
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


def _assign(subject: Subject, level: int, part: Slot.Part, by: User, replaces: Slot | None) -> Slot:
    """Write the place; a subject that gave one back before has its row again, with another number."""
    slot = Slot.objects.filter(subject=subject).first() or Slot(subject=subject)
    slot.replaces = replaces
    slot.dose_level, slot.part, slot.number = level, part, next_slot_number(level, part)
    slot.assigned_at, slot.assigned_by = timezone.now(), by
    slot.released_at, slot.released_by, slot.release_reason = None, None, ""
    slot.stagger_override_reason, slot.stagger_override_at, slot.stagger_override_by = "", None, None
    slot.save()
    return slot


def place_for(now: TrialNow, subject: Subject) -> tuple[int, Slot.Part]:
    """Return the level and the part of the trial that have a place for a subject; DomainError when none has."""
    found = now.enrolling_for(subject.pk)
    if found.level is None:
        raise DomainError(_("No dose level recruits now. %(because)s") % {"because": found.because})
    if not found.has_place:
        words = {"count": found.capacity, "level": dose_level(found.level).short_label, "kept": found.reserved}
        if found.reserved:
            raise DomainError(_("All %(count)s slots of %(level)s are taken; %(kept)s of them reserved.") % words)
        raise DomainError(_("All %(count)s slots of %(level)s are taken.") % words)
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
