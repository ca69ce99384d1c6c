"""The columns of the forms of dosing: a value of each kind, empty until it is entered."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from trial_edc.protocol.parameters import text


def number(label: Any, digits: int, places: int) -> models.DecimalField[Any, Any]:
    """Return a number of so many digits, so many of them behind the point."""
    return models.DecimalField(label, max_digits=digits, decimal_places=places, null=True, blank=True)


def whole(label: Any, **more: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(label, null=True, blank=True, **more)


def yes_no(label: Any) -> models.BooleanField[Any, Any]:
    """Return a question answered yes or no; unanswered is neither."""
    return models.BooleanField(label, null=True, blank=True)


def words(label: Any, length: int = 80) -> models.CharField[Any, Any]:
    return models.CharField(label, max_length=length, blank=True)


def story(label: Any) -> models.TextField[Any, Any]:
    """Return a text of several lines."""
    return models.TextField(label, max_length=500, blank=True)


def choice(label: Any, choices: Any, length: int = 32) -> models.CharField[Any, Any]:
    return models.CharField(label, max_length=length, choices=choices, blank=True)


def day(label: Any) -> models.DateField[Any, Any]:
    return models.DateField(label, null=True, blank=True)


def clock(label: Any) -> models.TimeField[Any, Any]:
    return models.TimeField(label, null=True, blank=True)


def coi_text(typed: str) -> str:
    """Return a chain-of-identity number as it is kept: capitals, no spaces.

    >>> coi_text(" c70-000 123 ")
    'C70-000123'
    """
    return "".join(typed.split()).upper()


#: The hint beside every field that takes a chain-of-identity number.
COI_HINT = format_lazy("{} {}", _("For example"), text("product.coi_example"))
