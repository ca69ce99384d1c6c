"""The analytes of the laboratory forms: which units a site may choose, and what a body can plausibly hold.

Codes are CDISC test codes, units CDISC submission values, the first unit the canonical one. Conversion is that of the
laboratory rule. Urea is accepted in mmol/L only: "mg/dL" would leave open whether urea or urea nitrogen was weighed.
The plausible ranges are in the canonical unit and wide on purpose: they find a value typed with another unit, not a
sick subject.

>>> to_canonical("HGB", "g/dL", Decimal("11.2"))
Decimal('112')
>>> to_canonical("HGB", "mg/dL", Decimal("11.2")) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from types import MappingProxyType

from safety.rules.laboratory import Analyte, analyte
from safety.rules.laboratory.units import Kind

#: Significant digits of a converted value whose decimal expansion does not end.
_CONTEXT = Context(prec=28)


@dataclass(frozen=True)
class FormAnalyte:
    """One analyte of a form; `measured` is what the laboratory rule knows of it.

    An `optional` analyte may be left out of a complete form.
    """

    code: str
    units: tuple[str, ...]
    plausible: tuple[Decimal, Decimal]
    measured: Analyte
    optional: bool = False

    @property
    def unit(self) -> str:
        """The canonical unit."""
        return self.units[0]


def _on_form(
    code: str, units: str, low: str, high: str, measured: Analyte | None = None, *, optional: bool = False
) -> FormAnalyte:
    known = analyte(code) if measured is None else measured
    return FormAnalyte(code, tuple(units.split("|")), (Decimal(low), Decimal(high)), known, optional)


def _count(code: str, high: str, measured: Analyte | None = None) -> FormAnalyte:
    return _on_form(code, "10^9/L|10^3/uL|/uL", "0", high, measured)


def _enzyme(code: str, low: str, high: str, measured: Analyte | None = None) -> FormAnalyte:
    return _on_form(code, "U/L|ukat/L", low, high, measured)


def _immunoglobulin(code: str, name: str, high: str) -> FormAnalyte:
    return _on_form(code, "g/L|mg/dL", "0", high, Analyte(code, name, "g/L", Kind.MASS))


def _cells(code: str, name: str, unit: str = "10^9/L") -> Analyte:
    return Analyte(code, name, unit, Kind.COUNT)


#: CTCAE grades the total bilirubin only; the direct one is converted like it and never graded.
_DIRECT = Analyte("BILDIR", "Bilirubin, direct", "umol/L", Kind.MOLAR, molar_mass=analyte("TBIL").molar_mass)

HAEMATOLOGY = (
    _count("WBC", "200"),
    _count("NEUT", "150"),
    _count("LYM", "150"),
    _count("MONO", "50", _cells("MONO", "Monocytes")),
    _count("EOS", "50", _cells("EOS", "Eosinophils")),
    _on_form("HGB", "g/L|g/dL|mmol/L", "30", "230"),
    _count("PLAT", "1500"),
    _on_form(
        "RETI", "10^9/L|10^12/L|10^3/uL|/uL", "1", "800", _cells("RETI", "Reticulocytes"), optional=True
    ),
)  # fmt: skip
CHEMISTRY = (
    _enzyme("ALT", "1", "10000"),
    _enzyme("AST", "1", "10000"),
    _enzyme("ALP", "5", "5000"),
    _enzyme("GGT", "1", "5000"),
    _on_form("BILI", "umol/L|mg/dL", "1", "800"),
    _on_form("BILDIR", "umol/L|mg/dL", "0", "700", _DIRECT),
    _on_form("CREAT", "umol/L|mg/dL|mmol/L", "15", "1500"),
    _on_form("CREATCLR", "mL/min|mL/s", "5", "250", analyte("CRCL")),
    _on_form("UREA", "mmol/L", "0.5", "70"),
    _enzyme("LDH", "30", "20000"),
    _enzyme("CK", "5", "100000"),
    _on_form("SODIUM", "mmol/L|mEq/L", "100", "190"),
    _on_form("K", "mmol/L|mEq/L", "1.5", "10"),
    _on_form("CA", "mmol/L|mg/dL|mEq/L", "0.8", "4.5"),
    _on_form("CAION", "mmol/L|mg/dL|mEq/L", "0.4", "2.5"),
    _on_form("MG", "mmol/L|mg/dL|mEq/L", "0.2", "5"),
    _on_form("PHOS", "mmol/L|mg/dL", "0.1", "5"),
    _on_form("GLUC", "mmol/L|mg/dL", "1", "60"),
    _on_form("ALB", "g/L|g/dL", "8", "70"),
    _on_form("URATE", "umol/L|mg/dL|mmol/L", "30", "2000"),
    _enzyme("LIPASET", "1", "10000", analyte("LIPASE")),
    _enzyme("AMYLASE", "1", "10000"),
    _on_form("CRP", "mg/L|mg/dL", "0", "700"),
    _on_form("FERRITIN", "ug/L|ng/mL", "1", "200000"),
    _on_form("CHOL", "mmol/L|mg/dL", "0.5", "25"),
    _on_form("TRIG", "mmol/L|mg/dL", "0.1", "60"),
)
COAGULATION = (
    _on_form("PT", "s", "5", "200"),
    _on_form("INR", "RATIO", "0.5", "20"),
    _on_form("APTT", "s", "10", "300"),
    _on_form("FIBRINO", "g/L|mg/dL", "0.1", "15"),
    _on_form("DDIMER", "mg/L FEU|ug/mL FEU|ug/L FEU|ng/mL FEU", "0", "200"),
)
IMMUNOLOGY = (
    _immunoglobulin("IGG", "Immunoglobulin G", "80"),
    _immunoglobulin("IGA", "Immunoglobulin A", "40"),
    _immunoglobulin("IGM", "Immunoglobulin M", "40"),
    _on_form("BCELL", "/uL|10^6/L|10^9/L", "0", "5000", _cells("BCELL", "B cells", "/uL")),
)

#: Every analyte by code.
FORM_ANALYTES: Mapping[str, FormAnalyte] = MappingProxyType(
    {each.code: each for each in (*HAEMATOLOGY, *CHEMISTRY, *COAGULATION, *IMMUNOLOGY)}
)


def accepts(code: str, unit: str) -> bool:
    """Test whether a unit may be chosen for an analyte."""
    return unit in FORM_ANALYTES[code].units


def convert(code: str, number: Decimal, unit: str, to: str) -> Decimal:
    """Convert between two accepted units: exact where the decimal expansion ends, else 28 significant digits.

    >>> convert("CREAT", Decimal("1.0"), "mg/dL", "umol/L").quantize(Decimal("0.1"))
    Decimal('88.4')
    """
    if unit == to:
        return number
    measured = FORM_ANALYTES[code].measured
    # Both units in the analyte's own kind of quantity: their ratio converts, whatever kinds they are themselves.
    size, target = (measured.amount(Decimal(1), measured.read_unit(each), measured.kind) for each in (unit, to))
    amount = Fraction(number) * size / target
    return _CONTEXT.divide(Decimal(amount.numerator), Decimal(amount.denominator))


def to_canonical(code: str, unit: str, number: Decimal) -> Decimal | None:
    """Convert to the canonical unit; None when the unit is not accepted for the analyte."""
    return convert(code, number, unit, FORM_ANALYTES[code].unit) if accepts(code, unit) else None
