"""One page for the tumour forms of a visit: it saves what changed through the forms' own way, all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from efficacy.endpoints import Assessor
from efficacy.models import NewLesions, NonTargetLesions, ResponseAssessment, TargetLesions
from enrollment.models import Subject
from reports.efficacy.population import read_population
from tests.casebook.entering import enter
from tests.efficacy.test_course import client_of
from tests.forms.enrolling import withdrawal
from tests.forms.page_controls import Controls
from tests.forms.test_non_target_and_new_lesions import BONE
from tests.forms.test_overall_response import BESIDE, PARTIAL
from tests.forms.tumour import ASCITES, day, done, enter_baseline, infused_subject, measured, tables, text
from tests.people import People
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import drafts
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.status import casebook
from trial_edc.casebook.work import Desk
from trial_edc.casebook.work import find as find_list
from trial_edc.crf.models import CrfRecord, FormStatus
from trial_edc.protocol import status
from trial_edc.review.models import Query, RuleResult

pytestmark = pytest.mark.django_db
DAY_28 = "/course/01-001/tumour/D28/"
MEASURED = {
    "TL-imaging_done": "true", "TL-scan_date": text(28), "TLM-0-status": "measured", "TLM-0-mm": "24",
    "TLM-0-method": "CT SCAN", "TLM-1-status": "measured", "TLM-1-mm": "12", "TLM-1-method": "CT SCAN",
    "confirm-TL-011": "1",
}  # fmt: skip
SEEN = {
    "NTL-imaging_done": "true", "NTL-scan_date": text(28), "NTLS-0-state": "present", "NTLS-0-since_last": "no_change",
    "NTLS-1-state": "present", "NTLS-1-since_last": "no_change",
}  # fmt: skip
NONE_NEW = {"NL-imaging_done": "true", "NL-scan_date": text(28), "NL-any_new": "false"}
ASSESSED = {f"RESP-{name}": value for name, value in BESIDE.items()} | {
    "RESP-assessment_done": "true", "RESP-assessment_date": text(28),
}  # fmt: skip
JUDGED = {f"RESP-{name}": value for name, value in PARTIAL.items()}
EVERYTHING = MEASURED | SEEN | NONE_NEW | ASSESSED


class Sheet:
    """The page in one person's browser: what it would send, with the given changes."""

    def __init__(self, user: User, address: str = DAY_28) -> None:
        self.client, self.address = client_of(user), address
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status_code
        self.text = answer.content.decode()
        self.values: dict[str, Any] = Controls(self.text).values

    def send(self, changes: dict[str, str], *, action: str = "save", to: str = "") -> Any:
        data = self.values | changes | {"action": action}
        return self.client.post(self.address + to, data, follow=not to)


@pytest.fixture
def subject(people: People) -> Subject:
    found = infused_subject(people)
    enter(people.coordinator, found, "SCR", "NTL", **done(-20), **tables("NTL", "SCR", NTLB=[ASCITES, BONE]))
    enter_baseline(people, found)
    return found


def states() -> dict[str, str]:
    """Return the state of every form that is saved at Day 28."""
    models: tuple[type[CrfRecord], ...] = (TargetLesions, NonTargetLesions, NewLesions, ResponseAssessment)
    found: Any = [(model, model._default_manager.filter(visit="D28").first()) for model in models]
    return {model.crf.oid: record.status for model, record in found if record is not None}


def test_everything_is_entered_judged_and_revealed(people: People, subject: Subject) -> None:
    answer = Sheet(people.coordinator).send(EVERYTHING, action="complete")
    said = answer.content.decode()
    assert "Saved and complete: Target lesions, Non-target lesions, New lesions." in said
    assert "Saved, not complete yet: Overall response." in said and "Judge first" in said
    assert states() == {"TL": "COMPLETE", "NTL": "COMPLETE", "NL": "COMPLETE", "RESP": "STARTED"}
    assert "Overall PR" not in said and "after your judgement" in said
    answer = Sheet(people.investigator).send(JUDGED, action="complete")
    said = answer.content.decode()
    assert states()["RESP"] == FormStatus.COMPLETE and "Saved and complete: Overall response." in said
    assert "Overall PR" in said and "Overall iPR" in said and "−40.0 %" in said
    assert TargetLesions.objects.get(visit="D28").version == 1, "a form left alone is not saved again"


def test_a_page_that_nobody_changed_saves_nothing(people: People, subject: Subject) -> None:
    before = ItemChange.objects.count()
    assert "Nothing has changed" in Sheet(people.coordinator).send({}).content.decode()
    Sheet(people.coordinator).send(EVERYTHING)
    after = ItemChange.objects.count()
    assert after > before
    assert "Nothing has changed" in Sheet(people.coordinator).send({}).content.decode()
    assert ItemChange.objects.count() == after


def test_one_refusal_keeps_everything_from_being_saved(people: People, subject: Subject) -> None:
    wrong = EVERYTHING | {"NTLS-0-state": "unequivocal_pd", "TLM-1-mm": "0", "RESP-assessment_date": "31-Feb-2026"}
    before = ItemChange.objects.count()
    answer = Sheet(people.coordinator).send(wrong)
    said = answer.content.decode()
    assert answer.status_code == 422 and states() == {} and ItemChange.objects.count() == before
    for sentence in ("Describe what was seen.", "0 mm is no diameter", "31-Feb-2026"):
        assert sentence in said, sentence
    kept = Controls(said).values
    assert (kept["TLM-0-mm"], kept["TLM-1-mm"], kept["NTL-scan_date"]) == (["24"], ["0"], [text(28)])
    assert 'href="#id_TLM-1-mm"' in said and 'href="#id_RESP-assessment_date"' in said
    again = {name: values[0] for name, values in kept.items()} | EVERYTHING
    sheet = Sheet(people.coordinator)
    sheet.values = again
    assert sheet.send({}).status_code == 200 and len(states()) == 4


def test_the_same_post_twice_is_one_save(people: People, subject: Subject) -> None:
    sheet = Sheet(people.coordinator)
    sheet.send(EVERYTHING)
    answer = sheet.send(EVERYTHING)
    assert answer.status_code == 200 and "Saved" not in answer.context["page"].visit
    assert [TargetLesions.objects.get(visit="D28").version, ResponseAssessment.objects.get().version] == [1, 1]


def test_two_people_at_different_forms_do_not_meet(people: People, subject: Subject) -> None:
    Sheet(people.coordinator).send(EVERYTHING)
    judging, measuring = Sheet(people.investigator), Sheet(people.coordinator)
    measuring.send({"TLM-0-mm": "25"})
    assert judging.send(JUDGED).status_code == 200
    assert ResponseAssessment.objects.get().overall_response == "PR"
    assert str(TargetLesions.objects.get(visit="D28").measurements.get(code="T01").mm) == "25.0"


def test_two_people_at_one_form_are_told_and_nothing_is_lost(people: People, subject: Subject) -> None:
    Sheet(people.coordinator).send(EVERYTHING)
    late = Sheet(people.investigator)
    Sheet(people.coordinator).send({"TLM-0-mm": "25"})
    answer = late.send({"TLM-0-mm": "26"} | JUDGED)
    said = answer.content.decode()
    assert answer.status_code == 409 and "Nothing of this page was saved" in said
    assert Controls(said).values["TLM-0-mm"] == ["26"]
    assert ResponseAssessment.objects.get().overall_response == ""
    kept = drafts.find(people.investigator, Place(subject, "D28", "TL"))
    assert kept is not None and kept.version == 1 and drafts.typed(kept)["TLM-0-mm"] == "26"
    alone = Sheet(people.investigator, "/subjects/01-001/D28/TL/1/")
    assert alone.send({}).status_code == 409, "the form's own page lets them choose"


def test_the_sums_follow_what_is_typed_and_the_response_waits(people: People, subject: Subject) -> None:
    sheet = Sheet(people.coordinator)
    said = sheet.send(EVERYTHING | {"TLM-0-mm": "14"}, to="live/").content.decode()
    assert '<b id="sum-sum">26</b>' in said and '<b id="sum-baseline">−56.7 %</b>' in said
    assert '<b id="sum-response">after your judgement</b>' in said and "Overall PR" not in said
    assert 'id="delta-T01" data-look="dn">▼ −26 mm' in said
    assert states() == {}
    assert "Judge first" in said


def test_a_judgement_that_is_only_typed_reveals_nothing(people: People, subject: Subject) -> None:
    Sheet(people.coordinator).send(EVERYTHING)
    said = Sheet(people.investigator).send(JUDGED, to="live/").content.decode()
    assert "Judge first" in said and "Overall PR" not in said
    assert str(RuleResult.objects.get(rule="recist-sequence").output["points"][0]["overall"]) == "None"


def test_what_is_typed_is_the_draft_of_each_form(people: People, subject: Subject) -> None:
    sheet = Sheet(people.coordinator)
    answer = sheet.send({"TL-imaging_done": "true", "TLM-0-status": "measured", "TLM-0-mm": "24"}, to="draft/")
    assert answer.json()["ok"] is True
    found = {oid: drafts.find(people.coordinator, Place(subject, "D28", oid)) for oid in ("TL", "NTL", "NL", "RESP")}
    assert [oid for oid, draft in found.items() if draft is not None] == ["TL"]
    assert Controls(Sheet(people.coordinator).text).values["TLM-0-mm"] == ["24"]
    assert Controls(Sheet(people.coordinator, "/subjects/01-001/D28/TL/1/").text).values["TLM-0-mm"] == ["24"]
    sheet.send({}, to="draft/")
    assert drafts.find(people.coordinator, Place(subject, "D28", "TL")) is None, "what was taken back is no draft"


def test_a_correction_of_two_forms_asks_nothing_in_between(people: People, subject: Subject) -> None:
    sheet = Sheet(people.investigator)
    sheet.send(EVERYTHING | JUDGED, action="complete")
    assert set(states().values()) == {"COMPLETE"} and not Query.objects.exists()
    stable = {"RESP-target_response": "SD", "RESP-overall_response": "SD", "RESP-immune_response": "iSD"}
    refused = Sheet(people.investigator).send({"TLM-0-mm": "34"} | stable, action="complete")
    assert refused.status_code == 422 and "Choose why saved values change." in refused.content.decode()
    answer = Sheet(people.investigator).send({"TLM-0-mm": "34", "reason_code": "SOURCE"} | stable, action="complete")
    assert answer.status_code == 200 and not Query.objects.exists()
    only_targets = {"TLM-0-mm": "24", "reason_code": "SOURCE"}
    Sheet(people.investigator).send(only_targets, action="complete")
    assert {query.field for query in Query.objects.all()} == {"overall_response", "immune_response"}


def test_who_may_not_enter_reads(people: People, subject: Subject) -> None:
    sheet = Sheet(people.monitor)
    assert "your role does not enter data" in sheet.text and "data-live-url" not in sheet.text
    client = client_of(people.monitor)
    for to in ("", "draft/", "live/"):
        assert client.post(DAY_28 + to, {"action": "save"}).status_code == 403
    assert client_of(people.elsewhere).get(DAY_28).status_code == 404
    coordinator = Sheet(people.coordinator)
    assert coordinator.send(EVERYTHING | {"RESP-overall_response": "PR"}).status_code == 403
    assert states() == {}


@pytest.mark.parametrize("visit", ["D1", "M2", "UNS", "NONE"])
def test_a_visit_without_tumour_forms_has_no_such_page(people: People, subject: Subject, visit: str) -> None:
    assert client_of(people.coordinator).get(f"/course/01-001/tumour/{visit}/").status_code == 404


def test_the_baseline_warns_while_the_lesions_are_chosen(people: People, subject: Subject) -> None:
    sheet = Sheet(people.coordinator, "/course/01-001/tumour/SCR/")
    assert "Baseline sum 60 mm" in sheet.text and "Judge first" not in sheet.text
    said = sheet.send({"TLB-0-long_mm": "9", "TLB-0-short_mm": "8"}, to="live/").content.decode()
    assert "Baseline sum 29 mm" in said and 'class="drv"' in said


def test_a_client_without_a_token_saves_nothing(people: People, subject: Subject) -> None:
    client: Client = client_of(people.coordinator)
    client.post(DAY_28, EVERYTHING | {"action": "save"})
    assert states() == {}


#: What a person types by mistake into a complete page, and the sentence that answers. Baseline: 40 mm, a node 30 × 20.
#: What is only odd is asked about at completion; what cannot be is refused by every save.
MISTAKES: list[tuple[str, dict[str, str], str]] = [
    ("a diameter of an absent lesion", {"TLM-0-status": "absent"}, "Only a measured lesion has a diameter here"),
    ("the long axis of a node", {"TLM-1-mm": "30"}, "Of a node, the short axis is measured."),
    ("visits out of order", {"TL-scan_date": text(95)}, "do not follow the order of the visits"),
    ("a scan after the death", {"TL-scan_date": text(130)}, "is after the death of the subject on"),
    ("a day twice", {"TL-scan_date": text(90)}, "The assessment of M3 has this date already."),
    ("merged into itself", {"TLM-0-status": "merged", "TLM-0-mm": "", "TLM-0-merged_into": "T01"},
     "A lesion cannot merge into itself."),
    ("0 mm", {"TLM-0-mm": "0"}, "0 mm is no diameter: choose “Absent”"),
    ("0.04 mm", {"TLM-0-mm": "0.04"}, "Enter at most 1 decimal places."),
    ("400 mm", {"TLM-0-mm": "400"}, "A diameter above 200 mm: check the unit."),
    ("600 mm", {"TLM-0-mm": "600"}, "Enter a number from 0 to 500."),
]  # fmt: skip


ODD = {MISTAKES[1][2], MISTAKES[2][2], MISTAKES[8][2]}


@pytest.mark.parametrize(("typed", "sentence"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_is_answered_with_a_clear_sentence_and_kept(
    people: People, subject: Subject, typed: dict[str, str], sentence: str
) -> None:
    rows = tables("TL", "M3", TLM=[measured("T01", "24"), measured("T02", "12")])
    enter(people.coordinator, subject, "M3", "TL", **done(90), **rows)
    with acting(people.coordinator):
        subject.death_date = day(120)
        subject.save()
    odd = sentence in ODD
    answer = Sheet(people.coordinator).send(EVERYTHING | typed, action="complete" if odd else "save")
    said = answer.content.decode()
    assert answer.status_code == 422 and sentence in said and states() == {}
    kept = Controls(said).values
    assert all(kept[name] == [value] for name, value in typed.items()), "what was typed stays on the page"


def test_nothing_more_is_expected_after_the_death(people: People, subject: Subject) -> None:
    def overdue() -> set[str]:
        return {state.visit.code for state in casebook(subject).visits if state.status is status.OVERDUE}

    before = overdue()
    assert {"D28", "M3", "M6"} <= before
    with acting(people.coordinator):
        subject.death_date = day(60)
        subject.save()
    after = overdue()
    assert "D28" in after and not {"M3", "M6"} & after, "what was due before the death stays due"
    waiting = find_list("scans-to-confirm")
    assert waiting is not None and list(waiting.found(Desk(people.coordinator))) == []


def test_a_withdrawal_ends_new_scans_and_keeps_the_old(people: People, subject: Subject) -> None:
    Sheet(people.investigator).send(EVERYTHING | JUDGED, action="complete")
    before = read_population([people.site]).subjects[0].endpoints[Assessor.INVESTIGATOR]
    texts = withdrawal(day(60))
    enter(people.coordinator, subject, "EOS", "EOS", action="complete", **texts)
    later = {name: value.replace(text(28), text(90)) for name, value in EVERYTHING.items()}
    page = Sheet(people.coordinator, "/course/01-001/tumour/M3/").send(later)
    assert page.status_code == 422 and "The subject withdrew consent on" in page.content.decode()
    after = read_population([people.site]).subjects[0].endpoints[Assessor.INVESTIGATOR]
    assert before.derived is not None and after.derived is not None
    assert after.derived.best.response == before.derived.best.response
    assert after.derived.progression_free.date == before.derived.progression_free.date == day(28)
    corrected = {"TLM-0-mm": "25", "reason_code": "SOURCE"}
    assert Sheet(people.coordinator).send(corrected, action="complete").status_code == 200
