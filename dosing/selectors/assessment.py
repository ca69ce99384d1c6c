"""Judge subjects by the rules: every event for DLT, then whether the subject counts at its level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from dosing.models import DltAdjudication
from dosing.rules import explicit_choices
from dosing.rules.evaluability import VERSION, Evaluability, Status, SubjectFacts
from dosing.rules.explicit_choices import Settled
from dosing.selectors.casefiles import Casefile, casefiles
from dosing.selectors.settling import choice_key, settled_subject
from safety.rules import dlt as dlt_rule
from safety.rules.moments import instant, midnight
from safety.rules.severity import Dlt
from safety.selectors import EventOnFile, dlt_config, plain_facts, trial_zone
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import integer
from trial_edc.protocol.study_day import study_day
from trial_edc.review.results import input_hash

MILLION = Decimal(1_000_000)
#: Names the rules that a stored answer about a subject was made by.
ANSWER_VERSION = f"{VERSION}+{explicit_choices.VERSION}"


@dataclass(frozen=True)
class JudgedEvent:
    """One event: what the rule computed, what a physician said, and what counts."""

    on_file: EventOnFile
    computed: dlt_rule.DltVerdict
    inputs: dict[str, Any]
    adjudication: DltAdjudication | None
    final: Dlt

    @property
    def input_hash(self) -> str:
        return input_hash(dlt_rule.RULE, dlt_rule.VERSION, self.inputs)

    @property
    def outdated(self) -> bool:
        """Test whether the facts changed after the physician judged them."""
        return self.adjudication is not None and self.adjudication.seen_input_hash != self.input_hash

    def plain(self) -> dict[str, Any]:
        """Return the event as the board and the evidence show it."""
        event = self.on_file.event
        return {
            "id": str(event.pk),
            "visit": event.visit,
            "number": event.sequence,
            "term": event.term,
            "grade": max((row.grade for row in self.on_file.changes if row.grade is not None), default=None),
            "onset": event.onset_date,
            "onset_day": self.computed.onset_day,
            "computed": self.computed.dlt.value,
            "criterion": self.computed.criterion.value if self.computed.criterion else None,
            "because": self.computed.because,
            "adjudicated": self.adjudication.verdict if self.adjudication else None,
            "outdated": self.outdated,
            "final": self.final.value,
            **({"draft": True} if event.status == FormStatus.STARTED else {}),
        }


@dataclass(frozen=True)
class SubjectAssessment:
    """One subject judged at one moment."""

    file: Casefile
    facts: SubjectFacts
    verdict: Evaluability
    events: tuple[JudgedEvent, ...]
    closes_at: datetime | None
    moment: datetime
    settled: Settled

    @property
    def in_review(self) -> bool:
        """Test for an undecided subject with an event in review: it counts as a DLT for restriction."""
        return self.verdict.status is Status.PENDING and any(event.final is Dlt.REVIEW for event in self.events)

    @property
    def window_open(self) -> bool:
        return self.closes_at is not None and self.moment < self.closes_at

    @property
    def valid_until(self) -> datetime | None:
        """The moment at which time alone may change the answer."""
        changes = [event.computed.next_change_at for event in self.events]
        moments = [at for at in (*changes, self.closes_at) if at is not None and at > self.moment]
        return min(moments, default=None)

    @property
    def choice_key(self) -> str:
        """The name of the question that is open or was answered, with the facts it is asked on; "" without one."""
        question = self.settled.question
        return choice_key(question, self.file, self.facts) if question else ""

    def inputs(self) -> dict[str, Any]:
        """What the answer rests on, without the running clock: the same data give the same inputs."""
        file, facts = self.file, self.facts
        return {
            "subject": file.subject.identifier,
            "dose_level": file.slot.dose_level if file.slot else None,
            "infused_at": file.subject.infused_at,
            "dose_assigned_cells": facts.dose_assigned,
            "dose_given_cells": facts.dose_given,
            "day28_assessment_done": facts.day28_assessment_done,
            "left_date": file.left_date,
            "events": {str(event.on_file.event.pk): event.final.value for event in self.events},
        }

    def output(self) -> dict[str, Any]:
        """The answer as it is stored; the board and the tallies read it."""
        file = self.file
        return {
            "status": self.verdict.status.value,
            "replace": self.verdict.replace,
            "provisional": self.verdict.provisional,
            "at_risk": self.verdict.at_risk,
            "in_review": self.in_review,
            "infused_at": _plain(file.subject.infused_at),
            "window_closes_at": _plain(self.closes_at),
            "dose_percent": dose_percent(self.facts),
            "day28_done": self.facts.day28_assessment_done,
            "day28_says_dlt": file.assessment.dlt_occurred if file.assessment else None,
            "left_date": _plain(file.left_date),
            "left_because": file.left_because,
            "events": [event.plain() for event in self.events],
            **self._choice(),
        }

    def _choice(self) -> dict[str, str | None]:
        """The explicit choice that is missing or made; nothing for the many who raise no question."""
        question, chosen = self.settled.question, self.settled.chosen
        if question is None:
            return {}
        return {"question": question.value, "chosen": chosen.value if chosen else None, "choice_key": self.choice_key}


def _plain(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def dose_percent(facts: SubjectFacts) -> str | None:
    """Infused over assigned dose in per cent with one decimal, for people; the rule compares exactly."""
    if not facts.dose_assigned or facts.dose_given is None:
        return None
    return str((facts.dose_given * 100 / facts.dose_assigned).quantize(Decimal("0.1"), ROUND_HALF_UP))


def assess_subjects(
    subject_ids: Iterable[UUID], *, moment: datetime, as_of: datetime | None = None
) -> list[SubjectAssessment]:
    """Judge subjects at `moment`, on the data as they are, or as they were at `as_of`."""
    return [assess(file, moment=moment) for file in casefiles(subject_ids, as_of=as_of)]


def assess(file: Casefile, *, moment: datetime) -> SubjectAssessment:
    """Judge one subject at `moment`."""
    events = tuple(judge_event(file, on_file, moment) for on_file in file.events)
    facts = _subject_facts(file, events, moment)
    settled = settled_subject(file, facts)
    closes_at = window_closes_at(file.subject.infusion_date)
    return SubjectAssessment(file, facts, settled.verdict, events, closes_at, moment, settled)


def judged_otherwise(one: SubjectAssessment, event: JudgedEvent, verdict: Dlt) -> SubjectAssessment:
    """Return the subject as it would count with another verdict on one of its events."""
    events = tuple(replace(each, final=verdict) if each is event else each for each in one.events)
    facts = _subject_facts(one.file, events, one.moment)
    settled = settled_subject(one.file, facts)
    return replace(one, events=events, facts=facts, verdict=settled.verdict, settled=settled)


def judge_event(file: Casefile, on_file: EventOnFile, moment: datetime) -> JudgedEvent:
    """Compute the DLT verdict on one event and combine it with the physician's."""
    infused_at = file.subject.infused_at
    facts = on_file.facts
    inputs = {"event": plain_facts(facts) if facts else None, "infused_at": infused_at}
    if facts is None:
        computed = dlt_rule.DltVerdict(Dlt.NOT_APPLICABLE, None, (), "The form is marked as not done.")
    else:
        computed = dlt_rule.adjudicate_dlt(
            facts,
            infusion_at=None if infused_at is None else instant(infused_at),
            data_cutoff=instant(moment),
            config=dlt_config(),
        )
    adjudication = file.adjudications.get(on_file.event.pk)
    seen = adjudication is not None and adjudication.seen_input_hash == input_hash(
        dlt_rule.RULE, dlt_rule.VERSION, inputs
    )
    final = final_verdict(computed.dlt, adjudication.verdict if adjudication else None, facts_unchanged=seen)
    return JudgedEvent(on_file, computed, inputs, adjudication, final)


#: What a physician's verdict means for the tally.
SAID = {
    DltAdjudication.Verdict.YES.value: Dlt.YES,
    DltAdjudication.Verdict.NO.value: Dlt.NO,
    DltAdjudication.Verdict.NEEDS_DATA.value: Dlt.REVIEW,
}


def final_verdict(computed: Dlt, said: str | None, *, facts_unchanged: bool) -> Dlt:
    """Return the verdict that counts: the physician's, as long as it is about the facts as they are.

    A "no" given on other facts does not silence a verdict computed since: the event is in review until judged again.

    >>> final_verdict(Dlt.YES, "NO", facts_unchanged=True).value
    'NO'
    >>> final_verdict(Dlt.YES, "NO", facts_unchanged=False).value
    'REVIEW'
    """
    if said is None or computed is Dlt.NOT_APPLICABLE:
        return computed
    verdict = SAID[said]
    if facts_unchanged or verdict is not Dlt.NO:
        return verdict
    return Dlt.NO if computed is Dlt.NO else Dlt.REVIEW


def window_closes_at(infusion_date: date | None) -> datetime | None:
    """Return the end of the last day of the DLT window (UTC)."""
    if infusion_date is None:
        return None
    return midnight(infusion_date + timedelta(days=integer("dlt.window_days") + 1), trial_zone())


def last_window_day(closes_at: datetime) -> date:
    """Return the day of the trial at whose end a DLT window closes: the day people read, where no time stands."""
    return (closes_at - timedelta(microseconds=1)).astimezone(trial_zone()).date()


def _subject_facts(file: Casefile, events: tuple[JudgedEvent, ...], moment: datetime) -> SubjectFacts:
    finals = {event.final for event in events}
    assigned, given = _doses(file)
    followed, left_early = _follow_up(file, moment)
    return SubjectFacts(
        infused=file.subject.infused_at is not None,
        dlt=Dlt.YES in finals,
        dose_assigned=assigned,
        dose_given=given,
        days_followed=followed,
        day28_assessment_done=file.assessment_done,
        off_study_before_d28=left_early,
        unresolved_event=bool(finals & {Dlt.PENDING, Dlt.REVIEW}),
    )


def _doses(file: Casefile) -> tuple[Decimal | None, Decimal | None]:
    """Assigned and infused CAR+ cells in total; their ratio is that of the doses per kilogram, without rounding."""
    infusion, slot = file.infusion, file.slot
    if infusion is None:
        return None, None
    level = slot.dose_level if slot else infusion.assigned_dose_level
    assigned = None
    if level is not None and infusion.weight_kg:
        assigned = dose_level(level).planned_cells(Decimal(infusion.weight_kg))
    given = infusion.infused_cells_million
    return assigned, None if given is None else Decimal(given) * MILLION


def _follow_up(file: Casefile, moment: datetime) -> tuple[int | None, bool]:
    """Completed days after the day of infusion, at most to the departure; and whether that was before Day 28.

    The last day of the window counts when it has ended: an event late on Day 28 is still a DLT.
    """
    infusion_date = file.subject.infusion_date
    if infusion_date is None:
        return None, False
    window = integer("dlt.window_days")
    completed = study_day(moment.astimezone(trial_zone()).date(), infusion_date) - 1
    if file.left_date is not None:
        left_day = study_day(file.left_date, infusion_date)
        if left_day < window:
            return max(0, min(completed, left_day)), True
    return max(0, min(completed, window)), False
