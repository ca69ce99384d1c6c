"""Every write path is audited or refused; the application cannot touch the trail; a flipped byte is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from enrollment.models import Demographics, Subject
from enrollment.services import add_subject
from safety.models import VitalSigns
from tests.casebook.entering import enter
from tests.casebook.test_submission import VITALS
from tests.people import PASSWORD, People
from trial_edc.audit.chain import breaks
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.coverage import covered
from trial_edc.audit.models import ItemChange, Signature
from trial_edc.audit.selectors import load
from trial_edc.audit.signatures import WrongPassword, confirm_password, holding, sign, verify
from trial_edc.audit.system_checks import every_table_is_audited, installed
from trial_edc.review.selectors import verified_fields
from trial_edc.review.services import verify_items


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def vitals(people: People, subject: Subject) -> VitalSigns:
    record: VitalSigns = enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    return record


@contextmanager
def application_role() -> Iterator[None]:
    """Act as the role that the web and the workers connect as."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE edc_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.req("R05", "R07")
def test_every_table_of_ours_has_the_trigger(db: None) -> None:
    present = installed()
    assert {c.table: c.arguments for c in covered()} == present
    assert every_table_is_audited(databases=["default"]) == []


@pytest.mark.req("R07")
def test_a_missing_trigger_stops_the_start(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_items ON safety_vitalsigns")
    assert [problem.id for problem in every_table_is_audited(databases=["default"])] == ["audit.E001"]


@pytest.mark.req("R01", "R03", "R05")
def test_a_save_an_update_and_sql_are_all_in_the_trail(people: People, vitals: VitalSigns) -> None:
    with acting(people.coordinator, "late result", source="import"):
        VitalSigns.objects.filter(pk=vitals.pk).update(heart_rate=90)
    with acting(people.coordinator, "by hand", source="command"), connection.cursor() as cursor:
        cursor.execute("UPDATE safety_vitalsigns SET heart_rate = 95 WHERE id = %s", [vitals.pk])
    with acting(people.coordinator, "two at once"):
        VitalSigns.objects.bulk_update([VitalSigns(pk=vitals.pk, heart_rate=99)], ["heart_rate"])
    history = ItemChange.objects.filter(record=vitals.pk, field="heart_rate").order_by("id")
    assert [(c.old, c.new, c.reason, c.source) for c in history] == [
        (None, "72", "", "web"),
        ("72", "90", "late result", "import"),
        ("90", "95", "by hand", "command"),
        ("95", "99", "two at once", "web"),
    ]


@pytest.mark.req("R01", "R05")
@pytest.mark.parametrize("write", ["orm", "update", "sql", "bulk", "delete"])
def test_a_write_that_names_nobody_is_refused(vitals: VitalSigns, write: str) -> None:
    with pytest.raises(DatabaseError, match="names no person"), transaction.atomic():
        # The settings of the fixtures' own saves end with their transactions; a test is one long transaction.
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('edc.user_id', '', true)")
        if write == "orm":
            vitals.save()
            vitals.heart_rate = 1
            vitals.save()
        elif write == "update":
            VitalSigns.objects.update(heart_rate=1)
        elif write == "bulk":
            Demographics.objects.bulk_create([Demographics(subject=vitals.subject, visit="SCR")])
        elif write == "delete":
            VitalSigns.objects.all().delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE safety_vitalsigns SET heart_rate = 1")


@pytest.mark.req("R01", "R05")
def test_a_task_writes_in_the_name_of_the_system(vitals: VitalSigns) -> None:
    with acting(system_user(), "recomputed", source="task"):
        VitalSigns.objects.filter(pk=vitals.pk).update(heart_rate=90)
    change = ItemChange.objects.get(record=vitals.pk, field="heart_rate", new="90")
    assert (change.changed_by_name, change.source) == ("System", "task")


@pytest.mark.req("R04")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_itemchange SET new = 'x'",
        "DELETE FROM audit_itemchange",
        "TRUNCATE audit_itemchange",
        "INSERT INTO audit_itemchange (chain, position) VALUES (gen_random_uuid(), 1)",
        "UPDATE audit_chainhead SET length = 0",
        "UPDATE audit_signature SET printed_name = 'x'",
        "DELETE FROM audit_accessevent",
        "ALTER TABLE safety_vitalsigns DISABLE TRIGGER audit_items",
        "DROP TRIGGER audit_items ON safety_vitalsigns",
        "TRUNCATE safety_vitalsigns",
        "CREATE TABLE elsewhere (id int)",
        "SET session_replication_role = replica",
        "SELECT audit_item_change()",
    ],
)
def test_the_application_role_cannot_touch_the_trail(vitals: VitalSigns, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), application_role(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.req("R05")
def test_the_application_role_writes_through_the_trigger(people: People, vitals: VitalSigns) -> None:
    with acting(people.coordinator), application_role():
        VitalSigns.objects.filter(pk=vitals.pk).update(heart_rate=91)
    assert ItemChange.objects.filter(record=vitals.pk, new="91").exists()


@pytest.mark.req("R04")
@pytest.mark.parametrize("statement", ["UPDATE audit_itemchange SET new = 'x'", "DELETE FROM audit_itemchange"])
def test_even_the_owner_is_refused(vitals: VitalSigns, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.req("R04")
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit_itemchange SET new = '73' WHERE field = 'heart_rate'",
        "UPDATE audit_itemchange SET changed_by_name = 'Nobody' WHERE field = 'heart_rate'",
        "DELETE FROM audit_itemchange WHERE field = 'heart_rate'",
        "DELETE FROM audit_itemchange WHERE id = (SELECT max(id) FROM audit_itemchange)",
    ],
)
def test_a_flipped_byte_is_found(vitals: VitalSigns, damage: str) -> None:
    call_command("verify_trail", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_itemchange DISABLE TRIGGER audit_append_only")
        cursor.execute(damage)
    found = list(breaks())
    assert {broken.chain for broken in found} == {vitals.subject_id}
    with pytest.raises(CommandError):
        call_command("verify_trail", stderr=StringIO())


@pytest.mark.req("R03")
def test_data_are_read_as_they_were(people: People, subject: Subject, vitals: VitalSigns) -> None:
    cutoff = timezone.now()
    enter(people.coordinator, subject, "SCR", "VS", **(VITALS | {"heart_rate": "", "temperature_c": "40.1"}))
    then = load(VitalSigns, as_of=cutoff, subject=subject)
    now = load(VitalSigns, subject=subject)
    assert [(str(v.temperature_c), v.heart_rate, v.assessed_date) for v in then] == [("36.6", 72, date(2026, 11, 5))]
    assert [(str(v.temperature_c), v.heart_rate) for v in now] == [("40.1", None)]
    assert load(VitalSigns, as_of=timezone.now(), subject=subject)[0].temperature_c == now[0].temperature_c


@pytest.mark.req("P07")
def test_verification_lapses_when_the_value_changes(people: People, subject: Subject, vitals: VitalSigns) -> None:
    verify_items(by=people.monitor, record=vitals, fields={"heart_rate", "systolic_bp"})
    assert verified_fields(vitals.pk) == {"heart_rate", "systolic_bp"}
    enter(people.coordinator, subject, "SCR", "VS", **(VITALS | {"heart_rate": "80"}))
    assert verified_fields(vitals.pk) == {"systolic_bp"}


@pytest.mark.req("R13", "R16", "P07")
@pytest.mark.parametrize("path", ["form", "sql"])
def test_a_signature_holds_until_the_content_changes_by_any_path(
    people: People, subject: Subject, vitals: VitalSigns, path: str
) -> None:
    with acting(people.investigator):
        signature = sign(vitals, by=people.investigator, meaning=Signature.Meaning.REVIEW, subject_key=subject.pk)
    assert holding([vitals.pk]) == {vitals.pk: [signature]} and verify(signature)
    if path == "form":
        enter(people.coordinator, subject, "SCR", "VS", **(VITALS | {"heart_rate": "80"}))
    else:
        with acting(people.coordinator), connection.cursor() as cursor:
            cursor.execute("UPDATE safety_vitalsigns SET heart_rate = 80")
    assert holding([vitals.pk]) == {} and not verify(signature)


@pytest.mark.req("R13")
def test_a_transplanted_signature_does_not_verify(people: People, subject: Subject, vitals: VitalSigns) -> None:
    other = enter(people.coordinator, subject, "D28", "VS", **VITALS)
    with acting(people.investigator):
        signature = sign(vitals, by=people.investigator, meaning=Signature.Meaning.REVIEW, subject_key=subject.pk)
        copy = Signature.objects.get(pk=signature.pk)
        copy.pk, copy.root = None, other.pk
        copy._state.adding = True
        copy.save(force_insert=True)
    assert verify(signature) and not verify(copy)
    assert holding([other.pk]) == {}


@pytest.mark.req("R19")
def test_a_wrong_password_is_noted_and_signs_nothing(people: People) -> None:
    from trial_edc.audit.models import AccessEvent

    confirm_password(people.investigator, PASSWORD)
    with pytest.raises(WrongPassword):
        confirm_password(people.investigator, "guess")
    assert AccessEvent.objects.get().action == "signature refused"
