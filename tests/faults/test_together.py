"""The same thing twice at the same moment: one post, one form, one task, each on a connection of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from dosing import tasks
from safety.models import VitalSigns
from tests.casebook.entering import enter, post
from tests.dosing.builders import Trial
from tests.people import make_people
from trial_edc.accounts.access import today
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.submission import Conflict, Saved
from trial_edc.review.models import RuleResult

ROUNDS = 3
VITALS: dict[str, Any] = {
    "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120", "diastolic_bp": "80", "heart_rate": "70",
    "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip


@pytest.fixture
def trial(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A trial whose writes are committed, so that threads see them; the tests do the worker's work."""
    monkeypatch.setattr("dosing.services.later.enqueue", lambda *args: True)
    return Trial(make_people())


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at once, each on its own connection; return what each returned."""
    start, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait()
            found.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == len(acts), "one of them failed or did not end"
    return found


def trail_of(record: Any) -> Counter[str]:
    return Counter(ItemChange.objects.filter(record=record.pk).values_list("field", flat=True))


@pytest.mark.req("P02")
def test_one_token_posted_twice_at_once_is_one_form_of_one_version(trial: Trial) -> None:
    subject, texts = trial.infused(days=10), VITALS | {"assessed_date": today().isoformat()}
    for number in range(ROUNDS):
        visit, token = f"D{number + 1}", str(uuid4())

        def send(visit: str = visit, token: str = token) -> Any:
            return post(trial.people.coordinator, subject, visit, "VS", token=token, version="0", **texts)

        outcomes = together(send, send, send)
        assert all(isinstance(outcome, Saved) for outcome in outcomes)
        assert sorted(outcome.repeated for outcome in outcomes) == [False, True, True]
        saved = VitalSigns.objects.get(subject=subject, visit=visit)
        assert saved.version == 1
        assert set(trail_of(saved).values()) == {1}


def test_two_editors_at_once_are_one_save_and_one_conflict(trial: Trial) -> None:
    subject, texts = trial.infused(days=10), VITALS | {"assessed_date": today().isoformat()}
    people = trial.people
    for number in range(ROUNDS):
        visit = f"D{number + 1}"
        record = enter(people.coordinator, subject, visit, "VS", **texts)

        def change(by: Any, rate: str, visit: str = visit) -> Callable[[], Any]:
            return lambda: post(by, subject, visit, "VS", version="1", **(texts | {"heart_rate": rate}))

        outcomes = together(change(people.coordinator, "81"), change(people.investigator, "82"))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Saved"]
        conflict = next(outcome for outcome in outcomes if isinstance(outcome, Conflict))
        saved = VitalSigns.objects.get(pk=record.pk)
        assert (saved.version, conflict.record.version) == (2, 2)
        assert trail_of(record)["heart_rate"] == 2  # as entered, and the one change that was saved
        assert saved.heart_rate in (81, 82)


@pytest.mark.req("P29")
def test_a_task_delivered_twice_at_once_stores_one_answer_and_writes_its_trail_once(trial: Trial) -> None:
    subject = trial.infused()
    trial.event(subject)
    key = str(subject.pk)
    together(*[lambda: tasks.recompute_subject(key) for _n in range(3)])
    answers = Counter(RuleResult.objects.values_list("root", "rule"))
    assert {rule for _root, rule in answers} == {"dlt", "evaluability", "dose-escalation"}
    assert set(answers.values()) == {1}
    ids = RuleResult.objects.values_list("pk", flat=True)
    written = Counter(ItemChange.objects.filter(record__in=ids).values_list("record", "field"))
    assert written and set(written.values()) == {1}
