"""One line per adverse event: grades over time, study days, attributions, the proposal of the DLT rule, emergence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from safety.rules import dlt
from safety.rules.moments import Moment, whole_day
from safety.rules.moments import instant as exact_moment
from safety.rules.treatment_emergent import Emergent, emergent
from safety.selectors import EventOnFile, event_moment, events_on_file, trial_zone
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.protocol.study_day import study_day
from trial_edc.review.models import RuleResult


@dataclass(frozen=True)
class Starts:
    """When the treatments of a subject began; None for one that was not given."""

    lymphodepletion: Moment | None
    cells: Moment | None


def starts_of(subject: Any) -> Starts:
    """Return when lymphodepletion (a day) and the infusion of the cells (an instant) of a subject began."""
    given = subject.lymphodepletion_date
    return Starts(
        None if given is None else whole_day(given, trial_zone()),
        None if subject.infused_at is None else exact_moment(subject.infused_at),
    )


def emergence(event: Any, changes: Sequence[Any], starts: Starts) -> tuple[Emergent, Emergent]:
    """Return whether an event is treatment-emergent by lymphodepletion and by the cells."""
    onset = event_moment(event.onset_date, event.onset_time)
    moments = [(row.grade, event_moment(row.start_date, row.start_time)) for row in changes if row.grade]
    grades = [(grade, at) for grade, at in moments if at is not None]
    return emergent(onset, grades, starts.lymphodepletion), emergent(onset, grades, starts.cells)


@dataclass(frozen=True)
class EventLine:
    """One event of the log. `dlt` is the stored proposal of the rule, '' while the worker has not judged it."""

    event: Any
    url: str
    grades: tuple[tuple[int, str], ...]
    onset: str
    onset_day: str
    end: str
    dlt: str
    because: str
    by_lymphodepletion: Emergent
    by_cells: Emergent

    @property
    def highest(self) -> int | None:
        """The highest grade, None without one."""
        return max((grade for grade, _day in self.grades), default=None)


def event_lines(subject: Any) -> list[EventLine]:
    """Return the events of a subject by number; events that were marked as not done are left out: three queries."""
    starts = starts_of(subject)
    results = {result.root: result for result in RuleResult.objects.filter(subject=subject, rule=dlt.RULE)}
    found = events_on_file([subject.pk])[subject.pk]
    return [_line(subject, each, starts, results) for each in found if each.event.status != FormStatus.NOT_DONE]


def _line(subject: Any, found: EventOnFile, starts: Starts, results: dict[Any, Any]) -> EventLine:
    event, result = found.event, results.get(found.event.pk)
    by_lymphodepletion, by_cells = emergence(event, found.changes, starts)
    return EventLine(
        event=event,
        url=form_url(subject.identifier, event.visit, "AE", event.sequence),
        grades=tuple((row.grade, _shown(row.start_date)) for row in found.changes if row.grade),
        onset=_shown(event.onset_date),
        onset_day=day_text(event.onset_date, subject.infusion_date),
        end=_shown(event.end_date),
        dlt="" if result is None else str(result.output.get("dlt", "")),
        because="" if result is None else result.because,
        by_lymphodepletion=by_lymphodepletion,
        by_cells=by_cells,
    )


def _shown(text: str) -> str:
    return PartialDate.from_iso(text).display() if text else ""


def day_text(text: str, infused: date | None) -> str:
    """Return the study day of a complete date of a form (ISO), '' for a partial one or without an infusion.

    >>> day_text("2026-03-12", date(2026, 3, 7)), day_text("2026-03", date(2026, 3, 7)), day_text("2026-03-01", None)
    ('D5', '', '')
    """
    known = PartialDate.from_iso(text) if text else None
    if known is None or not known.complete or infused is None:
        return ""
    return f"D{study_day(known.earliest(), infused)}"
