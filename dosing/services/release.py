"""Sign a decision, two people, and release it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from dosing.selectors.trial import trial_now
from dosing.services.decisions import open_decision
from dosing.services.later import lock_board, recompute_board_later
from dosing.services.recompute import still_stands
from dosing.services.signers import needed, require_signer, require_turn, signatures_of
from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import sign
from trial_edc.errors import DomainError


def decision_signatures(decision: DoseDecision) -> list[Signature]:
    """Return the decision signatures that hold, in the order of signing."""
    return signatures_of(decision, Signature.Meaning.DECISION)


def sign_decision(
    *,
    by: User,
    decision: DoseDecision,
    password: str,
    seen_hash: str,
    second: Second = PASSWORD_ALONE,
    source: str = "web",
) -> Signature:
    """Sign the record as it stands; with the second person's signature it is signed."""
    require_signer(by)
    confirm_identity(by, password, second)
    with acting(by, source=source):
        lock_board()
        locked = open_decision(decision.pk, seen_hash)
        _require_signable(locked)
        present = decision_signatures(locked)
        require_turn(by, present)
        signature = sign(locked, by=by, meaning=Signature.Meaning.DECISION)
        if len(present) + 1 >= needed():
            locked.status = DoseDecision.Status.SIGNED
            locked.save(update_fields=["status"])
            recompute_board_later()
    return signature


def _require_signable(decision: DoseDecision) -> None:
    if decision.status != DoseDecision.Status.IN_REVIEW:
        raise DomainError(_("Record the meeting and its choice before signing."))
    _require_current(decision)


def _require_current(decision: DoseDecision) -> None:
    """Refuse when the evidence gives another advice by now; the worker may not have marked it yet."""
    counted = {one.identifier: one for one in trial_now().counted}
    if not still_stands(decision, counted):
        raise DomainError(_("The data changed and so did the advice. Freeze again and decide on the present data."))


def release_decision(
    *, by: User, decision: DoseDecision, password: str, second: Second = PASSWORD_ALONE, source: str = "web"
) -> DoseDecision:
    """Put a signed decision in force: only now does the next level open, or the hold begin."""
    require(by, Permission.RELEASE_DECISION)
    confirm_identity(by, password, second)
    with acting(by, source=source):
        lock_board()
        locked = DoseDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if locked.status != DoseDecision.Status.SIGNED:
            raise DomainError(
                _("Only a signed decision can be released; this one is: %(status)s.")
                % {"status": locked.get_status_display()}
            )
        signers = {each.signed_by_id for each in decision_signatures(locked)}
        if len(signers) < needed():
            raise DomainError(_("Two valid signatures are needed before the release."))
        _require_current(locked)
        sign(locked, by=by, meaning=Signature.Meaning.RELEASE)
        locked.status, locked.released_at, locked.released_by = DoseDecision.Status.RELEASED, timezone.now(), by
        locked.save(update_fields=["status", "released_at", "released_by"])
        recompute_board_later()
    return locked
