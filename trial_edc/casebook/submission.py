"""Save a form: one transaction, once per token, never over somebody else's values, never without a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook import hooks, tokens
from trial_edc.casebook.closing import free_sequence, refuse_closed
from trial_edc.casebook.entry import Entry, Typed, kept_forms, newly_confirmed, open_entry
from trial_edc.casebook.merge import Difference, differences, last_editor, with_choices
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.rows import out_of_date
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.review.models import MissingReason, SoftConfirmation, address_of
from trial_edc.review.services import answer_by_change, close_of_removed_rows

REASONS = (
    ("TRANSCRIPTION", gettext_lazy("Transcription error")),
    ("SOURCE", gettext_lazy("Source document corrected or completed")),
    ("LATE", gettext_lazy("Result received later")),
    ("QUERY", gettext_lazy("Answer to a query")),
    ("OTHER", gettext_lazy("Other, explain")),
)


@dataclass
class Saved:
    """The form is saved; `repeated` when this very post had been answered before."""

    record: Any
    repeated: bool = False
    changed: set[str] = field(default_factory=set)


@dataclass
class Refused:
    """Nothing was written; the errors stand at the fields of `entry`, `reason_error` at the reason for change."""

    entry: Entry
    reason_error: str = ""


@dataclass
class Conflict:
    """Nothing was written: someone else saved first. The person chooses a value for each difference."""

    entry: Entry
    record: Any
    differing: list[Difference]
    by: str
    at: datetime | None


Outcome = Saved | Refused | Conflict


def submit(*, by: User, place: Place, data: Typed, source: str = "web") -> Outcome:
    """Save what was typed into the form at `place`.

    `data` holds the texts of a form post: one per item, `version`, `token`, `action` (save, complete or next),
    `reason_code` and `reason_text` for a change after completion, `missing-…`, `confirm-…`, `explain-…`, `resolve-…`.
    Raises PermissionDenied or DomainError when the person or the rules of the trial do not allow it.
    """
    require(by, Permission.ENTER_DATA, place.subject.site)
    place.require_planned()
    with acting(by, reason_of(data), source=source):
        answered = tokens.claim(data.get("token"), by)
        if answered is not None:
            return Saved(place.model.objects.get(pk=answered), repeated=True)
        outcome = _attempt(by, place, data)
        if isinstance(outcome, Saved):
            tokens.remember_save(data.get("token"), outcome.record.pk, by=by, place=place)
        else:
            transaction.set_rollback(True)
    return outcome


def _attempt(by: User, place: Place, data: Typed) -> Outcome:
    # The subject's row is locked first, here and in every worker: two writers of one subject take turns.
    subject = registry.subject_model().objects.select_for_update().get(pk=place.subject.pk)
    subject.site = place.subject.site
    place = Place(subject, place.visit, place.oid, place.sequence)
    record = None if place.sequence == NEW else place.find(lock=True)
    if place.sequence == NEW:
        place = Place(subject, place.visit, place.oid, free_sequence(place))
    elif record is None:
        refuse_closed(subject, place.visit)
    if record is not None and not record.is_editable:
        raise DomainError(_("This form is %(state)s and cannot be changed.") % {"state": record.get_status_display()})
    if record is not None and record.status == FormStatus.NOT_DONE:
        raise DomainError(_("This form is marked as not done. Take that back first; your draft is kept."))
    typed = data if record is None else with_choices(place, by, record, data)
    entry = open_entry(place, by, record=record, typed=typed)
    if _version(data) != (record.version if record else 0):
        return _conflict(entry, record)
    if any(data.get(f"resolve-{oid}") != "mine" for oid in entry.misfits):
        raise out_of_date()
    return _save(entry, record, str(data.get("action", "save")))


def _version(data: Typed) -> int:
    text = str(data.get("version") or 0)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else -1


def _conflict(entry: Entry, record: Any) -> Outcome:
    entry.is_valid()
    if record is None:
        raise DomainError(_("This form no longer exists. Reload the page; your draft is kept."))
    name, moment = last_editor(record)
    return Conflict(entry, record, differences(entry, record), name, moment)


def _save(entry: Entry, record: Any | None, action: str) -> Outcome:
    if not entry.is_valid():
        return Refused(entry)
    confirmed = newly_confirmed(entry)
    for check, explanation in confirmed:
        entry.confirmed[(check.oid, entry.value_text(check))] = explanation
    changed = _changed_items(entry, record)
    reason_error = _reason_error(entry, record, changed)
    blocked = action == "complete" and entry.block_completion()
    if blocked or reason_error:
        return Refused(entry, reason_error)
    entry.record.typed_rows = entry.rows()
    try:
        hooks.guard(entry.record, entry.by)
    except DomainError as refusal:
        entry.form.add_error(
            refusal.field if refusal.field in entry.form.fields else None, ValidationError(str(refusal))
        )
        return Refused(entry)
    saved = _write(entry, action, changed, confirmed)
    hooks.follow(saved, entry.by, changed)
    return Saved(saved, changed=changed)


def _changed_items(entry: Entry, record: Any | None) -> set[str]:
    now = entry.record
    names = {
        f.name
        for f, _item in registry.items(type(now))
        if record is None or getattr(now, f.name) != getattr(record, f.name)
    }
    if any(formset.has_changed() for formset in entry.rowsets.values()):
        names.add("*rows")
    return names


def _reason_error(entry: Entry, record: Any | None, changed: set[str]) -> str:
    """Return what is wrong with the reason for change; once a form was completed, a change needs one."""
    if record is None or record.completed_at is None or not changed:
        return ""
    typed = entry.typed or {}
    code, text = str(typed.get("reason_code", "")), str(typed.get("reason_text", "")).strip()
    if code not in dict(REASONS):
        return _("Choose why saved values change.")
    if code == "OTHER" and sum(c.isalnum() for c in text) < 3:
        return _("Explain the change in at least 3 characters.")
    return ""


def reason_of(data: Typed) -> str:
    """Return the reason for change of a post in words, '' where it gives none."""
    code, text = str(data.get("reason_code", "")), str(data.get("reason_text", "")).strip()[:500]
    words = dict(REASONS).get(code, "")
    return ": ".join(str(part) for part in (words, text) if part)


def _write(entry: Entry, action: str, changed: set[str], confirmed: list[tuple[Any, str]]) -> Any:
    record = entry.record
    was_new = entry.is_new
    if action == "complete" or (record.status == FormStatus.COMPLETE and not entry.is_complete):
        record.status = FormStatus.COMPLETE if action == "complete" else FormStatus.STARTED
    if action == "complete" and record.completed_at is None:
        record.completed_at, record.completed_by = timezone.now(), entry.by
    record.version += 1
    record.save(force_insert=was_new)
    _write_rows(entry)
    _write_reasons(entry)
    _write_confirmations(entry, confirmed)
    if asked_about := changed & entry.said.asked_about:
        answer_by_change(by=entry.by, record=record, fields=asked_about)
    return record


def _write_rows(entry: Entry) -> None:
    removed: list[UUID] = []
    for oid, formset in entry.rowsets.items():
        if oid in entry.misfits and not entry.is_new:
            table: Any = registry.rows_of(oid)
            replaced = table._default_manager.filter(record=entry.record)
            removed += replaced.values_list("pk", flat=True)
            replaced.delete()
        for form in formset.deleted_forms:
            if form.instance.pk and not form.instance._state.adding:
                removed.append(form.instance.pk)
                form.instance.delete()
        for position, form in enumerate(kept_forms(formset), start=1):
            row = form.instance
            row.record, row.subject, row.position = entry.record, entry.record.subject, position
            row.save()
    if entry.said.on_rows:
        _follow_row_queries(entry, removed)


def _follow_row_queries(entry: Entry, removed: list[UUID]) -> None:
    """A query on a changed row is answered; a query on a removed one ends with it, and says so."""
    close_of_removed_rows(by=entry.by, rows=removed, reason=reason_of(entry.typed or {}))
    for formset in entry.rowsets.values():
        for form in formset.initial_forms:
            if form not in formset.deleted_forms and form.changed_data:
                answer_by_change(by=entry.by, record=form.instance, fields=set(form.changed_data))


def _write_reasons(entry: Entry) -> None:
    if entry.missing == entry.said.missing:
        return
    saved = {reason.field: reason for reason in MissingReason.objects.filter(record=entry.record.pk)}
    for name in saved.keys() - entry.missing.keys():
        saved[name].delete()
    for name, code in entry.missing.items():
        reason = saved.get(name) or MissingReason(**address_of(entry.record, name))
        if reason.code != code:
            reason.code = code
            reason.save()


def _write_confirmations(entry: Entry, confirmed: list[tuple[Any, str]]) -> None:
    for check, explanation in confirmed:
        SoftConfirmation.objects.create(
            **address_of(entry.record, check.place),
            check_oid=check.oid,
            value=entry.value_text(check),
            explanation=explanation,
            confirmed_at=timezone.now(),
            confirmed_by=entry.by,
        )
