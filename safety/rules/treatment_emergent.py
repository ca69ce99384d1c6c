"""Is an adverse event treatment-emergent, counted from lymphodepletion or from the cells?

Purpose: the tables of adverse events count events under treatment; the trial counts twice, from the first dose of
lymphodepletion and from the infusion of the cells.

Inputs: the onset and the dated grade changes of the event (moments, perhaps partial), and the moment the treatment
began (an instant, or the day where its time is not known); None for a treatment that was not given.

Algorithm
    1. Treatment not given -> NO.
    2. Onset certainly not before the treatment -> YES.
    3. Onset certainly before it: YES when the grade rose after the treatment began, compared with the last grade before
       it; NO otherwise.
    4. What partial dates leave open is MAYBE, as is an event without an onset.

Source: ICH E9 (1998), glossary: an event that emerges during treatment having been absent before, or worsens relative
to the state before treatment.

>>> from safety.rules.facts import TRIAL_TIME_ZONE
>>> from safety.rules.moments import parse_moment
>>> at = lambda text: parse_moment(text, TRIAL_TIME_ZONE)
>>> emergent(at("2026-11-04"), [], at("2026-11-05")), emergent(at("2026-11-05"), [], at("2026-11-05T10:00"))
(<Emergent.NO: 'no'>, <Emergent.MAYBE: 'maybe'>)
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from safety.rules.moments import Moment

RULE = "treatment-emergent"
VERSION = "1.0.0"


class Emergent(StrEnum):
    """Whether the event counts under the treatment."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


def emergent(onset: Moment | None, grades: Sequence[tuple[int, Moment]], began: Moment | None) -> Emergent:
    """Return whether an event is treatment-emergent; `grades` are (grade, from when) in order of time."""
    if began is None:
        return Emergent.NO
    if onset is None:
        return Emergent.MAYBE
    if not _may_precede(onset, began):
        return Emergent.YES
    if not onset.certainly_before(began):
        return Emergent.MAYBE
    return _worsened(grades, began)


def _may_precede(moment: Moment, began: Moment) -> bool:
    """Test whether some reading of a moment lies before the treatment; the day it began counts as after."""
    return moment.first < began.first


def _worsened(grades: Sequence[tuple[int, Moment]], began: Moment) -> Emergent:
    """Step 3: a rise above the last grade that certainly held before the treatment."""
    before = [grade for grade, at in grades if at.certainly_before(began)]
    if not before:
        return Emergent.MAYBE if grades else Emergent.NO
    later = [(grade, at) for grade, at in grades if not at.certainly_before(began)]
    risen = [at for grade, at in later if grade > before[-1]]
    if not risen:
        return Emergent.NO
    return Emergent.MAYBE if all(_may_precede(at, began) for at in risen) else Emergent.YES
