"""What happened after the infusion: CRS and ICANS day by day, laboratory of concern, cytokines, CAR-T cells."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from reportlab.platypus import Flowable

from reports.content.pack import CourseDay, Pack, PeakLine
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.tables import Head, Line, Text, listing, note

#: A grade from which a cell is red.
SEVERE = 3


def course_section(title: str, pack: Pack) -> list[Flowable]:
    """Return one line per subject: the days with their grades; days of grade 0 are left out and counted."""
    heads = [Head(_("Subject"), 1), Head(_("Syndrome"), 1), Head(_("Highest"), 0.8, "-center"),
             Head(_("Study day: grade"), 7), Head(_("Treatment"), 2.4)]  # fmt: skip
    lines = [line for subject in _subjects(pack.course) for line in _course_lines(subject, pack.course)]
    remark = _(
        "The highest grade of each day: the investigator's where there is one, else the computed one."
        " Day 0 is the infusion. A question mark: assessed, no grade."
    )
    return [Heading(title), listing(heads, lines, _("No assessments.")), note(remark)]


def _subjects(days: Iterable[CourseDay]) -> list[str]:
    return sorted({day.subject for day in days})


def _course_lines(subject: str, days: Iterable[CourseDay]) -> list[Line]:
    own = [day for day in days if day.subject == subject]
    drugs = ", ".join(dict.fromkeys(drug for day in own for drug in day.treatment)) or words.DASH
    return [_course_line(subject, name, _graded(own, name), drugs) for name in _syndromes(own)]


def _syndromes(days: Iterable[CourseDay]) -> list[str]:
    return list(dict.fromkeys(name for day in days for name, _grade in day.grades))


def _graded(days: Iterable[CourseDay], syndrome: str) -> list[tuple[CourseDay, int | None]]:
    return [(day, grade) for day in days for name, grade in day.grades if name == syndrome]


def _course_line(subject: str, syndrome: str, graded: list[tuple[CourseDay, int | None]], drugs: str) -> Line:
    highest = max((grade for _day, grade in graded if grade is not None), default=None)
    shown = [(day, grade) for day, grade in graded if grade != 0]
    quiet = len(graded) - len(shown)
    said = [f"D{words.whole(day.study_day)}: {'?' if grade is None else grade}" for day, grade in shown]
    if quiet:
        said.append(_("%(count)s days at grade 0") % {"count": quiet})
    severe = (highest or 0) >= SEVERE
    return Line(
        [
            Text(subject, "cell-bold"), syndrome, Text(words.whole(highest), "cell-bad" if severe else "cell-center"),
            " · ".join(said), drugs,
        ],
        marked=severe,
    )  # fmt: skip


def labs_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the results of concern."""
    heads = [Head(_("Subject"), 1), Head(_("Visit"), 0.8), Head(_("Analyte"), 1), Head(_("Term"), 2.6),
             Head(_("Grade"), 0.7, "-center"), Head(_("Because"), 5)]  # fmt: skip
    lines = [
        Line([Text(each.subject, "cell-bold"), each.visit, each.analyte, each.term,
              Text(str(each.grade), "cell-bad" if each.grade > SEVERE else "cell-center"), each.because])
        for each in pack.labs
    ]  # fmt: skip
    return [Heading(title), listing(heads, lines, _("No result of grade 3 or more."))]


def cytokines_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the peaks of the inflammation markers, where present: subjects down, analytes across."""
    analytes = list(dict.fromkeys(each.name for each in pack.cytokines))
    heads = [Head(_("Subject"), 1.2), *(Head(name, 1.6, "-right") for name in analytes)]
    peaks = {(each.subject, each.name): _peak_words(each) for each in pack.cytokines}
    lines = [
        Line([Text(subject, "cell-bold"), *(peaks.get((subject, name), words.DASH) for name in analytes)])
        for subject in sorted({each.subject for each in pack.cytokines})
    ]
    remark = _("The highest value after the baseline up to Day 28, with its day and the rise from the baseline.")
    return [Heading(title), listing(heads, lines, _("No cytokines on file.")), *([note(remark)] if lines else [])]


def _peak_words(each: PeakLine) -> str:
    rise = f", × {each.rise}" if each.rise else ""
    return f"{each.peak}\nD{each.day}{rise}"


def expansion_section(title: str, pack: Pack) -> list[Flowable]:
    """Return the maximum of the CAR-T cells, where present."""
    heads = [Head(_("Subject"), 1), Head(_("Method and unit"), 3), Head(_("Maximum"), 1.4, "-right"),
             Head(_("Days after infusion"), 1.4, "-right")]  # fmt: skip
    lines = [_peak(each) for each in pack.expansion]
    return [Heading(title), listing(heads, lines, _("No determinations of CAR-T cells on file."))]


def _peak(each: PeakLine) -> Line:
    return Line([Text(each.subject, "cell-bold"), each.name, each.peak, each.day])
