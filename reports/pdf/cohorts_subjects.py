"""The dose levels with their tallies, and the subjects of each cohort: dose, window, how they count and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable

from dosing.models import ExplicitChoice, Slot
from dosing.panels import COUNTS_AS
from dosing.rules.evaluability import Status
from reports.cohorts.content import Cohort, CohortReport, Level
from reports.content.facts import level_code
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.pack_subjects import STANDING_WORDS, instant, million
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.protocol.dose_levels import dose_level

#: A cohort that would begin lower than this begins on the next page.
ROOM_FOR_A_COHORT = 28 * mm


def levels_section(title: str, report: CohortReport) -> list[Flowable]:
    """Return every dose level with its tally and what the rule advises for it."""
    heads = [
        Head(_("Level"), 0.8), Head(_("Dose"), 2.2), Head(_("Standing"), 1.2), Head(_("Evaluable"), 0.9, "-right"),
        Head(_("With a DLT"), 0.9, "-right"), Head(_("Pending"), 0.9, "-right"), Head(_("In review"), 0.9, "-right"),
        Head(_("Advised by the rule"), 3),
    ]  # fmt: skip
    return [Heading(title), listing(heads, [_level(each, report) for each in report.levels])]


def _level(each: Level, report: CohortReport) -> Line:
    level = dose_level(each.level)
    counts = [str(each.tally[name]) for name in ("n_evaluable", "n_dlt", "n_pending", "n_review")]
    return Line(
        [Text(level.short_label, "cell-bold"), level.label, str(STANDING_WORDS[each.standing]), *counts,
         words.action(each.action)],
        below=each.because,
        marked=each.level == report.advice.level,
    )  # fmt: skip


def cohorts_section(title: str, report: CohortReport) -> list[Flowable]:
    """Return the subjects of each level and part."""
    story: list[Flowable] = [
        Heading(title),
        note(_("Cells are CAR-positive cells in all: level times body weight, and what was infused. The DLT window"
               " begins with the infusion and closes with the end of its last day.")),
    ]  # fmt: skip
    for cohort in report.cohorts:
        name = f"{level_code(cohort.level)}, {words.choice(Slot.Part, cohort.part)}"
        heading = Heading(name, 1, place=f"cohort-{cohort.level}-{cohort.part}")
        story += [CondPageBreak(ROOM_FOR_A_COHORT), heading, note(_count(cohort)), _cohort(cohort)]
    return story if report.cohorts else [Heading(title), note(_("No subject has a place yet."))]


def _count(cohort: Cohort) -> str:
    """Return how many subjects count as what."""
    told = [(words_of, sum(row["status"] == code for row in cohort.rows)) for code, words_of in COUNTS_AS.items()]
    return " · ".join(f"{words_of}: {count}" for words_of, count in told if count)


def _cohort(cohort: Cohort) -> Flowable:
    heads = [
        Head(_("Slot"), 0.6, "-center"), Head(_("Subject"), 1), Head(_("Infusion"), 2.6),
        Head(_("Planned, 10⁶ cells"), 1.1, "-right"), Head(_("Given, 10⁶ cells"), 1.1, "-right"),
        Head(_("% of plan"), 0.9, "-center"), Head(_("Window closes"), 2.6), Head(_("Day 28"), 0.8, "-center"),
        Head(_("Signed"), 0.8, "-center"), Head(_("Counts as"), 1.6), Head(_("Replaced"), 1, "-center"),
        Head(_("Queries"), 0.9, "-right"), Head(_("Not verified"), 1, "-right"),
    ]  # fmt: skip
    return listing(heads, [_subject(row) for row in cohort.rows])


def _subject(row: dict[str, Any]) -> Line:
    has_dlt = row["status"] == Status.EVALUABLE_DLT.value
    counts = Text(str(COUNTS_AS[row["status"]]), "cell-bad" if has_dlt else "cell")
    return Line(
        [
            str(row["slot"]), Text(row["identifier"], "cell-bold"), instant(row["infused_at"]),
            million(row["dose_assigned_cells"]), million(row["dose_given_cells"]), row["dose_percent"] or words.DASH,
            instant(row["window_closes_at"]), words.yes_no(row["day28_done"]), words.yes_no(row["day28_signed"]),
            counts, words.DASH if row["awaits"] else words.yes_no(row["replace"]), str(len(row["open_queries"])),
            str(row["unverified"]),
        ],
        below="\n".join(_remarks(row)),
        marked=has_dlt,
    )  # fmt: skip


def _remarks(row: dict[str, Any]) -> Iterator[str]:
    because = _("Awaiting infusion.") if row["awaits"] else row["because"]
    yield f"{because} {_('Provisional, for the committee.')}" if row["provisional"] else because
    if row["in_review"]:
        yield _("An event is in review: it counts as a DLT for restriction.")
    if row["left_date"]:
        yield _("Left %(day)s: %(why)s") % {
            "day": words.day(date.fromisoformat(row["left_date"])), "why": row["left_because"],
        }  # fmt: skip
    if row["replaces"]:
        yield _("Replaces %(subject)s.") % {"subject": row["replaces"]}
    if row["given_back"]:
        yield _("The place was given back: %(reason)s") % {"reason": row["given_back"]}
    if row["stagger_reason"]:
        yield _("Infused earlier than the interval, %(person)s, %(moment)s: %(reason)s") % {
            "person": row["stagger_by"], "moment": instant(row["stagger_at"]), "reason": row["stagger_reason"],
        }  # fmt: skip
    if row.get("question"):
        yield _("Explicit choice, %(question)s: %(answer)s") % {
            "question": words.choice(ExplicitChoice.Question, row["question"]),
            "answer": words.choice(ExplicitChoice.Option, row["chosen"]) if row["chosen"] else _("not made yet"),
        }
