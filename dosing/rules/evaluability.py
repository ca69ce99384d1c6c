"""Whether a subject counts at its dose level.

Purpose: decide whether a subject is evaluable for the dose decision, still pending, or replaced.

Inputs: infused or not, DLT in the window, assigned and infused dose (CAR+ cells/kg), completed days since infusion,
Day-28 assessment done, left the study before Day 28, an event that may still become a DLT (open or in review).

Algorithm
    1. Not infused: NOT_TREATED, replaced.
    2. A DLT always counts: EVALUABLE_DLT, also under- or over-dosed (then provisional, for the SRC) or off study early.
    3. An unresolved event that may still become a DLT: PENDING, whatever else holds.
    4. Infused dose outside 80 % to 120 % of the assigned dose (both included): NON_EVALUABLE, replaced. A subject whose
       window is still open stays at risk: a later DLT counts.
    5. Left before Day 28: NON_EVALUABLE, replaced.
    6. Window still open, Day-28 assessment not done, or a dose not recorded: PENDING.
    7. Otherwise EVALUABLE_NO_DLT.

Source: protocol, DLT-evaluable population; dose tolerance and Day 28 are protocol parameters.

>>> facts = SubjectFacts(infused=True, dose_assigned=Decimal("1e6"), dose_given=Decimal("8e5"), days_followed=28,
...                      day28_assessment_done=True)
>>> evaluate_subject(facts).status.value
'EVALUABLE_NO_DLT'
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

RULE = "evaluability"
VERSION = "1.0.0"


class Status(StrEnum):
    """How a subject counts at its dose level."""

    EVALUABLE_DLT = "EVALUABLE_DLT"
    EVALUABLE_NO_DLT = "EVALUABLE_NO_DLT"
    PENDING = "PENDING"
    NON_EVALUABLE = "NON_EVALUABLE"
    NOT_TREATED = "NOT_TREATED"


@dataclass(frozen=True)
class SubjectFacts:
    """One subject; doses in CAR+ cells/kg; None = not recorded."""

    infused: bool
    dlt: bool = False
    dose_assigned: Decimal | None = None
    dose_given: Decimal | None = None
    days_followed: int | None = None
    day28_assessment_done: bool = False
    off_study_before_d28: bool = False
    unresolved_event: bool = False


@dataclass(frozen=True)
class EvaluabilityConfig:
    """Protocol parameters; the defaults are this protocol's."""

    window_days: int = 28
    dose_tolerance_percent: int = 20


@dataclass(frozen=True)
class Evaluability:
    """`provisional`: an off-dose DLT for the SRC. `at_risk`: replaced, but a DLT in the open window would count."""

    status: Status
    replace: bool
    because: str
    provisional: bool = False
    at_risk: bool = False


def dose_ratio(facts: SubjectFacts) -> Fraction | None:
    """Infused over assigned dose, exactly; None when one is not recorded."""
    if facts.dose_assigned is None or facts.dose_given is None:
        return None
    return Fraction(facts.dose_given) / Fraction(facts.dose_assigned)


def dose_in_range(facts: SubjectFacts, config: EvaluabilityConfig) -> bool | None:
    """Whether the infused dose lies within the tolerance, limits included; None when a dose is not recorded."""
    ratio = dose_ratio(facts)
    if ratio is None:
        return None
    tolerance = Fraction(config.dose_tolerance_percent, 100)
    return 1 - tolerance <= ratio <= 1 + tolerance


def _dose_sentence(facts: SubjectFacts, config: EvaluabilityConfig) -> str:
    percent = round(float((dose_ratio(facts) or Fraction(0)) * 100), 2)
    low, high = 100 - config.dose_tolerance_percent, 100 + config.dose_tolerance_percent
    return f"the infused dose is {percent:g} % of the assigned dose, outside {low} to {high} %"


def _open_points(facts: SubjectFacts, in_range: bool | None, config: EvaluabilityConfig) -> list[str]:
    """Why a subject without a DLT cannot be counted yet."""
    points: list[str] = []
    if facts.days_followed is None or facts.days_followed < config.window_days:
        followed = "an unknown number of" if facts.days_followed is None else facts.days_followed
        points.append(f"followed {followed} of {config.window_days} days")
    if not facts.day28_assessment_done:
        points.append(f"the Day-{config.window_days} assessment is not done")
    if in_range is None:
        points.append("the assigned or infused dose is not recorded")
    return points


def evaluate_subject(facts: SubjectFacts, config: EvaluabilityConfig = EvaluabilityConfig()) -> Evaluability:
    """Classify one subject by the algorithm above. `dose_assigned` must be above zero."""
    if not facts.infused:
        return Evaluability(Status.NOT_TREATED, True, "Not infused: the slot reopens at the same level.")
    in_range = dose_in_range(facts, config)
    if facts.dlt:
        return _with_dlt(facts, in_range, config)
    if facts.unresolved_event:
        return Evaluability(Status.PENDING, False, "Pending: an event that may still become a DLT is not decided.")
    open_window = facts.days_followed is None or facts.days_followed < config.window_days
    if in_range is False:
        at_risk = open_window and not facts.off_study_before_d28
        sentence = f"Not evaluable: {_dose_sentence(facts, config)}, and no DLT."
        return Evaluability(Status.NON_EVALUABLE, True, sentence, at_risk=at_risk)
    if facts.off_study_before_d28:
        sentence = f"Not evaluable: left the study before Day {config.window_days} without a DLT."
        return Evaluability(Status.NON_EVALUABLE, True, sentence)
    points = _open_points(facts, in_range, config)
    if points:
        return Evaluability(Status.PENDING, False, f"Pending: {'; '.join(points)}.")
    sentence = f"Evaluable without DLT: followed {facts.days_followed} days, Day-{config.window_days} assessment done."
    return Evaluability(Status.EVALUABLE_NO_DLT, False, sentence)


def _with_dlt(facts: SubjectFacts, in_range: bool | None, config: EvaluabilityConfig) -> Evaluability:
    sentence = "Evaluable with a DLT, which always counts."
    if in_range is False:
        sentence = (
            f"Evaluable with a DLT, which always counts; {_dose_sentence(facts, config)}: provisional, for the SRC."
        )
    return Evaluability(Status.EVALUABLE_DLT, False, sentence, provisional=in_range is False)
