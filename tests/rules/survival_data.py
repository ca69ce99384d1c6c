"""Public survival data for comparison.

VETERAN_TEST: days and death of the 68 men on test chemotherapy in the Veterans' Administration lung cancer trial
(Kalbfleisch JD, Prentice RL, The Statistical Analysis of Failure Time Data, 1980, appendix); a plus is a censored time.
"""

from __future__ import annotations

from decimal import Decimal

VETERAN_TEST = """
999 112 87+ 231+ 242 991 111 1 587 389 33 25 357 467 201 1 30 44 283 15 25 103+ 21 13 87 2 20 7 24 99 8 99 61 25 95 80
51 29 24 18 83+ 31 51 90 52 73 8 36 48 7 140 186 84 19 45 80 52 164 19 53 15 43 340 133 111 231 378 49
"""


def followed(text: str) -> tuple[list[Decimal], list[int]]:
    """(times, events) of "5 7+": an event at 5, a censoring at 7."""
    words = text.split()
    return [Decimal(word.rstrip("+")) for word in words], [0 if word.endswith("+") else 1 for word in words]
