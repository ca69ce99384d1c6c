"""Verify the chosen forms of one subject: exactly the items that were shown, in exactly the versions shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook import tokens
from trial_edc.casebook.previews import refuse_changed, seen
from trial_edc.casebook.selectors.verification import CHANGED, UNVERIFIED, VerificationFilter, item_states
from trial_edc.errors import DomainError
from trial_edc.review.services import lock_subjects, verify_versions


@dataclass(frozen=True)
class VerificationPlan:
    """The versions that would be verified, how many of each form, and the mark of this list."""

    changes: frozenset[int]
    of_form: Counter[UUID]
    seen: str


def plan_verification(subject: Any, roots: Collection[UUID], wanted: VerificationFilter) -> VerificationPlan:
    """Return what verifying some forms of a subject would do: the unverified items, or only those that changed."""
    asked = wanted.but(state=CHANGED if wanted.state == CHANGED else UNVERIFIED)
    found = [item for item in item_states(subject.pk, roots) if item.is_in(asked)]
    mark = seen(str(item.change) for item in found)
    return VerificationPlan(frozenset(item.change for item in found), Counter(item.root for item in found), mark)


def verify_forms(
    *, by: User, subject: Any, roots: Collection[UUID], wanted: VerificationFilter, shown: str, token: str
) -> int | None:
    """Verify exactly what was shown; None when this very post was answered before.

    Refused as a whole when an item changed, appeared, or was verified by somebody else since the list was made.
    """
    require(by, Permission.VERIFY_SOURCE, subject.site)
    with acting(by):
        if tokens.claim(token, by) is not None:
            return None
        lock_subjects([subject.pk])
        plan = plan_verification(subject, roots, wanted)
        refuse_changed(shown, plan.seen)
        if not plan.changes:
            raise DomainError(_("There is nothing to verify in these forms."))
        return verify_versions(by=by, subject=subject, changes=plan.changes)
