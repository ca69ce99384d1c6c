"""The tables of adverse events: overview, and class by term by maximum grade, each per dose level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable

from reports.content.events import Cell, Column, EventTables, Row, RowKind, named_rows
from reports.pdf import drawn_table, words
from reports.pdf.document import Heading
from reports.pdf.drawn_table import DrawnTable, Slot
from reports.pdf.styles import WIDTH
from reports.pdf.tables import empty, note

#: Width of the first column as a share of the page; what remains is divided among the groups.
LABEL_SHARE = 0.33
#: Width of the number of subjects, with its share, within a group.
SUBJECTS_SHARE = 0.64


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
    grid = _Grid(columns)
    return DrawnTable(grid.head(), list(grid.rows(rows)), grid.lefts)


class _Grid:
    """The columns: a label, then two for each group, how many subjects and how many events."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        label, group = WIDTH * LABEL_SHARE, WIDTH * (1 - LABEL_SHARE) / len(columns)
        self.group, self.lefts = group, [label + group * place for place in range(len(columns))]
        self.labels = {name: Slot(0, label, name) for name in {"head", *_LABEL_STYLES.values()}}
        self.numbers = {name: self._pairs(name) for name in ("head-right", "cell-right", "cell-bold-right")}

    def _pairs(self, name: str) -> list[Slot]:
        split = self.group * SUBJECTS_SHARE
        return [
            slot
            for left in self.lefts
            for slot in (Slot(left, split, name), Slot(left + split, self.group - split, name))
        ]

    def head(self) -> list[drawn_table.Row]:
        names = [
            "\n".join(line for line in (words.group(c.code), words.dose(c.code), f"N = {c.subjects}") if line)
            for c in self.columns
        ]
        first = drawn_table.Row(names, [Slot(left, self.group, "head-center") for left in self.lefts])
        texts = [_("Event"), *(_("Subjects"), _("Events")) * len(self.columns)]
        return [first, drawn_table.Row(texts, [self.labels["head"], *self.numbers["head-right"]])]

    def rows(self, rows: Sequence[Row]) -> Iterator[drawn_table.Row]:
        """Yield the rows; a class stays with its first term, a term with its first grade."""
        for place, (row, _soc, shown) in enumerate(named_rows(rows), start=1):
            numbers = self.numbers["cell-bold-right" if row.kind in (RowKind.ANY, RowKind.SOC) else "cell-right"]
            yield drawn_table.Row(
                [words.event_row(shown), *_counts(row.cells, self.columns)],
                [self.labels[_LABEL_STYLES[row.kind]], *numbers],
                keep=row.kind in (RowKind.ANY, RowKind.SOC, RowKind.TERM) and place < len(rows),
                strong=row.kind == RowKind.SOC,
            )


_LABEL_STYLES = {
    RowKind.ANY: "cell-bold", RowKind.OVERVIEW: "cell", RowKind.SOC: "cell-bold", RowKind.TERM: "cell-indent",
    RowKind.GRADE: "cell-indent-2", RowKind.NO_GRADE: "cell-indent-2",
}  # fmt: skip


def _counts(cells: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    shown = []
    for cell, column in zip(cells, columns, strict=True):
        shown += [words.share(cell.subjects, column.subjects) if cell.subjects else "0", str(cell.events)]
    return shown
