"""What the trail and other people say about forms, beside their values: read once for all forms of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from trial_edc.accounts.models import User
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import holding
from trial_edc.casebook.entry import Entry
from trial_edc.casebook.models import Draft
from trial_edc.casebook.place import Place
from trial_edc.review.selectors import Versions, versions_by_item

PRESENT_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Around:
    """Signatures that hold and versions of items by saved form; who else types into a form, by its place."""

    signatures: Mapping[UUID, list[Signature]] = field(default_factory=dict)
    versions: Mapping[UUID, Mapping[str, Versions]] = field(default_factory=dict)
    editors: Mapping[Place, list[str]] = field(default_factory=dict)


def read_around(entries: Sequence[Entry], by: User) -> Around:
    """Return what stands around the forms of one subject on one page: a fixed number of statements."""
    saved = [entry.record.pk for entry in entries if not entry.is_new]
    return Around(
        signatures=holding(saved) if saved else {},
        versions=versions_by_item(saved) if saved else {},
        editors=_editors([entry.place for entry in entries], by),
    )


def _editors(places: Iterable[Place], by: User) -> dict[Place, list[str]]:
    """Return who else has typed into these forms of one subject within the last minutes and not saved."""
    known = {(place.visit, place.oid, place.sequence): place for place in places}
    recent = Draft.objects.filter(
        subject__in={place.subject.pk for place in known.values()},
        visit__in={visit for visit, _oid, _sequence in known},
        saved_at__gte=timezone.now() - PRESENT_FOR,
    )
    found: dict[Place, list[str]] = defaultdict(list)
    for *where, name in (
        recent.exclude(user=by).order_by("user__full_name").values_list("visit", "form", "sequence", "user__full_name")
    ):
        if (place := known.get(tuple(where))) is not None:  # type: ignore[arg-type]  # three columns
            found[place].append(name)
    return found
