"""The best response by iRECIST when a response must be confirmed: cases as a table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.best_overall_response import BorConfig
from efficacy.rules.irecist_best_response import ORDER
from efficacy.rules.irecist_confirmed_response import ImmuneResponse, confirmed_immune_response

START = date(2025, 1, 1)
CASES = [
    # responses with their study days                              best               response starts on
    ("", None, None),
    ("28 iPR, 56 iPR", "iPR", 28),
    ("28 iPR, 55 iPR", "iSD", None),
    ("28 iPR, 56 iCR, 84 iCR", "iCR", 28),
    ("28 iPR, 56 iCR", "iPR", 28),
    ("28 iUPD, 56 iPR, 84 iPR", "iPR", 56),
    ("28 iPR, 56 iUPD, 84 iPR", "iSD", None),
    ("28 iPR, 56 NE, 84 iPR", "iPR", 28),
    ("28 iPR, 56 NE, 84 NE, 112 iPR", "iSD", None),
    ("28 iSD, 56 iUPD, 84 iCPD", "iSD", None),
    ("20 iSD, 56 iUPD, 84 iCPD", "iCPD", None),
    ("28 iUPD, 56 iUPD", "iUPD", None),
    ("28 iUPD, 56 iCPD, 84 iPR, 112 iPR", "iCPD", None),
    ("28 NON-iCR/NON-iUPD, 56 iUPD", "NON-iCR/NON-iUPD", None),
    ("28 NE", "NE", None),
    ("20 iSD", "NE", None),
]


def course(text: str) -> list[tuple[date, ImmuneResponse]]:
    parts = (part.split() for part in text.split(", ") if part)
    return [(START + timedelta(days=int(day)), ImmuneResponse(response)) for day, response in parts]


@pytest.mark.parametrize(("text", "best", "starts"), CASES, ids=[case[0] or "nothing" for case in CASES])
def test_cases(text: str, best: str | None, starts: int | None) -> None:
    found = confirmed_immune_response(START, course(text))
    assert found.response == best
    assert found.first_response_date == (None if starts is None else START + timedelta(days=starts))
    assert found.responder is (starts is not None) and found.because


# Days 28, 56 and 84 are 29 January, 26 February and 26 March.
SENTENCES = [
    (
        "28 iPR, 56 iCR, 84 iCR",
        "Best is a confirmed iCR of 2025-02-26; the response started on 2025-01-29.",
    ),
    ("28 iSD, 56 iSD", "iSD on 2025-01-29, at least 28 days after the infusion: iSD."),
    ("20 iPR, 28 iUPD, 56 iPR", "Unconfirmed iPR on 2025-02-26, at least 28 days after the infusion: iSD."),
    ("28 NON-iCR/NON-iUPD", "NON-iCR/NON-iUPD on 2025-01-29, at least 28 days after the infusion."),
    ("28 iUPD, 56 iCPD", "iCPD on 2025-02-26; no response, and none stable for 28 days."),
]


@pytest.mark.parametrize(("text", "because"), SENTENCES, ids=[case[0] for case in SENTENCES])
def test_the_sentence_names_response_and_day(text: str, because: str) -> None:
    assert confirmed_immune_response(START, course(text)).because == because


def test_new_therapy_ends_what_counts() -> None:
    seen = course("28 iPR, 56 iPR")
    assert confirmed_immune_response(START, seen, new_therapy_date=seen[1][0]).response == "iPR"
    assert confirmed_immune_response(START, seen, new_therapy_date=seen[1][0] - timedelta(days=1)).response == "iSD"


def test_without_confirmation_the_first_response_counts() -> None:
    found = confirmed_immune_response(START, course("28 iPR"), config=BorConfig(confirmation_required=False))
    assert (found.response, found.because.startswith("Best is a iPR")) == ("iPR", True)


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(ImmuneResponse)), max_size=8, unique_by=lambda pair: pair[0]
    )
)
def test_it_never_claims_more_than_was_seen(pairs: list[tuple[int, ImmuneResponse]]) -> None:
    seen = [(START + timedelta(days=day), response) for day, response in pairs]
    found = confirmed_immune_response(START, seen)
    assert found == confirmed_immune_response(START, list(reversed(seen)))
    if found.response is not None:
        best_seen = min(ORDER.index(response) for _day, response in seen)
        assert ORDER.index(found.response) >= best_seen
