"""What a record keeps beside its values: the doubt and its answer, the moment, the rule; and what it must not hold."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from enrollment.models import Subject
from safety.models import VitalSigns
from safety.rules.body_surface import RULE, VERSION, body_surface
from tests.casebook.conftest import SignedIn
from tests.casebook.entering import enter
from tests.casebook.test_matrix import text_of, vitals
from tests.forms.samples import EXAMINATION, systems
from tests.people import People
from trial_edc.audit.models import ItemChange
from trial_edc.crf import registry
from trial_edc.review.models import RuleResult, SoftConfirmation
from trial_edc.review.results import input_hash

#: What names a person: words of labels that no form of a study under code may ask for.
IDENTIFYING = re.compile(
    r"\b(first|last|family|given|full|patient|subject)[ '’s]*name\b|\baddress\b"
    r"|\btelephone number\b|\bphone\b|\be-?mail\b"
    r"|\bpassport\b"
    r"|\b(national|(?<!chain-of-)identity|insurance|hospital)[a-z ]* (id|card|number)\b"
    r"|\b(date of birth|birth ?date)\b",
    re.IGNORECASE,
)


@pytest.mark.req("R09")
def test_a_confirmed_doubt_is_kept_with_its_value_after_the_value_changed(people: People, infused: Subject) -> None:
    low = {"systolic_bp": "68", "diastolic_bp": "44", "action": "complete"}
    answer = {"confirm-VS-SYSBP-RANGE": "1", "explain-VS-SYSBP-RANGE": "in shock"}
    record = vitals(people, infused, "D3", **low, **answer)
    vitals(people, infused, "D3", reason_code="TRANSCRIPTION")
    kept = SoftConfirmation.objects.get(record=record.pk, check_oid="VS-SYSBP-RANGE")
    assert (kept.value, kept.explanation, kept.confirmed_by) == ("68", "in shock", people.coordinator)
    typed = ItemChange.objects.filter(record=record.pk, field="systolic_bp").order_by("pk")
    assert [(change.old, change.new) for change in typed] == [(None, "68"), ("68", "120")]
    assert ItemChange.objects.filter(record=kept.pk, field="explanation", new="in shock").exists()


@pytest.mark.req("R30")
def test_no_item_of_any_form_asks_who_a_subject_is() -> None:
    assert IDENTIFYING.search("Patient's name") and IDENTIFYING.search("Date of birth")
    tables = (*registry.all_forms(), *registry.all_rows())
    asked = [(table.__name__, str(field.verbose_name)) for table in tables for field, _item in registry.items(table)]
    assert len(asked) > 300
    assert [each for each in asked if IDENTIFYING.search(each[1])] == []


@pytest.mark.req("R32")
def test_the_server_says_when_and_every_moment_has_its_zone(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    sent = {"changed_at": "2001-01-01T00:00:00Z", "completed_at": "2001-01-01T00:00:00Z", "at": "2001-01-01"}
    record = vitals(people, infused, "D3", action="complete", **sent)
    now = timezone.now()
    moments = list(ItemChange.objects.filter(record=record.pk).values_list("changed_at", flat=True))
    completed = VitalSigns.objects.get(pk=record.pk).completed_at
    assert completed is not None
    assert all(abs(now - moment) < timedelta(minutes=5) for moment in (*moments, completed))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
        )
        assert cursor.fetchall() == []
    assert "UTC+08:00" in text_of(signed_in(people.monitor).get("/subjects/01-001/D3/VS/1/item/heart_rate/history/"))


@pytest.mark.req("R35")
def test_a_stored_result_names_its_rule_and_comes_out_again_from_its_stored_inputs(
    people: People, infused: Subject, signed_in: SignedIn
) -> None:
    record = enter(people.coordinator, infused, "SCR", "PE", **EXAMINATION | systems())
    stored = RuleResult.objects.get(root=record.pk, rule=RULE)
    assert stored.rule_version == VERSION
    assert input_hash(stored.rule, stored.rule_version, stored.inputs) == stored.input_hash
    again = body_surface(**{name: Decimal(text) for name, text in stored.inputs.items()})
    assert (str(again.area_m2), again.because) == (stored.output["area_m2"], stored.because)
    page = text_of(signed_in(people.monitor).get("/subjects/01-001/SCR/PE/1/"))
    assert f"Body surface {again.area_m2} m²" in page and VERSION in page
