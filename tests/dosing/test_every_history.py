"""Every complete history of three levels, entered as data: the board's verdict is the pure rule's at every step.

The histories share their beginnings, so the tree is walked once: each cohort is entered without a DLT, then one subject
after the other is given one, and what follows is undone by a savepoint. Levels open through frozen, signed and released
decisions, as they do in the trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from dosing.models import DltAssessment, Infusion, Slot
from dosing.rules.dose_path_tree import PathNode, dose_path_tree, untreated
from dosing.rules.three_plus_three import RULE_SETS, Action
from dosing.selectors.board import board
from dosing.selectors.freshness import BoardInputs
from dosing.selectors.trial import advise, next_slot_number, recruitment, trial_now
from dosing.services import recompute_subject
from enrollment.models import Subject
from enrollment.models.subject import SubjectStatus
from safety.models import AdverseEvent
from tests.dosing.builders import Trial, complete, days_ago

CELLS = {1: Decimal(60), 2: Decimal(180), 3: Decimal(600)}
INFUSED, ASSESSED = days_ago(60), days_ago(32)


@dataclass
class Walk:
    """The way through the tree; `ends` counts complete histories, `checked` the steps that were compared."""

    trial: Trial
    ends: int = 0
    checked: int = 0

    def visit(self, node: PathNode) -> None:
        """Compare the board with the node, then enter the cohort that follows and visit what it may lead to."""
        self.compare(node)
        if not node.following:
            self.ends += 1
            return
        if node.action is Action.ESCALATE:
            assert trial_now().recruitment.level is None, "nobody goes up before the decision is released"
            self.judge_events()
            self.trial.released(node.advice_level)
        first = node.following[0]
        assert trial_now().recruitment.level == first.level
        assert first.cohort_size is not None
        with undone():
            cohort = [self.infused(first.level) for _n in range(first.cohort_size)]
            for subject in cohort:
                recompute_subject(subject_id=subject.pk)
            for count, following in enumerate(node.following):
                if count:
                    self.trial.event(cohort[count - 1])
                    recompute_subject(subject_id=cohort[count - 1].pk)
                with undone():
                    self.visit(following)

    def compare(self, node: PathNode) -> None:
        shown = board().verdict
        assert (shown.action, shown.level) == (node.action.value, node.advice_level), node
        inputs = BoardInputs.read()
        advice, fresh = advise(inputs.counted, inputs.decisions), trial_now().advice
        assert advice == fresh, "the stored answers and the data themselves give one advice"
        assert (advice.mtd_level, advice.next_dose) == (node.mtd_level, node.next_dose)
        tally = advice.levels[node.level - 1].tally
        assert (tally.n_evaluable, tally.n_dlt) == (node.n, node.x)
        if node.mtd_level is not None:
            assert recruitment(advice, inputs.decisions).level is None
        self.checked += 1

    def judge_events(self) -> None:
        """Adjudicate what a decision needs adjudicated."""
        for event in AdverseEvent.objects.filter(dlt_adjudication=None).select_related("subject__site"):
            self.trial.judge(event)
            recompute_subject(subject_id=event.subject_id)

    def infused(self, level: int) -> Subject:
        """A subject followed to Day 28, with nothing on file that the advice does not read."""
        people = self.trial.people
        number = Subject.objects.count() + 1
        with self.trial.write():
            subject = Subject.objects.create(
                identifier=f"01-{number:03d}", site=people.site, dose_level=level, status=SubjectStatus.FOLLOW_UP,
                infused_at=datetime.combine(INFUSED, time(10), tzinfo=timezone.get_default_timezone()),
            )  # fmt: skip
            Slot.objects.create(
                subject=subject, dose_level=level, number=next_slot_number(level, Slot.Part.ESCALATION),
                assigned_at=timezone.now(), assigned_by=people.coordinator,
            )  # fmt: skip
            Infusion.objects.create(
                subject=subject, visit="D0", assigned_dose_level=level, weight_kg=60, start_date=INFUSED,
                start_time=time(10), infused_cells_million=CELLS[level], **complete(people),
            )  # fmt: skip
            DltAssessment.objects.create(
                subject=subject, visit="D28", assessment_date=ASSESSED, followed_to_day_28=True,
                all_events_entered=True, **complete(people),
            )  # fmt: skip
        return subject


class undone:  # noqa: N801 - reads as a word of the sentence
    """What is written inside is taken back at the end."""

    def __enter__(self) -> None:
        self.point = transaction.savepoint()

    def __exit__(self, *_raised: object) -> None:
        transaction.savepoint_rollback(self.point)


@pytest.fixture
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are slow on purpose, and not what is asked here."""
    monkeypatch.setattr("dosing.services.release.confirm_identity", lambda *_given: None)


@pytest.mark.parametrize(("name", "histories", "steps"), [("protocol", 112, 149), ("classical", 154, 205)])
def test_every_history_by_its_data_gives_the_pure_rule_at_every_step(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, _quick_passwords: None, name: str, histories: int, steps: int
) -> None:
    monkeypatch.setattr("dosing.selectors.levels.text", lambda _parameter: name)
    walk = Walk(trial)
    walk.visit(dose_path_tree(RULE_SETS[name], untreated(3), most_nodes=5000))
    assert (walk.ends, walk.checked) == (histories, steps)
    assert not Subject.objects.exists(), "nothing of a history stays"
