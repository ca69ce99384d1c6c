"""Adverse events narrowed down by what a reader asks for, counted by the tables of the safety report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from reports.content.events import EventTables, event_tables
from reports.content.facts import EventFacts, Group, StudyFacts, SubjectFacts
from safety.rules.treatment_emergent import Emergent

#: Grade "3+": grade 3 or a higher one. "none": a class, term or grade that was not recorded.
SEVERE, NOTHING, RELATED = "3+", "none", "related"


class Period(StrEnum):
    """When an event emerged; every event is in exactly one period."""

    BEFORE = "before"
    LYMPHODEPLETION = "lymphodepletion"
    CELLS = "cells"
    UNCLEAR = "unclear"


def period_of(by_lymphodepletion: Emergent, by_cells: Emergent) -> Period:
    """Return the period of an event; what partial dates leave open is unclear, and nothing is imputed.

    >>> period_of(Emergent.YES, Emergent.NO).value, period_of(Emergent.YES, Emergent.MAYBE).value
    ('lymphodepletion', 'unclear')
    """
    for period, answer in ((Period.CELLS, by_cells), (Period.LYMPHODEPLETION, by_lymphodepletion)):
        if answer is Emergent.YES:
            return period
        if answer is Emergent.MAYBE:
            return Period.UNCLEAR
    return Period.BEFORE


@dataclass(frozen=True)
class EventFilter:
    """What the reader asks for, as it stands in the address; "" asks for everything."""

    level: str = ""
    soc: str = ""
    term: str = ""
    grade: str = ""
    relation: str = ""
    period: str = ""
    serious: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """The parts that narrow something down."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Found:
    """One event that was asked for, with its subject and period."""

    event: EventFacts
    subject: SubjectFacts
    period: Period


@dataclass(frozen=True)
class Exploration:
    """The counts of the events that were asked for, and the events themselves by subject and number."""

    tables: EventTables
    found: tuple[Found, ...]

    @property
    def subjects(self) -> int:
        """How many subjects have such an event."""
        return len({each.subject.identifier for each in self.found})


def explore(facts: StudyFacts, periods: Mapping[str, Period], wanted: EventFilter) -> Exploration:
    """Count the events that pass the filter; the number of subjects of each column is that of the whole study."""
    subjects = {subject.identifier: subject for subject in facts.subjects}
    every = (Found(event, subjects[event.subject], periods[event.key]) for event in facts.events)
    found = tuple(each for each in every if passes(each, wanted))
    return Exploration(event_tables(replace(facts, events=tuple(each.event for each in found))), found)


def passes(found: Found, wanted: EventFilter) -> bool:
    """Test whether an event is asked for in every respect."""
    return all(_TESTS[name](found, value) for name, value in wanted.parameters.items())


def plain_name(name: str) -> str:
    """Return a term as the tables group it: capitals and spaces make no difference."""
    return " ".join(name.split()).casefold()


def _graded(found: Found, wanted: str) -> bool:
    grade = found.event.grade
    if wanted == NOTHING:
        return grade is None
    if wanted == SEVERE:
        return (grade or 0) >= 3
    return str(grade) == wanted


def _related(found: Found, wanted: str) -> bool:
    return found.event.related if wanted == RELATED else found.event.relationship_cells == wanted


_TESTS: dict[str, Callable[[Found, str], bool]] = {
    "level": lambda found, wanted: found.subject.infused if wanted == Group.ALL else found.subject.group == wanted,
    "soc": lambda found, wanted: (found.event.soc or NOTHING) == wanted,
    "term": lambda found, wanted: plain_name(found.event.name or NOTHING) == plain_name(wanted),
    "grade": _graded,
    "relation": _related,
    "period": lambda found, wanted: found.period == wanted,
    "serious": lambda found, wanted: bool(found.event.serious) == (wanted == "yes"),
}
