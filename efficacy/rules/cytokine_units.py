"""The unit each cytokine and inflammation marker is reported in, and the exact factor to it.

Interleukins and TNF-α are reported in pg/mL, CRP in mg/L, ferritin in µg/L; every mass per volume is accepted.

>>> factor_to_reported("CRP", "mg/dL"), factor_to_reported("ferritin", "ng/mL"), factor_to_reported("IL-6", "ng/L")
(Decimal('1E+1'), Decimal('1'), Decimal('1'))
>>> reported_unit("tnf-alpha")
'pg/mL'
"""

from __future__ import annotations

from decimal import Decimal

CYTOKINE_UNIT, CRP_UNIT, FERRITIN_UNIT = "pg/mL", "mg/L", "ug/L"

#: Plain name -> reported unit.
REPORTED = {
    "il2": CYTOKINE_UNIT,
    "il6": CYTOKINE_UNIT,
    "il8": CYTOKINE_UNIT,
    "il10": CYTOKINE_UNIT,
    "tnfa": CYTOKINE_UNIT,
    "crp": CRP_UNIT,
    "ferritin": FERRITIN_UNIT,
}

#: Powers of ten of a gram and of a litre.
MASS = {"g": 0, "mg": -3, "ug": -6, "ng": -9, "pg": -12, "fg": -15}
VOLUME = {"l": 0, "dl": -1, "ml": -3, "ul": -6}


def plain_name(analyte: str) -> str:
    """The name without case, spaces, hyphens and Greek letters.

    >>> plain_name("TNF-α"), plain_name("IL 6"), plain_name("tnf_alpha")
    ('tnfa', 'il6', 'tnfa')
    """
    letters = "".join(character for character in analyte.casefold() if character.isalnum())
    return letters.replace("alpha", "a").replace("α", "a")


def reported_unit(analyte: str) -> str:
    """The unit an analyte is reported in. Raises ValueError for an analyte that is not one of the protocol's."""
    unit = REPORTED.get(plain_name(analyte))
    if unit is None:
        raise ValueError("must be one of IL-2, IL-6, IL-8, IL-10, TNF-α, CRP, ferritin")
    return unit


def factor_to_reported(analyte: str, unit: str) -> Decimal:
    """What a value in `unit` is multiplied with. Raises ValueError for a unit that is not a mass per volume."""
    return Decimal(1).scaleb(_power(unit) - _power(reported_unit(analyte)))


def _power(unit: str) -> int:
    """The power of ten of a unit in grams per litre. Raises ValueError."""
    # Both micro signs fold to the Greek letter.
    plain = "".join(unit.split()).casefold().replace("μ", "u").replace("mcg", "ug")
    mass, _, volume = plain.partition("/")
    if mass not in MASS or volume not in VOLUME:
        raise ValueError("must be a mass per volume such as pg/mL, mg/L, mg/dL or ug/L")
    return MASS[mass] - VOLUME[volume]
