"""Body surface, weight change, QTcF, infection screen, pregnancy, ejection fraction: tables of the specification."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safety.rules.body_surface import body_surface
from safety.rules.ejection_fraction import accept_ejection_fraction
from safety.rules.infection_screen import AFTER, ALWAYS, EXCLUDES, screen_infections
from safety.rules.pregnancy import PregnancyAnswers, pregnancy_blocks
from safety.rules.qtcf import LIMITS_MS, qtcf, rises_too_much
from safety.rules.weight_change import weight_change
from tests.rules.tables import rows

SURFACES = rows("""
height | weight | area
170    | 65.5   | 1.76
180    | 80     | 2.00
160    | 50     | 1.49
100    | 36     | 1.00
190.5  | 102.3  | 2.33
""")


@pytest.mark.parametrize("row", SURFACES, ids=lambda row: f"{row['height']} {row['weight']}")
def test_body_surface(row: dict[str, str]) -> None:
    found = body_surface(height_cm=Decimal(row["height"]), weight_kg=Decimal(row["weight"]))
    assert found.area_m2 == Decimal(row["area"])
    assert row["area"] in found.because and row["weight"] in found.because


@given(st.integers(1000, 2500), st.integers(200, 3000))
@settings(max_examples=150)
def test_body_surface_is_the_square_root(tenths_of_cm: int, tenths_of_kg: int) -> None:
    found = body_surface(height_cm=Decimal(tenths_of_cm) / 10, weight_kg=Decimal(tenths_of_kg) / 10)
    assert float(found.area_m2) == pytest.approx(math.sqrt(tenths_of_cm * tenths_of_kg / 360000), abs=0.00501)


@pytest.mark.parametrize(("height", "weight"), [(0, 70), (170, 0), (-170, -70)])
def test_a_body_without_size_has_no_surface(height: int, weight: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        body_surface(height_cm=Decimal(height), weight_kg=Decimal(weight))


def test_body_surface_does_not_depend_on_the_precision_around_it() -> None:
    with localcontext() as context:
        context.prec = 3
        assert body_surface(height_cm=Decimal("170.5"), weight_kg=Decimal("65.5")).area_m2 == Decimal("1.76")


WEIGHTS = rows("""
before | now   | percent | warn
70.0   | 70.0  | 0.0     | no
70.0   | 63.0  | -10.0   | no
70.0   | 62.9  | -10.1   | yes
70.0   | 77.0  | 10.0    | no
70.0   | 77.1  | 10.1    | yes
66.6   | 73.26 | 10.0    | no
66.6   | 73.27 | 10.0    | yes
""")


@pytest.mark.parametrize("row", WEIGHTS, ids=lambda row: f"{row['before']} {row['now']}")
def test_weight_change(row: dict[str, str]) -> None:
    found = weight_change(now_kg=Decimal(row["now"]), before_kg=Decimal(row["before"]), limit_percent=Decimal(10))
    assert (str(found.percent), found.warn) == (row["percent"], row["warn"] == "yes")
    assert ("not more than" in found.because) is not found.warn


@pytest.mark.parametrize(("now", "before"), [(0, 70), (70, 0)])
def test_nobody_weighs_nothing(now: int, before: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        weight_change(now_kg=Decimal(now), before_kg=Decimal(before), limit_percent=Decimal(10))


TRACINGS = rows("""
qt  | rate | qtcf  | above
400 | 60   | 400.0 | -
450 | 60   | 450.0 | -
451 | 60   | 451.0 | 450
480 | 60   | 480.0 | 450
481 | 60   | 481.0 | 480
500 | 60   | 500.0 | 480
501 | 60   | 501.0 | 500
400 | 90   | 457.9 | 450
360 | 100  | 426.8 | -
500 | 50   | 470.5 | 450
""")


@pytest.mark.parametrize("row", TRACINGS, ids=lambda row: f"{row['qt']} at {row['rate']}")
def test_qtcf(row: dict[str, str]) -> None:
    found = qtcf(qt_ms=int(row["qt"]), heart_rate=int(row["rate"]))
    assert str(found.ms) == row["qtcf"]
    assert found.above == (None if row["above"] == "-" else int(row["above"]))
    assert row["qtcf"] in found.because


@given(st.integers(150, 900), st.integers(10, 300))
@settings(max_examples=300)
def test_qtcf_agrees_with_the_formula(qt: int, rate: int) -> None:
    exact = qt / (60 / rate) ** (1 / 3)
    found = qtcf(qt_ms=qt, heart_rate=rate)
    assert float(found.ms) == pytest.approx(exact, abs=0.0501)
    for limit in LIMITS_MS:
        if abs(exact - limit) > 1e-6:
            assert (found.above is not None and found.above >= limit) == (exact > limit)


@given(st.integers(150, 899), st.integers(10, 299))
@settings(max_examples=100)
def test_qtcf_grows_with_qt_and_rate(qt: int, rate: int) -> None:
    here = qtcf(qt_ms=qt, heart_rate=rate).ms
    assert qtcf(qt_ms=qt + 1, heart_rate=rate).ms >= here
    assert qtcf(qt_ms=qt, heart_rate=rate + 1).ms >= here


@pytest.mark.parametrize(
    ("qt", "rate", "base_qt", "base_rate", "rises"),
    [
        (460, 60, 400, 60, False),
        (461, 60, 400, 60, True),
        (400, 60, 460, 60, False),
        (400, 110, 400, 60, True),
        (477, 66, 385, 85, True),  # two millionths of a millisecond above 60
        (493, 97, 429, 106, True),  # one millionth
    ],
)
def test_a_rise_of_more_than_60_ms(qt: int, rate: int, base_qt: int, base_rate: int, rises: bool) -> None:
    assert rises_too_much(qt_ms=qt, heart_rate=rate, base_qt_ms=base_qt, base_heart_rate=base_rate) is rises


@pytest.mark.parametrize(
    ("qt", "says"), [(450, "not above 450 ms."), (451, "above 450 ms."), (481, "above 480 ms."), (501, "above 500 ms.")]
)
def test_the_sentence_names_the_limit(qt: int, says: str) -> None:
    assert qtcf(qt_ms=qt, heart_rate=60).because == f"QT {qt} ms at 60/min: {qt}.0 ms, {says}"


def test_the_smallest_numbers_above_0_are_accepted() -> None:
    assert qtcf(qt_ms=1, heart_rate=60).ms == 1
    assert qtcf(qt_ms=40, heart_rate=1).ms == Decimal("10.2")
    assert body_surface(height_cm=Decimal(1), weight_kg=Decimal(36)).area_m2 == Decimal("0.10")
    assert body_surface(height_cm=Decimal(36), weight_kg=Decimal(1)).area_m2 == Decimal("0.10")
    assert weight_change(now_kg=Decimal(2), before_kg=Decimal(1), limit_percent=Decimal(10)).percent == 100
    assert weight_change(now_kg=Decimal(1), before_kg=Decimal(2), limit_percent=Decimal(10)).percent == -50


@pytest.mark.parametrize(("qt", "rate"), [(0, 60), (400, 0), (-1, 60)])
def test_a_tracing_without_time_is_refused(qt: int, rate: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        qtcf(qt_ms=qt, heart_rate=rate)


# results that differ from "all negative"; P = positive, N = negative, I = indeterminate, - = not known
SEROLOGY = rows("""
results                  | met  | deciding             | because
                         | no   |                      | not met
hbsag=P                  | yes  | hbsag                | surface antigen positive
anti_hbc=P hbv_dna=N     | no   |                      | not met
anti_hbc=P hbv_dna=P     | yes  | hbv_dna              | hepatitis B DNA positive
anti_hbc=P hbv_dna=-     | open | hbv_dna              | not settled: hepatitis B DNA
anti_hbc=P hbv_dna=I     | open | hbv_dna              | not settled
anti_hbc=N hbv_dna=P     | no   |                      | not met
hcv_antibody=P hcv_rna=N | no   |                      | not met
hcv_antibody=P hcv_rna=P | yes  | hcv_rna              | hepatitis C RNA positive
hcv_antibody=P hcv_rna=- | open | hcv_rna              | not settled: hepatitis C RNA
hiv=P                    | yes  | hiv                  | HIV positive
syphilis=P               | yes  | syphilis             | syphilis positive
hiv=I                    | open | hiv                  | not settled: HIV
hiv=-                    | open | hiv                  | not settled: HIV
ebv_dna=P                | open | ebv_dna              | a physician judges
cmv_dna=P hiv=-          | open | cmv_dna hiv          | cytomegalovirus DNA detected
hbsag=P hiv=-            | yes  | hbsag                |
""")
LETTERS = {"P": "POSITIVE", "N": "NEGATIVE", "I": "INDETERMINATE", "-": None}


@pytest.mark.parametrize("row", SEROLOGY, ids=lambda row: row["results"] or "all negative")
def test_infection_screen(row: dict[str, str]) -> None:
    results: dict[str, str | None] = dict.fromkeys((*ALWAYS, *AFTER), "NEGATIVE")
    results |= {name: LETTERS[letter] for name, _, letter in (word.partition("=") for word in row["results"].split())}
    found = screen_infections(results)
    assert found.met is {"yes": True, "no": False, "open": None}[row["met"]]
    assert found.deciding == tuple(row["deciding"].split())
    assert row["because"] in found.because


def test_an_absent_result_is_not_a_negative_one() -> None:
    assert screen_infections({}).met is None


@given(st.dictionaries(st.sampled_from((*ALWAYS, *AFTER)), st.sampled_from(list(LETTERS.values()))))
@settings(max_examples=150)
def test_one_more_excluding_result_never_lets_anybody_in(results: dict[str, str | None]) -> None:
    for name in ("hbsag", "hiv", "syphilis"):
        assert name in EXCLUDES
        assert screen_infections(results | {name: "POSITIVE"}).met is True


PREGNANCY = rows("""
potential | done | result        | blocks
no        | -    | -             | no
yes       | yes  | POSITIVE      | yes
yes       | yes  | NEGATIVE      | no
yes       | yes  | INDETERMINATE | open
yes       | yes  | -             | open
yes       | no   | -             | open
yes       | -    | -             | open
-         | -    | -             | open
""")
ANSWER = {"yes": True, "no": False, "-": None}


@pytest.mark.parametrize("row", PREGNANCY, ids=lambda row: " ".join(row.values()))
def test_pregnancy(row: dict[str, str]) -> None:
    result = None if row["result"] == "-" else row["result"]
    found = pregnancy_blocks(PregnancyAnswers(ANSWER[row["potential"]], ANSWER[row["done"]], result))
    assert found.blocks is {"yes": True, "no": False, "open": None}[row["blocks"]], found.because
    assert ("No test was done" in found.because) is (row["potential"] != "no" and row["done"] == "no")


@pytest.mark.parametrize(("percent", "accepted"), [(49, False), (50, True), (51, True), (0, False), (100, True)])
def test_ejection_fraction(percent: int, accepted: bool) -> None:
    found = accept_ejection_fraction(percent, minimum_percent=50)
    assert found.accepted is accepted and f"LVEF {percent} %" in found.because


@pytest.mark.parametrize("percent", [-1, 101])
def test_an_impossible_ejection_fraction_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        accept_ejection_fraction(percent, minimum_percent=50)
