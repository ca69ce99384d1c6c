"""What other dose-finding designs would say at the trial's present state, beside the protocol's advice.

Purpose: help the safety review committee to see how unusual a decision is. Advisory only: nothing here decides.

Inputs: the protocol's advice for the trial (with the tally of every level), the level treated last, and the parameters
of the designs. Only evaluable subjects count; pending ones and events in review do not.

Algorithm
    1. BOIN and mTPI-2 decide from the tally of the level treated last: one level up, the same, one level down. They
       never go to a level they have eliminated, or above one; with the lowest eliminated they stop.
    2. The CRM fits all subjects and names the level closest to its target, at most one above the highest level tried.
       It is fitted once per skeleton.
    3. A design agrees when it names the dose the protocol names: the next dose, or the declared MTD, or none.
       Agreement is open (None) while the cohort at the level treated last is not complete, the protocol waits, the
       decision is the committee's, or the design has nothing to decide from.
    4. Estimates of the DLT probability at the level treated last: the observed share with its exact (Clopper-Pearson)
       interval for BOIN, the posterior mean with its equal-tailed interval for mTPI-2, the fitted curve with its
       posterior interval for the CRM.

Source: as the designs' own modules; parameters of the protocol's section on other designs.

>>> states = [LevelState(LevelTally(3, 0)), LevelState(LevelTally(6, 2)), LevelState(LevelTally(0, 0), opened=False)]
>>> found = compare_designs(decide_trial_state(states, PROTOCOL), last_treated=2)
>>> found[0].design, found[0].move.value, found[0].agrees
('BOIN', 'stay', True)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from dosing.rules import boin, boin_mtd, crm, mtpi2
from dosing.rules.beta_tail import UNIFORM, Posterior, interval, posterior
from dosing.rules.three_plus_three import PROTOCOL, Action, LevelTally
from dosing.rules.trial_state import LevelState, TrialAdvice, decide_trial_state
from trial_edc.protocol.parameters import decimal, integer, values

__all__ = [
    "PROTOCOL",
    "DesignAdvice",
    "DesignConfig",
    "LevelState",
    "LevelTally",
    "Move",
    "compare_designs",
    "decide_trial_state",
    "protocol_config",
]


class Move(StrEnum):
    """The next dose relative to the level treated last."""

    ESCALATE = "escalate"
    STAY = "stay"
    DEESCALATE = "de-escalate"
    STOP = "stop"


@dataclass(frozen=True)
class DesignConfig:
    """Parameters of the designs; `skeletons` are the CRM's prior guesses, one fit each."""

    boin_target: Fraction
    boin: boin.BoinConfig
    mtpi2: mtpi2.Mtpi2Config
    crm_target: float
    crm_prior_variance: float
    skeletons: tuple[tuple[float, ...], ...]
    interval_level: float


@dataclass(frozen=True)
class DesignAdvice:
    """One design's advice.

    `skeleton`: of a CRM, else None. `move` and `next_dose`: both None while there is nothing to decide from; a stop
    has no next dose either. `estimate`, `interval`: DLT probability at the level treated last. `mtd`: the level the
    design would select if the trial ended now, None when it selects none or has no rule for it. `agrees`: with the
    protocol, None = open.
    """

    design: str
    skeleton: tuple[float, ...] | None
    move: Move | None
    next_dose: int | None
    estimate: float | None
    interval: tuple[float, float] | None
    mtd: int | None
    agrees: bool | None
    because: str


@lru_cache(maxsize=1)
def protocol_config() -> DesignConfig:
    """The designs' parameters as the protocol sets them."""
    low, high = (Fraction(value) for value in values("mtpi2.equivalence_interval"))
    skeletons = (values("crm.skeleton"), values("crm.skeleton_indifference"))
    return DesignConfig(
        boin_target=Fraction(decimal("boin.target")),
        boin=boin.BoinConfig(
            low_share=Fraction(decimal("boin.low_share")),
            toxic_share=Fraction(decimal("boin.toxic_share")),
            elimination_cutoff=Fraction(decimal("boin.elimination_cutoff")),
            elimination_minimum=integer("boin.elimination_minimum"),
        ),
        mtpi2=mtpi2.Mtpi2Config(Fraction(decimal("mtpi2.target")), low, high, Fraction(decimal("mtpi2.xi"))),
        crm_target=float(decimal("crm.target")),
        crm_prior_variance=float(decimal("crm.prior_variance")),
        skeletons=tuple(tuple(float(value) for value in skeleton) for skeleton in skeletons),
        interval_level=float(decimal("advisory.interval_level")),
    )


def compare_designs(
    advice: TrialAdvice, *, last_treated: int, config: DesignConfig | None = None
) -> tuple[DesignAdvice, ...]:
    """BOIN, mTPI-2 and one CRM per skeleton at this state; parameters of the protocol unless others are given.

    Raises ValueError when `last_treated` is not a level or a skeleton has another number of levels.
    """
    config = config or protocol_config()
    tallies = tuple(level.tally for level in advice.levels)
    if not 1 <= last_treated <= len(tallies):
        raise ValueError(f"level {last_treated} is not one of the levels 1 to {len(tallies)}")
    state = _State(advice, tallies, last_treated, config)
    return (_boin(state), _mtpi2(state), *(_crm(state, skeleton) for skeleton in config.skeletons))


@dataclass(frozen=True)
class _State:
    """What every design looks at."""

    advice: TrialAdvice
    tallies: tuple[LevelTally, ...]
    last: int
    config: DesignConfig

    @property
    def tally(self) -> LevelTally:
        """The level treated last."""
        return self.tallies[self.last - 1]

    @property
    def protocol_dose(self) -> int | None:
        """The dose the protocol names: the declared MTD or the next one, None when it stops."""
        return self.advice.next_dose if self.advice.mtd_level is None else self.advice.mtd_level or None

    @property
    def comparable(self) -> bool:
        """Whether the protocol has decided about the level treated last."""
        unfinished = self.advice.action is Action.ENROLL_TO_3 and self.advice.level == self.last
        return not (unfinished or self.tally.undecided or self.advice.action in (Action.WAIT, Action.SRC_DECISION))

    def answer(
        self,
        design: str,
        next_dose: int | None,
        seen: tuple[float, tuple[float, float]],
        mtd: int | None,
        because: str,
        skeleton: tuple[float, ...] | None = None,
    ) -> DesignAdvice:
        """A design's advice to treat `next_dose` next, None to stop."""
        agrees = next_dose == self.protocol_dose if self.comparable else None
        move = _move(next_dose, self.last)
        return DesignAdvice(design, skeleton, move, next_dose, *seen, mtd, agrees, because)

    def silence(self, design: str) -> DesignAdvice:
        """A design that has nothing to decide from."""
        because = f"No evaluable subject at level {self.last} yet."
        return DesignAdvice(design, None, None, None, None, None, None, None, because)


def _move(next_dose: int | None, last: int) -> Move:
    if next_dose is None:
        return Move.STOP
    if next_dose == last:
        return Move.STAY
    return Move.ESCALATE if next_dose > last else Move.DEESCALATE


def _next_dose(state: _State, decision: str, eliminated: Sequence[bool]) -> int | None:
    """One level up, the same or one down, within the levels there are and below the lowest eliminated one."""
    wanted = state.last + {"E": 1, "S": 0, "D": -1, "DU": -1}[decision]
    first = eliminated.index(True) + 1 if True in eliminated else len(eliminated) + 1
    allowed = min(max(wanted, 1), first - 1)
    return allowed or None


def _boin(state: _State) -> DesignAdvice:
    config, tally = state.config, state.tally
    if not tally.n_evaluable:
        return state.silence("BOIN")
    n, x = tally.n_evaluable, tally.n_dlt
    decision = boin.decide(config.boin_target, n, x, config.boin)
    eliminated = [boin.eliminated(config.boin_target, t.n_evaluable, t.n_dlt, config.boin) for t in state.tallies]
    selected = boin_mtd.select_mtd(
        config.boin_target, [t.n_evaluable for t in state.tallies], [t.n_dlt for t in state.tallies], config.boin
    )
    lambda_e, lambda_d = boin.limits(config.boin_target, config.boin)
    because = f"{x} of {n} subjects with a DLT at level {state.last}; limits {lambda_e:.4f} and {lambda_d:.4f}."
    seen = x / n, _observed_interval(n, x, config.interval_level)
    return state.answer("BOIN", _next_dose(state, decision, eliminated), seen, selected.mtd, because)


def _observed_interval(n: int, x: int, level: float) -> tuple[float, float]:
    """The exact (Clopper-Pearson) interval of a share."""
    low = interval(Posterior(Fraction(x), Fraction(n - x + 1)), level)[0] if x else 0.0
    high = interval(Posterior(Fraction(x + 1), Fraction(n - x)), level)[1] if x < n else 1.0
    return low, high


def _mtpi2(state: _State) -> DesignAdvice:
    config, tally = state.config, state.tally
    if not tally.n_evaluable:
        return state.silence("mTPI-2")
    found = mtpi2.decide(tally.n_evaluable, tally.n_dlt, config.mtpi2)
    eliminated = [t.n_evaluable > 0 and mtpi2.unacceptable(t.n_evaluable, t.n_dlt, config.mtpi2) for t in state.tallies]
    given = posterior(UNIFORM, tally.n_evaluable, tally.n_dlt)
    seen = given.mean, interval(given, config.interval_level)
    return state.answer("mTPI-2", _next_dose(state, found.decision, eliminated), seen, None, found.because)


def _crm(state: _State, skeleton: tuple[float, ...]) -> DesignAdvice:
    config = state.config
    if len(skeleton) != len(state.tallies):
        raise ValueError(f"a skeleton of {len(skeleton)} levels does not fit a trial of {len(state.tallies)}")
    levels: list[int] = []
    tox: list[bool] = []
    for number, tally in enumerate(state.tallies, start=1):
        levels += [number] * tally.n_evaluable
        tox += [True] * tally.n_dlt + [False] * (tally.n_evaluable - tally.n_dlt)
    if not levels:
        return state.silence("CRM")
    fit = crm.fit_crm(
        skeleton, config.crm_target, config.crm_prior_variance, levels, tox, interval_level=config.interval_level
    )
    seen = fit.ptox[state.last - 1], fit.intervals[state.last - 1]
    because = f"Level {fit.mtd} is closest to {config.crm_target:g}: fitted {fit.ptox[fit.mtd - 1]:.4f}."
    return state.answer("CRM", fit.mtd_no_skip, seen, fit.mtd_no_skip, because, skeleton)
