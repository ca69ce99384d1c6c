"""Response and kinetics rules exactly at their limits, their defaults, and what their sentences say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from efficacy.rules.cellular_kinetics import KineticsConfig, Sample, cellular_kinetics
from efficacy.rules.half_life import HalfLifeConfig, half_life
from efficacy.rules.missed_scans import ScanPlan, longest_gap
from efficacy.rules.observations import Baseline, TargetLesion, TimePoint
from efficacy.rules.recist_timepoint import assess_time_point
from efficacy.rules.response_rate import response_rate
from tests.rules.response_cases import day, findings


def sampled(text: str) -> list[Sample]:
    """Samples from "0=blq 7=100": day = concentration."""
    pairs = [word.split("=") for word in text.split()]
    return [Sample(Decimal(at), None if value == "blq" else Decimal(value)) for at, value in pairs]


@pytest.mark.parametrize(("samples", "because"), [
    ("0=blq 7=100 14=50 28=9 60=blq", "Quantifiable from day 7 to day 28; sampled to day 60."),
    ("0=blq 4=8 7=100 14=50",
     "Quantifiable from day 4 to day 14; last sample on day 14, before day 28: no area to that day."),
    ("0=blq 4=8 14=50 21=blq",
     "Quantifiable from day 4 to day 14; last sample on day 21, before day 28: no area to that day."),
])  # fmt: skip
def test_the_sentence_names_first_and_last_quantifiable_day(samples: str, because: str) -> None:
    assert cellular_kinetics(sampled(samples)).because == because


def test_only_the_first_sample_after_the_last_quantifiable_one_is_zero() -> None:
    """100 at day 14 falls in a straight line to 0 at day 21; the samples after it add nothing."""
    found = cellular_kinetics(sampled("0=100 14=100 21=blq 28=blq 35=blq"))
    assert (found.auc_last, found.auc_all) == (1400, 1750)


HALVING = [(Decimal(at), Decimal(value)) for at, value in ((0, 800), (1, 400), (2, 200))]


def test_a_perfect_line_over_exactly_two_half_lives_is_enough() -> None:
    exacting = HalfLifeConfig(minimum_r2=Decimal(1), minimum_span=Decimal(2))
    assert half_life(HALVING, exacting).value == pytest.approx(1)
    assert half_life(HALVING, HalfLifeConfig(minimum_span=Decimal("2.001"))).value is None
    bent = [*HALVING, (Decimal(3), Decimal(101))]
    found = half_life(bent, HalfLifeConfig(minimum_r2=Decimal(1), minimum_points=4))
    assert found.value is None and "is below 1" in found.because


def test_defaults_are_those_of_the_protocol_s_text() -> None:
    assert (HalfLifeConfig().minimum_points, HalfLifeConfig().minimum_r2) == (3, Decimal("0.8"))
    assert KineticsConfig().auc_last_day == 28
    assert longest_gap(28, ScanPlan(planned_days=(28, 56, 84))) == 56
    assert longest_gap(27, ScanPlan(planned_days=(28, 56, 84))) == 29


def test_a_lesion_is_no_node_and_a_scan_has_no_symptom_unless_stated() -> None:
    """9.5 mm is a normal node, and for any other lesion still disease."""
    lesion, node = TargetLesion("T1", Decimal(15)), TargetLesion("T1", Decimal(15), nodal=True)
    responses = [assess_time_point(Baseline((each,)), findings("9.5")).overall for each in (lesion, node)]
    assert responses == ["PR", "CR"]
    assert TimePoint(day(28), None).new_symptom is False


@pytest.mark.parametrize(
    ("level", "says"), [("0.95", "exact 95 % interval"), ("0.9", "exact 90 %"), ("0.999", "99.9 %")]
)
def test_the_sentence_names_the_confidence_level(level: str, says: str) -> None:
    assert says in response_rate(2, 9, Decimal(level)).because
