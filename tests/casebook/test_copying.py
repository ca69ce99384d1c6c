"""Copy from the previous assessment: offered item by item, ticked by a person, written by nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import CrsAssessment
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.casebook.test_not_done import mark
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.copying import previous, title_of
from trial_edc.casebook.models import Draft, SubjectVisit
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.selectors.status import casebook

CRS: dict[str, Any] = {
    "assessed_time": "08:10", "max_temperature_c": "39.4", "fever_other_cause": "false",
    "crs_already_diagnosed": "true", "antipyretic_given": "false", "tocilizumab_given": "false",
    "corticosteroid_given": "false", "hypotension": "true", "vasopressors": ["NOREPINEPHRINE", "VASOPRESSIN"],
    "oxygen_support": "nasal_cannula", "oxygen_flow_l_min": "3", "investigator_grade": "2",
    "grade_reason": "seen at the bedside",
}  # fmt: skip


@pytest.fixture
def assessed(people: People, infused: Subject) -> Subject:
    day = today() - timedelta(days=7)
    enter(people.investigator, infused, "D3", "CRS", **CRS, assessed_date=day.isoformat())
    return infused


def offered(page: str) -> dict[str, str]:
    """Return the raw values of every item in the dialog, by name."""
    found = re.findall(r'data-copy="(\w+)" data-copy-values="([^"]*)"', page)
    return {name: unescape(values) for name, values in found}


def origin(subject: Subject, visit: str, oid: str, sequence: int) -> str:
    place = Place(subject, visit, oid, sequence)
    found = previous(casebook(subject), place)
    return title_of(found) if found else ""


def test_every_answer_is_offered_and_none_is_ticked_before_somebody_confirms_it(
    people: People, assessed: Subject, signed_in: SignedIn
) -> None:
    page = text_of(signed_in(people.investigator).get("/subjects/01-001/D4/CRS/1/copy/"))
    found = offered(page)
    assert found["vasopressors"] == '["NOREPINEPHRINE", "VASOPRESSIN"]'
    assert found["hypotension"] == '["true"]' and found["oxygen_support"] == '["nasal_cannula"]'
    assert found["max_temperature_c"] == '["39.4"]' and found["investigator_grade"]
    boxes = re.findall(r"<input[^>]*data-copy=[^>]*>", page)
    assert len(boxes) == len(found) and not any("checked" in box for box in boxes)
    assert "Norepinephrine, Vasopressin" in page and "39.4 °C" in page and "Copy from Day 3, no. 1" in page
    assert "hypoxia_other_cause" not in found, "what was not answered is not offered"


def test_judgement_is_offered_to_physicians_only(people: People, assessed: Subject, signed_in: SignedIn) -> None:
    found = offered(text_of(signed_in(people.coordinator).get("/subjects/01-001/D4/CRS/1/copy/")))
    assert "hypotension" in found and not {"investigator_grade", "grade_reason"} & found.keys()


def test_the_button_names_the_assessment_and_nothing_is_written(
    people: People, assessed: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    changes = ItemChange.objects.count()
    page = text_of(client.get("/subjects/01-001/D4/CRS/1/"))
    assert 'data-copy-url="/subjects/01-001/D4/CRS/1/copy/"' in page and "Copy from Day 3, no. 1" in page
    client.get("/subjects/01-001/D4/CRS/1/copy/")
    assert ItemChange.objects.count() == changes and not Draft.objects.exists()
    assert CrsAssessment.objects.count() == 1


def test_no_button_without_a_previous_assessment_or_where_nothing_can_be_typed(
    people: People, assessed: Subject, signed_in: SignedIn
) -> None:
    client = signed_in(people.coordinator)
    for address in ("D3/CRS/1/", "D2/CRS/1/", "D4/ICANS/1/", "D4/PE/1/", "SCR/VS/1/"):
        assert "data-copy-url" not in text_of(client.get(f"/subjects/01-001/{address}")), address
        assert client.get(f"/subjects/01-001/{address}copy/").status_code == 404
    assert "data-copy-url" not in text_of(signed_in(people.monitor).get("/subjects/01-001/D4/CRS/1/"))
    assert signed_in(people.monitor).get("/subjects/01-001/D4/CRS/1/copy/").status_code == 403
    vitals(people, assessed, "D3")
    vitals(people, assessed, "D4", action="complete")
    assert "data-copy-url" not in text_of(client.get("/subjects/01-001/D4/VS/1/")), "it is complete"


def test_the_previous_one_by_visit_then_number(people: People, infused: Subject) -> None:
    for visit, sequence in (("D1", 1), ("D3", 1), ("D3", 2), ("D5", 1)):
        vitals(people, infused, visit, sequence=sequence)
    assert origin(infused, "D3", "VS", 1) == "Day 1, no. 1"
    assert origin(infused, "D3", "VS", 2) == "Day 3, no. 1"
    assert origin(infused, "D3", "VS", NEW) == "Day 3, no. 2"
    assert origin(infused, "D4", "VS", 1) == "Day 3, no. 2"
    assert origin(infused, "D1", "VS", 1) == origin(infused, "LOG", "AE", 1) == origin(infused, "UNS9", "VS", 1) == ""
    with acting(people.coordinator, "test"):
        SubjectVisit.objects.create(subject=infused, code="UNS", visit_date=today() - timedelta(days=6))
    assert origin(infused, "UNS", "VS", 1) == "Day 3, no. 2", "an unscheduled visit stands among the others by its day"
    mark(people, infused, place=Place(infused, "D4", "VS", 1))
    assert origin(infused, "D5", "VS", 1) == "Day 3, no. 2", "what was not done says nothing"


def test_another_subject_is_never_copied_from(people: People, assessed: Subject, signed_in: SignedIn) -> None:
    other = add_subject(by=people.coordinator, site=people.site)
    assert origin(other, "D4", "CRS", 1) == ""
    assert signed_in(people.coordinator).get(f"/subjects/{other.identifier}/D4/CRS/1/copy/").status_code == 404


def test_a_form_that_holds_only_judgement_offers_nothing_to_others(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    enter(people.investigator, infused, "D3", "CRS", investigator_grade="0")
    page = text_of(signed_in(people.coordinator).get("/subjects/01-001/D4/CRS/1/copy/"))
    assert "holds nothing that you may enter" in page and "data-copy-go" not in page
