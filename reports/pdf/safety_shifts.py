"""The shift of laboratory grades: the last grade before treatment against the worst after it, a table for each term."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable

from reports.pdf.document import Heading
from reports.pdf.tables import Head, Line, Text, empty, listing, note
from safety.rules.shift import WORST
from safety.shifts import ShiftTable

#: A table that would begin lower than this begins on the next page, so that none is torn apart.
ROOM_FOR_A_TABLE = 48 * mm


def shifts_section(title: str, tables: Sequence[ShiftTable]) -> list[Flowable]:
    """Return a table for each term; one sentence when nothing was graded after the start of treatment."""
    elements: list[Flowable] = [Heading(title)]
    if not tables:
        return [*elements, empty(_("No graded laboratory result after the start of a treatment."))]
    explained = _(
        "CTCAE v5.0. One count for each subject: the last grade before treatment against the worst grade after its"
        " start. Unknown: no grade could be told before treatment."
    )
    elements.append(note(explained))
    for table in tables:
        elements += [CondPageBreak(ROOM_FOR_A_TABLE), Heading(table.term, 1), _table(table)]
        if table.severe:
            elements.append(note(_("Grade 3 or higher: %(subjects)s") % {"subjects": ", ".join(table.severe)}))
    return elements


def _table(table: ShiftTable) -> Flowable:
    heads = [Head(_("Grade before treatment"), 2)]
    heads += [Head(_("Worst grade %(grade)s") % {"grade": worst}, 1, "-right") for worst in WORST]
    heads.append(Head(_("Subjects"), 1, "-right"))
    lines = []
    for base, counts in table.rows:
        name = _("Unknown") if base is None else str(base)
        lines.append(Line([Text(name, "cell-bold"), *(str(count) for count in counts), str(sum(counts))]))
    totals = [sum(column) for column in zip(*(counts for _base, counts in table.rows), strict=True)]
    last = Line([Text(_("All"), "cell-bold"), *(str(total) for total in totals), str(table.subjects)])
    return listing(heads, [*lines, last])
