"""Sign a form: a delegated physician, with the password, exactly the version that was read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from trial_edc.accounts.access import may_sign_casebook
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import confirm_password, sign
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError


def sign_record(*, by: User, record: Any, version: int, password: str) -> Signature:
    """Sign a complete form in the version that was read; any change by any path later voids the signature.

    Raises PermissionDenied, WrongPassword, or DomainError when the form is not complete or has changed.
    """
    if not may_sign_casebook(by, record.subject.site):
        raise PermissionDenied(_("Only a physician named in the delegation log may sign."))
    confirm_password(by, password)
    with acting(by):
        locked = type(record).objects.select_for_update().get(pk=record.pk)
        if locked.status != FormStatus.COMPLETE:
            raise DomainError(_("Only a complete form can be signed."))
        if locked.version != version:
            raise DomainError(_("The form has changed since you opened it. Read it again, then sign."))
        return sign(locked, by=by, meaning=Signature.Meaning.REVIEW, subject_key=record.subject_id)
