"""Keep a place for a subject in screening, give one up, and give back a place before the infusion."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import Reservation, Slot
from dosing.selectors.trial import reservations, trial_now
from dosing.services.later import lock_board, recompute_board_later, recompute_subject_later
from dosing.services.slots import end_reservation, place_for
from dosing.services.standing import standing_before_infusion
from enrollment.models import Consent, Subject
from enrollment.models.subject import SubjectStatus
from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer

#: In whose hands a place is only kept, not given.
IN_SCREENING = (SubjectStatus.SCREENING, SubjectStatus.ELIGIBLE)


def reserve_slot(*, by: User, subject: Subject, level: int | None = None) -> Reservation:
    """Keep a place at the level that recruits now; it lapses by itself after the days of the protocol.

    `level` is the level the person saw: when another one recruits by now, nothing is done.
    """
    require(by, Permission.ENROL, subject.site)
    with acting(by):
        locked = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        _require_in_screening(locked)
        lock_board()
        now = trial_now()
        if any(row.subject_id == locked.pk for row in now.reservations):
            raise DomainError(_("A slot is reserved for %(subject)s already.") % {"subject": locked.identifier})
        open_level, part = place_for(now, locked)
        if level is not None and level != open_level:
            raise DomainError(
                _("%(now)s recruits now, not the level you saw. Look again before you reserve.")
                % {"now": dose_level(open_level).short_label}
            )
        end_reservation(locked, by, _("Lapsed."))
        last_day = today() + timedelta(days=integer("escalation.reservation_days"))
        row = Reservation.objects.create(
            subject=locked, dose_level=open_level, part=part, reserved_at=timezone.now(), reserved_by=by,
            last_day=last_day,
        )  # fmt: skip
        recompute_board_later()
    return row


def _require_in_screening(subject: Subject) -> None:
    if Slot.objects.filter(subject=subject, released_at=None).exists():
        raise DomainError(_("%(subject)s has a slot already.") % {"subject": subject.identifier})
    if subject.status not in IN_SCREENING:
        raise DomainError(
            _("No slot is reserved for %(subject)s: %(status)s.")
            % {"subject": subject.identifier, "status": subject.get_status_display()}
        )
    if not Consent.objects.filter(subject=subject, consent_date__isnull=False).exists():
        raise DomainError(_("There is no informed consent with a date. Enter it before reserving a slot."))


def give_up_reservation(*, by: User, subject: Subject, reason: str) -> None:
    """End the reservation of a subject; its place is free at once."""
    require(by, Permission.ENROL, subject.site)
    text = _reason(reason)
    with acting(by, text):
        Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        lock_board()
        if not any(row.subject_id == subject.pk for row in reservations()):
            raise DomainError(_("No slot is reserved for %(subject)s.") % {"subject": subject.identifier})
        end_reservation(subject, by, text)
        recompute_board_later()


def release_slot(*, by: User, subject: Subject, reason: str) -> Slot:
    """Give back the place of a subject that is not infused; the level takes another subject."""
    require(by, Permission.ENROL, subject.site)
    text = _reason(reason)
    with acting(by, text):
        locked = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        lock_board()
        slot = Slot.objects.select_for_update(of=("self",)).filter(subject=locked, released_at=None).first()
        if slot is None or slot.is_imported:
            raise DomainError(_("%(subject)s has no slot to give back.") % {"subject": locked.identifier})
        if locked.infused_at is not None:
            raise DomainError(_("%(subject)s is infused: the slot stays.") % {"subject": locked.identifier})
        slot.released_at, slot.released_by, slot.release_reason = timezone.now(), by, text
        slot.save(update_fields=["released_at", "released_by", "release_reason"])
        locked.dose_level = None
        if locked.status == SubjectStatus.ENROLLED:
            locked.status = standing_before_infusion(locked)
        locked.save(update_fields=["dose_level", "status"])
        recompute_subject_later(locked.pk)
    return slot


def _reason(reason: str) -> str:
    text = reason.strip()
    if sum(letter.isalnum() for letter in text) < 10:
        raise DomainError(_("Give the reason in at least 10 characters."), field="reason")
    return text
