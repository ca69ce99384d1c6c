"""Safety forms that should agree: one table per pair, and nothing said where they do."""

from __future__ import annotations

from datetime import date

import pytest

from safety.rules.reconciliation import (
    Assessment,
    DeathForm,
    Event,
    Finding,
    Kind,
    Logs,
    SeriousReport,
    Stay,
    discrepancies,
)

DAY = date(2026, 11, 5)
HOSPITAL = frozenset({"HOSPITALIZATION"})
DEATH = frozenset({"DEATH"})
ALWAYS = (date.min, date.max)


def event(number: int = 1, kind: str = "", **values: object) -> Event:
    defaults: dict[str, object] = {"serious": False, "fatal": False, "present": ALWAYS}
    return Event(number=number, kind=kind, **(defaults | values))  # type: ignore[arg-type]  # the values of a test


def kinds(logs: Logs, **parameters: bool) -> list[Kind]:
    return [finding.kind for finding in discrepancies(logs, **parameters)]


SERIOUS = event(serious=True, criteria=HOSPITAL)
FATAL = event(serious=True, fatal=True, criteria=DEATH, ended=(DAY, DAY))
REPORTED = SeriousReport(1, 1, HOSPITAL)
REPORTED_DEATH = SeriousReport(1, 1, DEATH)

PAIRS: list[tuple[str, Logs, list[Kind]]] = [
    ("nothing on file", Logs(), []),
    ("an event that is not serious", Logs([event()]), []),
    ("a serious event, reported", Logs([SERIOUS], [REPORTED]), []),
    ("a serious event, not reported", Logs([SERIOUS]), [Kind.SERIOUS_WITHOUT_REPORT]),
    ("a report on no event", Logs([], [REPORTED]), [Kind.REPORT_WITHOUT_EVENT]),
    ("a report without a number", Logs([], [SeriousReport(1, None)]), [Kind.REPORT_WITHOUT_EVENT]),
    ("a report on an event that is not serious", Logs([event()], [REPORTED]), [Kind.REPORT_WITHOUT_EVENT]),
    ("other criteria", Logs([SERIOUS], [SeriousReport(1, 1, DEATH)]), [Kind.CRITERIA_DIFFER]),
    ("the follow-up counts", Logs([SERIOUS], [SeriousReport(1, 1, DEATH), SeriousReport(2, 1, HOSPITAL)]), []),
    ("fatal and dead", Logs([FATAL], [REPORTED_DEATH], DeathForm(DAY)), []),
    ("fatal, no form of the death", Logs([FATAL], [REPORTED_DEATH]), [Kind.FATAL_WITHOUT_DEATH]),
    ("dead, no fatal event", Logs([event()], death=DeathForm(DAY)), [Kind.DEATH_WITHOUT_FATAL]),
    ("dead of progression", Logs([event()], death=DeathForm(DAY, from_progression=True)), []),
    ("another day", Logs([FATAL], [REPORTED_DEATH], DeathForm(date(2026, 11, 6))), [Kind.DEATH_ON_ANOTHER_DAY]),
    ("no date of death", Logs([FATAL], [REPORTED_DEATH], DeathForm(None)), []),
    (
        "a fatal event without end", Logs([event(serious=True, fatal=True, criteria=DEATH)], [REPORTED_DEATH],
                                          DeathForm(DAY)), [],
    ),
    (
        "an event after the death", Logs([event(present=(date(2026, 11, 6), date.max))],
                                         death=DeathForm(DAY, from_progression=True)), [Kind.EVENT_AFTER_DEATH],
    ),
    (
        "an event on the day of the death", Logs([event(present=(DAY, date.max))],
                                                 death=DeathForm(DAY, from_progression=True)), [],
    ),
    ("an event, no date of death", Logs([event(present=(DAY, DAY))], death=DeathForm(None, from_progression=True)), []),
    ("an event of unknown days, and a death",
     Logs([event(present=None)], death=DeathForm(DAY, from_progression=True)), []),
    ("tocilizumab without an event", Logs(rescues=(3, 4)), [Kind.RESCUE_WITHOUT_EVENT]),
    ("tocilizumab for another event", Logs([event()], rescues=(3,)), [Kind.RESCUE_WITHOUT_EVENT]),
    ("tocilizumab for CRS", Logs([event(kind="CRS")], assessments=[Assessment("CRS", DAY, 1)], rescues=(3,)), []),
    ("an assessment without an event", Logs(assessments=[Assessment("CRS", DAY, 1)]), [Kind.ASSESSMENT_WITHOUT_EVENT]),
    ("grade 0 asks for none", Logs(assessments=[Assessment("CRS", DAY, 0)]), []),
    (
        "ICANS is not CRS", Logs([event(kind="CRS")], assessments=[Assessment("ICANS", DAY, 1)]),
        [Kind.EVENT_WITHOUT_ASSESSMENT, Kind.ASSESSMENT_WITHOUT_EVENT],
    ),
    ("an event without an assessment", Logs([event(kind="ICANS")]), [Kind.EVENT_WITHOUT_ASSESSMENT]),
    ("an event of unknown days", Logs([event(kind="CRS", present=None)]), []),
    ("a stay for a serious event", Logs([SERIOUS], [REPORTED], stays=[Stay(1, 1)]), []),
    ("a stay for another event", Logs([event()], stays=[Stay(1, 1)]), [Kind.STAY_NOT_SERIOUS]),
    ("a stay for no event", Logs(stays=[Stay(1, 7), Stay(2, None)]), [Kind.STAY_NOT_SERIOUS, Kind.STAY_NOT_SERIOUS]),
    (
        "a stay, serious for another reason",
        Logs([event(serious=True, criteria=DEATH)], [REPORTED_DEATH], stays=[Stay(1, 1)]), [Kind.STAY_NOT_SERIOUS],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("logs", "expected"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_forms_that_agree_and_forms_that_do_not(logs: Logs, expected: list[Kind]) -> None:
    assert kinds(logs) == expected


def test_a_death_from_progression_may_need_an_event() -> None:
    logs = Logs(death=DeathForm(DAY, from_progression=True))
    assert kinds(logs, progression_death_is_event=True) == [Kind.DEATH_WITHOUT_FATAL]


def test_each_stretch_of_assessments_is_one_finding() -> None:
    days = (1, 2, 3, 9, 20, 21)
    logs = Logs(assessments=[Assessment("CRS", date(2026, 11, day), 2) for day in days])
    assert [finding.day for finding in discrepancies(logs)] == [date(2026, 11, 1), date(2026, 11, 20)]


@pytest.mark.parametrize(("gap", "findings"), [(6, 1), (7, 1), (8, 2)])
def test_a_week_without_assessment_ends_a_stretch(gap: int, findings: int) -> None:
    days = (date(2026, 11, 1), date(2026, 11, 1 + gap))
    assert len(discrepancies(Logs(assessments=[Assessment("CRS", day, 2) for day in days]))) == findings


@pytest.mark.parametrize("day", [1, 3, 5])
def test_first_and_last_day_belong_to_an_event(day: int) -> None:
    known = event(kind="CRS", present=(date(2026, 11, 1), date(2026, 11, 5)))
    assert kinds(Logs([known], assessments=[Assessment("CRS", date(2026, 11, day), 1)])) == []


@pytest.mark.parametrize(("day", "found"), [
    (4, [Kind.DEATH_ON_ANOTHER_DAY]), (5, []), (7, []), (9, []), (10, [Kind.DEATH_ON_ANOTHER_DAY]),
])  # fmt: skip
def test_a_death_lies_within_the_days_on_which_its_event_may_have_ended(day: int, found: list[Kind]) -> None:
    ended = (date(2026, 11, 5), date(2026, 11, 9))
    fatal = event(serious=True, fatal=True, criteria=DEATH, ended=ended)
    assert kinds(Logs([fatal], [REPORTED_DEATH], DeathForm(date(2026, 11, day)))) == found


def test_an_assessment_outside_every_event_is_found() -> None:
    known = event(kind="CRS", present=(date(2026, 11, 1), date(2026, 11, 5)))
    graded = [Assessment("CRS", date(2026, 11, day), 1) for day in (5, 6)]
    found = discrepancies(Logs([known], assessments=graded))
    assert found == (Finding(Kind.ASSESSMENT_WITHOUT_EVENT, None, "CRS", date(2026, 11, 6), 1),)


def test_the_findings_name_the_record_they_stand_at() -> None:
    logs = Logs([SERIOUS, event(2, serious=True)], [SeriousReport(4, 9)], rescues=(7,))
    assert [(finding.kind, finding.number) for finding in discrepancies(logs)] == [
        (Kind.SERIOUS_WITHOUT_REPORT, 1),
        (Kind.SERIOUS_WITHOUT_REPORT, 2),
        (Kind.REPORT_WITHOUT_EVENT, 4),
        (Kind.RESCUE_WITHOUT_EVENT, 7),
    ]
