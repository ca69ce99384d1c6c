"""The lists people live in, at the size of this trial and far beyond it: statements, and the time of the server.

40 subjects with 400 forms at 45 visits each (16,000 forms, 300,000 items), then 1,000 subjects (400,000 forms).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
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
        asked = _ask(cast.browser_of(role), address)
        if asked.reads > most:
            raise AssertionError(f"{name}: {asked.reads} statements, at most {most}")
        note = (
            f"median {percentile(asked.work, 0.5):.0f} ms, {asked.reads} statements;"
            f" by the clock, beside what else this machine did: p95 {percentile(asked.clock, 0.95):.0f} ms,"
            f" median {percentile(asked.clock, 0.5):.0f} ms, first {asked.first:.0f} ms"
        )
        found[name] = Line(f"{name}, {subjects} subjects, p95", percentile(asked.work, 0.95), "ms", target, note=note)
        sys.stderr.write(f"{found[name].name}: {found[name].value:.0f} ms ({note})\n")
    return found


@dataclass
class Asked:
    """What one page took: statements, and per request the milliseconds of work and those of the clock."""

    reads: int
    first: float
    work: list[float]
    clock: list[float]


def _ask(browser: Client, address: str) -> Asked:
    def ask() -> Any:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    first = once(ask, clock=time.perf_counter)
    with CaptureQueriesContext(connection) as reads:
        ask()
    asked = Asked(len(reads), first, [], [])
    for _round in range(ROUNDS):
        start = _worked()
        asked.clock.append(once(ask, clock=time.perf_counter))
        asked.work.append((_worked() - start) * 1000)
    return asked


def _worked() -> float:
    """Return the seconds of processor time of this process and of its backend: the server's time of an idle machine."""
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    return time.process_time() + int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9


def _say_size() -> None:
    forms, items = 0, 0
    models: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            rows = cursor.fetchone()[0]
            forms += rows if registry.find(model.crf.oid) else 0
            items += rows * len(registry.items(model))
        cursor.execute("SELECT count(*) FROM audit_itemchange")
        trail = cursor.fetchone()[0]
    sys.stderr.write(f"{forms} forms, {items} items, {trail} rows of the trail\n")
