"""Every number in the document equals the database, counted a second time with plain queries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from reports.content.safety import content_hash
from reports.pdf.making import Making
from reports.pdf.safety import safety_pdf
from reports.production import safety_content, site_text
from tests.people import People
from tests.reports.conftest import add_event, add_subject
from tests.reports.counted import Counted
from tests.reports.counted_shifts import shift_tables
from tests.reports.reading import event_rows, section, text_of
from trial_edc.audit.context import acting
from trial_edc.audit.selectors import settle
from trial_edc.review.models import Query
from trial_edc.review.selectors import unverified_critical

#: Where a line of a listing begins.
ROW = re.compile(r"\b\d\d-\d{3} (?:DL\d|Enrolled, not infused) ")
pytestmark = pytest.mark.django_db


def made_now() -> str:
    """The report of this moment as text."""
    moment = timezone.now()
    settle()
    report = safety_content(moment, None, lambda *_: None)  # type: ignore[arg-type]  # a progress that is not kept
    making = Making("Somebody", datetime(2026, 11, 23, tzinfo=UTC), "EDC", "en-gb", site_text(None))
    return text_of(safety_pdf(report, content_hash(report), making, lambda *_: None).content)


def assert_numbers(whole: str) -> None:
    """Hold every table and listing of the document against the tables of the database."""
    counted = Counted()
    open_points = len(unverified_critical(list(counted.subjects)))
    assert f"Subjects in the study {len(counted.subjects)} " in whole
    assert f"Critical items not source verified {open_points} " in whole
    assert f"Open queries {Query.objects.exclude(state__in=('closed', 'cancelled')).count()} " in whole
    exposure = section(whole, "1. Exposure by dose level", "Infused cells are CAR-positive")
    assert exposure.endswith(" ".join(counted.exposure()))
    overview = section(whole, "2. Overview of adverse events", "Subjects with at least one event")
    assert event_rows(overview) == " ".join(counted.overview())
    terms = section(whole, "3. Adverse events by system organ class, term and maximum grade", "4. CRS and ICANS")
    assert event_rows(terms) == " ".join(counted.terms())
    for line in (*counted.assessment_lines(), *counted.event_lines()):
        assert line in whole, line
    listed = section(whole, "9. Listing of adverse events", "10. Decision log")
    assert sum(listed.count(f" {each.identifier} ") for each in counted.subjects.values()) == len(counted.events)
    for title, following, lines in (
        ("4. CRS and ICANS", "Duration counts", counted.syndrome_lines()),
        ("5. Dose-limiting toxicities", "6. Serious adverse events", counted.dlt_lines()),
        ("6. Serious adverse events", "7. Deaths", counted.serious_lines()),
    ):
        listed = section(whole, title, following)
        assert all(line in listed for line in lines), lines
        assert len(ROW.findall(listed)) == len(lines)
    shifts = section(whole, "8. Shift of laboratory grades", "9. Listing of adverse events")
    assert all(table in shifts for table in shift_tables())
    assert shifts.count("Grade before treatment") == len(shift_tables())
    deaths = section(whole, "7. Deaths", "8. Shift of laboratory grades")
    assert {each.identifier for each in counted.subjects.values() if each.identifier in deaths} == counted.deaths()
    log = whole[whole.rindex("10. Decision log") :]
    assert all(line in log for line in counted.decisions())


def test_every_number_of_the_document_equals_the_database(people: People, study: dict[str, Any]) -> None:
    with acting(people.coordinator, "test"):
        third = add_subject(people, "01-004", 1, infused_on=date(2026, 4, 1))
        fourth = add_subject(people, "01-005", 3, infused_on=date(2026, 5, 2))
        add_event(third, 1, "Neutrophil count decreased", 4, 3, relationship_car_t="possible", end_date="2026-02-20",
                  outcome="RECOVERED/RESOLVED")  # fmt: skip
        add_event(third, 2, "Neutrophil count decreased", 2, relationship_car_t="unlikely", serious=False)
        add_event(fourth, 1, "Sepsis", 5, serious=True, outcome="FATAL", end_date="2026-02-06")
        add_event(fourth, 2, "Skin and subcutaneous tissue disorders - Other, specify", 1, term_specify="Flushing")
        add_event(fourth, 3, "Nausea")
        add_event(study["subjects"][2], 1, "Vomiting", 3, relationship_car_t="definite")
    assert_numbers(made_now())


def test_a_number_that_changes_in_the_database_is_noticed(people: People, study: dict[str, Any]) -> None:
    whole = made_now()
    assert_numbers(whole)
    with acting(people.coordinator, "test"):
        add_event(study["subjects"][0], 9, "Vomiting", 1)
    with pytest.raises(AssertionError):
        assert_numbers(whole)
