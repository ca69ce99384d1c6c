"""A small study told by hand, whose every number the tests count again on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from reports.content.facts import (
    AssessmentFacts,
    DeathFacts,
    DecisionFacts,
    DltFacts,
    EventFacts,
    SignatureFacts,
    StudyFacts,
    SubjectFacts,
    Syndrome,
)

CRS = "Cytokine release syndrome"
ICANS = "Immune effector cell-associated neurotoxicity syndrome"
IMMUNE, NERVOUS, INVESTIGATIONS = "Immune system disorders", "Nervous system disorders", "Investigations"
SKIN = "Skin and subcutaneous tissue disorders"
CUTOFF = datetime(2026, 11, 22, 15, 59, 59, 999999, tzinfo=UTC)  # the end of 22 November in Shanghai

SUBJECTS = (
    SubjectFacts("01-001", 1, True, date(2026, 6, 1), Decimal(60), Decimal(60)),
    SubjectFacts("01-002", 1, True, date(2026, 7, 1), Decimal(70), Decimal("66.5"), off_study_date=date(2026, 8, 1)),
    SubjectFacts("01-003", 1, True, date(2026, 7, 8), Decimal(50), Decimal("50.5")),
    SubjectFacts("01-004", 2, True, date(2026, 9, 1), Decimal(180), Decimal(171)),
    SubjectFacts("01-005", 2, True, date(2026, 10, 5), Decimal(200), Decimal(200), death_date=date(2026, 10, 25)),
    SubjectFacts("01-006", 2, True),
    SubjectFacts("01-007", None, False),
)


def event(subject: str, number: int, term: str, soc: str, grade: int | None, **more: object) -> EventFacts:
    """Return an event whose key is its subject and number."""
    return replace(EventFacts(f"{subject}/{number}", subject, number, term, soc, grade=grade), **more)  # type: ignore[arg-type]


EVENTS = (
    event("01-001", 1, CRS, IMMUNE, 2, onset="2026-06-04", end="2026-06-09", outcome="RECOVERED/RESOLVED",
          relationship_cells="definite", treatment="Tocilizumab 8 mg/kg once"),
    event("01-001", 2, "Neutrophil count decreased", INVESTIGATIONS, 4, onset="2026-06-05", end="2026-06-20",
          outcome="RECOVERED/RESOLVED", relationship_cells="possible"),
    event("01-001", 3, "Neutrophil count decreased", INVESTIGATIONS, 3, onset="2026-07-05", end="2026-07-10",
          outcome="RECOVERED/RESOLVED", relationship_cells="unlikely"),
    event("01-002", 1, CRS, IMMUNE, 1, onset="2026-07-03", end="2026-07-05", outcome="RECOVERED/RESOLVED",
          relationship_cells="definite"),
    event("01-004", 1, CRS, IMMUNE, 4, onset="2026-09-03", onset_time=None, end="2026-09-20", serious=True,
          outcome="RECOVERED/RESOLVED", criteria=("LIFE THREATENING", "HOSPITALIZATION"), relationship_cells="definite",
          relationship_lymphodepletion="unrelated", treatment="Norepinephrine, vasopressin, tocilizumab twice"),
    event("01-004", 2, ICANS, NERVOUS, 2, onset="2026-09-06", outcome="RECOVERING/RESOLVING",
          relationship_cells="probable"),
    event("01-005", 1, "Sepsis", "Infections and infestations", 5, onset="2026-10-20", end="2026-10-25", serious=True,
          outcome="FATAL", criteria=("DEATH",), relationship_cells="unlikely",
          relationship_lymphodepletion="possible"),
    event("01-005", 2, "Skin and subcutaneous tissue disorders - Other, specify", SKIN, 1, onset="2026-10",
          specify="Application site itching", other_specify=True, outcome="NOT RECOVERED/NOT RESOLVED"),
    event("01-006", 1, "Nausea", "Gastrointestinal disorders", None, onset="2026-11-10",
          outcome="NOT RECOVERED/NOT RESOLVED"),
)  # fmt: skip

SIGNED = datetime(2026, 10, 1, 2, 30, 15, tzinfo=UTC)
FACTS = StudyFacts(
    cutoff=CUTOFF,
    cutoff_date=date(2026, 11, 22),
    scope="",
    levels=(1, 2, 3),
    subjects=SUBJECTS,
    events=EVENTS,
    assessments=(
        AssessmentFacts("01-001", Syndrome.CRS, date(2026, 6, 5), 2, 2, tocilizumab=True),
        AssessmentFacts("01-001", Syndrome.CRS, date(2026, 6, 8), 1, 1),
        AssessmentFacts("01-002", Syndrome.CRS, date(2026, 7, 20), None, 0, tocilizumab=True),
        AssessmentFacts("01-004", Syndrome.CRS, date(2026, 9, 5), 4, 4, tocilizumab=True, corticosteroid=True),
        AssessmentFacts("01-004", Syndrome.ICANS, date(2026, 9, 7), 2, 3, corticosteroid=True),
    ),
    dlts=(
        DltFacts("01-001/1", "NO", "", "Grade 2 CRS does not qualify.", "1.0.0"),
        DltFacts("01-001/2", "NO", "", "Grade 4, but hematologic.", "1.0.0"),
        DltFacts("01-004/1", "YES", "G4_NONHEM", "Grade 4 CRS on Day 2, possibly ≥ 1 × 10⁶ cells/kg.", "1.0.0",
                 "YES", "Two vasopressors on 5 September; nothing else explains it.", "Chen Yu", SIGNED),
        DltFacts("01-004/2", "REVIEW", "", "The end is missing.", "1.0.0", "NO", "Grade 2 throughout.", "Chen Yu",
                 SIGNED, True),
    ),
    deaths=(DeathFacts("01-005", date(2026, 10, 25), "ADVERSE EVENT", "Septic shock, 感染性休克", False),),
    decisions=(
        DecisionFacts(1, 2, "RELEASED", "PROTOCOL", "1.0.0", SIGNED, 3, 0, 0, "ESCALATE", "0 DLT in 3 subjects.",
                      "AGREE", "ESCALATE", meeting_date=date(2026, 9, 30), released_at=SIGNED, released_by="Chen Yu",
                      signatures=(
                          SignatureFacts("Chen Yu", "Investigator", "decision", SIGNED),
                          SignatureFacts("陈瑜", "Safety review committee member", "decision", SIGNED),
                      )),
        DecisionFacts(1, 1, "SUPERSEDED", "PROTOCOL", "1.0.0", SIGNED, 3, 0, 0, "ESCALATE", "0 DLT in 3 subjects.",
                      "MORE CONSERVATIVE", "EXPAND_TO_6", choice_reason="Late neutropenia.", superseded_at=SIGNED,
                      superseded_because="The grade of event 2 of 01-001 changed from 3 to 4."),
    ),
    unverified=12,
    open_queries=3,
)  # fmt: skip


def many(subjects: int) -> StudyFacts:
    """Return a study of many subjects, four events each, long words and long texts included."""
    people, events = [], []
    for number in range(1, subjects + 1):
        name = f"01-{number:03}"
        people.append(
            SubjectFacts(name, 1 + number % 3, True, date(2026, 1, 1), Decimal(100), Decimal(90 + number % 20))
        )
        for place in range(1, 5):
            grade = (number + place) % 5 + 1
            events.append(
                event(name, place, f"Term {(number * place) % 97:02} of the class",
                      f"Class {place * number % 13:02}", grade,
                      onset="2026-01-10", end="2026-01-20", serious=grade >= 4, criteria=("HOSPITALIZATION",),
                      outcome="FATAL" if grade == 5 and place == 1 else "RECOVERED/RESOLVED",
                      relationship_cells="possible")
            )  # fmt: skip
    events.append(event("01-001", 5, CRS, IMMUNE, 3, onset="2026-01-03", treatment="Tocilizumab " * 40 + "x" * 400))
    return replace(FACTS, subjects=tuple(people), events=tuple(events), assessments=(), dlts=(), deaths=())
