"""Evaluability and the stagger between infusions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dosing.rules.evaluability import EvaluabilityConfig, Status, SubjectFacts, evaluate_subject
from dosing.rules.next_infusion import StaggerConfig, earliest_next_infusion
from tests.rules.tables import rows

# assigned dose 1000000 cells/kg; `done` = Day-28 assessment done
SUBJECTS = rows("""
facts                                 | given    | days | status           | replace | because
not infused                           | -        | -    | NOT_TREATED      | yes     | slot reopens
done                                  | 1000000  | 28   | EVALUABLE_NO_DLT | no      | 28 days
done                                  | 800000   | 30   | EVALUABLE_NO_DLT | no      |
done                                  | 1200000  | 30   | EVALUABLE_NO_DLT | no      |
done                                  | 799999.9 | 30   | NON_EVALUABLE    | yes     | 80 to 120 %
done                                  | 1200000.0000000001 | 30 | NON_EVALUABLE | yes  |
done                                  | 600000   | 30   | NON_EVALUABLE    | yes     | 60 %
                                      | 600000   | 10   | NON_EVALUABLE    | yes     |
                                      | 1000000  | 10   | PENDING          | no      | 10 of 28 days
done                                  | 1000000  | 27   | PENDING          | no      |
                                      | 1000000  | 28   | PENDING          | no      | assessment is not done
done                                  | -        | 28   | PENDING          | no      | not recorded
done                                  | 1000000  | -    | PENDING          | no      | unknown
done unresolved_event                 | 1000000  | 40   | PENDING          | no      | not decided
unresolved_event                      | 600000   | 40   | PENDING          | no      |
off_study_before_d28                  | 1000000  | 12   | NON_EVALUABLE    | yes     | left the study
off_study_before_d28 unresolved_event | 1000000  | 12   | PENDING          | no      |
dlt                                   | 1000000  | 12   | EVALUABLE_DLT    | no      |
dlt off_study_before_d28              | 1000000  | 12   | EVALUABLE_DLT    | no      |
dlt                                   | 600000   | 12   | EVALUABLE_DLT    | no      | provisional
dlt unresolved_event                  | -        | 12   | EVALUABLE_DLT    | no      |
""")


def subject(row: dict[str, str]) -> SubjectFacts:
    """Read one row."""
    values: dict[str, Any] = {"dose_assigned": Decimal(1_000_000)}
    if row["facts"] == "not infused":
        return SubjectFacts(infused=False, **values)
    words = {"done": "day28_assessment_done"}
    values |= {words.get(word, word): True for word in row["facts"].split()}
    values["dose_given"] = None if row["given"] == "-" else Decimal(row["given"])
    values["days_followed"] = None if row["days"] == "-" else int(row["days"])
    return SubjectFacts(infused=True, **values)


@pytest.mark.parametrize("row", SUBJECTS, ids=lambda row: f"{row['facts']} {row['given']} {row['days']}")
def test_evaluability(row: dict[str, str]) -> None:
    result = evaluate_subject(subject(row))
    assert (result.status, result.replace) == (row["status"], row["replace"] == "yes"), result.because
    assert row["because"] in result.because


def test_an_off_dose_subject_stays_at_risk_while_the_window_is_open() -> None:
    off_dose = SubjectFacts(True, dose_assigned=Decimal(10), dose_given=Decimal(6), days_followed=10)
    assert evaluate_subject(off_dose).at_risk
    assert not evaluate_subject(SubjectFacts(True, False, Decimal(10), Decimal(6), 28)).at_risk


def test_only_an_off_dose_dlt_is_provisional() -> None:
    assert evaluate_subject(SubjectFacts(True, True, Decimal(10), Decimal(6))).provisional
    assert not evaluate_subject(SubjectFacts(True, True, Decimal(10), Decimal(10))).provisional


def test_window_and_tolerance_are_parameters() -> None:
    facts = SubjectFacts(True, False, Decimal(10), Decimal("7.5"), 21, day28_assessment_done=True)
    assert evaluate_subject(facts, EvaluabilityConfig(21, 25)).status is Status.EVALUABLE_NO_DLT


@given(st.booleans(), st.booleans(), st.booleans(), st.integers(0, 60), st.decimals(1, 20, places=3))
def test_a_dlt_always_counts(done: bool, off: bool, unresolved: bool, days: int, dose: Decimal) -> None:
    facts = SubjectFacts(True, True, Decimal(10), dose, days, done, off, unresolved)
    result = evaluate_subject(facts)
    assert (result.status, result.replace) == (Status.EVALUABLE_DLT, False)


STAGGER = rows("""
prior                            | today      | earliest
                                 | 2025-03-10 | 2025-03-10
2025-03-03                       | 2025-03-10 | 2025-03-31
2025-03-03                       | 2025-03-31 | 2025-03-31
2025-03-03                       | 2025-04-20 | 2025-04-20
2025-03-03 2025-03-31            | 2025-03-31 | 2025-03-31
2025-03-31 2025-03-03            | 2025-04-02 | 2025-04-02
2025-03-03 2025-03-10            | 2025-03-12 | 2025-03-31
""")


@pytest.mark.parametrize("row", STAGGER, ids=lambda row: f"{row['prior']} {row['today']}")
def test_earliest_next_infusion(row: dict[str, str]) -> None:
    prior = [date.fromisoformat(text) for text in row["prior"].split()]
    result = earliest_next_infusion(prior, today=date.fromisoformat(row["today"]))
    assert result.earliest.isoformat() == row["earliest"], result.because


def test_later_subjects_may_be_staggered_too() -> None:
    prior = [date(2025, 3, 3), date(2025, 3, 31)]
    result = earliest_next_infusion(prior, today=date(2025, 4, 1), config=StaggerConfig(28, 7))
    assert result.earliest == date(2025, 4, 7)
    assert "latest infusion on 2025-03-31" in result.because


def test_an_infusion_in_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="after today"):
        earliest_next_infusion([date(2025, 3, 3)], today=date(2025, 3, 2))


@given(st.lists(st.integers(0, 100), max_size=6), st.integers(0, 50))
def test_never_before_today_and_order_is_irrelevant(days: list[int], more: int) -> None:
    start = date(2025, 1, 1)
    prior = [start + timedelta(days=day) for day in days]
    today = start + timedelta(days=max(days, default=0) + more)
    result = earliest_next_infusion(prior, today=today).earliest
    assert result >= today
    assert result == earliest_next_infusion(sorted(prior, reverse=True), today=today).earliest
