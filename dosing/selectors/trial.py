"""The trial's advice from who counts how, and what it allows: who may be enrolled or infused, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision, ExplicitChoice, Reservation, Rp2dDecision, Slot
from dosing.rules.evaluability import Status
from dosing.rules.next_infusion import NextInfusion, StaggerConfig, earliest_next_infusion
from dosing.rules.pausing import TRIAL
from dosing.rules.three_plus_three import TOO_TOXIC_ACTIONS, Action, LevelTally
from dosing.rules.trial_state import LevelState, TrialAdvice, decide_trial_state
from dosing.selectors.assessment import SubjectAssessment, assess_subjects
from dosing.selectors.casefiles import subjects_in_dosing
from dosing.selectors.expansion import Expansion, expansion, held_by
from dosing.selectors.levels import Decisions, level_numbers, rule_set
from dosing.selectors.pausing import NO_PAUSE, Standing, standing
from dosing.selectors.standing import Counted
from trial_edc.accounts.access import today
from trial_edc.audit.selectors import load
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer


def counted(one: SubjectAssessment) -> Counted | None:
    """Return how an assessed subject counts, None when it has no slot."""
    slot = one.file.slot
    if slot is None:
        return None
    return Counted(
        identifier=one.file.subject.identifier,
        level=slot.dose_level,
        status=one.verdict.status,
        in_review=one.in_review,
        infused=one.facts.infused,
        left=one.file.left_date is not None or slot.is_released,
        replace=one.verdict.replace,
        expansion=slot.part == Slot.Part.EXPANSION,
    )


def tally(subjects: Iterable[Counted], *, closed: bool = False) -> LevelTally:
    """Count the subjects of one level.

    >>> tally([Counted("01-001", 1, Status.EVALUABLE_DLT), Counted("01-002", 1, Status.PENDING, in_review=True)])
    LevelTally(n_evaluable=1, n_dlt=1, n_pending=0, n_review=1, closed=False)
    """
    found = list(subjects)
    with_dlt = sum(one.status is Status.EVALUABLE_DLT for one in found)
    without = sum(one.status is Status.EVALUABLE_NO_DLT for one in found)
    review = sum(one.status is Status.PENDING and one.in_review for one in found)
    pending = sum(one.status is Status.PENDING and not one.in_review for one in found)
    return LevelTally(with_dlt + without, with_dlt, pending, review, closed)


def advise(subjects: Iterable[Counted], decisions: Decisions) -> TrialAdvice:
    """Return the rule's advice for every level and for the trial.

    A level counts as opened when an escalation to it was ever released, or when it has subjects: the rule then says
    whether it is suspended.
    """
    return decide_trial_state(level_states(subjects, decisions), rule_set())


def level_states(subjects: Iterable[Counted], decisions: Decisions) -> tuple[LevelState, ...]:
    """Return the tally of every level, lowest first, and whether the level was opened."""
    by_level: dict[int, list[Counted]] = defaultdict(list)
    for one in subjects:
        if not one.expansion:
            by_level[one.level].append(one)
    highest_used = max((level for level, found in by_level.items() if found), default=1)
    opened_to = max([highest_used, *(level for level in level_numbers() if decisions.was_opened(level))])
    return tuple(
        _level_state(tally(by_level[level], closed=decisions.closed(level)), level, decisions, level <= opened_to)
        for level in level_numbers()
    )


def _level_state(found: LevelTally, level: int, decisions: Decisions, opened: bool) -> LevelState:
    return LevelState(found, opened, decisions.ruling(level, found.n_evaluable, found.n_dlt))


@dataclass(frozen=True)
class Recruitment:
    """Where subjects may be enrolled and infused now: `level` None = nowhere; the sentence says why."""

    level: int | None
    capacity: int
    because: str


#: Decisions that keep subjects out; when such a one is superseded, only a new decision lets them in again.
RESTRICTIVE = frozenset({*TOO_TOXIC_ACTIONS, Action.WAIT})
#: Advice that asks for subjects -> how many the level may hold.
CAPACITY = {Action.ENROLL_TO_3: 3, Action.EXPAND_TO_6: 6, Action.ENROLL_TO_6: 6}


def recruitment(advice: TrialAdvice, decisions: Decisions, pauses: Standing = NO_PAUSE) -> Recruitment:
    """Return where the advice and the decisions in force allow subjects.

    The committee may hold a level or fill it to six before it escalates; it can open nothing the rule does not allow.
    """
    level, action = advice.level, advice.action
    name = dose_level(level).short_label
    pause = pauses.of(TRIAL)
    if pause is not None:
        return _nowhere(_("The trial is paused: %(why)s") % {"why": pause.because})
    if not decisions.authorised(level):
        return _nowhere(
            _("%(level)s is suspended: the decision that opened it is not released any more.") % {"level": name}
        )
    last = decisions.standing(level)
    if last is not None and last.status == DoseDecision.Status.SUPERSEDED and last.chosen_action in RESTRICTIVE:
        return _nowhere(_("The decision that held %(level)s was superseded: a new one is required.") % {"level": name})
    in_force = decisions.released(level)
    chosen = in_force.chosen_action if in_force else ""
    if chosen == Action.WAIT:
        return _nowhere(_("%(level)s is held by the decision of the safety review committee.") % {"level": name})
    most = rule_set().most_subjects
    if action in CAPACITY:
        return Recruitment(level, CAPACITY[action], advice.because)
    if action is Action.ENROLL_TO_6_AFTER_SRC_REVIEW and chosen == action:
        return Recruitment(level, most, advice.because)
    filling = action in (Action.ESCALATE, Action.WAIT) and chosen == Action.EXPAND_TO_6
    if filling and advice.current.tally.infused < most:
        return Recruitment(level, most, _("The committee decided to fill %(level)s to six first.") % {"level": name})
    return _nowhere(advice.because)


def _nowhere(because: str) -> Recruitment:
    return Recruitment(None, 0, because)


@dataclass(frozen=True)
class Enrolling:
    """Where the next subject is enrolled: the escalation comes before the expansion; `level` None = nowhere."""

    level: int | None
    part: Slot.Part
    capacity: int
    held: int
    because: str
    reserved: int = 0

    @property
    def has_place(self) -> bool:
        return self.level is not None and self.held + self.reserved < self.capacity


@dataclass(frozen=True)
class TrialNow:
    """The whole trial judged at one moment from the data themselves, not from stored results."""

    subjects: tuple[SubjectAssessment, ...]
    counted: tuple[Counted, ...]
    decisions: Decisions
    advice: TrialAdvice
    expansion: Expansion
    pauses: Standing
    reservations: tuple[Reservation, ...] = ()

    @property
    def recruitment(self) -> Recruitment:
        return recruitment(self.advice, self.decisions, self.pauses)

    @property
    def enrolling(self) -> Enrolling:
        """Return where the next subject is enrolled that has no reservation."""
        return self.enrolling_for(None)

    def enrolling_for(self, subject_id: UUID | None) -> Enrolling:
        """Return where a subject is enrolled: the places kept for others are not free, its own is."""
        found = self._next_place()
        kept = [row for row in self.reservations if row.subject_id != subject_id]
        return replace(found, reserved=sum((row.dose_level, row.part) == (found.level, found.part) for row in kept))

    def _next_place(self) -> Enrolling:
        found, opened = self.recruitment, self.expansion
        if found.level is not None or opened.choice is None:
            held = self.held(found.level) if found.level is not None else 0
            return Enrolling(found.level, Slot.Part.ESCALATION, found.capacity, held, found.because)
        level = opened.level if opened.may_infuse else None
        return Enrolling(level, Slot.Part.EXPANSION, opened.maximum, opened.held, opened.because)

    def held(self, level: int) -> int:
        """Return how many places of a level are taken."""
        return sum(one.holds_slot for one in self.counted if one.level == level and not one.expansion)

    def infused_at_level(self, level: int) -> list[SubjectAssessment]:
        return [
            one for one in self.subjects if one.facts.infused and one.file.slot and one.file.slot.dose_level == level
        ]


def trial_now(*, as_of: datetime | None = None) -> TrialNow:
    """Judge the whole trial: as the data are now, or as they were at a cut-off (then without what pauses it)."""
    moment = as_of or timezone.now()
    subjects = tuple(assess_subjects(subjects_in_dosing(as_of), moment=moment, as_of=as_of))
    decisions = Decisions.read(as_of)
    found = tuple(one for one in map(counted, subjects) if one is not None)
    advice = advise(found, decisions)
    opened = expansion(found, decisions, load(Rp2dDecision, as_of=as_of), extra=_places_beyond_the_cap(as_of))
    pauses = standing(advice.too_toxic_levels, opened.monitored) if as_of is None else NO_PAUSE
    kept = reservations() if as_of is None else ()
    return TrialNow(subjects, found, decisions, advice, held_by(opened, pauses), pauses, kept)


def _places_beyond_the_cap(as_of: datetime | None) -> int:
    status, question = ExplicitChoice.Status.IN_FORCE, ExplicitChoice.Question.EXPANSION_CAP
    return len(load(ExplicitChoice, as_of=as_of, status=status.value, question=question.value))


def reservations() -> tuple[Reservation, ...]:
    """Return the places that are kept today, with their subjects."""
    rows = Reservation.objects.filter(ended_at=None, last_day__gte=today()).select_related("subject")
    return tuple(rows.order_by("reserved_at"))


def stagger_config() -> StaggerConfig:
    """Return the protocol's intervals between infusions at one level."""
    return StaggerConfig(
        first_to_second=integer("escalation.stagger_first_to_second_days"),
        subsequent=integer("escalation.stagger_subsequent_days"),
    )


def next_infusion(now: TrialNow, level: int) -> NextInfusion:
    """Return the earliest date of the next infusion at a level, by the infusions already given there."""
    given = [day for one in now.infused_at_level(level) if (day := one.file.subject.infusion_date) is not None]
    return earliest_next_infusion(given, today=max([today(), *given]), config=stagger_config())


def next_slot_number(level: int, part: str) -> int:
    """Return the number of the next place; numbers are never used twice."""
    last = Slot.objects.filter(dose_level=level, part=part).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
