"""Adverse events by system organ class, term, maximum grade and dose level: subjects and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from reports.content.facts import EventFacts, Group, StudyFacts, level_code

GRADES = (5, 4, 3, 2, 1, None)


@dataclass(frozen=True)
class Column:
    """One column of an event table and the number of subjects it stands for."""

    code: str
    subjects: int


@dataclass(frozen=True)
class Cell:
    """Subjects with at least one event, and events."""

    subjects: int
    events: int


class RowKind(StrEnum):
    """What a row counts: any event, the events of a class, of a term; or one maximum grade of the row above."""

    ANY = "any"
    SOC = "soc"
    TERM = "term"
    GRADE = "grade"
    NO_GRADE = "no-grade"
    OVERVIEW = "overview"


@dataclass(frozen=True)
class Row:
    """One row; `label` is a class, a term, a grade, or the code of an overview line."""

    kind: RowKind
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class EventTables:
    """The overview and the full table, over the same columns."""

    columns: tuple[Column, ...]
    overview: tuple[Row, ...]
    rows: tuple[Row, ...]


class Counter:
    """Counts events per column; every subject is in one column, infused subjects also in their sum."""

    def __init__(self, facts: StudyFacts) -> None:
        self.group = {subject.identifier: subject.group for subject in facts.subjects}
        present = set(self.group.values())
        with_events = {self.group[event.subject] for event in facts.events}
        levels = [level_code(level) for level in facts.levels]
        others = sorted(present - set(levels) - set(Group))
        self.codes = [*levels, *others]
        self.codes += [Group.NO_LEVEL] if Group.NO_LEVEL in present else []
        self.infused = frozenset(self.codes)
        self.codes += [Group.ALL, Group.NOT_INFUSED]
        self.codes += [Group.NOT_ENROLLED] if Group.NOT_ENROLLED in with_events else []
        #: The groups that each column counts; no subject is in two groups.
        self.held = [sorted(self.infused) if code == Group.ALL else [code] for code in self.codes]

    def columns(self) -> tuple[Column, ...]:
        """Return the columns with the number of subjects each stands for."""
        groups = list(self.group.values())
        return tuple(
            Column(code, sum(group in held for group in groups))
            for code, held in zip(self.codes, self.held, strict=True)
        )

    def cells(self, pairs: Iterable[tuple[str, int]]) -> tuple[Cell, ...]:
        """Count subjects and events, given each subject with its number of events (0: the subject alone counts)."""
        subjects: dict[str, set[str]] = defaultdict(set)
        events: dict[str, int] = defaultdict(int)
        for subject, count in pairs:
            group = self.group[subject]
            subjects[group].add(subject)
            events[group] += count
        return tuple(
            Cell(sum(len(subjects[group]) for group in held), sum(events[group] for group in held))
            for held in self.held
        )

    def of(self, events: Iterable[EventFacts]) -> tuple[Cell, ...]:
        """Count events and the subjects who had them."""
        return self.cells((event.subject, 1) for event in events)


def event_tables(facts: StudyFacts) -> EventTables:
    """Return the tables of all recorded events; component signs of CRS and ICANS are events like any other."""
    counter = Counter(facts)
    rows: list[Row] = [Row(RowKind.ANY, "", counter.of(facts.events)), *_by_grade(counter, facts.events)]
    for soc, of_class in _by_frequency(facts.events, lambda event: event.soc):
        rows.append(Row(RowKind.SOC, soc, counter.of(of_class)))
        for name, of_term in _by_frequency(of_class, _term_key):
            rows.append(Row(RowKind.TERM, name, counter.of(of_term)))
            rows.extend(_by_grade(counter, of_term))
    return EventTables(counter.columns(), _overview(counter, facts), tuple(rows))


def named_rows(rows: Iterable[Row]) -> Iterator[tuple[Row, Row | None, Row]]:
    """Yield each row, the row of the class it belongs to, and the row with the label it is shown with.

    Under its own class, "Class - Other, specify: x" is shown as "Other, specify: x".
    """
    soc: Row | None = None
    for row in rows:
        soc = row if row.kind == RowKind.SOC else soc
        shortened = row.kind == RowKind.TERM and soc is not None and soc.label
        yield row, soc, replace(row, label=row.label.removeprefix(f"{soc.label} - ")) if shortened and soc else row


def _term_key(event: EventFacts) -> str:
    return event.name


def _by_grade(counter: Counter, events: Iterable[EventFacts]) -> list[Row]:
    """Split by maximum grade: each subject stands at the highest grade, each event at its own."""
    known = list(events)
    highest: dict[str, int] = {}
    for event in known:
        highest[event.subject] = max(highest.get(event.subject, 0), event.grade or 0)
    rows = []
    for grade in GRADES:
        wanted = grade or 0
        subjects = {subject for subject, top in highest.items() if top == wanted}
        own = [event for event in known if (event.grade or 0) == wanted]
        if not subjects and not own:
            continue
        cells = _merged(counter.cells((subject, 0) for subject in subjects), counter.of(own))
        kind = RowKind.NO_GRADE if grade is None else RowKind.GRADE
        rows.append(Row(kind, "" if grade is None else str(grade), cells))
    return rows


def _merged(subjects: tuple[Cell, ...], events: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(s.subjects, e.events) for s, e in zip(subjects, events, strict=True))


def _by_frequency(events: Iterable[EventFacts], key: Callable[[EventFacts], str]) -> list[tuple[str, list[EventFacts]]]:
    """Group events; the group of most subjects first, then by name. Capitals do not make two groups."""
    groups: dict[str, list[EventFacts]] = defaultdict(list)
    for event in events:
        groups[" ".join(key(event).split()).casefold()].append(event)
    named = [(min(key(event) for event in group), group) for group in groups.values()]
    return sorted(named, key=lambda pair: (-len({event.subject for event in pair[1]}), pair[0]))


#: Code of an overview line -> which events it counts.
OVERVIEW: dict[str, Callable[[EventFacts], bool]] = {
    "any": lambda event: True,
    "grade-3-or-higher": lambda event: (event.grade or 0) >= 3,
    "grade-4-or-5": lambda event: (event.grade or 0) >= 4,
    "serious": lambda event: bool(event.serious),
    "related": lambda event: event.related,
    "related-grade-3-or-higher": lambda event: event.related and (event.grade or 0) >= 3,
    "fatal": lambda event: event.grade == 5 or event.outcome == "FATAL",
}


def _overview(counter: Counter, facts: StudyFacts) -> tuple[Row, ...]:
    rows = [
        Row(RowKind.OVERVIEW, code, counter.of(event for event in facts.events if wanted(event)))
        for code, wanted in OVERVIEW.items()
    ]
    verdicts = {dlt.event: dlt.verdict for dlt in facts.dlts}
    dlts = counter.of(event for event in facts.events if verdicts.get(event.key) == "YES")
    return (*rows, Row(RowKind.OVERVIEW, "dlt", dlts))
