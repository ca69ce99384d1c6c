"""Pregnancy test: does it block eligibility?

Purpose: exclusion criterion E5 as far as a test can answer it.

Inputs: childbearing potential and test done (True, False, None = not answered); result POSITIVE, NEGATIVE,
INDETERMINATE or None.

Algorithm
    1. No childbearing potential: nothing to test, not blocked.
    2. A positive test blocks.
    3. A negative test does not block.
    4. Otherwise (not answered, test not done, indeterminate) it is open, and open never lets anybody in.

Source: exclusion criterion E5 of the protocol.

>>> pregnancy_blocks(PregnancyAnswers(True, True, "POSITIVE")).blocks
True
>>> pregnancy_blocks(PregnancyAnswers(True, False, None)).blocks is None
True
"""

from __future__ import annotations

from dataclasses import dataclass

RULE = "pregnancy"
VERSION = "1.0.0"


@dataclass(frozen=True)
class PregnancyAnswers:
    """The answers of the form; None = not answered."""

    childbearing_potential: bool | None
    test_done: bool | None
    result: str | None


@dataclass(frozen=True)
class PregnancyVerdict:
    """`blocks` is None while it is open."""

    blocks: bool | None
    because: str


def pregnancy_blocks(answers: PregnancyAnswers) -> PregnancyVerdict:
    """Judge one form."""
    if answers.childbearing_potential is False:
        return PregnancyVerdict(False, "Not of childbearing potential: no test is needed.")
    if answers.result == "POSITIVE":
        return PregnancyVerdict(True, "The pregnancy test is positive: exclusion criterion E5 is met.")
    if answers.result == "NEGATIVE":
        return PregnancyVerdict(False, "The pregnancy test is negative.")
    if answers.test_done is False:
        return PregnancyVerdict(None, "No test was done: pregnancy is not excluded.")
    return PregnancyVerdict(None, "There is no clear result: pregnancy is not excluded.")
