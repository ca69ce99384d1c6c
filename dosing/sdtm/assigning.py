"""A place at a dose level for an imported subject: only where nobody is treated."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import Slot
from dosing.selectors.trial import next_slot_number
from dosing.services.later import lock_board
from enrollment.models import Subject
from enrollment.models.subject import SubjectStatus
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.errors import DomainError

#: Where data of another study may be loaded.
TRAINING_ENVIRONMENTS = ("training", "development", "test")


def require_training() -> None:
    """Raise DomainError in a database in which real subjects are treated."""
    if settings.EDC_ENVIRONMENT not in TRAINING_ENVIRONMENTS:
        raise DomainError(
            _("SDTM files are loaded into a training database only; EDC_ENVIRONMENT is %(name)s.")
            % {"name": settings.EDC_ENVIRONMENT}
        )


def assign_imported(*, by: User, subject: Subject, dose_level: int) -> Slot:
    """Give an imported subject a place at a dose level, whether or not the level is released.

    Such places have numbers of their own and stay out of cohorts, windows and decisions.
    """
    require_training()
    require(by, Permission.ENROL, subject.site)
    with acting(by, source="import"):
        subject = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        lock_board()
        if Slot.objects.filter(subject=subject).exists():
            raise DomainError(_("Subject %(id)s has a slot already.") % {"id": subject.identifier})
        subject.dose_level, subject.status = dose_level, SubjectStatus.ENROLLED
        subject.save(update_fields=["dose_level", "status"])
        return Slot.objects.create(
            subject=subject,
            dose_level=dose_level,
            part=Slot.Part.IMPORTED,
            number=next_slot_number(dose_level, Slot.Part.IMPORTED),
            assigned_at=timezone.now(),
            assigned_by=by,
        )
