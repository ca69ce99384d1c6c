"""Drafts: what a person typed and has not saved. They are theirs alone and never records."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from trial_edc.accounts.models import User
from trial_edc.casebook import tokens
from trial_edc.casebook.models import Draft
from trial_edc.casebook.place import Place

LARGEST = 200_000
PASSING = ("csrfmiddlewaretoken", "token", "action")


def keep(*, by: User, place: Place, data: QueryDict, version: int) -> Draft | None:
    """Keep what was typed; returns None when it is too large to be a form.

    A draft that is still under way when its page is saved arrives after the record: it must not come back as a draft.
    """
    text = data.copy()
    for name in PASSING:
        text.pop(name, None)
    encoded = text.urlencode()
    if len(encoded) > LARGEST:
        return None
    draft, _created = Draft.objects.update_or_create(
        user=by, subject=place.subject, form=place.oid, visit=place.visit, sequence=place.sequence,
        defaults={"data": encoded, "version": version, "saved_at": timezone.now()},
    )  # fmt: skip
    if tokens.is_spent(data.get("token")):
        discard(by, place)
    return draft


def find(by: User, place: Place) -> Draft | None:
    """Return this person's draft of a form."""
    return Draft.objects.filter(
        user=by, subject=place.subject, form=place.oid, visit=place.visit, sequence=place.sequence
    ).first()


def find_all(by: User, places: Sequence[Place]) -> dict[Place, Draft]:
    """Return this person's drafts of some forms of one subject at one visit: one query."""
    own = Draft.objects.filter(user=by, subject=places[0].subject, visit=places[0].visit)
    known = {(draft.form, draft.sequence): draft for draft in own}
    return {place: known[place.oid, place.sequence] for place in places if (place.oid, place.sequence) in known}


def typed(draft: Draft) -> QueryDict:
    """Return a draft as the form post it was."""
    return QueryDict(draft.data)


def discard(by: User, place: Place) -> None:
    """Forget a draft its owner no longer wants."""
    # As SQL: every save comes by here, and the way through a query set costs more than the deletion.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM casebook_draft"
            " WHERE user_id = %s AND subject_id = %s AND form = %s AND visit = %s AND sequence = %s",
            [str(by.pk), str(place.subject.pk), place.oid, place.visit, place.sequence],
        )
