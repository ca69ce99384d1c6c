"""Units as laboratories write them, conversion by molar mass, and what cannot be graded because it cannot be true."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from safety.ctcae import ctcae_terms
from safety.rules.laboratory import (
    ANALYTES,
    CRITERIA,
    ImpossibleResult,
    LaboratoryResult,
    UnknownAnalyte,
    UnknownUnit,
    analyte,
    canonical,
    corrected_calcium,
    find_analyte,
    grade_laboratory,
    grades_of,
    terms_of,
)
from safety.rules.laboratory.units import Kind, parse_unit

#: Text of a unit, separated by " , " -> size in the base unit of its kind.
SPELLINGS: list[tuple[Kind, str, str]] = [
    (Kind.COUNT, "1", "10^9/L , x10^9/L , ×10⁹/L , 10⁹/l , 10*9/L , 10**9/L , 10e9/L , 10E9 /L , 10(9)/L , * 10^9 / L"),
    (Kind.COUNT, "1", "G/L , g/l , Gpt/L , giga/L , 10^3/µL , 10³/μL , 10^3/uL , 10*3/uL , 10e3/mcL , K/µL , k/ul"),
    (Kind.COUNT, "1", "K/mm3 , K/cumm , thou/uL , 1000/µL , 10^3/mm³ , x10^3 cells/µL , 10^9 cells/L , 10^6/mL"),
    (Kind.COUNT, "1", "×109/L , 109 / L , 103/µL"),
    (
        Kind.COUNT,
        "0.001",
        "/µL , /μL , /uL , cells/µL , cells / mm³ , /mm3 , /mm^3 , cells/mcL , 10^6/L , /cumm , #/µL",
    ),
    (Kind.COUNT, "0.001", "per mm3 , cells per µL"),
    (Kind.MASS, "1", "g/L , G/L , gm/l , mg/mL"),
    (Kind.MASS, "10", "g/dL , G/DL , g/dl , g / dL , g per dL , gm% , g/100mL , ｇ／ｄＬ"),
    (Kind.MASS, "0.01", "mg/dL , MG/DL , mg% , mg/100 ml , ㎎/dL"),
    (Kind.MASS, "0.001", "mg/L , µg/mL , ug/ml , mcg/mL , μg/mL"),
    (Kind.MASS, "0.000001", "µg/L , ug/L , ng/mL , mcg/L"),
    (Kind.MASS, "0.000000001", "ng/L , pg/mL , PG/ML"),
    (Kind.MOLAR, "1", "mmol/L , MMOL/L , mM , mmol/l , µmol/mL , mmol per L"),
    (Kind.MOLAR, "0.001", "µmol/L , μmol/L , umol/L , mcmol/L , µM , nmol/mL"),
    (Kind.EQUIVALENT, "1", "mEq/L , meq/l , mval/L"),
    (Kind.ACTIVITY, "1", "U/L , IU/L , u/l , UI/L , units/L , mU/mL"),
    (Kind.ACTIVITY, "1000", "U/mL , kU/L , IU/ml"),
    (Kind.ACTIVITY, "60", "µkat/L , ukat/L , μkat/l"),
    (Kind.TIME, "1", "s , sec , seconds , S , 秒"),
    (Kind.RATIO, "1", "ratio , INR , 1 , {INR} , Ratio"),
    (Kind.CLEARANCE, "1", "mL/min , ml/min , ML/MIN"),
    (Kind.CLEARANCE, "60", "mL/s"),
    (Kind.COUNT, "1", "th/µL , thousand/µL , tsd/µL , Mio/mL , 1/nL"),
    (Kind.COUNT, "1000", "10^12/L , 10¹²/L , 10^6/µL , Mio/µL , G/mL"),
    (Kind.COUNT, "0.001", "1/µL , 1/mm3 , 10^3/mL , K/mL"),
    (Kind.MASS, "1000", "kg/L , g/mL , g/cc , g/cm3"),
    (Kind.MASS, "1", "gram/liter , grams/litre , mg/cm^3 , gm/L"),
    (Kind.MASS, "100", "g/cL"),
    (Kind.MOLAR, "1", "mmole/L , mmoles/liter"),
    (Kind.MOLAR, "1000", "mol/L , mmol/mL"),
    (Kind.MOLAR, "0.000001", "nmol/L , nM , pmol/mL"),
    (Kind.MOLAR, "0.000000001", "pmol/L"),
    (Kind.EQUIVALENT, "1000", "Eq/L , meq/mL"),
    (Kind.EQUIVALENT, "0.001", "µEq/L"),
    (Kind.ACTIVITY, "1", "unit/L , mIU/mL"),
    (Kind.ACTIVITY, "0.001", "mU/L , mIU/L"),
    (Kind.ACTIVITY, "60", "mckat/L"),
    (Kind.ACTIVITY, "0.06", "nkat/L"),
    (Kind.ACTIVITY, "60000", "mkat/L"),
    (Kind.ACTIVITY, "60000000", "kat/L"),
    (Kind.TIME, "1", "secs , second"),
    (Kind.RATIO, "1", "unitless"),
    (Kind.CLEARANCE, "1", "mL/minute"),
    (Kind.CLEARANCE, "60", "mL/sec"),
    (Kind.CLEARANCE, "1000", "L/min"),
    (Kind.FRACTION, "1", "% , percent"),
    (Kind.FRACTION, "100", "1 , fraction"),
]
READ = [(kind, Decimal(size), text.strip()) for kind, size, line in SPELLINGS for text in line.split(" , ")]


@pytest.mark.parametrize(("kind", "size", "text"), READ)
def test_a_unit_in_many_spellings(kind: Kind, size: Decimal, text: str) -> None:
    unit = parse_unit(text, {kind})
    assert unit is not None
    assert (unit.kind, unit.size) == (kind, size)


@pytest.mark.parametrize("text", ["", "/", "/L", "g", "mg", "g/", "per L", "10^9", "mmol", "U", "10^5/L", "mg/kg", "⁹"])
def test_what_is_not_a_concentration_is_not_read(text: str) -> None:
    assert parse_unit(text, {Kind.MASS, Kind.MOLAR, Kind.ACTIVITY}) is None
    assert parse_unit("10^9", {Kind.COUNT}) is None


ATOMS = {
    "C": "12.011", "H": "1.008", "N": "14.007", "O": "15.999", "P": "30.974", "K": "39.098", "Na": "22.990",
    "Ca": "40.078", "Mg": "24.305", "Cl": "35.45",
}  # fmt: skip
FORMULAS = {
    "GLUC": {"C": 6, "H": 12, "O": 6},
    "CREAT": {"C": 4, "H": 7, "N": 3, "O": 1},
    "TBIL": {"C": 33, "H": 36, "N": 4, "O": 6},
    "URATE": {"C": 5, "H": 4, "N": 4, "O": 3},
    "UREA": {"C": 1, "H": 4, "N": 2, "O": 1},
    "BUN": {"N": 2},
    "CHOL": {"C": 27, "H": 46, "O": 1},
    "TRIG": {"C": 57, "H": 104, "O": 6},
    "BICARB": {"H": 1, "C": 1, "O": 3},
    "PHOS": {"P": 1},
    "K": {"K": 1},
    "NA": {"Na": 1},
    "CL": {"Cl": 1},
    "CA": {"Ca": 1},
    "ICA": {"Ca": 1},
    "MG": {"Mg": 1},
}


def test_molar_masses_are_the_sum_of_the_atoms() -> None:
    weights = {
        code: sum(Decimal(ATOMS[atom]) * count for atom, count in parts.items()) for code, parts in FORMULAS.items()
    }
    proteins = {"HGB": Decimal("64458") / 4, "FIBRINO": Decimal(340_000)}
    stated = {code: each.molar_mass for code, each in ANALYTES.items() if each.molar_mass is not None}
    assert stated == weights | proteins


#: value, unit, analyte, what a conversion table of a laboratory handbook says, to so many decimals.
CONVERTED = [
    ("9.5", "g/dL", "HGB", "95", 0),
    ("6.2", "mmol/L", "HGB", "99.9", 1),
    ("250", "K/µL", "PLT", "250", 0),
    ("900", "/mm3", "ANC", "0.9", 1),
    ("1.0", "mg/dL", "CREAT", "88.4", 1),
    ("1.0", "mg/dL", "TBIL", "17.1", 1),
    ("100", "mg/dL", "GLUC", "5.55", 2),
    ("10", "mg/dL", "CA", "2.495", 3),
    ("5.0", "mEq/L", "CA", "2.5", 1),
    ("2.0", "mg/dL", "MG", "0.823", 3),
    ("1.6", "mEq/L", "MG", "0.8", 1),
    ("140", "mEq/L", "NA", "140", 0),
    ("200", "mg/dL", "CHOL", "5.17", 2),
    ("150", "mg/dL", "TRIG", "1.69", 2),
    ("7.0", "mg/dL", "URATE", "416.4", 1),
    ("20", "mg/dL", "BUN", "7.14", 2),
    ("60", "mg/dL", "UREA", "9.99", 2),
    ("3.5", "mg/dL", "PHOS", "1.13", 2),
    ("3.8", "g/dL", "ALB", "38", 0),
    ("250", "mg/dL", "FIBRINO", "2.5", 1),
    ("1", "µkat/L", "ALT", "60", 0),
    ("4", "mg/dL", "CRP", "40", 0),
    ("1.2", "mg/L", "CRP", "1.2", 1),
    ("12", "ng/mL", "FERRITIN", "12", 0),
    ("500", "ng/mL FEU", "DDIMER", "0.5", 1),
    ("0.5", "µg/mL", "DDIMER", "0.5", 1),
    ("35", "pg/mL", "IL6", "35", 0),
    ("0.4", "ng/mL", "PCT", "0.4", 1),
    ("45", "%", "HCT", "45", 0),
    ("1.2", "INR", "INR", "1.2", 1),
    ("1.5", "mL/s", "CRCL", "90", 0),
    ("4.2", "mEq/L", "K", "4.2", 1),
    ("24", "mEq/L", "BICARB", "24", 0),
    ("103", "mEq/L", "CL", "103", 0),
    ("2.4", "mEq/L", "ICA", "1.2", 1),
    ("4.8", "mg/dL", "ICA", "1.198", 3),
]


@pytest.mark.parametrize(("value", "unit", "code", "expected", "decimals"), CONVERTED)
def test_canonical_values(value: str, unit: str, code: str, expected: str, decimals: int) -> None:
    converted = canonical(Decimal(value), unit, code)
    assert round(converted.value, decimals) == Decimal(expected)
    assert converted.unit == ANALYTES[code].unit


@pytest.mark.parametrize(("code", "millimoles", "grams"), [("CA", "2.5", "0.100195"), ("K", "4", "0.156392")])
def test_an_amount_of_substance_is_no_equivalent(code: str, millimoles: str, grams: str) -> None:
    """mmol/L times g/mol is mg/L: the valence has no part in it."""
    found = ANALYTES[code]
    for unit, amount in (("mmol/L", Decimal(millimoles)), ("mEq/L", Decimal(millimoles) * (found.valence or 1))):
        assert found.amount(amount, found.read_unit(unit), Kind.MASS) == Fraction(grams)


def test_only_ionized_calcium_is_ionized() -> None:
    assert {code for code, each in ANALYTES.items() if each.ionized} == {"ICA"}


def test_an_unknown_unit_is_quoted_to_its_fortieth_character() -> None:
    with pytest.raises(UnknownUnit, match=rf"^'{'z' * 40}' is not a unit of Potassium"):
        canonical(Decimal(1), "z" * 41, "K")


@pytest.mark.parametrize("code", ANALYTES)
def test_the_canonical_unit_changes_nothing(code: str) -> None:
    assert canonical(Decimal("12.30"), ANALYTES[code].unit, code).value == Decimal("12.30")


@pytest.mark.parametrize(
    ("unit", "code"),
    [("g/L", "ALT"), ("U/L", "HGB"), ("%", "ANC"), ("mmol/L", "ALT"), ("10^12/L x", "PLT"), ("mEq/L", "GLUC"),
     ("%", "INR"), ("g/L FEU", "FIBRINO"), ("ng/mL DDU", "DDIMER"), ("furlong", "K")],
)  # fmt: skip
def test_a_unit_of_something_else_is_refused(unit: str, code: str) -> None:
    with pytest.raises(UnknownUnit, match="is not a unit of"):
        canonical(Decimal(1), unit, code)


def test_analytes_and_terms_belong_together() -> None:
    known = ctcae_terms()
    assert all(term in known for each in ANALYTES.values() for term in each.terms)
    graded = {(criterion.analyte, criterion.side.value): criterion.term for criterion in CRITERIA}
    for (code, side), term in graded.items():
        assert getattr(terms_of(code), side) == term
    without = {code for code, each in ANALYTES.items() if not list(each.terms)}
    assert without == {"HCT", "PT", "CRCL", "CL", "UREA", "BUN", "CRP", "FERRITIN", "DDIMER", "IL6", "PCT"}


def test_an_analyte_is_found_by_code_and_name() -> None:
    assert analyte("anc") is analyte(" Neutrophils ") is ANALYTES["ANC"]
    assert find_analyte("c-reactive  protein") is ANALYTES["CRP"]
    assert find_analyte("ICA") is find_analyte("iCA") is ANALYTES["ICA"]
    assert find_analyte("nothing") is None
    with pytest.raises(UnknownAnalyte):
        terms_of("nothing")


def test_calcium_is_corrected_for_missing_albumin_only() -> None:
    assert corrected_calcium(Decimal("2.10"), Decimal("25")) == Decimal("2.40")
    assert corrected_calcium(Decimal("2.10"), Decimal("40")) == Decimal("2.10")
    assert corrected_calcium(Decimal("2.10"), Decimal("48")) == Decimal("2.10")


def test_one_value_is_graded_in_both_directions() -> None:
    result = LaboratoryResult("", Decimal("1.05"), "mmol/L", lln=Decimal("1.15"), uln=Decimal("1.30"))
    found = {each.term: each.grade.grade for each in grades_of("iCa", result)}
    assert found == {"Hypocalcemia": 1, "Hypercalcemia": 0}
    assert {each.term: each.grade.grade for each in grades_of("CA", result)}["Hypocalcemia"] == 4
    assert grades_of("CRP", replace(result, unit="mg/L")) == ()
    sugar = {each.term: each.grade.grade for each in grades_of("GLUC", result)}
    assert sugar == {"Hypoglycemia": 4, "Hyperglycemia": None}


IMPOSSIBLE: list[tuple[dict[str, Decimal | str | bool], str]] = [
    ({"value": Decimal(-1)}, "value: must not be negative"),
    ({"value": Decimal("NaN")}, "value: must be a finite number"),
    ({"uln": Decimal("Infinity")}, "uln: must be a finite number"),
    ({"uln": Decimal(0)}, "uln: must be above 0"),
    ({"lln": Decimal(50)}, "lln: 50 lies above uln, 40"),
    ({"baseline": Decimal(0)}, "baseline: must be above 0"),
    ({"baseline_high": True, "baseline_low": True}, "baseline_low: contradicts a baseline that was high"),
    ({"unit": "g/L"}, "unit: 'g/L' is not a unit of Alanine aminotransferase; use U/L"),
    (
        {"term": "INR increased", "unit": "", "anticoagulated": True, "baseline": Decimal(0)},
        "baseline: must be above",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), IMPOSSIBLE)
def test_what_cannot_be_true_is_refused(change: dict[str, Decimal | str | bool], sentence: str) -> None:
    good = LaboratoryResult("Alanine aminotransferase increased", Decimal(90), "U/L", uln=Decimal(40))
    with pytest.raises(ImpossibleResult) as refused:
        grade_laboratory(replace(good, **change))  # type: ignore[arg-type]
    assert str(refused.value).startswith(sentence)


def test_a_blank_unit_is_no_unit() -> None:
    result = LaboratoryResult("Blood lactate dehydrogenase increased", Decimal(2), "  ", uln=Decimal(1))
    assert grade_laboratory(result).grade == 1


def test_published_boundaries_hold_in_both_published_units() -> None:
    """8.0 mg/dL are 1.996 mmol/L, and both 8.0 mg/dL and 2.0 mmol/L are published as the end of grade 1."""
    by_mass = LaboratoryResult("Hypocalcemia", Decimal("8.0"), "mg/dL", lln=Decimal("8.6"))
    assert canonical(Decimal("8.0"), "mg/dL", "CA").value < 2
    assert grade_laboratory(by_mass).grade == 1
    assert grade_laboratory(replace(by_mass, value=Decimal("80"), lln=Decimal("86"), unit="mg/L")).grade == 1
