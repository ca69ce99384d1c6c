"""Keep operating characteristics with the minutes of a decision."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision, StoredCharacteristics
from dosing.selectors.characteristics import characteristics, characteristics_hash, states_of_evidence
from dosing.services.decisions import open_decision
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import holding
from trial_edc.errors import DomainError


def store_characteristics(
    *, by: User, decision: DoseDecision, probabilities: Sequence[Decimal], seen_hash: str, source: str = "web"
) -> StoredCharacteristics:
    """Work the characteristics out from the frozen evidence and keep them with the record; twice the same is once.

    Raises DomainError when the record is closed, signed, or not the one the person saw.
    """
    require(by, Permission.STORE_CHARACTERISTICS)
    with acting(by, source=source):
        locked = open_decision(decision.pk, seen_hash)
        if holding([locked.pk]):
            raise DomainError(_("Somebody has signed this record. Freeze again to change it."))
        try:
            content = characteristics(states_of_evidence(locked.evidence), probabilities)
        except ValueError as impossible:
            raise DomainError(str(impossible)) from None
        content["evidence_hash"] = locked.evidence_hash
        return StoredCharacteristics.objects.get_or_create(
            decision=locked,
            content_hash=characteristics_hash(content),
            defaults={
                "evidence_hash": locked.evidence_hash,
                "content": content,
                "stored_at": timezone.now(),
                "stored_by": by,
            },
        )[0]
