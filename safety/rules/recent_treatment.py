"""Was a drug in force within some hours before a moment, as far as its start and stop are known?

Purpose: antipyretics, anti-cytokine drugs and corticosteroids hide fever, so that the grade of CRS asks whether one was
given in the last 24 hours. The medication log answers that question for the bedside form.

Inputs: start and stop of the treatment (perhaps partial), whether it still goes on, the moment asked about, and how
many hours before it count.

Algorithm
    1. The window runs from `hours` before the moment to the moment itself, both included.
    2. The treatment lasts from its start to its stop; to the moment asked about while it goes on. Without a stop, and
       not said to go on, only its start is known: a single dose.
    3. YES when every reading of the partial dates overlaps the window, NO when none does, else MAYBE.

Source: Lee DW et al., Biol Blood Marrow Transplant 2019;25:625-638 (fever is no longer required after antipyretics or
anti-cytokine therapy); the 24 hours are those of the bedside form.

>>> from safety.rules.facts import TRIAL_TIME_ZONE
>>> from safety.rules.moments import parse_moment
>>> at = lambda text: parse_moment(text, TRIAL_TIME_ZONE)
>>> in_force(at("2026-11-04T08:00"), None, ongoing=False, moment=at("2026-11-05T08:00").first)
<Answer.YES: 'yes'>
>>> in_force(at("2026-11-04"), None, ongoing=False, moment=at("2026-11-05T08:00").first)
<Answer.MAYBE: 'maybe'>
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from safety.rules.moments import Moment

RULE = "recent-treatment"
VERSION = "1.0.0"
HOURS = 24


class Answer(StrEnum):
    """Whether the treatment was in force."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


def in_force(
    start: Moment | None, stop: Moment | None, *, ongoing: bool, moment: datetime, hours: int = HOURS
) -> Answer:
    """Return whether a treatment was in force within `hours` before `moment` (aware of its zone)."""
    opens = moment - timedelta(hours=hours)
    if start is None:
        return Answer.MAYBE
    if start.first > moment:
        return Answer.NO
    # The last instant of a day without a time is just before the next midnight.
    ends = stop or start
    latest_end = moment if ongoing else ends.last
    if latest_end < opens or (latest_end == opens and not (ongoing or ends.exact)):
        return Answer.NO
    certain_start = start.last <= moment
    certain_end = ongoing or max(start.first, ends.first) >= opens
    return Answer.YES if certain_start and certain_end else Answer.MAYBE
