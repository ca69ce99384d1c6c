"""What the visit page, the visit card and the subject page say about one visit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.rendering.status import look_of
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.selectors.facts import FormRecord, QueryCount
from trial_edc.casebook.selectors.status import FormState, VisitState
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.protocol.visits.model import VisitWindow
from trial_edc.review.models import MissingReason


def form_url(identifier: str, visit: str, oid: str, sequence: int | None = None) -> str:
    """Return the address of a form; without a sequence that of the next free one."""
    if sequence is None:
        return reverse("casebook:crf-open", args=[identifier, visit, oid])
    return reverse("casebook:crf-edit", args=[identifier, visit, oid, sequence])


def plan_text(state: VisitState) -> str:
    """Return the plan of a visit in words: target and window."""
    if state.window is None:
        return _("No planned date yet") if state.visit.timing else _("Takes place when needed")
    target = study_date(state.window.target)
    planned = _("Forecast %(day)s") if state.window.provisional else _("Planned %(day)s")
    text = planned % {"day": target}
    span = window_text(state.window)
    return _("%(plan)s, window %(span)s") % {"plan": text, "span": span} if span else text


def window_text(window: VisitWindow) -> str:
    """Return the window in words, '' where it is the target day itself."""
    if window.first == window.last == window.target:
        return ""
    if window.first is None and window.last is None:
        return _("any time")
    first = study_date(window.first) if window.first else _("any time before")
    last = study_date(window.last) if window.last else _("any time after")
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def timeliness(state: VisitState) -> tuple[str, str]:
    """Return (kind of chip, words) for a visit that took place, ('', '') for one without a date or window."""
    days = state.days_outside
    if state.row.visit_date is None or state.window is None or state.window.provisional:
        return "", ""
    if days == 0:
        return "ok", _("in window")
    if days < 0:
        return "warn", ngettext("%(days)s day early", "%(days)s days early", -days) % {"days": -days}
    return "warn", ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def query_words(count: QueryCount) -> str:
    """Return unresolved queries in words, '' when there are none."""
    parts = []
    if count.open:
        parts.append(ngettext("%(n)s query open", "%(n)s queries open", count.open) % {"n": count.open})
    if count.answered:
        parts.append(ngettext("%(n)s query answered", "%(n)s queries answered", count.answered) % {"n": count.answered})
    return ", ".join(parts)


def card(identifier: str, state: VisitState) -> dict[str, Any]:
    """Return what the card over a cell of the matrix shows."""
    return {
        "label": visit_label(state.visit),
        "plan": plan_text(state),
        "visit_date": state.row.visit_date,
        "done": state.done_count,
        "total": len(state.required),
        "url": reverse("casebook:visit", args=[identifier, state.visit.code]),
        "forms": [_card_line(identifier, state.visit.code, form) for form in state.forms],
    }


def _card_line(identifier: str, visit: str, state: FormState) -> dict[str, Any]:
    first = state.records[0].sequence if state.records else (1 if not state.form.repeating else None)
    words = [str(look_of(state.status).word)]
    if state.form.records > 1 or len(state.records) > 1:
        words.append(_("%(saved)s of %(expected)s") % {
            "saved": len(state.records), "expected": max(state.form.records, len(state.records)),
        })  # fmt: skip
    if said := query_words(state.queries):
        words.append(said)
    return {
        "url": form_url(identifier, visit, state.form.oid, first),
        "title": state.form.title,
        "status": state.status,
        "required": state.form.required,
        "line": " · ".join(words),
    }


@dataclass(frozen=True)
class Answered:
    """Required items that have a value or a reason, of all required items."""

    done: int
    total: int


def answered_items(records: Iterable[FormRecord]) -> dict[UUID, Answered]:
    """Return how far each form is filled: one query per kind of form and one for the reasons."""
    by_oid: dict[str, list[UUID]] = defaultdict(list)
    for record in records:
        by_oid[record.oid].append(record.pk)
    reasons: dict[UUID, set[str]] = defaultdict(set)
    for pk, name in MissingReason.objects.filter(record__in=[pk for pks in by_oid.values() for pk in pks]).values_list(
        "record", "field"
    ):
        reasons[pk].add(name)
    found = {}
    for oid, pks in by_oid.items():
        for form in registry.get(oid)._default_manager.filter(pk__in=pks):
            found[form.pk] = _answered(form, reasons[form.pk])
    return found


def _answered(form: Any, reasons: set[str]) -> Answered:
    names = [f.name for f, item in registry.items(type(form), form.amendment) if item.required]
    done = sum(not is_missing(getattr(form, name)) or name in reasons for name in names)
    return Answered(done, len(names))
