"""Infection serology at screening: is exclusion criterion E1 met?

Purpose: say whether a chronic or active infection excludes the subject, and what is still open.

Inputs: each result POSITIVE, NEGATIVE, INDETERMINATE or None (not known). For DNA and RNA, POSITIVE = detected.

Algorithm
    1. Hepatitis B surface antigen, HIV or syphilis positive: met.
    2. Antibody to hepatitis B core positive: met when its DNA is detected, not met when it is not detected, open while
       the DNA is not known. The same for hepatitis C: antibody, then RNA.
    3. DNA of Epstein-Barr virus or cytomegalovirus detected: open; a physician judges whether the infection is active.
    4. Otherwise a result that is indeterminate or not known leaves the criterion open. Nothing open: not met.

Source: exclusion criterion E1 of the protocol; hepatitis as in EASL guidelines (hepatitis B 2017, hepatitis C 2020).

>>> all_negative = dict.fromkeys((*ALWAYS, *AFTER), "NEGATIVE")
>>> screen_infections(all_negative).met
False
>>> screen_infections(all_negative | {"anti_hbc": "POSITIVE", "hbv_dna": None}).met is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RULE = "infection-screen"
VERSION = "1.0.0"

POSITIVE, NEGATIVE, INDETERMINATE = "POSITIVE", "NEGATIVE", "INDETERMINATE"
#: Results asked of everybody.
ALWAYS = ("hbsag", "anti_hbc", "hcv_antibody", "hiv", "syphilis", "ebv_dna", "cmv_dna")
#: Result -> the antibody that makes it necessary.
AFTER = {"hbv_dna": "anti_hbc", "hcv_rna": "hcv_antibody"}
#: Positive = met.
EXCLUDES = ("hbsag", "hbv_dna", "hcv_rna", "hiv", "syphilis")
#: Positive = a physician judges.
TO_JUDGE = ("ebv_dna", "cmv_dna")
WORDS = {
    "hbsag": "hepatitis B surface antigen", "anti_hbc": "antibody to hepatitis B core", "hbv_dna": "hepatitis B DNA",
    "hcv_antibody": "hepatitis C antibody", "hcv_rna": "hepatitis C RNA", "hiv": "HIV", "syphilis": "syphilis",
    "ebv_dna": "Epstein-Barr virus DNA", "cmv_dna": "cytomegalovirus DNA",
}  # fmt: skip


@dataclass(frozen=True)
class InfectionScreen:
    """`met` is None while the criterion is open; `deciding` names the results that make it met or keep it open."""

    met: bool | None
    deciding: tuple[str, ...]
    because: str


def screen_infections(results: Mapping[str, str | None]) -> InfectionScreen:
    """Judge the results by name; an absent name is not known."""
    asked = [*ALWAYS, *(name for name, first in AFTER.items() if results.get(first) == POSITIVE)]
    excluding = tuple(name for name in EXCLUDES if name in asked and results.get(name) == POSITIVE)
    if excluding:
        return InfectionScreen(True, excluding, f"E1 is met: {_listed(excluding)} positive.")
    unsettled = tuple(name for name in asked if results.get(name) not in (POSITIVE, NEGATIVE))
    judged = tuple(name for name in TO_JUDGE if results.get(name) == POSITIVE)
    if unsettled or judged:
        return InfectionScreen(None, (*judged, *unsettled), _open(judged, unsettled))
    return InfectionScreen(False, (), "E1 is not met: no result excludes the subject.")


def _open(judged: tuple[str, ...], unsettled: tuple[str, ...]) -> str:
    parts = []
    if judged:
        parts.append(f"{_listed(judged)} detected, a physician judges whether the infection is active")
    if unsettled:
        parts.append(f"not settled: {_listed(unsettled)}")
    return f"E1 is open: {'; '.join(parts)}."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(WORDS[name] for name in names)
