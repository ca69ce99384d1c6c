"""The way of a product, and the release of a lot."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosing.rules.product_chain import Fault, Kind, LedgerEntry, read_ledger
from dosing.rules.release_certificate import Approval, ReleaseStatus, TestState, judge_certificate
from dosing.rules.two_people import different_people
from tests.rules.tables import rows
from trial_edc.protocol.parameters import text
from trial_edc.protocol.release_specification import RELEASE_TESTS, release_test
from trial_edc.protocol.state_machines import PRODUCT

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WAY = ("COLLECTED", "SHIPPED_TO_MANUFACTURER", "RECEIVED", "IN_PROCESS", "QC_PENDING", "RELEASED", "SHIPPED_TO_SITE",
       "STORED", "THAWED", "INFUSED")  # fmt: skip


def step(number: int, milestone: str, *, hour: int | None = None, corrects: int | None = None, kind: str = "M") -> Any:
    kinds = {"M": Kind.MILESTONE, "C": Kind.CORRECTION, "W": Kind.WITHDRAWAL}
    moment = START + timedelta(hours=number if hour is None else hour)
    return LedgerEntry(number, kinds[kind], milestone, moment, corrects)


def way(length: int) -> list[LedgerEntry]:
    return [step(number, milestone) for number, milestone in enumerate(WAY[:length], start=1)]


@pytest.mark.req("R33")
@pytest.mark.parametrize(("source", "target"), list(itertools.product(PRODUCT.states, repeat=2)))
def test_every_edge_is_allowed_or_refused_as_the_table_says(source: str, target: str) -> None:
    reached = (PRODUCT.initial, *PRODUCT.path(PRODUCT.initial, source))
    entries = [step(number, milestone) for number, milestone in enumerate([*reached, target], start=1)]
    chain = read_ledger(entries)
    if target in PRODUCT.transitions[source]:
        assert chain.problem is None and chain.state == target
    else:
        assert chain.problem is not None
        assert (chain.problem.fault, chain.problem.entry.milestone) == (Fault.NOT_ALLOWED, target)
        assert chain.problem.allowed == PRODUCT.transitions[source]


def test_a_ledger_begins_with_the_collection() -> None:
    assert (read_ledger([]).state, read_ledger([]).may_follow) == (None, ("COLLECTED",))
    problem = read_ledger([step(1, "RECEIVED")]).problem
    assert problem is not None and (problem.fault, problem.allowed) == (Fault.NOT_THE_FIRST, ("COLLECTED",))


def test_time_runs_forward_and_may_stand_still() -> None:
    same = [step(1, "COLLECTED", hour=5), step(2, "SHIPPED_TO_MANUFACTURER", hour=5)]
    assert read_ledger(same).problem is None
    problem = read_ledger([*same, step(3, "RECEIVED", hour=4)]).problem
    assert problem is not None and problem.fault is Fault.TOO_EARLY and problem.previous == same[1]


# entries: number kind milestone, what it names; the chain that holds, or the fault
CORRECTIONS = rows("""
entries                                              | holds                             | fault
3 C RECEIVED of 3                                    |                                   | UNKNOWN_ENTRY
3 C SHIPPED_TO_MANUFACTURER of 2                     | COLLECTED SHIPPED_TO_MANUFACTURER |
3 C RECEIVED of 2                                    |                                   | NOT_ALLOWED
3 C COLLECTED of 1                                   |                                   | TOO_EARLY
3 W SHIPPED_TO_MANUFACTURER of 2                     | COLLECTED                         |
3 W COLLECTED of 2                                   |                                   | OTHER_MILESTONE
3 W COLLECTED of 1                                   |                                   | NOT_THE_FIRST
3 W SHIPPED_TO_MANUFACTURER of 2; 4 W SHIPPED_TO_MANUFACTURER of 2 |                     | SUPERSEDED_ENTRY
3 C SHIPPED_TO_MANUFACTURER of 2; 4 C SHIPPED_TO_MANUFACTURER of 2 |                     | SUPERSEDED_ENTRY
3 C SHIPPED_TO_MANUFACTURER of 2; 4 W SHIPPED_TO_MANUFACTURER of 3 | COLLECTED           |
3 W SHIPPED_TO_MANUFACTURER of 9                     |                                   | UNKNOWN_ENTRY
""")


@pytest.mark.parametrize("row", CORRECTIONS, ids=lambda row: row["entries"])
def test_corrections_and_withdrawals(row: dict[str, str]) -> None:
    entries = way(2)
    for written in row["entries"].split("; "):
        number, kind, milestone, _of, named = written.split()
        entries.append(step(int(number), milestone, kind=kind, corrects=int(named)))
    chain = read_ledger(entries)
    if row["fault"]:
        assert chain.problem is not None and chain.problem.fault == row["fault"]
    else:
        assert chain.problem is None and [one.milestone for one in chain.steps] == row["holds"].split()


def test_the_end_of_a_product_is_its_end() -> None:
    assert read_ledger(way(10)).may_follow == ()


# --- release


MET: dict[str, Any] = {
    "viable_car_cells_million": Decimal(120), "total_cells_million": Decimal(400), "car_percent": Decimal(35),
    "viability_percent": Decimal(90), "vector_copies": Decimal("1.2"), "cd4_percent": Decimal(45),
    "cd8_percent": Decimal(50), "sterility": "NEGATIVE", "mycoplasma": "NEGATIVE", "endotoxin": Decimal("0.5"),
    "replication_competent_virus": "NEGATIVE", "appearance": "CONFORMS",
}  # fmt: skip
APPROVAL = Approval("Li Na", "Chen Wei", date(2026, 3, 2), "No other treatment is left.")

RESULTS = rows("""
test                        | result           | state    | because
viable_car_cells_million    | 0                | REPORTED | Viable CAR+ cells: 0
total_cells_million         | -                | MISSING  | Total cells: no result
car_percent                 | 10               | MET      | limit ≥ 10 %
car_percent                 | 9.9              | FAILED   | CAR+ cells: 9.9 %
viability_percent           | 70.0             | MET      |
viability_percent           | 69.9             | FAILED   | limit ≥ 70 %
vector_copies               | 5                | MET      |
vector_copies               | 5.01             | FAILED   | limit ≤ 5 copies/cell
cd4_percent                 | 0                | REPORTED |
endotoxin                   | 5                | MET      |
endotoxin                   | 5.001            | FAILED   |
endotoxin                   | <5               | MET      | <5 EU/mL
endotoxin                   | <5.001           | MISSING  | proves nothing
viability_percent           | <80              | MISSING  | proves nothing
sterility                   | POSITIVE         | FAILED   | Sterility: POSITIVE
sterility                   | PENDING          | MISSING  | pending
sterility                   | -                | MISSING  | no result
mycoplasma                  | POSITIVE         | FAILED   |
replication_competent_virus | POSITIVE         | FAILED   |
appearance                  | DOES NOT CONFORM | FAILED   | limit CONFORMS
""")


def result_of(text: str) -> Any:
    if text == "-":
        return None
    return Decimal(text.removeprefix("<")) if text.removeprefix("<")[0].isdigit() else text


@pytest.mark.parametrize("row", RESULTS, ids=lambda row: f"{row['test']} {row['result']}")
def test_one_result_against_its_limit(row: dict[str, str]) -> None:
    below = {row["test"]} if row["result"].startswith("<") else set()
    verdict = judge_certificate(MET | {row["test"]: result_of(row["result"])}, below_detection=below)
    [judged] = [test for test in verdict.tests if test.name == row["test"]]
    assert judged.state == row["state"] and row["because"] in judged.because
    stopped = judged.state in (TestState.FAILED, TestState.MISSING)
    assert (verdict.status is ReleaseStatus.NOT_RELEASABLE) == stopped
    assert ((*verdict.failed, *verdict.missing) == (row["test"],)) == stopped


def test_an_empty_certificate_names_every_test() -> None:
    verdict = judge_certificate({})
    assert verdict.missing == tuple(test.name for test in RELEASE_TESTS) and verdict.failed == ()
    assert all(test.label in verdict.because for test in RELEASE_TESTS)


APPROVALS = rows("""
first | second   | on         | reason              | status
Li Na | Chen Wei | 2026-03-02 | No other treatment  | RELEASED OUT OF SPECIFICATION
Li Na | LI  NA   | 2026-03-02 | No other treatment  | NOT RELEASABLE
Li Na |          | 2026-03-02 | No other treatment  | NOT RELEASABLE
Li Na | Chen Wei |            | No other treatment  | NOT RELEASABLE
Li Na | Chen Wei | 2026-03-02 | urgent!!! --        | NOT RELEASABLE
Li Na | Chen Wei | 2026-03-02 | 9 signs..           | NOT RELEASABLE
Li Na | Chen Wei | 2026-03-02 | ab cd ef ghi        | NOT RELEASABLE
Li Na | Chen Wei | 2026-03-02 | ab cd ef ghij       | RELEASED OUT OF SPECIFICATION
""")


@pytest.mark.parametrize("row", APPROVALS, ids=lambda row: f"{row['first']} {row['second']} {row['reason']}")
def test_out_of_specification_needs_a_complete_approval(row: dict[str, str]) -> None:
    on = date.fromisoformat(row["on"]) if row["on"] else None
    approval = Approval(row["first"], row["second"], on, row["reason"])
    verdict = judge_certificate(MET | {"sterility": "PENDING", "car_percent": Decimal(5)}, approval=approval)
    assert verdict.status == row["status"]
    assert (verdict.failed, verdict.missing) == (("car_percent",), ("sterility",))


def test_an_approval_changes_nothing_about_a_lot_that_meets_its_specification() -> None:
    assert judge_certificate(MET, approval=APPROVAL).status is ReleaseStatus.RELEASED


def test_a_test_the_certificate_does_not_have() -> None:
    with pytest.raises(KeyError, match="no test gram"):
        release_test("gram")
    assert all(test.assumption for test in RELEASE_TESTS)


@settings(max_examples=100)
@given(st.sampled_from(sorted(MET)), st.sampled_from([None, "PENDING"]))
def test_taking_a_result_away_never_releases(name: str, nothing: str | None) -> None:
    assert judge_certificate(MET | {name: nothing}).status is ReleaseStatus.NOT_RELEASABLE


def test_two_people_are_two_whatever_the_width_of_letters() -> None:
    assert not different_people("Li Na", "Ｌｉ　Ｎａ")
    assert not different_people("", "")
    assert different_people("李娜", "陈伟")


def test_the_example_of_a_chain_of_identity_number_is_one() -> None:
    assert re.fullmatch(text("product.coi_pattern"), text("product.coi_example"))
