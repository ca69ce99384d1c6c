"""Eligibility: every inclusion criterion met, no exclusion criterion met; a waiver does not exist.

Source: protocol section on the study population; the criteria themselves stand on form F06.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RULE = "eligibility"
VERSION = "1.0"

INCLUSION = (
    "adult", "histology", "cd70_positive", "standard_exhausted", "ecog_0_1", "measurable_disease",
    "organ_function", "life_expectancy",
)  # fmt: skip
EXCLUSION = ("active_infection", "cns_disease", "autoimmune", "prior_cell_therapy", "pregnant")


@dataclass(frozen=True)
class EligibilityVerdict:
    """`eligible` is None while an answer is missing and nothing blocks yet; `blocking` names the criteria that do."""

    eligible: bool | None
    blocking: tuple[str, ...]
    missing: tuple[str, ...]
    because: str


def assess_eligibility(answers: Mapping[str, bool | None]) -> EligibilityVerdict:
    """Judge the answers to all criteria; an absent key is a missing answer.

    1. An inclusion criterion answered no, or an exclusion criterion answered yes, blocks: not eligible.
    2. Otherwise a missing answer leaves the result open.
    3. Otherwise eligible.

    >>> assess_eligibility({name: True for name in INCLUSION} | {name: False for name in EXCLUSION}).eligible
    True
    >>> assess_eligibility({"adult": False}).because
    'Not eligible: adult.'
    """
    wanted = dict.fromkeys(INCLUSION, True) | dict.fromkeys(EXCLUSION, False)
    missing = tuple(name for name in wanted if answers.get(name) is None)
    blocking = tuple(name for name, needed in wanted.items() if answers.get(name) is (not needed))
    if blocking:
        return EligibilityVerdict(False, blocking, missing, f"Not eligible: {', '.join(blocking)}.")
    if missing:
        return EligibilityVerdict(None, (), missing, f"{len(missing)} criteria are not answered yet.")
    return EligibilityVerdict(True, (), (), "All inclusion criteria are met and no exclusion criterion is.")
