"""What the page of the adverse events shows: filters, the table with an address behind each count, the events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.content.events import Column, Row, RowKind, named_rows
from reports.content.explorer import NOTHING, RELATED, SEVERE, EventFilter, Exploration, Found, Period
from reports.content.facts import Group, StudyFacts
from reports.content.listings import day_of
from reports.explorer.reading import Events
from reports.pdf import words
from safety.models.adverse_event import Outcome, Relationship
from trial_edc.casebook.selectors.visit_page import form_url

PERIOD_WORDS = {
    Period.BEFORE: gettext_lazy("Before lymphodepletion"),
    Period.LYMPHODEPLETION: gettext_lazy("Lymphodepletion-emergent, before the cells"),
    Period.CELLS: gettext_lazy("Cell-emergent"),
    Period.UNCLEAR: gettext_lazy("Not determinable from the dates"),
}


@dataclass(frozen=True)
class Choice:
    """One filter of the page: its name in the address, its label, and what can be chosen."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Count:
    """One cell of the table; `url` leads to the events counted, "" where there are none."""

    subjects: str
    events: int
    url: str


@dataclass(frozen=True)
class TableRow:
    """One row of the table; `url` narrows the page down to it, "" for the row of all events."""

    kind: str
    label: str
    url: str
    counts: tuple[Count, ...]


@dataclass(frozen=True)
class EventRow:
    """One event with the addresses of its subject and its form."""

    subject: str
    level: str
    number: int
    form_url: str
    name: str
    grade: str
    onset: str
    onset_day: str
    period: str
    relation: str
    serious: bool
    document: str
    outcome: str


def read_filter(parameters: Mapping[str, str], choices: Sequence[Choice]) -> EventFilter:
    """Return the filter of an address; a value that is no choice asks for nothing."""
    known = {choice.name: {value for value, _label in choice.options} for choice in choices}
    return EventFilter(**{name: parameters.get(name, "") for name in known if parameters.get(name, "") in known[name]})


def choices_of(study: StudyFacts, parameters: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return the filters of the page with what the events at hand offer."""
    events = study.events
    levels = sorted({subject.group for subject in study.subjects} - set(Group)) + list(Group)
    socs = sorted({event.soc for event in events} - {""})
    terms = sorted({event.name for event in events} - {""}, key=str.casefold)
    offered = [
        ("level", _("Dose level"), [(code, words.group(code)) for code in levels]),
        ("soc", _("System organ class"), [(soc, soc) for soc in socs] + [(NOTHING, _("Term not in the dictionary"))]),
        ("term", _("Term"), [(term, term) for term in terms] + [(NOTHING, _("Term not entered"))]),
        ("grade", _("Highest grade"), _grades()),
        ("relation", _("Relationship to the cells"), [(RELATED, _("Related")), *_labels(Relationship)]),
        ("period", _("Period"), [(period.value, str(label)) for period, label in PERIOD_WORDS.items()]),
        ("serious", _("Serious"), [("yes", _("Yes")), ("no", _("No"))]),
    ]
    return tuple(Choice(name, label, parameters.get(name, ""), tuple(options)) for name, label, options in offered)


def _grades() -> list[tuple[str, str]]:
    single = [(str(grade), str(grade)) for grade in range(1, 6)]
    return [(SEVERE, _("3 or higher")), *single, (NOTHING, _("Grade not recorded"))]


def _labels(choices: Any) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in choices.choices]


def table_rows(found: Exploration, wanted: EventFilter) -> Iterator[TableRow]:
    """Yield the rows of the full table with the addresses that narrow the page down to what each counts."""
    columns, term = found.tables.columns, ""
    for row, soc, shown in named_rows(found.tables.rows):
        term = row.label or NOTHING if row.kind == RowKind.TERM else "" if row.kind == RowKind.SOC else term
        narrowed = _narrowed(row, "" if soc is None else soc.label or NOTHING, term, wanted)
        counts = tuple(
            Count(words.share(cell.subjects, column.subjects), cell.events, _cell_url(narrowed, column, cell.events))
            for cell, column in zip(row.cells, columns, strict=True)
        )
        yield TableRow(row.kind.value, words.event_row(shown), "" if narrowed == wanted else address(narrowed), counts)


def _narrowed(row: Row, soc: str, term: str, wanted: EventFilter) -> EventFilter:
    found = replace(wanted, soc=soc or wanted.soc, term=term or wanted.term)
    graded = row.kind in (RowKind.GRADE, RowKind.NO_GRADE)
    return replace(found, grade=row.label or NOTHING) if graded else found


def _cell_url(narrowed: EventFilter, column: Column, events: int) -> str:
    if not events:
        return ""
    return address(replace(narrowed, level=column.code)) + "#events"


def address(wanted: EventFilter) -> str:
    """Return the query of the page under a filter."""
    return "?" + urlencode(wanted.parameters)


def _document(subject: str, number: int) -> str:
    """Return the address of the PDF of a serious event."""
    return reverse("serious:report", args=[subject, number])


def event_row(found: Found, events: Events) -> EventRow:
    """Return an event as the list shows it."""
    event, day = found.event, day_of(found.event.onset, found.subject)
    return EventRow(
        subject=event.subject,
        level=words.group(found.subject.group),
        number=event.number,
        form_url=form_url(event.subject, events.visits[event.key], "AE", event.number),
        name=event.name or _("Term not entered"),
        grade=words.grade(event.grade),
        onset=words.partial(event.onset),
        onset_day="" if day is None else f"D{words.whole(day)}",
        period=str(PERIOD_WORDS[found.period]),
        relation=words.choice(Relationship, event.relationship_cells),
        serious=bool(event.serious),
        document=_document(event.subject, event.number) if (event.subject, event.number) in events.reported else "",
        outcome=words.choice(Outcome, event.outcome),
    )
