"""Freeze, meet, sign, release; and what happens when the data change afterwards."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dosing.models import DltAssessment, DoseDecision
from dosing.selectors.choices import incomplete_data_key
from dosing.selectors.evidence import evidence, evidence_hash
from dosing.selectors.trial import trial_now
from dosing.services import (
    adjudicate,
    freeze_decision,
    propose_choice,
    recompute_board,
    record_meeting,
    release_decision,
    sign_choice,
    sign_decision,
)
from dosing.services.decisions import Meeting, alternatives
from dosing.services.release import decision_signatures
from safety.models import GradeChange
from tests.dosing.builders import Trial
from tests.people import PASSWORD
from trial_edc.accounts.access import today
from trial_edc.audit.models import AccessEvent
from trial_edc.audit.signatures import WrongPassword
from trial_edc.errors import DomainError


@pytest.fixture
def cleared(trial: Trial) -> Trial:
    """Level 1 with three subjects, no DLT: the advice is to escalate."""
    for _n in range(3):
        trial.infused()
    trial.compute()
    return trial


def meeting(**changed: object) -> Meeting:
    values: dict[str, object] = {
        "meeting_date": today(), "attendees": "Chair", "minutes": "Discussed.", "choice": "AGREE",
    }  # fmt: skip
    return Meeting(**{**values, **changed})  # type: ignore[arg-type]


@pytest.mark.req("R52")
def test_the_whole_way_to_release(cleared: Trial) -> None:
    decision = cleared.released(1)
    assert (decision.status, decision.chosen_action) == ("RELEASED", "ESCALATE")
    assert [each.printed_name for each in decision_signatures(decision)] == ["Investigator", "Src Member"]
    assert trial_now().recruitment.level == 2


@pytest.mark.req("R54")
def test_evidence_rebuilt_at_its_cut_off_has_the_same_hash(cleared: Trial) -> None:
    decision = freeze_decision(by=cleared.people.investigator, dose_level=1)
    subject = cleared.infused()
    cleared.event(subject)
    cleared.compute()
    again = evidence(1, decision.data_cutoff)
    assert again == decision.evidence
    assert evidence_hash(again) == decision.evidence_hash
    assert evidence_hash(evidence(1, freeze_decision(by=cleared.people.investigator, dose_level=1).data_cutoff)) != (
        decision.evidence_hash
    )


def test_evidence_names_every_subject_with_dose_window_and_reason(cleared: Trial) -> None:
    content = freeze_decision(by=cleared.people.investigator, dose_level=1).evidence
    assert [row["dose_percent"] for row in content["subjects"]] == ["100.0"] * 3
    assert all(row["because"].startswith("Evaluable without DLT") for row in content["subjects"])
    assert content["advice"]["row_key"] == "n3_x0"
    assert [(point["key"], point["details"]["subject"]) for point in content["not_ready"]] == [
        *(("day28-unsigned", f"01-00{n}") for n in (1, 2, 3)),
        *(("unverified-of", f"01-00{n}") for n in (1, 2, 3)),
    ]


def test_a_level_that_is_not_open_has_nothing_to_freeze(cleared: Trial) -> None:
    with pytest.raises(DomainError, match="DL2: it is not open"):
        freeze_decision(by=cleared.people.investigator, dose_level=2)


@pytest.mark.req("R53")
@pytest.mark.parametrize("role", ["coordinator", "monitor", "src_member", "statistician", "data_manager"])
def test_only_physicians_prepare(cleared: Trial, role: str) -> None:
    with pytest.raises(PermissionDenied):
        freeze_decision(by=getattr(cleared.people, role), dose_level=1)


@pytest.mark.req("R53")
@pytest.mark.parametrize("role", ["coordinator", "monitor", "data_manager", "administrator", "inspector"])
def test_only_who_may_sign_signs(cleared: Trial, role: str) -> None:
    decision = cleared.review(1)
    with pytest.raises(PermissionDenied):
        sign_decision(
            by=getattr(cleared.people, role), decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash
        )


@pytest.mark.req("R53")
def test_only_the_investigator_releases(cleared: Trial) -> None:
    decision = cleared.signed(1)
    with pytest.raises(PermissionDenied):
        release_decision(by=cleared.people.sub_investigator, decision=decision, password=PASSWORD)


def test_two_different_people_sign(cleared: Trial) -> None:
    decision, by = cleared.review(1), cleared.people.investigator
    sign_decision(by=by, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
    with pytest.raises(DomainError, match="another person"):
        sign_decision(by=by, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
    with pytest.raises(DomainError, match="Only a signed decision"):
        release_decision(by=by, decision=decision, password=PASSWORD)


@pytest.mark.req("R19")
def test_a_wrong_password_signs_nothing_and_is_noted(cleared: Trial) -> None:
    decision = cleared.review(1)
    with pytest.raises(WrongPassword):
        sign_decision(
            by=cleared.people.investigator, decision=decision, password="no", seen_hash=decision.evidence_hash
        )
    assert decision_signatures(decision) == []
    assert AccessEvent.objects.filter(action="signature refused").exists()


def test_a_draft_without_a_meeting_cannot_be_signed(cleared: Trial) -> None:
    decision = freeze_decision(by=cleared.people.investigator, dose_level=1)
    with pytest.raises(DomainError, match="Record the meeting"):
        sign_decision(
            by=cleared.people.investigator, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash
        )


def test_a_stale_page_signs_and_records_nothing(cleared: Trial) -> None:
    seen = cleared.review(1).evidence_hash
    decision = cleared.review(1)
    assert decision.evidence_hash != seen
    for act in (
        lambda: sign_decision(by=cleared.people.investigator, decision=decision, password=PASSWORD, seen_hash=seen),
        lambda: record_meeting(by=cleared.people.investigator, decision=decision, meeting=meeting(), seen_hash=seen),
    ):
        with pytest.raises(DomainError, match="frozen again"):
            act()


def test_less_conservative_is_refused(trial: Trial) -> None:
    first = trial.infused()
    trial.infused()
    trial.infused()
    trial.judge(trial.event(first))
    trial.compute()
    decision = freeze_decision(by=trial.people.investigator, dose_level=1)
    assert decision.advised_action == "EXPAND_TO_6"
    assert "ESCALATE" not in alternatives(decision)
    with pytest.raises(DomainError, match="more conservative") as refused:
        record_meeting(
            by=trial.people.investigator,
            decision=decision,
            meeting=meeting(choice="MORE CONSERVATIVE", chosen_action="ESCALATE", choice_reason="The event was mild."),
            seen_hash=decision.evidence_hash,
        )
    assert refused.value.field == "chosen_action"


def test_more_conservative_needs_a_reason_and_holds_the_level(cleared: Trial) -> None:
    more = {"choice": "MORE CONSERVATIVE", "chosen_action": "WAIT"}
    with pytest.raises(DomainError, match="otherwise") as refused:
        cleared.review(1, **more)
    assert refused.value.field == "choice_reason"
    cleared.released(1, **more, choice_reason="Await the cytokine results.")
    assert trial_now().recruitment.level is None


def test_the_committee_may_fill_the_level_before_it_escalates(cleared: Trial) -> None:
    cleared.released(
        1, choice="MORE CONSERVATIVE", chosen_action="EXPAND_TO_6", choice_reason="More data at this dose."
    )
    recruiting = trial_now().recruitment
    assert (recruiting.level, recruiting.capacity) == (1, 6)
    cleared.infused(days=5)
    assert trial_now().recruitment.level == 1


@pytest.mark.req("R55")
@pytest.mark.parametrize("what", ["event", "day28"])
def test_data_that_are_not_ready_block_the_signature_unless_a_reason_overrides(trial: Trial, what: str) -> None:
    subjects = [trial.infused(day28=what != "day28" or n > 0) for n in range(3)]
    if what == "event":
        trial.event(subjects[0])
    trial.compute()
    by = trial.people.investigator
    decision = freeze_decision(by=by, dose_level=1)
    assert decision.status == "DRAFT"
    with pytest.raises(DomainError, match="not ready"):
        record_meeting(by=by, decision=decision, meeting=meeting(), seen_hash=decision.evidence_hash)
    with pytest.raises(DomainError, match="Record the meeting"):
        sign_decision(by=by, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
    key, reason = incomplete_data_key(decision), "The source was seen by the committee."
    choice = propose_choice(by=by, key=key, option="GO AHEAD", reason=reason, password=PASSWORD)
    with pytest.raises(DomainError, match="not ready"):
        record_meeting(by=by, decision=decision, meeting=meeting(), seen_hash=decision.evidence_hash)
    sign_choice(by=trial.people.src_member, choice=choice, password=PASSWORD)
    decision.refresh_from_db()
    assert (decision.status, decision.override_reason) == ("DATA READY", reason)
    again = freeze_decision(by=by, dose_level=1)
    assert (again.status, again.override_reason) == ("DRAFT", ""), "the override was for the evidence of then"
    decision = trial.signed(1, override_reason=reason)
    assert decision.status == "SIGNED"


@pytest.mark.req("R55")
def test_data_without_open_points_are_ready_by_themselves(cleared: Trial) -> None:
    assert freeze_decision(by=cleared.people.investigator, dose_level=1).status == "DATA READY"


@pytest.mark.req("R53")
def test_signatures_are_given_in_order_a_physician_before_the_committee(cleared: Trial) -> None:
    people, decision = cleared.people, cleared.review(1)
    signing: dict[str, Any] = {"decision": decision, "password": PASSWORD, "seen_hash": decision.evidence_hash}
    with pytest.raises(DomainError, match="turn of a physician"):
        sign_decision(by=people.src_member, **signing)
    sign_decision(by=people.sub_investigator, **signing)
    with pytest.raises(DomainError, match="turn of a member of the safety review committee"):
        sign_decision(by=people.investigator, **signing)
    sign_decision(by=people.src_member, **signing)
    assert [each.printed_name for each in decision_signatures(decision)] == ["Sub Investigator", "Src Member"]


@pytest.mark.req("R55")
def test_a_day_28_form_that_disagrees_blocks(cleared: Trial) -> None:
    with cleared.write():
        DltAssessment.objects.all().update(dlt_occurred=True)
    content = freeze_decision(by=cleared.people.investigator, dose_level=1).evidence
    assert {point["key"] for point in content["not_ready"]} == {"day28-disagrees", "day28-unsigned", "unverified-of"}


@pytest.mark.req("R16", "R56")
def test_a_late_regraded_event_supersedes_and_suspends(cleared: Trial) -> None:
    subject = trial_now().subjects[0].file.subject
    event = cleared.event(subject, grades=((3, 6),))
    cleared.compute()
    decision = cleared.released(1)
    with cleared.write():
        GradeChange.objects.filter(record=event).update(grade=4)
    cleared.compute()
    decision.refresh_from_db()
    assert decision.status == "SUPERSEDED"
    assert "Expand this level to six" in decision.superseded_because
    assert "01-001 AE 1, Grade: 3 → 4" in decision.superseded_because
    assert not trial_now().decisions.authorised(2)
    assert trial_now().recruitment.level == 1


@pytest.mark.req("R16")
def test_what_was_superseded_keeps_its_signatures_and_a_new_revision_replaces_it(cleared: Trial) -> None:
    decision = cleared.released(1)
    cleared.judge(cleared.event(trial_now().subjects[0].file.subject))
    cleared.compute()
    decision.refresh_from_db()
    assert len(decision_signatures(decision)) == 2
    newer = cleared.released(1)
    assert (newer.revision, newer.replaces_id, newer.chosen_action) == (2, decision.pk, "EXPAND_TO_6")


def test_the_trial_going_on_supersedes_nothing(trial: Trial) -> None:
    subjects = [trial.infused() for _n in range(3)]
    trial.judge(trial.event(subjects[0]))
    trial.compute()
    decision = trial.released(1)
    trial.infused(days=5)
    trial.judge(trial.event(trial.infused(days=40)))
    trial.compute()
    decision.refresh_from_db()
    assert decision.status == "RELEASED"


def test_signing_on_data_that_changed_meanwhile_is_refused(cleared: Trial) -> None:
    decision = cleared.review(1)
    cleared.event(trial_now().subjects[0].file.subject)
    with pytest.raises(DomainError, match="data changed"):
        sign_decision(
            by=cleared.people.investigator, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash
        )


def test_release_after_the_data_changed_is_refused(cleared: Trial) -> None:
    decision = cleared.signed(1)
    cleared.event(trial_now().subjects[0].file.subject)
    with pytest.raises(DomainError, match="data changed"):
        release_decision(by=cleared.people.investigator, decision=decision, password=PASSWORD)


def test_a_superseded_closure_lets_nobody_in_without_a_new_decision(trial: Trial) -> None:
    events = [trial.event(trial.infused()) for _n in range(2)]
    for event in events:
        trial.judge(event)
    trial.compute()
    trial.released(1)
    assert trial_now().advice.action == "STOP_NO_TOLERATED_DOSE"
    trial.judge(events[0], "NO")
    trial.compute()
    assert DoseDecision.objects.get().status == "SUPERSEDED"
    assert trial_now().recruitment.level is None


def test_freezing_again_after_a_signature_starts_a_new_revision(cleared: Trial) -> None:
    by, decision = cleared.people.investigator, cleared.review(1)
    sign_decision(by=by, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
    newer = freeze_decision(by=cleared.people.investigator, dose_level=1)
    decision.refresh_from_db()
    assert (decision.status, newer.revision) == ("SUPERSEDED", 2)


def test_the_database_allows_one_open_decision_per_level(cleared: Trial) -> None:
    decision = freeze_decision(by=cleared.people.investigator, dose_level=1)
    decision.pk, decision.revision = uuid4(), 2
    with pytest.raises(IntegrityError, match="one_open_decision_per_level"), transaction.atomic(), cleared.write():
        decision.save(force_insert=True)


@pytest.mark.req("R62")
@pytest.mark.parametrize("role", ["coordinator", "monitor", "src_member", "data_manager"])
def test_only_delegated_physicians_adjudicate(trial: Trial, role: str) -> None:
    event = trial.event(trial.infused())
    with pytest.raises(PermissionDenied):
        adjudicate(by=getattr(trial.people, role), adverse_event=event, verdict="NO", rationale="Not related at all.")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"verdict": "MAYBE"}, "Choose a verdict"),
        ({"rationale": "short"}, "rationale"),
        ({"seen": "0" * 64}, "changed since"),
    ],
)
def test_an_adjudication_needs_verdict_rationale_and_the_present_facts(
    trial: Trial, given: dict[str, str], words: str
) -> None:
    event = trial.event(trial.infused())
    values = {"verdict": "NO", "rationale": "Caused by the infection.", **given}
    with pytest.raises(DomainError, match=words):
        adjudicate(by=trial.people.investigator, adverse_event=event, **values)


def test_nothing_to_adjudicate_before_the_infusion(trial: Trial) -> None:
    event = trial.event(trial.slot())
    with pytest.raises(DomainError, match="no DLT to judge"):
        adjudicate(by=trial.people.investigator, adverse_event=event, verdict="YES", rationale="Clearly a toxicity.")


def test_recomputing_the_board_changes_no_decision_without_cause(cleared: Trial) -> None:
    decision = cleared.released(1)
    recompute_board()
    decision.refresh_from_db()
    assert decision.status == "RELEASED" and decision.superseded_at is None
