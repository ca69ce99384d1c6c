"""Mistakes of other systems about what was recorded: marks that outlive a change, cascades, names that go blank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import ProtectedError

from enrollment.models import Subject
from safety.models import VitalSigns
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.people import PASSWORD, People
from tests.reports.exporting import exported
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.coverage import covered
from trial_edc.audit.models import AccessEvent, ItemChange, Signature
from trial_edc.audit.signatures import holding, note
from trial_edc.casebook.signing import sign_record
from trial_edc.review.selectors import verified_fields
from trial_edc.review.services import verify_items


def _form(people: People, record: Any) -> None:
    enter(people.coordinator, record.subject, "D3", "VS", **_texts(record), reason_code="SOURCE")


def _texts(record: Any) -> dict[str, Any]:
    return {
        "assessed_date": record.assessed_date.isoformat(), "assessed_time": "08:00", "temperature_c": "36.6",
        "systolic_bp": "120", "diastolic_bp": "80", "heart_rate": "81", "respiratory_rate": "14",
        "oxygen_saturation": "98",
    }  # fmt: skip


def _task(_people: People, record: Any) -> None:
    with acting(system_user(), "computed", source="task"):
        VitalSigns.objects.filter(pk=record.pk).update(heart_rate=81)


def _import(people: People, record: Any) -> None:
    with acting(people.data_manager, "late result", source="import"):
        VitalSigns.objects.bulk_update([VitalSigns(pk=record.pk, heart_rate=81)], ["heart_rate"])


def _instance(people: People, record: Any) -> None:
    with acting(people.coordinator, "by the model", source="command"):
        again = VitalSigns.objects.get(pk=record.pk)
        again.heart_rate = 81
        again.save()


def _sql(people: People, record: Any) -> None:
    with acting(people.data_manager, "by hand", source="command"), connection.cursor() as cursor:
        cursor.execute("UPDATE safety_vitalsigns SET heart_rate = 81 WHERE id = %s", [str(record.pk)])


def _migration(_people: People, record: Any) -> None:
    with acting(system_user(), "new version of the form", source="migration"):
        historical: Any = apps.get_model("safety", "VitalSigns")
        historical._base_manager.filter(pk=record.pk).update(heart_rate=81)


@pytest.mark.req("P07", "R16")
@pytest.mark.parametrize("write", [_form, _task, _import, _instance, _sql, _migration])
def test_a_change_by_any_way_ends_verification_and_signature(
    people: People, infused: Subject, write: Callable[[People, Any], None]
) -> None:
    record = vitals(people, infused, "D3", action="complete")
    verify_items(by=people.monitor, record=record)
    sign_record(by=people.investigator, record=record, version=record.version, password=PASSWORD)
    assert "heart_rate" in verified_fields(record.pk) and record.pk in holding([record.pk])
    write(people, VitalSigns.objects.select_related("subject").get(pk=record.pk))
    assert VitalSigns.objects.get(pk=record.pk).heart_rate == 81
    assert "heart_rate" not in verified_fields(record.pk) and "temperature_c" in verified_fields(record.pk)
    assert holding([record.pk]) == {}
    assert Signature.objects.filter(root=record.pk).count() == 1, "the former signature stays in the history"


def _relations() -> list[tuple[str, Any]]:
    """Every relation of a table that the trail covers, and of the trail. A draft or a notice goes with its owner."""
    ours = {table.table for table in covered()}
    return [
        (f"{model._meta.label}.{field.name}", field.remote_field.on_delete)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.db_table in ours or model._meta.app_label == "audit"
        for field in model._meta.local_fields
        if field.remote_field
    ]


@pytest.mark.req("P28")
def test_no_relation_deletes_what_hangs_on_it(db: None) -> None:
    relations = _relations()
    assert len(relations) > 50, "the list of relations is empty"
    assert [name for name, on_delete in relations if on_delete is not models.PROTECT] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('a', 'r')")
        assert cursor.fetchall() == []


@pytest.mark.req("P28")
def test_a_subject_and_a_person_with_data_cannot_be_deleted(people: People, infused: Subject) -> None:
    vitals(people, infused, "D3")
    for thing in (infused, people.coordinator, people.site):
        with pytest.raises(ProtectedError), acting(system_user(), "clean up", source="command"):
            thing.delete()
    assert VitalSigns.objects.exists() and ItemChange.objects.filter(chain=infused.pk).exists()


@pytest.mark.req("P35", "R01")
def test_a_new_name_and_a_closed_account_leave_the_old_name_in_the_trail(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    record = vitals(people, infused, "D3", action="complete")
    sign_record(by=people.investigator, record=record, version=record.version, password=PASSWORD)
    note(people.coordinator, "query list downloaded", "here")
    with acting(system_user(), "married", source="command"):
        User.objects.filter(pk__in=[people.coordinator.pk, people.investigator.pk]).update(
            full_name="Somebody New", is_active=False
        )
    assert ItemChange.objects.get(record=record.pk, field="heart_rate").changed_by_name == "Coordinator"
    assert Signature.objects.get(root=record.pk).printed_name == "Investigator"
    assert AccessEvent.objects.get(action="query list downloaded").by_name == "Coordinator"
    client = signed_in(people.monitor)
    assert "Coordinator" in text_of(client.get("/subjects/01-001/D3/VS/1/item/heart_rate/history/"))
    assert ",Coordinator,01-001," in exported(client, "form=VS")
