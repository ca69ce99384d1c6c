"""Reported results, normal ranges, units and plausible values of the forms, grades of censored results."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.rules.censored_grade import grade_censored
from safety.rules.form_analytes import FORM_ANALYTES, accepts, convert, to_canonical
from safety.rules.laboratory import LaboratoryResult, Side, grade_laboratory
from safety.rules.normal_range import Position, position
from safety.rules.reported_value import (
    NotANumber,
    ReportedValue,
    TwoReadings,
    parse_reported,
    reported_or_none,
)
from tests.rules.tables import rows

READ = rows("""
text    | comparator | number
5.1     |            | 5.1
5,1     |            | 5.1
0       |            | 0
0.0     |            | 0.0
007     |            | 7
<0.5    | <          | 0.5
< 0,5   | <          | 0.5
>500    | >          | 500
> 500   | >          | 500
0,200   |            | 0.2
1200    |            | 1200
1,2000  |            | 1.2
1,20    |            | 1.2
""")


@pytest.mark.parametrize("row", READ, ids=lambda row: row["text"])
def test_what_a_laboratory_reports_is_read(row: dict[str, str]) -> None:
    found = parse_reported(row["text"])
    assert (found.comparator, found.number) == (row["comparator"], Decimal(row["number"]))
    assert found.censored is bool(row["comparator"])


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "-5", "+5", "1e3", "5.1.2", "5 1", "<", "<>5", "<<5", "=5", "≤5", "five", "5 g/L", "5%", "NaN",
     "Infinity", ".5", "5.", "٥", "1" * 13, "haemolysed"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_reported(text)
    assert reported_or_none(text) is None


@pytest.mark.parametrize("text", ["1,200", "<1,200", "12,345", "999,999"])
def test_a_comma_with_two_readings_is_refused(text: str) -> None:
    with pytest.raises(TwoReadings):
        parse_reported(text)


@given(st.sampled_from(["", "<", ">"]), st.decimals(0, 99999, places=4, allow_nan=False))
@settings(max_examples=150)
def test_a_written_number_is_read_back(comparator: str, number: Decimal) -> None:
    assert parse_reported(f"{comparator}{number:f}") == ReportedValue(number, comparator)


POSITIONS = rows("""
value | low | high | position
1.7   | 1.8 | 6.3  | low
1.8   | 1.8 | 6.3  | within
6.3   | 1.8 | 6.3  | within
6.31  | 1.8 | 6.3  | high
4     | -   | 5    | within
6     | -   | 5    | high
90    | 80  | -    | within
79    | 80  | -    | low
5     | -   | -    | unknown
<0.5  | 0.5 | 5    | low
<0.5  | 0.4 | 5    | unknown
<0.5  | -   | 5    | within
<0.5  | 0   | 5    | within
<6    | -   | 5    | unknown
<0.5  | 1   | -    | low
>500  | -   | 500  | high
>500  | -   | 499  | high
>500  | -   | 501  | unknown
>90   | 80  | -    | within
>70   | 80  | -    | unknown
>1    | 2   | 9    | unknown
""")


@pytest.mark.parametrize("row", POSITIONS, ids=lambda row: " ".join(row.values()))
def test_position_to_the_normal_range(row: dict[str, str]) -> None:
    low, high = (None if row[name] == "-" else Decimal(row[name]) for name in ("low", "high"))
    assert position(parse_reported(row["value"]), low, high) is Position(row["position"])


@given(
    st.decimals(0, 100, places=2, allow_nan=False),
    st.decimals(0, 100, places=2, allow_nan=False),
    st.decimals(0, 100, places=2, allow_nan=False),
)
@settings(max_examples=200)
def test_a_censored_value_is_never_said_to_be_where_some_of_its_values_are_not(
    limit: Decimal, low: Decimal, high: Decimal
) -> None:
    low, high = min(low, high), max(low, high)
    said = position(ReportedValue(limit, "<"), low, high)
    some = [limit * Decimal(share) / 10 for share in range(10)]
    found = {position(ReportedValue(each), low, high) for each in some}
    assert said is Position.UNKNOWN or found == {said} or limit == 0


CONVERSIONS = rows("""
code    | value | unit      | canonical
HGB     | 11.2  | g/dL      | 112
HGB     | 7.0   | mmol/L    | 112.8015
WBC     | 5100  | /uL       | 5.1
PLAT    | 150   | 10^3/uL   | 150
RETI    | 0.05  | 10^12/L   | 50
ALT     | 0.67  | ukat/L    | 40.2
CREATCLR| 1.5   | mL/s      | 90
CA      | 4.6   | mEq/L     | 2.3
CRP     | 1.2   | mg/dL     | 12
FERRITIN| 300   | ng/mL     | 300
FIBRINO | 300   | mg/dL     | 3
DDIMER  | 500   | ng/mL FEU | 0.5
IGG     | 1200  | mg/dL     | 12
BCELL   | 0.2   | 10^9/L    | 200
INR     | 1.1   | RATIO     | 1.1
""")


@pytest.mark.parametrize("row", CONVERSIONS, ids=lambda row: f"{row['code']} {row['unit']}")
def test_conversion_to_the_canonical_unit(row: dict[str, str]) -> None:
    assert to_canonical(row["code"], row["unit"], Decimal(row["value"])) == Decimal(row["canonical"])


@pytest.mark.parametrize("code", FORM_ANALYTES)
def test_every_accepted_unit_converts_there_and_back(code: str) -> None:
    analyte = FORM_ANALYTES[code]
    assert convert(code, Decimal(7), analyte.unit, analyte.unit) == 7
    for unit in analyte.units:
        there = to_canonical(code, unit, Decimal(7))
        assert there is not None and there > 0
        assert abs(convert(code, there, analyte.unit, unit) - 7) < Decimal("1E-20")
    assert not accepts(code, "furlong") and to_canonical(code, "furlong", Decimal(7)) is None
    low, high = analyte.plausible
    assert 0 <= low < high


def test_the_panels_hold_what_the_protocol_asks_for() -> None:
    assert [code for code, analyte in FORM_ANALYTES.items() if analyte.optional] == ["RETI"]
    assert len(FORM_ANALYTES) == 8 + 26 + 5 + 4


CENSORED = rows("""
text  | term                               | unit   | lln | uln | side | grade
<0.5  | Neutrophil count decreased         | 10^9/L | 1.8 | -   | low  | 4
<0.6  | Neutrophil count decreased         | 10^9/L | 1.8 | -   | low  | 3
<5    | Neutrophil count decreased         | 10^9/L | 1.8 | -   | low  | 0
>0.5  | Neutrophil count decreased         | 10^9/L | 1.8 | -   | low  | -
>1.8  | Neutrophil count decreased         | 10^9/L | 1.8 | -   | low  | 0
>800  | Alanine aminotransferase increased | U/L    | -   | 40  | high | 4
>40   | Alanine aminotransferase increased | U/L    | -   | 40  | high | 1
<40   | Alanine aminotransferase increased | U/L    | -   | 40  | high | 0
<100  | Alanine aminotransferase increased | U/L    | -   | 40  | high | -
<1.7  | Neutrophil count decreased         | 10^9/L | -   | -   | low  | -
""")


@pytest.mark.parametrize("row", CENSORED, ids=lambda row: f"{row['text']} {row['side']}")
def test_grade_of_a_censored_result(row: dict[str, str]) -> None:
    read = parse_reported(row["text"])
    lln, uln = (None if row[name] == "-" else Decimal(row[name]) for name in ("lln", "uln"))
    asked = LaboratoryResult(row["term"], read.number, row["unit"], lln=lln, uln=uln)
    found = grade_censored(asked, Side(row["side"]), below=read.comparator == "<")
    assert found.grade == (None if row["grade"] == "-" else int(row["grade"])), found.because


@given(st.decimals("0.01", 3, places=2, allow_nan=False))
@settings(max_examples=100)
def test_a_low_censored_count_is_at_least_as_bad_as_its_limit(number: Decimal) -> None:
    limit = LaboratoryResult("Neutrophil count decreased", number, "10^9/L", lln=Decimal("1.8"))
    at_limit, below = grade_laboratory(limit).grade, grade_censored(limit, Side.LOW, below=True).grade
    assert at_limit is not None and below is not None and below >= at_limit


@pytest.mark.parametrize("value", [None, Decimal(0)])
def test_nothing_is_below_nothing(value: Decimal | None) -> None:
    with pytest.raises(ValueError, match="above 0"):
        grade_censored(LaboratoryResult("Anemia", value, "g/L"), Side.LOW, below=True)
