"""The analytes of the trial's laboratory forms: canonical unit, conversion, and the CTCAE terms of either direction.

An amount of substance becomes a mass by the molar mass, from the standard atomic weights (IUPAC, abridged): C 12.011,
H 1.008, N 14.007, O 15.999, P 30.974. Haemoglobin is counted by its monomer, as laboratories and NCI do. Phosphate is
reported as phosphorus and blood urea nitrogen as N₂. Triglycerides are a mixture; they are converted as triolein.

The value as reported stays what was recorded; a canonical value is for comparing and plotting.

>>> canonical(Decimal("9.5"), "g/dL", "HGB")
CanonicalValue(value=Decimal('95'), unit='g/L')
>>> terms_of("ALC")
Terms(low='Lymphocyte count decreased', high='Lymphocyte count increased')
>>> terms_of("CRP")
Terms(low=None, high=None)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from safety.rules.laboratory.units import Kind, Unit, parse_unit, plain_unit

#: Significant digits of a canonical value whose decimal expansion does not end.
_CONTEXT = Context(prec=28)


class UnknownUnit(ValueError):
    """A unit in which an analyte cannot be reported."""


class UnknownAnalyte(KeyError):
    """A code that names no analyte."""


@dataclass(frozen=True)
class Terms:
    """The CTCAE v5.0 terms of an analyte that is too low or too high; None where CTCAE has none."""

    low: str | None = None
    high: str | None = None

    def __iter__(self) -> Iterator[str]:
        return iter([name for name in (self.low, self.high) if name])


@dataclass(frozen=True)
class CanonicalValue:
    """A value in the analyte's canonical unit."""

    value: Decimal
    unit: str


@dataclass(frozen=True)
class Analyte:
    """One analyte. `molar_mass` in g/mol lets mass and amount of substance be exchanged, `valence` equivalents."""

    code: str
    name: str
    unit: str
    kind: Kind
    terms: Terms = field(default_factory=Terms)
    molar_mass: Decimal | None = None
    valence: int | None = None
    ionized: bool = False
    also: tuple[str, ...] = ()
    #: Words in a unit that belong to the method and not to the size, such as FEU.
    method_words: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of quantity in which a laboratory may report this analyte."""
        kinds = [self.kind]
        if self.molar_mass is not None:
            kinds += [kind for kind in (Kind.MASS, Kind.MOLAR) if kind is not self.kind]
        if self.valence is not None:
            kinds.append(Kind.EQUIVALENT)
        return tuple(kinds)

    def read_unit(self, text: str) -> Unit:
        """The unit that a text means for this analyte. Raises UnknownUnit."""
        unit = parse_unit(self._without_method(text), self.kinds)
        if unit is None:
            raise UnknownUnit(
                f"{text[:40]!r} is not a unit of {self.name}; use {self.unit} or a unit convertible to it"
            )
        return unit

    def _without_method(self, text: str) -> str:
        if not self.method_words:
            return text
        plain = plain_unit(text)
        for word in self.method_words:
            plain = plain.replace(word, "")
        return plain

    def amount(self, value: Decimal, unit: Unit, kind: Kind) -> Fraction:
        """`value` of `unit` in base units of `kind`, exactly. `unit` must be one that `read_unit` returned."""
        amount = Fraction(value) * Fraction(unit.size)
        if unit.kind is kind:
            return amount
        return self._from_millimoles(self._millimoles(amount, unit.kind), kind)

    def _millimoles(self, amount: Fraction, kind: Kind) -> Fraction:
        if kind is Kind.MASS and self.molar_mass is not None:
            return amount * 1000 / Fraction(self.molar_mass)
        if kind is Kind.EQUIVALENT and self.valence is not None:
            return amount / self.valence
        return amount

    def _from_millimoles(self, amount: Fraction, kind: Kind) -> Fraction:
        if kind is Kind.MASS and self.molar_mass is not None:
            return amount * Fraction(self.molar_mass) / 1000
        return amount


def _count(code: str, name: str, low: str | None = None, high: str | None = None, *also: str) -> Analyte:
    return Analyte(code, name, "10^9/L", Kind.COUNT, Terms(low, high), also=also)


def _enzyme(code: str, name: str, high: str, *also: str) -> Analyte:
    return Analyte(code, name, "U/L", Kind.ACTIVITY, Terms(high=high), also=also)


def _molar(
    code: str, name: str, low: str | None, high: str | None, mass: str, valence: int | None = None,
    unit: str = "mmol/L", *, also: tuple[str, ...] = (), ionized: bool = False,
) -> Analyte:  # fmt: skip
    terms = Terms(low, high)
    return Analyte(code, name, unit, Kind.MOLAR, terms, Decimal(mass), valence, also=also, ionized=ionized)


def _mass(
    code: str, name: str, unit: str, low: str | None = None, high: str | None = None, mass: str | None = None,
    *, also: tuple[str, ...] = (), method_words: tuple[str, ...] = (),
) -> Analyte:  # fmt: skip
    molar_mass = None if mass is None else Decimal(mass)
    return Analyte(code, name, unit, Kind.MASS, Terms(low, high), molar_mass, also=also, method_words=method_words)


_ALL = (
    _count("WBC", "White blood cells", "White blood cell decreased", "Leukocytosis", "leukocytes"),
    _count("ANC", "Neutrophils", "Neutrophil count decreased", None, "NEUT", "neutrophil count"),
    _count("ALC", "Lymphocytes", "Lymphocyte count decreased", "Lymphocyte count increased", "LYM", "lymphocyte count"),
    _count("CD4", "CD4 lymphocytes", "CD4 lymphocytes decreased"),
    _count("PLT", "Platelets", "Platelet count decreased", None, "PLAT", "platelet count"),
    _mass("HGB", "Haemoglobin", "g/L", "Anemia", "Hemoglobin increased", "16114.5", also=("Hb",)),
    Analyte("HCT", "Haematocrit", "%", Kind.FRACTION),
    _enzyme("ALT", "Alanine aminotransferase", "Alanine aminotransferase increased"),
    _enzyme("AST", "Aspartate aminotransferase", "Aspartate aminotransferase increased"),
    _enzyme("ALP", "Alkaline phosphatase", "Alkaline phosphatase increased"),
    _enzyme("GGT", "Gamma-glutamyltransferase", "GGT increased"),
    _enzyme("LDH", "Lactate dehydrogenase", "Blood lactate dehydrogenase increased"),
    _enzyme("CK", "Creatine kinase", "CPK increased", "CPK"),
    _enzyme("LIPASE", "Lipase", "Lipase increased"),
    _enzyme("AMYLASE", "Amylase", "Serum amylase increased"),
    _molar("TBIL", "Bilirubin, total", None, "Blood bilirubin increased", "584.673", unit="µmol/L", also=("BILI",)),
    _molar("CREAT", "Creatinine", None, "Creatinine increased", "113.120", unit="µmol/L"),
    _molar("URATE", "Urate", None, "Hyperuricemia", "168.112", unit="µmol/L", also=("uric acid",)),
    _molar("K", "Potassium", "Hypokalemia", "Hyperkalemia", "39.098", 1),
    _molar("NA", "Sodium", "Hyponatremia", "Hypernatremia", "22.990", 1, also=("SODIUM",)),
    _molar("CA", "Calcium", "Hypocalcemia", "Hypercalcemia", "40.078", 2, also=("corrected calcium",)),
    _molar("ICA", "Calcium, ionized", "Hypocalcemia", "Hypercalcemia", "40.078", 2, ionized=True, also=("CAION",)),
    _molar("MG", "Magnesium", "Hypomagnesemia", "Hypermagnesemia", "24.305", 2),
    _molar("PHOS", "Phosphate", "Hypophosphatemia", "Hyperphosphatemia", "30.974"),
    _molar("BICARB", "Bicarbonate", "Blood bicarbonate decreased", None, "61.016", 1),
    _molar("GLUC", "Glucose", "Hypoglycemia", "Hyperglycemia", "180.156"),
    _molar("CHOL", "Cholesterol", None, "Cholesterol high", "386.664"),
    _molar("TRIG", "Triglycerides", None, "Hypertriglyceridemia", "885.453"),
    _mass("ALB", "Albumin", "g/L", "Hypoalbuminemia"),
    _mass("HAPTO", "Haptoglobin", "g/L", "Haptoglobin decreased", also=("HAPTOG",)),
    _mass("FIBRINO", "Fibrinogen", "g/L", "Fibrinogen decreased", None, "340000"),
    Analyte("INR", "International normalised ratio", "ratio", Kind.RATIO, Terms(high="INR increased")),
    Analyte(
        "APTT", "Activated partial thromboplastin time", "s", Kind.TIME,
        Terms(high="Activated partial thromboplastin time prolonged"),
    ),
    Analyte("PT", "Prothrombin time", "s", Kind.TIME),
    Analyte("CRCL", "Creatinine clearance", "mL/min", Kind.CLEARANCE),
    _molar("CL", "Chloride", None, None, "35.45", 1),
    _molar("UREA", "Urea", None, None, "60.056"),
    _molar("BUN", "Blood urea nitrogen", None, None, "28.014"),
    _mass("CRP", "C-reactive protein", "mg/L"),
    _mass("FERRITIN", "Ferritin", "µg/L"),
    _mass("DDIMER", "D-dimer", "mg/L", also=("D dimer",), method_words=("feu",)),
    _mass("IL6", "Interleukin-6", "ng/L", also=("IL-6", "interleukin 6")),
    _mass("PCT", "Procalcitonin", "µg/L"),
)  # fmt: skip
#: Code -> analyte, in the order of the forms.
ANALYTES: Mapping[str, Analyte] = MappingProxyType({each.code: each for each in _ALL})

_BY_NAME = {name.casefold(): each for each in _ALL for name in (each.code, each.name, *each.also)}


def find_analyte(text: str) -> Analyte | None:
    """The analyte of a code or name in any capitalisation; None when there is none."""
    return _BY_NAME.get(" ".join(text.split()).casefold())


def analyte(code: str) -> Analyte:
    """The analyte of a code or name. Raises UnknownAnalyte."""
    found = find_analyte(code)
    if found is None:
        raise UnknownAnalyte(code)
    return found


def terms_of(code: str) -> Terms:
    """The CTCAE v5.0 terms of an analyte by direction. Raises UnknownAnalyte."""
    return analyte(code).terms


@lru_cache(maxsize=256)
def _canonical_unit(code: str) -> Unit:
    found = ANALYTES[code]
    return found.read_unit(found.unit)


def canonical(value: Decimal, unit: str, code: str) -> CanonicalValue:
    """A value in the analyte's canonical unit: exact where the decimal expansion ends, else 28 significant digits.

    Raises UnknownUnit for a unit the analyte cannot have, and UnknownAnalyte.
    """
    found = analyte(code)
    target = _canonical_unit(found.code)
    amount = found.amount(value, found.read_unit(unit), target.kind) / Fraction(target.size)
    return CanonicalValue(_CONTEXT.divide(Decimal(amount.numerator), Decimal(amount.denominator)), found.unit)


def corrected_calcium(calcium_mmol_l: Decimal, albumin_g_l: Decimal) -> Decimal:
    """Total calcium corrected for an albumin below 40 g/L: 0.02 mmol/L for every g/L that is missing.

    The terms hypo- and hypercalcemia grade this value, not the one measured. Source: note on calcium in NCI's Common
    Terminology Criteria v3.0 (0.8 mg/dL for every g/dL of albumin below 4), in SI units.

    >>> corrected_calcium(Decimal("2.00"), Decimal("30")), corrected_calcium(Decimal("2.00"), Decimal("45"))
    (Decimal('2.20'), Decimal('2.00'))
    """
    missing = max(Decimal(0), 40 - albumin_g_l)
    return calcium_mmol_l + Decimal("0.02") * missing if missing else calcium_mmol_l
