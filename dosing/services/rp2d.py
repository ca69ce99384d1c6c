"""Choose the recommended phase 2 dose: propose, two signatures, release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import Rp2dDecision
from dosing.selectors.expansion import Declared, declared_mtd
from dosing.selectors.levels import Decisions
from dosing.services.later import lock_board, recompute_board_later
from dosing.services.signers import needed, require_signer, require_turn
from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import holding, sign
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import dose_level


@dataclass(frozen=True)
class Rp2dProposal:
    """What the committee chose, when and with whom."""

    level: int
    reason: str
    meeting_date: date
    attendees: str


def propose_rp2d(*, by: User, proposal: Rp2dProposal, source: str = "web") -> Rp2dDecision:
    """Record the choice; it replaces one that was not released yet. Refused above the MTD, and without an MTD."""
    require(by, Permission.PREPARE_DECISION)
    with acting(by, source=source):
        lock_board()
        declared = _declared()
        _require_allowed(proposal, declared)
        rows = list(Rp2dDecision.objects.select_for_update().order_by("revision"))
        for row in rows:
            if row.status in Rp2dDecision.OPEN:
                row.status = Rp2dDecision.Status.SUPERSEDED
                row.save(update_fields=["status"])
        return Rp2dDecision.objects.create(
            revision=rows[-1].revision + 1 if rows else 1,
            rests_on=declared.decision,
            mtd_level=declared.level,
            chosen_level=proposal.level,
            reason=proposal.reason.strip(),
            meeting_date=proposal.meeting_date,
            attendees=proposal.attendees.strip(),
            proposed_at=timezone.now(),
            proposed_by=by,
        )


def _declared() -> Declared:
    declared = declared_mtd(Decisions.read())
    if declared is None:
        raise DomainError(_("There is no MTD yet: a released decision that declares it comes first."))
    return declared


def _require_allowed(proposal: Rp2dProposal, declared: Declared) -> None:
    if proposal.level > declared.level:
        name = dose_level(declared.level).short_label
        raise DomainError(_("The dose may not be above the MTD, %(level)s.") % {"level": name}, field="level")
    if proposal.level < 1:
        raise DomainError(_("The protocol has no such dose level."), field="level")
    if sum(letter.isalnum() for letter in proposal.reason) < 10:
        raise DomainError(_("Give the reason in at least 10 characters."), field="reason")
    if proposal.meeting_date > today():
        raise DomainError(_("The meeting lies in the future."), field="meeting_date")
    if not proposal.attendees.strip():
        raise DomainError(_("Name who took part."), field="attendees")


def rp2d_signatures(pk: UUID) -> list[Signature]:
    """Return the signatures that hold, in the order of signing."""
    return [each for each in holding([pk]).get(pk, []) if each.meaning == Signature.Meaning.DECISION]


def sign_rp2d(*, by: User, choice: Rp2dDecision, password: str, second: Second = PASSWORD_ALONE) -> Signature:
    """Sign the choice; with the second person's signature it is signed."""
    require_signer(by)
    confirm_identity(by, password, second)
    with acting(by):
        lock_board()
        locked = _locked(choice, Rp2dDecision.Status.IN_REVIEW)
        present = rp2d_signatures(locked.pk)
        require_turn(by, present)
        signature = sign(locked, by=by, meaning=Signature.Meaning.DECISION)
        if len(present) + 1 >= needed():
            locked.status = Rp2dDecision.Status.SIGNED
            locked.save(update_fields=["status"])
    return signature


def release_rp2d(*, by: User, choice: Rp2dDecision, password: str, second: Second = PASSWORD_ALONE) -> Rp2dDecision:
    """Put the choice in force: the expansion opens."""
    require(by, Permission.RELEASE_DECISION)
    confirm_identity(by, password, second)
    with acting(by):
        lock_board()
        locked = _locked(choice, Rp2dDecision.Status.SIGNED)
        if len({each.signed_by_id for each in rp2d_signatures(locked.pk)}) < needed():
            raise DomainError(_("Two valid signatures are needed before the release."))
        sign(locked, by=by, meaning=Signature.Meaning.RELEASE)
        locked.status, locked.released_at, locked.released_by = Rp2dDecision.Status.RELEASED, timezone.now(), by
        locked.save(update_fields=["status", "released_at", "released_by"])
        recompute_board_later()
    return locked


def _locked(choice: Rp2dDecision, wanted: Rp2dDecision.Status) -> Rp2dDecision:
    """Return the locked record, refusing another state than the wanted one, and an MTD that stands no more."""
    locked = Rp2dDecision.objects.select_for_update(of=("self",)).get(pk=choice.pk)
    if locked.status != wanted:
        raise DomainError(_("This record is %(status)s. Reload the page.") % {"status": locked.get_status_display()})
    if locked.rests_on_id != _declared().decision.pk:
        raise DomainError(_("The MTD that this choice rests on stands no more. Propose again."))
    return locked
