"""The lists people live in, at the size of this trial and far beyond it: statements, and the time of the server.

40 subjects with 400 forms at 45 visits each (16,000 forms, 300,000 items), then 1,000 subjects (400,000 forms).
"""

from __future__ import annotations

import sys
import time
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from benchmarks import cast, crowd, template_subject
from benchmarks.measure import Line, once, percentile
from benchmarks.stores import Stage
from trial_edc.crf import registry

FORMS = 400
ROUNDS = 20
ALL_VERSIONS, FEW_VERSIONS = 1000, 5
SMALL, LARGE = (40, 150), (1000, 300)
#: Page -> role of the reader, address, most statements.
PAGES = {
    "matrix": ("coordinator", "/subjects/", 40),
    "matrix, filtered": ("coordinator", "/subjects/?level=1&q=01-00&groups=LYMPHODEPLETION,MONTHS_18_36", 40),
    "my work, coordinator": ("coordinator", "/desk/", 60),
    "my work, investigator": ("investigator", "/desk/", 60),
    "my work, monitor": ("monitor", "/desk/", 60),
    "my work, data manager": ("data-manager", "/desk/", 60),
    "overdue visits": ("coordinator", "/desk/overdue/", 40),
    "forms to verify": ("monitor", "/desk/to-verify/", 40),
    "queries": ("data-manager", "/queries/", 40),
    "queries, all by age": ("data-manager", "/queries/?state=all&sort=age", 40),
    "verification": ("monitor", "/verification/", 40),
    "verification, critical": ("monitor", "/verification/?critical=1&form=VS", 40),
    "audit": ("data-manager", "/audit/", 40),
    "audit, search": ("data-manager", "/audit/?item=heart+rate&action=entered", 40),
}


def run(stage: Stage) -> list[Line]:
    url = stage.environment["DATABASE_SUPERUSER_URL"]
    template = template_subject.make(FORMS)
    crowd.copy(url, template, 2, SMALL[0], versions=ALL_VERSIONS)
    _say_size()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        small = _measure(*SMALL)
        crowd.copy(url, template, SMALL[0] + 1, LARGE[0], versions=FEW_VERSIONS)
        _say_size()
        large = _measure(*LARGE)
    growth = [
        Line(f"{name}, growth", line.value, "ms", 25, base=small[name].value, note="large study : small")
        for name, line in large.items()
    ]
    return [*small.values(), *large.values(), *growth]


def _measure(subjects: int, target: int) -> dict[str, Line]:
    found = {}
    for name, (role, address, most) in PAGES.items():
        browser = cast.browser_of(role)
        reads, first, taken = _ask(browser, address)
        if reads > most:
            raise AssertionError(f"{name}: {reads} statements, at most {most}")
        note = f"{reads} statements, median {percentile(taken, 0.5):.0f} ms, first {first:.0f} ms"
        found[name] = Line(f"{name}, {subjects} subjects, p95", percentile(taken, 0.95), "ms", target, note=note)
        sys.stderr.write(f"{found[name].name}: {found[name].value:.0f} ms ({note})\n")
    return found


def _ask(browser: Client, address: str) -> tuple[int, float, list[float]]:
    def ask() -> Any:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    first = once(ask, clock=time.perf_counter)
    with CaptureQueriesContext(connection) as reads:
        ask()
    return len(reads), first, [once(ask, clock=time.perf_counter) for _round in range(ROUNDS)]


def _say_size() -> None:
    forms, items, trail = 0, 0, 0
    with connection.cursor() as cursor:
        for model in (*registry.all_forms(), *registry.all_rows()):
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            rows = cursor.fetchone()[0]
            forms += rows if registry.find(model.crf.oid) else 0
            items += rows * len(registry.items(model))
        cursor.execute("SELECT count(*) FROM audit_itemchange")
        trail = cursor.fetchone()[0]
    sys.stderr.write(f"{forms} forms, {items} items, {trail} rows of the trail\n")
