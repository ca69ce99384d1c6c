"""Sign-off: what is open, what is signed, all or nothing, and a receipt that says who, what, when, why."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from enrollment.models import Subject
from enrollment.services import add_subject
from tests.casebook.entering import enter
from tests.casebook.test_closing import VITALS, browser
from tests.people import PASSWORD, People
from trial_edc.audit.models import AccessEvent, Signature
from trial_edc.audit.signatures import content_hash, content_hashes, holding, verify
from trial_edc.review.services import raise_query


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


@pytest.fixture
def forms(people: People, subject: Subject) -> list[Any]:
    return [
        enter(people.coordinator, subject, visit, "VS", action="complete", **VITALS) for visit in ("SCR", "BL", "UNS")
    ]


def address(subject: Subject) -> str:
    return reverse("casebook:sign-off", args=[subject.identifier])


def value(form: Any, version: int = 1) -> str:
    return f"VS:{form.pk}:{version}"


def post(person: Any, subject: Subject, **typed: Any) -> Any:
    body = {"meaning": "review", "password": PASSWORD} | typed
    return browser(person).post(address(subject), body)


def test_the_page_says_what_is_open_and_leaves_forms_with_queries_unticked(
    people: People, subject: Subject, forms: list[Any]
) -> None:
    raise_query(by=people.monitor, record=forms[0], field="heart_rate", text="Why?")
    text = browser(people.investigator).get(address(subject)).content.decode()
    assert "points are open" in text
    assert "1 unresolved query" in text
    assert text.count("checked") == 3  # two forms, and the meaning
    assert content_hash(forms[1].pk)[:12] in text


@pytest.mark.req("R12", "R13", "R17")
def test_many_forms_are_signed_together_with_a_receipt(people: People, subject: Subject, forms: list[Any]) -> None:
    answer = post(people.investigator, subject, chosen=[value(form) for form in forms])
    assert answer.status_code == 302
    signatures = list(Signature.objects.all())
    assert len(signatures) == 3 and all(verify(each) for each in signatures)
    text = browser(people.investigator).get(answer["Location"]).content.decode()
    assert "3 forms signed" in text
    for words in (
        people.investigator.full_name,
        "Investigator",
        "UTC+08:00",
        "accurate and complete",
        content_hash(forms[0].pk),
    ):
        assert words in text
    assert "0 forms signed" in browser(people.sub_investigator).get(answer["Location"]).content.decode()


def test_one_form_that_changed_since_signs_none(people: People, subject: Subject, forms: list[Any]) -> None:
    change = VITALS | {"heart_rate": "90", "version": "1", "reason_code": "TRANSCRIPTION", "action": "complete"}
    enter(people.coordinator, subject, "BL", "VS", **change)
    answer = post(people.investigator, subject, chosen=[value(form) for form in forms])
    assert answer.status_code == 422
    assert "The form has changed since you opened it." in answer.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.req("R19")
def test_a_wrong_password_signs_nothing_and_is_noted(people: People, subject: Subject, forms: list[Any]) -> None:
    answer = post(people.investigator, subject, chosen=[value(forms[0])], password="not it")
    assert answer.status_code == 422 and "The password is not right." in answer.content.decode()
    assert not Signature.objects.exists()
    assert AccessEvent.objects.filter(action="signature refused").count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"chosen": []}, "Choose at least one form to sign."),
        ({"chosen": ["VS:nonsense"]}, "This page is out of date."),
        ({"meaning": "decision"}, "Choose what your signature means."),
    ],
)
def test_what_cannot_be_signed_is_refused(
    people: People, subject: Subject, forms: list[Any], typed: dict[str, Any], sentence: str
) -> None:
    answer = post(people.investigator, subject, **({"chosen": [value(forms[0])]} | typed))
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("role", ["coordinator", "monitor", "data_manager", "statistician"])
def test_nobody_else_signs(people: People, subject: Subject, forms: list[Any], role: str) -> None:
    assert post(getattr(people, role), subject, chosen=[value(forms[0])]).status_code == 403
    assert browser(getattr(people, role)).get(address(subject)).status_code == 403


def test_a_form_of_another_subject_is_not_signed(people: People, subject: Subject, forms: list[Any]) -> None:
    other = add_subject(by=people.coordinator, site=people.site)
    assert post(people.investigator, other, chosen=[value(forms[0])]).status_code == 422
    assert not Signature.objects.exists()


def test_a_signed_form_waits_no_more(people: People, subject: Subject, forms: list[Any]) -> None:
    post(people.investigator, subject, chosen=[value(forms[0])])
    assert list(holding([form.pk for form in forms])) == [forms[0].pk]
    assert str(forms[0].pk) not in browser(people.investigator).get(address(subject)).content.decode()
    assert content_hashes([form.pk for form in forms]) == {form.pk: content_hash(form.pk) for form in forms}
