"""Efficacy: the page of an assessment, the endpoints of a thousand subjects, and every figure."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from benchmarks import cast, tumours
from benchmarks.measure import Line, once, percentile
from benchmarks.stores import Stage
from efficacy.endpoints import Assessor, SurvivalFacts, endpoints_of
from efficacy.responses import course_of
from efficacy.selectors.history import LesionHistory
from enrollment.models import Subject
from reports.course.events import timeline
from reports.course.figure import timeline_figure
from reports.course.tumour import TumourCourse, sums_figure
from reports.efficacy import tables
from reports.efficacy.population import Population, SubjectResult, read_population
from reports.efficacy.samples import assays, cytokine_courses
from reports.figures import samples
from reports.figures.drawing import Picture, as_png
from reports.figures.response import spider, waterfall
from reports.figures.survival import survival_curve
from reports.figures.swimmer import swimmer

SUBJECTS, DRAWN = 1_000, 30
ROUNDS = 20
INFUSED, CUTOFF = date(2023, 3, 1), date(2026, 6, 1)
BY = Assessor.INVESTIGATOR


def run(_stage: Stage) -> list[Line]:
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        pages = _pages()
    return [*pages, _endpoints(), *_figures()]


def _median(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    for _warm_up in range(2):
        action()
    return percentile([once(action, clock=time.process_time) for _round in range(rounds)], 0.5)


def _pages() -> list[Line]:
    """The page of the last of fifteen assessments with 5 + 10 lesions, opened and computed while it is typed."""
    subject, browser = tumours.subject_with_lesions(), cast.client()
    address = f"/course/{subject.identifier}/tumour/M36/"

    def opened() -> Any:
        answer = browser.get(address)
        assert answer.status_code == 200
        return answer

    with CaptureQueriesContext(connection) as reads:
        opened()
    assert opened().content.count(b'name="TLM-') > tumours.TARGETS and b"NT10" in opened().content
    note = f"median of whole requests with middleware, {len(reads)} queries"
    name = f"lesion page, {tumours.TARGETS} + {tumours.OTHERS} lesions x {len(tumours.VISITS)} visits"
    overview = f"/course/{subject.identifier}/tumour/"
    return [
        Line(name, _median(opened), "ms CPU", 100, note=note),
        Line("tumour page of the same subject", _median(lambda: browser.get(overview)), "ms CPU", 100),
    ]


def _endpoints() -> Line:
    """From lesions to rates and curves: both criteria, both assessors."""
    found = list(tumours.histories(SUBJECTS, INFUSED))
    facts = [_facts(number) for number in range(SUBJECTS)]

    def derived() -> None:
        results = tuple(_result(number, *pair) for number, pair in enumerate(zip(found, facts, strict=True)))
        assert sum(each.endpoints[BY].derived is not None for each in results) == SUBJECTS
        population = Population(results, CUTOFF, None)
        for assessor in Assessor:
            tables.response_rates(population, assessor)
            tables.survival(population, assessor)

    seconds = _median(derived, 3) / 1000
    note = "five assessments each, from lesions to rates and curves, both criteria and both assessors"
    return Line(f"all endpoints of {SUBJECTS:,} subjects", seconds, "s CPU", 2, note=note)


def _facts(number: int) -> SurvivalFacts:
    died = INFUSED + timedelta(days=600 + number) if number % 3 == 0 else None
    alive = None if died else INFUSED + timedelta(days=700 + number % 300)
    return SurvivalFacts(INFUSED, death_date=died if died and died <= CUTOFF else None, last_known_alive=alive)


def _result(number: int, history: LesionHistory, facts: SurvivalFacts) -> SubjectResult:
    course = course_of(history)
    at = datetime(INFUSED.year, INFUSED.month, INFUSED.day, tzinfo=UTC)
    endpoints = {assessor: endpoints_of(facts, course, assessor, CUTOFF) for assessor in Assessor}
    key, level = history.subject_id, number % 3 + 1
    return SubjectResult(key, f"01-{number:04}", level, at, facts, course, endpoints)


def _figures() -> list[Line]:
    tumours.study(DRAWN)
    population = read_population([cast.site()])
    (copies, *_more), measured = assays(population), cytokine_courses(population)
    subject = Subject.objects.get(identifier=population.subjects[-1].identifier)
    tumour, course = TumourCourse(subject), timeline(subject)
    made: dict[str, Callable[[], Picture | None]] = {
        "waterfall": lambda: waterfall(population, BY)[0],
        "spider": lambda: spider(population, BY)[0],
        "swimmer": lambda: swimmer(population, BY)[0],
        "Kaplan-Meier": lambda: survival_curve(population, BY, "pfs")[0],
        "cells": lambda: samples.kinetics(copies, BY, "kinetics-0"),
        "cytokines": lambda: samples.cytokines(measured, population),
        "timeline": lambda: timeline_figure(course, until=90),
        "sums of one subject": lambda: sums_figure(tumour),
    }
    return [line for name, make in made.items() for line in _drawn(name, make)]


def _drawn(name: str, make: Callable[[], Picture | None]) -> list[Line]:
    picture = make()
    assert picture is not None and picture.marks
    note = f"{DRAWN} subjects, {len(picture.marks)} marks"
    return [
        Line(f"figure {name}", _median(make, 7), "ms CPU", 150, note=note),
        Line(f"figure {name}, as PNG", _median(lambda: as_png(picture, "stamp"), 7), "ms CPU", 150),
    ]
