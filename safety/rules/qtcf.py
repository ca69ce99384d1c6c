"""QT interval corrected for heart rate by the formula of Fridericia.

Purpose: a QT that can be compared between heart rates, and the bands in which it is prolonged.

Inputs: QT in ms and heart rate per minute, whole numbers above 0.

Algorithm
    1. RR in seconds = 60 / heart rate. QTcF = QT / cube root of RR, that is the cube root of QT³ × rate / 60.
    2. It is given to one decimal of a millisecond, halves rounded up.
    3. Bands: above 450, above 480, above 500 ms; the limit itself belongs to the band below. They are compared as
       whole numbers (QT³ × rate against limit³ × 60), so that no rounding moves a value across a limit.
    4. A rise of more than 60 ms over baseline is said separately.

Source: Fridericia LS, Acta Med Scand 1920;53:469-486; bands and rise as in ICH E14, section 3.2.

>>> qtcf(qt_ms=400, heart_rate=60).ms
Decimal('400.0')
>>> answer = qtcf(qt_ms=400, heart_rate=90)
>>> answer.ms, answer.above
(Decimal('457.9'), 450)
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

RULE = "qtcf"
VERSION = "1.0.0"
#: Above each of these the interval is prolonged, in ms.
LIMITS_MS = (450, 480, 500)
RISE_MS = 60
_SCALE = 10**12


@dataclass(frozen=True)
class Qtcf:
    """QTcF in ms to one decimal, and the highest limit it is above (None: not above 450 ms)."""

    ms: Decimal
    above: int | None
    because: str


def qtcf(*, qt_ms: int, heart_rate: int) -> Qtcf:
    """Correct a QT interval. Raises ValueError unless both numbers are above 0."""
    cube_60 = _cube_times_60(qt_ms, heart_rate)
    tenths = (_cube_root(20**3 * cube_60 // 60) + 1) // 2
    ms = Decimal(tenths) / 10
    above = max((limit for limit in LIMITS_MS if cube_60 > limit**3 * 60), default=None)
    words = f"above {above} ms" if above else f"not above {LIMITS_MS[0]} ms"
    return Qtcf(Decimal(f"{ms:.1f}"), above, f"QT {qt_ms} ms at {heart_rate}/min: {ms:.1f} ms, {words}.")


def rises_too_much(*, qt_ms: int, heart_rate: int, base_qt_ms: int, base_heart_rate: int) -> bool:
    """Test for a QTcF more than 60 ms above the baseline's.

    >>> rises_too_much(qt_ms=460, heart_rate=60, base_qt_ms=400, base_heart_rate=60)
    False
    """
    now, base = (
        _cube_root(_SCALE**3 * _cube_times_60(qt, rate) // 60)
        for qt, rate in ((qt_ms, heart_rate), (base_qt_ms, base_heart_rate))
    )
    return now - base > RISE_MS * _SCALE


def _cube_times_60(qt_ms: int, heart_rate: int) -> int:
    """Return 60 times the cube of QTcF."""
    if qt_ms <= 0 or heart_rate <= 0:
        raise ValueError("QT and heart rate must be above 0.")
    return qt_ms**3 * heart_rate


def _cube_root(number: int) -> int:
    """Return the whole part of a cube root, exactly."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low
