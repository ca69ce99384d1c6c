"""From the save of an adverse event to the board that shows the new advice, with a worker as a process of its own."""

from __future__ import annotations

import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.test import override_settings

from benchmarks import cast
from benchmarks.measure import Line, percentile
from benchmarks.stores import Stage
from dosing.rules.three_plus_three import RULE
from dosing.selectors.levels import level_key
from enrollment.models import Subject
from tests.dosing.builders import Trial
from trial_edc.accounts.access import today
from trial_edc.review.models import RuleResult

ROUNDS = 30
WARM_UP = 3
LONGEST_SECONDS = 30
POLL_SECONDS = 0.005


def run(stage: Stage) -> list[Line]:
    person = cast.investigator()
    people: Any = SimpleNamespace(site=cast.site(), coordinator=person)
    trial = Trial(people, made=Subject.objects.count() + 100)
    subjects = [trial.infused(days=20) for _number in range(ROUNDS + WARM_UP)]
    trial.compute()
    stage.start_worker()
    browser = cast.client()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        taken = [_saved_and_shown(browser, subject) for subject in subjects][WARM_UP:]
    note = f"{ROUNDS} saves, each a DLT of another subject at one level; median {percentile(taken, 0.5):.2f} s"
    return [Line("event saved to new advice on the board, p95", percentile(taken, 0.95), "s", 1, note=note)]


def _saved_and_shown(browser: Any, subject: Subject) -> float:
    """Post a severe event; return the seconds until its advice is stored and the board has been rendered with it."""
    before = _advice()
    start = time.perf_counter()
    answer = browser.post(f"/subjects/{subject.identifier}/LOG/AE/1/", severe_event())
    assert answer.status_code == 302, answer.content.decode()[:2000]
    while _advice() == before:
        assert time.perf_counter() - start < LONGEST_SECONDS, "no worker computed the advice"
        time.sleep(POLL_SECONDS)
    board = browser.get("/dose-escalation/status/")
    assert board.status_code == 200
    return time.perf_counter() - start


def severe_event() -> dict[str, str]:
    """Return the post of a related event of grade 4 that began 15 days ago."""
    day = (today() - timedelta(days=15)).isoformat()
    return {
        "token": str(uuid4()), "version": "0", "action": "save", "term": "Alanine aminotransferase increased",
        "onset_date": day, "outcome": "NOT RECOVERED/NOT RESOLVED", "serious": "false",
        "relationship_car_t": "probable", "AEG-TOTAL_FORMS": "1", "AEG-INITIAL_FORMS": "0", "AEG-0-grade": "4",
        "AEG-0-start_date": day,
    }  # fmt: skip


def _advice() -> str | None:
    """Return what the advice of the first level rests on; another one means a new advice."""
    found = RuleResult.objects.filter(root=level_key(1), rule=RULE).first()
    return found.input_hash if found else None
