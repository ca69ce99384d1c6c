"""The numeric laboratory criteria of CTCAE v5.0, one row per term.

A step names the worst side of its number: "< 1.0 - 0.5" is the step "below 1.0" of grade 3, and 0.5 itself stays there
because grade 4 needs a value below 0.5. Steps stand worst first.

Where NCI publishes a criterion in two kinds of units, both columns are here, and a value is read against the column it
was reported in: NCI rounded the numbers (8.0 mg/dL of calcium are 1.996 mmol/L, and the criterion says 8.0 mg/dL or
2.0 mmol/L), so that converting first would put published boundaries into the next grade. Units that NCI does not use
are converted to the first column.

Source: NCI, Common Terminology Criteria for Adverse Events v5.0, 27 November 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from safety.rules.laboratory.units import Kind
from safety.rules.terms import plain_term


class Side(StrEnum):
    """In which direction a value is abnormal."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Step:
    """A grade and the number that must be passed to have it; `reached` = the number itself already has the grade."""

    grade: int
    at: Decimal
    reached: bool = False


Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Column:
    """Published steps in one unit; `size` is that unit in base units of its kind."""

    unit: str
    kind: Kind
    size: Decimal
    steps: Steps


@dataclass(frozen=True)
class Thresholds:
    """Fixed numbers, and `limit_grade` for a value beyond LLN or ULN (0 = the limit does not matter).

    `symptomatic` maps the grade of the value to the grade with symptoms. With `above_limit` the numbers count from ULN.
    """

    term: str
    analyte: str
    side: Side
    columns: tuple[Column, ...] = ()
    limit_grade: int = 1
    symptomatic: Mapping[int, int] = field(default_factory=dict)
    above_limit: bool = False


@dataclass(frozen=True)
class Multiples:
    """Multiples of LLN or ULN.

    `abnormal` replaces them by multiples of the baseline when that was abnormal on the same side; `either` are
    multiples of the baseline that count beside them; `symptomatic` replaces them when there are symptoms; `fixed` is a
    number that has its grade whatever the limit is.
    """

    term: str
    analyte: str
    side: Side
    steps: Steps
    abnormal: Steps = ()
    either: Steps = ()
    symptomatic: Steps = ()
    fixed: Column | None = None


@dataclass(frozen=True)
class Anticoagulated:
    """Fixed numbers, replaced by multiples of the baseline on anticoagulation."""

    term: str
    analyte: str
    side: Side
    steps: Steps
    on_anticoagulant: Steps


Criterion = Thresholds | Multiples | Anticoagulated

_UNITS = {
    "10^9/L": (Kind.COUNT, "1"), "g/L": (Kind.MASS, "1"), "mg/dL": (Kind.MASS, "0.01"), "mmol/L": (Kind.MOLAR, "1"),
}  # fmt: skip


def _steps(text: str) -> Steps:
    """Read "4:25 3:50 2:75"; a number with = behind it already has the grade."""
    found = []
    for word in text.split():
        grade, _, at = word.partition(":")
        found.append(Step(int(grade), Decimal(at.removesuffix("=")), at.endswith("=")))
    return tuple(found)


def _column(unit: str, text: str) -> Column:
    kind, size = _UNITS[unit]
    return Column(unit, kind, Decimal(size), _steps(text))


def _columns(published: Mapping[str, str]) -> tuple[Column, ...]:
    return tuple(_column(unit, text) for unit, text in published.items())


def _below(term: str, analyte: str, symptomatic: Mapping[int, int] | None = None, **published: str) -> Thresholds:
    return _thresholds(Side.LOW, term, analyte, symptomatic, published)


def _above(term: str, analyte: str, symptomatic: Mapping[int, int] | None = None, **published: str) -> Thresholds:
    return _thresholds(Side.HIGH, term, analyte, symptomatic, published)


#: Names of arguments -> units, because a keyword cannot be written 10^9/L.
_KEYWORDS = {"giga": "10^9/L", "g_l": "g/L", "mmol": "mmol/L", "mg_dl": "mg/dL"}


def _thresholds(
    side: Side, term: str, analyte: str, symptomatic: Mapping[int, int] | None, published: Mapping[str, str]
) -> Thresholds:
    columns = _columns({_KEYWORDS[name]: text for name, text in published.items()})
    return Thresholds(term, analyte, side, columns, symptomatic=MappingProxyType(dict(symptomatic or {})))


_TRANSAMINASE = {"steps": _steps("4:20 3:5 2:3 1:1"), "abnormal": _steps("4:20 3:5 2:3 1:1.5=")}
_CHOLESTASIS = {"steps": _steps("4:20 3:5 2:2.5 1:1"), "abnormal": _steps("4:20 3:5 2:2.5 1:2=")}
_PANCREAS = {"steps": _steps("3:5 2:1.5 1:1"), "symptomatic": _steps("4:5 3:2 2:1.5 1:1")}


def _multiple(
    term: str, analyte: str, steps: Steps, *, abnormal: Steps = (), either: Steps = (), symptomatic: Steps = ()
) -> Multiples:
    return Multiples(term, analyte, Side.HIGH, steps, abnormal, either, symptomatic)


_ALL: tuple[Criterion, ...] = (
    _below("Anemia", "HGB", g_l="3:80 2:100", mmol="3:4.9 2:6.2"),
    _below("White blood cell decreased", "WBC", giga="4:1 3:2 2:3"),
    _below("Neutrophil count decreased", "ANC", giga="4:0.5 3:1 2:1.5"),
    _below("Lymphocyte count decreased", "ALC", giga="4:0.2 3:0.5 2:0.8"),
    _below("CD4 lymphocytes decreased", "CD4", giga="4:0.05 3:0.2 2:0.5"),
    _below("Platelet count decreased", "PLT", giga="4:25 3:50 2:75"),
    Thresholds("Lymphocyte count increased", "ALC", Side.HIGH, _columns({"10^9/L": "3:20 2:4"}), limit_grade=0),
    Thresholds("Leukocytosis", "WBC", Side.HIGH, _columns({"10^9/L": "3:100"}), limit_grade=0),
    Thresholds("Hemoglobin increased", "HGB", Side.HIGH, _columns({"g/L": "3:40 2:20"}), above_limit=True),
    _multiple("Alanine aminotransferase increased", "ALT", **_TRANSAMINASE),
    _multiple("Aspartate aminotransferase increased", "AST", **_TRANSAMINASE),
    _multiple("Alkaline phosphatase increased", "ALP", **_CHOLESTASIS),
    _multiple("GGT increased", "GGT", **_CHOLESTASIS),
    _multiple("Blood bilirubin increased", "TBIL", _steps("4:10 3:3 2:1.5 1:1"), abnormal=_steps("4:10 3:3 2:1.5 1:1")),
    _multiple("Creatinine increased", "CREAT", _steps("4:6 3:3 2:1.5 1:1"), either=_steps("3:3 2:1.5")),
    _multiple("Activated partial thromboplastin time prolonged", "APTT", _steps("3:2.5 2:1.5 1:1")),
    Anticoagulated("INR increased", "INR", Side.HIGH, _steps("3:2.5 2:1.5 1:1.2"), _steps("3:2.5 2:1.5 1:1")),
    Multiples(
        "Fibrinogen decreased", "FIBRINO", Side.LOW, _steps("4:0.25 3:0.5 2:0.75 1:1"),
        # A fall by 25 % of the baseline leaves 0.75 of it.
        abnormal=_steps("4:0.25= 3:0.5= 2:0.75= 1:1"), fixed=_column("g/L", "4:0.5"),
    ),
    _multiple("Lipase increased", "LIPASE", **_PANCREAS),
    _multiple("Serum amylase increased", "AMYLASE", **_PANCREAS),
    _multiple("CPK increased", "CK", _steps("4:10 3:5 2:2.5 1:1")),
    _above("Blood lactate dehydrogenase increased", "LDH"),
    _below("Haptoglobin decreased", "HAPTO"),
    _above("Cholesterol high", "CHOL", mmol="4:12.92 3:10.34 2:7.75", mg_dl="4:500 3:400 2:300"),
    Thresholds(
        "Hypertriglyceridemia", "TRIG", Side.HIGH, limit_grade=0,
        columns=_columns({"mmol/L": "4:11.4 3:5.7 2:3.42 1:1.71=", "mg/dL": "4:1000 3:500 2:300 1:150="}),
    ),
    # Published in whole numbers: 129 is below 130, and what lies between 129 and 130 is below 130 as well.
    _below("Hyponatremia", "NA", {2: 3}, mmol="4:120 3:125 2:130"),
    _above("Hypernatremia", "NA", mmol="4:160 3:155 2:150"),
    _below("Hypokalemia", "K", {1: 2}, mmol="4:2.5 3:3"),
    _above("Hyperkalemia", "K", mmol="4:7 3:6 2:5.5"),
    _below("Hypocalcemia", "CA", {1: 2}, mmol="4:1.5 3:1.75 2:2", mg_dl="4:6 3:7 2:8"),
    _above("Hypercalcemia", "CA", {1: 2}, mmol="4:3.4 3:3.1 2:2.9", mg_dl="4:13.5 3:12.5 2:11.5"),
    _below("Hypocalcemia", "ICA", {1: 2}, mmol="4:0.8 3:0.9 2:1"),
    _above("Hypercalcemia", "ICA", {1: 2}, mmol="4:1.8 3:1.6 2:1.5"),
    _below("Hypomagnesemia", "MG", mmol="4:0.3 3:0.4 2:0.5", mg_dl="4:0.7 3:0.9 2:1.2"),
    _above("Hypermagnesemia", "MG", mmol="4:3.3 3:1.23", mg_dl="4:8 3:3"),
    _below("Hypoglycemia", "GLUC", mmol="4:1.7 3:2.2 2:3", mg_dl="4:30 3:40 2:55"),
    _below("Hypoalbuminemia", "ALB", g_l="3:20 2:30"),
    _above("Hyperuricemia", "URATE", {1: 3}),
)  # fmt: skip

#: Names under which a criterion is found beside its v5.0 name -> (v5.0 name, ionized).
_ALSO = {
    "ALT increased": ("Alanine aminotransferase increased", False),
    "AST increased": ("Aspartate aminotransferase increased", False),
    "ALP increased": ("Alkaline phosphatase increased", False),
    "LDH increased": ("Blood lactate dehydrogenase increased", False),
    "Amylase increased": ("Serum amylase increased", False),
    "aPTT prolonged": ("Activated partial thromboplastin time prolonged", False),
    "Hypocalcemia (corrected)": ("Hypocalcemia", False),
    "Hypercalcemia (corrected)": ("Hypercalcemia", False),
    "Hypocalcemia (ionized)": ("Hypocalcemia", True),
    "Hypercalcemia (ionized)": ("Hypercalcemia", True),
    "Hypocalcemia (ionised)": ("Hypocalcemia", True),
    "Hypercalcemia (ionised)": ("Hypercalcemia", True),
}
_BY_NAME: Mapping[tuple[str, bool], Criterion] = MappingProxyType(
    {(plain_term(each.term), each.analyte == "ICA"): each for each in _ALL}
)
_FULL_NAME = {plain_term(short): (plain_term(name), ionized) for short, (name, ionized) in _ALSO.items()}
#: Every row of the table.
CRITERIA: tuple[Criterion, ...] = _ALL


def find_criterion(term: str, *, ionized: bool = False) -> Criterion | None:
    """The criterion of a term in any spelling; None when v5.0 has no numeric laboratory criterion for it.

    `ionized` asks for the ionized column of hypo- and hypercalcemia and finds nothing for other terms.

    >>> find_criterion("neutrophil count  DECREASED").term, find_criterion("Hyperglycemia")
    ('Neutrophil count decreased', None)
    """
    plain = plain_term(term)
    name, named_ionized = _FULL_NAME.get(plain, (plain, False))
    return _BY_NAME.get((name, ionized or named_ionized))
