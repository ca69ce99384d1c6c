"""The edit checks of the adverse-event form; each takes the record and, where needed, its grade changes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import time
from typing import Any

from safety.ctcae import find_term
from trial_edc.accounts.access import today
from trial_edc.protocol.partial_dates import PartialDate

RESOLVED = ("RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE")
FATAL = "FATAL"
DEATH = "DEATH"
ONGOING = ("NOT RECOVERED/NOT RESOLVED", "RECOVERING/RESOLVING")


def unknown_term(ae: Any) -> bool:
    """Test for a term that is neither in CTCAE v5.0 nor CRS or ICANS."""
    return find_term(ae.term) is None


def other_not_specified(ae: Any) -> bool:
    """Test for an "Other, specify" term without the specification."""
    term = find_term(ae.term)
    return term is not None and term.other_specify and not ae.term_specify.strip()


def certainly_before(early: str, late: str, early_time: time | None = None, late_time: time | None = None) -> bool:
    """Test whether the first date (ISO, perhaps partial) lies before the second whatever the unknown parts are.

    >>> certainly_before("2026-10", "2026-11-05"), certainly_before("2026-11", "2026-11-05")
    (True, False)
    """
    first, second = PartialDate.from_iso(early), PartialDate.from_iso(late)
    if first.complete and second.complete and early == late and early_time and late_time:
        return early_time < late_time
    return first.latest() < second.earliest()


def end_before_onset(ae: Any) -> bool:
    """Test for an end that lies before the onset."""
    return certainly_before(ae.end_date, ae.onset_date, ae.end_time, ae.onset_time)


def grade_not_defined(ae: Any, rows: Sequence[Any]) -> bool:
    """Test for a grade that the term does not define."""
    term = find_term(ae.term)
    return term is not None and any(row.grade not in term.grades for row in rows if row.grade)


def rows_out_of_order(ae: Any, rows: Sequence[Any]) -> bool:
    """Test for grade changes that run backwards or at one moment, start before the onset or after the end."""
    dated = [row for row in rows if row.start_date]
    if any(_backwards(earlier, later) for earlier, later in itertools.combinations(dated, 2)):
        return True
    early = any(certainly_before(row.start_date, ae.onset_date, row.start_time, ae.onset_time) for row in dated)
    late = ae.end_date and any(
        certainly_before(ae.end_date, row.start_date, ae.end_time, row.start_time) for row in dated
    )
    return bool(early or late)


def _backwards(earlier: Any, later: Any) -> bool:
    if certainly_before(later.start_date, earlier.start_date, later.start_time, earlier.start_time):
        return True
    same_day = earlier.start_date == later.start_date
    return same_day and earlier.start_time is not None and earlier.start_time == later.start_time


def in_future(day: str) -> bool:
    """Test for a date (ISO, perhaps partial) that certainly lies after today."""
    return PartialDate.from_iso(day).earliest() > today()


def grade_after_death(ae: Any, rows: Sequence[Any]) -> bool:
    """Test for a grade change after grade 5."""
    return any(row.grade == 5 for row in rows[:-1])


def grade_5_before_end(ae: Any, rows: Sequence[Any]) -> bool:
    """Test for an event that ends on a later day than its grade 5: the death ends it."""
    return any(row.grade == 5 and row.start_date and certainly_before(row.start_date, ae.end_date) for row in rows)


def onset_without_grade(ae: Any, rows: Sequence[Any]) -> bool:
    """Test for a first grade that starts after the onset: which grade the event had until then is unknown."""
    first = next((row for row in rows if row.start_date), None)
    return first is not None and certainly_before(ae.onset_date, first.start_date, ae.onset_time, first.start_time)


def resolved_without_end(ae: Any) -> bool:
    """Test for a resolved event whose end is not entered."""
    return ae.outcome in RESOLVED and not ae.end_date


def ongoing_with_end(ae: Any) -> bool:
    """Test for an ongoing event that has an end."""
    return ae.outcome in ONGOING and bool(ae.end_date)


def fatal_without_grade_5(ae: Any, rows: Sequence[Any]) -> bool:
    """Test whether outcome and grade disagree about death."""
    return bool(rows) and (ae.outcome == FATAL) != any(row.grade == 5 for row in rows)


def grade_5_not_serious(ae: Any, rows: Sequence[Any]) -> bool:
    """Test for a death that was called not serious."""
    return ae.serious is False and any(row.grade == 5 for row in rows)


def fatal_without_criterion(ae: Any) -> bool:
    """Test for a fatal event of which it is said that it is not serious, or serious for another reason alone."""
    return ae.outcome == FATAL and ae.serious is not None and not (ae.serious and DEATH in ae.serious_criteria)


def criterion_without_fatal(ae: Any) -> bool:
    """Test for the criterion "death" on an event with another outcome."""
    return DEATH in ae.serious_criteria and ae.outcome != FATAL
