"""Non-target and new lesions: identified once, followed at every later visit."""

from __future__ import annotations

from typing import Any

import pytest

from efficacy.models import NewLesion, NewLesionFinding, NewLesions, NonTargetFinding, NonTargetLesion
from enrollment.models import Subject
from tests.casebook.entering import enter, post
from tests.forms.tumour import ASCITES, again, codes, day, done, doubts, infused_subject, sentences, tables, text
from tests.people import People
from trial_edc.casebook.entry import open_entry
from trial_edc.casebook.page import build_page
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Refused, Saved
from trial_edc.crf.models import FormStatus

BONE: dict[str, Any] = {"organ": "BONE", "description": "blastic, L4", "nodal": "false", "method": "CT SCAN"}
NEW_IN_LIVER: dict[str, Any] = {
    "organ": "LIVER", "site": "segment 8", "region_at_baseline": "true", "certainty": "unequivocal", "kind": "target",
    "mm": "12", "method": "CT SCAN",
}  # fmt: skip
NEW_IN_BONE: dict[str, Any] = {
    "organ": "BONE", "site": "T5", "region_at_baseline": "false", "certainty": "equivocal", "kind": "nontarget",
    "method": "CT SCAN",
}  # fmt: skip
PRESENT: dict[str, Any] = {"state": "present", "since_last": "no_change"}


@pytest.fixture
def subject(people: People) -> Subject:
    return infused_subject(people)


@pytest.fixture
def baseline(people: People, subject: Subject) -> Any:
    rows = tables("NTL", "SCR", NTLB=[ASCITES, BONE])
    return enter(people.coordinator, subject, "SCR", "NTL", action="complete", **done(-20), **rows)


def states(rows: Any, on: int = 28, visit: str = "D28", **head: str) -> dict[str, Any]:
    return done(on, **head) | tables("NTL", visit, NTLS=rows)


def new(first: Any = (), later: Any = (), on: int = 28, visit: str = "D28", **head: str) -> dict[str, Any]:
    head = {"any_new": "true" if first else "false"} | head
    return done(on, **head) | tables("NL", visit, NLN=first, NLS=later)


def test_non_target_lesions_have_codes_of_their_own(baseline: Any) -> None:
    found = NonTargetLesion.objects.order_by("position")
    assert [(row.code, row.organ) for row in found] == [("NT01", "PERITONEUM"), ("NT02", "BONE")]
    assert baseline.status == FormStatus.COMPLETE


def test_a_complete_assessment(people: People, subject: Subject, baseline: Any) -> None:
    rows = [{"code": "NT01"} | PRESENT, {"code": "NT02", "state": "absent"}]
    record = enter(people.coordinator, subject, "D28", "NTL", action="complete", **states(rows))
    found = NonTargetFinding.objects.filter(record=record).order_by("position")
    assert record.status == FormStatus.COMPLETE
    assert [(row.code, row.state, row.since_last) for row in found] == [
        ("NT01", "present", "no_change"),
        ("NT02", "absent", ""),
    ]


FINDINGS: list[tuple[str, dict[str, Any], str]] = [
    ("a comment without finding", {"comment": "seen"}, "Choose the finding."),
    ("compared without finding", {"since_last": "increased"}, "Choose the finding."),
    (
        "progression without words",
        {"state": "unequivocal_pd", "since_last": "increased"},
        "Unequivocal progression means",
    ),
    ("not evaluable without reason", {"state": "not_evaluable"}, "Say why the lesion is not evaluable."),
    ("absent and compared", {"state": "absent", "since_last": "decreased"}, "Only a lesion that is there is compared"),
    (
        "progression although smaller",
        {"state": "unequivocal_pd", "since_last": "decreased", "comment": "more fluid"},
        "A lesion that decreased since the assessment before did not progress unequivocally.",
    ),
    ("an unknown finding", {"state": "worse"}, "Select a valid choice. worse is not one of the available choices."),
]


@pytest.mark.parametrize(("row", "sentence"), [row[1:] for row in FINDINGS], ids=[row[0] for row in FINDINGS])
def test_what_a_finding_refuses(
    people: People, subject: Subject, baseline: Any, row: dict[str, Any], sentence: str
) -> None:
    outcome = post(people.coordinator, subject, "D28", "NTL", **states([{"code": "NT01"} | row, {"code": "NT02"}]))
    assert any(line.startswith(sentence) for line in sentences(outcome)), sentences(outcome)
    assert not NonTargetFinding.objects.exists()


PROGRESSION: dict[str, Any] = {"state": "unequivocal_pd", "since_last": "increased", "comment": "ascites now massive"}
NON_TARGET_DOUBTS: list[tuple[str, list[dict[str, Any]], int, set[str]]] = [
    ("nothing to say", [{"code": "NT01"} | PRESENT, {"code": "NT02"} | PROGRESSION], 28, set()),
    ("no finding", [{"code": "NT01"} | PRESENT, {"code": "NT02"}], 28, {"NTL-004"}),
    ("not compared", [{"code": "NT01"} | PRESENT, {"code": "NT02", "state": "present"}], 28, {"NTL-005"}),
    (
        "scanned elsewhere",
        [{"code": "NT01", "scan_date": text(90)} | PRESENT, {"code": "NT02"} | PRESENT],
        28,
        {"NTL-007"},
    ),
    ("outside the window", [{"code": "NT01"} | PRESENT, {"code": "NT02"} | PRESENT], 33, {"NTL-008"}),
    ("before the baseline", [{"code": "NT01"} | PRESENT, {"code": "NT02"} | PRESENT], -30, {"NTL-008", "NTL-009"}),
]


@pytest.mark.parametrize(
    ("rows", "on", "expected"), [row[1:] for row in NON_TARGET_DOUBTS], ids=[row[0] for row in NON_TARGET_DOUBTS]
)
def test_what_non_target_lesions_are_asked(
    people: People, subject: Subject, baseline: Any, rows: list[dict[str, Any]], on: int, expected: set[str]
) -> None:
    assert doubts(people, subject, "D28", "NTL", **states(rows, on)) == expected


HARD: list[tuple[str, dict[str, Any], str]] = [
    ("unknown", states([{"code": "NT07"} | PRESENT]), "NTL-002"),
    ("twice", states([{"code": "NT01"} | PRESENT, {"code": "NT01"} | PRESENT]), "NTL-002"),
    (
        "nothing assessed",
        {"imaging_done": "false"} | tables("NTL", "D28", NTLS=[{"code": "NT01"} | PRESENT]),
        "NTL-001",
    ),
]


@pytest.mark.parametrize(("texts", "check"), [row[1:] for row in HARD], ids=[row[0] for row in HARD])
def test_non_target_findings_that_cannot_be(
    people: People, subject: Subject, baseline: Any, texts: dict[str, Any], check: str
) -> None:
    outcome = post(people.coordinator, subject, "D28", "NTL", **texts)
    assert isinstance(outcome, Refused) and [each.oid for each in outcome.entry.form.hard] == [check]


def test_a_baseline_of_non_targets_is_asked_for_its_date(people: People, subject: Subject) -> None:
    rows = tables("NTL", "SCR", NTLB=[ASCITES])
    assert "NTL-010" in doubts(people, subject, "SCR", "NTL", **done(-40), **rows)
    assert "NTL-010" in doubts(people, subject, "SCR", "NTL", **done(1), **rows)
    assert "NTL-010" not in doubts(people, subject, "SCR", "NTL", **done(-28), **rows)


def test_without_a_baseline_non_targets_are_not_complete(people: People, subject: Subject) -> None:
    assert doubts(people, subject, "D28", "NTL", **states([])) == {"NTL-003"}
    none = enter(people.coordinator, subject, "SCR", "NTL", **done(-20), **tables("NTL", "SCR"))
    assert none.imaging_done and doubts(people, subject, "D28", "NTL", **states([])) == set()


def test_a_lesion_that_was_absent_is_there_again(people: People, subject: Subject, baseline: Any) -> None:
    unread = {"code": "NT02", "state": "not_evaluable", "comment": "artefact"}
    first = [{"code": "NT01", "state": "absent"}, unread]
    enter(people.coordinator, subject, "D28", "NTL", **states(first))
    rows = [{"code": "NT01"} | PRESENT, {"code": "NT02"} | PRESENT]
    assert doubts(people, subject, "M3", "NTL", **states(rows, 90, "M3")) == {"NTL-006"}
    entry = open_entry(Place(subject, "M3", "NTL"), people.coordinator, record=None)
    captions = [form.captions for form in build_page(entry, people.coordinator).rows[0].formset.forms]
    assert captions[0] == {"code": "Peritoneum, ascites · before Absent"}


def test_a_non_target_lesion_that_was_followed_cannot_be_removed(
    people: People, subject: Subject, baseline: Any
) -> None:
    enter(people.coordinator, subject, "D28", "NTL", **states([{"code": "NT01"} | PRESENT, {"code": "NT02"}]))
    texts = done(-20) | again(baseline) | {"reason_code": "SOURCE", "NTLB-0-DELETE": "on"}
    outcome = post(people.coordinator, subject, "SCR", "NTL", **texts)
    assert sentences(outcome) == ["NT01 cannot be removed: the assessment of D28 says how it was found."]


def test_a_repeated_baseline_takes_over_the_non_target_lesions(people: People, subject: Subject, baseline: Any) -> None:
    opened = open_entry(Place(subject, "BL", "NTL"), people.coordinator, record=None).rowsets["NTLB"].forms
    assert [(form.instance.code, form.instance.description) for form in opened] == [
        ("NT01", "ascites"),
        ("NT02", "blastic, L4"),
    ]


def test_no_new_lesion_is_an_answer(people: People, subject: Subject) -> None:
    record = enter(people.coordinator, subject, "D28", "NL", action="complete", **new())
    assert (record.status, record.any_new) == (FormStatus.COMPLETE, False)


def test_new_lesions_are_followed_at_every_later_visit(people: People, subject: Subject) -> None:
    first = enter(people.coordinator, subject, "D28", "NL", action="complete", **new([NEW_IN_LIVER, NEW_IN_BONE]))
    assert [row.code for row in NewLesion.objects.filter(record=first).order_by("position")] == ["NEW01", "NEW02"]
    entry = open_entry(Place(subject, "M3", "NL"), people.coordinator, record=None)
    page = build_page(entry, people.coordinator)
    opened = page.rows[1].formset.forms
    assert [(form.instance.code, form.captions["code"]) for form in opened] == [
        ("NEW01", "Liver, segment 8 · Measurable · first seen at D28 · Unequivocal"),
        ("NEW02", "Bone, T5 · Not measurable · first seen at D28 · Equivocal"),
    ]
    later = [{"code": "NEW01", "state": "stable", "mm": "13"}, {"code": "NEW02", "state": "new"}]
    again_new = new([NEW_IN_BONE | {"site": "T7"}], later, 90, "M3")
    record = enter(people.coordinator, subject, "M3", "NL", action="complete", **again_new)
    assert record.status == FormStatus.COMPLETE
    assert [row.code for row in NewLesion.objects.filter(record=record)] == ["NEW03"]
    assert [row.state for row in NewLesionFinding.objects.order_by("position")] == ["stable", "new"]
    at_day_28 = open_entry(Place(subject, "D28", "NL"), people.coordinator, record=first)
    assert at_day_28.rowsets["NLS"].forms == []


NEW_ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("mm of what is not measurable", NEW_IN_BONE | {"mm": "8"}, "Only a measurable lesion has a diameter."),
    ("0 mm", NEW_IN_LIVER | {"mm": "0"}, "Enter a number from 0.1 to 500."),
    ("no certainty", NEW_IN_LIVER | {"certainty": ""}, "Enter a value."),
    ("region unanswered", NEW_IN_LIVER | {"region_at_baseline": ""}, "Enter a value."),
    ("other organ", NEW_IN_LIVER | {"organ": "OTHER", "site": " "}, "Name the site of a lesion in another organ."),
]


@pytest.mark.parametrize(("row", "sentence"), [row[1:] for row in NEW_ROWS], ids=[row[0] for row in NEW_ROWS])
def test_what_a_new_lesion_refuses(people: People, subject: Subject, row: dict[str, Any], sentence: str) -> None:
    outcome = post(people.coordinator, subject, "D28", "NL", **new([row]))
    assert sentence in sentences(outcome)
    assert not NewLesions.objects.exists()


@pytest.fixture
def seen(people: People, subject: Subject) -> Any:
    """Two new lesions at Day 28: one measured in the liver, one in doubt in the bone."""
    return enter(people.coordinator, subject, "D28", "NL", **new([NEW_IN_LIVER, NEW_IN_BONE]))


LIVER_STABLE, BONE_IN_DOUBT = {"code": "NEW01", "state": "stable", "mm": "13"}, {"code": "NEW02", "state": "equivocal"}
LATER: list[tuple[str, list[dict[str, Any]], set[str]]] = [
    ("nothing to say", [LIVER_STABLE, BONE_IN_DOUBT], set()),
    ("no finding", [LIVER_STABLE, {"code": "NEW02"}], {"NL-005"}),
    ("left out", [LIVER_STABLE], {"NL-005"}),
    ("not measured", [{"code": "NEW01", "state": "increased"}, BONE_IN_DOUBT], {"NL-006"}),
    ("absent needs no mm", [{"code": "NEW01", "state": "absent"}, BONE_IN_DOUBT], set()),
    ("certain before, in doubt now", [LIVER_STABLE | {"state": "equivocal"}, BONE_IN_DOUBT], {"NL-008"}),
    ("certain for the second time", [LIVER_STABLE | {"state": "new"}, BONE_IN_DOUBT], {"NL-008"}),
    ("certain for the first time", [LIVER_STABLE, {"code": "NEW02", "state": "new"}], set()),
    ("scanned far away", [LIVER_STABLE | {"scan_date": text(28)}, BONE_IN_DOUBT], {"NL-009"}),
    ("mm of what is not measurable", [LIVER_STABLE, BONE_IN_DOUBT | {"mm": "4"}], {"NL-007"}),
    ("unknown", [LIVER_STABLE, BONE_IN_DOUBT, {"code": "NEW09", "state": "absent"}], {"NL-004"}),
    ("twice", [LIVER_STABLE, LIVER_STABLE, BONE_IN_DOUBT], {"NL-004"}),
    ("absent with mm", [LIVER_STABLE | {"state": "absent"}, BONE_IN_DOUBT], {"NLS-002"}),
    ("a size without finding", [{"code": "NEW01", "mm": "12"}, BONE_IN_DOUBT], {"NLS-001"}),
    ("progression without words", [LIVER_STABLE | {"state": "unequivocal_pd"}, BONE_IN_DOUBT], {"NLS-003"}),
    ("not evaluable without reason", [{"code": "NEW01", "state": "not_evaluable"}, BONE_IN_DOUBT], {"NLS-003"}),
]


@pytest.mark.parametrize(("rows", "expected"), [row[1:] for row in LATER], ids=[row[0] for row in LATER])
def test_what_later_findings_are_asked(
    people: People, subject: Subject, seen: Any, rows: list[dict[str, Any]], expected: set[str]
) -> None:
    assert doubts(people, subject, "M3", "NL", **new([], rows, 90, "M3")) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (new([NEW_IN_LIVER], any_new="false"), {"NL-002"}),
        (new([], any_new="true"), {"NL-003"}),
        (new([NEW_IN_LIVER | {"mm": ""}]), {"NL-006"}),
        (new([], on=27), {"NL-010"}),
        ({"imaging_done": "false"} | tables("NL", "D28", NLN=[NEW_IN_LIVER]), {"NL-001"}),
    ],
    ids=["rows although none", "none although new", "measurable, not measured", "outside the window", "not assessed"],
)
def test_what_the_form_itself_is_asked(
    people: People, subject: Subject, texts: dict[str, Any], expected: set[str]
) -> None:
    outcome = post(people.coordinator, subject, "D28", "NL", action="complete", **texts)
    assert isinstance(outcome, Refused) and codes(outcome) - {"needed"} == expected


def test_the_order_of_new_lesion_scans(people: People, subject: Subject, seen: Any) -> None:
    texts = new([], [LIVER_STABLE, BONE_IN_DOUBT], 27, "M3")
    assert {"NL-011", "NL-010"} <= doubts(people, subject, "M3", "NL", **texts)


def test_a_lesion_seen_first_at_an_unscheduled_scan(people: People, subject: Subject) -> None:
    enter(people.coordinator, subject, "UNS", "NL", **new([NEW_IN_LIVER], (), 120, "UNS"))
    before = open_entry(Place(subject, "M3", "NL"), people.coordinator, record=None).rowsets["NLS"]
    assert len(before.forms) == 1, "until the date is known, every earlier-or-later scan may come before"
    record = enter(people.coordinator, subject, "M3", "NL", action="complete", **new([], [], 90, "M3"))
    assert record.status == FormStatus.COMPLETE
    assert doubts(people, subject, "M6", "NL", **new([], [], 180, "M6")) == {"NL-005"}


def test_a_new_lesion_that_was_followed_cannot_be_removed(people: People, subject: Subject, seen: Any) -> None:
    enter(people.coordinator, subject, "M3", "NL", **new([], [LIVER_STABLE, {"code": "NEW02"}], 90, "M3"))
    texts = done(28, any_new="true") | again(seen) | {"NLN-0-DELETE": "on"}
    outcome = post(people.coordinator, subject, "D28", "NL", **texts)
    assert sentences(outcome) == ["NEW01 cannot be removed: the assessment of M3 says how it was found."]
    texts = done(28, any_new="true") | again(seen) | {"NLN-1-DELETE": "on"}
    assert isinstance(post(people.coordinator, subject, "D28", "NL", **texts), Saved)


def test_scans_of_new_lesions_in_the_future_are_refused(people: People, subject: Subject) -> None:
    outcome = post(people.coordinator, subject, "M6", "NL", **new([], [], 201, "M6"))
    assert sentences(outcome) == [f"{day(201):%d-%b-%Y} is in the future."]
