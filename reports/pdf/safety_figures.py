"""The figures of the safety report: time on study, and CRS and ICANS day by day, each with the table behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable

from reports.content.courses import Lane
from reports.content.safety import SafetyReport
from reports.efficacy.content import Sheet
from reports.efficacy.page import RECIST, Part
from reports.figures.drawing import Picture
from reports.figures.swimmer import months, swimmer_figure
from reports.figures.syndromes import last_day, syndrome_figure
from reports.pdf import words
from reports.pdf.parts import part_elements

Item = TypeVar("Item")
#: As many subjects as one figure shows legibly; a study of more has several figures with the same axis.
LANES_IN_A_FIGURE, SUBJECTS_IN_A_FIGURE = 16, 6


def swimmer_parts(lanes: Sequence[Lane]) -> Iterator[Part]:
    """Yield the time of every infused subject on study, the longest first."""
    longest = max((months(each, each.end) for each in lanes), default=None)
    chunks = _chunks(lanes, LANES_IN_A_FIGURE)
    for number, chunk in enumerate(chunks, start=1):
        made = swimmer_figure(chunk, name=f"swimmer-{number}", longest=longest)
        yield _part(made, number, len(chunks), RECIST)


def syndrome_parts(report: SafetyReport) -> Iterator[Part]:
    """Yield CRS and ICANS of every infused subject."""
    until = last_day(report.courses)
    chunks = _chunks(report.courses, SUBJECTS_IN_A_FIGURE)
    for number, chunk in enumerate(chunks, start=1):
        yield _part(syndrome_figure(chunk, name=f"syndromes-{number}", until=until), number, len(chunks))


def figure_elements(report: SafetyReport, parts: Iterator[Part]) -> list[Flowable]:
    """Return figures with what each of them is of, and their tables."""
    return [element for part in parts for element in part_elements(part, _caption(report, part))]


def _chunks(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Return the items in as few chunks as needed, of about the same size."""
    count = -(-len(items) // most)
    edges = [len(items) * number // count for number in range(count + 1)] if count else []
    return [items[first:last] for first, last in pairwise(edges)]


def _part(made: tuple[Picture, Sheet], number: int, count: int, criterion: str = "") -> Part:
    picture, table = made
    if count > 1:
        names = {"title": table.title, "number": number, "count": count}
        table = replace(table, title=_("%(title)s (%(number)s of %(count)s)") % names)
    return Part(table, picture, criterion)


def _caption(report: SafetyReport, part: Part) -> str:
    said = _("All infused subjects, N = %(count)s · data cut-off %(moment)s · data %(hash)s") % {
        "count": len(report.courses), "moment": words.moment(report.cutoff), "hash": part.data_hash,
    }  # fmt: skip
    if part.criterion:
        said += " · " + _("responses by the investigator, %(criterion)s") % {"criterion": part.criterion}
    assert part.picture is not None
    return f"{said}. {part.picture.description}"
