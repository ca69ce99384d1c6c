"""Eligibility: every inclusion criterion met, no exclusion criterion met; a waiver does not exist.

A criterion that cannot apply to a subject (pregnancy where none is possible) is neither met nor missing.

Source: protocol section on the study population; the criteria themselves stand on form F06.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

RULE = "eligibility"
VERSION = "1.1"

INCLUSION = (
    "adult", "histology", "cd70_positive", "standard_exhausted", "ecog_0_1", "measurable_disease",
    "organ_function", "life_expectancy",
)  # fmt: skip
EXCLUSION = ("active_infection", "cns_disease", "autoimmune", "prior_cell_therapy", "pregnant")
#: Criteria that cannot apply to everybody.
MAY_NOT_APPLY = ("pregnant",)


@dataclass(frozen=True)
class EligibilityVerdict:
    """`eligible` is None while an answer is missing and nothing blocks yet; `blocking` names the criteria that do."""

    eligible: bool | None
    blocking: tuple[str, ...]
    missing: tuple[str, ...]
    because: str


def assess_eligibility(
    answers: Mapping[str, bool | None], *, not_applicable: Collection[str] = ()
) -> EligibilityVerdict:
    """Judge the answers to all criteria; an absent key is a missing answer.

    1. A criterion in `not_applicable` is left out; ValueError unless it is one of `MAY_NOT_APPLY`.
    2. An inclusion criterion answered no, or an exclusion criterion answered yes, blocks: not eligible.
    3. Otherwise a missing answer leaves the result open.
    4. Otherwise eligible.

    >>> assess_eligibility({name: True for name in INCLUSION} | {name: False for name in EXCLUSION}).eligible
    True
    >>> assess_eligibility({"adult": False}).because
    'Not eligible: adult.'
    """
    if not set(not_applicable) <= set(MAY_NOT_APPLY):
        raise ValueError("Every subject must answer this criterion.")
    wanted = dict.fromkeys(INCLUSION, True) | dict.fromkeys(EXCLUSION, False)
    wanted = {name: needed for name, needed in wanted.items() if name not in not_applicable}
    missing = tuple(name for name in wanted if answers.get(name) is None)
    blocking = tuple(name for name, needed in wanted.items() if answers.get(name) is (not needed))
    if blocking:
        return EligibilityVerdict(False, blocking, missing, f"Not eligible: {', '.join(blocking)}.")
    if missing:
        return EligibilityVerdict(None, (), missing, f"{len(missing)} criteria are not answered yet.")
    return EligibilityVerdict(True, (), (), "All inclusion criteria are met and no exclusion criterion is.")
