"""The dose room: the ribbon on an open board while thirty others poll, the statistician's fragment, the pack.

The boards are polled as a page does it: every 300 ms, with the mark of the answer before.
"""

from __future__ import annotations

import re
import threading
import time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test import override_settings
from django.utils.timezone import now

from benchmarks import cast
from benchmarks.board import severe_event
from benchmarks.measure import Line, percentile
from benchmarks.stores import Stage
from dosing.models import DoseDecision, Slot
from dosing.selectors.evidence import evidence, evidence_hash
from dosing.services import freeze_decision
from enrollment.models import Subject
from reports.models import Job
from reports.services import request_pack
from reports.tasks import produce_report
from safety.models import AdverseEvent
from tests.dosing.builders import Trial
from trial_edc.audit.context import acting

SESSIONS, POLL_SECONDS = 30, 0.3
ROUNDS, WARM_UP, LONGEST_SECONDS = 12, 2, 60
FRAGMENTS = 60
SUBJECTS_IN_PACK = 18
BOARD, STATUS = "/dose-escalation/", "/dose-escalation/status/"
FRAGMENT = "/dose-escalation/statistics/characteristics/"


def run(stage: Stage) -> list[Line]:
    person = cast.investigator()
    people: Any = SimpleNamespace(site=cast.site(), coordinator=person, investigator=person)
    trial = Trial(people, made=Subject.objects.count() + 200)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        ribbon = _ribbon(stage, trial)
        return [ribbon, _fragment(), _pack(trial)]


def _pack(trial: Trial) -> Line:
    """Eighteen treated subjects, six at each level (three are there), with events and a frozen decision."""
    for level in (1, 2, 3):
        for number in range(3 if level == 1 else 6):
            subject = trial.infused(level)
            trial.event(subject, grades=((2, 3), (3, 5)))
            if level < 3 and number == 0:
                trial.judge(trial.event(subject))
    trial.compute()
    decision = freeze_decision(by=cast.investigator(), dose_level=1)
    taken, worked = [], []
    for number in range(5):
        job = request_pack(by=cast.investigator(), decision=decision, idempotency_key=f"bench-{number}")
        start, spent = time.perf_counter(), time.process_time()
        produce_report(str(job.pk))
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - spent)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.failure_reason
    note = f"{Slot.objects.count()} subjects with slots, {job.file.pages} pages; the slowest of five"
    note += f"; processor {percentile(worked, 0.5):.2f} s"
    return Line(f"meeting pack of {SUBJECTS_IN_PACK} subjects", max(taken), "s", 3, note=note)


def _fragment() -> Line:
    browser, taken, worked = cast.client(), [], []
    for number in range(FRAGMENTS):
        asked = {"p1": str(Decimal(number + 1) / 100), "p2": "0.25", "p3": "0.40", "cohorts": "3"}
        start, spent = time.perf_counter(), time.process_time()
        answer = browser.get(FRAGMENT, asked)
        taken.append((time.perf_counter() - start) * 1000)
        worked.append((time.process_time() - spent) * 1000)
        assert answer.status_code == 200
    note = f"{FRAGMENTS} probabilities never asked before; median {percentile(taken, 0.5):.0f} ms"
    note += f", processor {percentile(worked, 0.5):.0f} ms"
    return Line("statistician's fragment, p95", percentile(taken, 0.95), "ms", 150, note=note)


class _OpenBoard:
    """A board in a browser: what it shows, and the poll that keeps it."""

    def __init__(self) -> None:
        self.browser = cast.client()
        self.page = self.browser.get(BOARD).content.decode()

    def poll(self) -> None:
        found = re.search(r'hx-get="[^"?]*\?seen=([^&]*)&amp;mark=([^"]*)"', self.page)
        assert found is not None, "an open board asks whether it still stands"
        answer = self.browser.get(STATUS, {"seen": found[1], "mark": found[2]})
        if answer.status_code == 200:
            self.page = answer.content.decode()


def _keep_polling(stop: threading.Event) -> None:
    board = _OpenBoard()
    while not stop.wait(POLL_SECONDS):
        board.poll()
    connection.close()


def _ribbon(stage: Stage, trial: Trial) -> Line:
    """Release a decision, add a DLT, wait for the ribbon on a board that polls; take it back and decide anew."""
    subjects = [trial.infused(days=35) for _n in range(3)]
    trial.compute()
    stage.start_worker()
    stop = threading.Event()
    others = [threading.Thread(target=_keep_polling, args=[stop], daemon=True) for _n in range(SESSIONS - 1)]
    for other in others:
        other.start()
    start, spent = time.perf_counter(), time.process_time()
    taken = [_raised(trial, subjects[0], number) for number in range(1, ROUNDS + WARM_UP + 1)][WARM_UP:]
    share = (time.process_time() - spent) / (time.perf_counter() - start)
    stop.set()
    for other in others:
        other.join()
    note = f"{ROUNDS} rounds, {SESSIONS} boards polling every {POLL_SECONDS} s in this process; median "
    note += f"{percentile(taken, 0.5):.2f} s; {share:.0%} of a processor"
    return Line("event saved to ribbon on an open board, p95", percentile(taken, 0.95), "s", 1, note=note)


def _raised(trial: Trial, subject: Subject, number: int) -> float:
    """Save the event of that number; return the seconds until the ribbon names the decision that it overtakes."""
    decision, browser, board = _released(number), cast.client(), _OpenBoard()
    assert not _ribbon_of(board.page)
    start = time.perf_counter()
    answer = browser.post(f"/subjects/{subject.identifier}/LOG/AE/{number}/", severe_event())
    assert answer.status_code == 302, answer.content.decode()[:2000]
    while f"/decisions/{decision.pk}/" not in _ribbon_of(board.page):
        assert time.perf_counter() - start < LONGEST_SECONDS, "the ribbon did not rise"
        time.sleep(POLL_SECONDS)
        board.poll()
    seconds = time.perf_counter() - start
    trial.judge(AdverseEvent.objects.get(subject=subject, sequence=number), "NO")
    trial.compute()
    return seconds


def _ribbon_of(page: str) -> str:
    return "".join(re.findall(r'aria-label="Superseded decision">.*?</div>', page, flags=re.DOTALL))


def _released(revision: int) -> DoseDecision:
    """A released escalation on the data as they are; its making is not measured, so it is written as it would end."""
    person, cutoff = cast.investigator(), now()
    content = evidence(1, cutoff)
    with acting(person, "benchmark"):
        return DoseDecision.objects.create(
            dose_level=1, revision=revision, status="RELEASED", rule_set="protocol", rule_version="1.0.0",
            data_cutoff=cutoff, evidence=content, evidence_hash=evidence_hash(content), n_evaluable=3, n_dlt=0,
            n_pending=0, advised_action=content["advice"]["action"], advised_because="Benchmark.", choice="AGREE",
            chosen_action=content["advice"]["action"], released_at=cutoff, released_by=person,
        )  # fmt: skip
