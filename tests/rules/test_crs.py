"""CRS grade: the published table, its footnotes, and what a ward really records."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety.rules.crs import CrsObservation, OxygenSupport, drug_name, grade_crs
from tests.rules.tables import rows

TABLE = rows("""
temperature | findings                                                              | grade
37.9        |                                                                       | 0
38.0        |                                                                       | 1
38.0        | fever_other_cause                                                     | 0
39.5        | fever_other_cause hypotension                                         | 0
38.0        | hypotension                                                           | 2
38.0        | hypotension hypotension_other_cause                                   | 1
38.0        | hypotension pressor:norepinephrine                                    | 3
38.0        | pressor:norepinephrine                                                | 3
38.0        | pressor:norepinephrine hypotension_other_cause                        | 1
38.0        | hypotension pressor:vasopressin                                       | 3
38.0        | hypotension pressor:norepinephrine pressor:vasopressin                | 3
38.0        | hypotension pressor:norepinephrine pressor:epinephrine                | 4
38.0        | hypotension pressor:norepinephrine pressor:Norepinephrine             | 3
38.0        | hypotension pressor:norepinephrine pressor:noradrenaline              | 3
38.0        | hypotension pressor:norepinephrine pressor:dopamine pressor:vasopressin | 4
38.0        | oxygen:nasal_cannula flow:2                                           | 2
38.0        | oxygen:nasal_cannula flow:6                                           | 2
38.0        | oxygen:nasal_cannula flow:6.1                                         | 3
38.0        | oxygen:nasal_cannula                                                  | 2
38.0        | oxygen:blow_by                                                        | 2
38.0        | oxygen:high_flow_nc flow:2                                            | 3
38.0        | oxygen:facemask flow:1                                                | 3
38.0        | oxygen:nonrebreather                                                  | 3
38.0        | oxygen:venturi flow:4                                                 | 3
38.0        | oxygen:cpap                                                           | 4
38.0        | oxygen:bipap                                                          | 4
38.0        | oxygen:mechanical_ventilation                                         | 4
38.0        | oxygen:mechanical_ventilation hypoxia_other_cause                     | 1
38.0        | hypotension oxygen:nasal_cannula flow:8                               | 3
36.5        | hypotension                                                           | 0
36.5        | hypotension crs_already_diagnosed                                     | 0
36.5        | hypotension antipyretic                                               | 0
36.5        | hypotension crs_already_diagnosed antipyretic                         | 2
36.5        | hypotension crs_already_diagnosed anticytokine                        | 2
36.5        | crs_already_diagnosed anticytokine antipyretic                        | 0
36.5        | crs_already_diagnosed anticytokine oxygen:facemask                    | 3
36.5        | crs_already_diagnosed anticytokine hypotension hypotension_other_cause | 0
36.5        | crs_already_diagnosed anticytokine oxygen:cpap hypoxia_other_cause    | 0
36.5        | death_due_to_crs                                                      | 5
""")


def observation(temperature: str, findings: str) -> CrsObservation:
    """Read one row of the table."""
    values: dict[str, object] = {"vasopressors": ()}
    for word in findings.split():
        name, _, value = word.partition(":")
        if name == "pressor":
            values["vasopressors"] = (*values["vasopressors"], value)  # type: ignore[misc]
        elif name == "oxygen":
            values["o2_support"] = OxygenSupport(value)
        elif name == "flow":
            values["o2_flow_l_min"] = Decimal(value)
        else:
            values[name] = True
    return CrsObservation(Decimal(temperature), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['temperature']} {row['findings']}")
def test_grade(row: dict[str, str]) -> None:
    result = grade_crs(observation(row["temperature"], row["findings"]))
    assert result.grade == int(row["grade"]), result.because
    assert result.because.endswith(".")


def test_the_sentence_names_what_decided() -> None:
    result = grade_crs(observation("39.1", "hypotension pressor:vasopressin oxygen:nasal_cannula flow:3"))
    assert "39.1 °C" in result.because
    assert "vasopressin (grade 3)" in result.because
    assert "3 L/min" in result.because


def test_the_sentence_ends_with_the_grade() -> None:
    resolved = grade_crs(observation("36.5", "crs_already_diagnosed antipyretic"))
    assert resolved.because.endswith("no hypoxia: resolved, grade 0.")
    assert grade_crs(observation("38.0", "")).because.endswith("no hypoxia: grade 1.")
    assert grade_crs(observation("37.9", "hypotension")).because.endswith("this is not CRS (grade 0).")


@pytest.mark.parametrize(
    ("flow", "says"),
    [("6", "at 6 L/min, 6 L/min or less (grade 2)"), ("6.1", "at 6.1 L/min, above 6 L/min (grade 3)")],
)
def test_the_sentence_says_on_which_side_of_6_litres_a_flow_lies(flow: str, says: str) -> None:
    assert says in grade_crs(observation("38.0", f"oxygen:nasal_cannula flow:{flow}")).because


def test_a_missing_flow_is_flagged() -> None:
    assert grade_crs(observation("38", "oxygen:nasal_cannula")).flags == ("OXYGEN_FLOW_MISSING",)


@pytest.mark.parametrize("name", ["Noradrenaline", " norepinephrine ", "NOREPINEPHRINE  bitartrate", "去甲肾上腺素"])
def test_one_drug_under_many_names(name: str) -> None:
    assert drug_name(name) == "norepinephrine"


temperatures = st.decimals(min_value=25, max_value=45, places=1)
flows = st.decimals(min_value=0, max_value=60, places=1)
flags = st.fixed_dictionaries(
    {
        name: st.booleans()
        for name in (
            "hypotension",
            "hypotension_other_cause",
            "hypoxia_other_cause",
            "crs_already_diagnosed",
            "antipyretic",
        )
    }
)


@given(temperatures, temperatures, flags, st.sampled_from(OxygenSupport))
def test_a_higher_temperature_never_lowers_the_grade(
    one: Decimal, other: Decimal, found: dict[str, Any], device: OxygenSupport
) -> None:
    low, high = sorted((one, other))
    lower = grade_crs(CrsObservation(low, o2_support=device, **found))
    assert lower.grade <= grade_crs(CrsObservation(high, o2_support=device, **found)).grade


@given(flows, flows, flags)
def test_a_higher_flow_never_lowers_the_grade(one: Decimal, other: Decimal, found: dict[str, Any]) -> None:
    low, high = sorted((one, other))
    grades = [
        grade_crs(
            CrsObservation(Decimal(39), o2_support=OxygenSupport.NASAL_CANNULA, o2_flow_l_min=flow, **found)
        ).grade
        for flow in (low, high)
    ]
    assert grades == sorted(grades)


@given(st.lists(st.sampled_from(["norepinephrine", "epinephrine", "vasopressin", "dopamine"]), max_size=5))
def test_one_more_vasopressor_never_lowers_the_grade(drugs: list[str]) -> None:
    grades = [grade_crs(CrsObservation(Decimal(39), vasopressors=tuple(drugs[:count]))).grade for count in range(6)]
    assert grades == sorted(grades)
