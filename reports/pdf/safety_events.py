"""The tables of adverse events: overview, and class by term by maximum grade, each per dose level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable, Table

from reports.content.events import Cell, Column, EventTables, Row, RowKind, named_rows
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.styles import BOLD_FONT, CELL_SIZE, INK, LINE, REGULAR_FONT, WIDTH
from reports.pdf.tables import Text, base_style, empty, note, paragraph

#: Width of the first column as a share of the page; what remains is divided among the groups.
LABEL_SHARE = 0.33
HEADER_ROWS = 2


def overview_section(title: str, tables: EventTables) -> list[Flowable]:
    """Return how many subjects and events there are of each kind."""
    return [
        Heading(title),
        _table(tables.columns, tables.overview),
        note(
            _(
                "Subjects with at least one event (share of the column's subjects), and number of events. All events"
                " recorded from enrolment on are counted. Related: definite, probable or possible. Dose-limiting"
                " toxicity: as adjudicated, or as computed where nobody has adjudicated yet."
            )
        ),
    ]


def terms_section(title: str, tables: EventTables) -> list[Flowable]:
    """Return the full table; one sentence when nothing has happened."""
    if not any(cell.events for cell in tables.rows[0].cells) and len(tables.rows) == 1:
        return [Heading(title), empty()]
    explained = _(
        "Any grade: subjects with at least one event, and number of events. Grades: each subject once, at the highest"
        " grade of the row above; each event at its own highest grade."
    )
    return [Heading(title), note(explained), _table(tables.columns, tables.rows)]


def _table(columns: Sequence[Column], rows: Sequence[Row]) -> Flowable:
    per_group = WIDTH * (1 - LABEL_SHARE) / len(columns)
    cell_widths = [WIDTH * LABEL_SHARE]
    for _column in columns:
        cell_widths += [per_group * 0.64, per_group * 0.36]
    cells = [*_header(columns), *_lines(columns, rows)]
    return Table(
        cells,
        colWidths=cell_widths,
        repeatRows=HEADER_ROWS,
        style=[*base_style(HEADER_ROWS), *_group_style(columns), *_row_style(rows)],
        hAlign="LEFT",
    )


def _lines(columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[list[Flowable | str]]:
    for row, _soc, shown in named_rows(rows):
        yield [_label(shown), *_counts(row.cells, columns)]


def _header(columns: Sequence[Column]) -> list[list[Flowable | str]]:
    top: list[Flowable | str] = [""]
    second: list[Flowable | str] = [paragraph(Text(_("Event"), "head"))]
    for column in columns:
        name = [words.group(column.code), words.dose(column.code), f"N = {column.subjects}"]
        top += [paragraph(Text("\n".join(line for line in name if line), "head-center")), ""]
        second += [paragraph(Text(_("Subjects"), "head-right")), paragraph(Text(_("Events"), "head-right"))]
    return [top, second]


_LABEL_STYLES = {
    RowKind.ANY: "cell-bold", RowKind.OVERVIEW: "cell", RowKind.SOC: "cell-bold", RowKind.TERM: "cell-indent",
    RowKind.GRADE: "cell-indent-2", RowKind.NO_GRADE: "cell-indent-2",
}  # fmt: skip


def _label(row: Row) -> Flowable:
    return paragraph(Text(words.event_row(row), _LABEL_STYLES[row.kind]))


def _counts(cells: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    shown = []
    for cell, column in zip(cells, columns, strict=True):
        shown += [words.share(cell.subjects, column.subjects) if cell.subjects else "0", str(cell.events)]
    return shown


def _group_style(columns: Sequence[Column]) -> list[tuple[object, ...]]:
    commands: list[tuple[object, ...]] = [
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("FONT", (1, HEADER_ROWS), (-1, -1), REGULAR_FONT, CELL_SIZE, 9.6),
        ("TEXTCOLOR", (1, HEADER_ROWS), (-1, -1), INK),
    ]
    for place in range(len(columns)):
        first = 1 + 2 * place
        commands += [
            ("SPAN", (first, 0), (first + 1, 0)),
            ("LINEBEFORE", (first, 0), (first, -1), 0.4, LINE),
        ]
    return commands


def _row_style(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    commands: list[tuple[object, ...]] = []
    for place, row in enumerate(rows, start=HEADER_ROWS):
        if row.kind in (RowKind.ANY, RowKind.SOC):
            commands.append(("FONT", (1, place), (-1, place), BOLD_FONT, CELL_SIZE, 9.6))
        if row.kind == RowKind.SOC:
            commands.append(("LINEABOVE", (0, place), (-1, place), 0.8, LINE))
        if row.kind in (RowKind.ANY, RowKind.SOC, RowKind.TERM) and place < HEADER_ROWS + len(rows) - 1:
            commands.append(("NOSPLIT", (0, place), (0, place + 1)))
    return commands
