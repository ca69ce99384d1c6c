"""What the statistician's page shows: the trial now, other designs, what-if, and the characteristics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.models import DoseDecision, StoredCharacteristics
from dosing.rules.advice import DesignAdvice, Move, compare_designs
from dosing.rules.dose_path_tree import PathNode, dose_path_tree
from dosing.rules.three_plus_three import RULE_SETS
from dosing.rules.trial_state import LevelState, TrialAdvice
from dosing.selectors.characteristics import characteristics
from dosing.selectors.characteristics_figures import Bars, Tree, outcome_bars, tree
from dosing.selectors.characteristics_tables import Table, price, short_of_minimum, tables
from dosing.selectors.freshness import BoardInputs
from dosing.selectors.levels import rule_set
from dosing.selectors.trial import TrialNow, level_states
from trial_edc.protocol.dose_levels import dose_level

MOVES = {
    Move.ESCALATE: gettext_lazy("One level up"),
    Move.STAY: gettext_lazy("Stay"),
    Move.DEESCALATE: gettext_lazy("One level down"),
    Move.STOP: gettext_lazy("Stop"),
}


@dataclass(frozen=True)
class DesignLine:
    """What one design says, in words; `agrees` None = open."""

    name: str
    move: str
    estimate: str
    interval: str
    mtd: str
    agrees: bool | None
    because: str


def other_designs(advice: TrialAdvice, last_treated: int) -> list[DesignLine]:
    """Return what the other designs advise after the level treated last."""
    return [_design(found) for found in compare_designs(advice, last_treated=last_treated)]


def _design(found: DesignAdvice) -> DesignLine:
    skeleton = "" if found.skeleton is None else f" {' / '.join(f'{p:.3g}' for p in found.skeleton)}"
    dose = f", {dose_level(found.next_dose).short_label}" if found.next_dose else ""
    return DesignLine(
        name=found.design + skeleton,
        move=_("Nothing to decide from") if found.move is None else f"{MOVES[found.move]}{dose}",
        estimate="–" if found.estimate is None else f"{found.estimate:.3f}",
        interval="–" if found.interval is None else f"{found.interval[0]:.3f} – {found.interval[1]:.3f}",
        mtd=dose_level(found.mtd).short_label if found.mtd else "–",
        agrees=found.agrees,
        because=found.because,
    )


def last_treated(now: TrialNow) -> int:
    """Return the level of the latest infusion; the lowest while nobody was infused."""
    treated = [
        (one.file.subject.infused_at, one.file.slot.dose_level)
        for one in now.subjects
        if one.file.slot is not None and one.file.subject.infused_at is not None
    ]
    return max(treated)[1] if treated else 1


@dataclass(frozen=True)
class Worked:
    """Characteristics worked out for the page; `refused` says why there are none."""

    content: dict[str, Any] | None = None
    tables: tuple[Table, ...] = ()
    price: tuple[str, ...] = ()
    minimum: str = ""
    bars: Bars | None = None
    tree: Tree | None = None
    refused: str = ""


def worked(probabilities: Sequence[Decimal], *, cohorts: int = 2, states: Sequence[LevelState] | None = None) -> Worked:
    """Work the characteristics out from the stored answers about the trial, or from other levels."""
    levels = stored_states() if states is None else tuple(states)
    try:
        content = characteristics(levels, probabilities)
    except ValueError as impossible:
        return Worked(refused=str(impossible))
    drawn = None
    if not content["refused"]:
        drawn = tree(_paths(rule_set().name, levels, tuple(probabilities), cohorts))
    return presented(content, drawn)


@lru_cache(maxsize=64)
def _paths(rules: str, levels: tuple[LevelState, ...], probabilities: tuple[Decimal, ...], cohorts: int) -> PathNode:
    return dose_path_tree(RULE_SETS[rules], levels, probabilities=probabilities, most_cohorts=cohorts)


def presented(content: dict[str, Any], drawn: Tree | None = None) -> Worked:
    """Put characteristics, worked out now or kept with the minutes, into words and figures."""
    return Worked(
        content=content,
        tables=tuple(tables(content)),
        price=tuple(price(content)),
        minimum=short_of_minimum(content),
        bars=outcome_bars(content),
        tree=drawn,
        refused=content["refused"],
    )


def stored_states() -> tuple[LevelState, ...]:
    """Return the levels by the stored answers: as cheap as the board."""
    inputs = BoardInputs.read()
    return level_states(inputs.counted, inputs.decisions)


def decision_to_store_with() -> DoseDecision | None:
    """Return the record that is open now and to which the characteristics would be added, None when there is none."""
    return DoseDecision.objects.filter(status__in=DoseDecision.OPEN).order_by("-data_cutoff").first()


def kept_with(decision: DoseDecision) -> list[tuple[StoredCharacteristics, Worked]]:
    """Return what was stored with the minutes, of the evidence as it is frozen now."""
    kept = StoredCharacteristics.objects.filter(decision=decision, evidence_hash=decision.evidence_hash)
    rows = kept.select_related("stored_by")
    return [(row, presented(row.content)) for row in rows]
