"""A stored value in the words people read, the same on pages, in histories and in reports."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from trial_edc.casebook.rendering.dates import study_moment
from trial_edc.crf.fields import PartialDateField
from trial_edc.protocol.partial_dates import DateText, PartialDate


def display_value(field: Any, value: Any) -> str:
    """Return the value of one item in words; '' when there is none."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.choices or ())
        return ", ".join(str(labels.get(each, each)) for each in value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, PartialDateField):
        return _partial(str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return study_moment(value, with_offset=False)
    if isinstance(value, date):
        return PartialDate.from_date(value).display()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)


def _partial(text: str) -> str:
    try:
        return PartialDate.from_iso(text).display()
    except DateText:
        return text


def display_trail_text(field: Any, text: str | None) -> str:
    """Return a value as the trail keeps it (text) in the words people read."""
    if text is None:
        return ""
    if isinstance(field, ArrayField):
        return display_value(field, json.loads(text))
    if isinstance(field, models.BooleanField):
        return display_value(field, text == "true")
    if isinstance(field, models.DecimalField):
        return str(Decimal(text))
    try:
        return display_value(field, field.to_python(text))
    except (ValueError, TypeError):
        return text
