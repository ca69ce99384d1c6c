"""Leukapheresis: gate, procedure, and the number that is issued once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dosing.models import Leukapheresis
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.dosing.builders import days_ago
from tests.forms.dosing_texts import (
    COI,
    certificate,
    eligible,
    leukapheresis,
    line,
    on,
    sentences,
    write_lines,
)
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.casebook.place import NEW
from trial_edc.crf.models import FormStatus


def test_a_leukapheresis_is_completed_and_moves_the_subject(people: People, collected: Subject) -> None:
    form = Leukapheresis.objects.get()
    assert (form.status, form.coi_number) == (FormStatus.COMPLETE, COI)
    assert (collected.status, collected.leukapheresis_date) == ("APHERESED", days_ago(40))
    assert collected.anchors.leukapheresis == days_ago(40)


APHERESIS: list[tuple[dict[str, str], str, str]] = [
    ({"stop_time": "09:00"}, "stop_time", "must stop after it starts"),
    ({"stop_time": "08:59"}, "stop_time", "must stop after it starts"),
    ({"coi_number": "C70-12"}, "coi_number", "not a chain-of-identity number"),
    ({"second_checker": "ZHANG  MIN"}, "second_checker", "another person"),
    ({"cd3_cells_10e9": "10.6"}, "cd3_cells_10e9", "more CD3+ cells"),
    ({"procedure_date": on(-1)}, "procedure_date", "in the future"),
    ({"procedure_date": on(61)}, "procedure_date", "no informed consent"),
    ({"procedure_date": on(51)}, "procedure_date", "Eligibility was not confirmed"),
    ({"haemoglobin_g_l": "9.9"}, "haemoglobin_g_l", "decimal places"),
    ({"haemoglobin_g_l": "400"}, "haemoglobin_g_l", "from 20 to 250"),
    ({"adverse_reaction": "false", "reaction_detail": "Tingling"}, "reaction_detail", "does not apply"),
]


@pytest.mark.req("R57")
@pytest.mark.parametrize(("changed", "field", "words"), APHERESIS, ids=[f"{c}" for c, _f, _w in APHERESIS])
def test_a_leukapheresis_that_cannot_be(
    people: People, eligible_subject: Subject, changed: dict[str, str], field: str, words: str
) -> None:
    outcome = post(people.coordinator, eligible_subject, "APH", "APH", **leukapheresis(**changed))
    assert words in " ".join(sentences(outcome)[field])
    assert not Leukapheresis.objects.exists()


def test_it_may_end_after_midnight_and_keeps_a_zero(people: People, eligible_subject: Subject) -> None:
    texts = leukapheresis(
        start_time="22:00", stop_time="01:30", stop_date=on(39), lymphocytes_10e9_l="0", coi_number="c70-000 001"
    )
    form = enter(people.coordinator, eligible_subject, "APH", "APH", **texts)
    assert (form.lymphocytes_10e9_l, form.coi_number, form.venous_access) == (0, COI, True)


@pytest.mark.req("R33")
@pytest.mark.parametrize("column", ["consent_date", "eligibility_confirmed_date"])
def test_no_collection_without_consent_or_eligibility(people: People, eligible_subject: Subject, column: str) -> None:
    with acting(people.coordinator, "test"):
        Subject.objects.filter(pk=eligible_subject.pk).update(**{column: None})
    outcome = post(people.coordinator, eligible_subject, "APH", "APH", **leukapheresis())
    assert "procedure_date" in sentences(outcome)


GATE = [
    ("haemoglobin_g_l", "79", "80"), ("lymphocytes_10e9_l", "0.49", "0.5"), ("venous_access", "false", "true"),
    ("active_infection", "true", "false"), ("washout_complete", "false", "true"), ("cd3_cells_10e9", "0.99", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "fails", "passes"), GATE, ids=[row[0] for row in GATE])
def test_the_gate_asks_for_a_reason(
    people: People, eligible_subject: Subject, field: str, fails: str, passes: str
) -> None:
    texts = leukapheresis(**{field: fails})
    outcome = post(people.coordinator, eligible_subject, "APH", "APH", action="complete", **texts)
    [sentence] = sentences(outcome)[field]
    assert "Confirm with the reason" in sentence
    enter(people.coordinator, eligible_subject, "APH", "APH", action="complete", **leukapheresis(**{field: passes}))


@pytest.mark.req("R57")
def test_a_chain_of_identity_number_belongs_to_one_product_of_the_trial(people: People, collected: Subject) -> None:
    other = eligible(people, 2)
    outcome = post(people.coordinator, other, "APH", "APH", **leukapheresis())
    assert "was issued before" in sentences(outcome)["coi_number"][0]
    again = leukapheresis(procedure_date=on(20))
    assert "was issued before" in sentences(post(people.coordinator, collected, "APH", "APH", sequence=NEW, **again))[
        "coi_number"
    ][0]  # fmt: skip
    with pytest.raises(IntegrityError), acting(people.coordinator, "test"), transaction.atomic():
        Leukapheresis.objects.create(subject=other, visit="APH", coi_number=COI)


def test_a_number_in_use_is_not_changed(people: People, collected: Subject) -> None:
    renamed = leukapheresis(coi_number="C70-000009", reason_code="TRANSCRIPTION")
    enter(people.coordinator, collected, "APH", "APH", **renamed)
    enter(people.coordinator, collected, "APH", "APH", **leukapheresis(reason_code="TRANSCRIPTION"))
    write_lines(people, collected, "COLLECTED")
    outcome = post(people.coordinator, collected, "APH", "APH", **renamed)
    assert "cannot be changed any more" in sentences(outcome)["coi_number"][0]


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["monitor", "statistician", "cell_processing", "elsewhere"])
def test_who_may_not_enter(people: People, eligible_subject: Subject, role: str) -> None:
    for oid, visit, texts in (("APH", "APH", leukapheresis()), ("PROD", "MFG", line()), ("REL", "BL", certificate())):
        with pytest.raises(PermissionDenied):
            post(getattr(people, role), eligible_subject, visit, oid, sequence=NEW, **texts)
