"""The meeting pack: made from a frozen decision, the same again at its cut-off, and nothing left out of it."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pypdf import PdfReader

from dosing.models import DoseDecision
from dosing.services import freeze_decision, sign_decision, store_characteristics
from reports import services, tasks
from reports.content.pack import PeakLine
from reports.models import Job, ReportFile
from reports.pdf.pack_course import cytokines_section
from reports.pdf.words import DASH
from safety.models import CrsAssessment, SeriousEventReport
from tests.dosing.builders import Trial, complete, days_ago
from tests.people import PASSWORD, People
from trial_edc.audit.context import acting
from trial_edc.review.results import store_result

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(people: People, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Level 1 with a DLT among three, a course of CRS, a serious event report, and a record in review."""
    monkeypatch.setattr("dosing.services.later.enqueue", lambda *args: True)
    trial = Trial(people)
    subjects = [trial.infused(days=60) for _n in range(3)]
    trial.judge(trial.event(subjects[0]))
    with trial.write():
        for day, grade in ((1, 0), (2, 2), (3, 3)):
            CrsAssessment.objects.create(
                subject=subjects[0], visit=f"D{day}", assessed_date=days_ago(60 - day), investigator_grade=grade,
                tocilizumab_given=grade == 3, **complete(people),
            )  # fmt: skip
        SeriousEventReport.objects.create(
            subject=subjects[0], visit="LOG", narrative="Liver values rose on Day 5 and fell within three days.",
        )  # fmt: skip
    trial.compute()
    return trial


def made(by: Any, decision: DoseDecision, key: str) -> tuple[ReportFile, str]:
    job = services.request_pack(by=by, decision=decision, idempotency_key=key)
    tasks.produce_report(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.failure_reason
    pages = PdfReader(BytesIO(bytes(job.file.content))).pages
    return job.file, " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_the_pack_of_a_signed_decision_holds_everything_and_comes_out_the_same_again(trial: Trial) -> None:
    people, decision = trial.people, trial.review(1)
    probabilities = (Decimal("0.40"), Decimal("0.55"), Decimal("0.70"))
    store_characteristics(
        by=people.statistician, decision=decision, probabilities=probabilities, seen_hash=decision.evidence_hash
    )
    for signer in (people.investigator, people.src_member):
        sign_decision(by=signer, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
    file, whole = made(people.src_member, decision, "one")
    assert file.name.startswith("CD70-CART-101_src-pack_DL1-r1_")
    for words in (
        "Expand this level to six subjects", "1 of 3 evaluable subjects had a DLT", "n3_x1 (untested)",
        "60.00", "100.0", "Grade 4 non-hematologic toxicity", "Adjudicated by Investigator",
        "Liver values rose on Day 5", "D2: 2 · D3: 3 · 1 days at grade 0", "tocilizumab",
        "At true DLT probabilities 0.40 / 0.55 / 0.70", "every dose is above one third",
        "The cases were discussed.", "Chair, monitor", "Src Member", "UTC+08:00",
        "I reviewed the data and make this dose decision", decision.evidence_hash, file.content_hash,
        "critical data points of 01-001 are not source verified",
    ):  # fmt: skip
        assert words in whole, words
    assert "DRAFT" not in whole
    trial.infused()
    trial.compute()
    again, _words = made(people.statistician, decision, "two")
    assert again.content_hash == file.content_hash, "later data do not enter the pack of an earlier cut-off"


def test_a_draft_an_override_and_what_changed_since_stand_in_red(trial: Trial) -> None:
    people = trial.people
    draft, whole = made(people.monitor, freeze_decision(by=people.investigator, dose_level=1), "draft")
    assert "DRAFT – not signed" in whole and "Nobody has signed yet." in whole
    assert "None is stored with this record." in whole
    with trial.write():
        trial.event(trial.infused(), grades=((4, 5),))
    trial.compute()
    decision = trial.signed(1, override_reason="The source was read at the site yesterday.")
    trial.event(trial.infused())
    trial.compute()
    decision.refresh_from_db()
    _file, whole = made(people.monitor, decision, "later")
    assert "DECIDED ON INCOMPLETE DATA" in whole
    assert "Decided on incomplete data because: The source was read" in whole
    assert "is not adjudicated" in whole and "Blocks" in whole
    assert draft.pages >= 2


def test_laboratory_results_of_concern_are_listed(trial: Trial) -> None:
    from safety.models import Chemistry
    from safety.rules import laboratory

    with trial.write():
        form = Chemistry.objects.create(subject_id=trial.candidate().pk, visit="D7", **complete(trial.people))
        subject = trial.infused(days=50)
        form = Chemistry.objects.create(subject=subject, visit="D7", **complete(trial.people))
        grades = [["ALT", "Alanine aminotransferase increased", 4, "21 × ULN."], ["AST", "AST", 2, "4 × ULN."]]
        store_result(
            root=form.pk, subject_id=subject.pk, rule=laboratory.RULE, version="1.0.0", inputs={"r": 1},
            output={"highest": 4, "grades": grades}, because="Highest grade 4.",
        )  # fmt: skip
    _file, whole = made(trial.people.monitor, trial.review(1), "labs")
    assert "21 × ULN." in whole and "4 × ULN." not in whole.replace("21 × ULN.", "")


@pytest.mark.req("R25")
def test_who_asks_for_a_pack(trial: Trial, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = False
    decision = trial.review(1)
    with pytest.raises(PermissionDenied):
        services.request_pack(by=trial.people.coordinator, decision=decision)
    client = Client()
    client.force_login(trial.people.statistician, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(f"/reports/decisions/{decision.pk}/", {"token": "asked"})
    assert answer.status_code == 302
    job = Job.objects.get(idempotency_key="asked")
    assert (job.kind, job.cutoff, job.parameters["decision"]) == ("src-pack", decision.data_cutoff, str(decision.pk))


@pytest.mark.req("R25")
def test_who_signs_the_decision_reads_its_pack_whichever_site_is_theirs(trial: Trial, settings: Any) -> None:
    """There are two sites; the investigator belongs to one of them, and the level to the trial."""
    settings.SECURE_SSL_REDIRECT = False
    people = trial.people
    decision = trial.review(1)
    file, _words = made(people.investigator, decision, "mine")
    assert services.request_pack(by=people.sub_investigator, decision=decision).kind == "src-pack"
    client = Client()
    client.force_login(people.sub_investigator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/reports/files/{file.pk}/").status_code == 200
    services.note_download(by=people.investigator, file=file)
    with pytest.raises(PermissionDenied, match="single sites"):
        services.request_report(by=people.investigator, kind=Job.Kind.SAFETY)
    with acting(people.administrator, "test"):
        people.monitor.memberships.update(site=people.site)
    with pytest.raises(PermissionDenied, match="single sites"):
        services.request_pack(by=type(people.monitor).objects.get(pk=people.monitor.pk), decision=decision)


def test_cytokines_are_one_line_per_subject_and_a_column_per_analyte() -> None:
    """A pivot: the peak with its day, and how many times the baseline it is."""
    lines = (
        PeakLine("01-001", "IL-6", "10 pg/mL", "1250 pg/mL", "5", "125.0"),
        PeakLine("01-001", "CRP", "", "90 mg/L", "4"),
        PeakLine("01-002", "IL-6", "9 pg/mL", "18 pg/mL", "3", "2.0"),
    )
    pack: Any = SimpleNamespace(cytokines=lines)
    table: Any = cytokines_section("Cytokines", pack)[1]
    shown = table.texts
    assert [len(row) for row in shown] == [3, 3, 3]
    assert "IL-6" in shown[0][1] and "CRP" in shown[0][2]
    assert "1250" in shown[1][1] and "125.0" in shown[1][1] and "D5" in shown[1][1]
    assert shown[2][2] == DASH and "18" in shown[2][1]
