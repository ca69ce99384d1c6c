"""Proposals of the DLT rule in front of the physician: the list, the drawing, and the Day-28 assessment beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dosing.adjudicating import day28_panel, evaluability_panel, proposals
from dosing.models import DltAssessment
from dosing.selectors.assessment import assess_subjects
from dosing.selectors.event_picture import event_picture
from dosing.services import adjudicate
from safety.ctcae import CRS_TERM
from tests.bedside.columns import browser
from tests.dosing.builders import Trial
from trial_edc.casebook import work
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.work import Desk


def lines(trial: Trial) -> list[tuple[str, str]]:
    return [(line.subject, str(line.what)) for line in proposals(Desk(trial.people.investigator))]


def judge(trial: Trial, event: Any, verdict: str) -> None:
    adjudicate(by=trial.people.investigator, adverse_event=event, verdict=verdict, rationale="As the chart says it.")
    trial.compute()


def test_a_proposal_waits_until_a_yes_or_no_on_the_present_facts(trial: Trial) -> None:
    subject = trial.infused(days=20)
    event = trial.event(subject)
    trial.event(subject, term="Nausea", grades=((2, 5),))
    trial.compute()
    waiting = [(subject.identifier, "Alanine aminotransferase increased: DLT by the rule")]
    assert lines(trial) == waiting
    judge(trial, event, "NEEDS DATA")
    assert lines(trial) == waiting
    judge(trial, event, "NO")
    assert lines(trial) == []
    with trial.write():
        event.relationship_car_t = "definite"
        event.save()
    trial.compute()
    assert lines(trial) == waiting


def test_pending_and_review_are_on_the_list(trial: Trial) -> None:
    subject = trial.infused(days=10)
    trial.event(subject, term=CRS_TERM, grades=((3, 5),), lasts=None)
    trial.event(subject, related="")
    trial.compute()
    assert [what.rpartition(": ")[2] for _subject, what in lines(trial)] == [
        "DLT not decided yet", "a physician must decide",
    ]  # fmt: skip


def test_only_who_judges_has_the_list(trial: Trial) -> None:
    named = {
        role: any(each.name == "dlt-proposals" for each in work.lists_for(getattr(trial.people, role)))
        for role in ("investigator", "sub_investigator", "coordinator", "monitor")
    }
    assert named == {"investigator": True, "sub_investigator": True, "coordinator": False, "monitor": False}


def test_the_drawing_shows_every_grade_against_the_window(trial: Trial) -> None:
    subject = trial.infused(days=20)
    event = trial.event(subject, term=CRS_TERM, onset_day=2, grades=((1, 2), (3, 5), (2, 9)), lasts=9)
    judged = assess_subjects([subject.pk], moment=timezone.now())[0].events[0]
    picture = event_picture(judged, subject, timezone.now())
    assert picture is not None
    assert [(bar.grade, bar.words) for bar in picture.bars] == [(1, "3.0 d"), (3, "4.0 d"), (2, "3.0 d")]
    assert [tick.label for tick in picture.ticks] == ["D0", "D7", "D14", "D21", "D28"]
    first = picture.bars[0]
    assert picture.window_x < first.x < picture.window_x + picture.window_width
    assert picture.bars[1].y < first.y
    page = browser(trial.people.investigator).get(reverse("dosing:adjudicate", args=[event.pk])).content.decode()
    assert "Grade 3 for 4.0 d." in page
    assert " style=" not in page


def test_a_grade_that_goes_on_ends_at_the_present(trial: Trial) -> None:
    subject = trial.infused(days=10)
    trial.event(subject, term=CRS_TERM, onset_day=5, grades=((3, 5),), lasts=None)
    judged = assess_subjects([subject.pk], moment=timezone.now())[0].events[0]
    picture = event_picture(judged, subject, timezone.now())
    assert picture is not None
    assert picture.bars[0].ongoing
    assert picture.bars[0].words.endswith("…")


def test_without_an_infusion_there_is_nothing_to_draw(trial: Trial) -> None:
    subject = trial.slot()
    trial.event(subject)
    judged = assess_subjects([subject.pk], moment=timezone.now())[0].events[0]
    assert event_picture(judged, subject, timezone.now()) is None


@pytest.mark.parametrize(
    ("verdict", "shown"), [("YES", "Dose-limiting toxicity"), ("NO", "Not a dose-limiting toxicity")]
)
def test_the_day_28_assessment_lists_events_verdicts_and_what_is_missing(
    trial: Trial, verdict: str, shown: str
) -> None:
    subject = trial.infused(days=40, day28=False)
    event = trial.event(subject)
    trial.compute()
    form = DltAssessment(subject=subject, visit="D28")
    panel = day28_panel(form, [])
    assert panel is not None
    assert (panel.rows[0].driving, str(panel.rows[0].value)) == (True, "DLT by the rule")
    assert "verdicts on 1 events" in panel.because
    judge(trial, event, verdict)
    form.followed_to_day_28, form.all_events_entered = True, True
    panel = day28_panel(form, [])
    assert panel is not None
    assert (panel.rows[0].driving, str(panel.rows[0].value)) == (False, shown)
    assert panel.because == "Every event is judged."
    assert str(panel.title) == f"Events: 1, DLT: {int(verdict == 'YES')}"


def test_the_day_28_assessment_shows_its_window_the_dose_and_how_the_subject_counts(trial: Trial) -> None:
    subject = trial.infused(days=40, day28=False)
    trial.compute()
    panel = evaluability_panel(DltAssessment(subject=subject, visit="D28"), [])
    assert panel is not None and (str(panel.title), panel.grade) == ("Pending", "…")
    assert "the Day-28 assessment is not done" in panel.because
    infused = subject.infusion_date
    assert infused is not None
    first, last = study_date(infused), study_date(infused + timedelta(days=28))
    assert [str(row.value) for row in panel.rows] == [
        f"{first} to the end of {last}", "100.0 % of the assigned dose",
    ]  # fmt: skip
    later = trial.infused(days=40)
    trial.compute()
    panel = evaluability_panel(DltAssessment(subject=later, visit="D28"), [])
    assert panel is not None and (str(panel.title), panel.grade) == ("Evaluable, no DLT", "✓")


def test_before_an_infusion_nobody_counts(trial: Trial) -> None:
    subject = trial.slot()
    trial.compute()
    assert evaluability_panel(DltAssessment(subject=subject, visit="D28"), []) is None
