"""The pages people live in, at the size of this trial and far beyond: reads, and the time of the slowest request.

The small study has 40 subjects with 400 forms each, the large one 1,000 subjects with 40 forms each. All rows are
written through the trail's own trigger.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from benchmarks import cast
from benchmarks.measure import Line, once, percentile
from benchmarks.stores import Stage
from enrollment.models import Subject
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.protocol.visits.schedule import SCHEDULE

ROUNDS = 12
SMALL, LARGE = (40, 400, 150), (1000, 40, 300)
#: Page -> address by name, and its query.
PAGES = {
    "matrix": ("casebook:matrix", {}),
    "my work": ("casebook:my-work", {}),
    "query list": ("casebook:query-list", {"state": "all"}),
    "verification": ("casebook:verification", {}),
    "audit search": ("casebook:audit", {"item": "heart rate", "action": "changed"}),
}
FORMS = """
INSERT INTO safety_vitalsigns (id, subject_id, visit, sequence, amendment, status, version, completed_at,
    completed_by_id, assessed_date, assessed_time, temperature_c, systolic_bp, diastolic_bp, heart_rate,
    respiratory_rate, oxygen_saturation)
SELECT gen_random_uuid(), s.id, v.code, n, 0, 'COMPLETE', 1, now(), %s, s.consent_date + v.place::int, '08:00',
    36.6, 110 + n %% 30, 70, 60 + n %% 40, 14, 98
FROM enrollment_subject s CROSS JOIN unnest(%s::text[]) WITH ORDINALITY AS v(code, place)
CROSS JOIN generate_series(1, %s) n
WHERE NOT EXISTS (SELECT FROM safety_vitalsigns f WHERE f.subject_id = s.id)
"""
QUERIES = """
INSERT INTO review_query (id, subject_id, form, record, field, number, visit, sequence, state, origin,
    value_at_opening, opened_at, opened_by_id)
SELECT gen_random_uuid(), f.subject_id, 'VS', f.id, 'heart_rate', row_number() OVER () + %s, f.visit, f.sequence,
    CASE WHEN random() < 0.5 THEN 'open' ELSE 'closed' END, 'person', f.heart_rate::text, now(), %s
FROM safety_vitalsigns f WHERE f.sequence = 1 AND f.visit = ANY (%s::text[])
    AND NOT EXISTS (SELECT FROM review_query q WHERE q.record = f.id)
"""
CHANGES = "UPDATE safety_vitalsigns SET heart_rate = heart_rate + 1 WHERE sequence = 1 AND visit = 'D1'"


def run(_stage: Stage) -> list[Line]:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        small = _measure(*SMALL)
        large = _measure(*LARGE)
    lines = [line for found in (small, large) for line in found.values()]
    for name, line in large.items():
        lines.append(Line(f"{name}, growth", line.value, "ms", 25, base=small[name].value, note="large study : small"))
    return lines


def _measure(subjects: int, forms: int, target: int) -> dict[str, Line]:
    _fill(subjects, forms)
    browser, found = cast.client(), {}
    for name, (url_name, query) in PAGES.items():
        try:
            address = reverse(url_name)
        except NoReverseMatch:
            continue
        reads, taken = _ask(browser, address, query)
        label = f"{name}, {subjects} subjects x {forms} forms, p95"
        found[name] = Line(label, percentile(taken, 0.95), "ms", target, note=f"{reads} reads")
    return found


def _ask(browser: Any, address: str, query: dict[str, str]) -> tuple[int, list[float]]:
    def ask() -> None:
        assert browser.get(address, query).status_code == 200

    ask()
    with CaptureQueriesContext(connection) as reads:
        ask()
    return len(reads), [once(ask, clock=time.perf_counter) for _round in range(ROUNDS)]


def _fill(subjects: int, forms: int) -> None:
    """Bring the study to a number of subjects, each new one with that many forms, some queries and some changes."""
    person = cast.investigator()
    present = Subject.objects.count()
    visits = [visit.code for visit in SCHEDULE if "VS" in visit.required_forms]
    start = timezone.now() - timedelta(days=400)
    with acting(person, "benchmark", source="import"), connection.cursor() as cursor:
        Subject.objects.bulk_create(
            Subject(
                identifier=f"01-{number:04}", site=cast.site(), status="FOLLOW-UP", infused_at=start, dose_level=1,
                consent_date=today() - timedelta(days=440), lymphodepletion_date=today() - timedelta(days=405),
            )
            for number in range(present + 1, subjects + 1)
        )  # fmt: skip
        here = visits[: max(1, min(len(visits), forms))]
        cursor.execute(FORMS, [str(person.pk), here, max(1, forms // len(here))])
        cursor.execute("SELECT coalesce(max(number), 0) FROM review_query")
        cursor.execute(QUERIES, [cursor.fetchone()[0], str(person.pk), ["D2", "D3"]])
        cursor.execute(CHANGES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_itemchange, safety_vitalsigns, review_query, enrollment_subject")
