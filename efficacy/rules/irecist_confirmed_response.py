"""iRECIST: the best response of a course when a response counts only once it is confirmed.

Purpose: response rates by iRECIST of a single-arm trial, where an iCR or iPR needs a second assessment.

Inputs: date of the infusion, the response of every assessment after it, the parameters of the best overall response.

Algorithm
    1. Nothing after the first iCPD counts, and nothing after the start of a new anticancer therapy.
    2. iCR, then iPR: the best that `confirmation` finds confirmed, the responses read without their "i". An iUPD or
       iCPD between breaks a confirmation, as progression does; a later response can be confirmed all the same.
    3. iSD: some iCR, iPR or iSD at least `min_sd_days` after the infusion, so an unconfirmed response can be iSD;
       NON-iCR/NON-iUPD the same.
    4. Else iCPD, iUPD, NE in this order, whichever occurs; None without assessment.
    5. A response starts at the first confirmed iCR or iPR.

Source: iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-e152; RECIST 1.1, Eisenhauer EA et al., Eur J Cancer
2009;45:228-247, section 4.6.

>>> day = lambda number: date.fromordinal(739000 + number)
>>> seen = [(day(28), ImmuneResponse.IUPD), (day(56), ImmuneResponse.IPR), (day(84), ImmuneResponse.IPR)]
>>> found = confirmed_immune_response(day(0), seen)
>>> found.response.value, (found.first_response_date - day(0)).days
('iPR', 56)
>>> confirmed_immune_response(day(0), seen[:2]).response.value
'iSD'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from efficacy.rules.best_overall_response import BorConfig
from efficacy.rules.confirmation import Assessed, is_confirmed
from efficacy.rules.response import ImmuneResponse, Response

__all__ = ["RULE", "VERSION", "BestImmuneResponse", "ImmuneResponse", "confirmed_immune_response"]

RULE = "irecist-confirmed-response"
VERSION = "1.0.0"

#: How confirmation reads a response; unconfirmed and confirmed progression break one alike.
PLAIN = {
    ImmuneResponse.ICR: Response.CR,
    ImmuneResponse.IPR: Response.PR,
    ImmuneResponse.ISD: Response.SD,
    ImmuneResponse.NON_ICR_NON_IUPD: Response.NON_CR_NON_PD,
    ImmuneResponse.IUPD: Response.PD,
    ImmuneResponse.ICPD: Response.PD,
    ImmuneResponse.NE: Response.NE,
}
RESPONSES = (ImmuneResponse.ICR, ImmuneResponse.IPR)
STABLE = (*RESPONSES, ImmuneResponse.ISD)
#: What is left when nothing was stable, the most telling first.
REST = (ImmuneResponse.ICPD, ImmuneResponse.IUPD)


@dataclass(frozen=True)
class BestImmuneResponse:
    """`response` is None without any assessment; `first_response_date` is None for a non-responder."""

    response: ImmuneResponse | None
    first_response_date: date | None
    because: str

    @property
    def responder(self) -> bool:
        """Whether the subject responded."""
        return self.first_response_date is not None


def confirmed_immune_response(
    reference_date: date,
    assessments: Iterable[tuple[date, ImmuneResponse]],
    *,
    new_therapy_date: date | None = None,
    config: BorConfig = BorConfig(),  # noqa: B008 - frozen
) -> BestImmuneResponse:
    """Find the best response by the algorithm above; assessments have different dates."""
    counted = _counted(sorted(assessments), new_therapy_date)
    plain = [Assessed(day, PLAIN[response]) for day, response in counted]
    held = [
        (day, response)
        for index, (day, response) in enumerate(counted)
        if response in RESPONSES
        and (not config.confirmation_required or is_confirmed(plain, index, config.confirmation))
    ]
    if held:
        best = min(held, key=lambda each: (RESPONSES.index(each[1]), each[0]))
        kind = "confirmed " if config.confirmation_required else ""
        words = f"Best is a {kind}{best[1]} of {best[0]}; the response started on {held[0][0]}."
        return BestImmuneResponse(best[1], held[0][0], words)
    return _without_response(reference_date, counted, config.min_sd_days)


def _counted(
    ordered: Sequence[tuple[date, ImmuneResponse]], new_therapy_date: date | None
) -> list[tuple[date, ImmuneResponse]]:
    """Step 1."""
    counted = []
    for day, response in ordered:
        if new_therapy_date is not None and day > new_therapy_date:
            break
        counted.append((day, response))
        if response is ImmuneResponse.ICPD:
            break
    return counted


def _without_response(
    reference_date: date, counted: Sequence[tuple[date, ImmuneResponse]], min_sd_days: int
) -> BestImmuneResponse:
    """Steps 3 and 4."""
    lasting = [(day, response) for day, response in counted if (day - reference_date).days >= min_sd_days]
    stable = next((each for each in lasting if each[1] in STABLE), None)
    if stable is not None:
        kind = "Unconfirmed " if stable[1] in RESPONSES else ""
        words = f"{kind}{stable[1]} on {stable[0]}, at least {min_sd_days} days after the infusion: iSD."
        return BestImmuneResponse(ImmuneResponse.ISD, None, words)
    standing = next((each for each in lasting if each[1] is ImmuneResponse.NON_ICR_NON_IUPD), None)
    if standing is not None:
        words = f"{standing[1]} on {standing[0]}, at least {min_sd_days} days after the infusion."
        return BestImmuneResponse(standing[1], None, words)
    if not counted:
        return BestImmuneResponse(None, None, "No assessment.")
    for kind in REST:
        found = next((day for day, response in counted if response is kind), None)
        if found is not None:
            words = f"{kind} on {found}; no response, and none stable for {min_sd_days} days."
            return BestImmuneResponse(kind, None, words)
    return BestImmuneResponse(
        ImmuneResponse.NE, None, f"Not evaluable: no response, and none stable for {min_sd_days} days."
    )
