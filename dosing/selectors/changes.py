"""What changed since a cut-off, item by item, in words: read from the trail."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.models import DltAdjudication
from enrollment.models import Subject
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.rendering.dates import study_moment
from trial_edc.crf import registry

ENTITIES = ("AE", "AEG", "INF", "DLT", "EOS", "DTH", "dosing.dltadjudication", "dosing.explicitchoice")
NAMED_AT_MOST = 12


@dataclass(frozen=True)
class Change:
    """One item that changed: where, before, after, when and by whom; `url` leads to the form."""

    subject: str
    form: str
    item: str
    before: str
    after: str
    changed_at: datetime
    person: str
    url: str

    @property
    def phrase(self) -> str:
        """The change as one phrase."""
        return _("%(subject)s %(form)s, %(item)s: %(old)s → %(new)s (%(moment)s, %(person)s)") % {
            "subject": self.subject,
            "form": self.form,
            "item": self.item,
            "old": self.before,
            "new": self.after,
            "moment": study_moment(self.changed_at),
            "person": self.person,
        }


def difference(subject_ids: Iterable[UUID], cutoff: datetime, until: datetime | None = None) -> list[Change]:
    """Return what changed after `cutoff` (and not after `until`), oldest first, one entry per item and change."""
    rows = ItemChange.objects.filter(chain__in=list(subject_ids), entity__in=ENTITIES, changed_at__gt=cutoff)
    if until is not None:
        rows = rows.filter(changed_at__lte=until)
    said = [row for row in rows.order_by("id") if _label(row) is not None]
    identifiers = dict(Subject.objects.filter(pk__in={row.chain for row in said}).values_list("pk", "identifier"))
    numbers = _event_numbers(said)
    return [_change(row, identifiers[row.chain], numbers.get(row.root)) for row in said]


def changes_since(subject_ids: Iterable[UUID], cutoff: datetime) -> list[str]:
    """Return one phrase per item changed after `cutoff`, oldest first: subject, form, item, old, new, when, who."""
    return [change.phrase for change in difference(subject_ids, cutoff)]


def sentence(phrases: list[str]) -> str:
    """Join the phrases; a long list ends with how many more there are."""
    text = "; ".join(phrases[:NAMED_AT_MOST])
    more = len(phrases) - NAMED_AT_MOST
    return text if more <= 0 else _("%(text)s; and %(count)s more") % {"text": text, "count": more}


def _label(row: ItemChange) -> str | None:
    """The words for an item, None for columns that are no items."""
    if row.entity == "dosing.dltadjudication":
        return _("Adjudication") if row.field == "verdict" else None
    if row.entity == "dosing.explicitchoice":
        return _("Explicit choice") if row.field in ("option", "status") else None
    model: Any = registry.rows_of(row.entity) if row.entity == "AEG" else registry.get(row.entity)
    for field, _item in registry.items(model):
        if field.column == row.field:
            return str(field.verbose_name)
    return None


def _event_numbers(rows: list[ItemChange]) -> dict[UUID, int]:
    model: Any = registry.get("AE")
    roots = {row.root for row in rows if row.entity in ("AE", "AEG")}
    judged = {row.root for row in rows if row.entity == "dosing.dltadjudication"}
    numbers = dict(model.objects.filter(pk__in=roots).values_list("pk", "sequence"))
    if judged:
        rows_of = DltAdjudication.objects.filter(pk__in=judged)
        numbers |= dict(rows_of.values_list("pk", "adverse_event__sequence"))
    return numbers


def _change(row: ItemChange, identifier: str, number: int | None) -> Change:
    form = row.entity.removeprefix("dosing.explicit")
    return Change(
        subject=identifier,
        form=form if number is None else f"AE {number}",
        item=_label(row) or "",
        before=_said(row.old),
        after=_said(row.new),
        changed_at=row.changed_at,
        person=row.changed_by_name,
        url=reverse("casebook:subject", args=[identifier]) if number is None else _event_url(identifier, number),
    )


def _said(stored: str | None) -> str:
    """Return a stored value as people read it: lists without brackets, yes and no in words.

    >>> _said('["MEDICALLY IMPORTANT"]'), _said("[]"), _said("3")
    ('MEDICALLY IMPORTANT', '–', '3')
    """
    if stored in ("true", "false"):
        return _("Yes") if stored == "true" else _("No")
    if (stored is not None and stored.startswith('["')) or stored == "[]":
        try:
            stored = ", ".join(map(str, json.loads(stored)))
        except ValueError:
            return stored  # a text that somebody began with a bracket
    return stored or "–"


def _event_url(identifier: str, number: int) -> str:
    return reverse("casebook:crf-edit", args=[identifier, "LOG", "AE", number])
