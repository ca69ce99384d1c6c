"""The course of one subject: lesions by visit, sums, the judgement before the computed response, and the timeline."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from efficacy.services.responses import follow_tumour_form
from enrollment.models import Subject
from reports.course.events import timeline
from reports.course.figure import timeline_figure, timeline_sheet
from reports.course.tumour import TumourCourse, lesion_sheet, response_sheet, sums_figure
from tests.efficacy.builders import cells, day, form, subject, tumour
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.casebook import hooks
from trial_edc.casebook.work import Desk, find

pytestmark = pytest.mark.django_db
COURSE = {"D28": "74", "M3": "74", "M6": "120"}
JUDGED = {"D28": ("SD", "iSD"), "M3": ("SD", "iSD")}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def patient(people: People) -> Subject:
    found = subject(people, 1)
    tumour(found, COURSE, JUDGED)
    return found


def test_lesions_and_sums_stand_side_by_side(patient: Subject) -> None:
    table = lesion_sheet(TumourCourse(patient))
    assert table.heads == (
        "Lesion", "Baseline 16-Dec-2025", "Day 28 02-Feb-2026", "Month 3 05-Apr-2026", "Month 6 04-Jul-2026",
    )  # fmt: skip
    assert table.rows == (
        ("T01  Liver", "100", "74", "74", "120"),
        ("Sum of diameters", "100", "74", "74", "120"),
        ("Change from baseline", "–", "−26.0 %", "−26.0 %", "20.0 %"),
        ("Change from nadir", "–", "−26.0 %", "0.0 %", "62.2 %"),
    )


def test_the_computed_response_waits_for_the_investigators(patient: Subject) -> None:
    rows = response_sheet(TumourCourse(patient)).rows
    assert [row[2:6] for row in rows] == [("SD", "SD", "iSD", "iSD"), ("SD", "SD", "iSD", "iSD"), ("–", "–", "–", "–")]
    assert rows[2][6] == "Shown once the investigator's response is saved."


@pytest.mark.parametrize(("visit", "title"), [("M3", "Overall SD"), ("M6", "Judge first")])
def test_the_panel_of_the_response_shows_nothing_before_the_judgement(patient: Subject, visit: str, title: str) -> None:
    record = TumourCourse(patient).forms["RESP"].at(visit)
    if record is None:
        record = form(patient, "RESP", visit, assessment_done=True, assessment_date=day(180))
    panels = hooks.panels(record, [])
    assert str(panels[0].title) == title and len(panels) == (2 if title != "Judge first" else 1)
    said = " ".join(f"{panel.title} {panel.because} {[str(row.value) for row in panel.rows]}" for panel in panels)
    assert ("PD" in said) is False and ("120 mm" in said) is (visit == "M6")


def test_the_panel_of_target_lesions_shows_sums_only_before_the_judgement(patient: Subject) -> None:
    found = TumourCourse(patient).forms["TL"]
    record = found.at("M6")
    assert record is not None
    (panel,) = hooks.panels(record, found.rows("TLM", record))
    assert str(panel.title) == "Sum 120 mm" and panel.grade is None and "PD" not in panel.because


def test_the_sum_has_a_mark_for_the_baseline_and_every_assessment(patient: Subject) -> None:
    picture = sums_figure(TumourCourse(patient))
    assert picture is not None
    assert picture.marks == ("100 mm on day 0", "74 mm on day 48", "74 mm on day 110", "120 mm on day 200")


def test_findings_that_are_no_number_are_written_as_such(people: People) -> None:
    found = subject(people, 1)
    lesions = [
        {"code": f"T0{number}", "organ": "LIVER", "nodal": False, "method": "CT SCAN", "long_mm": Decimal(20)}
        for number in range(1, 7)
    ]
    form(found, "TL", "SCR", {"TLB": lesions}, imaging_done=True, scan_date=day(-20))
    rows = [
        {"code": "T01", "status": "absent"}, {"code": "T02", "status": "too_small"},
        {"code": "T03", "status": "split", "fragments_mm": "12.5, 8"},
        {"code": "T04", "status": "merged", "merged_into": "T06"}, {"code": "T05", "status": "not_evaluable"},
    ]  # fmt: skip
    form(found, "TL", "D28", {"TLM": rows}, imaging_done=True, scan_date=day(28))
    form(
        found, "NTL", "SCR", {"NTLB": [{"code": "NT01", "organ": "PERITONEUM", "description": "ascites"}]},
        imaging_done=True, scan_date=day(-20),
    )  # fmt: skip
    state = {"code": "NT01", "state": "unequivocal_pd"}
    form(found, "NTL", "D28", {"NTLS": [state]}, imaging_done=True, scan_date=day(28))
    new = {"code": "NEW01", "organ": "LUNG", "certainty": "equivocal", "kind": "non-target"}
    form(found, "NL", "D28", {"NLN": [new]}, imaging_done=True, scan_date=day(28), any_new=True)
    cells_ = {row[0].split()[0]: row[2] for row in lesion_sheet(TumourCourse(found)).rows}
    assert [cells_[f"T0{number}"] for number in range(1, 7)] == ["0", "5 *", "12.5 + 8", "merged", "NE", "–"]
    assert (cells_["NT01"], cells_["NEW01"]) == ("Unequivocal progression", "?")
    assert "incomplete" in cells_["Sum"]


def test_a_scan_to_confirm_progression_is_asked_for_until_it_is_made(people: People) -> None:
    infused = timezone.localdate() - timedelta(days=100)
    at = timezone.make_aware(datetime(infused.year, infused.month, infused.day, 10))  # noqa: DTZ001
    found = subject(people, 1, infused_at=at)
    tumour(found, {"D28": "130"}, {"D28": ("PD", "iUPD")})
    record = TumourCourse(found).forms["TL"].at("D28")
    with acting(people.investigator, "test"):
        follow_tumour_form(record=record, by=people.investigator, changed=set())
    work = find("scans-to-confirm")
    assert work is not None
    (line,) = work.found(Desk(people.coordinator))
    assert line.subject == "01-001" and line.due == day(28) + timedelta(days=56)
    assert "02-Mar-2026 to 30-Mar-2026" in str(line.what) and line.url.endswith("/D28/RESP/1/")
    tumour_after = {"M3": ("PD", "iCPD")}
    row = {"code": "T01", "status": "measured", "mm": Decimal(150), "method": "CT SCAN"}
    form(found, "TL", "M3", {"TLM": [row]}, imaging_done=True, scan_date=day(90))
    form(found, "NL", "M3", imaging_done=True, scan_date=day(90), any_new=False)
    form(found, "RESP", "M3", assessment_done=True, assessment_date=day(90),
         overall_response=tumour_after["M3"][0], immune_response=tumour_after["M3"][1])  # fmt: skip
    with acting(people.investigator, "test"):
        follow_tumour_form(record=record, by=people.investigator, changed=set())
    assert list(work.found(Desk(people.coordinator))) == []


@pytest.fixture
def ward(people: People, patient: Subject) -> Subject:
    """A subject with fever, a grade, a blood count, cells and a drug."""
    for at, degrees in ((1, "38.9"), (2, "39.6"), (3, "37.2")):
        form(patient, "VS", f"D{at}", assessed_date=day(at), assessed_time=time(10), temperature_c=Decimal(degrees))
    form(patient, "CRS", "D2", assessed_date=day(2), assessed_time=time(10), investigator_grade=2)
    row = {"analyte": "NEUT", "value": "0.4", "unit": "10^9/L"}
    form(patient, "HEM", "D5", {"HEMR": [row]}, collected_date=day(5), collected_time=time(10))
    cells(patient, {0: "<50", 7: "1000", 14: "20000"})
    form(
        patient, "CM", "LOG", drug="Tocilizumab", drug_class="ANTI-IL-6", start_date=day(2).isoformat(),
        start_time=time(12), frequency="ONCE",
    )  # fmt: skip
    return patient


def test_everything_has_its_place_on_the_axis(ward: Subject) -> None:
    line = timeline(ward)
    assert line.temperatures == ((1.0, 38.9), (2.0, 39.6), (3.0, 37.2))
    assert [(each.day, each.grade, each.investigator) for each in line.grades["CRS"]] == [(2.0, 2, True)]
    assert line.laboratory["NEUT"][1] == ((5.0, 0.4),)
    assert [each[1:] for each in line.copies] == [(25.0, True), (1000.0, False), (20000.0, False)]
    assert [(each.name, round(each.start, 2)) for each in line.treatments] == [("Tocilizumab", 2.08)]
    assert [response for _day, response in line.responses] == ["SD", "SD"]


def test_the_timeline_names_every_mark_and_its_table_says_the_same(ward: Subject) -> None:
    line = timeline(ward)
    picture = timeline_figure(line, until=29)
    assert "CRS grade 2 on day 2.0" in picture.marks
    assert "Temperature, highest 39.6 °C on day 2.0" in picture.marks
    assert "CAR copies per µg DNA, highest 20000 on day 14.0" in picture.marks
    assert any(mark.startswith("Anti-cytokine, Tocilizumab") for mark in picture.marks)
    rows = timeline_sheet(line).rows
    assert ("2.0", "CRS", "grade 2") in rows and ("1.0", "Temperature", "38.9 °C") in rows
    assert len(rows) == 3 + 1 + 1 + 1 + 3 + 2


def test_a_moment_after_midnight_in_beijing_is_on_its_local_day(people: People) -> None:
    found = subject(people, 1)  # infused at 10:00 in Beijing
    form(found, "VS", "D1", assessed_date=date(2026, 1, 6), assessed_time=time(0, 30), temperature_c=Decimal("38.0"))
    assert timeline(found).temperatures == ((pytest.approx(0.604, abs=0.001), 38.0),)


@pytest.mark.req("R25")
def test_pages_are_for_those_who_may_read_the_subject(people: People, ward: Subject) -> None:
    for path in ("timeline/?span=all", "timeline/", "tumour/"):
        address = f"/course/01-001/{path}"
        page = client_of(people.monitor).get(address)
        assert page.status_code == 200 and 'class="figure-svg"' in page.content.decode()
        assert client_of(people.elsewhere).get(address).status_code == 404
        assert client_of(people.administrator).get(address).status_code == 403
    assert "/course/01-001/tumour/" in client_of(people.coordinator).get("/subjects/01-001/").content.decode()


def test_a_subject_without_scans_or_infusion_has_an_empty_page(people: People) -> None:
    subject(people, 2, infused_at=None)
    client = client_of(people.coordinator)
    assert "Nothing to show yet" in client.get("/course/01-002/timeline/").content.decode()
    assert "Nothing to show yet" in client.get("/course/01-002/tumour/").content.decode()
