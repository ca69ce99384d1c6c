"""Pausing rules: what stops enrolment and infusion until the committee has looked at it.

Purpose: say at once, from the data, what pauses the trial, a dose level or the expansion, and on what evidence.

Inputs: deaths with their relationship to the cells, grade 4 CRS with its longest possible duration in hours (an unknown
time counts as early as it can have begun and as late as it can have ended), findings of cerebral oedema, the levels
found too toxic, and subjects treated and with an event in the expansion with the number at which it pauses.

Algorithm
    1. A death related to the cells pauses the trial.
    2. CRS of grade 4 that lasts longer than the limit despite treatment (refractory) pauses the trial.
    3. Cerebral oedema, focal or diffuse, pauses the trial.
    4. A level found too toxic pauses that level.
    5. Events in the expansion that reach the boundary pause the expansion.
    Each finding has a key: the same evidence asks once, new evidence asks again.

Source: protocol, pausing rules; the limit of 72 hours is a protocol parameter.

>>> found = pauses(PausingFacts(crs_grade_4=(("01-003", "e1", Decimal("72.5")), ("01-004", "e2", Decimal(72)))))
>>> [(pause.rule.value, pause.scope, pause.subject) for pause in found]
[('crs-refractory', 'trial', '01-003')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

RULE = "pausing"
VERSION = "1.0.0"

TRIAL, EXPANSION = "trial", "expansion"


class PauseRule(StrEnum):
    """Which rule pauses."""

    RELATED_DEATH = "related-death"
    CRS_REFRACTORY = "crs-refractory"
    CEREBRAL_OEDEMA = "cerebral-oedema"
    LEVEL_TOO_TOXIC = "level-too-toxic"
    EXPANSION_BOUNDARY = "expansion-boundary"


@dataclass(frozen=True)
class PausingFacts:
    """What the rules look at; (subject, key of the record, …). `expansion`: treated, events, limit or None."""

    related_deaths: tuple[tuple[str, str], ...] = ()
    crs_grade_4: tuple[tuple[str, str, Decimal], ...] = ()
    cerebral_oedema: tuple[tuple[str, str], ...] = ()
    too_toxic_levels: tuple[int, ...] = ()
    expansion: tuple[int, int, int | None] = (0, 0, None)


@dataclass(frozen=True)
class PausingConfig:
    """Protocol parameters; the defaults are this protocol's."""

    refractory_hours: int = 72


@dataclass(frozen=True)
class Pause:
    """One finding: `scope` is "trial", "expansion" or "level-2"; `key` names the evidence."""

    rule: PauseRule
    scope: str
    key: str
    because: str
    subject: str = ""


def pauses(facts: PausingFacts, config: PausingConfig = PausingConfig()) -> tuple[Pause, ...]:
    """Every finding, by the algorithm above."""
    return tuple(_pauses(facts, config))


def _pauses(facts: PausingFacts, config: PausingConfig) -> Iterator[Pause]:
    for subject, record in facts.related_deaths:
        because = f"{subject} died, and the death is related to the CAR-T cells."
        yield _pause(PauseRule.RELATED_DEATH, TRIAL, record, because, subject)
    for subject, record, hours in facts.crs_grade_4:
        if hours > config.refractory_hours:
            because = f"CRS of grade 4 of {subject} lasts {hours:.0f} hours, longer than {config.refractory_hours}."
            yield _pause(PauseRule.CRS_REFRACTORY, TRIAL, record, because, subject)
    for subject, record in facts.cerebral_oedema:
        yield _pause(PauseRule.CEREBRAL_OEDEMA, TRIAL, record, f"{subject} has cerebral oedema on imaging.", subject)
    for level in facts.too_toxic_levels:
        because = f"Dose level {level} is too toxic."
        yield _pause(PauseRule.LEVEL_TOO_TOXIC, f"level-{level}", str(level), because)
    treated, events, limit = facts.expansion
    if limit is not None and events >= limit:
        because = f"{events} of {treated} treated in the expansion had a DLT; it pauses at {limit}."
        yield _pause(PauseRule.EXPANSION_BOUNDARY, EXPANSION, f"{events}/{treated}", because)


def _pause(rule: PauseRule, scope: str, evidence: str, because: str, subject: str = "") -> Pause:
    return Pause(rule, scope, f"{rule.value}:{evidence}", because, subject)
