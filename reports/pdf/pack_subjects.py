"""The levels, the subjects of the decision with dose and window, and the narratives."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from reportlab.platypus import Flowable

from reports.content.pack import Pack
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.protocol.dose_levels import dose_level

STANDING_WORDS: dict[str, Any] = {
    "not_opened": gettext_lazy("Not opened"),
    "passed": gettext_lazy("Cleared"),
    "current": gettext_lazy("Current"),
    "too_toxic": gettext_lazy("Too toxic"),
    "closed_by_lower": gettext_lazy("Closed"),
    "suspended": gettext_lazy("Suspended"),
}


def levels_section(title: str, pack: Pack) -> list[Flowable]:
    """Return every dose level with its tally as frozen."""
    heads = [
        Head(_("Level"), 1), Head(_("Dose"), 2), Head(_("Standing"), 1.4), Head(_("Evaluable"), 1, "-right"),
        Head(_("With a DLT"), 1, "-right"), Head(_("Pending"), 1, "-right"), Head(_("In review"), 1, "-right"),
    ]  # fmt: skip
    return [Heading(title), listing(heads, [_level(row, pack) for row in pack.evidence["levels"]])]


def _level(row: dict[str, Any], pack: Pack) -> Line:
    tally, level = row["tally"], dose_level(row["level"])
    counts = [str(tally[name]) for name in ("n_evaluable", "n_dlt", "n_pending", "n_review")]
    name = Text(level.short_label, "cell-bold")
    standing = str(STANDING_WORDS[row["standing"]])
    return Line([name, level.label, standing, *counts], marked=row["level"] == pack.decision.dose_level)


def subjects_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the subjects of the level: planned and given dose, window, how they count and why."""
    heads = [
        Head(_("Subject"), 1.1), Head(_("Infusion"), 2), Head(_("Planned, 10⁶ cells"), 1.3, "-right"),
        Head(_("Given, 10⁶ cells"), 1.3, "-right"), Head(_("% of plan"), 1, "-right"),
        Head(_("Window closes"), 2), Head(_("Day 28"), 0.9), Head(_("Queries"), 0.9, "-right"),
        Head(_("Not verified"), 1, "-right"),
    ]  # fmt: skip
    rows = pack.evidence["subjects"]
    remark = _("Cells are CAR-positive cells in all: level times body weight, and what was infused.")
    return [Heading(title), listing(heads, [_subject(row) for row in rows], _("No subjects.")), note(remark)]


def _subject(row: dict[str, Any]) -> Line:
    because = f"{row['because']} {_('Provisional, for the committee.')}" if row["provisional"] else row["because"]
    return Line(
        [
            Text(row["identifier"], "cell-bold"), instant(row["infused_at"]), million(row["dose_assigned_cells"]),
            million(row["dose_given_cells"]), row["dose_percent"] or words.DASH, instant(row["window_closes_at"]),
            words.yes_no(row["day28_done"]), str(len(row["open_queries"])), str(row["unverified"]),
        ],
        below=because,
        marked=row["status"] == "EVALUABLE_DLT",
    )  # fmt: skip


def instant(text: str | None) -> str:
    """Return an instant of the evidence in words."""
    return words.moment(datetime.fromisoformat(text)) if text else words.DASH


def million(cells: str | None) -> str:
    """Return cells in millions, two decimals.

    >>> million("190500000")
    '190.50'
    """
    return words.DASH if cells is None else f"{Decimal(cells) / 1_000_000:.2f}"


def narratives_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the narratives of the serious event reports, nothing when there is none."""
    if not pack.narratives:
        return []
    lines = [Line([Text(each.subject, "cell-bold"), each.report, each.text]) for each in pack.narratives]
    return [Heading(title, 1), listing([Head(_("Subject"), 1), Head(_("Report"), 1), Head(_("Narrative"), 9)], lines)]
