"""Make an explicit choice: the first signer gives option and reason, the second signs, then it is in force."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision, ExplicitChoice
from dosing.rules.explicit_choices import Question
from dosing.selectors.choices import OpenQuestion, incomplete_data_key, open_questions
from dosing.selectors.trial import trial_now
from dosing.services.later import lock_board, recompute_board_later, recompute_subject_later
from dosing.services.signers import needed, require_signer, require_turn, signatures_of
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import sign
from trial_edc.errors import DomainError

Stage = ExplicitChoice.Status


def propose_choice(
    *, by: User, key: str, option: str, reason: str, password: str, second: Second = PASSWORD_ALONE
) -> ExplicitChoice:
    """Answer an open question, as the first signer; a proposal of somebody else on it is set aside.

    Refused on a question that is not open on these facts any more, out of order, and without a reason.
    """
    require_signer(by)
    text = reason.strip()
    if sum(letter.isalnum() for letter in text) < 10:
        raise DomainError(_("Give the reason in at least 10 characters."), field="reason")
    require_turn(by, ())
    confirm_identity(by, password, second)
    with acting(by, text):
        lock_board()
        asked = _asked(key)
        if option not in dict(asked.options):
            raise DomainError(_("Choose one of the answers offered."), field="option")
        if asked.proposal is not None:
            _set_aside(asked.proposal)
        choice = ExplicitChoice.objects.create(
            question=asked.question.value, key=key, subject_id=asked.subject_id, because=asked.because, option=option,
            reason=text, proposed_at=timezone.now(), proposed_by=by,
        )  # fmt: skip
        sign(choice, by=by, meaning=Signature.Meaning.OVERRIDE, subject_key=asked.subject_id)
        _put_in_force(choice)
    return choice


def _asked(key: str) -> OpenQuestion:
    open_decisions = DoseDecision.objects.filter(status__in=DoseDecision.OPEN)
    found = next((each for each in open_questions(trial_now(), list(open_decisions)) if each.key == key), None)
    if found is None:
        raise DomainError(_("This question is not open on these facts any more. Reload the page."))
    return found


def sign_choice(*, by: User, choice: ExplicitChoice, password: str, second: Second = PASSWORD_ALONE) -> Signature:
    """Sign a proposed choice as the next in order; with the last signature it is in force."""
    require_signer(by)
    confirm_identity(by, password, second)
    with acting(by):
        lock_board()
        locked = _proposed(choice)
        _asked(locked.key)
        require_turn(by, choice_signatures(locked))
        signature = sign(locked, by=by, meaning=Signature.Meaning.OVERRIDE, subject_key=locked.subject_id)
        _put_in_force(locked)
    return signature


def set_choice_aside(*, by: User, choice: ExplicitChoice, reason: str) -> ExplicitChoice:
    """Withdraw a proposal or take back a choice in force; what depends on it is undecided again."""
    require_signer(by)
    text = reason.strip()
    if sum(letter.isalnum() for letter in text) < 10:
        raise DomainError(_("Give the reason in at least 10 characters."), field="reason")
    with acting(by, text):
        lock_board()
        locked = ExplicitChoice.objects.select_for_update(of=("self",)).get(pk=choice.pk)
        if locked.status == Stage.SET_ASIDE:
            raise DomainError(_("This choice was set aside already."))
        if locked.question == Question.INCOMPLETE_DATA and locked.status == Stage.IN_FORCE:
            raise DomainError(_("The decision goes on by this choice. Freeze the evidence again instead."))
        _set_aside(locked)
        _follow(locked)
    return locked


def choice_signatures(choice: ExplicitChoice) -> list[Signature]:
    """Return the signatures that hold, in the order of signing."""
    return signatures_of(choice, Signature.Meaning.OVERRIDE)


def _proposed(choice: ExplicitChoice) -> ExplicitChoice:
    locked = ExplicitChoice.objects.select_for_update(of=("self",)).get(pk=choice.pk)
    if locked.status != Stage.PROPOSED:
        raise DomainError(_("This choice is %(status)s. Reload the page.") % {"status": locked.get_status_display()})
    return locked


def _set_aside(choice: ExplicitChoice) -> None:
    choice.status = Stage.SET_ASIDE
    choice.save(update_fields=["status"])


def _put_in_force(choice: ExplicitChoice) -> None:
    """Let the choice take effect once everybody has signed."""
    if len({each.signed_by_id for each in choice_signatures(choice)}) < needed():
        return
    choice.status = Stage.IN_FORCE
    choice.save(update_fields=["status"])
    if choice.question == Question.INCOMPLETE_DATA:
        _decide_anyway(choice)
    _follow(choice)


def _decide_anyway(choice: ExplicitChoice) -> None:
    for row in DoseDecision.objects.select_for_update().filter(status=DoseDecision.Status.DRAFT):
        if incomplete_data_key(row) == choice.key:
            row.status, row.override_reason = DoseDecision.Status.READY, choice.reason
            row.save(update_fields=["status", "override_reason"])


def _follow(choice: ExplicitChoice) -> None:
    if choice.subject_id is not None:
        recompute_subject_later(choice.subject_id)
    else:
        recompute_board_later()
