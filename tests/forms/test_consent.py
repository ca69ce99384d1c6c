"""Informed consent: the version of the day, the time, consent again, and procedures dated before it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from enrollment.models import Consent, ProtocolDeviation, Subject
from enrollment.panels import consent as consent_panel
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from enrollment.selectors.consents import reconsent_due
from enrollment.services import add_subject, guard_procedure
from safety.models import VitalSigns
from tests.casebook.entering import enter, post
from tests.casebook.test_closing import browser
from tests.forms.enrolling import ago, consent, refusal, staining, typed, vitals
from tests.people import People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.casebook.submission import Saved

ELIGIBLE: dict[str, Any] = dict.fromkeys(INCLUSION, "true") | dict.fromkeys(EXCLUSION, "false")
pytestmark = pytest.mark.req("R58")


@pytest.fixture
def subject(people: People) -> Subject:
    return add_subject(by=people.coordinator, site=people.site)


def test_a_complete_consent_anchors_screening(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "IC", action="complete", **consent(ago(30)))
    subject.refresh_from_db()
    assert (record.status, subject.consent_date) == ("COMPLETE", ago(30))
    assert (record.copy_given, record.reconsent, record.gene_storage_consent) == (True, False, False)


@pytest.mark.parametrize(
    ("version", "day", "sentence"),
    [
        ("1.0", date(2025, 9, 15), "Version 1.0 was not approved and in force on 15-Sep-2025. Valid that day: 1.1."),
        ("1.1", date(2025, 9, 14), "Version 1.1 was not approved and in force on 14-Sep-2025. Valid that day: 1.0."),
        ("1.0", date(2023, 6, 30), "No version was valid that day."),
    ],
)
def test_a_version_that_was_not_in_force_is_refused(
    people: People, subject: Subject, version: str, day: date, sentence: str
) -> None:
    found = refusal(people.coordinator, subject, "SCR", "IC", **consent(day, consent_version=version))
    assert sentence in found["consent_version"]
    assert not Consent.objects.exists()


@pytest.mark.parametrize(("version", "day"), [("1.0", date(2025, 9, 14)), ("1.1", date(2025, 9, 15))])
def test_the_version_in_force_is_taken_on_its_last_and_first_day(
    people: People, subject: Subject, version: str, day: date
) -> None:
    enter(people.coordinator, subject, "SCR", "IC", **consent(day, consent_version=version))


def test_a_consent_in_the_future_is_refused(people: People, subject: Subject) -> None:
    assert "future" in refusal(people.coordinator, subject, "SCR", "IC", **consent(ago(-1)))["consent_date"]
    soon = timezone.localtime() + timedelta(minutes=20)
    texts = consent(soon.date(), consent_time=f"{soon:%H:%M}")
    where = "consent_time" if soon.date() == today() else "consent_date"
    assert "future" in refusal(people.coordinator, subject, "SCR", "IC", **texts)[where]


def test_a_consent_a_moment_ago_is_taken(people: People, subject: Subject) -> None:
    now = timezone.localtime()
    enter(people.coordinator, subject, "SCR", "IC", **consent(now.date(), consent_time=f"{now:%H:%M}"))


def test_without_a_date_the_form_waits(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "IC", obtained_by="LY")
    subject.refresh_from_db()
    assert subject.consent_date is None and consent_panel(record, []) is None


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"consent_date": "31-Feb-2026"}, "consent_date", "February 2026 has 28 days."),
        ({"consent_time": "25:00"}, "consent_time", "Enter a time from 00:00 to 23:59."),
        ({"consent_version": "9.9"}, "consent_version", "not one of the available choices"),
        ({"copy_given": "perhaps"}, "copy_given", "Choose yes or no."),
        ({"reconsent_reason": "NEW VERSION"}, "reconsent_reason", "does not apply"),
    ],
)
def test_bad_input_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "SCR", "IC", **consent(ago(30), **texts))[item]


def test_consent_again_needs_a_reason_and_an_earlier_consent(people: People, subject: Subject) -> None:
    again = consent(ago(10), reconsent="true", reconsent_reason="NEW VERSION")
    assert "No earlier consent" in refusal(people.coordinator, subject, "APH", "IC", **again)["reconsent"]
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30)))
    unsaid = again | {"reconsent_reason": "", "action": "complete"}
    assert "Enter a value" in refusal(people.coordinator, subject, "APH", "IC", **unsaid)["reconsent_reason"]
    enter(people.coordinator, subject, "APH", "IC", action="complete", **again)
    subject.refresh_from_db()
    assert subject.consent_date == ago(30), "the first consent stays the anchor"


def test_a_later_consent_is_no_earlier_one(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(5)))
    again = consent(ago(10), reconsent="true", reconsent_reason="OTHER")
    assert "No earlier consent" in refusal(people.coordinator, subject, "APH", "IC", **again)["reconsent"]


# --- procedures before consent


def test_a_procedure_before_consent_is_refused(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30)))
    found = refusal(people.coordinator, subject, "SCR", "VS", **vitals(ago(31)))
    assert "dated before the consent of" in found["assessed_date"]
    enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(30)))


def test_standard_care_before_consent_is_taken_and_no_deviation(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30), earlier_standard_care="true"))
    enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(31)))
    assert not ProtocolDeviation.objects.exists()


def test_a_study_procedure_before_consent_becomes_one_deviation(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30), earlier_standard_care="false"))
    record = enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(31)))
    enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(31)) | {"heart_rate": "73"})
    draft = ProtocolDeviation.objects.get()
    assert (draft.category, draft.affected_visit, draft.affected_form) == ("INFORMED CONSENT", "SCR", "VS")
    assert (draft.how_found, draft.occurred_date, draft.status) == ("AUTOMATIC", ago(31), "STARTED")
    assert draft.reference == f"before-consent:{record.pk}" and draft.severity == ""


def test_a_consent_after_procedures_names_them(people: People, subject: Subject) -> None:
    for sequence in range(1, 7):
        enter(people.coordinator, subject, "SCR", "VS", sequence=sequence, **vitals(ago(40 - sequence)))
    found = refusal(people.coordinator, subject, "SCR", "IC", **consent(ago(30)))["earlier_standard_care"]
    assert "Vital signs (SCR)" in found and "and 2 more" in found
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30), earlier_standard_care="false"))
    assert ProtocolDeviation.objects.count() == 6
    assert list(ProtocolDeviation.objects.values_list("sequence", flat=True).order_by("sequence")) == [1, 2, 3, 4, 5, 6]


def test_the_trial_consent_and_not_the_pre_screening_one_permits_screening(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "PRE", "IC", **consent(ago(40)))
    enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(35)))
    found = refusal(people.coordinator, subject, "SCR", "IC", **consent(ago(30)))
    assert "Vital signs (SCR)" in found["earlier_standard_care"]
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(36)))
    assert "before the consent" in refusal(people.coordinator, subject, "APH", "VS", **vitals(ago(37)))["assessed_date"]


def test_an_archival_specimen_may_be_older_than_the_consent_and_a_fresh_one_not(
    people: People, subject: Subject
) -> None:
    enter(people.coordinator, subject, "PRE", "IC", **consent(ago(30)))
    found = refusal(people.coordinator, subject, "PRE", "CD70", **staining(ago(90), specimen="FRESH"))
    assert "before the consent" in found["collection_date"]
    enter(people.coordinator, subject, "PRE", "CD70", action="complete", **staining(ago(90)))


def test_forms_that_are_not_done_precede_nothing(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(40)))
    with acting(people.coordinator, "test"):
        record.status = "NOT DONE"
        record.save()
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30)))


def test_eligibility_is_not_confirmed_before_the_trial_consent(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "PRE", "IC", **consent(ago(40)))
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(30)))
    confirmed = ELIGIBLE | {"investigator_confirms": "true", "confirmed_date": typed(ago(31))}
    assert "before the consent" in refusal(people.investigator, subject, "SCR", "IE", **confirmed)["confirmed_date"]
    enter(people.investigator, subject, "SCR", "IE", **confirmed | {"confirmed_date": typed(ago(30))})
    subject.refresh_from_db()
    late = refusal(people.coordinator, subject, "SCR", "IC", **consent(ago(29)))
    assert "Eligibility was confirmed on" in late["consent_date"]
    enter(people.coordinator, subject, "SCR", "IC", **consent(ago(32)))


def test_after_eligibility_no_consent_is_looked_up(
    people: People, subject: Subject, django_assert_num_queries: Any
) -> None:
    with acting(people.coordinator, "test"):
        subject.consent_date, subject.eligibility_confirmed_date = ago(30), ago(20)
        subject.save()
    with django_assert_num_queries(0):
        guard_procedure(record=VitalSigns(subject=subject, visit="D1", assessed_date=ago(20)), by=people.coordinator)


# --- what stands beside the form


def panel_of(subject: Subject, **values: Any) -> Any:
    shown = consent_panel(Consent(subject=subject, visit="SCR", **values), [])
    assert shown is not None
    return shown


def test_the_panel_names_the_valid_versions_and_earlier_procedures(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "VS", **vitals(ago(40)))
    good = panel_of(subject, consent_date=ago(41), consent_version="1.1")
    assert (good.grade, good.rows[0].value) == ("✓", "1.1")
    late = panel_of(subject, consent_date=ago(39), consent_version="1.1")
    assert late.grade == "!" and late.rows[1].link.endswith("/SCR/VS/1/")
    old = panel_of(subject, consent_date=date(2023, 1, 1), consent_version="1.0")
    assert (old.grade, old.rows[0].value, old.rows[0].driving) == ("!", "none", True)


def test_who_has_to_consent_again_is_listed(people: People) -> None:
    first, second, third, gone = (add_subject(by=people.coordinator, site=people.site) for _n in range(4))
    old = consent(date(2025, 3, 3), consent_version="1.0")
    kept = enter(people.coordinator, first, "SCR", "IC", **old)
    enter(people.coordinator, second, "SCR", "IC", **old)
    again = consent(ago(10), reconsent="true", reconsent_reason="NEW VERSION")
    enter(people.coordinator, second, "APH", "IC", **again)
    outcome = post(people.coordinator, third, "SCR", "IC", **consent(ago(9)) | {"consent_version": ""})
    assert isinstance(outcome, Saved), "a form may be saved before every item is known"
    enter(people.coordinator, gone, "SCR", "IC", **old)
    gone.off_study_date = ago(1)
    with acting(people.coordinator, "test"):
        gone.save()
    due = reconsent_due([first, second, third, gone], today=today())
    assert [(each.subject, each.consent, each.in_force) for each in due] == [(first, kept, ("1.1",))]
    shown = consent_panel(kept, [])
    assert shown is not None and shown.rows[-1].value == "consent again"


def test_a_monitor_saves_nothing(people: People, subject: Subject) -> None:
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, "SCR", "IC", **consent(ago(30)))
    assert not Consent.objects.exists()


def test_my_work_counts_exactly_who_consents_again(people: People) -> None:
    old, again, current, elsewhere = (
        add_subject(by=person, site=site)
        for person, site in (*[(people.coordinator, people.site)] * 3, (people.elsewhere, people.other_site))
    )
    for subject in (old, again, elsewhere):
        person = people.elsewhere if subject == elsewhere else people.coordinator
        texts = consent(date(2025, 9, 1), consent_version="1.0")
        enter(person, subject, "SCR", "IC", action="complete", **texts)
    enter(people.coordinator, current, "SCR", "IC", action="complete", **consent(ago(10)))
    signed = consent(ago(10), reconsent="true", reconsent_reason="NEW VERSION")
    enter(people.coordinator, again, "APH", "IC", action="complete", **signed)
    client = browser(people.coordinator)
    desk, page = (client.get(address).content.decode() for address in ("/desk/", "/desk/consent-again/"))
    counter = re.search(r'href="/desk/consent-again/".*?class="v">(\d+)<', desk, flags=re.DOTALL)
    assert counter is not None and counter.group(1) == "1"
    assert 'data-total="1"' in page and f"/subjects/{old.identifier}/" in page
    assert "Signed version 1.0; version 1.1 is in force" in page
    assert again.identifier not in page.split("<main")[1] and current.identifier not in page.split("<main")[1]
    assert "/desk/consent-again/" not in browser(people.monitor).get("/desk/").content.decode()
