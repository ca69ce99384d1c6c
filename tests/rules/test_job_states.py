"""The states of a job, and how far its bar has come."""

from __future__ import annotations

import pytest

from reports.rules.job_states import Stage, percent, plan_of
from tests.rules.tables import rows
from trial_edc.casebook.jobs.states import ACTIVE, RETRIABLE, JobState, may_become

#: Rows: present state. Columns: wanted state.
CHANGES = rows("""
    from      | QUEUED | RUNNING | DONE | FAILED | CANCELLED
    QUEUED    | no     | yes     | no   | yes    | yes
    RUNNING   | no     | no      | yes  | yes    | yes
    DONE      | no     | no      | no   | no     | no
    FAILED    | yes    | no      | no   | no     | no
    CANCELLED | yes    | no      | no   | no     | no
""")


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row["from"])
def test_a_job_changes_as_the_table_says(row: dict[str, str]) -> None:
    assert {wanted.value for wanted in JobState if may_become(row["from"], wanted)} == {
        wanted for wanted, allowed in row.items() if allowed == "yes"
    }


def test_a_job_is_active_retriable_or_done() -> None:
    assert ACTIVE | RETRIABLE | {JobState.DONE} == set(JobState)
    assert not ACTIVE & RETRIABLE
    assert all(may_become(state, JobState.QUEUED) == (state in RETRIABLE) for state in JobState)
    assert all(may_become(state, JobState.CANCELLED) == (state in ACTIVE) for state in JobState)


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="LOST"):
        may_become("LOST", "QUEUED")
    with pytest.raises(ValueError, match="LOST"):
        may_become("QUEUED", "LOST")


PROGRESS = rows("""
    kind     | stage    | done | total | percent | because
    safety   | snapshot |    0 |     8 |  0      | it begins with the snapshot
    safety   | snapshot |    8 |     8 | 30      | a finished step stands where the next one begins
    safety   | tables   |    0 |     3 | 30      |
    safety   | tables   |    1 |     3 | 35      |
    safety   | listings |    0 |     1 | 45      |
    safety   | listings |    1 |     1 | 60      |
    safety   | pdf      |    0 |     1 | 60      |
    safety   | pdf      |    1 |     1 | 99      | 100 only when the file is stored
    efficacy | pdf      |    1 |     2 | 79      | every report has the same steps
    trail    | snapshot |    1 |     1 | 10      |
    trail    | rows     |    0 |     9 | 10      |
    trail    | rows     |    9 |     9 | 95      |
    trail    | file     |    0 |     1 | 95      |
    trail    | file     |    1 |     1 | 99      |
    trail    | rows     |    5 |     0 | 10      | nothing to do: the step has just begun
    trail    | rows     |   -1 |     9 | 10      | never backwards
    trail    | rows     |   10 |     9 | 95      | never beyond its step
""")


@pytest.mark.parametrize("row", PROGRESS, ids=lambda row: f"{row['kind']} {row['stage']} {row['done']}/{row['total']}")
def test_a_bar_stands_where_the_step_is(row: dict[str, str]) -> None:
    found = percent(row["kind"], Stage(row["stage"]), int(row["done"]), int(row["total"]))
    assert found == int(row["percent"]), row["because"]


@pytest.mark.parametrize("kind", ["safety", "trail"])
def test_a_bar_never_goes_back(kind: str) -> None:
    steps = [percent(kind, stage, done, 50) for stage in plan_of(kind) for done in range(51)]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, 99)
