"""What the decision records say about the levels: which is open, which is held."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dosing.models import DoseDecision
from dosing.rules.three_plus_three import PROTOCOL, RULE_SETS, TOO_TOXIC_ACTIONS, Action, RuleSet
from trial_edc.audit.selectors import load
from trial_edc.protocol.dose_levels import DOSE_LEVELS
from trial_edc.protocol.parameters import text

#: Names the levels: results about a level hang on a key that is the same in every installation.
LEVEL_NAMESPACE = uuid.UUID("6f5a6c0e-2f0c-5b8e-9a55-3b6d47487000")


def level_key(level: int) -> uuid.UUID:
    """Return the key under which results and notes about a dose level are kept."""
    return uuid.uuid5(LEVEL_NAMESPACE, f"dose-level-{level}")


def rule_set() -> RuleSet:
    """Return the rule set in force by the protocol."""
    return RULE_SETS.get(text("escalation.rule_set"), PROTOCOL)


def level_numbers() -> tuple[int, ...]:
    """Return the numbers of the dose levels, lowest first."""
    return tuple(level.number for level in DOSE_LEVELS)


@dataclass(frozen=True)
class Decisions:
    """Every decision record, and what follows from those that bind."""

    rows: tuple[DoseDecision, ...]

    @classmethod
    def read(cls, as_of: datetime | None = None) -> Decisions:
        return cls.of(load(DoseDecision, as_of=as_of))

    @classmethod
    def of(cls, rows: Iterable[DoseDecision]) -> Decisions:
        return cls(tuple(sorted(rows, key=lambda row: (row.dose_level, row.revision))))

    def at(self, level: int) -> Sequence[DoseDecision]:
        """The revisions of one level, first to last."""
        return [row for row in self.rows if row.dose_level == level]

    def standing(self, level: int) -> DoseDecision | None:
        """The last decision of the level that left preparation: signed, released or superseded."""
        done = [row for row in self.at(level) if not row.is_open]
        return done[-1] if done else None

    def released(self, level: int) -> DoseDecision | None:
        """The decision that is in force at the level, None when the last one is not released or was superseded."""
        last = self.standing(level)
        if last is not None and last.status == DoseDecision.Status.SIGNED:
            # A revision that waits for its release does not suspend the one in force.
            earlier = [row for row in self.at(level) if not row.is_open and row.revision < last.revision]
            last = earlier[-1] if earlier else None
        return last if last is not None and last.status == DoseDecision.Status.RELEASED else None

    def authorised(self, level: int) -> bool:
        """Test whether subjects may be infused at the level: the lowest always, others by a released escalation."""
        if level == 1:
            return True
        below = self.released(level - 1)
        return below is not None and below.chosen_action == Action.ESCALATE

    def was_opened(self, level: int) -> bool:
        """Test whether an escalation to the level was ever released."""
        return level == 1 or any(
            row.released_at is not None and row.chosen_action == Action.ESCALATE for row in self.at(level - 1)
        )

    def ruling(self, level: int, n_evaluable: int, n_dlt: int) -> Action | None:
        """What the committee ruled in force on this very tally, which lies outside 3+3; None when it has not."""
        row = self.released(level)
        if row is None or row.advised_action != Action.SRC_DECISION:
            return None
        return Action(row.chosen_action) if (row.n_evaluable, row.n_dlt) == (n_evaluable, n_dlt) else None

    def closed(self, level: int) -> bool:
        """Test whether a binding decision closed the level as too toxic, for good."""
        return any(
            row.status in DoseDecision.BINDING and row.chosen_action in TOO_TOXIC_ACTIONS for row in self.at(level)
        )
