"""The schedule of assessments: windows, forms and the matrix."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trial_edc.protocol.forms import FORMS, LOG_FORMS, form
from trial_edc.protocol.parameters import boolean, values
from trial_edc.protocol.visits.matrix import COLUMNS, EXPECTED_RECORDS, MATRIX, NOTES, SAMPLE_DAYS, Mark
from trial_edc.protocol.visits.model import Anchor, Anchors, Group
from trial_edc.protocol.visits.schedule import (
    GROUPS,
    SCHEDULE,
    expected_records,
    forms_for,
    order_of,
    visit,
    visits_in,
    window,
)
from trial_edc.protocol.visits.unscheduled import code_of, is_unscheduled, next_code
from trial_edc.protocol.windows import dlt_window_closes_at

CONSENT = date(2026, 1, 5)
ANCHORS = Anchors(
    consent=CONSENT,
    eligibility_confirmed=date(2026, 1, 20),
    leukapheresis=date(2026, 1, 27),
    lymphodepletion=date(2026, 2, 24),
    infusion=date(2026, 3, 1),
    survival_start=date(2026, 11, 30),
)

WINDOWS = """
visit | target     | first      | last
SCR   | 2026-01-05 | 2026-01-05 | 2026-02-02
APH   | 2026-01-20 | 2026-01-20 | 2026-02-03
MFG   | 2026-02-24 | 2026-02-17 | 2026-02-24
BL    | 2026-02-23 | 2026-02-21 | 2026-02-23
LD1   | 2026-02-24 | 2026-02-24 | 2026-02-24
LD3   | 2026-02-26 | 2026-02-26 | 2026-02-26
PIG   | 2026-02-28 | 2026-02-27 | 2026-02-28
D0    | 2026-03-01 | 2026-03-01 | 2026-03-01
D14   | 2026-03-15 | 2026-03-15 | 2026-03-15
D17   | 2026-03-18 | 2026-03-17 | 2026-03-19
D21   | 2026-03-22 | 2026-03-20 | 2026-03-24
D28   | 2026-03-29 | 2026-03-29 | 2026-04-01
M2    | 2026-04-30 | 2026-04-23 | 2026-05-07
M3    | 2026-05-30 | 2026-05-23 | 2026-06-06
M6    | 2026-08-28 | 2026-08-14 | 2026-09-11
M9    | 2026-11-26 | 2026-11-12 | 2026-12-10
M12   | 2027-03-01 | 2027-02-15 | 2027-03-15
M18   | 2027-09-01 | 2027-08-02 | 2027-10-01
M36   | 2029-03-01 | 2029-01-30 | 2029-03-31
SURV  | 2027-02-28 | 2027-01-29 | 2027-03-30
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:]]


@pytest.mark.parametrize(("code", "target", "first", "last"), _rows(WINDOWS))
def test_windows(code: str, target: str, first: str, last: str) -> None:
    planned = window(visit(code), ANCHORS)
    assert planned is not None
    assert [str(planned.target), str(planned.first), str(planned.last)] == [target, first, last]
    assert not planned.provisional


def test_the_schedule_has_every_visit_once_and_in_protocol_order() -> None:
    daily = " ".join(f"D{day}" for day in range(1, 15))
    expected = (
        f"PRE SCR APH MFG BRG BL LD1 LD2 LD3 PIG D0 {daily} D17 D21 D28 M2 M3 M6 M9 M12 M18 M24 M30 M36 "
        "SURV UNS EOS LTFU LOG"
    )
    assert " ".join(planned.code for planned in SCHEDULE) == expected


def test_a_window_includes_both_ends_and_nothing_beyond() -> None:
    planned = window(visit("D28"), ANCHORS)
    assert planned is not None
    days = [date(2026, 3, 29) + timedelta(days=shift) for shift in range(-1, 5)]
    assert [planned.contains(day) for day in days] == [False, True, True, True, True, False]
    assert [planned.days_outside(day) for day in days] == [-1, 0, 0, 0, 0, 1]


def test_pre_screening_is_open_on_both_sides() -> None:
    planned = window(visit("PRE"), ANCHORS)
    assert planned is not None
    assert planned.contains(date(2000, 1, 1)) and planned.contains(date(2099, 1, 1))
    assert planned.days_outside(date(2000, 1, 1)) == 0


def test_the_infusion_is_forecast_from_lymphodepletion_until_it_is_known() -> None:
    forecast = window(visit("D0"), Anchors(lymphodepletion=date(2026, 2, 20)))
    assert forecast is not None and forecast.provisional and forecast.target == date(2026, 2, 25)
    known = window(visit("D0"), Anchors(lymphodepletion=date(2026, 2, 20), infusion=date(2026, 2, 27)))
    assert known is not None and not known.provisional and known.target == date(2026, 2, 27)


def test_nothing_is_planned_before_its_anchor_is_known() -> None:
    assert all(window(planned, Anchors()) is None for planned in SCHEDULE)
    assert window(visit("UNS"), ANCHORS) is None
    assert visit("UNS").anchor is Anchor.NONE and ANCHORS.on(Anchor.NONE) is None
    assert window(visit("D1"), Anchors(lymphodepletion=date(2026, 2, 20))) is None


def test_survival_contacts_come_every_three_months() -> None:
    contacts = [window(visit("SURV"), ANCHORS, occurrence=number) for number in (1, 2, 4)]
    assert [str(contact.target) for contact in contacts if contact] == ["2027-02-28", "2027-05-30", "2027-11-30"]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_windows_contain_their_target_and_move_with_the_anchor(infusion: date) -> None:
    for planned in SCHEDULE:
        if planned.anchor is Anchor.INFUSION:
            found = window(planned, Anchors(infusion=infusion))
            assert found is not None and found.contains(found.target)
            if planned.study_day is not None:
                assert found.target - infusion == timedelta(days=planned.study_day)


ANY_DAY = st.dates(date(1990, 1, 1), date(2090, 1, 1))
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Days from the infusion to first, target and last day of a visit.
Distances = tuple[int | None, int, int | None]


def _distances(code: str, anchor: date) -> Distances:
    found = window(visit(code), Anchors(**{name: anchor for name in ("consent", "lymphodepletion", "infusion")}))
    assert found is not None
    first, last = ((edge - anchor).days if edge is not None else None for edge in (found.first, found.last))
    return first, (found.target - anchor).days, last


COUNTED_IN_DAYS = [planned.code for planned in SCHEDULE if planned.timing and not planned.timing.offset_months
                   and planned.anchor in (Anchor.CONSENT, Anchor.LYMPHODEPLETION, Anchor.INFUSION)]  # fmt: skip


@given(ANY_DAY, ANY_DAY)
def test_a_window_is_the_same_number_of_days_away_whichever_day_it_is_counted_from(one: date, other: date) -> None:
    assert {"D0", "D1", "D14", "D17", "D21", "D28", "M2", "M12", "LD1", "SCR"} <= set(COUNTED_IN_DAYS)
    for code in COUNTED_IN_DAYS:
        assert _distances(code, one) == _distances(code, other), f"{code} was moved by the calendar"


@given(ANY_DAY, ANY_DAY)
def test_the_end_of_the_dlt_window_is_not_moved_by_the_calendar(one: date, other: date) -> None:
    closes = [dlt_window_closes_at(day, 28, SHANGHAI).date() - day for day in (one, other)]
    assert closes == [timedelta(days=29)] * 2


@pytest.mark.parametrize(
    ("infusion", "day_28"),
    [
        ("2026-01-20", "2026-02-17"),  # Spring Festival
        ("2026-09-03", "2026-10-01"),  # National Day
        ("2026-04-03", "2026-05-01"),  # Labour Day
        ("2026-12-04", "2027-01-01"),  # New Year
        ("2026-03-01", "2026-03-29"),  # a Sunday
    ],
)
def test_day_28_stays_on_a_public_holiday(infusion: str, day_28: str) -> None:
    found = window(visit("D28"), Anchors(infusion=date.fromisoformat(infusion)))
    assert found is not None and str(found.first) == str(found.target) == day_28
    assert not boolean("schedule.moves_for_holidays")


def test_unscheduled_visits_have_codes_of_their_own() -> None:
    assert [visit(code).label for code in ("UNS", "UNS2", "UNS99")] == [
        "Unscheduled visit", "Unscheduled visit 2", "Unscheduled visit 99",
    ]  # fmt: skip
    assert forms_for("UNS7") == forms_for("UNS") and window(visit("UNS7"), ANCHORS) is None
    assert visit("UNS7").code == "UNS7" and visit("UNS7").group is visit("UNS").group
    assert order_of("D28") < order_of("UNS") < order_of("UNS2") < order_of("UNS10") < order_of("EOS")
    for code in ("UNS1", "UNS0", "UNS02", "UNS100", "UNS-2", "uns2", "UNSX"):
        with pytest.raises(KeyError, match=code):
            visit(code)


def test_a_code_is_given_once_and_the_hundredth_not_at_all() -> None:
    assert [next_code(used) for used in ([], ["UNS"], ["UNS3", "D3"])] == ["UNS", "UNS2", "UNS4"]
    with pytest.raises(ValueError, match="100"):
        next_code(["UNS99"])
    with pytest.raises(ValueError, match="0"):
        code_of(0)
    assert [is_unscheduled(code) for code in ("UNS", "UNS12", "D3")] == [True, True, False]


def test_every_group_of_the_matrix_has_visits_and_every_visit_one_group() -> None:
    assert tuple(Group) == GROUPS
    members = [planned for group in GROUPS for planned in visits_in(group)]
    assert all(visits_in(group) for group in GROUPS)
    assert sorted(planned.code for planned in members) == sorted(planned.code for planned in SCHEDULE)


def test_every_form_of_the_inventory_is_in_the_matrix_and_nothing_else() -> None:
    assert [definition.oid for definition in FORMS] == list(MATRIX)
    assert [definition.code for definition in FORMS] == [f"F{number:02}" for number in range(1, 41)]
    assert all(any(mark is not Mark.NONE for mark in row.values()) for row in MATRIX.values())
    assert {form(definition.code) for definition in FORMS} == {form(definition.oid) for definition in FORMS}


def test_notes_counts_and_sample_days_point_at_forms_collected_there() -> None:
    for oid, column in [*NOTES, *EXPECTED_RECORDS]:
        assert MATRIX[oid][column] is not Mark.NONE
    assert set(SAMPLE_DAYS) <= set(MATRIX)
    assert all(planned.column is None or planned.column in COLUMNS for planned in SCHEDULE)


FORMS_OF_VISITS = """
visit | required                                              | optional
PRE   | IC CD70                                               |
SCR   | IC DM MH PT IE VS PE HEM CHEM COAG SER PREG ECG ECHO TL NTL | PKT IMM
BL    | IE VS PE HEM CHEM COAG ECG ECHO PROD REL ICANS CYT PKB IMM  | IC SER PREG PKT TL NTL
PIG   | IE VS PE HEM CHEM COAG PROD                           | ECG ECHO
D0    | VS PE HEM CHEM COAG ECG INF CRS ICANS CYT PKB         |
D1    | VS PE HEM CHEM COAG CRS ICANS CYT PKB                 | ECG ECHO PKT
D2    | VS PE HEM CHEM COAG CRS ICANS                         | ECG ECHO CYT PKT
D8    | VS PE CRS ICANS                                       | HEM CHEM COAG ECG ECHO CYT PKT
D17   | VS PE HEM CHEM COAG PKB                               | CRS ICANS CYT
D21   | VS PE HEM CHEM COAG CYT PKB                           | CRS ICANS
D28   | VS PE HEM CHEM COAG ECG ECHO CRS ICANS CYT PKB TL NTL NL RESP DLT | PKT IMM
M2    | VS PE HEM CHEM COAG PKB                               | ICANS PKT
M18   | VS PE HEM PKB IMM SURV                                | CHEM COAG TL NTL NL RESP DTH
SURV  | SURV                                                  | DTH
EOS   | PE EOS                                                | DTH SURV
LOG   |                                                       |
"""


@pytest.mark.parametrize(("code", "required", "optional"), _rows(FORMS_OF_VISITS))
def test_forms_of_a_visit(code: str, required: str, optional: str) -> None:
    assert forms_for(code) == (tuple(required.split()), tuple(optional.split()))


def test_running_logs_are_open_from_screening_to_the_end() -> None:
    assert visit("LOG").log_forms == LOG_FORMS == ("AE", "SAE", "CM", "TX", "HOSP", "DV")
    assert all("AE" in visit(code).log_forms for code in ("SCR", "LD2", "D5", "M36", "UNS", "EOS"))
    assert "AE" not in visit("PRE").log_forms


def test_expected_records() -> None:
    counts = {code: expected_records("VS", code) for code in ("D0", "D1", "D14", "D17", "UNS")}
    assert counts == {"D0": 7, "D1": 4, "D14": 4, "D17": 1, "UNS": 0}


def test_the_shown_parameters_agree_with_the_schedule() -> None:
    assert SAMPLE_DAYS["CYT"].days == values("schedule.cytokine_days")
    assert SAMPLE_DAYS["PKB"].days == values("schedule.kinetics_days")
    assert tuple(day for day in SAMPLE_DAYS["HEM"].days if day <= 14) == values("schedule.laboratory_days")
    assert expected_records("VS", "D0") == len(values("schedule.infusion_vital_sign_minutes"))


@pytest.mark.parametrize("name", ["D15", "d28", ""])
def test_an_unknown_visit_or_form_is_named_in_the_error(name: str) -> None:
    with pytest.raises(KeyError, match="no visit"):
        visit(name)
    with pytest.raises(KeyError, match="no form"):
        form(name)
