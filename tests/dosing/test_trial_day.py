"""What is counted from the infusion follows the days of the trial: one at 00:30 is of that day, and not of UTC's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dosing.models import Slot
from dosing.selectors.assessment import SubjectAssessment, assess_subjects, last_window_day
from dosing.selectors.board import board
from dosing.selectors.tiles import subject_tile
from dosing.selectors.trial import reservations
from dosing.services import reserve_slot
from dosing.services.forms import infused_at
from efficacy.selectors.samples import days_between, drawn_at
from enrollment.models import Subject
from safety.bedside.page import day_words, opening
from safety.bedside.sheet import Column
from safety.events.log import day_text, emergence, starts_of
from safety.models import AdverseEvent, GradeChange
from tests.dosing.builders import Trial
from tests.trial_days import APRIL_1, HALF_PAST, LAST_SECOND, MARCH_31, MIDNIGHT
from trial_edc.casebook import work
from trial_edc.casebook.work import Desk, Line

SetClock = Callable[[datetime], None]


@pytest.fixture
def on_day_28(trial: Trial, set_clock: SetClock) -> Subject:
    """A subject infused on 3 March at 10:00; it is the last second of Day 28."""
    set_clock(LAST_SECOND)
    subject = trial.infused(days=28)
    assert subject.infusion_date == date(2026, 3, 3)
    trial.compute()
    return subject


def judged(subject: Subject, moment: datetime) -> SubjectAssessment:
    (found,) = assess_subjects([subject.pk], moment=moment)
    return found


@pytest.mark.req("P12")
@pytest.mark.parametrize(
    ("moment", "is_open", "followed"),
    [(LAST_SECOND, True, 27), (MIDNIGHT, False, 28), (HALF_PAST, False, 28)],
    ids=["23:59:59", "00:00", "00:30"],
)
def test_the_window_is_open_to_the_last_second_of_day_28(
    on_day_28: Subject, moment: datetime, followed: int, *, is_open: bool
) -> None:
    found = judged(on_day_28, moment)
    assert (found.window_open, found.facts.days_followed) == (is_open, followed)
    assert found.closes_at == MIDNIGHT and last_window_day(MIDNIGHT) == MARCH_31


def open_windows(trial: Trial) -> list[Line]:
    wanted = work.find("dlt-windows")
    assert wanted is not None
    return list(wanted.found(Desk(trial.people.investigator)))


def test_list_tile_and_figure_name_the_same_last_day(trial: Trial, on_day_28: Subject, set_clock: SetClock) -> None:
    slot, output = Slot.objects.get(subject=on_day_28), judged(on_day_28, LAST_SECOND).output()
    tile = subject_tile(slot, output, MARCH_31 - timedelta(days=1))
    assert "Closes 31-Mar-2026" in {str(value) for value in vars(tile).values()}
    assert [line.due for line in open_windows(trial)] == [MARCH_31] == [board().figures.last_window_closes]
    set_clock(MIDNIGHT)
    assert open_windows(trial) == [] and board().figures.last_window_closes is None


def test_a_place_is_kept_to_the_end_of_its_last_day(trial: Trial, set_clock: SetClock) -> None:
    set_clock(LAST_SECOND - timedelta(days=28))
    row = reserve_slot(by=trial.people.coordinator, subject=trial.candidate(confirmed=False), level=1)
    assert row.last_day == MARCH_31
    found = []
    for moment in (LAST_SECOND, MIDNIGHT):
        set_clock(moment)
        found.append(len(reservations()))
    assert found == [1, 0]


# ---- an infusion at half past midnight on 1 April, which is 31 March in UTC

INFUSED = Subject(infused_at=HALF_PAST, lymphodepletion_date=date(2026, 3, 27))


def test_the_infusion_form_gives_the_moment_in_the_zone_of_the_trial() -> None:
    record: Any = SimpleNamespace(start_date=APRIL_1, start_time=time(0, 30), status="COMPLETE")
    assert infused_at(record) == HALF_PAST
    assert INFUSED.infusion_date == APRIL_1


#: Onset -> (study day, emergent under the cells, emergent under lymphodepletion).
ONSETS: dict[tuple[str, time | None], tuple[str, str, str]] = {
    ("2026-03-26", time(23, 59)): ("D-6", "no", "no"),
    ("2026-03-27", time(0, 0)): ("D-5", "no", "yes"),
    ("2026-03-31", None): ("D-1", "no", "yes"),
    ("2026-03-31", time(23, 59)): ("D-1", "no", "yes"),
    ("2026-04-01", None): ("D0", "maybe", "yes"),
    ("2026-04-01", time(0, 29)): ("D0", "no", "yes"),
    ("2026-04-01", time(0, 30)): ("D0", "yes", "yes"),
    ("2026-04-02", None): ("D1", "yes", "yes"),
    ("2026-04-29", time(23, 59)): ("D28", "yes", "yes"),
}


@pytest.mark.req("P13")
@pytest.mark.parametrize(("onset", "expected"), ONSETS.items(), ids=[f"{day} {clock}" for day, clock in ONSETS])
def test_an_event_of_the_day_of_the_infusion(onset: tuple[str, time | None], expected: tuple[str, str, str]) -> None:
    event = AdverseEvent(onset_date=onset[0], onset_time=onset[1])
    grades = [GradeChange(grade=2, start_date=onset[0], start_time=onset[1], position=1)]
    by_lymphodepletion, by_cells = emergence(event, grades, starts_of(INFUSED))
    assert (day_text(onset[0], INFUSED.infusion_date), by_cells.value, by_lymphodepletion.value) == expected


def test_the_bedside_sheet_opens_and_stands_at_the_time_of_the_site() -> None:
    sent = opening(INFUSED, HALF_PAST)
    assert (sent["VS-assessed_date"], sent["VS-assessed_time"]) == ("01-Apr-2026", "00:30")
    assert [Column(APRIL_1, clock).at for clock in (None, time(0, 30))] == [MIDNIGHT, HALF_PAST]
    assert [day_words(INFUSED, day) for day in (MARCH_31, APRIL_1)] == ["D-1", "D0"]


def test_a_sample_is_placed_by_the_time_of_the_site() -> None:
    def place(day: date, clock: time) -> str:
        drawn = drawn_at(SimpleNamespace(drawn_date=day, drawn_time=clock))
        assert drawn is not None
        return str(days_between(HALF_PAST, drawn))

    assert place(APRIL_1, time(0, 30)) == "0.000000"
    assert place(MARCH_31, time(12, 30)) == "-0.500000"
    assert place(APRIL_1, time(6, 30)) == "0.250000"
