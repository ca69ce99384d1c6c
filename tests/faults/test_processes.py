"""The queue stopped, the worker killed: what was saved stands, and what follows from it arrives, once."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dosing.services.later import BOARD_LOCK
from tests.faults.browser import Visitor
from tests.faults.installation import Installation, installation, until
from trial_edc.accounts.access import today

SLOWEST_SAVE_SECONDS = 3
#: The timetable looks every 15 s, a worker that lost its queue comes back within a few more.
RECOVERY_SECONDS = 40
RESULTS = "SELECT rule, output FROM review_ruleresult WHERE root = %s"
TRAIL = (
    "SELECT record, field, new FROM audit_itemchange WHERE entity = 'review.ruleresult' AND field = 'input_hash'"
    " AND chain = %s AND id > %s"
)
WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    " AND usename = 'edc_app'"
)


@pytest.fixture(scope="module")
def product() -> Iterator[Installation]:
    with installation() as running:
        yield running


@pytest.fixture(scope="module")
def coordinator(product: Installation) -> Visitor:
    return Visitor(product.url, "coordinator")


def save_event(product: Installation, visitor: Visitor, identifier: str, term: str) -> Any:
    """Save an adverse event of grade 4 within the window through its page; return its key."""
    infused = product.rows("SELECT infused_at::date FROM enrollment_subject WHERE identifier = %s", identifier)[0][0]
    day = (infused + timedelta(days=5)).isoformat()
    texts = {
        "token": str(uuid4()), "version": "0", "action": "save", "term": term, "onset_date": day,
        "outcome": "NOT RECOVERED/NOT RESOLVED", "serious": "false", "AEG-TOTAL_FORMS": "1",
        "AEG-INITIAL_FORMS": "0", "AEG-0-grade": "4", "AEG-0-start_date": day,
    }  # fmt: skip
    before = len(product.rows("SELECT id FROM safety_adverseevent"))
    status, text = visitor.post(f"/subjects/{identifier}/LOG/AE/{before + 1}/", texts)
    assert status == 200, " ".join(re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)', text))
    (found,) = product.rows("SELECT id FROM safety_adverseevent WHERE term = %s", term)
    return found[0]


def last_change(product: Installation) -> int:
    return int(product.rows("SELECT coalesce(max(id), 0) FROM audit_itemchange")[0][0])


def subject_key(product: Installation, identifier: str) -> Any:
    return product.rows("SELECT id FROM enrollment_subject WHERE identifier = %s", identifier)[0][0]


def answered_once(product: Installation, event: Any, subject: Any, since: int) -> None:
    """The rule's answer about the event and about its subject: one row each, written to the trail once."""
    assert [rule for rule, _output in product.rows(RESULTS, event)] == ["dlt"]
    assert [rule for rule, _output in product.rows(RESULTS, subject)] == ["evaluability"]
    written = product.rows(TRAIL, subject, since)
    assert len(written) == len({record for record, _field, _new in written}) == 2, written


def test_a_save_does_not_wait_for_a_queue_that_is_down_and_its_result_arrives_later(
    product: Installation, coordinator: Visitor
) -> None:
    subject, since = subject_key(product, "01-001"), last_change(product)
    product.kill_queue()
    try:
        started = time.monotonic()
        event = save_event(product, coordinator, "01-001", "Alanine aminotransferase increased")
        assert time.monotonic() - started < SLOWEST_SAVE_SECONDS
        assert product.rows(RESULTS, event) == []
    finally:
        product.start_queue()
    until(lambda: product.rows(RESULTS, event), seconds=RECOVERY_SECONDS, what="the result after the queue's return")
    answered_once(product, event, subject, since)


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_result_arrives_once(
    product: Installation, coordinator: Visitor
) -> None:
    subject, since = subject_key(product, "01-002"), last_change(product)
    blocker = product.connect()
    with blocker.cursor() as cursor:
        # The advice of the levels is computed last, so the task stops with the subject's answers already written.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [BOARD_LOCK])
    event = save_event(product, coordinator, "01-002", "Aspartate aminotransferase increased")
    until(lambda: product.rows(WAITING), seconds=20, what="the task to be in its middle")
    product.kill("worker")
    blocker.rollback()
    blocker.close()
    until(lambda: not product.rows(WAITING), seconds=10, what="the killed worker's connection to end")
    assert product.rows(RESULTS, event) == []
    product.start("worker")
    until(lambda: product.rows(RESULTS, event), seconds=RECOVERY_SECONDS, what="the result after the kill")
    answered_once(product, event, subject, since)


@pytest.mark.req("P09")
def test_the_report_of_a_killed_worker_fails_with_its_reason_and_can_be_tried_again(product: Installation) -> None:
    monitor = Visitor(product.url, "monitor")
    product.kill("worker")
    asked = {"kind": "safety", "cutoff": today().isoformat(), "scope": "all", "token": uuid4().hex}
    assert monitor.post("/reports/", asked)[0] == 200
    blocker = product.connect()
    with blocker.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_itemchange IN ACCESS EXCLUSIVE MODE")
    product.start("worker")
    until(lambda: state(product) == "RUNNING", seconds=20, what="a worker to take up the report")
    until(lambda: product.rows(WAITING), seconds=20, what="the report to be in its middle")
    product.kill("worker")
    blocker.rollback()
    blocker.close()
    assert state(product) == "RUNNING"
    product.rows("UPDATE reports_job SET heartbeat_at = heartbeat_at - interval '2 minutes'")
    product.python("import django; django.setup(); from reports.tasks import find_abandoned_jobs as f; f()")
    assert state(product) == "FAILED"
    assert "The worker stopped. Try again." in monitor.get("/reports/")[1]
    key = product.rows("SELECT id FROM reports_job")[0][0]
    product.start("worker")
    assert monitor.post(f"/reports/jobs/{key}/retry/", {}, page="/reports/")[0] == 200
    until(lambda: state(product) == "DONE", seconds=40, what="the report made on the second attempt")
    assert product.rows("SELECT count(*) FROM reports_reportfile") == [(1,)]


def state(product: Installation) -> str:
    ((found,),) = product.rows("SELECT upper(state) FROM reports_job")
    return str(found)
