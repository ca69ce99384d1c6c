"""Cytokine peaks: baseline, window, ties, limits of quantification, units."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.cytokine_peak import CytokineConfig, CytokinePeak, CytokineSample, cytokine_peak, level
from efficacy.rules.cytokine_units import factor_to_reported, plain_name, reported_unit
from tests.rules.tables import rows


def samples(text: str, unit: str = "pg/mL", lloq: str = "") -> list[CytokineSample]:
    """Samples from "-5=3 0pre=<1.5 0post=8 7=300": a day below 0 is before the infusion."""
    found = []
    for word in text.split():
        day, _, result = word.partition("=")
        after = day.endswith("post") or not (day.endswith("pre") or day.startswith("-"))
        number = Decimal(day.removesuffix("pre").removesuffix("post"))
        found.append(CytokineSample(number, after, result, unit, Decimal(lloq) if lloq else None))
    return found


PEAKS = rows("""
because                                   | samples                | baseline | peak  | day | fold
rise                                      | -5=10 3=50 7=300 14=20 | 10       | 300   | 7   | 30
same-day sample before infusion           | -5=10 0pre=20 7=300    | 20       | 300   | 7   | 15
same-day sample after infusion is no base | -5=10 0post=40 7=30    | 10       | 40    | 0   | 4
the last before infusion, any order       | 0pre=20 -5=10 7=300    | 20       | 300   | 7   | 15
two on the last day: the one listed last  | 0pre=20 0pre=30 7=300  | 30       | 300   | 7   | 10
tie: the first                            | -5=10 14=300 7=300     | 10       | 300   | 7   | 30
Day 28 included                           | -5=10 7=30 28=40 29=90 | 10       | 40    | 28  | 4
only after the window                     | -5=10 29=90            | 10       | -     | -   | -
nothing after infusion                    | -5=10                  | 10       | -     | -   | -
no baseline                               | 7=300                  | -        | 300   | 7   | -
nothing                                   |                        | -        | -     | -   | -
baseline BLQ: half the limit              | -5=<1.5 7=300          | <1.5     | 300   | 7   | 400
peak BLQ                                  | -5=3 3=<1.5 7=<1.5     | 3        | <1.5  | 3   | -
all BLQ: by the highest limit             | -5=<1.5 3=<1.5 7=<3.0  | <1.5     | <3.0  | 7   | -
quantified beats BLQ of a higher limit    | -5=10 3=<50 7=20       | 10       | 20    | 7   | 2
above the upper limit: kept               | -5=10 3=4000 7=>5000   | 10       | >5000 | 7   | 500
above the limit beats the number itself   | -5=10 3=5000 7=>5000   | 10       | >5000 | 7   | 500
a diluted number beats a lower limit      | -5=10 3=>5000 7=6000   | 10       | 6000  | 7   | 600
baseline above the upper limit            | -5=>5000 7=6000        | >5000    | 6000  | 7   | -
baseline 0                                | -5=0 7=300             | 0        | 300   | 7   | -
it may fall                               | -5=10 7=5              | 10       | 5     | 7   | 1/2
""")


def written(value: object) -> str:
    """A value as the table writes it."""
    return "-" if value is None else str(value)


@pytest.mark.parametrize("row", PEAKS, ids=lambda row: row["because"])
def test_peaks(row: dict[str, str]) -> None:
    found = cytokine_peak("IL-6", samples(row["samples"]))
    assert (written(found.baseline), written(found.peak)) == (row["baseline"], row["peak"])
    assert written(found.peak and found.peak.day) == row["day"]
    assert written(found.fold_change) == row["fold"]
    assert found.unit == "pg/mL" and found.because.endswith(".")


def test_a_number_below_the_limit_is_below_the_limit() -> None:
    found = cytokine_peak("IL-6", samples("-5=1.4 7=1.5", lloq="1.5"))
    assert (written(found.baseline), found.baseline_value, written(found.peak)) == ("<1.5", Decimal("0.75"), "1.5")
    assert found.fold_change == 2


def test_the_limit_a_result_prints_is_its_own() -> None:
    assert str(level("IL-6", samples("7=<3.0", lloq="1.5")[0])) == "<3.0"
    assert str(level("IL-6", samples("7=>5000", lloq="1.5")[0])) == ">5000"


def test_window_and_half_limit_are_parameters() -> None:
    config = CytokineConfig(window_days=30, baseline_blq_factor=Decimal(1))
    found = cytokine_peak("IL-6", samples("-5=<2 7=4 29=10"), config)
    assert (written(found.peak), found.fold_change) == ("10", Fraction(5))


UNITS = rows("""
analyte  | unit  | factor | reported
IL-2     | pg/mL | 1      | pg/mL
il 6     | ng/L  | 1      | pg/mL
IL8      | ng/mL | 1000   | pg/mL
IL-10    | fg/uL | 1      | pg/mL
IL-10    | fg/mL | 0.001  | pg/mL
IL-6     | mg/L  | 1000000 | pg/mL
CRP      | g/L   | 1000   | mg/L
TNF-α    | pg/ml | 1      | pg/mL
TNF-a    | µg/L  | 1000   | pg/mL
TNFalpha | μg/L  | 1000   | pg/mL
CRP      | mg/L  | 1      | mg/L
crp      | mg/dL | 10     | mg/L
CRP      | µg/mL | 1      | mg/L
CRP      | ng/mL | 0.001  | mg/L
Ferritin | ng/mL | 1      | ug/L
ferritin | mcg/L | 1      | ug/L
ferritin | ug/dL | 10     | ug/L
""")


@pytest.mark.parametrize("row", UNITS, ids=lambda row: f"{row['analyte']} {row['unit']}")
def test_units(row: dict[str, str]) -> None:
    assert factor_to_reported(row["analyte"], row["unit"]) == Decimal(row["factor"])
    assert reported_unit(row["analyte"]) == row["reported"]


def test_units_of_one_subject_may_differ() -> None:
    mixed = [*samples("-5=1.2", unit="mg/dL"), *samples("7=60", unit="mg/L"), *samples("8=5.9", unit="mg/dL")]
    found = cytokine_peak("CRP", mixed)
    assert (found.baseline_value, written(found.peak), found.fold_change) == (Decimal(12), "60", Fraction(5))


REFUSED = rows("""
analyte | result | unit  | says
IL-7    | 5      | pg/mL | one of IL-2
        | 5      | pg/mL | one of IL-2
IL-6    | 5      | IU/mL | mass per volume
IL-6    | 5      | pg    | mass per volume
IL-6    | 5      |       | mass per volume
IL-6    | five   | pg/mL | must be a number
IL-6    | -5     | pg/mL | must be a number
IL-6    | 1,5    | pg/mL | must be a number
IL-6    | >=5    | pg/mL | must be a number
IL-6    | <      | pg/mL | must be a number
IL-6    | <0     | pg/mL | above 0
IL-6    |        | pg/mL | must be a number
""")


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row['analyte']} {row['result']} {row['unit']}")
def test_what_cannot_be_read_is_refused(row: dict[str, str]) -> None:
    sample = CytokineSample(Decimal(7), True, row["result"], row["unit"])
    with pytest.raises(ValueError, match=row["says"]):
        cytokine_peak(row["analyte"], [sample])


def test_the_protocols_analytes_are_known() -> None:
    assert {plain_name(name) for name in ("IL-2", "IL-6", "IL-8", "IL-10", "TNF-α", "CRP", "ferritin")} == {
        "il2", "il6", "il8", "il10", "tnfa", "crp", "ferritin",
    }  # fmt: skip


results = st.decimals("0.1", "9000", places=1)


@given(st.lists(st.tuples(st.integers(0, 40), results), max_size=10), st.none() | results)
def test_properties_of_every_peak(after: list[tuple[int, Decimal]], before: Decimal | None) -> None:
    listed = [CytokineSample(Decimal(day), True, str(result), "pg/mL") for day, result in after]
    base = [] if before is None else [CytokineSample(Decimal(0), False, str(before), "pg/mL")]
    found: CytokinePeak = cytokine_peak("IL-6", [*listed, *base])
    inside = [(result, Decimal(-day)) for day, result in after if day <= 28]
    assert found.peak is None or (found.peak.number, -found.peak.day) == max(inside)
    assert (found.peak is None) == (not inside)
    if found.peak and before is not None:
        assert found.fold_change == Fraction(found.peak.number) / Fraction(before)
    thousandth = [CytokineSample(each.day, each.after_infusion, each.result, "ng/mL") for each in [*listed, *base]]
    assert cytokine_peak("IL-6", thousandth).fold_change == found.fold_change
