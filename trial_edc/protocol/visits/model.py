"""What a visit is: its anchor, target, window and forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Anchor(StrEnum):
    """The date a visit is counted from. Consent, lymphodepletion Day 1 and infusion carry the schedule;
    the others are milestones between them."""

    CONSENT = "consent"
    ELIGIBILITY = "eligibility_confirmed"
    LEUKAPHERESIS = "leukapheresis"
    LYMPHODEPLETION = "lymphodepletion"
    INFUSION = "infusion"
    SURVIVAL = "survival_start"
    NONE = "none"


class VisitKind(StrEnum):
    """PLANNED visits have a window; LOG keeps running records; UNSCHEDULED and EVENT happen when they happen."""

    PLANNED = "planned"
    LOG = "log"
    UNSCHEDULED = "unscheduled"
    EVENT = "event"


class Group(StrEnum):
    """The groups of columns of the subject matrix, in order; the value is the label."""

    SCREENING = "Screening"
    PRODUCT = "Product"
    LYMPHODEPLETION = "LD"
    INFUSION = "D0"
    DAYS_1_14 = "D1–14"
    DAYS_17_28 = "D17–28"
    MONTHS_2_12 = "M2–M12"
    MONTHS_18_36 = "M18–M36"
    LOGS = "Logs"


@dataclass(frozen=True)
class Timing:
    """Target and window counted from one anchor.

    The target is `offset_days` or `offset_months` after the anchor. `lower` and `upper` are days around the
    target, both included; None leaves that side open.
    """

    anchor: Anchor
    offset_days: int = 0
    offset_months: int = 0
    lower: int | None = 0
    upper: int | None = 0


@dataclass(frozen=True)
class Visit:
    """One visit of the schedule.

    `provisional` plans the visit while the anchor of `timing` is not known yet. `assumption` is true where
    no public text settles the timing. Forms are OIDs.
    """

    code: str
    label: str
    group: Group
    timing: Timing | None
    required_forms: tuple[str, ...]
    optional_forms: tuple[str, ...]
    log_forms: tuple[str, ...]
    column: str | None = None
    kind: VisitKind = VisitKind.PLANNED
    provisional: Timing | None = None
    repeat_months: int = 0
    study_day: int | None = None
    assumption: bool = True
    note: str = ""

    @property
    def anchor(self) -> Anchor:
        """The anchor of the visit's own timing; NONE for visits without a plan."""
        return self.timing.anchor if self.timing else Anchor.NONE


@dataclass(frozen=True)
class Anchors:
    """The known dates of one subject, in the trial's time zone; None = has not happened."""

    consent: date | None = None
    eligibility_confirmed: date | None = None
    leukapheresis: date | None = None
    lymphodepletion: date | None = None
    infusion: date | None = None
    survival_start: date | None = None

    def on(self, anchor: Anchor) -> date | None:
        """The date of one anchor, or None."""
        if anchor is Anchor.NONE:
            return None
        value: date | None = getattr(self, anchor.value)
        return value


@dataclass(frozen=True)
class VisitWindow:
    """When a visit should take place; `first` and `last` are included, None leaves the side open.

    `provisional` is true when the window is a forecast from an earlier anchor.
    """

    target: date
    first: date | None
    last: date | None
    provisional: bool = False

    def contains(self, day: date) -> bool:
        """Whether a day lies in the window."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def days_outside(self, day: date) -> int:
        """0 inside the window; otherwise days too early (negative) or too late (positive)."""
        if self.first is not None and day < self.first:
            return (day - self.first).days
        if self.last is not None and day > self.last:
            return (day - self.last).days
        return 0
