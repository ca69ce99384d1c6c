"""Confirmation of a complete or partial response by a later assessment.

Purpose: say whether a response was seen again, long enough after and without anything between that breaks it.

Inputs: assessments in order of date, each with its overall response.

Algorithm
    1. CR: confirmed by a CR at least 28 days later (plain difference of dates), with only CR and NE between.
    2. PR: confirmed by a CR or PR at least 28 days later, with only CR, PR and NE between, and no PR after a CR up to
       and including the confirming assessment.
    3. At most one NE between. A protocol may also accept some SD before the confirmation of a PR; this one does not.
    4. There is no longest interval.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247, section 4.6 and Table 3.

>>> day = lambda number: date.fromordinal(739000 + number)
>>> seen = [Assessed(day(28), Response.PR), Assessed(day(56), Response.NE), Assessed(day(84), Response.PR)]
>>> is_confirmed(seen, 0, ConfirmationConfig()), is_confirmed(seen, 0, ConfirmationConfig(max_ne_between=0))
(True, False)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from efficacy.rules.response import ConfirmationConfig, Response

__all__ = ["Assessed", "ConfirmationConfig", "Response", "is_confirmed"]

#: What confirms a response.
CONFIRMS = {Response.CR: frozenset({Response.CR}), Response.PR: frozenset({Response.CR, Response.PR})}


@dataclass(frozen=True)
class Assessed:
    """One assessment and its overall response."""

    date: date
    response: Response


def is_confirmed(assessments: Sequence[Assessed], index: int, config: ConfirmationConfig) -> bool:
    """Whether the response at this index is a CR or PR that a later assessment confirms."""
    first = assessments[index]
    confirming = CONFIRMS.get(first.response, frozenset())
    allowed = {Response.NE: config.max_ne_between}
    if first.response is Response.PR:
        allowed[Response.SD] = config.accept_sd_between
    complete = False
    for later in assessments[index + 1 :] if confirming else ():
        if later.response in confirming:
            if complete and later.response is Response.PR:
                return False
            if (later.date - first.date).days >= config.min_days:
                return True
            complete = complete or later.response is Response.CR
        elif allowed.get(later.response, 0) > 0:
            allowed[later.response] -= 1
        else:
            return False
    return False
