"""The listings: CRS and ICANS, dose-limiting toxicities, serious events, deaths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reports.content.facts import AssessmentFacts, DltFacts, EventFacts, StudyFacts, SubjectFacts, Syndrome
from trial_edc.protocol.study_day import study_day

#: Terms of the two syndromes, as the dictionary of this trial names them.
SYNDROME_TERMS = {
    "Cytokine release syndrome": Syndrome.CRS,
    "Immune effector cell-associated neurotoxicity syndrome": Syndrome.ICANS,
}


@dataclass(frozen=True)
class Duration:
    """Days with the event, first and last day included; `None` where a date is missing or partial."""

    days: int | None
    ongoing: bool = False


@dataclass(frozen=True)
class SyndromeLine:
    """One CRS or ICANS event, with the rescue drugs that its assessments name."""

    subject: str
    group: str
    syndrome: Syndrome
    number: int
    onset: str
    onset_day: int | None
    duration: Duration
    grade: int | None
    treatment: str
    tocilizumab: bool
    corticosteroid: bool
    outcome: str


@dataclass(frozen=True)
class AssessmentLine:
    """The assessments of one subject for one syndrome: how many, and the highest grades."""

    subject: str
    group: str
    syndrome: Syndrome
    assessments: int
    highest_computed: int | None
    highest_investigator: int | None


@dataclass(frozen=True)
class DltLine:
    """One event on which there is something to say about dose-limiting toxicity."""

    subject: str
    group: str
    number: int
    name: str
    grade: int | None
    onset: str
    onset_day: int | None
    relationship: str
    dlt: DltFacts


@dataclass(frozen=True)
class EventLine:
    """One event."""

    subject: str
    group: str
    event: EventFacts
    onset_day: int | None
    duration: Duration


@dataclass(frozen=True)
class DeathLine:
    """One subject who died."""

    subject: str
    group: str
    death_date: date | None
    study_day: int | None
    cause: str
    detail: str
    related_to_cells: bool | None
    fatal_event: str


@dataclass(frozen=True)
class Listings:
    """Everything that is listed line by line."""

    syndromes: tuple[SyndromeLine, ...]
    assessments: tuple[AssessmentLine, ...]
    dlts: tuple[DltLine, ...]
    severe_without_verdict: int
    serious: tuple[EventLine, ...]
    events: tuple[EventLine, ...]
    deaths: tuple[DeathLine, ...]


def complete_date(text: str) -> date | None:
    """Return a date of which year, month and day are known, None for any other."""
    return date.fromisoformat(text) if len(text) == 10 else None


def day_of(text: str, subject: SubjectFacts) -> int | None:
    """Return the study day of a recorded date (infusion is Day 0), None when either is not known."""
    when = complete_date(text)
    return None if when is None or subject.infusion_date is None else study_day(when, subject.infusion_date)


def duration(event: EventFacts, cutoff_date: date) -> Duration:
    """Return how long an event lasted; an event without an end goes on, unless its outcome says that it ended."""
    onset = complete_date(event.onset)
    ended = event.outcome in ("FATAL", "RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")
    ongoing = not event.end and not ended
    last = cutoff_date if ongoing else complete_date(event.end)
    if onset is None or last is None or last < onset:
        return Duration(None, ongoing)
    return Duration((last - onset).days + 1, ongoing)


def listings(facts: StudyFacts) -> Listings:
    """Return all listings, each in the order of subject, onset and number."""
    subjects = {subject.identifier: subject for subject in facts.subjects}
    events = sorted(facts.events, key=lambda event: (event.subject, event.onset or "9999", event.number))
    dlts = {dlt.event: dlt for dlt in facts.dlts}
    return Listings(
        syndromes=tuple(
            _syndrome_line(event, subjects[event.subject], facts) for event in events if event.term in SYNDROME_TERMS
        ),
        assessments=_assessment_lines(facts.assessments, subjects),
        dlts=tuple(
            _dlt_line(event, subjects[event.subject], dlts[event.key])
            for event in events
            if event.key in dlts and _worth_listing(dlts[event.key])
        ),
        severe_without_verdict=sum(
            (event.grade or 0) >= 3 and subjects[event.subject].infused and event.key not in dlts for event in events
        ),
        serious=tuple(_event_line(event, subjects[event.subject], facts) for event in events if event.serious),
        events=tuple(
            _event_line(event, subjects[event.subject], facts)
            for event in sorted(events, key=lambda event: (event.soc or "~", event.name.casefold(), event.subject))
        ),
        deaths=_death_lines(facts, subjects),
    )


def _event_line(event: EventFacts, subject: SubjectFacts, facts: StudyFacts) -> EventLine:
    return EventLine(
        event.subject, subject.group, event, day_of(event.onset, subject), duration(event, facts.cutoff_date)
    )


def _worth_listing(dlt: DltFacts) -> bool:
    """A computed NO that nobody adjudicated says nothing that the event table does not."""
    return dlt.computed in ("YES", "PENDING", "REVIEW") or bool(dlt.adjudicated)


def _syndrome_line(event: EventFacts, subject: SubjectFacts, facts: StudyFacts) -> SyndromeLine:
    syndrome = SYNDROME_TERMS[event.term]
    during = [a for a in facts.assessments if a.syndrome == syndrome and _belongs(a, event)]
    return SyndromeLine(
        subject=event.subject,
        group=subject.group,
        syndrome=syndrome,
        number=event.number,
        onset=event.onset,
        onset_day=day_of(event.onset, subject),
        duration=duration(event, facts.cutoff_date),
        grade=event.grade,
        treatment=event.treatment,
        tocilizumab=any(a.tocilizumab for a in during),
        corticosteroid=any(a.corticosteroid for a in during),
        outcome=event.outcome,
    )


def _belongs(assessment: AssessmentFacts, event: EventFacts) -> bool:
    """Whether an assessment was made between onset and end of an event of the same subject."""
    onset = complete_date(event.onset)
    if assessment.subject != event.subject or assessment.assessed_date is None or onset is None:
        return False
    end = complete_date(event.end)
    return onset <= assessment.assessed_date and (end is None or assessment.assessed_date <= end)


def _assessment_lines(
    assessments: Iterable[AssessmentFacts], subjects: dict[str, SubjectFacts]
) -> tuple[AssessmentLine, ...]:
    groups: dict[tuple[str, Syndrome], list[AssessmentFacts]] = {}
    for each in assessments:
        groups.setdefault((each.subject, each.syndrome), []).append(each)
    return tuple(
        AssessmentLine(
            subject,
            subjects[subject].group,
            syndrome,
            len(made),
            max((a.computed_grade for a in made if a.computed_grade is not None), default=None),
            max((a.investigator_grade for a in made if a.investigator_grade is not None), default=None),
        )
        for (subject, syndrome), made in sorted(groups.items())
    )


def _dlt_line(event: EventFacts, subject: SubjectFacts, dlt: DltFacts) -> DltLine:
    return DltLine(
        subject=event.subject,
        group=subject.group,
        number=event.number,
        name=event.name,
        grade=event.grade,
        onset=event.onset,
        onset_day=day_of(event.onset, subject),
        relationship=event.relationship_cells,
        dlt=dlt,
    )


def _death_lines(facts: StudyFacts, subjects: dict[str, SubjectFacts]) -> tuple[DeathLine, ...]:
    """Everyone with a death form, a date of death, or a fatal event: none is left out because a form is missing."""
    forms = {death.subject: death for death in facts.deaths}
    fatal = {event.subject: event.name for event in facts.events if event.grade == 5 or event.outcome == "FATAL"}
    dead = set(forms) | set(fatal) | {s.identifier for s in facts.subjects if s.death_date is not None}
    lines = []
    for identifier in sorted(dead):
        subject, form = subjects[identifier], forms.get(identifier)
        when = (form.death_date if form else None) or subject.death_date
        lines.append(
            DeathLine(
                subject=identifier,
                group=subject.group,
                death_date=when,
                study_day=day_of(when.isoformat() if when else "", subject),
                cause=form.cause if form else "",
                detail=form.detail if form else "",
                related_to_cells=form.related_to_cells if form else None,
                fatal_event=fatal.get(identifier, ""),
            )
        )
    return tuple(lines)
