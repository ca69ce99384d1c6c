"""Several forms of one visit on one page: each is read, kept as a draft and saved the way its own page does it.

On such a page the items of a form carry its code before their name, `TL-scan_date`; its tables have names of their own
already. A post saves every form that the person changed, all in one transaction or none of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import QueryDict

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook import drafts
from trial_edc.casebook.entry import Entry, editable_items, open_entry
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import Conflict, Refused, Saved, reason_of, submit
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus

#: What a post says once for all its forms.
SHARED = frozenset({"action", "reason_code", "reason_text"})


@dataclass
class Outcome:
    """What became of the forms of a post, by their codes. Where one is refused, nothing at all was saved."""

    saved: dict[str, Saved] = field(default_factory=dict)
    refused: dict[str, Refused | Conflict] = field(default_factory=dict)


def own_data(data: QueryDict, oid: str) -> QueryDict:
    """Return the post of one form as its own page would send it.

    >>> own_data(QueryDict("TL-version=2&NTL-version=1&TLM-0-mm=9&confirm-TL-011=1&missing-TL-a=NK&action=save"), "TL")
    <QueryDict: {'version': ['2'], 'TLM-0-mm': ['9'], 'confirm-TL-011': ['1'], 'missing-a': ['NK'], 'action': ['save']}>
    """
    tables = tuple(f"{table.crf.oid}-" for table in registry.row_tables(registry.get(oid)))
    kept = (*tables, f"confirm-{oid}-", f"explain-{oid}-")
    own = QueryDict(mutable=True)
    for key, values in data.lists():
        if key in SHARED or key.startswith(kept):
            own.setlist(key, values)
        elif key.startswith(f"{oid}-"):
            own.setlist(key.removeprefix(f"{oid}-"), values)
        elif key.startswith(f"missing-{oid}-"):
            own.setlist(f"missing-{key.removeprefix(f'missing-{oid}-')}", values)
    return own


def fingerprint(entry: Entry) -> str:
    """Return a mark of the values of a form as it stands in front of a person, of its rows and of what is missing."""
    rows = {oid: [_values(row) for row in found] for oid, found in entry.rows().items()}
    content = json.dumps([_values(entry.record), rows, sorted(entry.missing.items())], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _values(record: Any) -> list[str]:
    return [_text(getattr(record, found.name)) for found, _item in registry.items(type(record))]


def _text(value: Any) -> str:
    if value in (None, "", []):
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def is_readable(entry: Entry) -> bool:
    """Read what was typed without running the edit checks; False when something cannot be read."""
    return all([entry.form.is_valid(), *(rows.is_valid() for rows in entry.rowsets.values())])


def is_touched(entry: Entry, shown: str) -> bool:
    """Test whether a person changed a form: `shown` is its mark when the page was made.

    What somebody else saved meanwhile is no change of theirs, so a form left alone never conflicts.
    """
    if not is_readable(entry) or fingerprint(entry) != shown:
        return True
    ticked = {key.removeprefix("confirm-") for key in entry.typed or {} if key.startswith("confirm-")}
    return bool(ticked) and not ticked <= {oid for oid, _value in entry.confirmed}


def submit_together(
    *, by: User, places: Sequence[Place], data: QueryDict, inside: AbstractContextManager[Any]
) -> Outcome:
    """Save every form of a post that was changed; `inside` surrounds the saves within their one transaction.

    With the action "complete", forms that were begun are completed too; one that waits for a physician's judgement is
    saved only. Raises PermissionDenied or DomainError as the save of one form does, and then nothing is saved either.
    """
    require(by, Permission.ENTER_DATA, places[0].subject.site)
    found = Outcome()
    with acting(by, reason_of(data)):
        with inside:
            for place in places:
                own = own_data(data, place.oid)
                if "token" in own and _is_asked_for(by, place, own):
                    outcome = submit(by=by, place=place, data=own)
                    if isinstance(outcome, Saved):
                        found.saved[place.oid] = outcome
                    else:
                        found.refused[place.oid] = outcome
        if found.refused:
            found.saved.clear()
            transaction.set_rollback(True)
    return found


def _is_asked_for(by: User, place: Place, own: QueryDict) -> bool:
    record = place.find()
    entry = open_entry(place, by, record=record, typed=own)
    touched = is_touched(entry, own.get("shown", ""))
    begun = record is not None and record.status == FormStatus.STARTED
    if own.get("action") != "complete":
        return touched
    if waits_for_judgement(entry, by):
        own["action"] = "save"
        return touched
    return touched or begun


def waits_for_judgement(entry: Entry, by: User) -> bool:
    """Test whether a form has items that apply and that this person may not enter."""
    editable = editable_items(type(entry.record), by, entry.place)
    return any(
        item.judgement and found.name not in editable and item.applies_to(entry.record)
        for found, item in registry.items(type(entry.record))
    )


def keep_drafts(by: User, places: Sequence[Place], data: QueryDict) -> bool:
    """Keep what is typed into each form as the draft of that form; False when one is too long to be kept."""
    kept = True
    for place in places:
        own = own_data(data, place.oid)
        if "token" not in own:
            continue
        entry = open_entry(place, by, record=place.find(), typed=own)
        if is_touched(entry, own.get("shown", "")):
            kept = _keep(by, place, own) and kept
        else:
            _forget(by, place)
    return kept


def _keep(by: User, place: Place, own: QueryDict) -> bool:
    version = own.get("version", "0")
    number = int(version) if version.isdigit() else 0
    return drafts.keep(by=by, place=place, data=own, version=number) is not None


def _forget(by: User, place: Place) -> None:
    """Forget a draft of this page whose changes were taken back; one of the form's own page stays."""
    draft = drafts.find(by, place)
    if draft is not None and "shown" in drafts.typed(draft):
        drafts.discard(by, place)


def validate(entries: Mapping[str, Entry]) -> None:
    """Run the edit checks of every form that was typed into."""
    for entry in entries.values():
        if entry.form.is_bound:
            entry.is_valid()
