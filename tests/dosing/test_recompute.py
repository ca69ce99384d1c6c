"""The worker judges subjects and levels: once for the same data, late or twice delivered."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from dosing import tasks
from dosing.models import Slot
from dosing.selectors.freshness import BoardInputs, board_is_stale, stale_subjects
from dosing.selectors.levels import level_key
from dosing.selectors.trial import trial_now
from safety.models import GradeChange
from tests.dosing.builders import Trial, days_ago
from trial_edc.audit.models import ItemChange
from trial_edc.review.models import RuleResult


def answer(level: int) -> dict[str, object]:
    result = RuleResult.objects.get(root=level_key(level), rule="dose-escalation")
    assert isinstance(result.output, dict)
    return result.output


def status_of(subject_id: UUID) -> str:
    return str(RuleResult.objects.get(root=subject_id, rule="evaluability").output["status"])


def test_three_without_a_dlt_escalate(trial: Trial) -> None:
    for _number in range(3):
        trial.infused()
    trial.compute()
    assert answer(1)["action"] == "ESCALATE"
    assert answer(2)["standing"] == "not_opened"


def test_a_second_dlt_closes_the_level(trial: Trial) -> None:
    first, second = trial.infused(), trial.infused()
    trial.event(first)
    trial.compute()
    assert answer(1)["action"] == "ENROLL_TO_3"
    trial.event(second)
    trial.compute()
    assert answer(1)["action"] == "STOP_NO_TOLERATED_DOSE"


@pytest.mark.req("R36")
def test_the_physician_wins_in_the_tally_and_the_computed_verdict_stays(trial: Trial) -> None:
    subject = trial.infused()
    event = trial.event(subject)
    trial.judge(event, "NO")
    trial.compute()
    computed = RuleResult.objects.get(root=event.pk, rule="dlt")
    assert computed.output["dlt"] == "YES"
    assert status_of(subject.pk) == "EVALUABLE_NO_DLT"


def test_a_no_given_on_other_facts_is_in_review(trial: Trial) -> None:
    subject = trial.infused()
    event = trial.event(subject, grades=((3, 5),))
    trial.judge(event, "NO")
    with trial.write():
        GradeChange.objects.filter(record=event).update(grade=4)
    trial.compute()
    output = RuleResult.objects.get(root=subject.pk, rule="evaluability").output
    assert output["in_review"] is True
    assert output["events"][0]["outdated"] is True


def test_the_window_closes_only_when_day_28_has_ended(trial: Trial) -> None:
    on_day_28 = trial.infused(days=28, day28=True)
    the_day_after = trial.infused(days=29, day28=True)
    trial.compute()
    assert status_of(on_day_28.pk) == "PENDING"
    assert status_of(the_day_after.pk) == "EVALUABLE_NO_DLT"
    on_day_28.refresh_from_db()
    the_day_after.refresh_from_db()
    assert (on_day_28.status, the_day_after.status) == ("IN WINDOW", "FOLLOW-UP")


def test_departure_before_day_28_is_replaced_and_the_place_reopens(trial: Trial) -> None:
    gone = trial.infused(days=60, day28=False)
    trial.leave(gone, days_ago(40))
    trial.compute()
    assert status_of(gone.pk) == "NON_EVALUABLE"
    assert trial_now().held(1) == 0


@pytest.mark.req("P22")
def test_an_underdose_without_dlt_waits_for_a_choice_and_with_a_dlt_counts(trial: Trial) -> None:
    low, with_dlt = trial.infused(percent=79), trial.infused(percent=79)
    trial.event(with_dlt)
    trial.compute()
    assert (status_of(low.pk), status_of(with_dlt.pk)) == ("PENDING", "EVALUABLE_DLT")
    trial.answer("REPLACED")
    assert low.pk in stale_subjects(), "the answer about the subject rests on the choice"
    trial.compute()
    assert (status_of(low.pk), status_of(with_dlt.pk)) == ("NON_EVALUABLE", "EVALUABLE_DLT")


@pytest.mark.req("P29")
def test_delivered_twice_writes_once(trial: Trial) -> None:
    subject = trial.infused()
    trial.event(subject)
    tasks.recompute_subject(str(subject.pk))
    before = ItemChange.objects.count()
    tasks.recompute_subject(str(subject.pk))
    tasks.recompute_board()
    assert ItemChange.objects.count() == before


def test_a_lost_message_is_found_and_computed_once(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = trial.infused()
    trial.compute()
    assert stale_subjects() == []
    trial.event(subject)
    assert stale_subjects() == [subject.pk]
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda task, *args: sent.append((task.name, *args)))
    assert tasks.find_stale_results() == 1
    assert sent == [("dosing.tasks.recompute_subject", str(subject.pk))]
    tasks.recompute_subject(str(subject.pk))
    sent.clear()
    assert (tasks.find_stale_results(), sent) == (0, [])


def test_a_window_that_closes_is_found_by_its_moment(trial: Trial) -> None:
    subject = trial.infused(days=10)
    trial.compute()
    result = RuleResult.objects.get(root=subject.pk, rule="evaluability")
    assert result.valid_until is not None and result.valid_until > timezone.now()
    with trial.write():
        RuleResult.objects.filter(pk=result.pk).update(valid_until=timezone.now() - timedelta(seconds=1))
    assert stale_subjects() == [subject.pk]


def test_a_crs_of_grade_3_that_goes_on_waits_for_its_fourteenth_day(trial: Trial) -> None:
    subject = trial.infused(days=35, day28=True)
    trial.event(
        subject, term="Cytokine release syndrome", onset_day=25, grades=((3, 26),), related="definite", lasts=None
    )
    trial.compute()
    assert status_of(subject.pk) == "PENDING"
    result = RuleResult.objects.get(root=subject.pk, rule="evaluability")
    assert result.valid_until is not None and result.valid_until > timezone.now()


def test_a_board_older_than_its_slots_is_found(trial: Trial) -> None:
    trial.infused()
    trial.compute()
    assert not board_is_stale(BoardInputs.read())
    trial.slot()
    assert board_is_stale(BoardInputs.read())


def test_a_worker_that_dies_in_the_middle_leaves_nothing(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = trial.infused()
    monkeypatch.setattr("dosing.services.recompute._recompute_board", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.recompute_subject(str(subject.pk))
    assert not RuleResult.objects.filter(rule="evaluability").exists()
    assert stale_subjects() == [subject.pk]


def test_an_unknown_subject_is_no_error(trial: Trial) -> None:
    tasks.recompute_subject("00000000-0000-4000-8000-00000000dead")
    assert Slot.objects.count() == 0


def test_every_process_knows_the_tasks_it_sends() -> None:
    """A web process or a command imports no tasks by itself; sending an unknown task would break the save's answer."""
    ask = (
        "import django; django.setup(); from celery import current_app;"
        "assert {'dosing.tasks.recompute_subject', 'dosing.tasks.recompute_board'} <= set(current_app.tasks)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "trial_edc.settings", "EDC_ENVIRONMENT": "test"}
    subprocess.run([sys.executable, "-c", ask], check=True, env=environment, timeout=60)
