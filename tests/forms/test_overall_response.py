"""The response: the investigator's beside the computed one, both kept, a difference asked about."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from efficacy.models import ResponseAssessment, TargetLesion
from efficacy.panels import SHORT
from efficacy.responses import course_of
from efficacy.rules.observations import LesionStatus, NewLesionStatus, NonTargetStatus, SinceLast
from efficacy.selectors import lesion_history
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.forms.test_non_target_and_new_lesions import BONE, NEW_IN_BONE, NEW_IN_LIVER, new, states
from tests.forms.tumour import (
    ASCITES,
    LIVER,
    again,
    day,
    done,
    doubts,
    enter_baseline,
    found,
    infused_subject,
    measured,
    sentences,
    tables,
    text,
)
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import hooks
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Saved
from trial_edc.crf.models import FormStatus
from trial_edc.review.models import Query, RuleResult

BESIDE: dict[str, Any] = {"tumour_marker": "NOT APPLICABLE", "new_symptom": "false", "clinically_stable": "true"}
PARTIAL: dict[str, Any] = {
    "target_response": "PR", "non_target_response": "NON-CR/NON-PD", "overall_response": "PR", "immune_response": "iPR",
    "rationale": "smaller throughout",
}  # fmt: skip


@pytest.fixture
def subject(people: People) -> Subject:
    return infused_subject(people)


@pytest.fixture
def baseline(people: People, subject: Subject) -> Any:
    enter(people.coordinator, subject, "SCR", "NTL", **done(-20), **tables("NTL", "SCR", NTLB=[ASCITES, BONE]))
    return enter_baseline(people, subject)


def targets(people: People, subject: Subject, visit: str, on: int, *rows: dict[str, Any]) -> Any:
    texts = done(on) | tables("TL", visit, TLM=rows) | {"confirm-TL-011": "1", "confirm-TL-015": "1"}
    return enter(people.coordinator, subject, visit, "TL", action="complete", **texts)


def the_rest(
    people: People, subject: Subject, visit: str, on: int, first: Any = (), later: Any = (), version: str = "0"
) -> None:
    """Enter unchanged non-target lesions and the new ones, complete."""
    rows = [{"code": code, "state": "present", "since_last": "no_change"} for code in ("NT01", "NT02")]
    enter(people.coordinator, subject, visit, "NTL", action="complete", **states(rows, on, visit))
    texts = new(first, later, on, visit)
    enter(people.coordinator, subject, visit, "NL", action="complete", version=version, **texts)


def judge(people: People, subject: Subject, visit: str, on: int, **judged: str) -> Any:
    head = {"assessment_done": "true", "assessment_date": text(on)} | BESIDE
    return enter(people.investigator, subject, visit, "RESP", action="complete", **head, **judged)


def results(subject: Subject, rule: str) -> Any:
    return RuleResult.objects.get(root=subject.pk, rule=rule)


@pytest.fixture
def partial(people: People, subject: Subject, baseline: Any) -> Any:
    """A partial response at Day 28: 60 mm became 36 mm."""
    targets(people, subject, "D28", 28, measured("T01", "24"), measured("T02", "12"))
    the_rest(people, subject, "D28", 28)
    return judge(people, subject, "D28", 28, **PARTIAL)


def test_the_judgement_is_the_investigators(people: People, subject: Subject, partial: Any) -> None:
    assert partial.status == FormStatus.COMPLETE
    assert (partial.overall_response, partial.immune_response) == ("PR", "iPR")
    head = {"assessment_done": "true", "assessment_date": text(90)} | BESIDE
    record = enter(people.coordinator, subject, "M3", "RESP", **head)
    assert record.clinically_stable is True
    with pytest.raises(PermissionDenied, match="Only a delegated physician may enter"):
        post(people.coordinator, subject, "M3", "RESP", **head, overall_response="CR")
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, "M3", "RESP", **head)


def test_the_computed_response_is_kept_and_agrees(subject: Subject, partial: Any) -> None:
    kept = results(subject, "recist-sequence").output
    assert [(point["visit"], point["target"], point["overall"], point["sum_mm"]) for point in kept["points"]] == [
        ("D28", "PR", "PR", "36.0")
    ]
    assert kept["first_pd_date"] is None
    immune = results(subject, "irecist-sequence").output
    assert [point["response"] for point in immune["points"]] == ["iPR"]
    assert not Query.objects.exists()


def test_what_nobody_judged_is_not_even_stored(people: People, subject: Subject, partial: Any) -> None:
    targets(people, subject, "M3", 90, measured("T01", "40"), measured("T02", "20"))
    the_rest(people, subject, "M3", 90)
    kept = [results(subject, rule) for rule in ("recist-sequence", "irecist-sequence")]
    assert [point["overall"] for point in kept[0].output["points"]] == ["PR", None]
    assert [point["sum_mm"] for point in kept[0].output["points"]] == ["36.0", "60.0"]
    assert (kept[0].output["first_pd_date"], kept[1].output["pending_since"]) == (None, None)
    trail = ItemChange.objects.filter(record__in=[result.pk for result in kept]).exclude(field="inputs")
    assert not [change for change in trail if '"PD"' in str(change.new) or "UPD" in str(change.new)]
    judge(people, subject, "M3", 90, **PARTIAL | {"overall_response": "PD", "target_response": "PD",
                                                  "immune_response": "iUPD", "confirm-RESP-004": "1"})  # fmt: skip
    assert [point["overall"] for point in results(subject, "recist-sequence").output["points"]] == ["PR", "PD"]
    immune = results(subject, "irecist-sequence")
    assert immune.output["pending_since"] == day(90).isoformat() and "iUPD" in immune.because


def test_a_difference_is_asked_about_once(people: People, subject: Subject, baseline: Any) -> None:
    judge(people, subject, "D28", 28, **PARTIAL | {"overall_response": "SD", "immune_response": "iSD"})
    targets(people, subject, "D28", 28, measured("T01", "24"), measured("T02", "12"))
    assert not Query.objects.exists(), "the forms of the visit are not all there yet"
    enter(people.coordinator, subject, "D28", "NL", **new())
    assert not Query.objects.exists(), "the new lesions are still in progress"
    the_rest(people, subject, "D28", 28, version="1")
    asked = {query.field: query.messages.get().text for query in Query.objects.all()}
    assert asked.keys() == {"overall_response", "immune_response"}
    assert asked["overall_response"].startswith("SD ≠ PR: investigator and rule differ. Both are kept.")
    record = ResponseAssessment.objects.get()
    assert (record.overall_response, Query.objects.first().opened_by.full_name) == ("SD", "System")  # type: ignore[union-attr]
    judge(people, subject, "D28", 28, version="1", reason_code="SOURCE", **PARTIAL | {"overall_response": "SD"})
    assert Query.objects.filter(field="overall_response").count() == 1


def test_an_edit_of_an_old_visit_changes_later_responses_and_the_trail_shows_it(
    people: People, subject: Subject, partial: Any, shown_at_once: None
) -> None:
    targets(people, subject, "M3", 90, measured("T01", "26"), measured("T02", "12"))
    the_rest(people, subject, "M3", 90)
    assert [point["overall"] for point in results(subject, "recist-sequence").output["points"]] == ["PR", "PR"]
    at_day_28 = open_entry(Place(subject, "D28", "TL"), people.coordinator, record=None).place.find()
    texts = done(28) | again(at_day_28, TLM={0: {"mm": "14"}}) | {"reason_code": "SOURCE", "confirm-TL-011": "1"}
    enter(people.coordinator, subject, "D28", "TL", version="1", **texts)
    kept = results(subject, "recist-sequence")
    assert [point["overall"] for point in kept.output["points"]] == ["PR", "PD"], "38 mm over a nadir of 26"
    assert kept.output["first_pd_date"] == day(90).isoformat()
    changes = ItemChange.objects.filter(record=kept.pk, field="output")
    assert changes.count() > 1


def test_new_lesions_make_progression_and_iupd(
    people: People, subject: Subject, partial: Any, shown_at_once: None
) -> None:
    targets(people, subject, "M3", 90, measured("T01", "24"), measured("T02", "12"))
    the_rest(people, subject, "M3", 90, [NEW_IN_LIVER])
    assert [point["overall"] for point in results(subject, "recist-sequence").output["points"]] == ["PR", "PD"]
    later = [{"code": "NEW01", "state": "increased", "mm": "18"}]
    targets(people, subject, "M6", 180, measured("T01", "24"), measured("T02", "12"))
    the_rest(people, subject, "M6", 180, (), later)
    immune = results(subject, "irecist-sequence").output
    assert [point["response"] for point in immune["points"]] == ["iPR", "iUPD", "iCPD"]
    assert (immune["confirmed_progression"], immune["progression_date"]) == (True, day(90).isoformat())
    targets(people, subject, "UNS", 190, measured("T01", "24"), measured("T02", "12"))
    the_rest(people, subject, "UNS", 190, (), later)
    judged = PARTIAL | {"overall_response": "PD", "immune_response": "iCPD", "confirm-RESP-005": "1"}
    judge(people, subject, "UNS", 190, **judged)
    assert not Query.objects.exists(), "after iCPD the rule says nothing to differ from"
    head = {"assessment_done": "true", "assessment_date": text(190)} | BESIDE
    _recist, panel = panel_of(people, subject, "UNS", "RESP", **head)
    assert (panel.title, panel.grade) == ("After iCPD nothing is derived", None)


def test_an_equivocal_lesion_counts_from_its_first_sight_once_it_is_certain(
    people: People, subject: Subject, partial: Any, shown_at_once: None
) -> None:
    targets(people, subject, "M3", 90, measured("T01", "24"), measured("T02", "12"))
    the_rest(people, subject, "M3", 90, [NEW_IN_BONE])
    assert [point["overall"] for point in results(subject, "recist-sequence").output["points"]] == ["PR", "PR"]
    targets(people, subject, "M6", 180, measured("T01", "24"), measured("T02", "12"))
    the_rest(people, subject, "M6", 180, (), [{"code": "NEW01", "state": "new"}])
    assert [point["overall"] for point in results(subject, "recist-sequence").output["points"]] == ["PR", "PD", "PD"]


def panel_of(people: People, subject: Subject, visit: str, oid: str, **texts: str) -> list[Any]:
    entry = open_entry(Place(subject, visit, oid), people.investigator, record=None, typed=_Typed(texts))
    entry.is_valid()
    return hooks.panels(entry.record, entry.all_rows())


@pytest.fixture
def shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study shows computed responses before the investigator judged, as its parameter allows."""
    monkeypatch.setattr("efficacy.blinding.boolean", lambda _key: False)


class _Typed(dict[str, Any]):
    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


def test_the_panel_computes_what_is_typed(people: People, subject: Subject, baseline: Any, shown_at_once: None) -> None:
    typed = done(28) | tables("TL", "D28", TLM=[measured("T01", "18", method="MRI"), measured("T02", "12")])
    (panel,) = panel_of(people, subject, "D28", "TL", **typed)
    assert (panel.title, panel.grade) == ("Target response PR", "PR")
    shown = [(str(row.label), row.value, row.detail, row.driving) for row in panel.rows]
    assert shown == [
        ("Sum", "30 mm", "", False),
        ("Baseline", "60 mm", "-50.0 %", False),
        ("Nadir", "60 mm", "-50.0 %", False),
        ("T01", "18 mm", "before 40 mm · CT at baseline", True),
        ("T02", "12 mm", "before 20 mm", False),
    ]


def test_the_panel_of_the_baseline_names_what_is_wrong(people: People, subject: Subject) -> None:
    typed = done(-20) | tables("TL", "SCR", TLB=[LIVER, LIVER | {"long_mm": "9", "short_mm": ""}])
    (panel,) = panel_of(people, subject, "SCR", "TL", **typed)
    assert panel.title == "Baseline sum 49 mm"
    assert [(row.label, row.value, row.driving) for row in panel.rows] == [("#1", "40 mm", False), ("#2", "9 mm", True)]
    assert panel_of(people, subject, "SCR", "TL", **done(-20), **tables("TL", "SCR")) == []


def test_panels_say_why_nothing_is_computed(people: People, subject: Subject) -> None:
    (panel,) = panel_of(people, subject, "D28", "TL", **done(28), **tables("TL", "D28"))
    assert (panel.grade, panel.because) == (None, "There is no baseline to compare with.")
    enter_baseline(people, subject)
    undated = {"imaging_done": "true"} | tables("TL", "D28", TLM=[found("T01", "absent"), {"code": "T02"}])
    (panel,) = panel_of(people, subject, "D28", "TL", **undated)
    assert panel.because == "Enter the date of the scan."
    assert [(row.label, row.value, row.detail) for row in panel.rows] == [
        ("T01", "Absent", "before 40 mm"),
        ("T02", "–", "before 20 mm"),
    ]
    head = {"assessment_done": "true"} | BESIDE
    (panel,) = panel_of(people, subject, "D28", "RESP", **head)
    assert panel.title == "Response open"


def test_the_panel_of_non_target_lesions(people: People, subject: Subject, baseline: Any, shown_at_once: None) -> None:
    rows = [{"code": "NT01", "state": "absent"}, {"code": "NT02", "state": "absent"}]
    (panel,) = panel_of(people, subject, "D28", "NTL", **states(rows))
    assert (panel.title, panel.grade) == ("Non-target response CR", "CR")
    rows = [{"code": "NT01", "state": "present", "since_last": "increased"}, {"code": "NT02", "state": "absent"}]
    (panel,) = panel_of(people, subject, "D28", "NTL", **states(rows))
    assert (panel.title, panel.grade) == ("Non-target response NON-CR/NON-PD", SHORT["NON-CR/NON-PD"])
    assert panel_of(people, subject, "SCR", "NTL", **done(-20), **tables("NTL", "SCR")) == []


def test_the_panel_of_the_response_marks_a_difference(
    people: People, subject: Subject, baseline: Any, shown_at_once: None
) -> None:
    targets(people, subject, "D28", 28, measured("T01", "24"), measured("T02", "12"))
    head = {"assessment_done": "true", "assessment_date": text(28)} | BESIDE
    recist, immune = panel_of(people, subject, "D28", "RESP", **head, **PARTIAL | {"overall_response": "SD"})
    assert (recist.title, recist.grade) == ("Overall PR", "PR")
    assert "Whether there are new lesions is not entered yet." in recist.because
    by_label = {str(row.label): row for row in recist.rows}
    assert by_label["Overall"].driving and by_label["Overall"].detail == "investigator: SD"
    assert not by_label["Target lesions"].driving
    assert (immune.title, immune.rows[0].driving) == ("Overall iPR", False)
    elevated = head | {"tumour_marker": "ELEVATED"}
    recist, _immune = panel_of(people, subject, "D28", "RESP", **elevated)
    assert recist.grade == "PR"


ASKED: list[tuple[str, int, dict[str, Any], set[str]]] = [
    ("nothing to say", 28, PARTIAL, set()),
    ("no scan that day", 29, PARTIAL, {"RESP-002"}),
    ("better than a part in progression", 28, PARTIAL | {"target_response": "PD"}, {"RESP-003"}),
    ("complete with a part that is not", 28, PARTIAL | {"overall_response": "CR"}, {"RESP-003"}),
    ("complete in every part", 28,
     PARTIAL | {"overall_response": "CR", "target_response": "CR", "non_target_response": "NA"}, set()),
    ("no overall response", 28, PARTIAL | {"overall_response": ""}, {"RESP-008"}),
    ("no response by iRECIST", 28, PARTIAL | {"immune_response": ""}, {"RESP-008"}),
    ("progression and immune response", 28, PARTIAL | {"overall_response": "PD"}, {"RESP-004"}),
    ("confirmed without a first", 28, PARTIAL | {"immune_response": "iCPD"}, {"RESP-005"}),
    ("outside the window", 27, PARTIAL, {"RESP-006", "RESP-002"}),
]  # fmt: skip


@pytest.mark.parametrize(("on", "judged", "expected"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_what_a_response_is_asked(
    people: People, subject: Subject, baseline: Any, on: int, judged: dict[str, Any], expected: set[str]
) -> None:
    targets(people, subject, "D28", 28, measured("T01", "24"), measured("T02", "12"))
    head = {"assessment_done": "true", "assessment_date": text(on)} | BESIDE
    people.coordinator = people.investigator
    assert doubts(people, subject, "D28", "RESP", **head, **judged) == expected


def test_confirmed_progression_after_an_unconfirmed_one(people: People, subject: Subject, partial: Any) -> None:
    judge(people, subject, "M3", 90, **PARTIAL | {"overall_response": "PD", "immune_response": "iUPD"})
    people.coordinator = people.investigator
    head = {"assessment_done": "true", "assessment_date": text(180)} | BESIDE
    judged = PARTIAL | {"overall_response": "PD", "target_response": "PD", "immune_response": "iCPD"}
    assert doubts(people, subject, "M6", "RESP", **head, **judged) == set()
    earlier = head | {"assessment_date": text(89)}
    assert {"RESP-005", "RESP-007"} <= doubts(people, subject, "M6", "RESP", **earlier, **judged)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("tomorrow", {"assessment_date": text(201)}, "is in the future."),
    ("after the death", {"assessment_date": text(121)}, "is after the death"),
    ("the day of another visit", {"assessment_date": text(28)}, "The assessment of D28 has this date already."),
    ("confirmation before", {"confirmation_planned": "true", "confirmation_date": text(90)}, "is planned before this"),
    ("confirmation although none", {"confirmation_planned": "false", "confirmation_date": text(120)}, "does not apply"),
    ("not done, with answers", {"assessment_done": "false"}, "This does not apply with the answer to"),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_a_response_refuses(
    people: People, subject: Subject, partial: Any, change: dict[str, Any], sentence: str
) -> None:
    with acting(people.coordinator):
        subject.death_date = day(120)
        subject.save()
    texts = {"assessment_done": "true", "assessment_date": text(90)} | BESIDE | change
    outcome = post(people.investigator, subject, "M3", "RESP", **texts)
    assert any(sentence in line for line in sentences(outcome)), sentences(outcome)
    assert ResponseAssessment.objects.count() == 1


def test_a_response_that_was_not_assessed(people: People, subject: Subject, baseline: Any) -> None:
    undone = {"assessment_done": "false", "not_done_reason": "scan not made"}
    record = enter(people.coordinator, subject, "D28", "RESP", action="complete", **undone)
    assert record.status == FormStatus.COMPLETE
    history = lesion_history(subject)
    assert (history.assessments, history.undated) == ((), ("D28",))
    enter(people.coordinator, subject, "D28", "NL", **new())
    (assessment,) = lesion_history(subject).assessments
    assert assessment.time_point.findings is None and assessment.new_lesions_assessed


def test_the_history_reads_every_finding(people: People, subject: Subject, baseline: Any) -> None:
    rows = [found("T01", "split", fragments_mm="12, 8.5"), found("T02", "not_evaluable", reason="artefact")]
    enter(people.coordinator, subject, "D28", "TL", **done(28), **tables("TL", "D28", TLM=rows))
    findings = [{"code": "NT01", "state": "present", "since_last": "increased"}, {"code": "NT02"}]
    enter(people.coordinator, subject, "D28", "NTL", **states(findings, 29))
    enter(
        people.coordinator, subject, "D28", "NL", **new([NEW_IN_LIVER, NEW_IN_LIVER | {"mm": ""}, NEW_IN_BONE], (), 30)
    )
    history = lesion_history(subject)
    assert history.baseline is not None and history.baseline_date == day(-20)
    assert [(each.lesion_id, each.mm, each.nodal) for each in history.baseline.targets] == [
        ("T01", Decimal("40.0"), False),
        ("T02", Decimal("20.0"), True),
    ]
    assert history.baseline.non_targets == ("NT01", "NT02")
    (assessment,) = history.assessments
    assert (assessment.visit, assessment.time_point.date, assessment.judgement) == ("D28", day(28), None)
    seen = assessment.time_point.findings
    assert seen is not None
    assert (seen.targets["T01"].status, seen.targets["T01"].fragments_mm) == (
        LesionStatus.SPLIT,
        (Decimal(12), Decimal("8.5")),
    )
    assert seen.targets["T02"].status is LesionStatus.NOT_EVALUABLE
    assert {code: (each.status, each.since_last) for code, each in seen.non_targets.items()} == {
        "NT01": (NonTargetStatus.PRESENT, SinceLast.INCREASED)
    }
    first, second, third = (seen.new_lesions[code] for code in ("NEW01", "NEW02", "NEW03"))
    assert (first.status, first.measured and first.measured.mm) == (NewLesionStatus.NEW, Decimal("12.0"))
    assert second.measured is not None and second.measured.status is LesionStatus.MISSING
    assert (third.status, third.measured) == (NewLesionStatus.EQUIVOCAL, None)


def test_a_history_as_of_a_moment_does_not_change(people: People, subject: Subject, partial: Any) -> None:
    then = timezone.now()
    targets(people, subject, "M3", 90, measured("T01", "60"), measured("T02", "12"))
    before, now = lesion_history(subject, as_of=then), lesion_history(subject)
    assert [each.visit for each in before.assessments] == ["D28"]
    assert [each.visit for each in now.assessments] == ["D28", "M3"]
    assert before.assessments[0] == now.assessments[0]
    assert before.assessments[0].judgement is not None and before.assessments[0].judgement.overall == "PR"
    nothing = lesion_history(subject, as_of=then - timedelta(days=1))
    assert (nothing.baseline, nothing.assessments) == (None, ())


def test_a_lesion_without_diameter_leaves_no_baseline_to_compute_from(people: People, subject: Subject) -> None:
    rows = [LIVER, LIVER | {"long_mm": "", "short_mm": ""}]
    enter(people.coordinator, subject, "SCR", "TL", **done(-20), **tables("TL", "SCR", TLB=rows))
    history = lesion_history(subject)
    assert (history.baseline, history.problem) == (None, "T02 not measured at baseline.")
    assert course_of(history).problem == "T02 not measured at baseline."
    typed = done(28) | tables("TL", "D28", TLM=[measured("T02", "12")])
    (panel,) = panel_of(people, subject, "D28", "TL", **typed)
    assert [(row.label, row.value, row.detail) for row in panel.rows] == [("T02", "12 mm", "before –")]


def test_one_code_twice_in_an_imported_baseline_is_said_not_raised(
    people: People, subject: Subject, baseline: Any
) -> None:
    with acting(people.coordinator, source="import"):
        TargetLesion.objects.create(record=baseline, subject=subject, code="T01", long_mm=12, nodal=False)
    history = lesion_history(subject)
    assert history.baseline is None and "is the id of two lesions" in history.problem


def test_the_panel_reads_what_the_form_would_refuse(
    people: People, subject: Subject, baseline: Any, shown_at_once: None
) -> None:
    """While a row is being typed its finding may lack its number, or name a lesion nobody knows."""
    rows = [measured("T01", ""), measured("T02", "12"), measured("T07", "12")]
    (panel,) = panel_of(people, subject, "D28", "TL", **done(28), **tables("TL", "D28", TLM=rows))
    assert (panel.title, panel.grade) == ("Target response NE", "NE")
    assert [row.label for row in panel.rows][3:] == ["T01", "T02"]


def test_findings_that_contradict_each_other_are_said_not_raised(
    people: People, subject: Subject, baseline: Any
) -> None:
    merged = [found("T01", "merged", merged_into="T02"), measured("T02", "50")]
    outcome = post(people.coordinator, subject, "D28", "TL", **done(28), **tables("TL", "D28", TLM=merged))
    assert isinstance(outcome, Saved)
    rows = [LIVER | {"code": "T01", "long_mm": "50"}]
    enter(people.coordinator, subject, "BL", "TL", **done(-8), **tables("TL", "BL", TLB=rows))
    course = course_of(lesion_history(subject))
    assert course.problem.startswith("The findings contradict each other:") and course.at("D28") is None
