"""From the forms to the endpoints of a subject: whose responses count, what censors, what cannot be derived."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from efficacy.endpoints import Assessor, Derived, Endpoints, protocol_config
from efficacy.selectors.survival import survival_facts
from reports.efficacy.population import Population, read_population
from tests.efficacy.builders import contact, day, form, subject, tumour
from tests.efficacy.conftest import COMPUTED, INVESTIGATOR
from tests.people import People

pytestmark = pytest.mark.django_db


def of(population: Population, number: int, assessor: Assessor = INVESTIGATOR) -> Endpoints:
    found = next(each for each in population.subjects if each.identifier == f"01-{number:03}")
    return found.endpoints[assessor]


def only(people: People, assessor: Assessor = INVESTIGATOR) -> Derived:
    (found,) = read_population([people.site]).subjects
    derived = found.endpoints[assessor].derived
    assert derived is not None, found.endpoints[assessor].problem
    return derived


def test_a_confirmed_response_and_its_times(population: Population) -> None:
    found = of(population, 1).derived
    assert found is not None
    assert (found.best.response, found.best.first_response_date) == ("PR", day(28))
    assert (found.immune_best.response, found.immune_best.first_response_date) == ("iPR", day(28))
    assert (found.time_to_response.days, found.time_to_response.event) == (29, 1)
    assert (found.progression_free.days, found.progression_free.event) == (181, 0)
    assert (found.duration_of_response.days, found.duration_of_response.event) == (153, 0)


def test_progression_is_dated_at_its_first_scan_by_both_criteria(population: Population) -> None:
    found = of(population, 2).derived
    assert found is not None
    assert (found.progression_free.event, found.progression_free.date) == (1, day(90))
    assert (found.immune_progression_free.event, found.immune_progression_free.date) == (1, day(90))
    assert found.best.response == "SD" and not found.duration_of_response.applicable
    assert (found.overall_survival.event, found.overall_survival.date) == (0, day(180))
    assert (found.registered_survival.event, found.registered_survival.date) == (1, day(90))


def test_the_investigators_response_leads_and_the_computed_one_is_kept(population: Population) -> None:
    judged, computed = of(population, 3).derived, of(population, 3, COMPUTED).derived
    assert judged is not None and computed is not None
    assert (judged.best.response, computed.best.response) == ("PR", "SD")


def test_who_has_no_scan_is_censored_at_the_infusion_and_not_evaluable(population: Population) -> None:
    found = of(population, 4)
    assert found.derived is not None and not found.evaluable
    assert (found.derived.progression_free.days, found.derived.progression_free.event) == (1, 0)
    assert (found.derived.overall_survival.date, found.derived.overall_survival.event) == (day(60), 0)


@pytest.mark.parametrize(("shown", "best"), [(False, "SD"), (True, "PR")])
def test_an_assessment_without_judgement_waits(
    people: People, monkeypatch: pytest.MonkeyPatch, shown: bool, best: str
) -> None:
    """It is neither the investigator's nor, unless the study shows it before the judgement, the rules'."""
    if shown:
        monkeypatch.setattr("efficacy.blinding.boolean", lambda _key: False)
    tumour(subject(people, 1), {"D28": "65", "M3": "60"}, {"D28": ("PR", "iPR")})
    (found,) = read_population([people.site]).subjects
    assert found.endpoints[INVESTIGATOR].unjudged == 1
    judged, computed = (found.endpoints[each].derived for each in (INVESTIGATOR, COMPUTED))
    assert judged is not None and computed is not None
    assert (judged.best.response, computed.best.response) == ("SD", best)


def test_new_therapy_censors_at_the_last_scan_before_it(people: People) -> None:
    patient = subject(people, 1)
    tumour(patient, {"D28": "90", "M3": "130"}, {"D28": ("SD", "iSD"), "M3": ("PD", "iUPD")})
    contact(patient, 100, therapy="2026-02")  # the month is known: the 1st counts, before the scan of Day 28
    found = only(people)
    assert (found.progression_free.event, found.progression_free.reason) == (0, "NEW_THERAPY")
    assert (found.progression_free_whatever_therapy.event, found.progression_free_whatever_therapy.date) == (1, day(90))
    assert found.immune_progression_free.event == 0


@pytest.mark.parametrize(
    ("reason", "event"),
    [("WITHDRAWAL BY SUBJECT", 1), ("LOST TO FOLLOW-UP", 1), ("PROGRESSIVE DISEASE", 1), ("COMPLETED", 1), (None, 0)],
)
def test_unconfirmed_progression_counts_once_no_scan_will_confirm_it(
    people: People, reason: str | None, event: int
) -> None:
    patient = subject(people, 1, off_study_date=day(100) if reason else None)
    # The open progression is the second scan of three: the last one cannot be evaluated.
    judged = {"D28": ("SD", "iSD"), "M3": ("PD", "iUPD"), "M6": ("NE", "NE")}
    tumour(patient, {"D28": "100", "M3": "130", "M6": "130"}, judged)
    if reason:
        form(patient, "EOS", "EOS", reason=reason, off_study_date=day(100))
    found = only(people).immune_progression_free
    assert (found.event, found.date) == (event, day(90))


def test_death_ends_survival_and_response(people: People) -> None:
    patient = subject(people, 1, death_date=day(200))
    tumour(patient, {"D28": "60", "M3": "50"}, {"D28": ("PR", "iPR"), "M3": ("PR", "iPR")})
    contact(patient, 210)  # about somebody who had died: no sign of life
    found = only(people)
    assert (found.overall_survival.event, found.overall_survival.date) == (1, day(200))
    assert (found.duration_of_response.event, found.registered_duration.event) == (1, 0)


def test_contradicting_dates_are_said_and_nothing_is_derived(people: People) -> None:
    patient = subject(people, 1, death_date=day(40))
    tumour(patient, {"D28": "60", "M3": "50"}, {"D28": ("PR", "iPR"), "M3": ("PR", "iPR")})
    (found,) = read_population([people.site]).subjects
    assert found.endpoints[INVESTIGATOR].derived is None
    assert "lies after death_date" in found.endpoints[INVESTIGATOR].problem


def test_the_scans_of_the_schedule_are_the_plan() -> None:
    assert protocol_config().plan.planned_days[:5] == (28, 90, 180, 270, 365)


@pytest.mark.parametrize("more", [0, 6])
def test_reading_takes_the_same_queries_for_many_subjects(people: People, study: Any, more: int) -> None:
    for number in range(more):
        tumour(subject(people, 10 + number), {"D28": "90"}, {"D28": ("SD", "iSD")})
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read_population([people.site])
    assert len(queries) == 16


def test_facts_are_of_infused_subjects_only(people: People) -> None:
    waiting = subject(people, 1, infused_at=None)
    assert survival_facts([waiting]) == {}
