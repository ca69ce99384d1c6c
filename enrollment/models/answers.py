"""Questions that several forms of this application ask in the same way."""

from __future__ import annotations

from typing import Any

from django.db import models


def yes_no(label: Any) -> models.BooleanField[Any, Any]:
    """Return a question answered yes or no; unanswered is neither."""
    return models.BooleanField(label, null=True, blank=True)
