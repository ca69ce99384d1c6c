"""After a subject withdrew consent: what was collected stays, and only safety follow-up is added.

Purpose: data dated up to the day of withdrawal may still be completed and corrected. Of what happened later, only the
follow-up of safety is recorded: adverse events, their reports, death, survival status and the end of study itself. A
protocol deviation is a record of what the site did, not of the subject, and stays possible.

Source: ICH E6(R3) and Chinese good clinical practice on withdrawal of consent.
"""

from __future__ import annotations

from datetime import date

RULE = "after-withdrawal"
VERSION = "1.0"

#: OIDs of the forms that may be filed for a day after the withdrawal.
SAFETY_FOLLOW_UP = ("AE", "SAE", "DTH", "SURV", "EOS", "DV")


def may_be_filed(form: str, about: date | None, *, withdrawn_on: date | None) -> bool:
    """Test whether a form (its OID) about a day may be filed; a form that names no day is taken as earlier.

    >>> may_be_filed("VS", date(2026, 3, 9), withdrawn_on=date(2026, 3, 9))
    True
    >>> [may_be_filed(form, date(2026, 3, 10), withdrawn_on=date(2026, 3, 9)) for form in ("VS", "AE")]
    [False, True]
    """
    if withdrawn_on is None or about is None:
        return True
    return about <= withdrawn_on or form in SAFETY_FOLLOW_UP
