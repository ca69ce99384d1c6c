"""The lists people live in, at the size of this trial and far beyond it: statements, and the time of the server.

40 subjects with 400 forms at 45 visits each (16,000 forms, 300,000 items), then 1,000 subjects (400,000 forms).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from benchmarks import cast, crowd, template_subject
from benchmarks.measure import Line, once, percentile
from benchmarks.stores import Stage
from enrollment.models import Subject
from safety.models import VitalSigns
from trial_edc.audit.context import acting
from trial_edc.casebook.standings.settling import settle
from trial_edc.crf import registry

FORMS = 400
ROUNDS = 20
ALL_VERSIONS, FEW_VERSIONS = 1000, 5
SMALL, LARGE = (40, 150), (1000, 300)
CHANGED = "after a change"
#: Page -> role of the reader, address, most statements.
PAGES = {
    "matrix": ("coordinator", "/subjects/", 40),
    "matrix, filtered": ("coordinator", "/subjects/?level=1&q=01-00&groups=LYMPHODEPLETION,MONTHS_18_36", 40),
    "my work, coordinator": ("coordinator", "/desk/", 60),
    f"my work, coordinator, {CHANGED}": ("coordinator", "/desk/", 90),
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
        _settle()
        small = _measure(*SMALL)
        crowd.copy(url, template, SMALL[0] + 1, LARGE[0], versions=FEW_VERSIONS)
        _say_size()
        _settle()
        large = _measure(*LARGE)
    growth = [
        Line(f"{name}, growth", line.value, "ms", 25, base=small[name].value, note="large study : small")
        for name, line in large.items()
    ]
    return [*small.values(), *large.values(), *growth]


def _settle() -> None:
    """Read all casebooks once, as the task does after an import."""
    start, clock = _worked(), time.perf_counter()
    count = settle(Subject.objects.all())
    spent = f"{_worked() - start:.0f} s of work, {time.perf_counter() - clock:.0f} s by the clock"
    sys.stderr.write(f"{count} casebooks were read: {spent}\n")


def _measure(subjects: int, target: int) -> dict[str, Line]:
    found = {}
    for name, (role, address, most) in PAGES.items():
        asked = _ask(cast.browser_of(role), address, before=_change if name.endswith(CHANGED) else None)
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


def _ask(browser: Client, address: str, before: Callable[[], None] | None) -> Asked:
    def ask() -> Any:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    first = once(ask, clock=time.perf_counter)
    with CaptureQueriesContext(connection) as reads:
        ask()
    asked = Asked(len(reads), first, [], [])
    for _round in range(ROUNDS):
        if before is not None:
            before()
        start = _worked()
        asked.clock.append(once(ask, clock=time.perf_counter))
        asked.work.append((_worked() - start) * 1000)
    return asked


def _change() -> None:
    """Change one value of one casebook, as a save would."""
    with acting(cast.investigator(), "benchmark"):
        VitalSigns.objects.filter(subject__identifier="01-0001", visit="D3").update(heart_rate=60 + time.time_ns() % 40)


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
