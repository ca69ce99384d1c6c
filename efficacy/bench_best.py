"""RECIST 1.1 best overall response on the bench."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from efficacy.bench_findings import MOST_TIME_POINTS
from efficacy.bench_recist import RECIST, Count, Days
from efficacy.rules import best_overall_response
from efficacy.rules.best_overall_response import Assessed, BorConfig
from efficacy.rules.response import ConfirmationConfig, Response
from trial_edc.bench.inputs import Day
from trial_edc.bench.registry import BenchModel, BenchRule, CaseError, Outcome

DEFAULT = BorConfig()


class AssessmentInput(BenchModel):
    """One assessment."""

    date: Day
    response: Literal["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]


class BestInput(BenchModel):
    """The assessments of one subject, in any order; `nact_date`: start of a new anticancer therapy."""

    reference_date: Day
    assessments: Annotated[list[AssessmentInput], Field(max_length=MOST_TIME_POINTS)]
    nact_date: Day | None = None


class BestConfigInput(BenchModel):
    """Protocol parameters of the best overall response."""

    confirmation_required: bool = DEFAULT.confirmation_required
    confirm_min_days: Days = DEFAULT.confirmation.min_days
    min_sd_days: Days = DEFAULT.min_sd_days
    max_ne_between: Count = DEFAULT.confirmation.max_ne_between
    accept_sd_between: Count = DEFAULT.confirmation.accept_sd_between


def evaluate_best(given: BestInput, config: BestConfigInput) -> Outcome:
    """Answer one best-overall-response case."""
    confirmation = ConfirmationConfig(config.confirm_min_days, config.max_ne_between, config.accept_sd_between)
    try:
        best = best_overall_response.best_overall_response(
            given.reference_date,
            [Assessed(each.date, Response(each.response)) for each in given.assessments],
            new_therapy_date=given.nact_date,
            config=BorConfig(config.confirmation_required, confirmation, config.min_sd_days),
        )
    except ValueError as error:
        raise CaseError("assessments", str(error)) from None
    output = {
        "bor": best.response.value if best.response else None,
        "responder": best.responder,
        "bor_date": best.response_date.isoformat() if best.response_date else None,
        "first_response_date": best.first_response_date.isoformat() if best.first_response_date else None,
        "flags": list(best.flags),
    }
    return Outcome(output, best.because)


RULES = (
    BenchRule(
        best_overall_response.RULE,
        best_overall_response.VERSION,
        "RECIST 1.1: best overall response",
        RECIST,
        evaluate_best,
        BestInput,
        BestConfigInput,
    ),
)
