"""What a protocol parameter is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = bool | int | Decimal | str | tuple[int | str | Decimal, ...]

ASSUMED = "Assumption: no public text settles it"
REGISTRY = "Registry record NCT05947487"
SISTER = "Assumption: the sponsor's sister protocol NCT04697940"


class Section(StrEnum):
    """Headings of the study-definition page, in order; the value is the label."""

    ELIGIBILITY = "Eligibility"
    DLT = "Dose-limiting toxicity"
    EVALUABILITY = "Evaluability"
    ESCALATION = "Dose escalation"
    EXPANSION = "Dose expansion"
    PAUSING = "Pausing rules"
    ADVISORY = "Other designs, advisory"
    GRADING = "Grading"
    SAFETY = "Adverse events and reporting"
    SCHEDULE = "Schedule and windows"
    PRODUCT = "Product, lymphodepletion and infusion"
    RESPONSE = "Response"
    SURVIVAL = "Time to event"
    KINETICS = "Cellular kinetics and cytokines"
    RECORDS = "Records"


@dataclass(frozen=True)
class Parameter:
    """One value of the protocol; `assumption` is true when no public text settles it.

    `unit` is empty for values without one. Changed only by a protocol amendment.
    """

    key: str
    value: Value
    unit: str
    meaning: str
    source: str
    assumption: bool
    section: Section


def assumed(section: Section, key: str, value: Value, unit: str, meaning: str, source: str = ASSUMED) -> Parameter:
    """A parameter the protocol writer chose, because no public text settles it."""
    return Parameter(key, value, unit, meaning, source, assumption=True, section=section)


def settled(section: Section, key: str, value: Value, unit: str, meaning: str, source: str = REGISTRY) -> Parameter:
    """A parameter that a public text settles."""
    return Parameter(key, value, unit, meaning, source, assumption=False, section=section)
