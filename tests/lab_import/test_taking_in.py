"""A laboratory file becomes forms all at once or not at all, and the second time nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from enrollment.models import Subject
from safety.lab_import import services, working
from safety.lab_import.mapping import guess
from safety.lab_import.planning import plan_of
from safety.lab_import.saving import save_sample
from safety.models import Haematology
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from tests.bedside.columns import browser, day_of
from tests.lab_import.files import COUNTS, FAULTS, LIVER, as_csv
from tests.lab_import.sending import file_of, saved, send
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.review.models import Closure, RuleResult

State = LaboratoryImport.State


def test_a_file_becomes_forms_with_their_grades_and_names_its_source(people: People, subject: Subject) -> None:
    low = [("Neutrophils", "0.3", "10^9/L", "1.8", "6.3"), *LIVER]
    upload = send(people, file_of(subject, 3, results=low))
    done = services.start_import(by=people.coordinator, upload=upload)
    assert (done.state, done.forms_created, saved()) == (State.DONE, 2, (1, 1))
    form = Haematology.objects.get()
    assert (form.visit, form.status, f"{form.collected_time:%H:%M}") == ("D3", FormStatus.STARTED, "08:10")
    change = ItemChange.objects.filter(root=form.pk).first()
    assert change is not None
    assert (change.source, change.changed_by_name) == ("import", people.coordinator.full_name)
    assert RuleResult.objects.get(root=form.pk, rule="ctcae-lab-grade").output["highest"] == 4


def test_the_same_file_again_changes_nothing(people: People, subject: Subject) -> None:
    rows = file_of(subject, 3)
    first = services.start_import(by=people.coordinator, upload=send(people, rows))
    again = send(people, rows, "the same under another name.csv")
    assert again.pk == first.pk
    assert services.start_import(by=people.coordinator, upload=again).state == State.DONE
    longer = services.start_import(by=people.coordinator, upload=send(people, rows + file_of(subject, 4)))
    assert (longer.forms_created, longer.forms_present) == (2, 2)
    assert saved() == (2, 2)
    assert Haematology.objects.filter(version=1).count() == 2


@pytest.mark.parametrize("fault", [row[1] for row in FAULTS][:4])
def test_one_fault_keeps_everything_back(people: People, subject: Subject, fault: dict[int, str]) -> None:
    rows = file_of(subject, 3, 4)
    rows[-1] = [fault.get(number, cell) for number, cell in enumerate(rows[-1])]
    upload = send(people, rows)
    with pytest.raises(DomainError, match="nothing is taken"):
        services.start_import(by=people.coordinator, upload=upload)
    assert saved() == (0, 0)


def test_what_is_saved_is_never_overwritten(people: People, subject: Subject) -> None:
    services.start_import(by=people.coordinator, upload=send(people, file_of(subject, 3)))
    other = [("WBC", "9.9", "10^9/L", "3.5", "9.5"), ("LYM", "1.5", "10^9/L", "1.1", "3.2"), *LIVER]
    plan = plan_of(send(people, file_of(subject, 3, results=other)), people.coordinator)
    assert [fault.line for fault in plan.faults] == [2, 3]
    assert "says 5.1" in plan.faults[0].sentence
    assert "without this result" in plan.faults[1].sentence
    assert plan.present == {subject.identifier: 1}


def test_a_day_without_a_visit_is_a_fault(people: People, subject: Subject) -> None:
    plan = plan_of(send(people, file_of(subject, -60, results=COUNTS[:1])), people.coordinator)
    assert ["no visit" in fault.sentence for fault in plan.faults] == [True]


def test_who_may(people: People, subject: Subject) -> None:
    upload = send(people, file_of(subject, 3))
    for person in (people.monitor, people.elsewhere):
        with pytest.raises(PermissionDenied):
            services.upload_file(by=person, site=people.site, name="lab.csv", content=as_csv([]))
        with pytest.raises(PermissionDenied):
            services.start_import(by=person, upload=upload)
    url = f"/laboratory/files/{upload.pk}/"
    assert browser(people.monitor).get(url).status_code == 200
    assert browser(people.elsewhere).get(url).status_code == 404
    assert browser(people.monitor).post(url, {"act": "import"}).status_code == 403
    assert saved() == (0, 0)


def test_a_refusal_half_way_leaves_nothing(people: People, subject: Subject, monkeypatch: Any) -> None:
    upload = send(people, file_of(subject, 3, 4, 5))
    real, calls = save_sample, []

    def refuse_the_fourth(**arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 4:
            raise DomainError("Refused.")
        real(**arguments)

    monkeypatch.setattr(working, "save_sample", refuse_the_fourth)
    failed = services.start_import(by=people.coordinator, upload=upload)
    said = "4 rows have faults, so nothing is taken: line 8: Refused.; line 9: Refused.; line 10: Refused."
    assert (failed.state, last(failed).failure_reason, saved()) == (State.CHECKED, said, (0, 0))
    monkeypatch.setattr(working, "save_sample", real)
    assert services.start_import(by=people.coordinator, upload=again(people, failed)).state == State.DONE
    assert saved() == (3, 3)


def test_what_was_saved_since_the_check_is_a_fault_of_the_file(people: People, subject: Subject) -> None:
    rows = file_of(subject, 3)
    first, second = send(people, rows), send(people, [*rows[:3], [*rows[3][:4], "211", *rows[3][5:]], *rows[4:]])
    services.start_import(by=people.coordinator, upload=first)
    assert services.start_import(by=people.coordinator, upload=second).state == State.CHECKED
    job = last(second)
    assert (job.state, [line for line, _why, _about in job.faults], job.found["faults"]) == ("FAILED", [5], 1)
    assert "line 5: The form of this sample says 210" in job.failure_reason
    with pytest.raises(DomainError, match="nothing is taken"):
        services.start_import(by=people.coordinator, upload=second)
    assert saved() == (1, 1)


def test_what_the_forms_would_refuse_is_a_fault_of_the_check_already(people: People, subject: Subject) -> None:
    with acting(people.data_manager):
        Closure.objects.create(
            subject=subject, visit="D3", state="FROZEN", closed_at=timezone.now(), closed_by=people.data_manager
        )
    upload = send(people, file_of(subject, 3, 4, results=COUNTS[:1]))
    assert last(upload).found["new"] == 1
    ((line, sentence, about),) = last(upload).faults
    assert (line, sentence) == (2, "This visit is frozen; nothing can be entered.")
    assert about == f"{subject.identifier} · {day_of(subject, 3)} · 08:10 · WBC · 5.1 · x10*9/L"


def test_columns_are_each_of_one_item_and_decide_what_is_checked(people: People, subject: Subject) -> None:
    upload = send(people, file_of(subject, 3))
    with pytest.raises(DomainError, match="two items"):
        services.name_columns(by=people.coordinator, upload=upload, mapping=upload.mapping | {"low": 7})
    services.name_columns(by=people.coordinator, upload=upload, mapping={"subject": 0})
    with pytest.raises(DomainError, match="not checked with these columns"):
        services.start_import(by=people.coordinator, upload=upload)
    services.start_import(by=people.coordinator, upload=again(people, upload))
    with pytest.raises(DomainError, match="taken in already"):
        services.name_columns(by=people.coordinator, upload=upload, mapping={})
    assert saved() == (1, 1)


def again(people: People, upload: LaboratoryImport) -> LaboratoryImport:
    services.name_columns(by=people.coordinator, upload=upload, mapping=guess(upload.head["header"]))
    return upload


def last(upload: LaboratoryImport) -> LaboratoryJob:
    return upload.jobs.order_by("created_at", "pk").last() or pytest.fail("no job")
