"""Doses per square metre, the kidney, and the infused cells."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import pytest

from dosing.rules.infusion_dose import infusion_dose, minutes_between
from dosing.rules.lymphodepletion_dose import compare_dose, within_percent
from dosing.rules.renal_function import clearance, fludarabine_step
from tests.rules.tables import rows

D = Decimal

# planned mg/m², surface m², given mg; tolerance 5 %
DOSES = rows("""
planned | surface | given  | mg     | given mg/m² | agrees
30      | 1.80    | -      | 54.00  | -           | -
30      | 1.80    | 54     | 54.00  | 30.0        | yes
30      | 1.80    | 56.7   | 54.00  | 31.5        | yes
30      | 1.80    | 56.71  | 54.00  | 31.5        | no
30      | 1.80    | 51.3   | 54.00  | 28.5        | yes
30      | 1.80    | 51.29  | 54.00  | 28.5        | no
300     | 1.53    | 459    | 459.00 | 300.0       | yes
300     | 1.53    | 0      | 459.00 | 0.0         | no
0       | 1.53    | 0      | 0      | 0.0         | yes
""")


@pytest.mark.parametrize("row", DOSES, ids=lambda row: f"{row['planned']} × {row['surface']}: {row['given']}")
def test_doses_per_square_metre(row: dict[str, str]) -> None:
    given_mg = None if row["given"] == "-" else D(row["given"])
    dose = compare_dose(planned_mg_m2=D(row["planned"]), body_surface_m2=D(row["surface"]), given_mg=given_mg)
    assert dose.planned_mg == D(row["mg"])
    assert dose.given_mg_m2 == (None if row["given mg/m²"] == "-" else D(row["given mg/m²"]))
    assert dose.agrees == {"-": None, "yes": True, "no": False}[row["agrees"]]
    assert ("within" in dose.because, "outside" in dose.because) == (dose.agrees is True, dose.agrees is False)


def test_no_surface_no_dose() -> None:
    with pytest.raises(ValueError, match="above 0"):
        compare_dose(planned_mg_m2=D(30), body_surface_m2=D(0))


def test_the_smallest_surface_and_plan_above_0_are_accepted() -> None:
    assert compare_dose(planned_mg_m2=D(30), body_surface_m2=D(1)).planned_mg == 30
    plan = infusion_dose(cells_per_kg=D(1_000_000), weight_kg=D(1), infused_million=D("0.9"))
    assert plan.because == "1 × 10⁶/kg × 1 kg = 1 × 10⁶ cells planned; 0.9 × 10⁶ given is 90.0 %, within ±20 %."


def test_a_tolerance_of_ten_percent() -> None:
    assert within_percent(D(110), D(100), D(10)) and not within_percent(D("110.1"), D(100), D(10))


# clearance = (140 − age) × kg × 88.4 / (72 × µmol/L), × 0.85 for women
CLEARANCES = rows("""
age | weight | creatinine | sex | ml/min
60  | 72     | 88.4       | M   | 80.0
60  | 72     | 88.4       | F   | 68.0
40  | 70     | 88.4       | M   | 97.2
75  | 55.5   | 132.6      | F   | 28.4
18  | 120    | 40         | M   | 449.4
""")


@pytest.mark.parametrize("row", CLEARANCES, ids=lambda row: f"{row['age']} {row['sex']} {row['creatinine']}")
def test_creatinine_clearance(row: dict[str, str]) -> None:
    found = clearance(
        age_years=int(row["age"]), weight_kg=D(row["weight"]), creatinine_umol_l=D(row["creatinine"]),
        female=row["sex"] == "F",
    )  # fmt: skip
    assert found == D(row["ml/min"])


@pytest.mark.parametrize(
    ("age", "weight", "creatinine"), [(0, "70", "80"), (140, "70", "80"), (50, "0", "80"), (50, "70", "0")]
)
def test_values_the_formula_is_not_made_for(age: int, weight: str, creatinine: str) -> None:
    with pytest.raises(ValueError, match="above 0"):
        clearance(age_years=age, weight_kg=D(weight), creatinine_umol_l=D(creatinine), female=False)


@pytest.mark.parametrize(("age", "weight", "creatinine", "ml_min"), [
    (1, "72", "88.4", "139.0"), (139, "72", "88.4", "1.0"), (68, "1", "88.4", "1.0"), (68, "72", "1", "6364.8"),
])  # fmt: skip
def test_the_last_values_the_formula_is_made_for(age: int, weight: str, creatinine: str, ml_min: str) -> None:
    found = clearance(age_years=age, weight_kg=D(weight), creatinine_umol_l=D(creatinine), female=False)
    assert found == D(ml_min)


STEPS = rows("""
ml/min | reduction | because
120    | 0         | full dose
80.0   | 0         | full dose
79.9   | 20        | 50 or more: reduced by 20 %
50     | 20        |
49.9   | 40        | 30 or more: reduced by 40 %
30     | 40        |
29.9   | 100       | below 30: no fludarabine
""")


@pytest.mark.parametrize("row", STEPS, ids=lambda row: row["ml/min"])
def test_fludarabine_by_clearance(row: dict[str, str]) -> None:
    step = fludarabine_step(D(row["ml/min"]))
    assert step.reduction_percent == D(row["reduction"]) and row["because"] in step.because


# dose level in 10⁶/kg, weight, infused 10⁶; limits ±20 %
INFUSED = rows("""
level | weight | infused | planned | percent | per kg | in limits
1     | 70     | -       | 70      | -       | -      | -
1     | 70     | 70      | 70      | 100.0   | 1.000  | yes
1     | 70     | 56      | 70      | 80.0    | 0.800  | yes
1     | 70     | 55.99   | 70      | 80.0    | 0.800  | no
1     | 70     | 84      | 70      | 120.0   | 1.200  | yes
1     | 70     | 84.01   | 70      | 120.0   | 1.200  | no
3     | 62.5   | 187.5   | 187.5   | 100.0   | 3.000  | yes
10    | 83.3   | 0       | 833     | 0.0     | 0.000  | no
""")


@pytest.mark.parametrize("row", INFUSED, ids=lambda row: f"{row['level']} × {row['weight']}: {row['infused']}")
def test_infused_cells(row: dict[str, str]) -> None:
    infused = None if row["infused"] == "-" else D(row["infused"])
    dose = infusion_dose(cells_per_kg=D(row["level"]) * 1_000_000, weight_kg=D(row["weight"]), infused_million=infused)
    assert dose.planned_million == D(row["planned"])
    assert (dose.lowest_million, dose.highest_million) == (
        dose.planned_million * D("0.8"),
        dose.planned_million * D("1.2"),
    )
    assert dose.in_limits == {"-": None, "yes": True, "no": False}[row["in limits"]]
    assert [None if value is None else str(value) for value in (dose.percent, dose.given_million_per_kg)] == [
        None if row[name] == "-" else row[name] for name in ("percent", "per kg")
    ]


def test_no_weight_no_plan() -> None:
    with pytest.raises(ValueError, match="above 0"):
        infusion_dose(cells_per_kg=D(1), weight_kg=D(0), infused_million=None)


@pytest.mark.parametrize(
    ("thaw", "end", "minutes"),
    [
        (time(10, 0), time(10, 30), 30),
        (time(23, 59), time(0, 1), 2),
        (time(10, 0), time(10, 0), 0),
        (time(9, 58), time(10, 3), 5),
    ],
)
def test_minutes_from_thaw_to_end(thaw: time, end: time, minutes: int) -> None:
    assert minutes_between(thaw, end) == minutes
