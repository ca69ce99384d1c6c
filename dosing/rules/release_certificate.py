"""May a lot be released? The results of the certificate against the specification.

Purpose: a lot is released when every test is there and meets its limit. A missing or failed one needs the approval of
two people with a reason, or the lot is not releasable.

Inputs: result of each test (number in the unit of the specification, word, or None), which numbers are only known to
lie below the value (detection limit), the specification, the approval (or None).

Algorithm
    1. No result, or a pending one: missing.
    2. A number meets its limits when it lies between them, both included. A number below a detection limit meets a
       maximum that is at or above that detection limit; with a lower maximum nothing is proven: missing.
    3. A word meets the specification when it is the accepted one.
    4. A test without a limit is reported: it must be there, and cannot fail.
    5. Nothing missing, nothing failed: RELEASED. Otherwise, with a complete approval, RELEASED OUT OF SPECIFICATION.
       Otherwise NOT RELEASABLE.
    6. An approval is complete with two different people, a date and a reason of at least ten letters or digits.

Source: protocol, product release; limits in `trial_edc.protocol.release_specification`, all assumptions.

>>> from trial_edc.protocol.release_specification import release_test
>>> results = {"viability_percent": Decimal("69.9"), "sterility": "NEGATIVE"}
>>> tests = (release_test("viability_percent"), release_test("sterility"))
>>> verdict = judge_certificate(results, specification=tests)
>>> verdict.status.value, verdict.failed, verdict.missing
('NOT RELEASABLE', ('viability_percent',), ())
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from dosing.rules.two_people import different_people
from trial_edc.protocol.release_specification import PENDING, RELEASE_TESTS, ReleaseTest

RULE = "release-certificate"
VERSION = "1.0.0"

Result = Decimal | str | None
#: Letters and digits that make a reason one.
REASON_LENGTH = 10


class TestState(StrEnum):
    """How one test stands."""

    MET = "MET"
    REPORTED = "REPORTED"
    FAILED = "FAILED"
    MISSING = "MISSING"

    __test__ = False  # the name begins like a test class


class ReleaseStatus(StrEnum):
    """What the results and the approval carry."""

    RELEASED = "RELEASED"
    RELEASED_OUT_OF_SPECIFICATION = "RELEASED OUT OF SPECIFICATION"
    NOT_RELEASABLE = "NOT RELEASABLE"


@dataclass(frozen=True)
class Approval:
    """The approval of a lot outside its specification."""

    first_person: str
    second_person: str
    approved_on: date | None
    reason: str

    @property
    def is_complete(self) -> bool:
        """Test for two different people, a date and a reason.

        >>> Approval("Li Na", "li na ", date(2026, 3, 2), "No other treatment is left").is_complete
        False
        """
        said = sum(letter.isalnum() for letter in self.reason)
        two = different_people(self.first_person, self.second_person)
        return two and self.approved_on is not None and said >= REASON_LENGTH


@dataclass(frozen=True)
class TestVerdict:
    """One test: its name, how it stands, and why."""

    __test__ = False  # the name begins like a test class

    name: str
    state: TestState
    because: str


@dataclass(frozen=True)
class ReleaseVerdict:
    """The answer; `failed` and `missing` name the tests in the order of the certificate."""

    status: ReleaseStatus
    tests: tuple[TestVerdict, ...]
    because: str

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(test.name for test in self.tests if test.state is TestState.FAILED)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(test.name for test in self.tests if test.state is TestState.MISSING)


def judge_certificate(
    results: Mapping[str, Result],
    *,
    below_detection: Set[str] = frozenset(),
    approval: Approval | None = None,
    specification: Sequence[ReleaseTest] = RELEASE_TESTS,
) -> ReleaseVerdict:
    """Judge a certificate by the algorithm above; a result the specification does not know is ignored."""
    tests = tuple(_judge(test, results.get(test.name), test.name in below_detection) for test in specification)
    open_tests = [test for test in tests if test.state in (TestState.FAILED, TestState.MISSING)]
    if not open_tests:
        return ReleaseVerdict(ReleaseStatus.RELEASED, tests, "Every test is there and meets its limit.")
    named = "; ".join(test.because for test in open_tests)
    if approval is not None and approval.is_complete:
        people = f"{approval.first_person} and {approval.second_person}"
        because = f"Approved out of specification by {people}. {named}."
        return ReleaseVerdict(ReleaseStatus.RELEASED_OUT_OF_SPECIFICATION, tests, because)
    return ReleaseVerdict(ReleaseStatus.NOT_RELEASABLE, tests, f"Not releasable. {named}.")


def _judge(test: ReleaseTest, result: Result, below: bool) -> TestVerdict:
    if result is None or result in ("", PENDING):
        words = "pending" if result == PENDING else "no result"
        return TestVerdict(test.name, TestState.MISSING, f"{test.label}: {words}")
    if not test.limit:
        return TestVerdict(test.name, TestState.REPORTED, f"{test.label}: {result} {test.unit}".strip())
    if isinstance(result, str):
        state = TestState.MET if result == test.accepted else TestState.FAILED
        return TestVerdict(test.name, state, f"{test.label}: {result}, limit {test.limit}")
    return TestVerdict(test.name, *_number(test, result, below))


def _number(test: ReleaseTest, result: Decimal, below: bool) -> tuple[TestState, str]:
    shown = f"{'<' if below else ''}{result} {test.unit}".strip()
    too_low = test.minimum is not None and result < test.minimum
    too_high = test.maximum is not None and result > test.maximum
    if below and (too_high or test.minimum is not None):
        # Somewhere below the detection limit: on which side of the specification is not known.
        return TestState.MISSING, f"{test.label}: {shown} proves nothing about the limit {test.limit}"
    state = TestState.FAILED if too_low or too_high else TestState.MET
    return state, f"{test.label}: {shown}, limit {test.limit}"
