"""Beside the laboratory forms: what is out of range, which CTCAE grades follow, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from safety.lab_checks import unanswered
from safety.laboratory import LabValue, baseline_for, lab_values, range_text, site_ranges
from safety.laboratory_grades import ASKS_FOR_EVENT, ResultGrade, grades_of, without_event
from safety.links import propose_event
from safety.models.laboratory import Finding, unit_label
from safety.models.normal_range import ANALYTE_CHOICES
from safety.rules import laboratory, normal_range
from safety.rules.normal_range import Position
from trial_edc.casebook.panel import Panel, PanelRow

NAMES = dict(ANALYTE_CHOICES)
SCALE = (1, 2, 3, 4)
OUTSIDE = (Position.LOW, Position.HIGH)


def range_panel(record: Any, rows: list[Any]) -> Panel | None:
    """List the results outside their normal range, and where the range on the form is not the site's of that day."""
    values = lab_values(rows)
    if not values:
        return None
    outside = [value for value in values if value.position in OUTSIDE]
    lines = [_out_of_range(value) for value in outside]
    lines += _other_ranges(record, values)
    unsure = [value for value in values if value.position is Position.UNKNOWN]
    because = ""
    if unsure:
        because = _("Cannot be compared with a range: %(names)s.") % {"names": _names(unsure)}
    unjudged = [row.analyte for row in rows if row.clinically_significant is None]
    to_judge = [value for value in outside if value.analyte in unjudged]
    if to_judge:
        lines.append(PanelRow(_("Clinical significance not answered"), len(to_judge), _names(to_judge)))
    missing = unanswered([row.analyte for row in rows if row.analyte], rows)
    if missing:
        listed = ", ".join(str(NAMES[code]) for code in missing)
        lines.append(PanelRow(_("Without a result"), len(missing), listed))
    title = _("%(outside)s of %(total)s results out of range") % {"outside": len(outside), "total": len(values)}
    if not outside:
        title = _("No result is known to be out of range")
    return Panel(
        title=title,
        grade="!" if outside else "✓",
        rule=_("Normal range of the laboratory"),
        version=normal_range.VERSION,
        because=because,
        rows=lines,
        link=reverse("safety:ranges"),
        link_text=_("Normal ranges of the site"),
    )


def _names(values: Iterable[LabValue]) -> str:
    return ", ".join(str(NAMES[value.analyte]) for value in values)


def _shown(value: LabValue) -> str:
    unit = unit_label(value.unit) if value.unit else ""
    return f"{value.text} {unit}".rstrip()


def _out_of_range(value: LabValue) -> PanelRow:
    words = _("low") if value.position is Position.LOW else _("high")
    detail = _("normal %(range)s") % {"range": value.range_text}
    return PanelRow(NAMES[value.analyte], f"{_shown(value)} {words}", detail, driving=True)


def _other_ranges(record: Any, values: Iterable[LabValue]) -> Iterator[PanelRow]:
    """A range typed by hand, or kept from another day, is shown beside the one the site's laboratory had that day."""
    if record.collected_date is None:
        return
    in_force = site_ranges(record.subject, record.collected_date)
    for value in values:
        site = in_force.get(value.analyte)
        if site is None or (value.low, value.high, value.unit) == (site.low, site.high, site.unit):
            continue
        text = f"{range_text(site.low_text, site.high_text)} {site.get_unit_display()}"
        yield PanelRow(
            NAMES[value.analyte],
            _("check the range"),
            _("The site's range of that day is %(range)s.") % {"range": text},
        )


def grade_panel(record: Any, rows: list[Any]) -> Panel | None:
    """Say which CTCAE v5.0 grades the results mean, and which of them no adverse event explains."""
    if not lab_values(rows):
        return None
    grades = grades_of(rows, baseline_for(record))
    if not grades:
        return None
    graded = [grade for grade in grades if grade.grade]
    highest = max((grade.grade or 0 for grade in graded), default=0)
    missing = without_event(record.subject, graded, record.collected_date)
    lines = [_graded(grade) for grade in sorted(graded, key=lambda each: -(each.grade or 0))]
    lines += [_missing_event(record, grade) for grade in missing]
    opened = [grade for grade in grades if grade.grade is None]
    return Panel(
        title=_("CTCAE grade %(grade)s") % {"grade": highest} if graded else _("No result has a CTCAE grade"),
        grade=highest,
        rule=_("CTCAE v5.0, laboratory criteria"),
        version=laboratory.VERSION,
        because=_open_sentence(opened),
        rows=lines,
        scale=SCALE,
    )


def grade_captions(record: Any, rows: list[Any]) -> list[dict[str, str]]:
    """Return for each row of a laboratory form the grade of its value as it stands, '' where CTCAE has none."""
    grades = grades_of(rows, baseline_for(record))
    return [{"value": _grade_words(row.analyte, grades)} for row in rows]


def _grade_words(analyte: str, grades: list[ResultGrade]) -> str:
    found = [grade for grade in grades if grade.result.analyte == analyte]
    graded = [
        _("CTCAE %(grade)s, %(term)s") % {"grade": grade.grade, "term": grade.term} for grade in found if grade.grade
    ]
    unsure = any(grade.grade is None for grade in found) and not graded
    return "; ".join(graded) or (_("CTCAE open") if unsure else "")


def _missing_event(record: Any, grade: ResultGrade) -> PanelRow:
    """A severe result without an event, with the address of the event filled in from it: one click, nothing saved."""
    assert grade.grade is not None
    address = propose_event(record.subject.identifier, grade.term, grade.grade, record.collected_date)
    return PanelRow(grade.term, _("Create the event"), _("grade ≥ 3 without AE"), driving=True, link=address)


def _graded(grade: ResultGrade) -> PanelRow:
    assert grade.grade is not None
    return PanelRow(
        f"{NAMES[grade.result.analyte]} {grade.result.text}",
        _("CTCAE grade %(grade)s") % {"grade": grade.grade},
        f"{grade.term}. {grade.because}",
        driving=grade.grade >= ASKS_FOR_EVENT,
    )


def _open_sentence(grades: list[ResultGrade]) -> str:
    if not grades:
        return ""
    names = ", ".join(dict.fromkeys(str(NAMES[grade.result.analyte]) for grade in grades))
    return _("Cannot be graded: %(names)s. A missing unit or limit leaves the grade open.") % {"names": names}


def rcl_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Raise the alarm when replication-competent lentivirus was found."""
    if record.rcl != Finding.POSITIVE:
        return None
    return Panel(
        title=_("Positive RCL: notify sponsor at once"),
        grade="!",
        rule=_("Replication-competent lentivirus"),
        version="",
        because=_("The vector can multiply. Tell the sponsor by telephone now, repeat the test, keep the sample."),
        rows=[PanelRow(_("RCL"), _("positive"), driving=True)],
    )
