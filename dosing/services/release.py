"""Sign a decision, two people, and release it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from dosing.selectors.readiness import BLOCKING
from dosing.selectors.trial import trial_now
from dosing.services.decisions import open_decision
from dosing.services.later import lock_board, recompute_board_later
from dosing.services.recompute import advice_now
from trial_edc.accounts.access import may_sign_decision, require, training_gap
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import holding, sign
from trial_edc.errors import DomainError
from trial_edc.protocol.parameters import integer


def may_sign(user: User) -> bool:
    """Test whether a person may sign dose decisions, by committee membership or delegation at a site."""
    return any(may_sign_decision(user, site) for site in Site.objects.all())


def blocking_points(decision: DoseDecision) -> list[str]:
    """Return the keys of the frozen points that block a signature unless a reason overrides them."""
    return [point["key"] for point in decision.evidence["not_ready"] if point["key"] in BLOCKING]


def decision_signatures(decision: DoseDecision) -> list[Signature]:
    """Return the decision signatures that hold, in the order of signing."""
    held = holding([decision.pk]).get(decision.pk, [])
    return [each for each in held if each.meaning == Signature.Meaning.DECISION]


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
    if not may_sign(by):
        raise PermissionDenied(
            training_gap(by) or _("Only committee members and physicians delegated for dose decisions may sign.")
        )
    confirm_identity(by, password, second)
    with acting(by, source=source):
        lock_board()
        locked = open_decision(decision.pk, seen_hash)
        _require_signable(locked)
        present = decision_signatures(locked)
        if any(each.signed_by_id == by.pk for each in present):
            raise DomainError(_("You have signed this record already; the second signature is another person's."))
        signature = sign(locked, by=by, meaning=Signature.Meaning.DECISION)
        if len(present) + 1 >= integer("escalation.signatures_per_decision"):
            locked.status = DoseDecision.Status.SIGNED
            locked.save(update_fields=["status"])
            recompute_board_later()
    return signature


def _require_signable(decision: DoseDecision) -> None:
    if decision.status != DoseDecision.Status.IN_REVIEW:
        raise DomainError(_("Record the meeting and its choice before signing."))
    if blocking_points(decision) and not decision.override_reason:
        raise DomainError(
            _("The data are not ready. Resolve the points listed, or record why the committee decides anyway.")
        )
    _require_current(decision)


def _require_current(decision: DoseDecision) -> None:
    """Refuse when the evidence gives another advice by now; the worker may not have marked it yet."""
    counted = {one.identifier: one for one in trial_now().counted}
    if advice_now(decision, counted) != decision.advised_action:
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
        if len(signers) < integer("escalation.signatures_per_decision"):
            raise DomainError(_("Two valid signatures are needed before the release."))
        _require_current(locked)
        sign(locked, by=by, meaning=Signature.Meaning.RELEASE)
        locked.status, locked.released_at, locked.released_by = DoseDecision.Status.RELEASED, timezone.now(), by
        locked.save(update_fields=["status", "released_at", "released_by"])
        recompute_board_later()
    return locked
