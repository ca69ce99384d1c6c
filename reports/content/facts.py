"""What a safety report needs to know, as plain values. Codes stay codes: words are the layout's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from reports.content.courses import Lane, SubjectCourse
from safety.shifts import ShiftTable


class Group(StrEnum):
    """Columns that are no dose level."""

    NO_LEVEL = "no-level"
    ALL = "all"
    NOT_INFUSED = "not-infused"
    NOT_ENROLLED = "not-enrolled"


@dataclass(frozen=True)
class SubjectFacts:
    """One subject at the cut-off. Cells are CAR-positive cells in millions."""

    identifier: str
    dose_level: int | None = None
    enrolled: bool = False
    infusion_date: date | None = None
    planned_cells_million: Decimal | None = None
    infused_cells_million: Decimal | None = None
    death_date: date | None = None
    off_study_date: date | None = None

    @property
    def infused(self) -> bool:
        return self.infusion_date is not None

    @property
    def group(self) -> str:
        """The one column of the event tables that this subject belongs to."""
        if self.infused:
            return level_code(self.dose_level)
        return Group.NOT_INFUSED if self.enrolled else Group.NOT_ENROLLED


def level_code(level: int | None) -> str:
    """Return the column of a dose level.

    >>> level_code(2), str(level_code(None))
    ('DL2', 'no-level')
    """
    return Group.NO_LEVEL if level is None else f"DL{level}"


@dataclass(frozen=True)
class EventFacts:
    """One adverse event; `onset` and `end` are ISO 8601 dates, perhaps partial, "" when not recorded."""

    key: str
    subject: str
    number: int
    term: str
    soc: str = ""
    specify: str = ""
    other_specify: bool = False
    onset: str = ""
    onset_time: time | None = None
    end: str = ""
    grade: int | None = None
    serious: bool | None = None
    criteria: tuple[str, ...] = ()
    relationship_cells: str = ""
    relationship_lymphodepletion: str = ""
    outcome: str = ""
    treatment: str = ""
    component_of: int | None = None

    @property
    def name(self) -> str:
        """The term, with its specification where the term alone says nothing."""
        return f"{self.term}: {self.specify}" if self.other_specify and self.specify else self.term

    @property
    def related(self) -> bool:
        """Whether the relationship to the CAR-T cells is definite, probable or possible."""
        return self.relationship_cells in ("definite", "probable", "possible")


class Syndrome(StrEnum):
    """The two syndromes that have assessments of their own."""

    CRS = "CRS"
    ICANS = "ICANS"


@dataclass(frozen=True)
class AssessmentFacts:
    """One bedside assessment of CRS or ICANS; `None` grades were not given or not computed."""

    subject: str
    syndrome: Syndrome
    assessed_date: date | None = None
    investigator_grade: int | None = None
    computed_grade: int | None = None
    tocilizumab: bool = False
    corticosteroid: bool = False


@dataclass(frozen=True)
class DltFacts:
    """What the DLT rule said about one event, and what a physician adjudicated; "" = neither yet.

    `facts_changed`: the event changed after the adjudication, which therefore asks for review.
    """

    event: str
    computed: str = ""
    criterion: str = ""
    because: str = ""
    rule_version: str = ""
    adjudicated: str = ""
    rationale: str = ""
    adjudicated_by: str = ""
    adjudicated_at: datetime | None = None
    facts_changed: bool = False

    @property
    def verdict(self) -> str:
        """The verdict that counts: the physician's where there is one."""
        return self.adjudicated or self.computed


@dataclass(frozen=True)
class DeathFacts:
    """One death as recorded on its form."""

    subject: str
    death_date: date | None = None
    cause: str = ""
    detail: str = ""
    related_to_cells: bool | None = None


@dataclass(frozen=True)
class SignatureFacts:
    """One signature as it is shown wherever the signed record is: printed name, role, moment, meaning."""

    printed_name: str
    role_title: str
    meaning: str
    signed_at: datetime


@dataclass(frozen=True)
class DecisionFacts:
    """One revision of the decision about a dose level."""

    dose_level: int
    revision: int
    status: str
    rule_set: str = ""
    rule_version: str = ""
    data_cutoff: datetime | None = None
    n_evaluable: int = 0
    n_dlt: int = 0
    n_pending: int = 0
    advised_action: str = ""
    advised_because: str = ""
    choice: str = ""
    chosen_action: str = ""
    choice_reason: str = ""
    override_reason: str = ""
    meeting_date: date | None = None
    released_at: datetime | None = None
    released_by: str = ""
    superseded_at: datetime | None = None
    superseded_because: str = ""
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True)
class StudyFacts:
    """Everything that was known at the cut-off; `levels` are the protocol's dose levels."""

    cutoff: datetime
    cutoff_date: date
    scope: str
    levels: tuple[int, ...]
    subjects: tuple[SubjectFacts, ...] = ()
    events: tuple[EventFacts, ...] = ()
    assessments: tuple[AssessmentFacts, ...] = ()
    dlts: tuple[DltFacts, ...] = ()
    deaths: tuple[DeathFacts, ...] = ()
    decisions: tuple[DecisionFacts, ...] = ()
    shifts: tuple[ShiftTable, ...] = ()
    courses: tuple[SubjectCourse, ...] = ()
    lanes: tuple[Lane, ...] = ()
    unverified: int = 0
    open_queries: int = 0
