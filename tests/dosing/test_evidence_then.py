"""What the evidence of a decision says of source verification is what stood at its cut-off."""

from __future__ import annotations

from dosing.selectors.evidence import evidence, evidence_hash
from dosing.services import freeze_decision
from tests.dosing.builders import Trial
from trial_edc.review.models import SourceVerification
from trial_edc.review.selectors import unverified_critical
from trial_edc.review.services import unverify_version, verify_subject


def test_a_verification_taken_back_later_stands_in_the_evidence(trial: Trial) -> None:
    subjects = [trial.infused() for _number in range(3)]
    trial.compute()
    for subject in subjects:
        verify_subject(by=trial.people.monitor, subject=subject)
    decision = freeze_decision(by=trial.people.investigator, dose_level=1)
    before = unverified_critical([subjects[0].pk])
    for change in SourceVerification.objects.filter(subject=subjects[0]).values_list("change_id", flat=True):
        unverify_version(by=trial.people.monitor, subject=subjects[0], change=change)
    assert len(unverified_critical([subjects[0].pk])) > len(before)
    assert unverified_critical([subjects[0].pk], as_of=decision.data_cutoff) == before
    again = evidence(1, decision.data_cutoff)
    assert again == decision.evidence
    assert evidence_hash(again) == decision.evidence_hash
