"""The casebook of a subject: every item, query, signature and version of the database stands in it, for a reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from efficacy.models import ResponseAssessment
from efficacy.services.responses import follow_tumour_form
from enrollment.models import Subject
from reports import selectors, services
from reports.casebook.content import content_hash
from reports.casebook.reading import read_casebook
from reports.models import Job
from reports.pdf.casebook import casebook_pdf
from safety.models import AdverseEvent, CrsAssessment
from safety.models.haematology import HaematologyResult
from tests.casebook.entering import enter
from tests.efficacy.builders import subject as patient_of
from tests.efficacy.builders import tumour
from tests.people import PASSWORD, People
from tests.reports.papers import client_of, letters, make, making, outline_of, pages_of, text_of
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.display import display_value
from trial_edc.casebook.not_done import mark_not_done
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.facts import forms_of_every_kind
from trial_edc.casebook.selectors.status import UNFINISHED, casebook
from trial_edc.casebook.signing import sign_record
from trial_edc.crf import registry
from trial_edc.review.models import Query
from trial_edc.review.selectors import unverified_critical
from trial_edc.review.services import move_query, raise_query, verify_items

pytestmark = pytest.mark.django_db
QUESTION = "源数据中体温为38.4度，请核对。 Please compare with the source. " + "The nurse's sheet says otherwise. " * 90
VITALS = {
    "assessed_date": "2026-02-04", "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "70", "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip


@pytest.fixture
def subject(people: People, study: dict[str, Any], sent: list[str]) -> Subject:
    """A subject with a signed form, a changed one, an answered query, a form not done, a graded syndrome."""
    found: Subject = study["subjects"][0]
    form = enter(people.coordinator, found, "D3", "VS", action="complete", **VITALS)
    query = raise_query(by=people.monitor, record=form, field="temperature_c", text=QUESTION)
    move_query(by=people.coordinator, query=query, to=Query.State.ANSWERED, text="36.6 is right.")
    verify_items(by=people.monitor, record=form, fields={"temperature_c", "heart_rate"})
    sign_record(by=people.investigator, record=form, version=form.version, password=PASSWORD)
    enter(
        people.coordinator, found, "D3", "VS", reason_code="OTHER", reason_text="read in the wrong row",
        action="complete", **{**VITALS, "heart_rate": "72"},
    )  # fmt: skip
    signed = enter(people.coordinator, found, "D5", "VS", action="complete", **VITALS | {"assessed_date": "2026-02-06"})
    sign_record(by=people.investigator, record=signed, version=signed.version, password=PASSWORD)
    mark_not_done(
        by=people.coordinator, place=Place(found, "D3", "ICANS", 1), reason="Asleep", version=0, token=str(uuid4())
    )
    crs = {
        "assessed_date": "2026-02-04",
        "max_temperature_c": "38.5",
        "investigator_grade": "2",
        "grade_reason": "Norepinephrine was ready.",
    }
    enter(people.investigator, found, "D3", "CRS", **crs)
    return found


def asked(by: Any, subject: Subject, **more: Any) -> Job:
    return services.request_casebook(by=by, subject=subject, **{"with_trail": False, **more})


def forms_of(subject: Subject) -> list[Any]:
    models = [model for model in registry.all_forms()]
    return [form for model in models for form in model._default_manager.filter(subject=subject)]


@pytest.mark.req("R37", "R38")
def test_every_value_of_the_database_stands_in_the_document(people: People, subject: Subject) -> None:
    text = letters(text_of(make(asked(people.monitor, subject)).content))
    compared = 0
    for form in forms_of(subject):
        tables: list[Any] = registry.row_tables(type(form))
        rows = [row for table in tables for row in table._default_manager.filter(record=form)]
        for record in (form, *rows):
            for field, item in registry.items(type(record)):
                shown = display_value(field, getattr(record, field.name))
                assert letters(f"{shown}{item.unit}" if shown else "") in text, (form, field.name)
                compared += bool(shown)
        assert letters(str(type(form).crf.title)) in text
    assert compared > 40 and f"Forms{len(forms_of(subject))}" in text


def test_what_hangs_on_the_items_is_told(people: People, subject: Subject) -> None:
    file = make(asked(people.monitor, subject))
    text = text_of(file.content)
    crs = CrsAssessment.objects.get(subject=subject, visit="D3")
    for told in (
        "Temperature 36.6 °C Monitor, ", "Heart rate 72 /min", "changed since verified",
        "not done because: Asleep (Coordinator", "Adjudication of dose-limiting toxicity", "Two vasopressors.",
        "The rule says YES.", "dlt) 1.0.0", "(crs-grade)", "void: changed since", "holds", "36.6 is right.",
        "Query answered", "Printed name", "I have reviewed these data and confirm that they are accurate",
    ):  # fmt: skip
        assert told in text, told
    assert crs.investigator_grade == 2 and "Grade 1. " in text, "what the rule says stands beside what was entered"
    assert "源数据中体温为38.4度，请核对。" in text
    assert letters(text).count("Thenurse'ssheetsaysotherwise.") >= 89, "of a long text, one sentence may cross a page"
    assert "Audit trail not included" in text and "read in the wrong row" not in text


def test_bookmarks_lead_to_each_visit_and_form_and_every_page_names_the_subject(
    people: People, subject: Subject
) -> None:
    job = asked(people.monitor, subject)
    content = make(job).content
    pages, outline = pages_of(content), outline_of(content)
    assert all("Casebook of subject 01-001" in page and "Data cut-off" in page for page in pages)
    assert all(f"page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all(letters(title) in letters(pages[place]) for _level, title, place in outline)
    titles = [title for level, title, _place in outline if level == 0]
    assert titles[:2] == ["Visits", "Logs"]
    visits = [title for title in titles if title in ("Day 3 (D3)", "Day 5 (D5)")]
    assert visits == ["Day 3 (D3)", "Day 5 (D5)"]
    vitals = [place for level, title, place in outline if level == 1 and title.startswith("Vital signs")]
    assert len(vitals) == 2 and vitals[0] <= vitals[1], "two forms of one name have a bookmark each"


@pytest.mark.req("R03", "R38")
def test_with_the_trail_every_version_stands_there_with_person_reason_and_moment(
    people: People, subject: Subject
) -> None:
    book = read_casebook(subject.pk, timezone.now(), with_trail=True)
    told = {(each.table, each.field, each.old, each.new, each.said.at) for form in book.forms for each in form.changes}
    for form in forms_of(subject):
        tables: list[Any] = [type(form), *registry.row_tables(type(form))]
        columns = {(table.crf.oid, str(f.column)) for table in tables for f, _item in registry.items(table)}
        for change in ItemChange.objects.filter(root=form.pk):
            is_empty = change.old is None and change.new in (None, "", "[]")
            if (change.entity, change.field) in columns and not is_empty:
                assert (change.entity, change.field, change.old, change.new, change.changed_at) in told
    text = text_of(make(asked(people.monitor, subject, with_trail=True)).content)
    assert "Audit trail with every version of every item" in text
    assert "70 /min 72 /min" in text and "read in the wrong row" in text


def test_numbers_are_those_of_the_pages(people: People, subject: Subject) -> None:
    book = read_casebook(subject.pk, timezone.now(), with_trail=False)
    assert book.unverified == len(unverified_critical([subject.pk]))
    assert book.open_queries == Query.objects.filter(subject=subject, state__in=("open", "answered")).count() > 0
    assert {form.key for form in book.forms} == {str(form.pk) for form in forms_of(subject)}


def test_each_visit_stands_as_on_the_page_of_the_subject(people: People, subject: Subject) -> None:
    vital = enter(
        people.coordinator, subject, "D7", "VS", action="complete", **VITALS | {"assessed_date": "2026-02-08"}
    )
    verify_items(by=people.monitor, record=vital)
    book, page = read_casebook(subject.pk, timezone.now(), with_trail=False), casebook(subject)
    assert {each.code: each.state for each in book.visits} == {
        each.visit.code: each.status.code for each in page.visits
    }
    absent = {each.code: [oid for oid, _state in each.absent] for each in book.visits if each.absent}
    waiting = {
        each.visit.code: [form.form.oid for form in each.required if not form.records and form.status in UNFINISHED]
        for each in page.visits
    }
    assert absent == {code: oids for code, oids in waiting.items() if oids}
    assert any("CYT" in oids for oids in absent.values()), "asked for because of the syndrome"


def test_the_casebook_of_an_earlier_cut_off_is_that_of_then(people: People, subject: Subject) -> None:
    asked_at = ItemChange.objects.filter(record=Query.objects.get(field="temperature_c").pk).earliest("id").changed_at
    book = read_casebook(subject.pk, asked_at - timedelta(microseconds=1), with_trail=True)
    form = next(form for form in book.forms if form.oid == "VS")
    item = next(item for item in form.items if item.field == "heart_rate")
    assert (item.text, item.verified, form.threads, form.signatures) == ("70", None, (), ())
    assert "36.6 is right." in repr(read_casebook(subject.pk, timezone.now(), with_trail=False))


def test_two_runs_of_one_cut_off_are_the_same_document(people: People, subject: Subject) -> None:
    cutoff, moment = timezone.now(), datetime(2026, 11, 23, 6, 5, tzinfo=UTC)

    def made(at: datetime) -> bytes:
        book = read_casebook(subject.pk, cutoff, with_trail=True)
        return casebook_pdf(book, content_hash(book), making(at), lambda _done, _total: None).content

    first = made(moment)
    with_later_data = enter(people.coordinator, subject, "D7", "VS", **VITALS | {"assessed_date": "2026-02-08"})
    verify_items(by=people.monitor, record=with_later_data)
    assert made(moment) == first, "what came after the cut-off changes nothing"
    later = [page.replace("15:05", "14:05") for page in pages_of(made(moment + timedelta(hours=1)))]
    assert later == pages_of(first)


def test_a_table_of_rows_stands_with_its_rows(people: People, subject: Subject) -> None:
    event = AdverseEvent.objects.get(subject=subject, sequence=1)
    book = read_casebook(subject.pk, timezone.now(), with_trail=False)
    form = next(form for form in book.forms if form.key == str(event.pk))
    grades = [item.text for row in form.tables[0].rows for item in row.items if item.field == "grade"]
    assert grades == ["2", "4", "2"]
    assert not HaematologyResult.objects.filter(subject=subject).exists()


@pytest.mark.req("R25")
def test_who_may_not_read_the_forms_or_make_reports_is_refused(people: People, subject: Subject) -> None:
    address = reverse("reports:casebook", args=[subject.identifier])
    file = make(asked(people.investigator, subject))
    download = reverse("reports:download", args=[file.pk])
    for person in (people.coordinator, people.cell_processing, people.administrator):
        assert client_of(person).get(address).status_code == 403
        assert client_of(person).post(address).status_code == 403
        assert client_of(person).get(download).status_code == 403
    assert client_of(people.elsewhere).get(address).status_code == 404
    assert client_of(people.elsewhere).get(download).status_code == 403
    for person in (people.investigator, people.monitor, people.inspector):
        assert client_of(person).get(address).status_code == 200
        assert client_of(person).get(download).status_code == 200


@pytest.mark.req("R25")
def test_a_subject_of_another_site_is_out_of_reach(people: People, study: dict[str, Any], sent: list[str]) -> None:
    with acting(people.coordinator, "test"):
        other = Subject.objects.create(identifier="02-001", site=people.other_site)
    file = make(asked(people.monitor, other))
    client = client_of(people.investigator)
    assert client.get(reverse("reports:casebook", args=["02-001"])).status_code == 404
    assert client.get(reverse("reports:download", args=[file.pk])).status_code == 404
    assert file.job not in selectors.visible_jobs(people.investigator)
    assert file.job in selectors.visible_jobs(people.monitor)


def test_it_is_asked_for_on_the_page_of_the_subject(people: People, subject: Subject) -> None:
    client = client_of(people.investigator)
    address = reverse("reports:casebook", args=[subject.identifier])
    assert address in client.get(reverse("casebook:subject", args=[subject.identifier])).content.decode()
    assert address not in client_of(people.coordinator).get(
        reverse("casebook:subject", args=[subject.identifier])
    ).content.decode()  # fmt: skip
    today = timezone.localdate().isoformat()
    assert client.post(address, {"cutoff": "soon", "token": "a"}).status_code == 422
    assert client.post(address, {"cutoff": "01-Jan-2100", "token": "a"}).status_code == 422
    assert client.post(address, {"cutoff": today, "token": "a", "trail": "on"}).status_code == 302
    job = Job.objects.get()
    assert (job.kind, job.site, job.parameters["trail"], job.started_by) == (
        "casebook", people.site, "1", people.investigator,
    )  # fmt: skip
    file = make(job)
    assert file.name.startswith("CD70-CART-101_casebook_01-001_")
    page = client.get("/reports/").content.decode()
    assert "Casebook of a subject 01-001" in page and str(file.pk) in page and ">01-001</span>" in page
    assert client.post(reverse("reports:again", args=[file.pk]), {"token": "b"}).status_code == 302
    again = make(Job.objects.exclude(pk=job.pk).get())
    assert again.content_hash == file.content_hash


def test_no_form_is_left_out_when_there_are_forms_of_every_kind() -> None:
    assert all(f"'{model.crf.oid}'" in forms_of_every_kind() for model in registry.all_forms())


@pytest.mark.req("R36")
def test_a_computed_response_that_nobody_judged_is_kept_back(people: People, sent: list[str]) -> None:
    patient = patient_of(people, 7)
    tumour(patient, {"D28": "40"})

    def told() -> str:
        with acting(system_user(), "test", source="task"):
            follow_tumour_form(record=SimpleNamespace(subject=patient), by=system_user(), changed=set())
        book = read_casebook(patient.pk, timezone.now(), with_trail=True)
        assert {each.rule for each in book.computed} == {"recist-sequence", "irecist-sequence"}
        return " ".join(each.because for each in book.computed) + repr([form.changes for form in book.forms])

    hidden = told()
    assert "kept back until the investigator has judged" in hidden and "PR" not in hidden
    with acting(people.investigator, "test"):
        ResponseAssessment.objects.update(overall_response="PR", immune_response="iPR")
    assert "kept back" not in told() and "PR" in told()
