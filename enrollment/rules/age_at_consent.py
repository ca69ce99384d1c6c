"""Age at consent from the year of birth: the casebook holds no full date of birth, so two ages are possible.

Source: completed years of life on the day of consent; the birthday of that year may or may not have passed.
"""

from __future__ import annotations

from datetime import date

RULE = "age-at-consent"
VERSION = "1.0"


def possible_ages(birth_year: int, consent_date: date) -> tuple[int, int]:
    """Return the youngest and the oldest age in completed years that a person born in `birth_year` can have.

    >>> possible_ages(1968, date(2026, 11, 5))
    (57, 58)
    >>> possible_ages(1968, date(2026, 12, 31))
    (58, 58)

    On the last day of a year every birthday of that year has come. ValueError for a birth after the consent.
    """
    if birth_year > consent_date.year:
        raise ValueError("The year of birth is after the consent.")
    oldest = consent_date.year - birth_year
    is_last_day = (consent_date.month, consent_date.day) == (12, 31)
    return (oldest if is_last_day else max(oldest - 1, 0)), oldest
