"""Codes of the content as words: columns, grades, dates, durations, verdicts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.models.dose_decision import ACTION_WORDS, DoseDecision
from reports.content.events import Row, RowKind
from reports.content.exposure import Spread
from reports.content.facts import Group
from reports.content.listings import Duration
from safety.rules.severity import Criterion
from trial_edc.casebook.rendering.dates import offset_text, study_date
from trial_edc.protocol.dose_levels import DOSE_LEVELS
from trial_edc.protocol.partial_dates import PartialDate

DASH = "–"
GROUP_WORDS = {
    Group.NO_LEVEL: gettext_lazy("No level assigned"),
    Group.ALL: gettext_lazy("All levels"),
    Group.NOT_INFUSED: gettext_lazy("Enrolled, not infused"),
    Group.NOT_ENROLLED: gettext_lazy("Not enrolled"),
}
_LEVEL_LABELS = {level.short_label: level.label for level in DOSE_LEVELS}
OVERVIEW_WORDS = {
    "any": gettext_lazy("Any adverse event"),
    "grade-3-or-higher": gettext_lazy("Grade 3 or higher"),
    "grade-4-or-5": gettext_lazy("Grade 4 or 5"),
    "serious": gettext_lazy("Serious"),
    "related": gettext_lazy("Related to the CAR-T cells"),
    "related-grade-3-or-higher": gettext_lazy("Related, grade 3 or higher"),
    "fatal": gettext_lazy("Fatal"),
    "dlt": gettext_lazy("Dose-limiting toxicity"),
}
VERDICT_WORDS = {
    "YES": gettext_lazy("Yes"),
    "NO": gettext_lazy("No"),
    "PENDING": gettext_lazy("Pending"),
    "REVIEW": gettext_lazy("For review"),
    "NEEDS DATA": gettext_lazy("More data needed"),
    "NOT_APPLICABLE": gettext_lazy("Not applicable"),
}
CLAUSE_WORDS: dict[str, Any] = {
    Criterion.CRS_LONGER_THAN_LIMIT.value: gettext_lazy("CRS of grade 3 or higher for more than two weeks"),
    Criterion.GRADE_4_NON_HEMATOLOGIC.value: gettext_lazy("Grade 4 non-hematologic toxicity"),
    Criterion.GRADE_5_RELATED.value: gettext_lazy("Related grade 5 event"),
}


def group(code: str) -> str:
    """Return the name of a column or of a subject's dose level."""
    return str(GROUP_WORDS.get(code, code))  # type: ignore[call-overload]  # a code that is no Group is shown as it is


def event_row(row: Row) -> str:
    """Return the label of a row of an event table."""
    if row.kind == RowKind.ANY:
        return _("Any adverse event, any grade")
    if row.kind == RowKind.OVERVIEW:
        return str(OVERVIEW_WORDS[row.label])
    if row.kind == RowKind.NO_GRADE:
        return _("Grade not recorded")
    if row.kind == RowKind.GRADE:
        return _("Grade %(grade)s") % {"grade": row.label}
    return row.label or (_("Term not in the dictionary") if row.kind == RowKind.SOC else _("Term not entered"))


def dose(code: str) -> str:
    """Return the dose of a column's level, "" for a column that is no level."""
    return _LEVEL_LABELS.get(code, "")


def moment(value: datetime | None, *, seconds: bool = False) -> str:
    """Return an instant in the trial's zone: 22-Nov-2026 23:59 UTC+08:00."""
    if value is None:
        return DASH
    local = timezone.localtime(value)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    return f"{study_date(local)} {clock} {offset_text(local)}"


def day(value: date | None) -> str:
    """Return a date as the study writes it."""
    return study_date(value) if value else DASH


def partial(text: str) -> str:
    """Return a recorded date, perhaps partial."""
    return PartialDate.from_iso(text).display() if text else DASH


def whole(value: int | None) -> str:
    """Return a whole number with a true minus sign."""
    return DASH if value is None else str(value).replace("-", "−")


def grade(value: int | None) -> str:
    """Return a grade."""
    return _("not recorded") if value is None else str(value)


def lasted(value: Duration) -> str:
    """Return a duration in days; one that goes on is said to."""
    if value.days is None:
        return _("ongoing") if value.ongoing else _("not determinable")
    return _("%(days)s, ongoing") % {"days": value.days} if value.ongoing else str(value.days)


def share(part: int, of: int) -> str:
    """Return a count with its share of the subjects: 2 (66.7 %)."""
    if of == 0:
        return str(part) if part else DASH
    percent = (Decimal(part) * 100 / Decimal(of)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{part} ({percent} %)"


def median_range(value: Spread) -> str:
    """Return median and range: 98.0 (95.2–101.3)."""
    return DASH if value.median is None else f"{value.median} ({value.minimum}–{value.maximum})"


def choice(choices: type[TextChoices], value: str) -> str:
    """Return the words of a stored choice; a value that is none of them as it is."""
    return str(choices(value).label) if value in choices.values else value or DASH


def verdict(code: str) -> str:
    """Return a verdict on a dose-limiting toxicity."""
    return str(VERDICT_WORDS.get(code, code)) or DASH


def clause(code: str) -> str:
    """Return the clause of the protocol that an event meets."""
    return str(CLAUSE_WORDS.get(code, code)) or DASH


def action(code: str) -> str:
    """Return what a rule advises or the committee chose."""
    words = {known.value: text for known, text in ACTION_WORDS.items()}
    return str(words.get(code, code)) or DASH


def decision_status(code: str) -> str:
    """Return the status of a decision."""
    return choice(DoseDecision.Status, code)


def yes_no(value: bool | None) -> str:
    """Return an answered question."""
    return DASH if value is None else _("Yes") if value else _("No")
