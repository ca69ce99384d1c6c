"""The figures of the safety report against the data behind them: marks counted, placed, named; text read back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from pypdf import PdfReader

from enrollment.models import Subject
from reports.content.courses import Given, Grade, Lane, Span, SubjectCourse, bands_of
from reports.content.facts import StudyFacts
from reports.content.safety import content_hash, safety_report
from reports.course_sources import with_courses
from reports.figures.drawing import Picture
from reports.figures.samples import SHADE
from reports.figures.swimmer import swimmer_figure
from reports.figures.syndromes import LAST_DAY, last_day, syndrome_figure
from reports.pdf.safety import safety_pdf
from reports.pdf.safety_figures import LANES_IN_A_FIGURE, SUBJECTS_IN_A_FIGURE, swimmer_parts, syndrome_parts
from reports.sources import read_facts
from tests.efficacy.builders import day, form, subject, tumour
from tests.people import People
from tests.reports.sample import FACTS
from tests.reports.test_pdf import MAKING, fonts_of, outline, texts
from trial_edc.audit.selectors import settle

SVG = "{http://www.w3.org/2000/svg}"
FIRST = SubjectCourse(
    "01-001", "DL1",
    grades=(
        ("CRS", (Grade(0.0, 0, True), Grade(1.0, 1, True), Grade(1.5, 1, True), Grade(2.0, 3, False))),
        ("ICANS", (Grade(3.0, 2, True),)),
    ),
    treatments=(
        Span(2.25, 2.25, "tocilizumab", "Tocilizumab 8 mg/kg", False),
        Span(3.0, 7.0, "corticosteroid", "Dexamethasone", False),
    ),
    given=(Given(2.0, 2.0, "tocilizumab", 1),),
    death=20.0,
)  # fmt: skip
SECOND = SubjectCourse("01-002", "DL1", grades=(("CRS", ()), ("ICANS", ())))
LATE = SubjectCourse(
    "01-003", "DL2", grades=(("CRS", (Grade(200.0, 0, True),)), ("ICANS", ())),
    treatments=(Span(40.0, 300.0, "corticosteroid", "Prednisone", True),),
)  # fmt: skip
LANES = (
    Lane("01-001", "DL1", date(2026, 1, 1), date(2026, 11, 1), "PR",
         (("response", date(2026, 2, 1)), ("progression", date(2026, 8, 1))), True),
    Lane("01-002", "DL1", date(2026, 1, 1), date(2026, 6, 1), "SD", (("therapy", date(2026, 3, 1)),), False),
    Lane("01-003", "DL2", date(2026, 3, 1), date(2026, 4, 1), "", (("death", date(2026, 4, 1)),), False),
)  # fmt: skip


def spans(picture: Picture) -> list[tuple[str, float, float]]:
    """Return each mark's name and where it begins and ends from the left of the picture."""
    found = []
    for mark in ElementTree.fromstring(picture.svg).iter(f"{SVG}g"):
        if mark.get("class") == "figure-mark":
            path = next(mark.iter(f"{SVG}path")).get("d", "")
            places = [float(x) for x, _y in re.findall(r"[ML] (-?[0-9.]+) (-?[0-9.]+)", path)]
            found.append((mark.get("aria-label", ""), min(places), max(places)))
    return found


def test_every_band_treatment_and_death_is_a_mark_at_its_day_and_a_line_of_the_table() -> None:
    picture, table = syndrome_figure([FIRST, SECOND], name="syndromes-1", until=35)
    drawn = spans(picture)
    assert [name for name, _left, _right in drawn] == list(picture.marks) == [
        "01-001, CRS grade 0 on day 0.0",
        "01-001, CRS grade 1 on days 1.0 to 2.0, 2 assessments",
        "01-001, CRS grade 3 on day 2.0",
        "01-001, ICANS grade 2 on day 3.0",
        "01-001, Anti-cytokine, Tocilizumab 8 mg/kg: day 2.3 to 2.3",
        "01-001, Corticosteroid, Dexamethasone: day 3.0 to 7.0",
        "01-001, Anti-cytokine: named by an assessment, day 2.0",
        "01-001, death on day 20.0",
    ]  # fmt: skip
    points_a_day = (drawn[5][2] - drawn[5][1]) / 4
    origin = drawn[0][1]
    wanted = [(0, 1), (1, 2), (2, 2.5), (3, 3.5), (2.25, 2.55), (3, 7), (2, 2.3), (20, 20)]
    for (name, left, right), (start, end) in zip(drawn, wanted, strict=True):
        assert (left - origin) / points_a_day == pytest.approx(start, abs=0.02), name
        assert (right - origin) / points_a_day == pytest.approx(end, abs=0.02), name
    assert len(table.rows) == len(picture.marks) + 1
    assert table.rows[2] == ("01-001", "DL1", "CRS", "2.0", "2.5", "grade 3 on day 2.0, computed")
    assert table.rows[-1] == ("01-002", "DL1", "–", "–", "–", "not assessed, nothing given")
    assert "DLT window, Day 0 to Day 28" in picture.description and "outside" not in picture.description


def test_the_grade_is_written_into_its_band_and_the_window_is_shaded() -> None:
    picture, _table = syndrome_figure([FIRST], name="syndromes-1", until=35)
    root = ElementTree.fromstring(picture.svg)
    written = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
    assert written.count("1") == written.count("3") == written.count("2") == 1
    shades = [each for each in root.iter(f"{SVG}path") if each.get("fill") == SHADE]
    places = [float(x) for each in shades for x, _y in re.findall(r"[ML] (-?[0-9.]+) (-?[0-9.]+)", each.get("d", ""))]
    dexamethasone = spans(picture)[5]
    assert (max(places) - min(places)) / ((dexamethasone[2] - dexamethasone[1]) / 4) == pytest.approx(28, abs=0.05)


def test_the_axis_reaches_what_was_given_and_says_what_lies_beyond() -> None:
    assert last_day([FIRST, SECOND]) == 35 and last_day([LATE]) == 41
    far = replace(FIRST, treatments=(Span(LAST_DAY + 5.0, LAST_DAY + 6.0, "corticosteroid", "Late", False),))
    assert last_day([far]) == 35
    picture, table = syndrome_figure([LATE], name="syndromes-1", until=41)
    assert picture.marks == ("01-003, Corticosteroid, Prednisone: from day 40.0, ongoing",) and len(table.rows) == 2
    assert "1 line of the table lies outside of Day −8 to Day 41." in picture.description


def test_grades_that_stop_for_a_day_are_two_bands() -> None:
    assert len(bands_of([Grade(1.0, 1, True), Grade(2.0, 1, True), Grade(4.0, 1, True), Grade(4.5, 1, False)])) == 3


def test_every_lane_is_as_long_as_its_time_with_all_its_signs() -> None:
    picture, table = swimmer_figure(LANES)
    drawn = spans(picture)
    assert len(drawn) == len(table.rows) == 3
    lengths = {name[:6]: right - left for name, left, right in drawn}
    assert lengths["01-001"] / lengths["01-003"] == pytest.approx(304 / 31, rel=0.01)
    assert table.rows[0] == (
        "01-001", "DL1", "10.0", "PR", "01-Feb-2026", "01-Aug-2026", "–", "–", "yes",
    )  # fmt: skip
    assert [row[3:] for row in table.rows[1:]] == [
        ("SD", "–", "–", "01-Mar-2026", "–", "no"), ("–", "–", "–", "–", "01-Apr-2026", "no"),
    ]  # fmt: skip
    written = ["".join(each.itertext()) for each in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]
    assert {"01-001 (DL1) PR", "01-003 (DL2)", "still followed", "death"} <= set(written)


def many(count: int) -> StudyFacts:
    return replace(
        FACTS,
        courses=tuple(replace(FIRST, subject=f"01-{number:03}") for number in range(count)),
        lanes=tuple(replace(LANES[0], subject=f"01-{number:03}") for number in range(count)),
    )


def test_more_subjects_than_one_figure_shows_have_several_with_everybody_once() -> None:
    report = safety_report(many(LANES_IN_A_FIGURE + 1))
    for parts, most in (
        (list(swimmer_parts(report.lanes)), LANES_IN_A_FIGURE), (list(syndrome_parts(report)), SUBJECTS_IN_A_FIGURE),
    ):  # fmt: skip
        names = [name for part in parts for name in dict.fromkeys(row[0] for row in part.sheet.rows)]
        assert names == [f"01-{number:03}" for number in range(LANES_IN_A_FIGURE + 1)]
        assert all(len({row[0] for row in part.sheet.rows}) <= most for part in parts)
        assert [part.sheet.title.split("(")[1] for part in parts] == [
            f"{number} of {len(parts)})" for number in range(1, len(parts) + 1)
        ]
        assert len({part.data_hash for part in parts}) == len(parts)


def test_the_document_has_the_figures_with_what_they_are_of_and_their_tables() -> None:
    report = safety_report(replace(FACTS, courses=(FIRST, SECOND), lanes=LANES))
    made = [safety_pdf(report, content_hash(report), MAKING, lambda *_: None).content for _ in range(2)]
    assert made[0] == made[1], "a figure has no clock and no chance in it"
    reader = PdfReader(BytesIO(made[0]))
    whole = " ".join(texts(reader))
    for part in (*swimmer_parts(report.lanes), *syndrome_parts(report)):
        said = f"All infused subjects, N = 2 · data cut-off 22-Nov-2026 23:59 UTC+08:00 · data {part.data_hash}"
        assert said in whole and part.sheet.title in whole
        for row in part.sheet.rows:
            assert " ".join(" ".join(cell for cell in row if cell).split()) in whole
    assert "responses by the investigator, RECIST 1.1" in whole
    assert all(fonts_of(reader).values()), "every font is in the file"
    assert [title for title in outline(reader) if title[0].isdigit()] == outline(reader)


def test_the_content_of_the_figures_enters_the_checksum_of_the_report() -> None:
    plain, with_course = safety_report(FACTS), safety_report(replace(FACTS, courses=(FIRST,)))
    other = safety_report(replace(FACTS, courses=(replace(FIRST, death=None),)))
    assert len({content_hash(each) for each in (plain, with_course, other)}) == 3


@pytest.fixture
def ward(people: People) -> None:
    """One infused subject with a grade, both kinds of rescue treatment, and a progression that nobody has judged."""
    patient = subject(people, 1)
    tumour(patient, {"D28": "74", "M3": "130"}, {"D28": ("SD", "iSD")})
    form(patient, "CRS", "D2", assessed_date=day(2), assessed_time=time(10), investigator_grade=2,
         tocilizumab_given=True)  # fmt: skip
    form(patient, "ICANS", "D2", assessed_date=day(3), assessed_time=time(10), investigator_grade=1)
    form(patient, "CM", "LOG", drug="Tocilizumab", drug_class="ANTI-IL-6", start_date=day(2).isoformat(),
         start_time=time(12), frequency="ONCE")  # fmt: skip
    form(patient, "CM", "LOG", sequence=2, drug="Paracetamol", drug_class="ANTIPYRETIC",
         start_date=day(2).isoformat(), start_time=time(9), frequency="ONCE")  # fmt: skip


def read_now() -> StudyFacts:
    moment = timezone.now()
    settle()
    return with_courses(read_facts(moment, None, lambda *_: None), None)


@pytest.mark.django_db
@pytest.mark.usefixtures("ward")
def test_the_course_is_read_as_of_the_cutoff() -> None:
    before = read_now()
    (course,) = before.courses
    assert course.grades == (("CRS", (Grade(2.0, 2, True),)), ("ICANS", (Grade(3.0, 1, True),)))
    assert [(each.name, round(each.start, 2)) for each in course.treatments] == [("Tocilizumab", 2.08)]
    assert course.given == (Given(2.0, 2.0, "tocilizumab", 1),)
    form(Subject.objects.get(identifier="01-001"), "CRS", "D3", assessed_date=day(3), assessed_time=time(10),
         investigator_grade=4)  # fmt: skip
    assert with_courses(before, None).courses == before.courses
    assert len(read_now().courses[0].grades[0][1]) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("ward")
def test_a_progression_that_nobody_has_judged_is_in_no_lane_and_nowhere_in_the_document() -> None:
    facts = read_now()
    (lane,) = facts.lanes
    assert lane.best == "SD" and dict(lane.events) == {} and lane.followed
    assert lane.end - lane.start == timezone.localdate() - day(0) > timedelta(days=90)
    report = safety_report(facts)
    whole = " ".join(
        texts(PdfReader(BytesIO(safety_pdf(report, content_hash(report), MAKING, lambda *_: None).content)))
    )
    assert f"01-001 DL1 {lane_months(lane)} SD – – – – yes" in whole and "PD" not in whole.replace("PDF", "")
    patient = Subject.objects.get(identifier="01-001")
    form(patient, "RESP", "M3", assessment_done=True, assessment_date=day(90), clinically_stable=True,
         overall_response="PD", immune_response="iUPD")  # fmt: skip
    assert dict(read_now().lanes[0].events) == {"progression": day(90)}


def lane_months(lane: Lane) -> str:
    return str((Decimal((lane.end - lane.start).days) / Decimal("30.4375")).quantize(Decimal("0.1")))
