"""What happens around the save of a day of lymphodepletion."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dosing.models import Lymphodepletion
from dosing.services.standing import settle_standing
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError


def guard_lymphodepletion(*, record: Lymphodepletion, by: User) -> None:
    """Refuse a day that lies in the future, before the leukapheresis, or out of the order of the visits."""
    given, subject = record.given_date, record.subject
    if given is None:
        return
    if given > today():
        raise DomainError(_("This day of lymphodepletion lies in the future."), field="given_date")
    if subject.leukapheresis_date is not None and given <= subject.leukapheresis_date:
        raise DomainError(
            _("The cells were collected on %(date)s: lymphodepletion comes later.")
            % {"date": study_date(subject.leukapheresis_date)},
            field="given_date",
        )
    others = Lymphodepletion.objects.filter(subject=subject, given_date__isnull=False).exclude(pk=record.pk)
    for other in others.exclude(status=FormStatus.NOT_DONE):
        if (other.given_date < given) != (other.visit < record.visit) or other.given_date == given:
            raise DomainError(
                _("%(visit)s was given on %(date)s: the days must follow each other.")
                % {"visit": other.visit, "date": study_date(other.given_date)},
                field="given_date",
            )


def follow_lymphodepletion(*, record: Lymphodepletion, by: User, changed: set[str]) -> None:
    """Anchor the visits before the infusion on the first day of lymphodepletion."""
    subject = record.subject
    given = Lymphodepletion.objects.filter(subject=subject, given_date__isnull=False).exclude(
        status=FormStatus.NOT_DONE
    )
    first = given.order_by("given_date").values_list("given_date", flat=True).first()
    if subject.lymphodepletion_date != first:
        subject.lymphodepletion_date = first
        subject.save(update_fields=["lymphodepletion_date"])
    settle_standing(subject)
