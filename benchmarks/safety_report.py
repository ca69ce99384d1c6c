"""A safety report with 10,000 adverse events: the seconds and the memory of the worker, and the pages in a second."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from benchmarks.measure import Line
from benchmarks.stores import Stage

EVENTS, SUBJECTS = 10_000, 500
SECONDS, MEGABYTES, PAGES_PER_SECOND = 5.0, 200.0, 100


def run(_stage: Stage) -> list[Line]:
    """The report is made in a process of its own, so that its memory is its own too."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        taken, pages, memory = pool.apply(measured)
    per_page = taken / pages
    return [
        Line(f"safety report, {EVENTS:,} events", taken, "s CPU", SECONDS, note=f"{pages} pages"),
        Line("the same, largest memory of the process", memory, "MB", MEGABYTES),
        Line("the same, a page", per_page * 1000, "ms CPU", 1000 / PAGES_PER_SECOND,
             note=f"{1 / per_page:.0f} pages in a second"),
    ]  # fmt: skip


def measured() -> tuple[float, int, float]:
    """Return CPU seconds, pages and megabytes of one report; the first small one is not counted."""
    import django

    django.setup()
    _made(20)
    start = time.process_time()
    pages = _made(EVENTS)
    taken = time.process_time() - start
    return taken, pages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _made(events: int) -> int:
    from reports.content.safety import content_hash, safety_report
    from reports.pdf.making import Making
    from reports.pdf.safety import safety_pdf

    report = safety_report(study(events))
    making = Making("Somebody", datetime(2026, 11, 23, tzinfo=UTC), "EDC", "en-gb", "Site 01")
    return safety_pdf(report, content_hash(report), making, lambda _done, _total: None).pages


def study(events: int) -> Any:
    """Return the facts of a study: the terms of the dictionary in turn, one event in fifty serious."""
    from tests.reports.sample import FACTS, many

    small = many(SUBJECTS)
    return replace(FACTS, subjects=small.subjects, events=tuple(_events(events)), assessments=(), dlts=(), deaths=())


def _events(count: int) -> Iterator[Any]:
    from safety.ctcae import TERMS
    from tests.reports.sample import event

    terms = [term for term in TERMS.values() if not term.other_specify][:250]
    for number in range(count):
        term = terms[number * 7 % len(terms)]
        yield event(
            f"01-{number % SUBJECTS + 1:03}", number // SUBJECTS + 1, term.name, term.soc, number % 5 + 1,
            onset=f"2026-0{number % 9 + 1}-1{number % 10}", end=f"2026-1{number % 2}-20", serious=number % 50 == 0,
            outcome="RECOVERED/RESOLVED", relationship_cells="possible", criteria=("HOSPITALIZATION",),
        )  # fmt: skip
