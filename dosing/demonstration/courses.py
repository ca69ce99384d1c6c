"""How blood counts, inflammation, cells and tumours develop in the demonstration: plain functions of the study day."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

#: (study day, value) along which a course runs in straight lines; before the first and after the last it stands still.
Course = tuple[tuple[int, float], ...]

COURSES: dict[str, Course] = {
    "NEUT": ((-6, 3.9), (-1, 1.4), (4, 0.3), (8, 0.4), (14, 1.2), (21, 2.1), (28, 2.8), (90, 3.4)),
    "LYM": ((-6, 1.5), (-1, 0.1), (5, 0.1), (12, 0.5), (28, 0.9), (180, 1.3)),
    "MONO": ((-6, 0.5), (2, 0.1), (14, 0.4), (28, 0.5)),
    "EOS": ((-6, 0.1), (28, 0.1)),
    "HGB": ((-6, 121), (5, 98), (10, 89), (21, 97), (28, 104), (90, 117)),
    "PLAT": ((-6, 228), (0, 141), (7, 62), (10, 55), (17, 98), (28, 152), (90, 204)),
    "ALT": ((-6, 23), (5, 58), (9, 71), (17, 39), (28, 26)),
    "AST": ((-6, 25), (5, 66), (9, 74), (17, 41), (28, 27)),
    "BILI": ((-6, 10), (6, 17), (21, 11)),
    "CREAT": ((-6, 68), (5, 81), (21, 70)),
    "LDH": ((-6, 214), (6, 402), (21, 231)),
    "K": ((-6, 4.1), (6, 3.4), (14, 3.9)),
    "CRP": ((-6, 4), (1, 12), (4, 96), (7, 58), (14, 9), (28, 4)),
    "FERRITIN": ((-6, 240), (3, 900), (6, 2850), (14, 1200), (28, 410), (90, 260)),
    "INR": ((-6, 1.0), (7, 1.2), (28, 1.0)),
    "APTT": ((-6, 29), (7, 35), (28, 30)),
    "FIBRINO": ((-6, 3.4), (5, 4.6), (12, 1.9), (28, 3.0)),
    "IL-2": ((-6, 1.2), (3, 4.1), (14, 1.4)),
    "IL-6": ((-6, 3.1), (2, 48), (4, 690), (7, 120), (14, 8), (28, 4)),
    "IL-8": ((-6, 9), (4, 88), (14, 13)),
    "IL-10": ((-6, 2.4), (4, 39), (14, 4)),
    "ferritin": ((-6, 240), (3, 900), (6, 2850), (14, 1200), (28, 410), (90, 260)),
    "TNF-α": ((-6, 6), (4, 21), (14, 8)),
}
PLACES = {"NEUT": 2, "LYM": 2, "MONO": 2, "EOS": 2, "K": 1, "INR": 2, "FIBRINO": 1,
          "IL-2": 1, "IL-6": 1, "IL-8": 1, "IL-10": 1, "TNF-α": 1}  # fmt: skip
#: Copies per microgram of DNA: expansion to Day 10, then two phases of decline.
COPIES: Course = ((0, 60), (1, 110), (4, 900), (7, 12_000), (10, 41_000), (14, 22_000), (21, 7_400), (28, 3_100),
                  (60, 950), (90, 520), (180, 160), (365, 60))  # fmt: skip
LOWER_LIMIT_COPIES, LOWER_LIMIT_CELLS = 50, 1
#: Sum of the target lesions as a share of the baseline: a response, stable disease, a deep response, progression, and
#: a growth that later shrinks (unconfirmed progression). One subject after the other takes the next one.
TUMOURS: tuple[Course, ...] = (
    ((0, 1.0), (28, 0.74), (90, 0.58), (180, 0.55), (365, 0.52)),
    ((0, 1.0), (28, 0.97), (90, 1.02), (180, 1.05), (365, 1.06)),
    ((0, 1.0), (28, 0.61), (90, 0.34), (180, 0.21), (365, 0.18)),
    ((0, 1.0), (28, 1.08), (90, 1.31), (180, 1.57), (365, 1.9)),
    ((0, 1.0), (28, 1.24), (90, 0.83), (180, 0.64), (365, 0.6)),
)


def along(course: Course, day: int) -> float:
    """Return where a course stands on a day.

    >>> along(((0, 10), (10, 20)), 5), along(((0, 10), (10, 20)), 99)
    (15.0, 20)
    """
    if day <= course[0][0]:
        return course[0][1]
    for (first, low), (last, high) in pairwise(course):
        if day <= last:
            return low + (high - low) * (day - first) / (last - first)
    return course[-1][1]


def result(analyte: str, day: int, number: int) -> str:
    """Return a laboratory's text for an analyte; `number` sets one subject a little apart from the next."""
    apart = 1 + (number % 7 - 3) * 0.03
    return written(along(COURSES[analyte], day) * apart, PLACES.get(analyte, 0))


def white_cells(day: int, number: int) -> str:
    """Return the count that the differential adds up to."""
    total = sum(Decimal(result(part, day, number)) for part in ("NEUT", "LYM", "MONO", "EOS"))
    return written(float(total) + 0.1, 1)


def copies(day: int, number: int, level: int) -> str:
    """Return CAR copies per microgram of DNA as reported, below the limit as such."""
    value = 0 if day < 0 else along(COPIES, day) * (0.5, 1.0, 1.6)[level - 1] * (1 + (number % 5 - 2) * 0.15)
    return f"<{LOWER_LIMIT_COPIES}" if value < LOWER_LIMIT_COPIES else written(value, 0)


def cells(day: int, number: int, level: int) -> str:
    """Return CAR-T cells per microlitre as reported."""
    value = 0 if day < 0 else along(COPIES, day) / 350 * (0.5, 1.0, 1.6)[level - 1] * (1 + (number % 3 - 1) * 0.2)
    return f"<{LOWER_LIMIT_CELLS}" if value < LOWER_LIMIT_CELLS else written(value, 1)


def millimetres(baseline: str, day: int, number: int) -> Decimal:
    """Return what is left of a lesion on a day; no two subjects of one course are quite alike."""
    apart = 1 + (number % 4 - 1.5) * 0.02 * min(max(day, 0), 90) / 90
    share = along(TUMOURS[(number - 1) % len(TUMOURS)], day) * apart
    return Decimal(written(float(baseline) * share, 1))


def written(value: float, places: int) -> str:
    """Return a number with a fixed count of decimal places, half away from zero.

    >>> written(1.25, 1), written(0.249, 2), written(97, 0)
    ('1.3', '0.25', '97')
    """
    scale = 10**places
    return f"{Decimal(int(value * scale + 0.5)) / scale:.{places}f}"
