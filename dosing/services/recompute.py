"""What the worker does: judge a subject, judge the levels, mark decisions that the data have overtaken.

Everything here may run twice, late, or beside itself: the same data give the same stored answer, and an unchanged
answer writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision, Slot
from dosing.models.dose_decision import ACTION_WORDS
from dosing.rules import evaluability, three_plus_three
from dosing.rules.evaluability import Status
from dosing.rules.three_plus_three import Action, Higher, LevelTally, decide_level
from dosing.rules.trial_state import LevelAdvice
from dosing.selectors.assessment import ANSWER_VERSION, JudgedEvent, SubjectAssessment, assess_subjects
from dosing.selectors.changes import changes_since, sentence
from dosing.selectors.freshness import BoardInputs, subject_watermarks
from dosing.selectors.levels import Decisions, level_key, rule_set
from dosing.selectors.standing import Counted
from dosing.selectors.trial import advise, tally
from dosing.services.later import lock_board
from enrollment.models import Subject
from enrollment.models.subject import SubjectStatus
from safety.rules import dlt
from trial_edc.audit.context import acting, system_user
from trial_edc.review.results import store_result


def recompute_subject(*, subject_id: UUID) -> None:
    """Judge one subject and then the board; the watermark is read before the data, so nothing newer is missed."""
    with acting(system_user(), _("Computed by the rules"), source="task"):
        subject = Subject.objects.select_for_update().filter(pk=subject_id).first()
        if subject is None or Slot.objects.filter(subject=subject, part=Slot.Part.IMPORTED).exists():
            return
        watermark = subject_watermarks([subject.pk])[subject.pk]
        one = assess_subjects([subject.pk], moment=timezone.now())[0]
        for event in one.events:
            _store_event(subject, event)
        _store_subject(one, watermark)
        _leave_window(subject, one)
        _recompute_board()


def recompute_board() -> None:
    """Judge the levels from the stored answers about the subjects."""
    with acting(system_user(), _("Computed by the rules"), source="task"):
        _recompute_board()


def _store_event(subject: Subject, event: JudgedEvent) -> None:
    computed, on_file = event.computed, event.on_file.event
    store_result(
        root=on_file.pk,
        subject_id=subject.pk,
        rule=dlt.RULE,
        version=dlt.VERSION,
        inputs=event.inputs,
        output={
            "dlt": computed.dlt,
            "criterion": computed.criterion,
            "flags": computed.flags,
            "onset_day": computed.onset_day,
        },
        because=computed.because,
        valid_until=computed.next_change_at,
    )


def _store_subject(one: SubjectAssessment, watermark: int) -> None:
    store_result(
        root=one.file.subject.pk,
        subject_id=one.file.subject.pk,
        rule=evaluability.RULE,
        version=ANSWER_VERSION,
        inputs={**one.inputs(), "watermark": watermark},
        output=one.output(),
        because=one.verdict.because,
        valid_until=one.valid_until,
    )


def _leave_window(subject: Subject, one: SubjectAssessment) -> None:
    """Move the subject to follow-up when its DLT window has closed."""
    if subject.status == SubjectStatus.IN_WINDOW and one.closes_at is not None and not one.window_open:
        subject.status = SubjectStatus.FOLLOW_UP
        subject.save(update_fields=["status"])


def _recompute_board() -> None:
    lock_board()
    before = BoardInputs.read()
    _supersede_overtaken(before.decisions, before.counted)
    inputs = BoardInputs.read()
    advice = advise(inputs.counted, inputs.decisions)
    plain = inputs.plain()
    for level in advice.levels:
        store_result(
            root=level_key(level.level),
            subject_id=None,
            rule=three_plus_three.RULE,
            version=three_plus_three.VERSION,
            inputs=plain,
            output=_level_output(level),
            because=level.decision.because if level.decision else "",
        )


def _level_output(level: LevelAdvice) -> dict[str, Any]:
    decision = level.decision
    return {
        "standing": level.standing,
        "tally": asdict(level.tally),
        "action": decision.action if decision else None,
        "row_key": decision.row_key if decision else None,
        "higher": decision.higher if decision else None,
        "provisional": bool(decision and decision.provisional),
    }


def _supersede_overtaken(decisions: Decisions, counted: Iterable[Counted]) -> None:
    """Mark every binding decision whose advice would be another today, on the same subjects."""
    by_identifier = {one.identifier: one for one in counted}
    for row in decisions.rows:
        if row.status in DoseDecision.BINDING and not still_stands(row, by_identifier):
            _supersede(row, advice_now(row, by_identifier)[0])


def still_stands(decision: DoseDecision, counted: dict[str, Counted]) -> bool:
    """Test whether the decision's own subjects still give its advice; a ruling outside 3+3 is on its very tally."""
    advised, found = advice_now(decision, counted)
    ruled_on = (decision.n_evaluable, decision.n_dlt)
    same_tally = advised is not Action.SRC_DECISION or (found.n_evaluable, found.n_dlt) == ruled_on
    return advised == decision.advised_action and same_tally


def advice_now(decision: DoseDecision, counted: dict[str, Counted]) -> tuple[Action, LevelTally]:
    """Return the advice that the decision's own subjects give now, and their tally; everything else as frozen.

    Later subjects and a window that closed without a DLT are the trial going on, not a change of the evidence.
    """
    evidence = decision.evidence
    subjects = [_carried(row, counted.get(row["identifier"]), decision.dose_level) for row in evidence["subjects"]]
    lower = LevelTally(**evidence["lower"]) if evidence["lower"] else None
    found = tally(subjects, closed=evidence["tally"]["closed"])
    higher = Higher(evidence["advice"]["higher"])
    return decide_level(rule_set(), found, higher=higher, lower=lower).action, found


def _carried(row: dict[str, Any], now: Counted | None, level: int) -> Counted:
    frozen = Counted(row["identifier"], level, Status(row["status"]), in_review=row["in_review"])
    if now is None or frozen.status is Status.NOT_TREATED:
        return frozen
    worse = now.status is Status.EVALUABLE_DLT or now.in_review
    waited = frozen.status is Status.PENDING and not frozen.in_review
    return frozen if waited and not worse else now


def _supersede(decision: DoseDecision, advised: Action) -> None:
    locked = DoseDecision.objects.select_for_update().get(pk=decision.pk)
    if locked.status not in DoseDecision.BINDING:
        return
    ids = [UUID(row["id"]) for row in locked.evidence["subjects"]]
    changed = sentence(changes_since(ids, locked.data_cutoff))
    locked.status = DoseDecision.Status.SUPERSEDED
    locked.superseded_at = timezone.now()
    locked.superseded_because = _("The advice is now “%(now)s” instead of “%(then)s”. Changed: %(what)s.") % {
        "now": ACTION_WORDS[advised],
        "then": ACTION_WORDS[Action(locked.advised_action)],
        "what": changed or _("the rule's reading of the same data"),
    }
    locked.save(update_fields=["status", "superseded_at", "superseded_because"])
