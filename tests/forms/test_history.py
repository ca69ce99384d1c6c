"""CD70 expression, demography, medical history, prior therapy: what is computed, asked and refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from enrollment import panels
from enrollment.models import Cd70Result, Demographics, MedicalHistory, PriorTherapy, Subject
from enrollment.services import add_subject
from tests.casebook.entering import enter, post
from tests.forms.enrolling import ago, condition, person, refusal, staining, therapy, typed
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.casebook.submission import Refused
from trial_edc.review.models import RuleResult


@pytest.fixture
def subject(people: People) -> Subject:
    """A subject that consented on 5 November 2026, after which nothing in these tests is dated unless it says so."""
    found = add_subject(by=people.coordinator, site=people.site)
    with acting(people.coordinator, "test"):
        found.consent_date = date(2026, 11, 5)
        found.save()
    return found


def doubts(by: Any, subject: Subject, oid: str, /, *, sequence: int = 1, **texts: Any) -> list[str]:
    """Return the soft checks that keep a form from being complete."""
    outcome = post(by, subject, "SCR", oid, sequence=sequence, action="complete", **texts)
    return [check.oid for check in outcome.entry.unconfirmed()] if isinstance(outcome, Refused) else []


# --- CD70


def test_a_complete_result_keeps_its_score(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "PRE", "CD70", action="complete", **staining(ago(90)))
    result = RuleResult.objects.get(root=record.pk, rule="h-score")
    assert (record.status, result.output, result.subject_id) == ("COMPLETE", {"h_score": 210}, subject.pk)
    reason = {"reason_code": "SOURCE"}
    enter(people.coordinator, subject, "PRE", "CD70", **staining(ago(90), percent_3plus="", **reason))
    assert not RuleResult.objects.filter(root=record.pk).exists(), "no score without all three shares"


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"percent_3plus": "66"}, "percent_3plus", "exceed 100 %"),
        ({"percent_1plus": "-1"}, "percent_1plus", "from 0 to 100"),
        ({"percent_1plus": "101"}, "percent_1plus", "from 0 to 100"),
        ({"percent_2plus": "many"}, "percent_2plus", "Enter a number"),
        ({"method": "BLOT"}, "method", "not one of the available choices"),
    ],
)
def test_an_impossible_result_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "PRE", "CD70", **staining(ago(90), **texts))[item]


def test_no_staining_is_a_result(people: People, subject: Subject) -> None:
    none = {"percent_1plus": "0", "percent_2plus": "0", "percent_3plus": "0"}
    record = enter(people.coordinator, subject, "PRE", "CD70", action="complete", **staining(ago(90), **none))
    shown = panels.cd70(record, [])
    assert shown is not None and (shown.grade, shown.rows[0].value, shown.rows[0].driving) == (
        0, "negative: not eligible", True,
    )  # fmt: skip


@pytest.mark.parametrize(("shares", "word"), [((10, 0, 0), "positive"), ((9, 0, 0), "negative: not eligible")])
def test_the_threshold_of_the_protocol_stands_beside_the_score(shares: tuple[int, int, int], word: str) -> None:
    one, two, three = shares
    shown = panels.cd70(Cd70Result(percent_1plus=one, percent_2plus=two, percent_3plus=three), [])
    assert shown is not None and shown.rows[0].value == word and "10 %" in shown.rows[0].detail


@pytest.mark.parametrize("shares", [(None, 0, 0), (60, 60, 0)])
def test_no_score_while_the_shares_cannot_be(shares: tuple[Any, int, int]) -> None:
    one, two, three = shares
    assert panels.cd70(Cd70Result(percent_1plus=one, percent_2plus=two, percent_3plus=three), []) is None


# --- demography


def test_a_complete_demography(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "DM", action="complete", **person())
    assert (record.status, record.metastatic_sites) == ("COMPLETE", ["LUNG"])


@pytest.mark.parametrize(("age", "fits"), [("56", False), ("57", True), ("58", True), ("59", False)])
def test_the_age_must_fit_the_year_of_birth(people: People, subject: Subject, age: str, fits: bool) -> None:
    assert ("DM-001" in doubts(people.coordinator, subject, "DM", **person(age_years=age))) is not fits
    shown = panels.demographics(Demographics(subject=subject, birth_year=1968, age_years=int(age)), [])
    assert shown is not None and (shown.title, shown.grade) == ("Age at consent 57 or 58", "✓" if fits else "!")


def test_a_birth_after_the_consent_is_refused(people: People, subject: Subject) -> None:
    assert (
        "after the consent"
        in refusal(people.coordinator, subject, "SCR", "DM", **person(birth_year="2027"))["birth_year"]
    )
    assert panels.demographics(Demographics(subject=subject, birth_year=2027), []) is None


def test_before_consent_no_age_is_expected(people: People) -> None:
    found = add_subject(by=people.coordinator, site=people.site)
    assert doubts(people.coordinator, found, "DM", **person(age_years="30")) == []
    assert panels.demographics(Demographics(subject=found, birth_year=1968), []) is None


def test_the_items_that_depend_on_tumour_and_stage(people: People, subject: Subject) -> None:
    other = person(tumour_type="OTHER")
    assert "tumour_specify" in refusal(people.coordinator, subject, "SCR", "DM", action="complete", **other)
    said = refusal(people.coordinator, subject, "SCR", "DM", **person(tumour_specify="Thymoma"))
    assert "does not apply" in said["tumour_specify"]
    local = refusal(people.coordinator, subject, "SCR", "DM", **person(stage="III"))
    assert "does not apply" in local["metastatic_sites"]
    enter(people.coordinator, subject, "SCR", "DM", action="complete", **other | {"tumour_specify": "Thymoma"})


# --- medical history


def test_conditions_are_records_of_their_own(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "MH", action="complete", **condition())
    over = condition(term="Appendicitis", onset_date="1998-07", ongoing="false", end_date="1998-07", grade="")
    record = enter(people.coordinator, subject, "SCR", "MH", sequence=0, action="complete", **over)
    assert (record.sequence, record.onset_date, record.ongoing, record.grade) == (2, "1998-07", False, None)


def test_no_condition_is_an_answer_and_stands_alone(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "MH", action="complete", has_condition="false")
    assert (record.status, record.has_condition) == ("COMPLETE", False)
    more = refusal(people.coordinator, subject, "SCR", "MH", sequence=2, **condition())
    assert "says that there is none" in more["has_condition"]
    enter(people.coordinator, subject, "SCR", "MH", reason_code="SOURCE", **condition())
    none = refusal(people.coordinator, subject, "SCR", "MH", sequence=2, has_condition="false")
    assert "something to record" in none["has_condition"]


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"onset_date": "2020", "ongoing": "false", "grade": "", "end_date": "2019"}, "end_date", "before the onset"),
        ({"onset_date": "31-Feb-2020"}, "onset_date", "February 2020 has 29 days."),
        ({"onset_date": "2099"}, "onset_date", "in the future"),
        ({"grade": "5"}, "grade", "not one of the available choices"),
        ({"end_date": "2020"}, "end_date", "does not apply"),
        ({"ongoing": "false"}, "grade", "does not apply"),
        ({"has_condition": "false"}, "term", "does not apply"),
    ],
)
def test_an_impossible_history_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "SCR", "MH", **condition(**texts))[item]
    assert not MedicalHistory.objects.exists()


@pytest.mark.parametrize(("onset", "doubtful"), [("2026-11-05", False), ("2026-11", False), ("2026-11-06", True)])
def test_what_began_after_consent_is_asked(people: People, subject: Subject, onset: str, doubtful: bool) -> None:
    assert ("MH-002" in doubts(people.coordinator, subject, "MH", **condition(onset_date=onset))) is doubtful


def test_an_ongoing_condition_needs_its_grade(people: People, subject: Subject) -> None:
    assert "grade" in refusal(people.coordinator, subject, "SCR", "MH", action="complete", **condition(grade=""))


# --- prior therapy


def test_a_complete_therapy(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "PT", action="complete", **therapy())
    assert (record.status, record.stop_date, record.line_number) == ("COMPLETE", "2025-06-10", 1)
    surgery = therapy(therapy_type="SURGERY", line_number="", regimen="Nephrectomy", best_response="NOT APPLICABLE")
    enter(people.coordinator, subject, "SCR", "PT", sequence=0, action="complete", **surgery)


def test_no_therapy_is_an_answer(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "PT", action="complete", had_therapy="false")
    more = refusal(people.coordinator, subject, "SCR", "PT", sequence=2, **therapy())
    assert "says that there is none" in more["had_therapy"]


@pytest.mark.parametrize(
    ("texts", "item", "sentence"),
    [
        ({"stop_date": "2024-12"}, "stop_date", "before the start"),
        ({"start_date": "2099", "stop_date": "2099"}, "start_date", "in the future"),
        ({"line_number": "0"}, "line_number", "from 1 to 20"),
        ({"line_number": "first"}, "line_number", "Enter a number"),
        ({"therapy_type": "RADIOTHERAPY"}, "line_number", "does not apply"),
        ({"ongoing": "true"}, "stop_date", "does not apply"),
        ({"therapy_specify": "Ablation"}, "therapy_specify", "does not apply"),
        ({"best_response": "GOOD"}, "best_response", "not one of the available choices"),
    ],
)
def test_an_impossible_therapy_is_refused(
    people: People, subject: Subject, texts: dict[str, Any], item: str, sentence: str
) -> None:
    assert sentence in refusal(people.coordinator, subject, "SCR", "PT", **therapy(**texts))[item]
    assert not PriorTherapy.objects.exists()


def test_lines_are_counted_against_demography(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "SCR", "DM", action="complete", **person(prior_lines="1"))
    assert doubts(people.coordinator, subject, "PT", **therapy(line_number="2")) == ["PT-002"]
    enter(people.coordinator, subject, "SCR", "PT", **therapy())
    assert doubts(people.coordinator, subject, "PT", sequence=2, **therapy()) == []
    changed = person(prior_lines="2", reason_code="SOURCE")
    assert doubts(people.coordinator, subject, "DM", **changed) == ["DM-003"]
    shown = panels.demographics(Demographics(subject=subject, birth_year=1968, age_years=58, prior_lines=2), [])
    assert shown is not None and (shown.rows[1].value, shown.rows[1].driving, shown.grade) == (1, True, "!")
    enter(people.coordinator, subject, "SCR", "DM", action="complete", **changed | {"prior_lines": "1"})


# --- wash-out


def wash_out(subject: Subject, **values: Any) -> Any:
    given: dict[str, Any] = {"therapy_type": "SYSTEMIC THERAPY", "regimen": "Sunitinib", "stop_date": "2026-10-30"}
    return panels.prior_therapy(PriorTherapy(subject=subject, visit="SCR", **given | values), [])


def test_the_panel_names_the_earliest_days(people: People, subject: Subject) -> None:
    operation = therapy(therapy_type="SURGERY", line_number="", stop_date="2026-10-20", start_date="2026-10-20")
    enter(people.coordinator, subject, "SCR", "PT", **operation)
    shown = wash_out(subject)
    assert [row.value for row in shown.rows[:2]] == ["13-Nov-2026", "17-Nov-2026"]
    assert "Sunitinib" in shown.because and shown.grade == "✓"


def test_of_a_partial_stop_the_last_possible_day_counts(people: People, subject: Subject) -> None:
    assert wash_out(subject, stop_date="2026-10").rows[0].value == "14-Nov-2026"


def test_no_day_is_named_while_a_therapy_goes_on(people: People, subject: Subject) -> None:
    shown = wash_out(subject, stop_date="", ongoing=True, regimen="")
    assert (shown.grade, shown.rows[0].value) == (None, "not known yet") and "Systemic therapy" in shown.because


def test_without_therapy_any_day_will_do(people: People, subject: Subject) -> None:
    assert wash_out(subject, therapy_type="", had_therapy=False).rows[0].value == "any day"


def test_lymphodepletion_within_the_wash_out_is_marked(people: People, subject: Subject) -> None:
    subject.lymphodepletion_date = date(2026, 11, 12)
    shown = wash_out(subject)
    assert shown.grade == "!" and (shown.rows[-1].value, shown.rows[-1].driving) == ("12-Nov-2026", True)
    subject.lymphodepletion_date += timedelta(days=1)
    assert wash_out(subject).grade == "✓"


def test_the_panel_replaces_the_saved_version_by_what_is_typed(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "SCR", "PT", **therapy(stop_date=typed(date(2026, 11, 1))))
    record.stop_date = "2026-10-30"
    assert panels.prior_therapy(record, []).rows[0].value == "13-Nov-2026"
