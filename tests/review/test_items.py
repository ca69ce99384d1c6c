"""What is to be verified: one definition, and every way to change a value makes it unverified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from enrollment.models import Subject
from safety.models import AdverseEvent, GradeChange, VitalSigns
from tests.casebook.entering import post
from tests.people import People
from tests.review.conftest import EVENT, GRADES, VITALS
from tests.review.saving import save_event
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Saved, submit
from trial_edc.errors import DomainError
from trial_edc.review.models import SourceVerification
from trial_edc.review.selectors import changed_since_verified, unverified_critical
from trial_edc.review.services import unverify_version, verify_items, verify_subject, verify_versions


def names(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(each["form"], each["field"]) for each in found}


def by_person(people: People, vitals: VitalSigns) -> None:
    texts = VITALS | {"systolic_bp": "130", "reason_code": "SOURCE"}
    assert isinstance(post(people.coordinator, vitals.subject, "SCR", "VS", **texts), Saved)


def by_import(people: People, vitals: VitalSigns) -> None:
    place = Place(vitals.subject, "SCR", "VS", 1)
    data: dict[str, Any] = VITALS | {
        "systolic_bp": "130",
        "version": "1",
        "token": "4d1f3a9e-0000-4000-8000-000000000001",
    }
    assert isinstance(
        submit(by=people.coordinator, place=place, data=data | {"reason_code": "LATE"}, source="import"), Saved
    )


def by_task(people: People, vitals: VitalSigns) -> None:
    with acting(system_user(), "recomputed", source="task"):
        VitalSigns.objects.filter(pk=vitals.pk).update(systolic_bp=130)


def by_sql(people: People, vitals: VitalSigns) -> None:
    with acting(system_user(), "repaired", source="command"), connection.cursor() as cursor:
        cursor.execute("UPDATE safety_vitalsigns SET systolic_bp = 130 WHERE id = %s", [str(vitals.pk)])


def by_clearing(people: People, vitals: VitalSigns) -> None:
    with acting(people.coordinator, "test"):
        VitalSigns.objects.filter(pk=vitals.pk).update(systolic_bp=None)


@pytest.mark.parametrize("change", [by_person, by_import, by_task, by_sql, by_clearing])
def test_every_way_to_change_a_value_makes_it_unverified(
    people: People, subject: Subject, vitals: VitalSigns, change: Callable[[People, VitalSigns], None]
) -> None:
    verify_items(by=people.monitor, record=vitals)
    assert not unverified_critical([subject.pk]) and not changed_since_verified([subject.pk])
    change(people, vitals)
    (found,) = changed_since_verified([subject.pk])
    assert (found["root"], found["field"]) == (vitals.pk, "systolic_bp")
    verify_items(by=people.monitor, record=vitals)
    assert not changed_since_verified([subject.pk])


def test_only_items_with_a_value_are_to_be_verified(people: People, event: AdverseEvent) -> None:
    found = names(unverified_critical([event.subject_id]))
    assert {("AE", "term"), ("AE", "onset_date"), ("AEG", "grade"), ("AEG", "start_date")} <= found
    assert ("AE", "end_date") not in found and ("AE", "onset_time") not in found


def test_a_removed_row_has_changed_since_it_was_verified(people: People, event: AdverseEvent) -> None:
    verify_items(by=people.monitor, record=event)
    save_event(people.investigator, event, EVENT, [GRADES[0], GRADES[1] | {"DELETE": "on"}])
    found = changed_since_verified([event.subject_id])
    assert names(found) == {("AEG", "grade"), ("AEG", "start_date")}
    assert names(unverified_critical()) == names(found)


def test_a_removed_row_that_was_never_verified_leaves_nothing_to_verify(people: People, event: AdverseEvent) -> None:
    before = len(unverified_critical([event.subject_id]))
    save_event(people.investigator, event, EVENT, [GRADES[0], GRADES[1] | {"DELETE": "on"}])
    assert not changed_since_verified([event.subject_id])
    assert len(unverified_critical([event.subject_id])) < before


def test_a_cut_off_sees_only_what_stood_then(people: People, vitals: VitalSigns) -> None:
    before = timezone.now()
    verify_items(by=people.monitor, record=vitals)
    verified = timezone.now()
    by_task(people, vitals)
    subjects = [vitals.subject_id]
    critical = len(unverified_critical(subjects, as_of=before))
    assert critical > 1
    assert len(unverified_critical(subjects, as_of=verified)) == 0
    assert len(unverified_critical(subjects)) == 1
    assert unverified_critical(subjects, as_of=before - timedelta(days=1)) == []


def latest(record: Any, field: str) -> int:
    return ItemChange.objects.filter(record=record.pk, field=field).latest("id").pk


def test_exact_versions_are_verified_rows_included(people: People, subject: Subject, event: AdverseEvent) -> None:
    row = GradeChange.objects.get(record=event, position=2)
    chosen = {latest(event, "term"), latest(row, "grade")}
    assert verify_versions(by=people.monitor, subject=subject, changes=chosen) == 2
    assert set(SourceVerification.objects.values_list("change_id", flat=True)) == chosen
    assert set(SourceVerification.objects.values_list("root_record", flat=True)) == {event.pk}
    assert verify_versions(by=people.monitor, subject=subject, changes=chosen) == 0


def test_an_old_version_is_refused_with_all_others(people: People, subject: Subject, vitals: VitalSigns) -> None:
    seen = {latest(vitals, "systolic_bp"), latest(vitals, "temperature_c")}
    by_task(people, vitals)
    with pytest.raises(DomainError, match="has changed since it was shown"):
        verify_versions(by=people.monitor, subject=subject, changes=seen)
    assert not SourceVerification.objects.exists()


def test_versions_of_another_subject_are_refused(people: People, vitals: VitalSigns) -> None:
    with acting(system_user(), "test", source="command"):
        other = Subject.objects.create(identifier="01-099", site=people.site)
    with pytest.raises(DomainError, match="has changed since it was shown"):
        verify_versions(by=people.monitor, subject=other, changes={latest(vitals, "systolic_bp")})
    assert unverify_version(by=people.monitor, subject=other, change=latest(vitals, "systolic_bp")) == 0


def test_one_version_is_taken_back(people: People, subject: Subject, vitals: VitalSigns) -> None:
    verify_subject(by=people.monitor, subject=subject)
    assert unverify_version(by=people.monitor, subject=subject, change=latest(vitals, "systolic_bp")) == 1
    assert names(unverified_critical([subject.pk])) == {("VS", "systolic_bp")}
    assert not changed_since_verified([subject.pk])


@pytest.mark.parametrize("role", ["coordinator", "investigator", "data_manager", "inspector", "statistician"])
def test_only_monitors_verify(people: People, subject: Subject, vitals: VitalSigns, role: str) -> None:
    by, change = getattr(people, role), latest(vitals, "systolic_bp")
    with pytest.raises(PermissionDenied):
        verify_versions(by=by, subject=subject, changes={change})
    with pytest.raises(PermissionDenied):
        unverify_version(by=by, subject=subject, change=change)
