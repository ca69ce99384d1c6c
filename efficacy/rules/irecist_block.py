"""iRECIST: an unconfirmed progression, and what confirms or erases it.

Purpose: keep what the scan that opened a block of iUPD showed, and compare a later scan with it.

Inputs: the block, a scan at least 28 days after it; millimetres.

The reference for "5 mm more" is always the block's own sum, also when the sum was smaller in between. Only lesions that
were evaluable in the block are compared, so that a target missing there and measured later is not growth.

Source: iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-e152, Table 2 and *Confirming progression*.

>>> RANK[Response.PR] < RANK[Response.SD]
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from efficacy.rules.exact import signed
from efficacy.rules.irecist_scan import Category, Memory, Scan, Sighting
from efficacy.rules.observations import NonTargetStatus, SinceLast
from efficacy.rules.response import RecistConfig, Response

#: Baseline disease, best first; categories of one rank are no improvement over each other.
RANK = {Response.CR: 0, Response.PR: 1, Response.SD: 2, Response.NON_CR_NON_PD: 2, Response.PD: 3}


@dataclass(frozen=True)
class Block:
    """An unconfirmed progression as the scan that opened it showed it; mm by lesion.

    `drivers`: the new lesions that opened it by being there or by growing unequivocally. `baseline_disease`: the
    response of the baseline disease alone. `receded`: non-targets seen smaller or gone since.
    """

    since: date
    categories: frozenset[Category]
    targets: Mapping[str, Decimal]
    new_sizes: Mapping[str, Decimal]
    unequivocal_non_targets: frozenset[str]
    drivers: frozenset[str]
    baseline_disease: Response
    receded: frozenset[str] = frozenset()


def open_block(day: date, scan: Scan, memory: Memory) -> Block:
    """The block that this scan opens."""
    alone = scan.recist.overall
    return Block(
        since=day,
        categories=frozenset(scan.criteria),
        targets=scan.recist.target_values,
        new_sizes=scan.new.sizes,
        unequivocal_non_targets=scan.unequivocal_non_targets,
        drivers=scan.new.being(Sighting.FRESH, Sighting.UNEQUIVOCAL),
        baseline_disease=memory.baseline_disease if alone is Response.NE else alone,
    )


def confirmation(block: Block, scan: Scan, config: RecistConfig) -> str | None:
    """What confirms the block, None when nothing does."""
    found: list[str] = []
    growth = _growth(block.targets, scan.recist.target_values)
    if Category.TARGET in block.categories and growth >= config.pd_increase_mm:
        found.append(f"target sum {signed(growth)} mm since iUPD")
    if Category.NON_TARGET in block.categories and _non_targets_increased(block, scan):
        found.append("non-target disease increased further")
    growth = _growth(block.new_sizes, scan.new.sizes)
    if growth >= config.pd_increase_mm:
        found.append(f"new lesions {signed(growth)} mm since iUPD")
    grown = scan.new.being(Sighting.GROWN, Sighting.UNEQUIVOCAL)
    if grown:
        found.append(f"new lesion {', '.join(sorted(grown))} increased")
    fresh = scan.new.being(Sighting.FRESH)
    if fresh and Category.NEW in block.categories:
        found.append(f"additional new lesion {', '.join(sorted(fresh))}")
    found += [words for category, words in scan.criteria.items() if category not in block.categories]
    return "; ".join(found) or None


def _growth(before: Mapping[str, Decimal], now: Mapping[str, Decimal]) -> Decimal:
    """Growth of the lesions of the block, mm; one that is not evaluable now counts as 0, so this is a lower bound."""
    return sum((now.get(name, Decimal(0)) - size for name, size in before.items()), Decimal(0))


def _non_targets_increased(block: Block, scan: Scan) -> bool:
    """Any increase counts, also a lesion that became unequivocal since."""
    increased = any(each.since_last is SinceLast.INCREASED for each in scan.non_targets.values())
    return increased or bool(scan.unequivocal_non_targets - block.unequivocal_non_targets)


def needed_part_unknown(block: Block, scan: Scan) -> bool:
    """Whether the non-targets, which opened the block, cannot be judged now."""
    return Category.NON_TARGET in block.categories and scan.recist.non_target is Response.NE


def resolved(block: Block, scan: Scan) -> bool:
    """Whether an evaluable scan without any criterion of progression erases the block.

    New lesions that opened the block and are still there keep it open, unless the baseline disease has improved: a new
    lesion followed by shrinkage to PR is iPR, but PR followed by a new lesion and no change stays iUPD. A non-target
    that had progressed unequivocally and is said not to have changed since is as large as it was then: it keeps the
    block open, also when its state is now only called present.
    """
    if _unchanged(scan) & (block.unequivocal_non_targets - block.receded):
        return False
    if not block.drivers & scan.new.present:
        return True
    return RANK[scan.recist.overall] < RANK[block.baseline_disease]


def _unchanged(scan: Scan) -> frozenset[str]:
    """Non-target lesions that are there and as large as on the scan before."""
    return frozenset(
        name
        for name, each in scan.non_targets.items()
        if each.status is NonTargetStatus.PRESENT and each.since_last is SinceLast.NO_CHANGE
    )


def still_open(block: Block, scan: Scan) -> Block:
    """The block after a scan that neither confirms nor erases it."""
    receded = {
        name
        for name, each in scan.non_targets.items()
        if each.status is NonTargetStatus.ABSENT or each.since_last is SinceLast.DECREASED
    }
    return replace(block, receded=block.receded | receded)
