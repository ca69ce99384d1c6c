"""Step 3 of the DLT rule: what in the severity of an event qualifies, and from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safety.rules.facts import AdverseEventFacts, DltConfig, Grading, Outcome
from safety.rules.moments import Moment
from safety.rules.runs import Length, Measured, Run, first_period, grade_runs, measure, whole_event
from safety.rules.terms import Category, category, is_crs


class Dlt(StrEnum):
    """The verdict on one adverse event."""

    YES = "YES"
    NO = "NO"
    PENDING = "PENDING"
    REVIEW = "REVIEW"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Criterion(StrEnum):
    """The clause of the protocol's definition."""

    CRS_LONGER_THAN_LIMIT = "CRS_G3PLUS_GT_14D"
    GRADE_4_NON_HEMATOLOGIC = "G4_NONHEM"
    GRADE_5_RELATED = "G5_RELATED"


@dataclass(frozen=True)
class Finding:
    """One way in which the event qualifies or may qualify; `anchor` is when the qualifying grade began."""

    dlt: Dlt
    criterion: Criterion
    sentence: str
    anchor: Moment | None = None
    flags: tuple[str, ...] = ()
    decided_at: datetime | None = None


#: Length of a grade 3 run against the limit -> (verdict, flags, words).
RUN_FINDING: dict[Length, tuple[Dlt, tuple[str, ...], str]] = {
    Length.LONGER: (Dlt.YES, (), "lasted longer than"),
    Length.OPEN: (Dlt.PENDING, (), "is open and has not passed"),
    Length.UNCERTAIN: (Dlt.REVIEW, ("DURATION_UNCERTAIN",), "may or may not have lasted longer than"),
}
#: The same for a whole episode without grade changes, which is only an upper bound of the run.
EPISODE_FINDING: dict[Length, tuple[Dlt, tuple[str, ...], str]] = {
    Length.LONGER: (Dlt.REVIEW, ("NO_GRADE_HISTORY",), "lasted longer than"),
    Length.OPEN: (Dlt.PENDING, ("NO_GRADE_HISTORY",), "is open and has not passed"),
    Length.UNCERTAIN: (Dlt.REVIEW, ("NO_GRADE_HISTORY", "DURATION_UNCERTAIN"), "may have lasted longer than"),
}


def findings(event: AdverseEventFacts, data_cutoff: Moment | None, config: DltConfig) -> list[Finding]:
    """Everything that qualifies or may qualify, most serious clause first; empty when nothing does."""
    grade = event.highest_grade
    if grade is None:
        missing = Finding(Dlt.REVIEW, _clause(event), "No grade is recorded", None, ("GRADE_MISSING",))
        return [missing]
    found = _death(event, grade)
    if is_crs(event.term):
        found += _crs(event, grade, data_cutoff, config)
    elif grade >= 4:
        found += _other(event)
    return found


def _clause(event: AdverseEventFacts) -> Criterion:
    return Criterion.CRS_LONGER_THAN_LIMIT if is_crs(event.term) else Criterion.GRADE_4_NON_HEMATOLOGIC


def _began(event: AdverseEventFacts, grade: int) -> Moment | None:
    period = first_period(event.grade_history, grade)
    return period.start if period else None


def _death(event: AdverseEventFacts, grade: int) -> list[Finding]:
    clause = Criterion.GRADE_5_RELATED
    if grade == 5:
        return [Finding(Dlt.YES, clause, "Grade 5 qualifies in any organ class", _began(event, 5))]
    if event.outcome is Outcome.FATAL:
        sentence = f"The outcome is fatal but the highest grade recorded is {grade}"
        return [Finding(Dlt.REVIEW, clause, sentence, None, ("FATAL_WITHOUT_GRADE_5",))]
    return []


def _reached_grade_4(event: AdverseEventFacts) -> bool:
    """Grade 4 itself, not grade 5 alone."""
    return event.max_grade == 4 or any(period.grade == 4 for period in event.grade_history)


def _other(event: AdverseEventFacts) -> list[Finding]:
    if not _reached_grade_4(event):
        return []
    clause, anchor = Criterion.GRADE_4_NON_HEMATOLOGIC, _began(event, 4)
    kind = category(event.term, event.soc, event.term_specify)
    if kind is Category.NON_HEMATOLOGIC:
        return [Finding(Dlt.YES, clause, f"Grade 4 {event.term!r} is a non-hematologic toxicity", anchor)]
    if kind is Category.REVIEW:
        sentence = f"Grade 4 {event.term!r} is on the list of terms to review"
        return [Finding(Dlt.REVIEW, clause, sentence, anchor, ("REVIEW_TERM",))]
    return []


def _crs(event: AdverseEventFacts, grade: int, data_cutoff: Moment | None, config: DltConfig) -> list[Finding]:
    found: list[Finding] = []
    if config.crs_g4_any_duration and _reached_grade_4(event):
        clause = Criterion.GRADE_4_NON_HEMATOLOGIC
        found.append(Finding(Dlt.YES, clause, "CRS of grade 4 qualifies at any duration", _began(event, 4)))
    if grade >= 3:
        found += _long_crs(event, grade, data_cutoff, config)
    if not found and event.grading is Grading.CTCAE:
        sentence = "CRS is graded by CTCAE, whose grades differ from the ASTCT grades of the definition"
        found.append(Finding(Dlt.REVIEW, Criterion.CRS_LONGER_THAN_LIMIT, sentence))
    return found


def _long_crs(event: AdverseEventFacts, grade: int, data_cutoff: Moment | None, config: DltConfig) -> list[Finding]:
    if not event.grade_history:
        return _episode(event, data_cutoff, config)
    found = _runs(event, data_cutoff, config)
    recorded = max(period.grade for period in event.grade_history)
    if recorded < grade:
        sentence = f"The maximum grade is {grade} but the grade history only reaches {recorded}"
        clause = Criterion.CRS_LONGER_THAN_LIMIT
        found.append(Finding(Dlt.REVIEW, clause, sentence, None, ("GRADE_HISTORY_INCOMPLETE",)))
    return found


def _episode(event: AdverseEventFacts, data_cutoff: Moment | None, config: DltConfig) -> list[Finding]:
    """Without grade changes the length of the episode is only an upper bound of the run."""
    clause = Criterion.CRS_LONGER_THAN_LIMIT
    if event.onset is None:
        flags = ("NO_GRADE_HISTORY", "DURATION_UNCERTAIN")
        return [Finding(Dlt.REVIEW, clause, "CRS of grade 3 or above without onset and grade changes", None, flags)]
    measured = measure(whole_event(event, event.onset, data_cutoff), timedelta(days=config.crs_min_days), data_cutoff)
    if measured.length is Length.NOT_LONGER:
        return []
    verdict, more_flags, words = EPISODE_FINDING[measured.length]
    sentence = f"CRS of grade 3 or above without grade changes: the episode {words} {config.crs_min_days} days"
    return [Finding(verdict, clause, sentence, None, more_flags, measured.decided_at)]


def _runs(event: AdverseEventFacts, data_cutoff: Moment | None, config: DltConfig) -> list[Finding]:
    limit = timedelta(days=config.crs_min_days)
    certain = grade_runs(event, minimum=3, data_cutoff=data_cutoff)
    measured = [(run, measure(run, limit, data_cutoff)) for run in certain]
    found = [_run(run, length, config) for run, length in measured if length.length is not Length.NOT_LONGER]
    doubtful = grade_runs(event, minimum=3, data_cutoff=data_cutoff, doubtful_too=True)
    for run in doubtful:
        length = measure(run, limit, data_cutoff)
        if run not in certain and length.length is not Length.NOT_LONGER:
            found.append(_doubtful(run, length, config))
    return found


def _run(run: Run, measured: Measured, config: DltConfig) -> Finding:
    verdict, flags, words = RUN_FINDING[measured.length]
    sentence = f"CRS at grade 3 or above {_span(run)} {words} {config.crs_min_days} days"
    return Finding(verdict, Criterion.CRS_LONGER_THAN_LIMIT, sentence, run.start, flags, measured.decided_at)


def _doubtful(run: Run, measured: Measured, config: DltConfig) -> Finding:
    """A run that is only long enough if two dated periods had no gap between them."""
    verdict = Dlt.PENDING if measured.length is Length.OPEN else Dlt.REVIEW
    sentence = (
        f"CRS at grade 3 or above {_span(run)} reaches {config.crs_min_days} days only if its periods, "
        "known by date, had no gap"
    )
    clause, flags = Criterion.CRS_LONGER_THAN_LIMIT, ("DURATION_UNCERTAIN",)
    return Finding(verdict, clause, sentence, run.start, flags, measured.decided_at)


def _span(run: Run) -> str:
    if run.end is not None:
        return f"from {run.start.text} to {run.end.text}"
    return f"from {run.start.text}, {'still open at the data cut-off' if run.open else 'with no end recorded'},"
