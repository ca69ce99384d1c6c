"""Best overall response: confirmation, the minimum duration of stable disease, the dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.best_overall_response import (
    ASSESSABLE,
    BestResponse,
    BorConfig,
    best_overall_response,
)
from efficacy.rules.confirmation import Assessed, is_confirmed
from efficacy.rules.response import ConfirmationConfig, Response
from tests.rules.response_cases import DAY_0, day
from tests.rules.tables import rows

NON = Response.NON_CR_NON_PD


def seen(text: str) -> list[Assessed]:
    """`PR28 NE56`: response and day; `NON` is NON-CR/NON-PD."""
    found = []
    for word in text.split():
        name = word.rstrip("0123456789")
        response = NON if name == "NON" else Response(name)
        found.append(Assessed(day(int(word.removeprefix(name))), response))
    return found


def best(text: str, min_sd: int = 42, required: bool = True, ne: int = 1, sd: int = 0) -> BestResponse:
    """The best response of assessments written briefly."""
    config = BorConfig(required, ConfirmationConfig(28, ne, sd), min_sd)
    return best_overall_response(DAY_0, seen(text), config=config)


# min: minimum days of SD; date of the best response, date at which the response starts; `-` none
CONFIRMED = rows("""
assessments              | min | best | date | start
                         | 42  | -    | -    | -
CR28 CR56                | 42  | CR   | 28   | 28
CR28 CR55                | 42  | SD   | 55   | -
CR28 NE56 CR84           | 42  | CR   | 28   | 28
CR28 NE40 NE56 CR84      | 42  | SD   | 84   | -
CR28 PR56 CR84           | 42  | PR   | 56   | 56
CR28 PR56                | 42  | SD   | 56   | -
CR28 PR56 PR84           | 42  | PR   | 56   | 56
CR28 SD56 CR84           | 42  | SD   | 56   | -
CR28 PD56                | 42  | PD   | 56   | -
CR28 PD56                | 28  | SD   | 28   | -
CR28 NE56                | 42  | NE   | 28   | -
CR28                     | 42  | NE   | 28   | -
CR56                     | 42  | SD   | 56   | -
PR28 PR56                | 42  | PR   | 28   | 28
PR28 CR56                | 42  | PR   | 28   | 28
PR28 CR56 CR84           | 42  | CR   | 56   | 28
PR28 CR42 CR80           | 42  | CR   | 42   | 28
PR28 CR42 PR70           | 42  | SD   | 42   | -
PR28 PR40 PR56           | 42  | PR   | 28   | 28
PR28 NE56 PR84           | 42  | PR   | 28   | 28
PR28 NE42 NE56 PR84      | 42  | SD   | 84   | -
PR28 NE42 NE56 CR84 CR112 | 42 | CR   | 84   | 84
PR28 SD56 PR84           | 42  | SD   | 56   | -
PR28 SD56 PR84 PR112     | 42  | PR   | 84   | 84
PR28 PD56                | 42  | PD   | 56   | -
PR28 PD56                | 28  | SD   | 28   | -
PR28 PR42 PD56           | 42  | SD   | 42   | -
PR28 NE56                | 42  | NE   | 28   | -
PR28 PD56 PR84 PR112     | 42  | PD   | 56   | -
SD28                     | 42  | NE   | 28   | -
SD28                     | 28  | SD   | 28   | -
SD28 PD56                | 42  | PD   | 56   | -
SD28 PD56                | 28  | SD   | 28   | -
SD42 PD56                | 42  | SD   | 42   | -
SD41 PD56                | 42  | PD   | 56   | -
SD28 NE56                | 42  | NE   | 28   | -
SD28 SD56                | 42  | SD   | 56   | -
NON56 PD84               | 42  | NON-CR/NON-PD | 56 | -
NON28                    | 42  | NE   | 28   | -
NON56 CR84 CR112         | 42  | CR   | 84   | 84
NE28                     | 42  | NE   | 28   | -
NE28 PD56                | 42  | PD   | 56   | -
PD28                     | 42  | PD   | 28   | -
PD28 CR56 CR84           | 42  | PD   | 28   | -
""")


@pytest.mark.parametrize("row", CONFIRMED, ids=lambda row: f"{row['assessments']} min {row['min']}")
def test_confirmed(row: dict[str, str]) -> None:
    result = best(row["assessments"], int(row["min"]))
    expected = [None if row[key] == "-" else day(int(row[key])) for key in ("date", "start")]
    assert str(result.response or "-") == row["best"], result.because
    assert [result.response_date, result.first_response_date] == expected
    assert result.responder == (row["start"] != "-")


UNCONFIRMED = rows("""
assessments     | best | date | start
CR28 PD56       | CR   | 28   | 28
PR28 PD56       | PR   | 28   | 28
PR28 CR56       | CR   | 56   | 28
SD28 PR56 PD84  | PR   | 56   | 56
SD28 PD56       | PD   | 56   | -
SD56 PD84       | SD   | 56   | -
PD28 CR56       | PD   | 28   | -
NE28 NON56      | NON-CR/NON-PD | 56 | -
""")


@pytest.mark.parametrize("row", UNCONFIRMED, ids=lambda row: row["assessments"])
def test_unconfirmed(row: dict[str, str]) -> None:
    result = best(row["assessments"], required=False)
    expected = [None if row[key] == "-" else day(int(row[key])) for key in ("date", "start")]
    assert str(result.response) == row["best"]
    assert [result.response_date, result.first_response_date] == expected


# Nine subjects, minimum 28 days of SD: as they are, and accepting two NE and one SD before the confirmation.
SUBJECTS = rows("""
infusion   | assessments                                                       | strict        | lenient
2020-01-01 | 2020-01-01 PR, 2020-02-01 CR, 2020-02-16 NE, 2020-03-01 CR, 2020-04-01 SD | CR     | CR
2019-12-12 | 2020-01-01 SD, 2020-02-01 PR, 2020-03-01 SD, 2020-03-13 CR        | SD            | PR
2019-11-11 | 2019-11-12 CR, 2019-12-02 CR, 2020-01-01 SD                       | SD            | SD
2019-12-30 | 2020-01-01 PR, 2020-03-01 SD, 2020-04-01 SD, 2020-05-01 PR, 2020-05-15 NON | SD    | SD
2020-01-01 | 2020-01-01 PR, 2020-01-10 SD, 2020-01-20 PR, 2020-05-15 NON       | NON-CR/NON-PD | NON-CR/NON-PD
2020-02-02 | 2020-02-06 PR, 2020-02-16 CR, 2020-03-30 PR, 2020-04-12 PD, 2020-05-01 CR, 2020-06-01 CR | SD | SD
2020-02-02 | 2020-02-06 PR, 2020-02-16 CR, 2020-04-01 NE                       | NE            | NE
2020-03-01 | 2020-03-16 CR, 2020-04-01 NE, 2020-04-16 NE, 2020-05-01 CR        | SD            | CR
""")


@pytest.mark.parametrize("row", SUBJECTS, ids=lambda row: row["assessments"])
def test_subjects_whose_answer_an_established_program_publishes(row: dict[str, str]) -> None:
    found = [pair.split() for pair in row["assessments"].split(",")]
    assessed = [Assessed(date.fromisoformat(at), NON if name == "NON" else Response(name)) for at, name in found]
    for column, between in (("strict", (1, 0)), ("lenient", (2, 1))):
        config = BorConfig(True, ConfirmationConfig(28, *between), 28)
        result = best_overall_response(date.fromisoformat(row["infusion"]), assessed, config=config)
        assert result.response == row[column]


def test_the_first_scan_of_this_trial_is_day_28() -> None:
    assert [best("SD28 PD56", 42).response, best("SD28", 42).response] == ["PD", "NE"]
    assert [best_overall_response(DAY_0, seen(text)).response for text in ("SD28 PD56", "SD28")] == ["SD", "SD"]


def test_a_new_therapy_ends_what_counts() -> None:
    assessed = seen("PR28 PR56")
    for start, response in ((55, "SD"), (56, "PR"), (27, None)):
        assert best_overall_response(DAY_0, assessed, new_therapy_date=day(start)).response == response


def test_a_partial_response_after_a_complete_one_is_flagged() -> None:
    assert best("CR28 PR56").flags == ("PR_AFTER_CR",)
    assert best("PR28 CR56 PR84").flags == ("PR_AFTER_CR",)
    assert best("PR28 CR56").flags == best("PR28").flags == ()


def test_impossible_assessments_are_refused() -> None:
    with pytest.raises(ValueError, match="two assessments have the date 2025-03-31"):
        best("PR28 CR28")
    with pytest.raises(ValueError, match="lies before 2025-03-03"):
        best_overall_response(DAY_0, [Assessed(day(-1), Response.SD)])


def test_the_sentence_says_why() -> None:
    assert best("PR28 CR56 CR84").because == (
        "Best is a confirmed CR, first on 2025-04-28; the response started with PR on 2025-03-31."
    )
    assert best("PR28", required=False).because == "Best is a PR, first on 2025-03-31."
    assert best("PR56").because == "Unconfirmed PR on 2025-04-28, at least 42 days after the infusion: SD."
    assert best("SD56").because == "SD on 2025-04-28, at least 42 days after the infusion: SD."
    assert best("NON56").because == "NON-CR/NON-PD on 2025-04-28, at least 42 days after the infusion."
    assert best("PD28").because == "PD on 2025-03-31; no response, and none stable for 42 days."
    assert best("NE20 PD28").because == "PD on 2025-03-31; no response, and none stable for 42 days."
    assert best("NE28").because == "Not evaluable: no response, and none stable for 42 days."
    assert best("").because == "No assessment."


def confirmed_by_definition(assessed: Sequence[Assessed], index: int, ne: int, sd: int) -> bool:
    """The definition, pair by pair, without the scan that the rule uses."""
    first = assessed[index]
    for last in range(index + 1, len(assessed)):
        between = [each.response for each in assessed[index + 1 : last]]
        after = [each.response for each in assessed[index + 1 : last + 1]]
        if (assessed[last].date - first.date).days < 28 or between.count(Response.NE) > ne:
            continue
        if first.response is Response.CR and assessed[last].response is Response.CR:
            if set(between) <= {Response.CR, Response.NE}:
                return True
        elif first.response is Response.PR and assessed[last].response in (Response.CR, Response.PR):
            allowed = {Response.CR, Response.PR, Response.NE, Response.SD}
            ordered = [each for each in after if each in (Response.CR, Response.PR)]
            partial_after_complete = any(
                a is Response.CR and b is Response.PR for i, a in enumerate(ordered) for b in ordered[i:]
            )
            if set(between) <= allowed and between.count(Response.SD) <= sd and not partial_after_complete:
                return True
    return False


@pytest.mark.parametrize(("ne", "sd"), [(0, 0), (1, 0), (2, 1)])
def test_confirmation_is_the_definition_for_every_short_course(ne: int, sd: int) -> None:
    config = ConfirmationConfig(28, ne, sd)
    for days, responses in product(((28, 56, 84, 112), (28, 40, 56, 70)), product(ASSESSABLE, repeat=4)):
        assessed = [Assessed(day(at), response) for at, response in zip(days, responses, strict=True)]
        for index in range(4):
            assert is_confirmed(assessed, index, config) == confirmed_by_definition(assessed, index, ne, sd)


courses = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(ASSESSABLE)), max_size=8, unique_by=lambda pair: pair[0]
)


@given(courses.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
def test_the_order_of_the_assessments_is_irrelevant(both: tuple[list[tuple[int, Response]], ...]) -> None:
    one, other = ([Assessed(day(at), response) for at, response in pairs] for pairs in both)
    assert best_overall_response(DAY_0, one) == best_overall_response(DAY_0, other)


@given(courses)
def test_confirmation_never_makes_a_response_better(pairs: list[tuple[int, Response]]) -> None:
    assessed = [Assessed(day(at), response) for at, response in pairs]
    strict, plain = (
        best_overall_response(DAY_0, assessed, config=BorConfig(confirmation_required=required))
        for required in (True, False)
    )
    if strict.response is not None and plain.response is not None:
        order = [*ASSESSABLE]
        assert order.index(plain.response) <= order.index(strict.response)
    assert not strict.responder or plain.responder


@given(courses, st.integers(0, 400))
def test_nothing_after_progression_counts(pairs: list[tuple[int, Response]], progression: int) -> None:
    before = [Assessed(day(at), response) for at, response in pairs if at < progression]
    after = [Assessed(day(at), response) for at, response in pairs if at > progression]
    worse = Assessed(day(progression), Response.PD)
    assert best_overall_response(DAY_0, [*before, worse, *after]) == best_overall_response(DAY_0, [*before, worse])
