"""The DLT and cohort report: the board's own numbers at a cut-off, with every verdict, choice, pause and signature."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from dosing.models import DltAdjudication, DoseDecision, ExplicitChoice, Infusion
from dosing.selectors.board import board
from dosing.selectors.pausing import standing
from dosing.selectors.trial import trial_now
from dosing.services import resolve_pause
from reports import selectors, services
from reports.cohorts.content import content_hash
from reports.cohorts.reading import read_cohorts
from reports.models import Job
from reports.pdf.cohorts import cohorts_pdf
from safety.models import Death, IcansAssessment
from tests.dosing.builders import Trial, complete, days_ago
from tests.people import PASSWORD, People
from tests.reports.papers import client_of, letters, make, making, outline_of, pages_of, text_of
from trial_edc.accounts.access import midnight
from trial_edc.accounts.services import grant_role
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import Signature

pytestmark = pytest.mark.django_db
LONG = "受试者血压下降，两种升压药。 " + "Two vasopressors were given through the night. " * 40


@pytest.fixture
def trial(people: People, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> Trial:
    """Level 1 released after three subjects, a DLT among the next, an off-range dose with its choice, a pause."""
    monkeypatch.setattr("dosing.services.later.enqueue", lambda *args: True)
    trial = Trial(people)
    for _n in range(3):
        trial.infused(days=90)
    trial.compute()
    trial.released(1)
    first = trial.infused(2, days=40)
    trial.judge(trial.event(first))
    trial.infused(2, days=40, percent=60)
    trial.infused(2, days=10)
    trial.compute()
    trial.answer("REPLACED")
    with trial.write():
        IcansAssessment.objects.create(
            subject=first, visit="D5", assessed_date=days_ago(35), cerebral_oedema="focal", **complete(people)
        )
    trial.compute()
    return trial


def asked(by: Any, **more: Any) -> Job:
    return services.request_report(by=by, kind=Job.Kind.COHORTS, **more)


@pytest.mark.req("R52", "R54")
def test_every_number_is_that_of_the_board(people: People, trial: Trial) -> None:
    now, shown = trial_now(), board()
    report = read_cohorts(timezone.now())
    counted = [(each.level, each.standing, each.tally["n_evaluable"], each.tally["n_dlt"]) for each in report.levels]
    assert counted == [(x.level, x.standing, x.tally.n_evaluable, x.tally.n_dlt) for x in now.advice.levels]
    assert (report.advice.level, report.advice.because) == (now.advice.level, now.advice.because)
    rows = {row["identifier"]: row for cohort in report.cohorts for row in cohort.rows}
    assert len(rows) == len(now.subjects) == 6
    for row in shown.evidence:
        told = rows[row["identifier"]]
        for name in ("status", "because", "window_closes_at", "dose_percent", "open_queries", "unverified", "slot"):
            assert told[name] == row[name], name
    open_pauses = {pause.because for pause in shown.pauses}
    assert {each.evidence for each in report.pauses if each.resolved_at is None} == open_pauses != set()


def test_the_document_says_all_of_it(people: People, trial: Trial) -> None:
    text = text_of(make(asked(people.monitor)).content)
    infusion = Infusion.objects.get(subject__identifier="01-005")
    verdict, decision = DltAdjudication.objects.get(), DoseDecision.objects.get()
    choice = ExplicitChoice.objects.get()
    closes = midnight(infusion.start_date + timedelta(days=29))
    for told in (
        "DL1 ", "Cleared", "Decision table", "Evaluable, with a DLT", "Not evaluable", "60.0",
        f"{infusion.infused_cells_million:.2f}", f"{closes:%d-%b-%Y}", "Grade 4 non-hematologic toxicity",
        verdict.rationale, "Adjudicated by Investigator", decision.advised_because, "Released",
        choice.reason, choice.because, "Does not count and is replaced", "Cerebral oedema", "Pauses",
        "No recommended phase 2 dose was proposed.", "not chosen",
    ):  # fmt: skip
        assert letters(told) in letters(text), told
    signatures = Signature.objects.filter(root__in=[decision.pk, choice.pk]).exclude(meaning="review")
    assert signatures.count() >= 4
    for each in signatures:
        moment = timezone.localtime(each.signed_at)
        said = f"Signed by {each.printed_name}, {each.role_title}, {moment:%d-%b-%Y %H:%M:%S} UTC+08:00"
        assert letters(said) in letters(text)


def test_a_superseded_decision_a_resolved_pause_and_the_recommended_dose(people: People, trial: Trial) -> None:
    pause = board().pauses[0]
    resolve_pause(by=people.investigator, key=pause.key, reason=LONG[:900], password=PASSWORD)
    early = trial_now().subjects[0].file.subject
    for subject in (early, trial_now().subjects[1].file.subject):
        trial.judge(trial.event(subject))
    trial.compute()
    report = read_cohorts(timezone.now())
    assert [each.status for each in report.decisions] == ["SUPERSEDED"]
    resolved = [each for each in report.pauses if each.resolved_at is not None]
    assert [(each.resolved_by, len(each.signatures)) for each in resolved] == [("Investigator", 1)]
    text = text_of(make(asked(people.monitor)).content)
    assert "Superseded" in text and "Resolved" in text and "受试者血压下降，两种升压药。" in text
    assert letters(text).count("Twovasopressorsweregiventhroughthenight.") >= 16


def test_what_pauses_is_the_same_read_now_and_at_a_cut_off(people: People, trial: Trial) -> None:
    first = trial_now().subjects[3].file.subject
    trial.event(first, term="Cytokine release syndrome", grades=((4, 2), (2, 9)), onset_day=2, lasts=20)
    with trial.write():
        Death.objects.create(
            subject=first, visit="LOG", death_date=days_ago(5), cause="ADVERSE EVENT", related_to_cells=True,
            **complete(people),
        )  # fmt: skip
    moment = timezone.now()
    live, then = standing((2,), (6, 4, 4)), standing((2,), (6, 4, 4), as_of=moment)
    assert [(each.key, each.because) for each in live.open] == [(each.key, each.because) for each in then.open]
    assert len(live.open) == 5
    assert standing((), (0, 0, None), as_of=moment - timedelta(days=1)).open == ()


def test_two_runs_of_one_cut_off_are_the_same_document_whatever_came_later(people: People, trial: Trial) -> None:
    cutoff, moment = timezone.now(), datetime(2026, 11, 23, 6, 5, tzinfo=UTC)

    def made(at: datetime) -> bytes:
        report = read_cohorts(cutoff)
        return cohorts_pdf(report, content_hash(report), making(at), lambda _done, _total: None).content

    first = made(moment)
    resolve_pause(
        by=people.investigator, key=board().pauses[0].key, reason="Seen by all of the committee.", password=PASSWORD
    )
    trial.infused(2, days=3)
    trial.compute()
    assert made(moment) == first
    assert [page.replace("15:05", "14:05") for page in pages_of(made(moment + timedelta(hours=1)))] == pages_of(first)
    titles = [title for level, title, _page in outline_of(first) if level == 0]
    assert len(titles) == 9 and titles[0] == "1. Dose levels" and titles[-1] == "9. Expansion"


@pytest.mark.req("R25")
def test_it_is_for_who_signs_decisions_or_reports_on_every_site(people: People, trial: Trial) -> None:
    file = make(asked(people.investigator, site=people.site))
    assert file.job.site is None, "a dose level may have subjects of any site"
    address = reverse("reports:download", args=[file.pk])
    for person in (people.investigator, people.src_member, people.monitor, people.inspector):
        assert client_of(person).get(address).status_code == 200
    for person in (people.coordinator, people.cell_processing, people.administrator, people.elsewhere):
        with pytest.raises(PermissionDenied):
            asked(person)
        assert client_of(person).get(address).status_code == 403
    with acting(system_user(), "test", source="command"):
        grant_role(user=people.elsewhere, role="monitor", site=people.other_site, start_date=days_ago(9))
    local = people.elsewhere.__class__.objects.get(pk=people.elsewhere.pk)
    with pytest.raises(PermissionDenied):
        asked(local)
    assert file.job not in selectors.visible_jobs(local)
    client = client_of(local)
    assert client.get(address).status_code == 404
    assert "DLT and cohort report" not in client.get("/reports/").content.decode()
    body = {"kind": "cohorts", "cutoff": timezone.localdate().isoformat(), "scope": "02", "token": "t"}
    assert client.post("/reports/", body).status_code == 422
    assert client_of(people.investigator).post("/reports/", body | {"scope": "01"}).status_code == 302
