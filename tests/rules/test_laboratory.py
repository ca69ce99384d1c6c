"""Laboratory grades: the published table row by row, with the shared number always in the milder grade."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from safety.ctcae import ctcae_terms
from safety.rules.laboratory import CRITERIA, LaboratoryGrade, LaboratoryResult, Side, grade_laboratory
from tests.rules.tables import rows

#: given: unit, then limits, baseline and flags; grades: value:grade, from normal to worst.
TABLE = rows("""
term                             | given                      | grades
Anemia                           | g/L lln=120                | 120:0 119.9:1 100:1 99.9:2 80:2 79.9:3 20:3
Anemia                           | g/dL lln=12                | 12.0:0 11.9:1 10.0:1 9.9:2 8.0:2 7.9:3 1:3
Anemia                           | mmol/L lln=7.4             | 7.4:0 7.39:1 6.2:1 6.19:2 4.9:2 4.89:3
White blood cell decreased       | 10^9/L lln=3.5             | 3.5:0 3.49:1 3:1 2.99:2 2:2 1.99:3 1:3 0.99:4 0:4
Neutrophil count decreased       | 10^9/L lln=2.0             | 2.0:0 1.99:1 1.5:1 1.49:2 1:2 0.99:3 0.5:3 0.499:4 0:4
Neutrophil count decreased       | /mm3 lln=2000              | 2000:0 1999:1 1500:1 1499:2 1000:2 999:3 500:3 499:4
Lymphocyte count decreased       | 10^9/L lln=1.1             | 1.1:0 1.09:1 0.8:1 0.79:2 0.5:2 0.49:3 0.2:3 0.19:4 0:4
Lymphocyte count decreased       | cells/µL lln=1100          | 1100:0 1099:1 800:1 799:2 500:2 499:3 200:3 199:4
CD4 lymphocytes decreased        | 10^9/L lln=0.55            | 0.55:0 0.549:1 0.5:1 0.499:2 0.2:2
CD4 lymphocytes decreased        | 10^9/L lln=0.55            | 0.2:2 0.199:3 0.05:3 0.049:4
CD4 lymphocytes decreased        | /µL lln=550                | 550:0 549:1 500:1 499:2 200:2 199:3 50:3 49:4
Platelet count decreased         | 10^9/L lln=125             | 125:0 124:1 75:1 74.9:2 50:2 49.9:3 25:3 24.9:4 0:4
Platelet count decreased         | 10^3/µL lln=125            | 125:0 124:1 75:1 74:2 50:2 49:3 25:3 24:4
Lymphocyte count increased       | 10^9/L                     | 1:0 4:0 4.01:2 20:2 20.01:3 900:3
Leukocytosis                     | 10^9/L uln=10              | 9:0 11:0 100:0 100.1:3 900:3
Hemoglobin increased             | g/L uln=170                | 170:0 170.1:1 190:1 190.1:2 210:2 210.1:3 250:3
Hemoglobin increased             | g/dL uln=17                | 17:0 17.1:1 19:1 19.1:2 21:2 21.1:3
Alanine aminotransferase increased | U/L uln=40                 | 40:0 40.1:1 120:1 120.1:2 200:2 200.1:3 800:3 800.1:4
Alanine aminotransferase increased | U/L uln=40 base=30         | 40:0 41:1 120:1 121:2 200:2 201:3 800:3 801:4
Alanine aminotransferase increased | U/L uln=40 base=40         | 40:0 41:1 120:1 121:2
Alanine aminotransferase increased | U/L uln=40 base=50         | 41:0 74.9:0 75:1 150:1 150.1:2
Alanine aminotransferase increased | U/L uln=40 base=50         | 150.1:2 250:2 250.1:3 1000:3 1001:4
Alanine aminotransferase increased | U/L base=50 base_high      | 74.9:0 75:1 150:1 150.1:2 250:2 250.1:3 1000:3 1001:4
Alanine aminotransferase increased | U/L uln=60 base=50 base_high | 74.9:0 75:1 150:1 150.1:2
Alanine aminotransferase increased | U/L uln=40 base=50 base_high=no | 40:0 75:1 120:1 121:2
Aspartate aminotransferase increased | U/L uln=35                 | 35:0 35.1:1 105:1 105.1:2 175:2
Aspartate aminotransferase increased | U/L uln=35                 | 175:2 175.1:3 700:3 700.1:4
Aspartate aminotransferase increased | U/L uln=35 base=100        | 149:0 150:1 300:1 301:2 500:2 501:3 2000:3 2001:4
Alkaline phosphatase increased   | U/L uln=100                | 100:0 101:1 250:1 251:2 500:2 501:3 2000:3 2001:4
Alkaline phosphatase increased   | U/L uln=100 base=200       | 399:0 400:1 500:1 501:2 1000:2 1001:3 4000:3 4001:4
GGT increased                    | U/L uln=60                 | 60:0 61:1 150:1 151:2 300:2 301:3 1200:3 1201:4
GGT increased                    | U/L uln=60 base=100        | 199:0 200:1 250:1 251:2 500:2 501:3 2000:3 2001:4
Blood bilirubin increased        | µmol/L uln=20              | 20:0 20.1:1 30:1 30.1:2 60:2 60.1:3 200:3 200.1:4
Blood bilirubin increased        | µmol/L uln=20 base=40      | 30:0 40:0 40.1:1 60:1 60.1:2 120:2 120.1:3 400:3 400.1:4
Blood bilirubin increased        | mg/dL uln=1.2              | 1.2:0 1.21:1 1.8:1 1.81:2 3.6:2 3.61:3 12:3 12.1:4
Creatinine increased             | µmol/L uln=100             | 100:0 101:1 150:1 151:2 300:2 301:3 600:3 601:4
Creatinine increased             | µmol/L uln=100 base=50     | 75:0 75.1:2 100:2 150:2 150.1:3 300:3 600:3 601:4
Creatinine increased             | µmol/L uln=100 base=90     | 100:0 101:1 135:1 136:2 270:2 271:3
Creatinine increased             | µmol/L uln=100 base=150    | 100:0 101:1 150:1 151:2 300:2 301:3 600:3 601:4
Activated partial thromboplastin time prolonged | s uln=36                   | 36:0 36.1:1 54:1 54.1:2 90:2 90.1:3 300:3
INR increased                    | -                          | 1.0:0 1.2:0 1.21:1 1.5:1 1.51:2 2.5:2 2.51:3 9:3
INR increased                    | ratio base=2               | 1.2:0 1.5:1 2.5:2 2.6:3
INR increased                    | ratio anticoag base=2      | 1.9:0 2.0:0 2.01:1 3.0:1 3.01:2 5.0:2 5.01:3
Fibrinogen decreased             | g/L lln=2.0                | 2.0:0 1.99:1 1.5:1 1.49:2 1.0:2 0.99:3 0.5:3 0.49:4 0:4
Fibrinogen decreased             | g/L lln=4.0                | 4.0:0 3.9:1 3:1 2.9:2 2:2 1.9:3 1:3 0.99:4
Fibrinogen decreased             | g/L lln=1.0                | 1.0:0 0.9:1 0.75:1 0.74:2 0.5:2 0.49:4
Fibrinogen decreased             | g/L lln=4 base=3.2         | 3.5:0 3.2:0 3.1:1 2.41:1 2.4:2 1.61:2 1.6:3 0.81:3 0.8:4
Fibrinogen decreased             | mg/dL lln=200 base_low base=160 | 160:0 159:1 121:1 120:2 81:2 80:3 51:3 50:3 49:4
Lipase increased                 | U/L uln=60                 | 60:0 61:1 90:1 91:2 120:2 121:2 300:2 301:3 900:3
Lipase increased                 | U/L uln=60 symptomatic     | 60:0 61:1 90:1 91:2 120:2 121:3 300:3 301:4 900:4
Serum amylase increased          | U/L uln=100                | 100:0 101:1 150:1 151:2 200:2 500:2 501:3
Serum amylase increased          | U/L uln=100 symptomatic    | 100:0 101:1 150:1 151:2 200:2 201:3 500:3 501:4
CPK increased                    | U/L uln=200                | 200:0 201:1 500:1 501:2 1000:2 1001:3 2000:3 2001:4
Blood lactate dehydrogenase increased | U/L uln=250                | 250:0 251:1 9000:1
Haptoglobin decreased            | g/L lln=0.3                | 0.3:0 0.29:1 0:1
Cholesterol high                 | mmol/L uln=5.2             | 5.2:0 5.21:1 7.75:1 7.76:2 10.34:2
Cholesterol high                 | mmol/L uln=5.2             | 10.34:2 10.35:3 12.92:3 12.93:4
Cholesterol high                 | mg/dL uln=200              | 200:0 201:1 300:1 301:2 400:2 401:3 500:3 501:4
Hypertriglyceridemia             | mmol/L                     | 1.70:0 1.71:1 3.42:1 3.43:2 5.7:2 5.71:3 11.4:3 11.41:4
Hypertriglyceridemia             | mg/dL uln=200              | 149:0 150:1 300:1 301:2 500:2 501:3 1000:3 1001:4
Hyponatremia                     | mmol/L lln=135             | 135:0 134:1 130:1 129.9:2 129:2
Hyponatremia                     | mmol/L lln=135             | 129:2 125:2 124.9:3 120:3 119.9:4
Hyponatremia                     | mmol/L lln=135 symptomatic | 135:0 134:1 130:1 129.9:3 129:3 125:3 124:3 120:3 119:4
Hypernatremia                    | mmol/L uln=145             | 145:0 146:1 150:1 151:2 155:2 156:3 160:3 161:4
Hypokalemia                      | mmol/L lln=3.5             | 3.5:0 3.49:1 3.0:1 2.99:3 2.5:3 2.49:4
Hypokalemia                      | mmol/L lln=3.5 symptomatic | 3.5:0 3.49:2 3.0:2 2.99:3 2.5:3 2.49:4
Hyperkalemia                     | mmol/L uln=5.1             | 5.1:0 5.11:1 5.5:1 5.51:2 6.0:2 6.01:3 7.0:3 7.01:4
Hypocalcemia                     | mmol/L lln=2.15            | 2.15:0 2.14:1 2.0:1 1.99:2 1.75:2 1.74:3 1.5:3 1.49:4
Hypocalcemia                     | mg/dL lln=8.6              | 8.6:0 8.5:1 8.0:1 7.9:2 7.0:2 6.9:3 6.0:3 5.9:4
Hypocalcemia                     | mmol/L lln=2.15 symptomatic | 2.15:0 2.14:2 2.0:2 1.99:2 1.74:3 1.49:4
Hypercalcemia                    | mmol/L uln=2.55            | 2.55:0 2.56:1 2.9:1 2.91:2 3.1:2 3.11:3 3.4:3 3.41:4
Hypercalcemia                    | mg/dL uln=10.2             | 10.2:0 10.3:1 11.5:1 11.6:2 12.5:2 12.6:3 13.5:3 13.6:4
Hypercalcemia                    | mmol/L uln=2.55 symptomatic | 2.55:0 2.56:2 2.9:2 2.91:2 3.11:3 3.41:4
Hypocalcemia                     | mmol/L lln=1.15 ionized    | 1.15:0 1.14:1 1.0:1 0.99:2 0.9:2 0.89:3 0.8:3 0.79:4
Hypercalcemia                    | mmol/L uln=1.3 ionized     | 1.3:0 1.31:1 1.5:1 1.51:2 1.6:2 1.61:3 1.8:3 1.81:4
Hypocalcemia                     | mmol/L lln=1.15 ionized symptomatic | 1.15:0 1.14:2 1.0:2 0.99:2 0.89:3
Hypercalcemia                    | mmol/L uln=1.3 ionized symptomatic | 1.3:0 1.31:2 1.5:2 1.51:2 1.61:3
Hypomagnesemia                   | mmol/L lln=0.7             | 0.7:0 0.69:1 0.5:1 0.49:2 0.4:2 0.39:3 0.3:3 0.29:4
Hypomagnesemia                   | mg/dL lln=1.7              | 1.7:0 1.6:1 1.2:1 1.1:2 0.9:2 0.8:3 0.7:3 0.6:4
Hypermagnesemia                  | mmol/L uln=1.05            | 1.05:0 1.06:1 1.23:1 1.24:3 3.3:3 3.31:4
Hypermagnesemia                  | mg/dL uln=2.5              | 2.5:0 2.6:1 3.0:1 3.1:3 8.0:3 8.1:4
Hypoglycemia                     | mmol/L lln=3.9             | 3.9:0 3.89:1 3.0:1 2.99:2 2.2:2 2.19:3 1.7:3 1.69:4
Hypoglycemia                     | mg/dL lln=70               | 70:0 69:1 55:1 54:2 40:2 39:3 30:3 29:4
Hypoalbuminemia                  | g/L lln=35                 | 35:0 34.9:1 30:1 29.9:2 20:2 19.9:3 5:3
Hypoalbuminemia                  | g/dL lln=3.5               | 3.5:0 3.4:1 3.0:1 2.9:2 2.0:2 1.9:3
Hyperuricemia                    | µmol/L uln=420             | 420:0 421:1 1500:1
Hyperuricemia                    | µmol/L uln=420 symptomatic | 420:0 421:3 1500:3
""")
NUMBERS = {"lln": "lln", "uln": "uln", "base": "baseline"}
FLAGS = {
    "base_high": "baseline_high",
    "base_low": "baseline_low",
    "symptomatic": "symptomatic",
    "anticoag": "anticoagulated",
    "ionized": "ionized",
}


def result(term: str, given: str, value: str | None) -> LaboratoryResult:
    """Read one row of a table; the first word of `given` is the unit, - for none."""
    unit, *more = given.split()
    values: dict[str, Any] = {"unit": None if unit == "-" else unit}
    for word in more:
        name, _, number = word.partition("=")
        if name in NUMBERS:
            values[NUMBERS[name]] = Decimal(number)
        else:
            values[FLAGS[name]] = number != "no"
    return LaboratoryResult(term, None if value is None else Decimal(value), **values)


def grade(term: str, given: str, value: str | None) -> LaboratoryGrade:
    return grade_laboratory(result(term, given, value))


CASES = [(row["term"], row["given"], *pair.split(":")) for row in TABLE for pair in row["grades"].split()]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['term']}: {row['given']}")
def test_grade(row: dict[str, str]) -> None:
    for pair in row["grades"].split():
        value, expected = pair.split(":")
        answer = grade(row["term"], row["given"], value)
        assert answer.grade == int(expected), f"{value}: {answer.because}"
        assert answer.because.endswith(f"(grade {expected}).")


#: Grades that only a clinician can give.
CLINICAL = {"Anemia": 4, "Leukocytosis": 4, "Hypoalbuminemia": 4, "Hyperuricemia": 4}


@pytest.mark.parametrize("term", sorted({criterion.term for criterion in CRITERIA}))
def test_the_table_shows_every_grade_that_a_value_can_have(term: str) -> None:
    shown = {int(grade) for name, _given, _value, grade in CASES if name == term}
    assert shown == {0, *ctcae_terms()[term].grades} - {5, CLINICAL.get(term)}


def test_the_table_names_no_other_term() -> None:
    assert {row["term"] for row in TABLE} == {criterion.term for criterion in CRITERIA}


def test_a_term_is_known_in_any_spelling() -> None:
    names = ["Neutrophil count decreased", "NEUTROPHIL COUNT DECREASED", "  neutrophil  count decreased "]
    assert {grade(name, "10^9/L lln=2", "0.9").grade for name in names} == {3}
    assert grade("Hypokalaemia", "mmol/L lln=3.5", "2.4").grade == 4
    assert grade("aPTT prolonged", "s uln=36", "91").grade == 3
    assert grade("Hypocalcemia (ionized)", "mmol/L lln=1.15", "1.1").grade == 1
    assert grade("Hypocalcemia (corrected)", "mmol/L lln=2.1", "1.1").grade == 4


@pytest.mark.parametrize(("name", "given", "value", "expected"), [
    ("ALT increased", "U/L uln=40", "121", 2),
    ("AST increased", "U/L uln=40", "121", 2),
    ("ALP increased", "U/L uln=100", "251", 2),
    ("LDH increased", "U/L uln=250", "251", 1),
    ("Amylase increased", "U/L uln=100", "201", 2),
    ("Hypocalcemia (corrected)", "mmol/L lln=2.1", "1.9", 2),
    ("Hypercalcemia (corrected)", "mmol/L uln=2.6", "3.0", 2),
    ("Hypocalcemia (ionized)", "mmol/L lln=1.15", "0.85", 3),
    ("Hypocalcemia (ionised)", "mmol/L lln=1.15", "0.85", 3),
    ("Hypercalcemia (ionized)", "mmol/L uln=1.3", "1.7", 3),
    ("Hypercalcemia (ionised)", "mmol/L uln=1.3", "1.7", 3),
])  # fmt: skip
def test_a_short_name_is_graded_as_its_term(name: str, given: str, value: str, expected: int) -> None:
    assert grade(name, given, value).grade == expected


@pytest.mark.parametrize(("term", "given", "value", "because"), [
    ("Neutrophil count decreased", "10^9/L", "1.7", "Cannot grade: the lower limit of normal is missing."),
    ("Hyperkalemia", "mmol/L", "5.4", "Cannot grade: the upper limit of normal is missing."),
    ("Creatinine increased", "mg/dL", "9", "Cannot grade: the upper limit of normal is missing."),
    ("Anemia", "mmol/L lln=7.4", "6.1", "6.1 mmol/L is below 6.2 mmol/L (grade 2)."),
    ("Hypocalcemia", "µmol/L lln=2100", "1999.123",
     "1999.123 µmol/L (= 1.9991 mmol/L) is below 2 mmol/L (grade 2)."),
    ("Alanine aminotransferase increased", "U/L uln=40 base=100", "300",
     "300 U/L is at or above 1.5 × baseline (100) (grade 1)."),
    ("Haptoglobin decreased", "- lln=0.3", "0.2", "0.2 is beyond the lower limit of normal, 0.3 (grade 1)."),
])  # fmt: skip
def test_the_sentence_names_limit_and_converted_value(term: str, given: str, value: str, because: str) -> None:
    assert grade(term, given, value).because == because


#: What is not known, and what still can be said.
OPEN = rows("""
term                               | given                              | value | grade | flags
Neutrophil count decreased         | 10^9/L                             | 0.9   | 3     |
Neutrophil count decreased         | 10^9/L                             | 1.49  | 2     |
Neutrophil count decreased         | 10^9/L                             | 1.5   | none  | LLN_MISSING
Neutrophil count decreased         | 10^9/L                             | 1.7   | none  | LLN_MISSING
Neutrophil count decreased         | 10^9/L uln=7                       | 5     | none  | LLN_MISSING
Neutrophil count decreased         | 10^9/L lln=1.2                     | 1.4   | 2     | WITHIN_LIMITS
Neutrophil count decreased         | - lln=2                            | 0.9   | none  | UNIT_MISSING
Neutrophil count decreased         | - lln=2                            | 2.5   | none  | UNIT_MISSING
Neutrophil count decreased         | 10^9/L lln=2                       | none  | none  | VALUE_MISSING
Anemia                             | g/L uln=170                        | 99    | 2     |
Anemia                             | g/L                                | 100   | none  | LLN_MISSING
Hyponatremia                       | mmol/L symptomatic                 | 128   | 3     |
Hypokalemia                        | mmol/L symptomatic                 | 3.2   | none  | LLN_MISSING
Hyperkalemia                       | mmol/L lln=3.5                     | 5.6   | 2     |
Hyperkalemia                       | mmol/L lln=3.5                     | 5.4   | none  | ULN_MISSING
Hemoglobin increased               | g/L                                | 300   | none  | ULN_MISSING
Hemoglobin increased               | - uln=17                           | 17    | 0     |
Hemoglobin increased               | - uln=17                           | 17.1  | none  | UNIT_MISSING
Hypertriglyceridemia               | -                                  | 2     | none  | UNIT_MISSING
Blood lactate dehydrogenase increased | - uln=250                       | 251   | 1     |
Blood lactate dehydrogenase increased | U/L                             | 900   | none  | ULN_MISSING
Haptoglobin decreased              | - lln=0.3                          | 0.2   | 1     |
Hyperuricemia                      | - uln=1                            | 1.5   | 1     |
Alanine aminotransferase increased | - uln=40                           | 201   | 3     | BASELINE_MISSING
Alanine aminotransferase increased | - uln=40 base=20                   | 201   | 3     |
Alanine aminotransferase increased | U/L uln=40 base_high=no            | 201   | 3     |
Alanine aminotransferase increased | U/L                                | 999   | none  | ULN_MISSING
Alanine aminotransferase increased | U/L base=100                       | 999   | none  | ULN_MISSING
Alanine aminotransferase increased | U/L uln=40 base_high               | 999   | none  | BASELINE_MISSING
Creatinine increased               | mg/dL uln=1.2                      | 1.3   | 1     | BASELINE_MISSING
Creatinine increased               | mg/dL base=1                       | 9     | none  | ULN_MISSING
Activated partial thromboplastin time prolonged | s                     | 99    | none  | ULN_MISSING
INR increased                      | - anticoag                         | 4     | none  | BASELINE_MISSING
INR increased                      | - uln=1.1                          | 1.15  | 0     |
Fibrinogen decreased               | g/L                                | 0.49  | 4     |
Fibrinogen decreased               | g/L                                | 0.5   | none  | LLN_MISSING
Fibrinogen decreased               | g/L base=1                         | 0.6   | none  | LLN_MISSING
Fibrinogen decreased               | g/L base_low                       | 0.6   | none  | BASELINE_MISSING
Fibrinogen decreased               | g/L base_low                       | 0.4   | 4     |
Fibrinogen decreased               | g/L base_low base=1                | 0.7   | 2     |
Fibrinogen decreased               | g/L lln=2 base_low=no              | 1.4   | 2     |
Fibrinogen decreased               | - lln=2 base=3                     | 0.4   | 4     |
Fibrinogen decreased               | - lln=2 base=3                     | 0.5   | 3     | FIXED_NUMBER_NOT_COMPARED
Fibrinogen decreased               | -                                  | 0.4   | none  | LLN_MISSING
Hyperglycemia                      | mmol/L uln=6                       | 30    | none  | NO_NUMERIC_CRITERION
Hypophosphatemia                   | mmol/L lln=0.8                     | 0.1   | none  | NO_NUMERIC_CRITERION
Hyperphosphatemia                  | mmol/L uln=1.5                     | 5     | none  | NO_NUMERIC_CRITERION
Blood bicarbonate decreased        | mmol/L lln=22                      | 10    | none  | NO_NUMERIC_CRITERION
Alopecia                           | -                                  | 1     | none  | NO_NUMERIC_CRITERION
""")


@pytest.mark.parametrize("row", OPEN, ids=lambda row: f"{row['term']}: {row['given']} {row['value']}")
def test_missing_is_not_zero(row: dict[str, str]) -> None:
    value, expected = (None if row[name] == "none" else row[name] for name in ("value", "grade"))
    answer = grade(row["term"], row["given"], value)
    assert answer.grade == (None if expected is None else int(expected)), answer.because
    assert list(answer.flags) == row["flags"].split()
    assert answer.because.startswith("Cannot grade: ") is (answer.grade is None)


def test_the_sentence_names_value_unit_and_number() -> None:
    assert grade("Anemia", "g/dL lln=12", "9.5").because == "9.5 g/dL (= 95 g/L) is below 100 g/L (grade 2)."
    assert grade("Hyperkalemia", "mmol/L uln=5.1", "5.2").because == (
        "5.2 mmol/L is beyond the upper limit of normal, 5.1 (grade 1)."
    )
    assert grade("Lipase increased", "U/L uln=60 symptomatic", "130").because == (
        "130 U/L is above 2 × ULN (60), with symptoms (grade 3)."
    )
    assert grade("Hypokalemia", "mmol/L lln=3.5 symptomatic", "3.2").because.endswith(", with symptoms (grade 2).")
    assert grade("INR increased", "- anticoag base=2", "3.1").because == (
        "3.1 is above 1.5 × the baseline on anticoagulation, 2 (grade 2)."
    )


def test_low_and_high_sides_are_told_apart() -> None:
    assert {criterion.side for criterion in CRITERIA if criterion.term.startswith("Hypo")} == {Side.LOW}
    assert {criterion.side for criterion in CRITERIA if criterion.term.endswith("increased")} == {Side.HIGH}
