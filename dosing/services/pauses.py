"""End a pause: the committee's reason and a signature; the evidence it was given for stays beside it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import PauseResolution
from dosing.rules import pausing
from dosing.selectors.trial import trial_now
from dosing.services.later import lock_board, recompute_board_later
from dosing.services.signers import require_signer
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import sign
from trial_edc.errors import DomainError


def resolve_pause(
    *, by: User, key: str, reason: str, password: str, second: Second = PASSWORD_ALONE
) -> PauseResolution:
    """Let the trial go on after a pause that holds now; new evidence pauses again."""
    require_signer(by)
    text = reason.strip()
    if sum(letter.isalnum() for letter in text) < 10:
        raise DomainError(_("Give the reason in at least 10 characters."), field="reason")
    confirm_identity(by, password, second)
    with acting(by, text):
        lock_board()
        pause = next((each for each in trial_now().pauses.open if each.key == key), None)
        if pause is None:
            raise DomainError(_("This pause does not hold any more. Reload the page."))
        row = PauseResolution.objects.create(
            key=pause.key,
            rule=pause.rule.value,
            rule_version=pausing.VERSION,
            scope=pause.scope,
            evidence=pause.because,
            reason=text,
            resolved_at=timezone.now(),
            resolved_by=by,
        )
        sign(row, by=by, meaning=Signature.Meaning.OVERRIDE)
        recompute_board_later()
    return row
