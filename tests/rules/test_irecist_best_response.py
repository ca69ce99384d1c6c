"""Best overall response by iRECIST: the published examples, every expansion of them, and properties."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.irecist_best_response import ORDER, best_immune_response
from efficacy.rules.response import ImmuneResponse
from tests.rules.tables import rows

# Seymour 2017, Table 3: what each of five time points may be.
EXAMPLES = rows("""
1    | 2            | 3                | 4                     | 5                         | best
iCR  | iCR iPR iUPD NE | iCR iPR iUPD NE | iUPD                | iCPD                      | iCR
iUPD | iPR iSD NE   | iCR              | iCR iUPD NE           | iCR iPR iSD iUPD iCPD NE  | iCR
iUPD | iPR          | iPR iSD iUPD NE  | iPR iSD iUPD NE iCPD  | iPR iSD iUPD NE iCPD      | iPR
iUPD | iSD NE       | iPR              | iPR iSD iUPD NE       | iPR iSD iUPD iCPD NE      | iPR
iUPD | iSD          | iSD iUPD NE      | iSD iUPD iCPD NE      | iSD iUPD iCPD NE          | iSD
iUPD | iCPD         | any              | any                   | any                       | iCPD
iUPD | iUPD         | iCPD             | any                   | any                       | iCPD
iUPD | NE           | NE               | NE                    | NE                        | iUPD
""")


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['1']} {row['2']} {row['3']}")
def test_every_expansion_of_the_published_examples(row: dict[str, str]) -> None:
    columns = [
        list(ImmuneResponse) if row[str(number)] == "any" else list(map(ImmuneResponse, row[str(number)].split()))
        for number in range(1, 6)
    ]
    for responses in product(*columns):
        assert best_immune_response(responses) == row["best"], responses


def test_without_targets_and_without_anything() -> None:
    non = ImmuneResponse.NON_ICR_NON_IUPD
    assert best_immune_response([ImmuneResponse.IUPD, non, ImmuneResponse.ICPD]) is non
    assert best_immune_response([None, ImmuneResponse.NE, None]) is ImmuneResponse.NE
    assert best_immune_response([]) is best_immune_response([None]) is None


@given(st.lists(st.sampled_from(ImmuneResponse), min_size=1))
def test_it_is_the_best_up_to_confirmed_progression(responses: list[ImmuneResponse]) -> None:
    end = responses.index(ImmuneResponse.ICPD) + 1 if ImmuneResponse.ICPD in responses else len(responses)
    assert best_immune_response(responses) == min(responses[:end], key=ORDER.index)
