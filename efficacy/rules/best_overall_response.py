"""RECIST 1.1: best overall response (BOR), confirmed or not.

Purpose: the best response of a subject for the response rate, and the dates that durations start from.

Inputs: date of the infusion, the overall response of every assessment after it, start of a new anticancer therapy.

Algorithm
    1. Assessments count up to and including the first PD, and not after the start of a new anticancer therapy.
    2. CR, then PR: the best that occurs; when confirmation is required (a single arm with the response rate as
       endpoint), the best that `confirmation` finds confirmed.
    3. SD: some CR, PR or SD at least `min_sd_days` after the infusion (so an unconfirmed response can still be SD).
       NON-CR/NON-PD: the same for subjects without targets.
    4. PD when there is one; NE when there is any other assessment; none when there is no assessment at all.
    5. Date: of the first assessment that met the criteria, not of its confirmation. A response starts at the first
       (confirmed) CR or PR, so at the PR when a CR follows.

The first scan of this trial is on Day 28. With a minimum of 42 days, SD on Day 28 followed by PD is PD, and SD on Day
28 alone is NE. A PR after a CR is flagged: either the CR or the PR is to be re-checked.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247, section 4.6 and Table 3.

>>> day = lambda number: date.fromordinal(739000 + number)
>>> seen = [Assessed(day(28), Response.PR), Assessed(day(84), Response.PR), Assessed(day(112), Response.PD)]
>>> best = best_overall_response(day(0), seen)
>>> best.response.value, (best.response_date - day(0)).days
('PR', 28)
>>> best_overall_response(day(0), seen[2:]).response.value
'PD'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from efficacy.rules.confirmation import Assessed, is_confirmed
from efficacy.rules.response import ConfirmationConfig, Response
from trial_edc.protocol.parameters import boolean, integer

__all__ = ["RULE", "VERSION", "Assessed", "BestResponse", "BorConfig", "Response", "best_overall_response"]

RULE = "best-overall-response"
VERSION = "1.0.0"

RESPONSES = (Response.CR, Response.PR)
#: What an assessment may say. Without any lesion at baseline there is no assessment.
ASSESSABLE = (Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.PD, Response.NE)


@dataclass(frozen=True)
class BorConfig:
    """Protocol parameters of the best overall response."""

    confirmation_required: bool = boolean("response.confirmation_required")
    confirmation: ConfirmationConfig = field(default_factory=ConfirmationConfig)
    min_sd_days: int = integer("response.min_sd_days")


@dataclass(frozen=True)
class BestResponse:
    """`response` and its date are None without any assessment; `first_response_date` is None for a non-responder."""

    response: Response | None
    response_date: date | None
    responder: bool
    first_response_date: date | None
    flags: tuple[str, ...]
    because: str


def best_overall_response(
    reference_date: date,
    assessments: Iterable[Assessed],
    *,
    new_therapy_date: date | None = None,
    config: BorConfig = BorConfig(),
) -> BestResponse:
    """Find the best response by the algorithm above. Raises ValueError for assessments that cannot be."""
    counted = _counted(_ordered(reference_date, assessments), new_therapy_date)
    flags = ("PR_AFTER_CR",) if _partial_after_complete(counted) else ()
    responses = _responses(counted, config)
    for wanted in RESPONSES:
        found = next((each for each in responses if each.response is wanted), None)
        if found is not None:
            return _responder(found, responses[0], config, flags)
    response, first, words = _without_response(reference_date, counted, config)
    return BestResponse(response, first, False, None, flags, words)


def _ordered(reference_date: date, assessments: Iterable[Assessed]) -> list[Assessed]:
    ordered = sorted(assessments, key=lambda each: each.date)
    for before, after in pairwise(ordered):
        if before.date == after.date:
            raise ValueError(f"two assessments have the date {after.date}")
    if ordered and ordered[0].date < reference_date:
        raise ValueError(f"the assessment of {ordered[0].date} lies before {reference_date}")
    return ordered


def _counted(ordered: Sequence[Assessed], new_therapy_date: date | None) -> list[Assessed]:
    """Step 1."""
    counted: list[Assessed] = []
    for each in ordered:
        if new_therapy_date is not None and each.date > new_therapy_date:
            break
        counted.append(each)
        if each.response is Response.PD:
            break
    return counted


def _responses(counted: Sequence[Assessed], config: BorConfig) -> list[Assessed]:
    """The responses that count, in order of date."""
    return [
        each
        for index, each in enumerate(counted)
        if each.response in RESPONSES
        and (not config.confirmation_required or is_confirmed(counted, index, config.confirmation))
    ]


def _responder(found: Assessed, first: Assessed, config: BorConfig, flags: tuple[str, ...]) -> BestResponse:
    kind = "confirmed " if config.confirmation_required else ""
    words = f"Best is a {kind}{found.response}, first on {found.date}"
    words += f"; the response started with {first.response} on {first.date}." if first != found else "."
    return BestResponse(found.response, found.date, True, first.date, flags, words)


def _without_response(
    reference_date: date, counted: Sequence[Assessed], config: BorConfig
) -> tuple[Response | None, date | None, str]:
    """Steps 3 and 4."""
    lasting = [each for each in counted if (each.date - reference_date).days >= config.min_sd_days]
    stable = next((each for each in lasting if each.response in (*RESPONSES, Response.SD)), None)
    if stable is not None:
        words = f"{stable.response} on {stable.date}, at least {config.min_sd_days} days after the infusion: SD."
        return Response.SD, stable.date, words if stable.response is Response.SD else f"Unconfirmed {words}"
    stable = next((each for each in lasting if each.response is Response.NON_CR_NON_PD), None)
    if stable is not None:
        words = f"NON-CR/NON-PD on {stable.date}, at least {config.min_sd_days} days after the infusion."
        return Response.NON_CR_NON_PD, stable.date, words
    if not counted:
        return None, None, "No assessment."
    short = f"no response, and none stable for {config.min_sd_days} days"
    if counted[-1].response is Response.PD:
        return Response.PD, counted[-1].date, f"PD on {counted[-1].date}; {short}."
    return Response.NE, counted[0].date, f"Not evaluable: {short}."


def _partial_after_complete(counted: Sequence[Assessed]) -> bool:
    complete = [each.date for each in counted if each.response is Response.CR]
    return bool(complete) and any(each.response is Response.PR and each.date > complete[0] for each in counted)
