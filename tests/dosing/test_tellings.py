"""Who is told of a dose decision: its signers while it waits, everybody who plans by the board when it is released."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from dosing.models import DoseDecision
from dosing.services import release_decision
from dosing.tellings import decisions, released_decisions
from tests.dosing.builders import Trial
from tests.people import PASSWORD
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.notices import holders, look_around


def test_a_release_is_told_once_to_everybody_who_plans_by_the_board(trial: Trial) -> None:
    for _n in range(3):
        trial.infused()
    trial.compute()
    decision = trial.signed(1, override_reason="Shown to the committee as it stands.")
    assert list(released_decisions()) == [] and {told.cause for told in decisions()}
    release_decision(by=trial.people.investigator, decision=decision, password=PASSWORD)
    found = list(released_decisions())
    assert {told.user_id for told in found} == set(holders(Permission.VIEW_BOARD, None))
    assert trial.people.coordinator.pk in {told.user_id for told in found}
    assert {told.text for told in found} == {"The dose decision on DL1, revision 1, was released"}
    assert list(decisions()) == [], "it waits no more"
    look_around()
    assert look_around() == 0, "told once"


def test_an_old_release_is_not_told_again(trial: Trial) -> None:
    for _n in range(3):
        trial.infused()
    trial.compute()
    decision = trial.released(1, override_reason="Shown to the committee as it stands.")
    with acting(trial.people.investigator, "test"):
        DoseDecision.objects.filter(pk=decision.pk).update(released_at=timezone.now() - timedelta(days=15))
    assert list(released_decisions()) == []
