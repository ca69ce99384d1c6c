"""Target lesions: identified once, measured at every later visit, compared with what came before."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from efficacy.models import TargetLesion, TargetLesions, TargetMeasurement
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.forms.tumour import (
    LIVER,
    NODE,
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
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.page import build_page
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf.models import FormStatus

NOW = [measured("T01", "30"), measured("T02", "15")]


@pytest.fixture
def subject(people: People) -> Subject:
    return infused_subject(people)


@pytest.fixture
def baseline(people: People, subject: Subject) -> TargetLesions:
    record: TargetLesions = enter_baseline(people, subject)
    return record


def follow_up(rows: Any, on: int = 28, visit: str = "D28", **head: str) -> dict[str, Any]:
    return done(on, **head) | tables("TL", visit, TLM=rows)


def remove(number: int) -> dict[str, Any]:
    """Return the tick that removes a row of the baseline."""
    return {f"TLB-{number}-DELETE": "on"}


def lesions(record: Any) -> list[tuple[str, str]]:
    return [(row.code, row.organ) for row in TargetLesion.objects.filter(record=record).order_by("position")]


def test_a_complete_baseline_gives_codes_by_position(baseline: TargetLesions) -> None:
    assert baseline.status == FormStatus.COMPLETE
    assert lesions(baseline) == [("T01", "LIVER"), ("T02", "LYMPH NODE")]
    first = TargetLesion.objects.get(code="T01")
    assert (str(first.long_mm), first.nodal, first.prior_local_therapy) == ("40.0", False, False)


def test_a_code_is_never_given_again(people: People, subject: Subject, baseline: TargetLesions) -> None:
    texts = done(-20) | again(baseline) | {"TLB-1-DELETE": "on", "reason_code": "SOURCE"}
    enter(people.coordinator, subject, "SCR", "TL", **texts)
    baseline.refresh_from_db()
    texts = done(-20) | again(baseline) | {"TLB-TOTAL_FORMS": "2", "reason_code": "SOURCE"}
    texts |= {f"TLB-1-{name}": value for name, value in NODE.items()}
    enter(people.coordinator, subject, "SCR", "TL", **texts)
    assert lesions(baseline) == [("T01", "LIVER"), ("T03", "LYMPH NODE")]


def test_the_code_of_a_saved_lesion_cannot_be_sent(people: People, subject: Subject, baseline: TargetLesions) -> None:
    texts = done(-20) | again(baseline, TLB={0: {"code": "T02"}, 1: {"code": "T01"}}) | {"reason_code": "SOURCE"}
    enter(people.coordinator, subject, "SCR", "TL", **texts)
    assert lesions(baseline) == [("T01", "LIVER"), ("T02", "LYMPH NODE")]


@pytest.mark.parametrize("code", ["T07", "T01", "x"])
def test_a_new_row_cannot_take_a_code(people: People, subject: Subject, baseline: TargetLesions, code: str) -> None:
    texts = done(-20) | again(baseline) | {"TLB-TOTAL_FORMS": "3", "reason_code": "SOURCE", "TLB-2-code": code}
    texts |= {f"TLB-2-{name}": value for name, value in LIVER.items()}
    outcome = post(people.coordinator, subject, "SCR", "TL", **texts)
    expected = "A row is about a lesion that the baseline does not have, or about one lesion twice."
    assert expected in sentences(outcome)
    assert len(lesions(baseline)) == 2


BASELINE_ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("a node in the liver", {"nodal": "true"}, "A node is in the organ lymph node, and only a node is."),
    ("axes exchanged", {"long_mm": "20", "short_mm": "22"}, "The short axis is longer than the long axis."),
    ("zero", {"long_mm": "0"}, "Enter a number from 0.1 to 500."),
    ("negative", {"long_mm": "-4"}, "Enter a number from 0.1 to 500."),
    ("two decimals", {"long_mm": "0.04"}, "Enter at most 1 decimal places."),
    ("a sign", {"long_mm": "<5"}, "Enter the number alone, without “<”."),
    ("a unit", {"long_mm": "40 mm"}, "Enter the number alone, without its unit."),
    ("words", {"long_mm": "forty"}, "Enter a number, like 36.6."),
    ("half a metre", {"long_mm": "501"}, "Enter a number from 0.1 to 500."),
    ("no organ", {"organ": ""}, "Enter a value."),
    ("other organ", {"organ": "OTHER", "site": ""}, "Name the site of a lesion in another organ."),
    ("no method", {"method": ""}, "Enter a value."),
]


@pytest.mark.parametrize(("change", "sentence"), [row[1:] for row in BASELINE_ROWS], ids=[r[0] for r in BASELINE_ROWS])
def test_what_a_baseline_row_refuses(people: People, subject: Subject, change: dict[str, Any], sentence: str) -> None:
    before = ItemChange.objects.count()
    texts = done(-20) | tables("TL", "SCR", TLB=[LIVER | change])
    outcome = post(people.coordinator, subject, "SCR", "TL", **texts)
    assert sentence in sentences(outcome)
    assert isinstance(outcome, Refused)
    typed = outcome.entry.rowsets["TLB"].forms[0]
    assert all(typed[name].value() == value for name, value in change.items())
    assert ItemChange.objects.count() == before


def test_a_node_of_bone_is_refused(people: People, subject: Subject) -> None:
    texts = done(-20) | tables("TL", "SCR", TLB=[NODE | {"lesion_type": "bone_blastic"}])
    assert "A node is soft tissue: choose that type." in sentences(
        post(people.coordinator, subject, "SCR", "TL", **texts)
    )


#: What a baseline is asked before it is complete: rows, and the checks that speak.
BASELINE_DOUBTS: list[tuple[str, list[dict[str, Any]], int, set[str]]] = [
    ("nothing to say", [LIVER, NODE], -20, set()),
    ("no target", [], -20, {"TL-009"}),
    ("a node without its short axis", [NODE | {"short_mm": ""}], -20, {"TL-005"}),
    ("a lesion without its long axis", [LIVER | {"long_mm": "", "short_mm": ""}], -20, {"TL-005"}),
    ("irradiated, unanswered", [LIVER | {"prior_local_therapy": "true"}], -20, {"TL-006", "TL-018"}),
    ("irradiated, progressed", [LIVER | {"prior_local_therapy": "true", "progressed_since": "true"}], -20, set()),
    ("too small", [LIVER | {"long_mm": "9.9", "short_mm": ""}], -20, {"TL-018"}),
    ("thick slices", [LIVER | {"long_mm": "15", "short_mm": "", "slice_mm": "8"}], -20, {"TL-018"}),
    ("three in one organ", [LIVER, LIVER, LIVER], -20, {"TL-018"}),
    ("two in one organ", [LIVER, LIVER], -20, set()),
    ("by ultrasound", [LIVER | {"method": "ULTRASOUND"}], -20, {"TL-018"}),
    ("very large", [LIVER | {"long_mm": "400"}], -20, {"TL-013"}),
    ("29 days before the infusion", [LIVER], -29, {"TL-017"}),
    ("28 days before the infusion", [LIVER], -28, set()),
    ("after the infusion", [LIVER], 3, {"TL-017", "TL-015"}),
    ("a lesion scanned another day", [LIVER | {"scan_date": text(-49)}], -20, {"TL-014"}),
]


@pytest.mark.parametrize(
    ("rows", "on", "expected"), [row[1:] for row in BASELINE_DOUBTS], ids=[row[0] for row in BASELINE_DOUBTS]
)
def test_what_a_baseline_is_asked(
    people: People, subject: Subject, rows: list[dict[str, Any]], on: int, expected: set[str]
) -> None:
    assert doubts(people, subject, "SCR", "TL", **done(on), **tables("TL", "SCR", TLB=rows)) == expected


def test_a_new_follow_up_opens_with_the_lesions_of_the_baseline(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    entry = open_entry(Place(subject, "D28", "TL"), people.coordinator, record=None)
    assert list(entry.rowsets) == ["TLM"]
    page = build_page(entry, people.coordinator)
    forms = page.rows[0].formset.forms
    assert [form.instance.code for form in forms] == ["T01", "T02"]
    assert [form.captions["code"] for form in forms] == [
        "Liver, segment 4 · long axis · baseline 40 mm",
        "Lymph node, left axilla · short axis · baseline 20 mm",
    ]
    assert page.rows[0].fixed


@pytest.mark.ui(23)
def test_the_page_shows_the_lesion_and_offers_no_row_to_add(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    browser = Client()
    browser.force_login(people.coordinator, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(f"/subjects/{subject.identifier}/D28/TL/1/").content.decode()
    assert "Lymph node, left axilla · short axis · baseline 20 mm" in page
    assert "data-add-row" not in page and "TLB-TOTAL_FORMS" not in page
    page = browser.get(f"/subjects/{subject.identifier}/SCR/TL/1/").content.decode()
    assert "data-add-row" in page and "TLM-TOTAL_FORMS" not in page and "given when saved" in page


@pytest.mark.ui(23)
def test_a_complete_assessment(people: People, subject: Subject, baseline: TargetLesions) -> None:
    record = enter(people.coordinator, subject, "D28", "TL", action="complete", **follow_up(NOW))
    rows = TargetMeasurement.objects.filter(record=record).order_by("position")
    assert record.status == FormStatus.COMPLETE
    assert [(row.code, row.status, str(row.mm)) for row in rows] == [
        ("T01", "measured", "30.0"),
        ("T02", "measured", "15.0"),
    ]


MEASUREMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("a value without finding", {"code": "T01", "mm": "12"}, "Choose the finding."),
    ("a reason without finding", {"code": "T01", "reason": "artefact"}, "Choose the finding."),
    ("measured without mm", measured("T01", ""), "A measured lesion needs its diameter."),
    ("mm on an absent lesion", found("T01", "absent", mm="12"), "Only a measured lesion has a diameter here"),
    ("0 on an absent lesion", found("T01", "absent", mm="0"), "Only a measured lesion has a diameter here"),
    ("mm on a lesion too small", found("T01", "too_small", mm="5"), "Only a measured lesion has a diameter here"),
    ("mm on a split lesion", found("T01", "split", mm="5", fragments_mm="3, 4"), "Only a measured lesion has"),
    ("0 mm", measured("T01", "0"), "0 mm is no diameter: choose “Absent”, or “Seen, too small to measure”."),
    ("two decimals", measured("T01", "0.04"), "Enter at most 1 decimal places."),
    ("negative", measured("T01", "-3"), "Enter a number from 0 to 500."),
    ("below a limit", measured("T01", "<5"), "Enter the number alone, without “<”."),
    ("with its unit", measured("T01", "12 mm"), "Enter the number alone, without its unit."),
    ("split without fragments", found("T01", "split"), "A split lesion needs the diameters of its fragments"),
    ("one fragment", found("T01", "split", fragments_mm="12"), "Enter at least two fragments with commas between them"),
    ("a fragment of letters", found("T01", "split", fragments_mm="12, x"), "“X” is no diameter in mm."),
    ("an empty fragment", found("T01", "split", fragments_mm="12,"), "“–” is no diameter in mm."),
    ("a fragment of 0", found("T01", "split", fragments_mm="12, 0"), "“0” is not between 0.1 and 500 mm."),
    ("a fragment too fine", found("T01", "split", fragments_mm="12.55, 3"), "“12.55” has more than one decimal place."),
    ("eleven fragments", found("T01", "split", fragments_mm=",".join(["3"] * 11)), "Enter at most 10 fragments."),
    ("fragments of a whole lesion", measured("T01", "12", fragments_mm="3, 4"), "Only a split lesion has fragments."),
    ("merged into nothing", found("T01", "merged"), "Say which lesion it merged with, like T02."),
    ("merged into itself", found("T01", "merged", merged_into="t1"), "A lesion cannot merge into itself."),
    ("another named without merging", measured("T01", "12", merged_into="T02"), "Only a merged lesion names"),
    ("not evaluable without reason", found("T01", "not_evaluable"), "Say why the lesion is not evaluable."),
    ("a reason on a measured lesion", measured("T01", "9", reason="x"), "A reason belongs to a lesion that is not"),
    ("a date that does not exist", measured("T01", "9", scan_date="31-Feb-2026"), "February 2026 has 28 days."),
    ("an unknown finding", found("T01", "vanished"), "Select a valid choice. vanished is not one of the available"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sentence"), [row[1:] for row in MEASUREMENTS], ids=[row[0] for row in MEASUREMENTS])
def test_what_a_measurement_refuses(
    people: People, subject: Subject, baseline: TargetLesions, row: dict[str, Any], sentence: str
) -> None:
    before = ItemChange.objects.count()
    outcome = post(people.coordinator, subject, "D28", "TL", **follow_up([row, measured("T02", "15")]))
    assert any(line.startswith(sentence) for line in sentences(outcome)), sentences(outcome)
    assert isinstance(outcome, Refused)
    typed = outcome.entry.rowsets["TLM"].forms[0]
    assert all(typed[name].value() == value for name, value in row.items())
    assert ItemChange.objects.count() == before and not TargetMeasurement.objects.exists()


#: Findings of T01 and T02 that one form cannot hold together, with the check that refuses them.
TOGETHER: list[tuple[str, list[dict[str, Any]], str | None]] = [
    ("merged into a measured one", [found("T01", "merged", merged_into="T02"), measured("T02", "33")], None),
    ("merged into an unknown one", [found("T01", "merged", merged_into="T09"), measured("T02", "33")], "TL-003"),
    ("merged into an absent one", [found("T01", "merged", merged_into="T02"), found("T02", "absent")], "TL-003"),
    (
        "merged into each other",
        [found("T01", "merged", merged_into="T02"), found("T02", "merged", merged_into="T01")],
        "TL-003",
    ),
    ("merged into one that is still to be read", [found("T01", "merged", merged_into="T02"), {"code": "T02"}], None),
    ("an unknown lesion", [measured("T01", "30"), measured("T03", "33")], "TL-002"),
    ("one lesion twice", [measured("T01", "30"), measured("T01", "33")], "TL-002"),
]


@pytest.mark.parametrize(("rows", "expected"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_findings_that_do_not_go_together(
    people: People, subject: Subject, baseline: TargetLesions, rows: list[dict[str, Any]], expected: str | None
) -> None:
    outcome = post(people.coordinator, subject, "D28", "TL", **follow_up(rows))
    if expected is None:
        assert isinstance(outcome, Saved)
        return
    assert isinstance(outcome, Refused) and [check.oid for check in outcome.entry.form.hard] == [expected]


#: What an assessment is asked before it is complete: rows at D28, and the checks that speak. Baseline: 40 mm, node 20.
DOUBTS: list[tuple[str, list[dict[str, Any]], int, set[str]]] = [
    ("nothing to say", NOW, 28, set()),
    ("exactly half", [measured("T01", "20"), measured("T02", "15")], 28, set()),
    ("less than half", [measured("T01", "19.9"), measured("T02", "15")], 28, {"TL-011"}),
    ("30 mm more than before", [measured("T01", "70"), measured("T02", "15")], 28, {"TL-011"}),
    ("a node grown by more than half", [measured("T01", "30"), measured("T02", "30.1")], 28, {"TL-011", "TL-019"}),
    ("absent is no change of a diameter", [measured("T01", "30"), found("T02", "absent")], 28, set()),
    ("fragments are added up", [found("T01", "split", fragments_mm="20, 21"), measured("T02", "15")], 28, set()),
    ("fragments of too many mm",
     [found("T01", "split", fragments_mm="40, 21"), measured("T02", "15")], 28, {"TL-011"}),
    ("another method", [measured("T01", "30", method="MRI"), measured("T02", "15")], 28, {"TL-010"}),
    ("no method", [measured("T01", "30", method=""), measured("T02", "15")], 28, {"TL-008"}),
    ("not evaluable needs no method",
     [found("T01", "not_evaluable", method="", reason="artefact"), measured("T02", "15")], 28, set()),
    ("no finding", [measured("T01", "30"), {"code": "T02"}], 28, {"TL-007"}),
    ("a lesion left out", [measured("T01", "30")], 28, {"TL-007"}),
    ("a lesion scanned far away", [measured("T01", "30", scan_date=text(-1)), measured("T02", "15")], 28, {"TL-014"}),
    ("before the window", NOW, 27, {"TL-015"}),
    ("after the window", NOW, 32, {"TL-015"}),
    ("before the baseline", NOW, -21, {"TL-015", "TL-016"}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "on", "expected"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS])
def test_what_an_assessment_is_asked(
    people: People, subject: Subject, baseline: TargetLesions, rows: list[dict[str, Any]], on: int, expected: set[str]
) -> None:
    assert doubts(people, subject, "D28", "TL", **follow_up(rows, on=on)) == expected


def test_comparison_is_with_the_assessment_before(people: People, subject: Subject, baseline: TargetLesions) -> None:
    enter(people.coordinator, subject, "D28", "TL", **follow_up([measured("T01", "21"), found("T02", "absent")]))
    later = [measured("T01", "32"), measured("T02", "12")]
    asked = doubts(people, subject, "M3", "TL", **follow_up(later, on=90, visit="M3"))
    assert asked == {"TL-011", "TL-012"}
    entry = open_entry(Place(subject, "M3", "TL"), people.coordinator, record=None)
    captions = [form.captions["code"] for form in build_page(entry, people.coordinator).rows[0].formset.forms]
    assert [caption.rpartition(" · ")[2] for caption in captions] == ["before 21 mm", "before Absent"]
    skipped = [found("T01", "not_evaluable", reason="artefact"), found("T02", "absent")]
    assert doubts(people, subject, "M3", "TL", **follow_up(skipped, on=90, visit="M3")) == set()
    asked = doubts(people, subject, "M6", "TL", **follow_up(later, on=180, visit="M6"))
    assert asked == {"TL-011", "TL-012"}


def test_a_confirmed_change_stays_confirmed_for_exactly_these_rows(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    shrunk = [measured("T01", "12"), measured("T02", "15")]
    confirmed = {"confirm-TL-011": "1", "explain-TL-011": "read twice"}
    record = enter(people.coordinator, subject, "D28", "TL", action="complete", **follow_up(shrunk), **confirmed)
    assert record.status == FormStatus.COMPLETE
    reread = open_entry(Place(subject, "D28", "TL"), people.coordinator, record=TargetLesions.objects.get(pk=record.pk))
    page = build_page(reread, people.coordinator)
    assert [doubt.confirmed for doubt in reread.form.flags["scan_date"].soft] == [True]
    assert page.to_resolve == []
    texts = follow_up([]) | again(record, TLM={1: {"mm": "14"}}) | {"reason_code": "SOURCE"}
    changed = enter(people.coordinator, subject, "D28", "TL", **texts)
    assert changed.status == FormStatus.STARTED


def test_without_a_baseline_nothing_is_complete(people: People, subject: Subject) -> None:
    assert doubts(people, subject, "D28", "TL", **follow_up([])) == {"TL-004"}


def test_nothing_assessed_needs_a_reason_and_no_findings(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    undone: dict[str, Any] = {"imaging_done": "false", "not_done_reason": "subject too ill"}
    rows = tables("TL", "D28", TLM=[{"code": "T01"}, {"code": "T02"}])
    record = enter(people.coordinator, subject, "D28", "TL", action="complete", **undone, **rows)
    assert (record.status, record.scan_date) == (FormStatus.COMPLETE, None)
    outcome = post(people.coordinator, subject, "M3", "TL", **undone, **tables("TL", "M3", TLM=NOW))
    assert sentences(outcome) == ["Lesions are measured although nothing was assessed."]
    outcome = post(
        people.coordinator, subject, "M3", "TL", action="complete", imaging_done="false", **tables("TL", "M3")
    )
    assert "Enter a value, or say why there is none." in sentences(outcome)


GUARDS: list[tuple[str, int, dict[str, Any], str]] = [
    ("tomorrow", 201, {}, "is in the future."),
    ("a row of tomorrow", 28, {"scan_date": text(201)}, "is in the future."),
    ("after the death", 121, {}, "is after the death of the subject on"),
    ("a row after the death", 28, {"scan_date": text(121)}, "is after the death of the subject on"),
    ("the day of the baseline", -20, {}, "The assessment of SCR has this date already."),
]


@pytest.mark.parametrize(("on", "row", "sentence"), [row[1:] for row in GUARDS], ids=[row[0] for row in GUARDS])
def test_scans_that_cannot_be(
    people: People, subject: Subject, baseline: TargetLesions, on: int, row: dict[str, Any], sentence: str
) -> None:
    with acting(people.coordinator):
        subject.death_date = day(120)
        subject.save()
    rows = [measured("T01", "30", **row), measured("T02", "15")]
    outcome = post(people.coordinator, subject, "D28", "TL", **follow_up(rows, on=on))
    assert any(sentence in line for line in sentences(outcome)), sentences(outcome)
    assert TargetLesions.objects.count() == 1


def test_the_day_of_death_itself_is_possible(people: People, subject: Subject, baseline: TargetLesions) -> None:
    with acting(people.coordinator):
        subject.death_date = day(28)
        subject.save()
    assert isinstance(post(people.coordinator, subject, "D28", "TL", **follow_up(NOW)), Saved)


def test_two_visits_cannot_share_a_date(people: People, subject: Subject, baseline: TargetLesions) -> None:
    enter(people.coordinator, subject, "D28", "TL", **follow_up(NOW))
    outcome = post(people.coordinator, subject, "M3", "TL", **follow_up(NOW, visit="M3"))
    assert sentences(outcome) == ["The assessment of D28 has this date already. One assessment is entered once."]
    asked = doubts(people, subject, "M3", "TL", **follow_up(NOW, on=27, visit="M3"))
    assert asked == {"TL-015", "TL-016"}


def test_a_lesion_that_was_followed_cannot_be_removed(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    enter(people.coordinator, subject, "D28", "TL", **follow_up([measured("T01", "30"), {"code": "T02"}]))
    texts = done(-20) | again(baseline) | {"reason_code": "SOURCE"}
    outcome = post(people.coordinator, subject, "SCR", "TL", **texts, **remove(0))
    assert sentences(outcome) == ["T01 cannot be removed: the assessment of D28 says how it was found."]
    assert isinstance(post(people.coordinator, subject, "SCR", "TL", **texts, **remove(1)), Saved)


def test_a_lesion_added_to_the_baseline_is_asked_for_at_every_assessment(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    record = enter(people.coordinator, subject, "D28", "TL", action="complete", **follow_up(NOW))
    texts = done(-20) | again(baseline) | {"TLB-TOTAL_FORMS": "3", "reason_code": "SOURCE"}
    texts |= {f"TLB-2-{name}": value for name, value in LIVER.items()}
    enter(people.coordinator, subject, "SCR", "TL", **texts)
    entry = open_entry(Place(subject, "D28", "TL"), people.coordinator, record=record)
    assert [form.instance.code for form in entry.rowsets["TLM"].forms] == ["T01", "T02", "T03"]
    texts = follow_up([]) | again(record) | {"TLM-TOTAL_FORMS": "3", "reason_code": "SOURCE"}
    texts |= {f"TLM-2-{name}": value for name, value in measured("T03", "38").items()}
    saved = enter(people.coordinator, subject, "D28", "TL", action="complete", **texts)
    assert saved.status == FormStatus.COMPLETE and saved.measurements.count() == 3


def test_a_repeated_baseline_takes_over_the_lesions_and_replaces_that_of_screening(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    opened = open_entry(Place(subject, "BL", "TL"), people.coordinator, record=None).rowsets["TLB"].forms
    assert [(form.instance.code, form.instance.organ, form.instance.long_mm) for form in opened] == [
        ("T01", "LIVER", None),
        ("T02", "LYMPH NODE", None),
    ]
    rows = [LIVER | {"code": "T01", "long_mm": "50"}, LIVER | {"site": "segment 8", "long_mm": "12", "short_mm": ""}]
    again_at_baseline = done(-8) | tables("TL", "BL", TLB=rows)
    record = enter(people.coordinator, subject, "BL", "TL", action="complete", **again_at_baseline)
    assert lesions(record) == [("T01", "LIVER"), ("T03", "LIVER")]
    entry = open_entry(Place(subject, "D28", "TL"), people.coordinator, record=None)
    captions = [form.captions["code"] for form in build_page(entry, people.coordinator).rows[0].formset.forms]
    assert captions == [
        "Liver, segment 4 · long axis · baseline 50 mm",
        "Liver, segment 8 · long axis · baseline 12 mm",
    ]


def test_an_unscheduled_scan_counts_where_its_date_puts_it(
    people: People, subject: Subject, baseline: TargetLesions
) -> None:
    enter(people.coordinator, subject, "D28", "TL", **follow_up([measured("T01", "30"), measured("T02", "15")]))
    enter(
        people.coordinator,
        subject,
        "UNS",
        "TL",
        **follow_up([measured("T01", "60"), measured("T02", "15")], 120, "UNS"),
    )
    later = [measured("T01", "61"), measured("T02", "15")]
    assert doubts(people, subject, "M6", "TL", **follow_up(later, on=180, visit="M6")) == set()
    assert doubts(people, subject, "M3", "TL", **follow_up(later, on=90, visit="M3")) == {"TL-011"}


def test_a_monitor_cannot_save(people: People, subject: Subject) -> None:
    with pytest.raises(PermissionDenied):
        post(people.monitor, subject, "SCR", "TL", **done(-20), **tables("TL", "SCR", TLB=[LIVER]))
    assert not TargetLesions.objects.exists()
