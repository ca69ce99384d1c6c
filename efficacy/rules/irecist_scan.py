"""iRECIST: what one scan shows, against everything seen before it.

Purpose: the facts the state machine of `irecist-sequence` decides on: the baseline disease by RECIST 1.1, the new
lesions, and which criteria of progression hold now.

Inputs: the memory of the scans before (nadir, new lesions), the findings now; millimetres.

New lesions are either measured (new target lesions, with a sum and a nadir of their own, never added to the sum of the
targets) or not (new non-target lesions). A lesion that joins raises the nadir by its own first size, so that its
arrival is not growth. A known new lesion that is neither seen nor absent makes the scan not evaluable for new lesions;
one that had gone need not be listed again.

Source: iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-e152.

>>> mass = Baseline(targets=(TargetLesion("T01", Decimal(100)),))
>>> found = Findings(
...     targets={"T01": LesionObservation(LesionStatus.MEASURED, Decimal(60))},
...     new_lesions={"N01": NewLesionObservation(NewLesionStatus.NEW)},
... )
>>> scan = scan_of(mass, found, first_memory(mass), RecistConfig())
>>> scan.recist.overall.value, dict(scan.criteria)
('PR', {<Category.NEW: 'NL'>: 'new lesion N01'})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum, StrEnum, auto

from efficacy.rules.exact import plain
from efficacy.rules.observations import (
    UNDOUBTED,
    Baseline,
    Findings,
    LesionObservation,
    LesionStatus,
    NewLesionObservation,
    NewLesionStatus,
    NonTargetObservation,
    NonTargetStatus,
    TargetLesion,
)
from efficacy.rules.recist_timepoint import TimePointResult, baseline_sum, judge
from efficacy.rules.response import Reappearance, RecistConfig, Response

__all__ = [
    "Category",
    "LesionObservation",
    "LesionStatus",
    "Memory",
    "NewLesionView",
    "Scan",
    "TargetLesion",
    "first_memory",
    "remember",
    "scan_of",
]


NO_LESION: frozenset[str] = frozenset()


class Category(StrEnum):
    """Where progression is seen."""

    TARGET = "T"
    NON_TARGET = "NT"
    NEW = "NL"


class Sighting(Enum):
    """What a scan says of one new lesion."""

    NOTHING = auto()
    FRESH = auto()
    PRESENT = auto()
    GROWN = auto()
    UNEQUIVOCAL = auto()
    GONE = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Memory:
    """What is known before a scan.

    `baseline_mm` and `target_nadir_mm` are None without targets. `new_lesions`: every new lesion seen so far, and
    whether it had gone when last seen. `new_counted`: those whose size is in `new_nadir_mm`. `after_complete`: there
    has been an iCR.
    `baseline_disease`: the last response of the baseline disease alone that was neither NE nor PD.
    """

    baseline_mm: Decimal | None
    target_nadir_mm: Decimal | None
    new_lesions: Mapping[str, bool] = field(default_factory=dict)
    new_counted: frozenset[str] = frozenset()
    new_nadir_mm: Decimal = Decimal(0)
    after_complete: bool = False
    baseline_disease: Response = Response.SD


@dataclass(frozen=True)
class NewLesionView:
    """The new lesions on one scan, and the size in mm of every measured one that is evaluable."""

    sightings: Mapping[str, Sighting]
    sizes: Mapping[str, Decimal]

    def being(self, *sightings: Sighting) -> frozenset[str]:
        """The lesions seen so."""
        if not self.sightings:
            return NO_LESION
        return frozenset(name for name, sighting in self.sightings.items() if sighting in sightings)

    @property
    def present(self) -> frozenset[str]:
        """The lesions that are certainly there."""
        return self.being(Sighting.FRESH, Sighting.PRESENT, Sighting.GROWN, Sighting.UNEQUIVOCAL)

    def total(self, names: Iterable[str]) -> Decimal:
        """Sum of these lesions, mm, as far as they are evaluable."""
        return sum((self.sizes[name] for name in names if name in self.sizes), Decimal(0))


@dataclass(frozen=True)
class Scan:
    """One scan; `criteria`: each category that shows progression by RECIST 1.1 now, and how."""

    recist: TimePointResult
    new: NewLesionView
    non_targets: Mapping[str, NonTargetObservation]
    criteria: Mapping[Category, str]

    @property
    def evaluable(self) -> bool:
        """Whether the baseline disease and every known new lesion can be judged."""
        return self.recist.overall is not Response.NE and not self.new.being(Sighting.UNKNOWN)

    @property
    def unequivocal_non_targets(self) -> frozenset[str]:
        """Non-target lesions of the baseline that have progressed beyond doubt."""
        return frozenset(
            name for name, each in self.non_targets.items() if each.status is NonTargetStatus.UNEQUIVOCAL_PD
        )


def first_memory(baseline: Baseline) -> Memory:
    """What is known at baseline."""
    start = baseline_sum(baseline)
    return Memory(start, start)


def scan_of(baseline: Baseline, findings: Findings, memory: Memory, config: RecistConfig) -> Scan:
    """Read one scan; for callers in the exact context that have checked the findings."""
    alone = replace(findings, new_lesions={}) if findings.new_lesions else findings
    recist = judge(baseline, alone, memory.baseline_mm, memory.target_nadir_mm, config)
    new = _view(findings.new_lesions, memory, config)
    return Scan(recist, new, findings.non_targets, _criteria(recist, new, memory, config))


def remember(memory: Memory, scan: Scan) -> Memory:
    """The memory after a scan: nadirs from complete sums, every new lesion; for callers in the exact context."""
    recist, new = scan.recist, scan.new
    nadir = memory.target_nadir_mm
    # A complete sum counts even when the scan is not evaluable for new lesions only.
    if nadir is not None and recist.complete and recist.sum_mm is not None:
        nadir = min(nadir, recist.sum_mm)
    settled = recist.overall not in (Response.NE, Response.PD)
    return Memory(
        memory.baseline_mm,
        nadir,
        *_remember_new(memory, new),
        after_complete=memory.after_complete,
        baseline_disease=recist.overall if settled else memory.baseline_disease,
    )


def _remember_new(memory: Memory, new: NewLesionView) -> tuple[Mapping[str, bool], frozenset[str], Decimal]:
    """The new lesions after a scan: whether each had gone, those whose size is counted, the nadir of these in mm."""
    if not new.sightings:
        return memory.new_lesions, memory.new_counted, memory.new_nadir_mm
    nadir = memory.new_nadir_mm
    if memory.new_counted <= new.sizes.keys():
        nadir = min(nadir, new.total(memory.new_counted))
    joining = new.sizes.keys() - memory.new_counted
    gone = dict(memory.new_lesions)
    gone |= dict.fromkeys(new.present, False) | dict.fromkeys(new.being(Sighting.GONE), True)
    return gone, memory.new_counted | joining, nadir + new.total(joining)


def _view(seen: Mapping[str, NewLesionObservation], memory: Memory, config: RecistConfig) -> NewLesionView:
    sightings: dict[str, Sighting] = {}
    sizes: dict[str, Decimal] = {}
    for name in dict.fromkeys((*memory.new_lesions, *seen)):
        lesion = seen.get(name)
        size = lesion.measured.extent_mm(config.too_small_mm) if lesion and lesion.measured else None
        sighting = _sighting(lesion, size, memory.new_lesions.get(name))
        if sighting is Sighting.GONE:
            size = Decimal(0) if name in memory.new_counted else None
        if size is not None and sighting is not Sighting.NOTHING:
            sizes[name] = size
        sightings[name] = sighting
    return NewLesionView(sightings, sizes)


def _sighting(lesion: NewLesionObservation | None, size: Decimal | None, had_gone: bool | None) -> Sighting:
    """What a scan says of a lesion never seen before (`had_gone` None), still there, or gone when last seen."""
    status = lesion.status if lesion else None
    if had_gone is None:
        return Sighting.FRESH if status in UNDOUBTED else Sighting.NOTHING
    # A lesion that had gone need not be listed again, and a doubtful sighting does not bring it back.
    if status is NewLesionStatus.ABSENT or (had_gone and status in (None, NewLesionStatus.EQUIVOCAL)):
        return Sighting.GONE
    if lesion is None or status is NewLesionStatus.NOT_EVALUABLE:
        return Sighting.UNKNOWN
    # A measured lesion without its size says something only when it is called unchanged.
    if lesion.measured and size is None and status is not NewLesionStatus.STABLE:
        return Sighting.UNKNOWN
    if lesion.measured is None and had_gone:
        return Sighting.FRESH
    if lesion.measured is None and status is NewLesionStatus.UNEQUIVOCAL_PD:
        return Sighting.UNEQUIVOCAL
    grown = lesion.measured is None and status is NewLesionStatus.INCREASED
    return Sighting.GROWN if grown else Sighting.PRESENT


def _criteria(recist: TimePointResult, new: NewLesionView, memory: Memory, config: RecistConfig) -> dict[Category, str]:
    """Which categories show progression by RECIST 1.1, and how."""
    back = memory.after_complete and config.cr_reappearance is Reappearance.PD
    found: dict[Category, str] = {}
    if recist.target is Response.PD:
        found[Category.TARGET] = recist.target_because
    elif back and recist.target_disease:
        found[Category.TARGET] = "target disease after iCR"
    if recist.non_target is Response.PD:
        found[Category.NON_TARGET] = "unequivocal progression of non-target disease"
    elif back and recist.non_target_disease:
        found[Category.NON_TARGET] = "non-target disease after iCR"
    words = _new_lesions_progress(new, memory, config, back=back) if new.sightings else None
    if words:
        found[Category.NEW] = words
    return found


def _new_lesions_progress(new: NewLesionView, memory: Memory, config: RecistConfig, *, back: bool) -> str | None:
    """How the new lesions show progression, None when they do not."""
    fresh, unequivocal = new.being(Sighting.FRESH), new.being(Sighting.UNEQUIVOCAL)
    size = new.total(memory.new_counted)
    if fresh:
        return f"new lesion {_names(fresh)}"
    if config.grown(size, memory.new_nadir_mm):
        return f"new lesions measure {plain(size)} mm vs nadir {plain(memory.new_nadir_mm)} mm"
    if unequivocal:
        return f"unequivocal growth of new lesion {_names(unequivocal)}"
    return f"new lesion {_names(new.present)} after iCR" if back and new.present else None


def _names(lesions: Iterable[str]) -> str:
    return ", ".join(sorted(lesions))
