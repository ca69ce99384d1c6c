"""What holds for every laboratory value: worse is never milder, missing is never zero, and a unit changes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from safety.ctcae import ctcae_terms
from safety.rules.laboratory import ANALYTES, CRITERIA, LaboratoryResult, canonical, grade_laboratory
from safety.rules.laboratory.criteria import Thresholds
from safety.rules.laboratory.units import Kind

amounts = st.decimals(min_value=0, max_value=1000, places=3)
ratios = st.decimals(min_value=Decimal("0.01"), max_value=30, places=2)
criteria = st.sampled_from(CRITERIA)


@st.composite
def results(draw: st.DrawFn) -> tuple[LaboratoryResult, str]:
    """A result of a random term around its limits, in the canonical unit or without one; and the analyte's code."""
    criterion = draw(criteria)
    low, high = sorted((draw(ratios), draw(ratios)))
    unit = ANALYTES[criterion.analyte].unit
    result = LaboratoryResult(
        criterion.term, draw(amounts), draw(st.sampled_from([unit, unit, None])),
        lln=draw(st.sampled_from([None, low])), uln=draw(st.sampled_from([None, high])),
        baseline=draw(st.one_of(st.none(), ratios)), ionized=criterion.analyte == "ICA",
        baseline_high=draw(st.sampled_from([None, True, False])), symptomatic=draw(st.booleans()),
        anticoagulated=draw(st.booleans()),
    )  # fmt: skip
    return result, criterion.analyte


SIDES = {(criterion.term, criterion.analyte): criterion.side.value for criterion in CRITERIA}


@settings(max_examples=300)
@given(results(), amounts)
def test_a_worse_value_never_has_a_lower_grade(drawn: tuple[LaboratoryResult, str], other: Decimal) -> None:
    result, code = drawn
    assert result.value is not None
    values = sorted((result.value, other), reverse=SIDES[result.term, code] == "low")
    grades = [grade_laboratory(replace(result, value=value)).grade for value in values]
    known = [grade for grade in grades if grade is not None]
    assert known == sorted(known)


@settings(max_examples=300)
@given(results())
def test_a_grade_is_one_that_the_term_defines(drawn: tuple[LaboratoryResult, str]) -> None:
    answer = grade_laboratory(drawn[0])
    assert answer.grade is None or answer.grade == 0 or answer.grade in ctcae_terms()[drawn[0].term].grades
    assert answer.grade != 5
    assert answer.because.endswith(".")


@settings(max_examples=300)
@given(results(), st.sampled_from(["lln", "uln", "unit"]))
def test_what_is_not_known_leaves_the_grade_or_opens_it(drawn: tuple[LaboratoryResult, str], name: str) -> None:
    """Fibrinogen without a unit may lose the grade of its fixed number, and says so."""
    known = grade_laboratory(drawn[0])
    unknown = grade_laboratory(replace(drawn[0], **{name: None}))  # type: ignore[arg-type]
    if known.grade is not None and "FIXED_NUMBER_NOT_COMPARED" not in unknown.flags:
        assert unknown.grade in (None, known.grade)


@settings(max_examples=300)
@given(results())
def test_symptoms_and_nothing_else_raise_a_grade(drawn: tuple[LaboratoryResult, str]) -> None:
    without, having = (grade_laboratory(replace(drawn[0], symptomatic=given)).grade for given in (False, True))
    assert (without is None) == (having is None)
    assert without is None or having is None or without <= having


#: Units of one kind for every kind that a criterion is published in; conversion inside a kind loses nothing.
SAME_KIND = {
    Kind.COUNT: ["10^9/L", "cells/µL", "10^3/mm³", "K/µL", "10^6/L"],
    Kind.MASS: ["g/L", "g/dL", "mg/dL", "mg/L", "µg/mL"],
    Kind.MOLAR: ["mmol/L", "µmol/L", "mol/L", "nmol/mL"],
    Kind.ACTIVITY: ["U/L", "µkat/L", "nkat/L", "kU/L"],
    Kind.TIME: ["s", "sec"],
    Kind.RATIO: ["ratio", "INR"],
}


def in_unit(result: LaboratoryResult, code: str, unit: str) -> LaboratoryResult:
    """The same result reported in another unit, exactly; only units of which the first is a decimal multiple."""
    old, new = (ANALYTES[code].read_unit(text) for text in (result.unit or "", unit))

    def convert(number: Decimal | None) -> Decimal | None:
        if number is None:
            return None
        exact = Fraction(number) * Fraction(old.size) / Fraction(new.size)
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    return replace(
        result, unit=unit, value=convert(result.value), lln=convert(result.lln), uln=convert(result.uln),
        baseline=convert(result.baseline),
    )  # fmt: skip


@settings(max_examples=400)
@given(results(), st.data())
def test_a_unit_of_the_same_kind_never_changes_the_grade(
    drawn: tuple[LaboratoryResult, str], data: st.DataObject
) -> None:
    result, code = replace(drawn[0], unit=ANALYTES[drawn[1]].unit), drawn[1]
    kind = ANALYTES[code].read_unit(result.unit or "").kind
    # A multiple of 60 units is a whole number of microkatals.
    whole = Decimal(60 if kind is Kind.ACTIVITY else 1)
    values = {name: getattr(result, name) for name in ("value", "lln", "uln", "baseline")}
    reported = replace(result, **{name: value and value * whole for name, value in values.items()})
    expected = grade_laboratory(reported)
    other = in_unit(reported, code, data.draw(st.sampled_from(SAME_KIND[kind])))
    assert grade_laboratory(other).grade == expected.grade, expected.because


#: Criteria published in mass and in amount of substance: the two numbers of each step, mg/dL (anemia g/L) and mmol/L.
BOTH_COLUMNS = {
    (criterion.term, criterion.analyte): [
        (mass.at, molar.at)
        for mass, molar in zip(
            *(column.steps for column in sorted(criterion.columns, key=lambda column: column.kind is Kind.MOLAR)),
            strict=True,
        )
    ]
    for criterion in CRITERIA
    if isinstance(criterion, Thresholds) and len(criterion.columns) == 2
}


@settings(max_examples=300)
@given(st.sampled_from(sorted(BOTH_COLUMNS)), st.decimals(min_value=0, max_value=1200, places=2))
def test_mass_and_amount_agree_except_between_their_published_numbers(key: tuple[str, str], value: Decimal) -> None:
    term, code = key
    unit = "g/L" if code == "HGB" else "mg/dL"
    far = Decimal(10**6) if SIDES[key] == "low" else Decimal("0.0001")
    limit = {"lln": far} if SIDES[key] == "low" else {"uln": far}
    molar = canonical(value, unit, code).value if code != "HGB" else value / Decimal("16.1145")
    grades = [
        grade_laboratory(LaboratoryResult(term, amount, text, **limit)).grade  # type: ignore[arg-type]
        for amount, text in ((value, unit), (molar, "mmol/L"))
    ]
    between = any(
        (value <= by_mass) != (molar <= by_moles) or value == by_mass for by_mass, by_moles in BOTH_COLUMNS[key]
    )
    assert between or grades[0] == grades[1]
