"""RECIST 1.1: whether the target lesions were chosen by the rules.

Purpose: name every rule that a choice of target lesions at baseline breaks, and compute the baseline sum.

Inputs: the targets (mm; node: short axis), whether measurable disease exists, dates of the scan, of the infusion, of
the end of bridging therapy.

Algorithm
    1. At most five targets, at most two in one organ. Both sides of a paired organ are one organ; all nodes are one.
    2. Every target is measured, and measures 10 mm, a node 15 mm.
    3. Where measurable disease exists, at least one target.
    4. No id twice.
    5. The scan is at most 28 days older than the infusion, not after it, and not before the end of bridging therapy.

The baseline sum adds the long axis of each lesion and the short axis of each node; none while a target is not measured
or when there is no target. The dates are warnings: the scan is what it is.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247, section 3; EORTC, RECIST working group,
questions and answers on paired organs and nodes.

>>> organs = ("Left lung", "Right lung", "lung")
>>> lungs = [ChosenTarget(f"T{number}", organ, False, Decimal(12)) for number, organ in enumerate(organs)]
>>> selection = check_selection(lungs, measurable_lesion_exists=True)
>>> [str(violation) for violation in selection.violations], selection.baseline_sum_mm
(['MAX_PER_ORGAN_2'], Decimal('36'))
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from efficacy.rules.exact import exactly, plain
from trial_edc.protocol.parameters import decimal, integer

__all__ = [
    "RULE",
    "VERSION",
    "ChosenTarget",
    "Selection",
    "SelectionConfig",
    "Violation",
    "check_selection",
    "organ_group",
]

RULE = "target-selection"
VERSION = "1.0.0"

NODES = "lymph nodes"
#: Paired organs, by every word that names one; both sides and all their parts are one organ.
PAIRED = {
    name: organ
    for organ, names in {
        "lung": ("lung", "lungs", "pulmonary"),
        "kidney": ("kidney", "kidneys", "renal"),
        "breast": ("breast", "breasts"),
        "adrenal gland": ("adrenal", "adrenals"),
        "ovary": ("ovary", "ovaries", "ovarian"),
    }.items()
    for name in names
}
#: Words that name a side of a paired organ.
SIDES = frozenset({"left", "right", "both", "bilateral", "l", "r", "lt", "rt"})


class Violation(StrEnum):
    """A broken rule, in the order in which they are reported."""

    MAX_TOTAL = "MAX_TOTAL_5"
    MAX_PER_ORGAN = "MAX_PER_ORGAN_2"
    NOT_MEASURABLE = "TARGET_NOT_MEASURABLE"
    NOT_MEASURED = "TARGET_NOT_MEASURED"
    NONE_SELECTED = "NO_TARGET_SELECTED"
    DUPLICATE_ID = "DUPLICATE_ID"
    SCAN_TOO_OLD = "BASELINE_SCAN_OLDER_THAN_28_DAYS"
    SCAN_AFTER_INFUSION = "BASELINE_SCAN_AFTER_INFUSION"
    SCAN_BEFORE_BRIDGING = "BASELINE_BEFORE_BRIDGING"


@dataclass(frozen=True)
class SelectionConfig:
    """Protocol parameters of the choice of targets."""

    maximum: int = integer("recist.target_maximum")
    maximum_per_organ: int = integer("recist.target_maximum_per_organ")
    measurable_mm: Decimal = field(default=decimal("recist.measurable_mm"))
    node_target_mm: Decimal = field(default=decimal("recist.node_target_mm"))
    scan_days_before_infusion: int = integer("recist.baseline_scan_days_before_infusion")


@dataclass(frozen=True)
class ChosenTarget:
    """A lesion chosen as target; `mm` None: not measured."""

    lesion_id: str
    organ: str
    nodal: bool
    mm: Decimal | None


@dataclass(frozen=True)
class Selection:
    """The broken rules, none when the choice is right, and the baseline sum in mm."""

    violations: tuple[Violation, ...]
    baseline_sum_mm: Decimal | None
    because: str


def organ_group(target: ChosenTarget) -> str:
    """The organ a target counts under: a paired organ whatever its side or part, and one for all nodes."""
    if target.nodal:
        return NODES
    words = re.findall(r"\w+", target.organ.casefold())
    paired = next((PAIRED[word] for word in words if word in PAIRED), None)
    without_side = [word for word in words if word not in SIDES]
    return paired or " ".join(without_side or words)


@exactly
def check_selection(
    targets: Sequence[ChosenTarget],
    *,
    measurable_lesion_exists: bool,
    scan_date: date | None = None,
    infusion_date: date | None = None,
    bridging_end_date: date | None = None,
    config: SelectionConfig = SelectionConfig(),
) -> Selection:
    """Check a choice by the algorithm above; a date of None is not known and not checked."""
    found = _of_targets(targets, measurable_lesion_exists, config)
    found |= _of_dates(scan_date, infusion_date, bridging_end_date, config)
    sizes = [target.mm for target in targets if target.mm is not None]
    total = sum(sizes, Decimal(0)) if targets and len(sizes) == len(targets) else None
    words = "; ".join(found[violation] for violation in Violation if violation in found) or "every rule is kept"
    violations = tuple(violation for violation in Violation if violation in found)
    amount = f"baseline sum {plain(total)} mm" if total is not None else "no baseline sum"
    return Selection(violations, total, f"Targets: {len(targets)}, {amount}; {words}.")


def _of_targets(targets: Sequence[ChosenTarget], exists: bool, config: SelectionConfig) -> dict[Violation, str]:
    """Steps 1 to 4: each broken rule and where it is broken."""
    found: dict[Violation, str] = {}
    if len(targets) > config.maximum:
        found[Violation.MAX_TOTAL] = f"more than {config.maximum} targets"
    organs = Counter(organ_group(target) for target in targets)
    crowded = sorted(organ for organ, count in organs.items() if count > config.maximum_per_organ)
    if crowded:
        found[Violation.MAX_PER_ORGAN] = f"more than {config.maximum_per_organ} targets in {', '.join(crowded)}"
    small = [each.lesion_id for each in targets if each.mm is not None and each.mm < _limit(each, config)]
    if small:
        found[Violation.NOT_MEASURABLE] = f"{', '.join(small)} too small to be a target"
    unmeasured = [each.lesion_id for each in targets if each.mm is None]
    if unmeasured:
        found[Violation.NOT_MEASURED] = f"{', '.join(unmeasured)} not measured"
    if exists and not targets:
        found[Violation.NONE_SELECTED] = "measurable disease and no target"
    names = Counter(target.lesion_id for target in targets)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        found[Violation.DUPLICATE_ID] = f"{', '.join(twice)} is the id of more than one target"
    return found


def _limit(target: ChosenTarget, config: SelectionConfig) -> Decimal:
    return config.node_target_mm if target.nodal else config.measurable_mm


def _of_dates(
    scan: date | None, infusion: date | None, bridging_end: date | None, config: SelectionConfig
) -> dict[Violation, str]:
    """Step 5."""
    found: dict[Violation, str] = {}
    if scan is not None and infusion is not None:
        age = (infusion - scan).days
        if age > config.scan_days_before_infusion:
            found[Violation.SCAN_TOO_OLD] = f"the scan is {age} days older than the infusion"
        if age < 0:
            found[Violation.SCAN_AFTER_INFUSION] = "the scan is later than the infusion"
    if scan is not None and bridging_end is not None and scan < bridging_end:
        found[Violation.SCAN_BEFORE_BRIDGING] = "the scan is earlier than the end of bridging therapy"
    return found
