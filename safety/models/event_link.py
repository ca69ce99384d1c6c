"""The link from another form to an event of the adverse-event log."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial_edc.crf.fields import item


def event_number(oid: str, sdtm: str, **more: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    """Return an item that holds the number of an event in the subject's adverse-event log."""
    label = more.pop("label", _("Adverse event number"))
    hint = more.pop("hint", _("The number of the event in this subject's adverse-event log"))
    return item(
        models.PositiveSmallIntegerField(label, null=True, blank=True),
        oid=oid, sdtm=sdtm, limits=(1, 999), hint=hint, **more,
    )  # fmt: skip
