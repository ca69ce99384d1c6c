"""iRECIST: best overall response (iBOR) of a course.

Purpose: the best response from the start of treatment, whatever unconfirmed progression lay between.

Inputs: the responses of the time points in order.

Algorithm
    1. Nothing after the first iCPD counts.
    2. The best of iCR > iPR > iSD > NON-iCR/NON-iUPD > iCPD > iUPD > NE. An iUPD never precludes a later response.
    3. None without any response.

The order alone cannot confirm a response 28 days later; the confirmed best response is read from the dates.

Source: iRECIST, Seymour L et al., Lancet Oncol 2017;18:e143-e152, Table 3.

>>> best_immune_response([ImmuneResponse.IUPD, ImmuneResponse.IPR, ImmuneResponse.IUPD, ImmuneResponse.ICPD]).value
'iPR'
"""

from __future__ import annotations

from collections.abc import Iterable

from efficacy.rules.response import ImmuneResponse

__all__ = ["RULE", "VERSION", "ImmuneResponse", "best_immune_response"]

RULE = "irecist-best-response"
VERSION = "1.0.0"

#: Best first.
ORDER = (
    ImmuneResponse.ICR,
    ImmuneResponse.IPR,
    ImmuneResponse.ISD,
    ImmuneResponse.NON_ICR_NON_IUPD,
    ImmuneResponse.ICPD,
    ImmuneResponse.IUPD,
    ImmuneResponse.NE,
)


def best_immune_response(responses: Iterable[ImmuneResponse | None]) -> ImmuneResponse | None:
    """Find the best response by the algorithm above; None among them: nothing derived."""
    best: ImmuneResponse | None = None
    for response in responses:
        if response is None:
            continue
        if best is None or ORDER.index(response) < ORDER.index(best):
            best = response
        if response is ImmuneResponse.ICPD:
            break
    return best
