"""Progression-free survival by iRECIST."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from efficacy.rules.ipfs import (
    ImmuneAssessment,
    ImmuneProgressionFree,
    ImmuneResponse,
    NoConfirmation,
    OpenBlock,
    contradictions,
    immune_progression_free,
)
from tests.rules.courses import START, on
from tests.rules.tables import rows

# Days count from the infusion on day 0; the duration is one more. `why` = reason without confirmation, `awaits` = a
# further scan is awaited.
CASES = rows("""
situation               | scans                           | why       | awaits | dead | event | days | because
nothing at all          |                                 |           |        |      | 0     | 1    | for want
only NE                 | 28=NE                           |           |        |      | 0     | 1    | for want
no progression          | 28=iSD 56=iPR 84=NE             |           |        |      | 0     | 57   | last evaluable
date of the iUPD        | 28=iSD 56=iUPD 84=iCPD          |           |        |      | 1     | 57   | confirmed by iCPD
several iUPD first      | 28=iUPD 56=iUPD 84=iCPD         |           |        |      | 1     | 29   | confirmed by iCPD
NE keeps the block open | 28=iUPD 56=NE 84=iCPD           |           |        |      | 1     | 29   | confirmed by iCPD
nothing after iCPD      | 28=iUPD 56=iCPD 84=iSD          |           |        |      | 1     | 29   | confirmed by iCPD
iSD takes it back       | 28=iUPD 56=iSD                  |           |        |      | 0     | 57   | last evaluable
second block            | 28=iUPD 56=iPR 84=iUPD 112=iCPD |           |        |      | 1     | 85   | confirmed by iCPD
iCR takes it back       | 28=iUPD 56=iCR                  | refusal   |        |      | 0     | 57   | last evaluable
no target lesions       | 28=iUPD 56=NON-iCR/NON-iUPD     |           | no     |      | 0     | 57   | last evaluable
not clinically stable   | 28=iSD 56=iUPD                  | unstable  |        |      | 1     | 57   | clinically stable
refused further scans   | 28=iSD 56=iUPD                  | refusal   | no     |      | 1     | 57   | (refusal)
missed further scans    | 28=iSD 56=iUPD 84=NE            | missed    |        |      | 1     | 57   | (non-compliance)
died                    | 28=iSD 56=iUPD                  | death     |        | 70   | 1     | 57   | (death)
died, reason not stated | 28=iSD 56=iUPD                  |           |        | 70   | 1     | 57   | (death)
later iUPD, stated      | 28=iUPD 56=iUPD                 | all later |        |      | 1     | 29   | all later scans
later iUPD, seen        | 28=iUPD 56=iUPD 84=NE           |           |        |      | 1     | 29   | all later scans
later iUPD, one awaited | 28=iUPD 56=iUPD                 |           | yes    |      | 0     | 57   | awaits
scan not due yet        | 28=iSD 56=iUPD                  |           | yes    |      | 0     | 57   | awaits
nothing stated          | 28=iSD 56=iUPD                  |           |        |      | 0     | 57   | awaits
no scan awaited         | 28=iSD 56=iUPD                  |           | no     |      | 1     | 57   | (no further scan)
death alone             | 28=iSD                          |           |        | 70   | 1     | 71   | death without
death after iSD         | 28=iUPD 56=iSD                  |           |        | 70   | 1     | 71   | death without
order does not matter   | 84=iCPD 28=iSD 56=iUPD          |           |        |      | 1     | 57   | confirmed by iCPD
""")
AWAITS = {"": None, "yes": True, "no": False}
REASONS = {
    "unstable": NoConfirmation.NOT_STABLE,
    "refusal": NoConfirmation.REFUSAL,
    "missed": NoConfirmation.NON_COMPLIANCE,
    "death": NoConfirmation.DEATH,
    "all later": NoConfirmation.ALL_LATER_UNCONFIRMED,
}


def assessments(text: str) -> list[ImmuneAssessment]:
    """Assessments from "28=iSD 56=iUPD"."""
    pairs = [word.split("=") for word in text.split()]
    return [ImmuneAssessment(on(day), ImmuneResponse(response)) for day, response in pairs]


def facts(row: dict[str, str]) -> tuple[date | None, OpenBlock]:
    """(death, what is known of the open block)."""
    block = OpenBlock(REASONS.get(row["why"]), AWAITS[row["awaits"]])
    return on(row["dead"]) if row["dead"] else None, block


def derived(row: dict[str, str], **options: Any) -> ImmuneProgressionFree:
    """The result of a row."""
    death, block = facts(row)
    assert not list(contradictions(START, assessments(row["scans"]), death, block))
    return immune_progression_free(START, assessments(row["scans"]), death=death, block=block, **options)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["situation"])
def test_ipfs(row: dict[str, str]) -> None:
    result = derived(row)
    assert (result.event, result.days) == (int(row["event"]), int(row["days"])), result.because
    assert result.date == on(result.days - 1)
    assert row["because"] in result.because


def test_the_analysis_may_count_a_pending_progression() -> None:
    pending = next(row for row in CASES if row["situation"] == "scan not due yet")
    counted = derived(pending, pending_counts=True, add_one_day=False)
    assert (counted.event, counted.days, counted.date) == (1, 56, on(56))
    without = next(row for row in CASES if row["situation"] == "no progression")
    assert derived(without, pending_counts=True).event == 0


WRONG = rows("""
scans                  | why     | awaits | dead | says
28=iSD                 |         |        | -1   | death_date: 2024-12-31 lies before start_date
-1=iSD                 |         |        |      | assessments[0].date: 2024-12-31 lies before
28=iSD                 |         |        | 27   | assessments[0].date: 2025-01-29 lies after death_date
28=iSD 28=iUPD         |         |        |      | assessments[1].date: 2025-01-29 is the date of an earlier entry
28=iSD 56=iCPD         |         |        |      | assessments: iCPD has no iUPD before it
28=iUPD 56=iSD 84=iCPD |         |        |      | assessments: iCPD has no iUPD before it
28=iUPD                |         | yes    | 40   | awaiting_next_scan: no scan is awaited after death
28=iUPD                | refusal | yes    |      | awaiting_next_scan: no scan is awaited after refusal
""")


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row["says"])
def test_facts_that_cannot_all_be_true_are_named(row: dict[str, str]) -> None:
    first = next(contradictions(START, assessments(row["scans"]), *facts(row)))
    assert f"{first.key}: {first.sentence}".startswith(row["says"])


def test_start_scan_and_death_may_fall_on_one_day() -> None:
    assert list(contradictions(START, assessments("0=iSD"), START)) == []
    assert list(contradictions(START, assessments("28=iSD 40=iUPD"), on(40))) == []


unconfirmed = st.lists(
    st.sampled_from([item for item in ImmuneResponse if item is not ImmuneResponse.ICPD]), max_size=8
)


@given(unconfirmed, st.booleans())
def test_a_confirmation_dates_back_to_the_first_of_its_block(responses: list[ImmuneResponse], confirmed: bool) -> None:
    listed = [ImmuneAssessment(on(28 * number), response) for number, response in enumerate(responses, start=1)]
    opened = next((item for item in listed if item.response is ImmuneResponse.IUPD), None)
    taken_back = any(item.response.startswith(("iS", "iP", "iCR", "NON")) for item in listed)
    if opened and not taken_back and confirmed:
        listed.append(ImmuneAssessment(on(1000), ImmuneResponse.ICPD))
        assert immune_progression_free(START, listed).date == opened.date
    awaiting = immune_progression_free(START, listed, block=OpenBlock(awaiting_next_scan=True))
    assert awaiting.event == int(bool(opened and not taken_back and confirmed))
