"""The analytes of the laboratory forms: canonical unit, accepted units, and what a body can plausibly hold.

Every accepted unit has a factor to the canonical one; the value as reported is kept beside the canonical value. Urea is
accepted in mmol/L only: "mg/dL" would leave open whether urea or urea nitrogen was weighed.

Source of the factors: molar masses as used by the AMA Manual of Style, 11th ed., table of conventional and SI units;
the katal is 60 × 10⁶ units by definition. The plausible ranges are wide on purpose: they find a value typed with
another unit, not a sick subject.

>>> to_canonical("HGB", "g/dL", Decimal("11.2"))
Decimal('112.0')
>>> to_canonical("HGB", "mg/dL", Decimal("11.2")) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

_ONE = Decimal(1)


@dataclass(frozen=True)
class Analyte:
    """One analyte by its CDISC test code. `factors`: accepted unit -> canonical units in one of it.

    `plausible` is in the canonical unit. An `optional` analyte may be left out of a complete form.
    """

    code: str
    unit: str
    factors: Mapping[str, Decimal]
    plausible: tuple[Decimal, Decimal]
    optional: bool = False

    @property
    def units(self) -> tuple[str, ...]:
        """The accepted units, the canonical one first."""
        return tuple(self.factors)


_CELLS = {"10^3/uL": "1", "/uL": "0.001"}
_ENZYME = {"ukat/L": "60"}


def _analyte(
    code: str, unit: str, low: str, high: str, others: Mapping[str, str] | None = None, *, optional: bool = False
) -> Analyte:
    factors = {unit: _ONE} | {other: Decimal(factor) for other, factor in (others or {}).items()}
    return Analyte(code, unit, MappingProxyType(factors), (Decimal(low), Decimal(high)), optional)


HAEMATOLOGY = (
    _analyte("WBC", "10^9/L", "0", "200", _CELLS),
    _analyte("NEUT", "10^9/L", "0", "150", _CELLS),
    _analyte("LYM", "10^9/L", "0", "150", _CELLS),
    _analyte("MONO", "10^9/L", "0", "50", _CELLS),
    _analyte("EOS", "10^9/L", "0", "50", _CELLS),
    _analyte("HGB", "g/L", "30", "230", {"g/dL": "10", "mmol/L": "16.114"}),
    _analyte("PLAT", "10^9/L", "0", "1500", _CELLS),
    _analyte("RETI", "10^9/L", "1", "800", {**_CELLS, "10^12/L": "1000"}, optional=True),
)
CHEMISTRY = (
    _analyte("ALT", "U/L", "1", "10000", _ENZYME),
    _analyte("AST", "U/L", "1", "10000", _ENZYME),
    _analyte("ALP", "U/L", "5", "5000", _ENZYME),
    _analyte("GGT", "U/L", "1", "5000", _ENZYME),
    _analyte("BILI", "umol/L", "1", "800", {"mg/dL": "17.1"}),
    _analyte("BILDIR", "umol/L", "0", "700", {"mg/dL": "17.1"}),
    _analyte("CREAT", "umol/L", "15", "1500", {"mg/dL": "88.4", "mmol/L": "1000"}),
    _analyte("CREATCLR", "mL/min", "5", "250", {"mL/s": "60"}),
    _analyte("UREA", "mmol/L", "0.5", "70"),
    _analyte("LDH", "U/L", "30", "20000", _ENZYME),
    _analyte("CK", "U/L", "5", "100000", _ENZYME),
    _analyte("SODIUM", "mmol/L", "100", "190", {"mEq/L": "1"}),
    _analyte("K", "mmol/L", "1.5", "10", {"mEq/L": "1"}),
    _analyte("CA", "mmol/L", "0.8", "4.5", {"mg/dL": "0.2495", "mEq/L": "0.5"}),
    _analyte("CAION", "mmol/L", "0.4", "2.5", {"mg/dL": "0.2495", "mEq/L": "0.5"}),
    _analyte("MG", "mmol/L", "0.2", "5", {"mg/dL": "0.4114", "mEq/L": "0.5"}),
    _analyte("PHOS", "mmol/L", "0.1", "5", {"mg/dL": "0.3229"}),
    _analyte("GLUC", "mmol/L", "1", "60", {"mg/dL": "0.05551"}),
    _analyte("ALB", "g/L", "8", "70", {"g/dL": "10"}),
    _analyte("URATE", "umol/L", "30", "2000", {"mg/dL": "59.48", "mmol/L": "1000"}),
    _analyte("LIPASET", "U/L", "1", "10000", _ENZYME),
    _analyte("AMYLASE", "U/L", "1", "10000", _ENZYME),
    _analyte("CRP", "mg/L", "0", "700", {"mg/dL": "10"}),
    _analyte("FERRITIN", "ug/L", "1", "200000", {"ng/mL": "1"}),
    _analyte("CHOL", "mmol/L", "0.5", "25", {"mg/dL": "0.02586"}),
    _analyte("TRIG", "mmol/L", "0.1", "60", {"mg/dL": "0.01129"}),
)
COAGULATION = (
    _analyte("PT", "s", "5", "200"),
    _analyte("INR", "RATIO", "0.5", "20"),
    _analyte("APTT", "s", "10", "300"),
    _analyte("FIBRINO", "g/L", "0.1", "15", {"mg/dL": "0.01"}),
    _analyte("DDIMER", "mg/L FEU", "0", "200", {"ug/mL FEU": "1", "ug/L FEU": "0.001", "ng/mL FEU": "0.001"}),
)
IMMUNOLOGY = (
    _analyte("IGG", "g/L", "0", "80", {"mg/dL": "0.01"}),
    _analyte("IGA", "g/L", "0", "40", {"mg/dL": "0.01"}),
    _analyte("IGM", "g/L", "0", "40", {"mg/dL": "0.01"}),
    _analyte("BCELL", "/uL", "0", "5000", {"10^6/L": "1", "10^9/L": "1000"}),
)

#: Every analyte by code.
ANALYTES: Mapping[str, Analyte] = MappingProxyType(
    {each.code: each for each in (*HAEMATOLOGY, *CHEMISTRY, *COAGULATION, *IMMUNOLOGY)}
)


def to_canonical(code: str, unit: str, number: Decimal) -> Decimal | None:
    """Convert a number to the analyte's canonical unit, exactly; None when the unit is not accepted for it."""
    factor = ANALYTES[code].factors.get(unit)
    return None if factor is None else number * factor
