"""What is observed of a tumour: one model that serves RECIST 1.1 and iRECIST.

Purpose: collect once, derive both. A lesion's role is fixed at baseline; a lesion that a time point does not list is
missing, never 0.

Inputs: millimetres (a node's value is its short axis, any other lesion's its longest diameter), calendar dates.

Values of a target lesion: measured, as it is (3 mm stays 3); absent, 0; seen but too small to measure, 5 (also nodes);
split, the sum of its fragments; merged, 0, because the partner carries the longest diameter of both. A lesion counts as
gone at 0 mm, a node below 10 mm.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247; iRECIST, Seymour L et al., Lancet Oncol
2017;18:e143-e152.

>>> LesionObservation(LesionStatus.SPLIT, fragments_mm=(Decimal(12), Decimal("8.5"))).extent_mm(Decimal(5))
Decimal('20.5')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class LesionStatus(StrEnum):
    """How a target lesion was found."""

    MEASURED = "measured"
    ABSENT = "absent"
    TOO_SMALL = "too_small"
    SPLIT = "split"
    MERGED = "merged"
    NOT_EVALUABLE = "not_evaluable"
    MISSING = "missing"


class NonTargetStatus(StrEnum):
    """How a non-target lesion was found."""

    PRESENT = "present"
    ABSENT = "absent"
    UNEQUIVOCAL_PD = "unequivocal_pd"
    NOT_EVALUABLE = "not_evaluable"


class SinceLast(StrEnum):
    """A non-target lesion against the previous assessment."""

    NO_CHANGE = "no_change"
    INCREASED = "increased"
    DECREASED = "decreased"


class NewLesionStatus(StrEnum):
    """How a new lesion was found; `UNEQUIVOCAL` says present without saying how it changed."""

    EQUIVOCAL = "equivocal"
    UNEQUIVOCAL = "unequivocal"
    NEW = "new"
    STABLE = "stable"
    INCREASED = "increased"
    UNEQUIVOCAL_PD = "unequivocal_pd"
    ABSENT = "absent"
    NOT_EVALUABLE = "not_evaluable"


#: A new lesion with one of these is there beyond doubt.
UNDOUBTED = frozenset(
    {
        NewLesionStatus.UNEQUIVOCAL,
        NewLesionStatus.NEW,
        NewLesionStatus.STABLE,
        NewLesionStatus.INCREASED,
        NewLesionStatus.UNEQUIVOCAL_PD,
    }
)
#: Statuses of a lesion that was not seen well enough to count.
UNKNOWN = frozenset({LesionStatus.NOT_EVALUABLE, LesionStatus.MISSING})
#: Statuses that hold no number of their own; the protocol says what a lesion too small to measure counts as.
UNMEASURED = UNKNOWN | {LesionStatus.TOO_SMALL}


class Contradiction(ValueError):
    """Findings that cannot all be true; `key` names the one to look at, the sentence says what is wrong."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


@dataclass(frozen=True)
class LesionObservation:
    """A target lesion at one time point, mm. Raises Contradiction when the status and the numbers disagree."""

    status: LesionStatus
    mm: Decimal | None = None
    fragments_mm: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a number that the status does not allow, and a status that lacks its number."""
        if self.status is LesionStatus.MEASURED and self.mm is not None and self.mm >= 0 and not self.fragments_mm:
            return
        if min((self.mm or Decimal(0), *self.fragments_mm)) < 0:
            raise Contradiction("mm", "a diameter cannot be negative")
        if (self.status is LesionStatus.SPLIT) != bool(self.fragments_mm):
            raise Contradiction("fragments_mm", "fragments belong to a split lesion, which needs at least one")
        if self.status is LesionStatus.MEASURED and self.mm is None:
            raise Contradiction("mm", "is required for a measured lesion")
        if self.status is LesionStatus.SPLIT and self.mm is not None:
            raise Contradiction("mm", "a split lesion is measured by its fragments")
        if self.status in (LesionStatus.ABSENT, LesionStatus.MERGED) and self.mm:
            raise Contradiction("mm", f"contradicts the status {self.status}")
        if self.status in UNMEASURED and self.mm is not None:
            raise Contradiction("mm", f"contradicts the status {self.status}")

    def extent_mm(self, too_small_mm: Decimal) -> Decimal | None:
        """What the lesion adds to the sum, None when it was not evaluable."""
        if self.status is LesionStatus.TOO_SMALL:
            return too_small_mm
        if self.status in UNKNOWN:
            return None
        return self.mm if self.mm is not None else sum(self.fragments_mm, Decimal(0))


@dataclass(frozen=True)
class NonTargetObservation:
    """A non-target lesion at one time point; `since_last` is None when it was not compared. Raises Contradiction."""

    status: NonTargetStatus
    since_last: SinceLast | None = None

    def __post_init__(self) -> None:
        """Refuse growth of a lesion that was not seen."""
        unseen = self.status in (NonTargetStatus.ABSENT, NonTargetStatus.NOT_EVALUABLE)
        if unseen and self.since_last is SinceLast.INCREASED:
            raise Contradiction("since_last", f"increased contradicts the status {self.status}")


@dataclass(frozen=True)
class NewLesionObservation:
    """A lesion that was not there at baseline. Raises Contradiction.

    `measured`: the size of a new target lesion of iRECIST; None makes it a new non-target lesion.
    """

    status: NewLesionStatus
    measured: LesionObservation | None = None

    def __post_init__(self) -> None:
        """Refuse a size that contradicts the status."""
        if self.measured is None:
            return
        gone = self.measured.status is LesionStatus.ABSENT or self.measured.mm == 0
        if gone != (self.status is NewLesionStatus.ABSENT):
            raise Contradiction("status", f"{self.status} contradicts the size of the lesion")
        if self.status is NewLesionStatus.NOT_EVALUABLE and self.measured.status not in UNKNOWN:
            raise Contradiction("status", f"{self.status} contradicts the size of the lesion")

    @property
    def present(self) -> bool:
        """Whether the lesion is there beyond doubt."""
        return self.status in UNDOUBTED


@dataclass(frozen=True)
class TargetLesion:
    """A target lesion at baseline, mm (node: short axis)."""

    lesion_id: str
    mm: Decimal
    nodal: bool = False


@dataclass(frozen=True)
class Baseline:
    """The lesions chosen at baseline. Raises Contradiction for an id used twice or a target without extent."""

    targets: tuple[TargetLesion, ...] = ()
    non_targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse ambiguous lesions."""
        seen: set[str] = set()
        for kind, name in [("targets", each.lesion_id) for each in self.targets] + [
            ("non_targets", each) for each in self.non_targets
        ]:
            if name in seen:
                raise Contradiction(kind, f"{name!r} is the id of two lesions")
            seen.add(name)
        for lesion in self.targets:
            if lesion.mm <= 0:
                raise Contradiction("targets", f"{lesion.lesion_id!r} must be above 0 mm at baseline")


@dataclass(frozen=True)
class Findings:
    """What one assessment found. Lesions not listed are missing."""

    targets: Mapping[str, LesionObservation] = field(default_factory=dict)
    non_targets: Mapping[str, NonTargetObservation] = field(default_factory=dict)
    new_lesions: Mapping[str, NewLesionObservation] = field(default_factory=dict)
    marker_elevated: bool = False


@dataclass(frozen=True)
class TimePoint:
    """One assessment; `findings` None: not done. `new_symptom`: the scan was made to explain one."""

    date: date
    findings: Findings | None
    new_symptom: bool = False


def check(baseline: Baseline, time_points: Sequence[TimePoint]) -> None:
    """Raise Contradiction for findings that cannot belong to this baseline, and for a date that comes twice."""
    dates: set[date] = set()
    for number, point in enumerate(time_points):
        where = f"timepoints[{number}]"
        if point.date in dates:
            raise Contradiction(f"{where}.date", f"{point.date} is the date of an earlier time point")
        dates.add(point.date)
        if point.findings is not None:
            check_findings(baseline, point.findings, where)


def check_findings(baseline: Baseline, findings: Findings, where: str = "timepoint") -> None:
    """Raise Contradiction for findings that cannot belong to this baseline."""
    targets = frozenset(lesion.lesion_id for lesion in baseline.targets)
    non_targets = frozenset(baseline.non_targets)
    for name in findings.targets:
        if name not in targets:
            raise Contradiction(f"{where}.targets.{name}", "is not a target lesion of the baseline")
    for name in findings.non_targets:
        if name not in non_targets:
            raise Contradiction(f"{where}.non_targets.{name}", "is not a non-target lesion of the baseline")
    for name in findings.new_lesions:
        if name in targets or name in non_targets:
            raise Contradiction(f"{where}.new_lesions.{name}", "is a lesion of the baseline")
    statuses = [observation.status for observation in findings.targets.values()]
    uncarried = {LesionStatus.MERGED, LesionStatus.ABSENT}
    # Were every other target absent, the merged lesions would vanish from the sum and read as a complete response.
    if LesionStatus.MERGED in statuses and len(statuses) == len(targets) and uncarried.issuperset(statuses):
        raise Contradiction(f"{where}.targets", "no target carries the diameter of the merged lesions")
