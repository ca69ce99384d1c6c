"""Two questions about hospital stays: do two of them overlap, and did one end before the protocol lets it?

Purpose: a subject is in one hospital at a time, and stays for the first two weeks after the infusion.

Inputs: days of admission and discharge (None while the subject is in hospital), the day of infusion, the first study
day on which discharge is allowed.

Algorithm
    1. Two stays overlap when one begins before the other has ended. A discharge and an admission on one day are a
       transfer, not an overlap. A stay without discharge has not ended.
    2. A discharge is early when the stay holds the infusion and ends before the study day the protocol asks for.

Source: Beijing guide to clinical trials of cell therapy 2020 (stay of 14 to 21 days after infusion).

>>> overlap((date(2026, 11, 1), date(2026, 11, 9)), (date(2026, 11, 9), None))
False
>>> early_discharge(date(2026, 11, 1), date(2026, 11, 20), infused=date(2026, 11, 7), first_day=14)
13
"""

from __future__ import annotations

from datetime import date

RULE = "hospital-stay"
VERSION = "1.0.0"
FIRST_DISCHARGE_DAY = 14

Stay = tuple[date, date | None]


def overlap(one: Stay, other: Stay) -> bool:
    """Test whether two stays overlap; a day shared by discharge and admission is a transfer."""
    first, second = sorted((one, other), key=lambda stay: (stay[0], stay[1] or date.max))
    return first == second or first[1] is None or second[0] < first[1]


def early_discharge(
    admitted: date, discharged: date | None, *, infused: date | None, first_day: int = FIRST_DISCHARGE_DAY
) -> int | None:
    """Return the study day of a discharge that came too early, None when it did not."""
    if discharged is None or infused is None or not admitted <= infused <= discharged:
        return None
    day = (discharged - infused).days
    return day if day < first_day else None
