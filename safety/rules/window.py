"""Step 4 of the DLT rule: where an onset lies relative to the DLT window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from safety.rules.facts import AdverseEventFacts, Anchor, DltConfig
from safety.rules.moments import Moment, midnight


class Position(StrEnum):
    """An onset against the window."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    STRADDLES = "straddles"


@dataclass(frozen=True)
class Window:
    """From the infusion to the end of the last study day, in the trial's time zone.

    >>> from safety.rules.moments import parse_moment
    >>> config = DltConfig()
    >>> window = Window.of(parse_moment("2025-03-03T10:00", config.time_zone), config)
    >>> window.closes_at.astimezone(config.time_zone).isoformat()
    '2025-04-01T00:00:00+08:00'
    """

    infusion_at: Moment
    closes_at: datetime
    config: DltConfig

    @classmethod
    def of(cls, infusion_at: Moment, config: DltConfig) -> Window:
        """The window of one infusion: it closes when study day `window_days` ends."""
        infusion_date = infusion_at.local_dates(config.time_zone)[0]
        days = config.window_days - config.infusion_day + 1
        return cls(infusion_at, midnight(infusion_date + timedelta(days=days), config.time_zone), config)

    def study_day(self, moment: Moment | None) -> int | None:
        """The study day of a moment (infusion on `infusion_day`), None unless its date is known."""
        if moment is None:
            return None
        earliest, latest = moment.local_dates(self.config.time_zone)
        if earliest != latest:
            return None
        infusion_date = self.infusion_at.local_dates(self.config.time_zone)[0]
        return (earliest - infusion_date).days + self.config.infusion_day

    def locate(self, first: datetime | None, last: Moment) -> tuple[Position, str]:
        """Where something that began between `first` (None = any time before) and the end of `last` lies."""
        if last.certainly_before(self.infusion_at):
            return Position.OUTSIDE, "it began before the infusion"
        if first is not None and first >= self.closes_at:
            return Position.OUTSIDE, f"it began after study day {self.config.window_days}, outside the DLT window"
        after_infusion = first is not None and first >= self.infusion_at.last
        before_close = last.last <= self.closes_at and not (last.exact and last.last == self.closes_at)
        if after_infusion and before_close:
            return Position.INSIDE, f"it began inside the DLT window (to study day {self.config.window_days})"
        return Position.STRADDLES, "its beginning is not known well enough to say whether it lies inside the DLT window"


def onset_bounds(
    event: AdverseEventFacts, qualifying: Moment | None, data_cutoff: Moment | None, config: DltConfig
) -> tuple[datetime | None, Moment]:
    """(earliest, latest) beginning of what is anchored, narrowed by what must have come after it.

    A partial onset cannot be later than the first grade, the end or the cut-off. With the qualifying grade as anchor
    but no date for it, it began between the onset and the end.
    """
    limits = [period.start for period in event.grade_history[:1]]
    limits += [moment for moment in (event.end, data_cutoff) if moment is not None]
    onset = event.onset
    if config.onset_anchor is Anchor.QUALIFYING_GRADE:
        if qualifying is not None:
            return qualifying.first, qualifying
        return (onset.first if onset else None), _earliest(limits[len(event.grade_history[:1]) :])
    if onset is None:
        return None, _earliest(limits)
    return onset.first, _earliest([onset, *limits])


_FAR_FUTURE = datetime.fromisoformat("9000-01-01T00:00:00+00:00")


def _earliest(moments: list[Moment]) -> Moment:
    """The moment whose latest reading comes first; the far future when nothing limits it."""
    unlimited = Moment(_FAR_FUTURE, _FAR_FUTURE, "any time")
    return min([*moments, unlimited], key=lambda moment: (moment.last, moment.exact))
