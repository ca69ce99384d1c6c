"""A form that was not done: said with a reason instead of values, and taken back when it was done after all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook import tokens
from trial_edc.casebook.closing import refuse_closed
from trial_edc.casebook.place import NEW, Place
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.amendments import current_amendment

SHORTEST_REASON, LONGEST_REASON = 3, 500


def mark_not_done(*, by: User, place: Place, reason: str, version: int, token: Any, source: str = "web") -> Any:
    """Set a form to "not done" for a reason, and return it; the same token again returns what it led to.

    A form that is not saved yet is created for it. `version` is that of the form as it was read, 0 for a new one.
    Raises DomainError for a form that holds values, is complete, closed or was changed meanwhile. Guards and followers
    of the form are not asked: they judge values, and there are none.
    """
    require(by, Permission.ENTER_DATA, place.subject.site)
    place.require_planned()
    words = _reason(reason)
    with acting(by, words, source=source):
        known = tokens.claim(token, by)
        if known is not None:
            return place.model.objects.get(pk=known)
        record = _locked(place, version)
        if (sentence := why_not(record)) is not None:
            raise DomainError(sentence, field="reason")
        record.status = FormStatus.NOT_DONE
        _save(record)
        at = Place(place.subject, place.visit, place.oid, record.sequence)
        tokens.remember_save(token, record.pk, by=by, place=at)
    return record


def take_back(*, by: User, place: Place, version: int, source: str = "web") -> Any:
    """Open a form that was set to "not done" for its values again, and return it."""
    require(by, Permission.ENTER_DATA, place.subject.site)
    place.require_planned()
    with acting(by, _("Done after all"), source=source):
        record = _locked(place, version)
        if record.status != FormStatus.NOT_DONE:
            raise DomainError(_("This form is not marked as not done. Reload the page."))
        record.status = FormStatus.STARTED
        _save(record)
    return record


def why_not(record: Any) -> str | None:
    """Return the sentence that keeps a form from being set to "not done", None when it can be."""
    if record.status == FormStatus.NOT_DONE:
        return _("This form is marked as not done already.")
    if record.status != FormStatus.STARTED:
        return _("This form is %(state)s and cannot be set to not done.") % {"state": record.get_status_display()}
    if not record._state.adding and holds_values(record):
        return _("This form holds values. Empty it and save it first: a form was either filled or not done.")
    return None


def holds_values(record: Any) -> bool:
    """Test whether anything was entered into a saved form; what a row is about was not."""
    if any(not is_missing(getattr(record, field.name)) for field, _item in registry.items(type(record))):
        return True
    return any(
        not is_missing(getattr(row, field.name))
        for table in registry.row_tables(type(record))
        for row in _rows(table, record)
        for field, meaning in registry.items(table)
        if not meaning.fixed
    )


def _rows(table: Any, record: Any) -> Iterable[Any]:
    found: Iterable[Any] = table._default_manager.filter(record=record)
    return found


def _locked(place: Place, version: int) -> Any:
    """Return the form at a place in the version that was read, the subject locked first; a new one if none is saved."""
    registry.subject_model().objects.select_for_update(of=("self",)).get(pk=place.subject.pk)
    refuse_closed(place.subject, place.visit)
    record = None if place.sequence == NEW else place.find(lock=True)
    if (record.version if record else 0) != version:
        raise DomainError(_("The form has changed since you opened it. Reload the page."))
    if record is not None:
        return record
    sequence = place.next_sequence() if place.sequence == NEW else place.sequence
    return place.model(
        subject=place.subject, visit=place.visit, sequence=sequence, amendment=current_amendment().number
    )


def _save(record: Any) -> None:
    record.version += 1
    record.save(force_insert=record._state.adding)


def _reason(text: str) -> str:
    words = text.strip()
    if sum(character.isalnum() for character in words) < SHORTEST_REASON:
        raise DomainError(_("Explain in at least 3 characters why the form was not done."), field="reason")
    if len(words) > LONGEST_REASON:
        raise DomainError(_("The reason is longer than 500 characters."), field="reason")
    return words


@dataclass(frozen=True)
class NotDone:
    """Why a form was not done, who said so, and when."""

    reason: str
    by: str
    at: datetime


def reasons(records: Iterable[UUID]) -> dict[UUID, NotDone]:
    """Return why each of the given forms was last set to "not done": one query, none for no forms."""
    wanted = list(records)
    if not wanted:
        return {}
    changes = (
        ItemChange.objects.filter(record__in=wanted, field="status", new=FormStatus.NOT_DONE)
        .order_by("record", "-id").distinct("record")
    )  # fmt: skip
    return {each.record: NotDone(each.reason, each.changed_by_name, each.changed_at) for each in changes}
