"""Imported subjects hold places of their own: no cohort counts them, no window runs on them."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from dosing.models import Infusion, Slot
from dosing.selectors.casefiles import subjects_in_dosing
from dosing.selectors.freshness import BoardInputs, stale_subjects
from dosing.services import recompute_subject
from enrollment.models import Subject
from tests.casebook.entering import enter, row_texts
from tests.sdtm.files import small_study
from trial_edc.accounts.models import User
from trial_edc.review.models import RuleResult

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _study(tmp_path: Path) -> None:
    call_command("load_sdtm", str(small_study(tmp_path)), stdout=StringIO())


def test_no_cohort_counts_them() -> None:
    assert Slot.objects.count() == 3
    assert subjects_in_dosing() == []
    assert BoardInputs.read().slots == []
    assert stale_subjects() == []


def test_no_rule_judges_them() -> None:
    for subject in Subject.objects.filter(slot__isnull=False):
        recompute_subject(subject_id=subject.pk)
    assert not RuleResult.objects.filter(subject__isnull=False).exists()


def test_a_corrected_day_moves_day_0_and_nothing_else() -> None:
    given = Infusion.objects.get(subject__identifier="01-901-001")
    texts = {"assigned_dose_level": "2", "start_date": "2021-03-02", "reason_code": "TRANSCRIPTION"}
    enter(User.objects.get(username="importer"), given.subject, "D0", "INF", **texts, **row_texts("INFBAG", []))
    subject = Subject.objects.get(pk=given.subject_id)
    assert subject.infusion_date == date(2021, 3, 2)
    assert subject.status == "OFF STUDY"
