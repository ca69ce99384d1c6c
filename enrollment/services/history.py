"""Around medical history and prior therapy: one record for each, or one that says there is none."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from enrollment.rules.date_order import certainly_after
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.crf import registry
from trial_edc.crf.fields import PartialDateField
from trial_edc.errors import DomainError

#: OID -> the item that says whether there is anything to record.
QUESTION = {"MH": "has_condition", "PT": "had_therapy"}


def guard_history(*, record: Any, by: User) -> None:
    """Refuse dates in the future, and "there is none" beside records that say otherwise."""
    for field, _item in registry.items(type(record)):
        text = getattr(record, field.name)
        if isinstance(field, PartialDateField) and text and certainly_after(text, today()):
            raise DomainError(_("This date is in the future."), field=field.name)
    _refuse_contradiction(record, QUESTION[record.crf.oid])


def _refuse_contradiction(record: Any, question: str) -> None:
    answer = getattr(record, question)
    if answer is None:
        return
    others = type(record)._default_manager.filter(subject=record.subject).exclude(pk=record.pk)
    if answer is False and others.filter(**{question: True}).exists():
        raise DomainError(_("Another record of this form says that there is something to record."), field=question)
    if answer is True and others.filter(**{question: False}).exists():
        raise DomainError(_("Another record of this form says that there is none. Correct it first."), field=question)
