"""Words and addresses for the pages of dosing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from dosing.rules.pausing import EXPANSION, TRIAL, Pause
from safety.rules.severity import Criterion, Dlt
from trial_edc.casebook.rendering.dates import study_moment
from trial_edc.protocol.partial_dates import PartialDate

register = template.Library()


@register.filter
def subject_url(identifier: str) -> str:
    """Address of a subject's page."""
    return f"/subjects/{identifier}/"


@register.filter
def iso_minute(text: str | None) -> str:
    """A stored moment (ISO 8601) as date and time in the trial's zone."""
    return study_moment(datetime.fromisoformat(text), with_offset=False) if text else ""


@register.filter
def partial_date(text: str) -> str:
    """A stored partial date as people read it."""
    return PartialDate.from_iso(text).display() if text else ""


@register.filter
def dlt_word(verdict: str) -> str:
    """The verdict on an event in words."""
    return {
        Dlt.YES.value: _("DLT"),
        Dlt.NO.value: _("no DLT"),
        Dlt.PENDING.value: _("not decided yet"),
        Dlt.REVIEW.value: _("in review"),
        Dlt.NOT_APPLICABLE.value: _("not applicable"),
    }[verdict]


@register.filter
def criterion_word(criterion: str) -> str:
    """The clause of the protocol in words."""
    return {
        Criterion.CRS_LONGER_THAN_LIMIT.value: _("CRS of grade 3 or more for longer than 14 days"),
        Criterion.GRADE_4_NON_HEMATOLOGIC.value: _("grade 4 non-hematologic toxicity"),
        Criterion.GRADE_5_RELATED.value: _("related grade 5 event"),
    }[criterion]


@register.filter
def has_dlt_events(row: dict[str, Any]) -> bool:
    """Whether a subject has an event worth naming beside its verdict."""
    return any(event["final"] not in (Dlt.NO, Dlt.NOT_APPLICABLE) or event["adjudicated"] for event in row["events"])


@register.filter
def pause_scope(pause: Pause) -> str:
    """What a pause holds, in words."""
    words = {TRIAL: _("The trial is paused."), EXPANSION: _("The expansion is paused.")}
    return words.get(pause.scope) or _("Dose level %(level)s is closed.") % {
        "level": pause.scope.removeprefix("level-")
    }
