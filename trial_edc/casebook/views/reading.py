"""Read what people type outside of entry forms."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import DateText, parse_full_date


def typed_number(text: str | None) -> int:
    """Return a version as a page sends it back; -1, which no form has, for anything else.

    >>> typed_number("12"), typed_number("-3"), typed_number("²"), typed_number(None)
    (12, -1, -1, -1)
    """
    known = text or ""
    return int(known) if known.isdecimal() and known.isascii() and len(known) < 10 else -1


def typed_date(text: str, field: str) -> date | None:
    """Return a complete date as typed, None for none; DomainError at `field` with what to enter instead."""
    if not text:
        return None
    try:
        return parse_full_date(text)
    except DateText as problem:
        raise DomainError(_(problem.template) % problem.values, field=field) from None
