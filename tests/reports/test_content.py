"""Every number of the small study, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from reports.content.events import Cell, Row, RowKind, event_tables
from reports.content.exposure import Spread, exposure
from reports.content.facts import DltFacts, Group, SubjectFacts
from reports.content.listings import Duration, listings
from reports.content.safety import content_hash, safety_report
from tests.reports.sample import CRS, EVENTS, FACTS, IMMUNE, SKIN, SUBJECTS, event, many

TABLES = event_tables(FACTS)
CODES = ["DL1", "DL2", "DL3", "all", "not-infused"]


def cells(kind: RowKind, label: str, rows: tuple[Row, ...] = TABLES.rows) -> list[tuple[int, int]]:
    found = [row for row in rows if row.kind == kind and row.label == label]
    return [(cell.subjects, cell.events) for cell in found[0].cells]


def grades_below(kind: RowKind, label: str) -> dict[str, list[tuple[int, int]]]:
    """The grade rows that follow a row."""
    place = next(i for i, row in enumerate(TABLES.rows) if row.kind == kind and row.label == label)
    found: dict[str, list[tuple[int, int]]] = {}
    for row in TABLES.rows[place + 1 :]:
        if row.kind not in (RowKind.GRADE, RowKind.NO_GRADE):
            break
        found[row.label] = [(cell.subjects, cell.events) for cell in row.cells]
    return found


def test_columns_stand_for_the_infused_by_level_their_sum_and_the_enrolled_who_were_not() -> None:
    assert [(c.code, c.subjects) for c in TABLES.columns] == list(zip(CODES, [3, 2, 0, 5, 1], strict=True))


def test_any_event_and_its_maximum_grades() -> None:
    assert cells(RowKind.ANY, "") == [(2, 4), (2, 4), (0, 0), (4, 8), (1, 1)]
    assert grades_below(RowKind.ANY, "") == {
        "5": [(0, 0), (1, 1), (0, 0), (1, 1), (0, 0)],
        "4": [(1, 1), (1, 1), (0, 0), (2, 2), (0, 0)],
        "3": [(0, 1), (0, 0), (0, 0), (0, 1), (0, 0)],
        "2": [(0, 1), (0, 1), (0, 0), (0, 2), (0, 0)],
        "1": [(1, 1), (0, 1), (0, 0), (1, 2), (0, 0)],
        "": [(0, 0), (0, 0), (0, 0), (0, 0), (1, 1)],
    }


def test_a_term_counts_each_subject_once_at_the_highest_grade() -> None:
    neutrophils = "Neutrophil count decreased"
    assert cells(RowKind.TERM, neutrophils) == [(1, 2), (0, 0), (0, 0), (1, 2), (0, 0)]
    assert grades_below(RowKind.TERM, neutrophils) == {
        "4": [(1, 1), (0, 0), (0, 0), (1, 1), (0, 0)],
        "3": [(0, 1), (0, 0), (0, 0), (0, 1), (0, 0)],
    }
    assert cells(RowKind.SOC, IMMUNE) == cells(RowKind.TERM, CRS) == [(2, 2), (1, 1), (0, 0), (3, 3), (0, 0)]


def test_other_specify_is_shown_with_its_specification_and_capitals_do_not_split_it() -> None:
    more = event(
        "01-001", 9, f"{SKIN} - Other, specify", SKIN, 2, specify="APPLICATION SITE ITCHING", other_specify=True
    )
    tables = event_tables(replace(FACTS, events=(*EVENTS, more)))
    names = [row.label for row in tables.rows if row.kind == RowKind.TERM and "itching" in row.label.lower()]
    assert names == [f"{SKIN} - Other, specify: APPLICATION SITE ITCHING"]
    assert cells(RowKind.TERM, names[0], tables.rows)[3] == (2, 2)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("any", [(2, 4), (2, 4), (0, 0), (4, 8), (1, 1)]),
        ("grade-3-or-higher", [(1, 2), (2, 2), (0, 0), (3, 4), (0, 0)]),
        ("grade-4-or-5", [(1, 1), (2, 2), (0, 0), (3, 3), (0, 0)]),
        ("serious", [(0, 0), (2, 2), (0, 0), (2, 2), (0, 0)]),
        ("related", [(2, 3), (1, 2), (0, 0), (3, 5), (0, 0)]),
        ("related-grade-3-or-higher", [(1, 1), (1, 1), (0, 0), (2, 2), (0, 0)]),
        ("fatal", [(0, 0), (1, 1), (0, 0), (1, 1), (0, 0)]),
        ("dlt", [(0, 0), (1, 1), (0, 0), (1, 1), (0, 0)]),
    ],
)
def test_overview(line: str, wanted: list[tuple[int, int]]) -> None:
    assert cells(RowKind.OVERVIEW, line, TABLES.overview) == wanted


def test_an_adjudication_wins_over_the_computed_verdict_in_the_overview() -> None:
    judged = tuple(replace(d, adjudicated="NO") if d.event == "01-004/1" else d for d in FACTS.dlts)
    tables = event_tables(replace(FACTS, dlts=judged))
    assert cells(RowKind.OVERVIEW, "dlt", tables.overview)[3] == (0, 0)


def test_events_of_someone_never_enrolled_and_of_an_infused_subject_without_level_are_not_lost() -> None:
    nobody = SubjectFacts("01-008", None, True, SUBJECTS[0].infusion_date)
    more = (event("01-007", 1, "Nausea", "Gastrointestinal disorders", 1), event("01-008", 1, CRS, IMMUNE, 1))
    tables = event_tables(replace(FACTS, subjects=(*SUBJECTS, nobody), events=(*EVENTS, *more)))
    codes = [column.code for column in tables.columns]
    assert codes == ["DL1", "DL2", "DL3", Group.NO_LEVEL, Group.ALL, Group.NOT_INFUSED, Group.NOT_ENROLLED]
    any_event = tables.rows[0].cells
    assert any_event[codes.index(Group.NO_LEVEL)] == any_event[codes.index(Group.NOT_ENROLLED)] == Cell(1, 1)
    assert any_event[codes.index(Group.ALL)] == Cell(5, 9)
    outside = [codes.index(code) for code in (Group.ALL, Group.NOT_INFUSED, Group.NOT_ENROLLED)]
    assert sum(any_event[place].events for place in outside) == len(EVENTS) + len(more)


def test_the_grades_of_every_row_add_up_to_it() -> None:
    for tables in (TABLES, event_tables(many(60))):
        above: Row | None = None
        sums: list[tuple[int, int]] = []
        for row in (*tables.rows, Row(RowKind.SOC, "end", ())):
            if row.kind in (RowKind.GRADE, RowKind.NO_GRADE):
                sums = [(s + c.subjects, e + c.events) for (s, e), c in zip(sums, row.cells, strict=True)]
                continue
            if above is not None and above.kind in (RowKind.ANY, RowKind.TERM):
                assert sums == [(c.subjects, c.events) for c in above.cells], above.label
            above, sums = row, [(0, 0)] * len(row.cells)


def test_exposure() -> None:
    columns = {column.code: column for column in exposure(FACTS)}
    assert [(c, columns[c].enrolled, columns[c].infused) for c in columns] == [
        ("DL1", 3, 3), ("DL2", 3, 2), ("DL3", 0, 0), ("all", 6, 5)
    ]  # fmt: skip
    # 60/60, 66.5/70 and 50.5/50 of the plan at DL1; 171/180 and 200/200 at DL2
    assert columns["DL1"].percent_of_plan == Spread(3, Decimal("100.0"), Decimal("95.0"), Decimal("101.0"))
    assert columns["DL2"].percent_of_plan == Spread(2, Decimal("97.5"), Decimal("95.0"), Decimal("100.0"))
    # 1 Jun to 22 Nov is 174 days; 1 Jul to leaving on 1 Aug 31; 8 Jul to 22 Nov 137; death after 20 days
    assert columns["DL1"].follow_up_days == Spread(3, Decimal("137.0"), Decimal("31.0"), Decimal("174.0"))
    assert columns["DL2"].follow_up_days == Spread(2, Decimal("51.0"), Decimal("20.0"), Decimal("82.0"))
    assert columns["DL3"].follow_up_days == Spread(0)
    assert (columns["all"].died, columns["all"].off_study) == (1, 1)


def test_crs_and_icans_lines() -> None:
    lines = listings(FACTS).syndromes
    assert [(x.subject, x.syndrome, x.onset_day, x.duration, x.grade) for x in lines] == [
        ("01-001", "CRS", 3, Duration(6), 2),
        ("01-002", "CRS", 2, Duration(3), 1),
        ("01-004", "CRS", 2, Duration(18), 4),
        ("01-004", "ICANS", 5, Duration(78, ongoing=True), 2),
    ]
    # the assessment of 01-002 was made after the event had ended: its tocilizumab belongs to no event
    assert [(x.tocilizumab, x.corticosteroid) for x in lines] == [
        (True, False), (False, False), (True, True), (False, True)
    ]  # fmt: skip
    assessed = [(x.subject, x.syndrome, x.assessments, x.highest_computed) for x in listings(FACTS).assessments]
    assert assessed == [
        ("01-001", "CRS", 2, 2),
        ("01-002", "CRS", 1, 0),
        ("01-004", "CRS", 1, 4),
        ("01-004", "ICANS", 1, 3),
    ]


@pytest.mark.parametrize(
    ("onset", "end", "outcome", "wanted"),
    [
        ("2026-11-22", "", "NOT RECOVERED/NOT RESOLVED", Duration(1, ongoing=True)),
        ("2026-11", "", "", Duration(None, ongoing=True)),
        ("2026-11-01", "", "RECOVERED/RESOLVED", Duration(None)),
        ("2026-11-01", "2026-11", "RECOVERED/RESOLVED", Duration(None)),
        ("2026-11-01", "2026-11-01", "RECOVERED/RESOLVED", Duration(1)),
        ("", "2026-11-01", "RECOVERED/RESOLVED", Duration(None)),
    ],
)
def test_duration(onset: str, end: str, outcome: str, wanted: Duration) -> None:
    one = event("01-001", 1, CRS, IMMUNE, 1, onset=onset, end=end, outcome=outcome)
    assert listings(replace(FACTS, events=(one,))).syndromes[0].duration == wanted


def test_dlt_lines_leave_out_the_undisputed_no_and_count_what_has_no_verdict() -> None:
    found = listings(FACTS)
    assert [(x.subject, x.number, x.dlt.computed, x.dlt.verdict) for x in found.dlts] == [
        ("01-004", 1, "YES", "YES"), ("01-004", 2, "REVIEW", "NO")
    ]  # fmt: skip
    # grade 3 neutropenia of 01-001 and the fatal sepsis of 01-005
    assert found.severe_without_verdict == 2
    pending = replace(FACTS, dlts=(DltFacts("01-001/1", "PENDING"),))
    assert [x.dlt.computed for x in listings(pending).dlts] == ["PENDING"]


def test_serious_events_and_deaths() -> None:
    found = listings(FACTS)
    assert [(x.subject, x.event.number, x.onset_day, x.duration.days) for x in found.serious] == [
        ("01-004", 1, 2, 18), ("01-005", 1, 15, 6)
    ]  # fmt: skip
    assert [(x.subject, x.study_day, x.fatal_event) for x in found.deaths] == [("01-005", 20, "Sepsis")]


def test_a_fatal_event_without_a_death_form_is_listed_as_a_death() -> None:
    fatal = event("01-003", 1, "Sepsis", "Infections and infestations", 5, outcome="FATAL")
    deaths = listings(replace(FACTS, events=(*EVENTS, fatal))).deaths
    assert (deaths[0].subject, deaths[0].death_date, deaths[0].fatal_event) == ("01-003", None, "Sepsis")


def test_the_checksum_is_of_the_content() -> None:
    first = content_hash(safety_report(FACTS))
    assert first == content_hash(safety_report(replace(FACTS))) and len(first) == 64
    assert first != content_hash(safety_report(replace(FACTS, open_queries=4)))
    other_grade = tuple(replace(e, grade=3) if e.key == "01-002/1" else e for e in EVENTS)
    assert first != content_hash(safety_report(replace(FACTS, events=other_grade)))
