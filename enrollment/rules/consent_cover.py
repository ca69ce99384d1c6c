"""Which consent a procedure rests on: the pre-screening consent or the consent to the trial.

Purpose: no study procedure precedes the consent that permits it.

Algorithm
    1. A procedure of the pre-screening visit rests on the pre-screening consent; while that is not on file, on the
       consent to the trial.
    2. Every other procedure rests on the consent to the trial; while that is not on file, on the pre-screening consent.
    3. A consent given again at a later visit permits nothing that happened before it, and is never needed for it.

Source: Chinese good clinical practice (2026) article 27; 21 CFR 50.20.
"""

from __future__ import annotations

from collections.abc import Collection

RULE = "consent-cover"
VERSION = "1.0"

PRE_SCREENING, SCREENING = "PRE", "SCR"


def covering_consent(visit: str, on_file: Collection[str]) -> str | None:
    """Return the visit of the consent that a procedure at `visit` rests on; `on_file` are the visits with a consent.

    >>> covering_consent("PRE", ["PRE", "SCR"]), covering_consent("D0", ["PRE", "SCR"]), covering_consent("D0", ["PRE"])
    ('PRE', 'SCR', 'PRE')
    >>> covering_consent("D0", ["APH"]) is None
    True
    """
    order = (PRE_SCREENING, SCREENING) if visit == PRE_SCREENING else (SCREENING, PRE_SCREENING)
    return next((place for place in order if place in on_file), None)
