"""The episodes of CRS and ICANS of one subject: what the assessments say, and what the adverse-event log has of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from safety.bedside.layout import CRS, ICANS
from safety.bedside.sheet import Column
from safety.ctcae import CRS_TERM, ICANS_TERM
from safety.links import propose
from safety.models import AdverseEvent, GradeChange
from safety.rules.episode import Episode, Graded, daily_maximum, episodes, unrecorded
from safety.selectors import event_moment, trial_zone
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.partial_dates import PartialDate

TERMS = {CRS: CRS_TERM, ICANS: ICANS_TERM}


@dataclass(frozen=True)
class Logged:
    """A CRS or ICANS event of the log with its dated grades; `recorded` leaves out grades without a complete date."""

    event: AdverseEvent
    changes: tuple[GradeChange, ...]
    url: str

    @property
    def recorded(self) -> list[Graded]:
        """The grade changes with the moment from which each certainly held."""
        moments = [(row.grade, event_moment(row.start_date, row.start_time)) for row in self.changes if row.grade]
        return [Graded(at.first, grade) for grade, at in moments if at is not None and at.day_known]

    @property
    def ended(self) -> str:
        """The end of the event as people read it, '' while there is none."""
        return PartialDate.from_iso(self.event.end_date).display() if self.event.end_date else ""

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which the event may have been present."""
        onset, end = self.event.onset_date, self.event.end_date
        first = PartialDate.from_iso(onset).earliest() if onset else date.min
        return first, (PartialDate.from_iso(end).latest() if end else date.max)


@dataclass(frozen=True)
class Course:
    """One episode of the assessments with the events of the log that fall into it."""

    kind: str
    number: int
    episode: Episode
    logged: tuple[Logged, ...]
    open_url: str
    token: str = field(default_factory=lambda: str(uuid4()))

    @property
    def lacking(self) -> tuple[Graded, ...]:
        """The grade changes that the one event of this episode does not have yet."""
        return unrecorded(self.episode, self.logged[0].recorded) if len(self.logged) == 1 else ()

    @property
    def may_follow(self) -> bool:
        """Whether the event of this episode lacks grades, and has no end that they would run over."""
        return bool(self.lacking) and not self.logged[0].event.end_date

    @property
    def may_close(self) -> bool:
        """Whether the episode is over and its event is not."""
        return self.episode.end is not None and len(self.logged) == 1 and not self.logged[0].event.end_date

    @property
    def may_merge(self) -> bool:
        """Whether the log has several events for this one episode."""
        return len(self.logged) > 1


@dataclass(frozen=True)
class Syndrome:
    """CRS or ICANS of one subject: its episodes and the highest grade of each day."""

    kind: str
    courses: tuple[Course, ...]
    daily: dict[date, int]

    @property
    def now(self) -> Course | None:
        """The episode that goes on, None when there is none."""
        return next((course for course in self.courses if course.episode.end is None), None)


def syndromes_of(subject: Any, columns: Sequence[Column]) -> list[Syndrome]:
    """Return CRS and ICANS of a subject from its columns: two queries."""
    logged = _logged(subject)
    return [_syndrome(subject, kind, columns, logged) for kind in TERMS]


def assessments_of(kind: str, columns: Sequence[Column]) -> list[Graded]:
    """Return the graded assessments of one syndrome; the investigator's grade counts where there is one."""
    grades = [(column.at, column.grades[kind].counts) for column in columns if kind in column.grades]
    return [Graded(at, grade) for at, grade in grades if grade is not None]


def _syndrome(subject: Any, kind: str, columns: Sequence[Column], logged: Sequence[Logged]) -> Syndrome:
    graded = assessments_of(kind, columns)
    timed = {column.at for column in columns if column.clock is not None}
    of_kind = [each for each in logged if each.event.term == TERMS[kind]]
    found = [
        Course(
            kind, number, episode, tuple(each for each in of_kind if _meet(each, episode)),
            _open_url(subject, kind, episode, timed),
        )
        for number, episode in enumerate(episodes(graded), start=1)
    ]  # fmt: skip
    return Syndrome(kind, tuple(found), daily_maximum(graded, trial_zone()))


def _meet(logged: Logged, episode: Episode) -> bool:
    first, last = logged.days
    began = episode.start.astimezone(trial_zone()).date()
    ended = date.max if episode.end is None else episode.end.astimezone(trial_zone()).date()
    return first <= ended and began <= last


def _logged(subject: Any) -> list[Logged]:
    events = AdverseEvent.objects.filter(subject=subject, term__in=TERMS.values()).exclude(status=FormStatus.NOT_DONE)
    found = []
    for event in events.order_by("visit", "sequence").prefetch_related("grade_changes"):
        changes = sorted(event.grade_changes.all(), key=lambda row: row.position)
        url = form_url(subject.identifier, event.visit, "AE", event.sequence)
        found.append(Logged(event, tuple(changes), url))
    return sorted(found, key=lambda each: (each.days[0], each.event.sequence))


def moment_texts(at: datetime, timed: bool, *, day: str, clock: str) -> dict[str, str]:
    """Return a moment as the texts of a date item and, where the time is known, of its time item."""
    local = at.astimezone(trial_zone())
    texts = {day: PartialDate.from_date(local.date()).display()}
    return texts | {clock: f"{local:%H:%M}"} if timed else texts


def row_texts(change: Graded, timed: bool) -> dict[str, str]:
    """Return a grade change as the texts of its row."""
    return {"grade": str(change.grade)} | moment_texts(change.at, timed, day="start_date", clock="start_time")


def _open_url(subject: Any, kind: str, episode: Episode, timed: set[datetime]) -> str:
    """The address of a new event for an episode, filled in with all its grades; nothing is saved by it."""
    known = {"term": TERMS[kind]} | moment_texts(
        episode.start, episode.start in timed, day="onset_date", clock="onset_time"
    )
    if episode.end is not None:
        known |= {"outcome": "RECOVERED/RESOLVED"}
        known |= moment_texts(episode.end, episode.end in timed, day="end_date", clock="end_time")
    rows = [row_texts(change, change.at in timed) for change in episode.changes]
    return propose(subject.identifier, "AE", known, rows={"AEG": rows})
