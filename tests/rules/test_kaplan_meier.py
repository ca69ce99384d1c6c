"""Survival curves: published conventions, an independent program, and properties of every curve."""

from __future__ import annotations

import math
import time
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from efficacy.rules.kaplan_meier import AtTime, KaplanMeier, Quantile, kaplan_meier
from efficacy.rules.survival_curve import survival_curve
from tests.rules.survival_data import VETERAN_TEST, followed
from tests.rules.tables import rows

# `5+` = censored at 5. The quartiles of time, and the reverse Kaplan-Meier median of follow-up; - = not estimable.
QUARTILES = rows("""
because                                        | subjects      | q25  | median | q75 | followed
nobody                                         |               | -    | -      | -   | -
one event                                      | 5             | 5    | 5      | 5   | -
one censored                                   | 5+            | -    | -      | -   | 5
an event at the start                          | 0 0 4         | 0    | 0      | 4   | -
four events: every quartile is a stretch       | 1 2 3 4       | 1.5  | 2.5    | 3.5 | -
three events, no stretch                       | 1 2 3         | 1    | 2      | 3   | -
exactly one half until the next event          | 2 5.5 8 9+    | 3.75 | 6.75   | 8.5 | 9
a censoring inside the stretch does not end it | 2 5.5 6+ 8 8  | 5.5  | 8      | 8   | -
exactly one half to the end of follow-up       | 1 2 3+ 4+     | 1.5  | 3      | -   | 3.5
exactly one half, nobody followed longer       | 1 2 2+ 2+     | 1.5  | 2      | -   | 2
exactly one quarter to the end                 | 1 2 3 7+      | 1.5  | 2.5    | 5   | 7
never falls to three quarters                  | 1 2+ 3+ 4+ 5+ | -    | -      | -   | 3.5
falls past the level                           | 1 1 1 4+      | 1    | 1      | 2.5 | 4
tied event and censoring: at risk for both     | 3 3+ 4 5      | 3.5  | 4      | 5   | -
""")


def analysed(text: str, *, at: tuple[str, ...] = (), level: str = "0.95") -> KaplanMeier:
    """The analysis of subjects written "5 7+"."""
    times, events = followed(text)
    return kaplan_meier(times, events, eval_times=[Decimal(each) for each in at], conf_level=Decimal(level))


def shown(value: Decimal | None) -> str:
    """A time as the table writes it."""
    return "-" if value is None else f"{float(value):g}"


@pytest.mark.parametrize("row", QUARTILES, ids=lambda row: row["because"])
def test_quartiles_take_the_middle_of_a_level_stretch(row: dict[str, str]) -> None:
    found = analysed(row["subjects"])
    quartiles = (found.q25, found.median, found.q75)
    assert [shown(each.estimate) for each in quartiles] == [row["q25"], row["median"], row["q75"]]
    assert shown(found.reverse_km_median_followup) == row["followed"]
    assert (row["median"] == "-") == ("not estimable" in found.because)


def test_one_half_is_exact_where_binary_products_miss_it() -> None:
    """The factors 19/20, 18/19, … 10/11 multiply to one half; as binary numbers they need not."""
    found = analysed(" ".join(str(number) for number in range(1, 21)))
    assert found.median.estimate == Fraction(21, 2)
    # 29 subjects, of whom 15 have gone when one half would have to be hit: never exactly.
    assert analysed(" ".join(str(number) for number in range(1, 30))).median.estimate == 15


def test_veterans_on_test_chemotherapy() -> None:
    """R's package survival and SAS print 52.5, the middle of 52 and 53; programs without the convention print 52."""
    times, events = followed(VETERAN_TEST)
    assert (len(times), sum(events)) == (68, 64)
    found = kaplan_meier(times, events)
    assert found.median.estimate == Fraction(105, 2)
    independent = KaplanMeierFitter().fit([float(each) for each in times], events)
    assert independent.median_survival_time_ == 52
    assert found.median.lower is not None and found.median.upper is not None
    assert found.median.lower < Fraction(105, 2) < found.median.upper


def test_limits_end_where_the_curve_reaches_zero() -> None:
    found = analysed("1 2 3 4 5")
    assert found.median == Quantile(Decimal(3), Decimal(1), None)
    assert found.q75.upper is None
    last = found.steps[-1]
    assert (last.survival, last.std_err, last.lower, last.upper) == (0.0, None, None, None)
    # With a wide enough margin to zero both limits are reached.
    many = kaplan_meier([Decimal(day) for day in range(1, 101)], [1] * 100)
    assert many.median.lower is not None and many.median.upper is not None
    assert analysed("7").median == Quantile(Decimal(7), None, None)


def test_a_limit_of_the_band_at_a_level_counts_as_at_it() -> None:
    """At this confidence level the lower limit after the first of four events is one half, but for rounding.

    It stays there to the next event, so that the lower limit of the median is the middle of that stretch.
    """
    survival, error = 0.75, math.sqrt(1 / (4 * 3))
    z = math.log(math.log(0.5) / math.log(survival)) * -math.log(survival) / error
    level = Decimal(2 * NormalDist().cdf(z) - 1)
    found = kaplan_meier([Decimal(day) for day in (1, 2, 3, 4)], [1] * 4, conf_level=level)
    assert found.steps[0].lower == pytest.approx(0.5, abs=1e-14)
    assert found.median.lower == Decimal("1.5")


def test_survival_at_a_time() -> None:
    found = analysed("2 4 4+ 6+ 8", at=("0", "1.99", "2", "4", "5", "8", "9"))
    assert [(item.n_risk, item.survival) for item in found.at_times] == [
        (5, 1.0),
        (5, 1.0),
        (5, pytest.approx(0.8)),
        (4, pytest.approx(0.6)),
        (2, pytest.approx(0.6)),
        (1, 0.0),
        (0, 0.0),
    ]
    assert found.at_times[0] == AtTime(Decimal(0), 5, 1.0, 0.0, 1.0, 1.0)
    # Greenwood by hand: 0.6 · √(1/(5·4) + 1/(4·3)).
    assert found.at_times[3].std_err == pytest.approx(0.6 * math.sqrt(1 / 20 + 1 / 12))
    assert found.at_times[5] == AtTime(Decimal(8), 1, 0.0, None, None, None)


def test_beyond_the_last_censored_subject_nothing_is_known() -> None:
    found = analysed("2 4+", at=("4", "4.01"))
    assert found.at_times[0].survival == 0.5
    assert found.at_times[1] == AtTime(Decimal("4.01"), 0, None, None, None, None)
    assert analysed("", at=("1",)).at_times == (AtTime(Decimal(1), 0, None, None, None, None),)
    assert (analysed("").n, analysed("").events, analysed("").steps) == (0, 0, ())


def test_the_log_log_band_by_hand() -> None:
    """Three of four left: log S = log 0.75, standard error of log S √(1/(4·3)), z = 1.959964."""
    step = analysed("1 2+ 3+ 4+").steps[0]
    half_width = 1.959963984540054 * math.sqrt(1 / 12) / abs(math.log(0.75))
    assert step.lower == pytest.approx(math.exp(-math.exp(math.log(-math.log(0.75)) + half_width)))
    assert step.upper == pytest.approx(math.exp(-math.exp(math.log(-math.log(0.75)) - half_width)))
    wider = analysed("1 2+ 3+ 4+", level="0.99").steps[0]
    assert wider.lower is not None and step.lower is not None and wider.lower < step.lower


@pytest.mark.parametrize(
    ("times", "events", "level", "says"),
    [
        (["1"], [1, 0], "0.95", "2 events for 1 times"),
        (["-1"], [1], "0.95", "negative"),
        (["1"], [2], "0.95", "neither 0 nor 1"),
        (["1"], [1], "95", "between 0 and 1"),
        (["1"], [1], "0", "between 0 and 1"),
    ],
)
def test_impossible_data_are_refused(times: list[str], events: list[int], level: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        kaplan_meier([Decimal(each) for each in times], events, conf_level=Decimal(level))


def test_a_negative_time_of_interest_is_refused() -> None:
    with pytest.raises(ValueError, match="of interest"):
        analysed("1", at=("-1",))


subjects = st.lists(
    st.tuples(st.integers(0, 40).map(lambda number: Decimal(number) / 2), st.integers(0, 1)), min_size=1, max_size=30
)


@settings(max_examples=80, deadline=None)
@given(subjects, st.randoms())
def test_properties_of_every_curve(group: list[tuple[Decimal, int]], chance: object) -> None:
    times, events = [each[0] for each in group], [each[1] for each in group]
    found = kaplan_meier(times, events, eval_times=sorted(times))
    for before, after in pairwise(found.steps):
        assert before.time < after.time and before.n_risk > after.n_risk and before.survival >= after.survival
        assert after.n_risk == before.n_risk - before.n_event - before.n_censored
    assert sum(step.n_event for step in found.steps) == sum(events) == found.events
    for step in found.steps:
        assert 0 <= step.survival <= 1
        assert step.lower is None or step.upper is None or step.lower <= step.survival <= step.upper
    for quantile in (found.q25, found.median, found.q75):
        limits = [each for each in (quantile.lower, quantile.estimate, quantile.upper) if each is not None]
        assert limits == sorted(limits)
    reordered = sorted(group, key=lambda each: (each[1], -each[0]))
    assert kaplan_meier([t for t, _ in reordered], [e for _, e in reordered], eval_times=sorted(times)) == found


@settings(max_examples=60, deadline=None)
@given(subjects)
def test_survival_is_the_exact_product(group: list[tuple[Decimal, int]]) -> None:
    """Each factor from the definition: nobody's event and everybody at risk, counted anew."""
    curve = survival_curve([each[0] for each in group], [each[1] for each in group])
    for step in curve.steps:
        product = Fraction(1)
        for moment in {each[0] for each in group if each[0] <= step.time}:
            at_risk = sum(1 for each in group if each[0] >= moment)
            died = sum(1 for each in group if each == (moment, 1))
            product *= Fraction(at_risk - died, at_risk)
        assert Fraction(step.surviving, step.starting) == product
        assert step.compared(product) == 0 and step.compared(product + 1) == -1 and step.compared(product - 1) == 1


@settings(max_examples=40, deadline=None)
@given(subjects, st.sampled_from(["0.8", "0.95", "0.99"]))
def test_an_independent_program_draws_the_same_curve(group: list[tuple[Decimal, int]], level: str) -> None:
    """lifelines differs knowingly: no middle of a level stretch, and limits of 0 where survival is 0."""
    times, events = [float(each[0]) for each in group], [each[1] for each in group]
    independent = KaplanMeierFitter(alpha=1 - float(level)).fit(times, events)
    found = kaplan_meier([each[0] for each in group], events, conf_level=Decimal(level))
    band = independent.confidence_interval_
    for step in found.steps:
        at = float(step.time)
        assert step.survival == pytest.approx(float(independent.survival_function_.loc[at].iloc[0]), abs=1e-12)
        assert step.n_risk == independent.event_table.loc[at, "at_risk"]
        if step.lower is not None and step.upper is not None:
            assert step.lower == pytest.approx(float(band.loc[at].iloc[0]), abs=1e-9)
            assert step.upper == pytest.approx(float(band.loc[at].iloc[1]), abs=1e-9)
    if found.median.estimate is not None and all(step.compared(Fraction(1, 2)) for step in found.steps):
        assert float(found.median.estimate) == independent.median_survival_time_


def test_ten_thousand_subjects_take_seconds() -> None:
    started = time.process_time()
    found = kaplan_meier([Decimal(day) for day in range(10_000)], [day % 2 for day in range(10_000)])
    assert found.median.estimate is not None
    assert time.process_time() - started < 10
