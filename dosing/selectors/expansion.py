"""The expansion: which dose, how many treated, how many events, and whether anybody may be enrolled or infused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from django.utils.translation import gettext as _

from dosing.models import DoseDecision, Rp2dDecision
from dosing.rules.beta_tail import Posterior
from dosing.rules.evaluability import Status
from dosing.rules.expansion_boundary import ExpansionConfig, pause_boundary
from dosing.rules.pausing import EXPANSION, TRIAL
from dosing.rules.three_plus_three import Action
from dosing.selectors.levels import Decisions
from dosing.selectors.pausing import Standing
from dosing.selectors.standing import Counted
from trial_edc.protocol.dose_levels import dose_level
from trial_edc.protocol.parameters import decimal, integer, text, values

#: Decisions that declare an MTD -> where it is, relative to the level decided on.
DECLARES = {Action.DECLARE_MTD: 0, Action.DECLARE_MTD_NO_ESCALATION: 0, Action.TOO_TOXIC_MTD_IS_LOWER: -1}


@dataclass(frozen=True)
class Declared:
    """The MTD in force, and the released decision that declared it."""

    level: int
    decision: DoseDecision


def declared_mtd(decisions: Decisions) -> Declared | None:
    """Return the MTD by the released decisions, None while none declares one."""
    found = [
        Declared(row.dose_level + DECLARES[Action(row.chosen_action)], row)
        for row in decisions.rows
        if row.status == DoseDecision.Status.RELEASED
        and row.chosen_action in DECLARES
        and decisions.released(row.dose_level) == row
    ]
    return min(found, key=lambda each: each.level, default=None)


@dataclass(frozen=True)
class Expansion:
    """The expansion now. `level` None: no dose is in force; `pause_at`: events at which it pauses, None below three."""

    choice: Rp2dDecision | None
    level: int | None
    treated: int
    events: int
    pending: int
    held: int
    pause_at: int | None
    maximum: int
    because: str
    paused: bool = False

    @property
    def monitored(self) -> tuple[int, int, int | None]:
        """What the boundary looks at: treated, events, and the number at which it pauses."""
        return self.treated, self.events, self.pause_at

    @property
    def may_infuse(self) -> bool:
        return self.level is not None and not self.paused

    @property
    def may_enrol(self) -> bool:
        return self.may_infuse and self.held < self.maximum


def expansion(
    subjects: Sequence[Counted], decisions: Decisions, choices: Sequence[Rp2dDecision], *, extra: int = 0
) -> Expansion:
    """Return the state of the expansion; an event in review counts as an event, as it does for every restriction.

    `extra`: places beyond the protocol's cap, each by an override that two people signed.
    """
    own = [one for one in subjects if one.expansion]
    treated = sum(one.infused for one in own)
    events = sum(one.status is Status.EVALUABLE_DLT or one.in_review for one in own)
    choice = in_force(decisions, choices)
    found = Expansion(
        choice=choice,
        level=choice.chosen_level if choice else None,
        treated=treated,
        events=events,
        pending=sum(one.status is Status.PENDING and not one.in_review for one in own),
        held=sum(one.infused or one.holds_slot for one in own),
        pause_at=pause_boundary(treated, boundary_config()).get(treated),
        maximum=integer("expansion.maximum_treated") + extra,
        because="",
    )
    return _with_reason(found, choices)


def held_by(found: Expansion, pauses: Standing) -> Expansion:
    """Return the expansion with what pauses it, or the whole trial."""
    pause = pauses.of(TRIAL, EXPANSION)
    if pause is None or found.level is None:
        return found
    return replace(found, paused=True, because=_("The expansion is paused: %(why)s") % {"why": pause.because})


def in_force(decisions: Decisions, choices: Sequence[Rp2dDecision]) -> Rp2dDecision | None:
    """Return the released choice whose MTD still stands."""
    released = [row for row in choices if row.status == Rp2dDecision.Status.RELEASED]
    declared = declared_mtd(decisions)
    newest = max(released, key=lambda row: row.revision, default=None)
    if newest is None or declared is None or newest.rests_on_id != declared.decision.pk:
        return None
    return newest


def boundary_config() -> ExpansionConfig:
    """Return the protocol's parameters of the boundary."""
    alpha, beta = values("expansion.boundary_prior")
    return ExpansionConfig(
        p0=Fraction(text("expansion.boundary_p0")),
        cutoff=Fraction(decimal("expansion.boundary_cutoff")),
        prior=Posterior(Fraction(alpha), Fraction(beta)),
        first=integer("expansion.boundary_first"),
    )


def _with_reason(found: Expansion, choices: Sequence[Rp2dDecision]) -> Expansion:
    if found.level is None:
        fallen = any(row.status == Rp2dDecision.Status.RELEASED for row in choices)
        because = (
            _("The expansion is suspended: the decision that declared the MTD is not in force any more.")
            if fallen
            else _("The dose for the expansion part is not chosen yet.")
        )
    else:
        because = _open_words(found)
    return replace(found, because=because)


def _open_words(found: Expansion) -> str:
    assert found.level is not None, "asked only of an open expansion"
    numbers = {
        "level": dose_level(found.level).short_label, "events": found.events, "held": found.held,
        "maximum": found.maximum,
    }  # fmt: skip
    if found.held >= found.maximum:
        words = _("All %(maximum)s places of the expansion are taken.")
    else:
        words = _("The expansion at %(level)s is open: %(held)s of %(maximum)s places taken, %(events)s DLT.")
    return words % numbers


def boundary_ranges(found: Expansion) -> list[tuple[str, int, bool]]:
    """Return the same with equal limits in one line: (treated from – to, events, whether it is this one)."""
    lines: list[tuple[str, int, bool]] = []
    for limit, rows in groupby(boundary_rows(found), key=lambda row: row[1]):
        kept = list(rows)
        lines.append((f"{kept[0][0]} – {kept[-1][0]}", limit, any(here for _n, _limit, here in kept)))
    return lines


def boundary_rows(found: Expansion) -> list[tuple[int, int, bool]]:
    """Return the boundary as (treated, events at which it pauses, whether this is the present number)."""
    table = pause_boundary(found.maximum, boundary_config())
    return [(n, limit, n == found.treated) for n, limit in table.items() if limit is not None]
