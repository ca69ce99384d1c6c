"""The subject matrix of forty subjects with every visit unfolded: reads and processor time of one page."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import cast
from benchmarks.measure import Line, once, percentile
from benchmarks.stores import Stage
from enrollment.models import Subject
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.matrix import column_groups
from trial_edc.casebook.submission import Saved, submit

SUBJECTS = 40
ROUNDS = 30
VISITS = ("D1", "D2", "D3", "D4", "D5", "D6", "D7")
VITALS = {
    "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120", "diastolic_bp": "80", "heart_rate": "70",
    "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip


def run(_stage: Stage) -> list[Line]:
    shown = _fill()
    folded = [group for group in column_groups([]) if not group.is_open]
    page = {"groups": ",".join(group.key for group in folded)}
    visits = sum(len(group.visits) for group in column_groups([group.key for group in folded]))
    browser = cast.client()

    def ask() -> Any:
        answer = browser.get("/subjects/", page)
        assert answer.status_code == 200
        return answer

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        ask()
        whole, frame = _reads(browser, "/subjects/", page), _reads(browser, "/study/", {})
        taken = [once(ask, clock=time.process_time) for _round in range(ROUNDS)]
    name = f"matrix, {shown} subjects x {visits} visits"
    return [
        Line(f"{name}, reads", whole - frame, "queries", 10, note=f"{whole} in all; {frame} are those of every page"),
        Line(f"{name}, page", percentile(taken, 0.5), "ms CPU", 100, note="median of whole requests with middleware"),
    ]


def _reads(browser: Any, address: str, query: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as reads:
        assert browser.get(address, query).status_code == 200
    return len(reads)


def _fill() -> int:
    """Make subjects after their infusion, with forms at their first visits; return how many the site has now."""
    for number in range(max(0, SUBJECTS - Subject.objects.count())):
        subject = cast.subject()
        infused = today() - timedelta(days=10 + number)
        with acting(cast.investigator(), "benchmark"):
            subject.consent_date = infused - timedelta(days=40)
            subject.lymphodepletion_date = infused - timedelta(days=5)
            subject.infused_at = timezone.now() - timedelta(days=10 + number)
            subject.save()
        for offset, visit in enumerate(VISITS, start=1):
            texts = VITALS | {"assessed_date": (infused + timedelta(days=offset)).isoformat()}
            outcome = submit(by=cast.investigator(), place=Place(subject, visit, "VS", 1), data=cast.post(texts))
            assert isinstance(outcome, Saved), outcome
    return int(Subject.objects.count())
