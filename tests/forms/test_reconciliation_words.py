"""Each rule of reconciliation: the least that makes it speak, the nearest that keeps it silent, and what it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from enrollment.models import Subject
from enrollment.services import add_subject
from safety.laboratory_grades import grades_of, without_event
from safety.laboratory_work import _covered
from safety.models import HaematologyResult
from safety.proposals import line_of
from safety.reconciliation import Casefile, casefiles
from safety.rules.reconciliation import Assessment, DeathForm, Event, Kind, SeriousReport, Stay
from tests.casebook.entering import enter
from tests.forms.log_samples import DEATH as DEATH_FORM
from tests.forms.log_samples import FATAL, FATAL_GRADES, serious_event
from tests.people import People
from tests.rules.tables import rows

FIRST, LAST, NEXT = date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)
DEATH, HOSPITAL = frozenset({"DEATH"}), frozenset({"HOSPITALIZATION"})
CRS, ICANS = "Cytokine release syndrome", "Immune effector cell-associated neurotoxicity syndrome"


def event(kind: str = "", **values: Any) -> Event:
    """Return event 4 of the log, present from 28 to 29 February 2024."""
    known: dict[str, Any] = {"number": 4, "kind": kind, "serious": False, "fatal": False, "present": (FIRST, LAST)}
    return Event(**(known | values))


def file(events: Sequence[Event] = (), *, term: str = "Colitis", **more: Any) -> Casefile:
    return Casefile(list(events), {each.number: term for each in events}, dict.fromkeys((4, 5), "D3"), **more)


SERIOUS = event(serious=True, criteria=HOSPITAL)
KILLED = event(serious=True, fatal=True, criteria=DEATH, ended=(LAST, LAST))
TOLD, TOLD_DEATH = [SeriousReport(2, 4, HOSPITAL)], [SeriousReport(2, 4, DEATH)]


def graded(kind: str, *found: tuple[date, int]) -> list[Assessment]:
    return [Assessment(kind, day, grade) for day, grade in found]


@dataclass(frozen=True)
class Case:
    """One rule: `where` and `what` are the words of its line, `opens` the form, `filled` what stands in it."""

    kind: Kind
    speaks: Casefile
    silent: tuple[Casefile, ...]
    where: str
    what: str
    opens: str
    filled: tuple[tuple[str, str], ...] = ()


CASES = (
    Case(
        Kind.SERIOUS_WITHOUT_REPORT, file([SERIOUS]), (file([SERIOUS], reports=TOLD), file([event()])),
        "Adverse event 4", "Colitis is serious and not reported", "LOG/SAE/",
        (("event_number", "4"), ("serious_criteria", "HOSPITALIZATION")),
    ),
    Case(
        Kind.REPORT_WITHOUT_EVENT, file([event()], reports=TOLD), (file([SERIOUS], reports=TOLD),),
        "Serious-event report 2", "The event it reports is not in the log, or not serious", "LOG/SAE/2/",
    ),
    Case(
        Kind.CRITERIA_DIFFER, file([SERIOUS], reports=TOLD_DEATH),
        (file([SERIOUS], reports=[*TOLD_DEATH, SeriousReport(3, 4, HOSPITAL)]),),
        "Serious-event report 2", "The seriousness criteria are not those of the event", "LOG/SAE/2/",
    ),
    Case(
        Kind.FATAL_WITHOUT_DEATH, file([KILLED], reports=TOLD_DEATH),
        (file([KILLED], reports=TOLD_DEATH, death=DeathForm(LAST)),),
        "Adverse event 4", "Colitis was fatal; the form of the death is missing", "EOS/DTH/",
        (("cause", "ADVERSE EVENT"), ("cause_detail", "Colitis")),
    ),
    Case(
        Kind.DEATH_WITHOUT_FATAL, file(death=DeathForm(LAST)),
        (file(death=DeathForm(LAST, from_progression=True)), file([KILLED], reports=TOLD_DEATH, death=DeathForm(LAST))),
        "Adverse event, new", "The subject died; no event of the log is fatal", "LOG/AE/",
        (("outcome", "FATAL"), ("serious_criteria", "DEATH"), ("end_date", "29-Feb-2024")),
    ),
    Case(
        Kind.DEATH_ON_ANOTHER_DAY, file([KILLED], reports=TOLD_DEATH, death=DeathForm(NEXT)),
        (
            file([KILLED], reports=TOLD_DEATH, death=DeathForm(LAST)),
            file([event(serious=True, fatal=True, criteria=DEATH, ended=(LAST, NEXT))], reports=TOLD_DEATH,
                 death=DeathForm(NEXT)),
        ),
        "Adverse event 4", "Colitis was fatal and ends on another day than the death, 01-Mar-2024", "D3/AE/4/",
    ),
    Case(
        Kind.EVENT_AFTER_DEATH,
        file([event(present=(NEXT, date.max))], death=DeathForm(LAST, from_progression=True)),
        (file([event(present=(LAST, date.max))], death=DeathForm(LAST, from_progression=True)),
         file([event(present=(FIRST, date.max))], death=DeathForm(LAST, from_progression=True))),
        "Adverse event 4", "Colitis begins after the death, 29-Feb-2024", "D3/AE/4/",
    ),
    Case(
        Kind.RESCUE_WITHOUT_EVENT, file([event()], rescues=[7]),
        (file([event("CRS")], rescues=[7], assessments=graded("CRS", (FIRST, 1))),
         file([event("ICANS")], rescues=[7], assessments=graded("ICANS", (FIRST, 1))), file([event()])),
        "Medication 7", "Tocilizumab or a like drug was given; no CRS or ICANS is in the log", "LOG/AE/",
        (("term", CRS),),
    ),
    Case(
        Kind.ASSESSMENT_WITHOUT_EVENT,
        file([event("CRS")], term=CRS, assessments=graded("CRS", (LAST, 2), (NEXT, 2))),
        (file([event("CRS")], term=CRS, assessments=graded("CRS", (LAST, 2), (NEXT, 0))),
         file([event("CRS", present=(FIRST, NEXT))], term=CRS, assessments=graded("CRS", (LAST, 2), (NEXT, 2)))),
        "Adverse event, new", "CRS grade 2 on 01-Mar-2024; no such event is in the log", "LOG/AE/",
        (("term", CRS), ("onset_date", "01-Mar-2024"), ("AEG-0-grade", "2"), ("AEG-0-start_date", "01-Mar-2024")),
    ),
    Case(
        Kind.EVENT_WITHOUT_ASSESSMENT, file([event("ICANS")], term=ICANS, assessments=graded("ICANS", (LAST, 0))),
        (file([event("ICANS")], term=ICANS, assessments=graded("ICANS", (LAST, 1))),),
        "Adverse event 4", f"{ICANS}: no assessment with a grade while it was present", "D3/AE/4/",
    ),
    Case(
        Kind.STAY_NOT_SERIOUS, file([event()], stays=[Stay(3, 4)]),
        (file([SERIOUS], reports=TOLD, stays=[Stay(3, 4)]),),
        "Hospital stay 3", "In hospital for an event that is not serious because of that", "LOG/HOSP/3/",
    ),
)  # fmt: skip
every_case = pytest.mark.parametrize("case", CASES, ids=[case.kind.value for case in CASES])


def test_every_rule_is_in_the_table() -> None:
    assert [case.kind for case in CASES] == list(Kind)


@every_case
def test_a_rule_speaks_alone_and_names_record_and_event(case: Case) -> None:
    (finding,) = case.speaks.findings()
    line = line_of("01-007", case.speaks, finding)
    address = urlparse(line.url)
    assert finding.kind is case.kind
    assert (line.subject, str(line.where), str(line.what)) == ("01-007", case.where, case.what)
    assert address.path.removesuffix("new/") == f"/subjects/01-007/{case.opens}"
    sent = parse_qs(address.query)
    assert all(sent[name] == [value] for name, value in case.filled)


@every_case
def test_the_nearest_that_agrees_is_silent(case: Case) -> None:
    assert [agreed.findings() for agreed in case.silent] == [()] * len(case.silent)


# ---- a fatal event without an end is compared by its grade 5


@pytest.mark.parametrize(
    ("end", "died", "what"),
    [
        ("", "09-Mar-2026", []),
        ("", "10-Mar-2026", ["Colitis was fatal and ends on another day than the death, 10-Mar-2026"]),
        ("UN-Mar-2026", "10-Mar-2026", []),
    ],
)
def test_grade_5_dates_a_fatal_event_without_an_end(people: People, end: str, died: str, what: list[str]) -> None:
    subject = add_subject(by=people.coordinator, site=people.site)
    texts = FATAL | {"end_date": end, "serious": "true"}
    enter(people.coordinator, subject, "LOG", "AE", sequence=0, rows=FATAL_GRADES, **texts)
    enter(people.coordinator, subject, "EOS", "DTH", **(DEATH_FORM | {"death_date": died}))
    found = casefiles([subject.pk])[subject.pk]
    lines = [line_of(subject.identifier, found, finding) for finding in found.findings()]
    assert [str(line.what) for line in lines if "another day" in str(line.what)] == what


@pytest.mark.parametrize(("died", "what"), [("04-Mar-2026", ["Colitis begins after the death, 04-Mar-2026"]),
                                             ("05-Mar-2026", [])])  # fmt: skip
def test_a_death_entered_after_a_later_event_is_found(people: People, died: str, what: list[str]) -> None:
    """The event, not serious, was in the log first: saving it could refuse nothing."""
    subject = add_subject(by=people.coordinator, site=people.site)
    serious_event(people, subject, serious="false", serious_criteria=[])
    death = DEATH_FORM | {"death_date": died, "cause": "PROGRESSIVE DISEASE"}
    enter(people.coordinator, subject, "EOS", "DTH", **death)
    found = casefiles([subject.pk])[subject.pk]
    assert [str(line_of(subject.identifier, found, finding).what) for finding in found.findings()] == what


# ---- laboratory and event

#: Does an event from onset to end explain a severe result of 29 February 2024?
SPANS = rows("""
onset      | end        | explains | because
2024-02-29 |            | x        | it begins that day
2024-03-01 |            |          | it begins the day after
2024-02-01 | 2024-02-29 | x        | it ends that day
2024-02-01 | 2024-02-28 |          | it ended the day before
2024-02    |            | x        | it may have begun
2024-03    |            |          | it begins later, on whichever day
2024-01-05 | 2024-02    | x        | it may go on
2023-12-01 | 2024-01    |          | it is over, on whichever day
           |            | x        | nothing is known of its days
2024-01-05 |            | x        | it goes on
""")


@pytest.mark.parametrize("row", SPANS, ids=lambda row: row["because"])
def test_an_event_explains_a_result_of_its_days(row: dict[str, str]) -> None:
    assert _covered([(row["onset"], row["end"])], LAST) is bool(row["explains"])


@pytest.mark.parametrize(("value", "grade", "asks"), [("1.0", 2, False), ("0.99", 3, True), ("0.5", 3, True)])
def test_a_result_asks_for_an_event_from_grade_3(people: People, value: str, grade: int, *, asks: bool) -> None:
    subject: Subject = add_subject(by=people.coordinator, site=people.site)
    unit = {"unit": "10^9/L", "range_low": "1.8", "range_high": "6.3"}
    (found,) = grades_of([HaematologyResult(analyte="NEUT", value=value, **unit)], {})
    assert (found.term, found.grade) == ("Neutrophil count decreased", grade)
    assert [each.term for each in without_event(subject, [found], LAST)] == ([found.term] if asks else [])
