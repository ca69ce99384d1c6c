"""The same task delivered twice at the same moment, and two people signing at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from django.db import connection

from dosing import tasks
from dosing.models import DoseDecision
from dosing.selectors.evidence import evidence, evidence_hash
from dosing.selectors.trial import trial_now
from dosing.services import freeze_decision, release_decision, sign_decision
from dosing.services.release import decision_signatures
from tests.dosing.builders import Trial
from tests.people import PASSWORD
from trial_edc.audit.models import ItemChange
from trial_edc.errors import DomainError
from trial_edc.review.models import RuleResult


def together(*acts: Callable[[], object]) -> list[str]:
    """Run all at once, each on its own connection; return what went wrong."""
    start, wrong = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
        except DomainError as refused:
            wrong.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_workers_on_one_subject_store_one_answer(committed_trial: Trial) -> None:
    trial = committed_trial
    subjects = [trial.infused() for _n in range(2)]
    trial.event(subjects[0])
    twice = [lambda pk=str(subject.pk): tasks.recompute_subject(pk) for subject in subjects for _n in range(2)]
    assert together(*twice) == []
    assert RuleResult.objects.filter(rule="evaluability").count() == 2
    before = ItemChange.objects.count()
    tasks.recompute_subject(str(subjects[0].pk))
    assert ItemChange.objects.count() == before


def test_two_signers_at_once_make_one_signed_record_and_one_person_signs_once(committed_trial: Trial) -> None:
    trial = committed_trial
    for _n in range(3):
        trial.infused()
    trial.compute()
    decision = trial.review(1)

    def signing(role: str) -> Callable[[], object]:
        return lambda: sign_decision(
            by=getattr(trial.people, role), decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash
        )

    wrong = together(signing("investigator"), signing("investigator"))
    assert len(wrong) == 1 and "signed this record already" in wrong[0]
    late = together(signing("src_member"), signing("sub_investigator"))
    assert len(late) == 1, late
    assert "Signed" in late[0] or "turn of a member of the safety review committee" in late[0]
    decision = DoseDecision.objects.get(pk=decision.pk)
    assert decision.status == "SIGNED"
    assert len(decision_signatures(decision)) == 2


def test_a_worker_that_answers_while_a_decision_is_frozen_changes_neither(committed_trial: Trial) -> None:
    """Whichever comes first: the frozen evidence is that of its cut-off, and the stored answer that of the data."""
    trial = committed_trial
    subjects = [trial.infused() for _n in range(3)]
    trial.compute()
    for subject in subjects:
        trial.event(subject, grades=((3, 5), (4, 6)))
        wrong = together(
            partial(tasks.recompute_subject, str(subject.pk)),
            lambda: freeze_decision(by=trial.people.investigator, dose_level=1),
            tasks.recompute_board,
        )
        assert wrong == []
        decision = DoseDecision.objects.get(dose_level=1)
        assert evidence_hash(evidence(1, decision.data_cutoff)) == decision.evidence_hash
        stored = RuleResult.objects.get(root=subject.pk, rule="evaluability")
        assert stored.output["status"] == "EVALUABLE_DLT"
    assert DoseDecision.objects.get(dose_level=1).n_dlt == 3


def test_a_release_and_a_late_dlt_at_once_never_leave_the_next_level_open(committed_trial: Trial) -> None:
    trial = committed_trial
    subjects = [trial.infused() for _n in range(3)]
    trial.compute()
    decision = trial.signed(1)
    trial.event(subjects[0])
    wrong = together(
        lambda: release_decision(by=trial.people.investigator, decision=decision, password=PASSWORD),
        lambda: tasks.recompute_subject(str(subjects[0].pk)),
    )
    assert len(wrong) == 1, "the release sees the data, whether or not the worker has answered"
    decision.refresh_from_db()
    assert decision.status == "SUPERSEDED" and decision.released_at is None
    assert trial_now().recruitment.level == 1
