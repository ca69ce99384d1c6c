"""The items of each form for verification: counted again where the form changed, else as they were kept.

Counting them means reading the last version of every item in the trail of a subject, which only grows. What happened
since a casebook was last read stands at the end of its chain, so a save costs the forms it touched, not the casebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from trial_edc.casebook.models import FormStanding
from trial_edc.casebook.selectors.verification import Counts, progress

#: A verification is a record of its own; it is about the form of the version that it names.
TOUCHED = """
SELECT DISTINCT COALESCE(seen.root, c.root)
FROM unnest(%(subjects)s::uuid[], %(lengths)s::bigint[]) AS known (chain, length)
JOIN audit_itemchange c ON c.chain = known.chain AND c.position > known.length
LEFT JOIN audit_itemchange seen ON seen.id = CASE
    WHEN c.entity = 'review.sourceverification' AND c.field = 'change_id' THEN COALESCE(c.new, c.old)::bigint END
"""
COLUMNS = ("id", "items", "items_verified", "items_changed", "critical", "critical_verified", "critical_changed")


class Items(NamedTuple):
    """The items of one form that verification is about, and those of them that feed the dose decision."""

    all: Counts = Counts()
    critical: Counts = Counts()


def count_items(forms: Mapping[UUID, UUID], since: Mapping[UUID, int]) -> dict[UUID, Items]:
    """Return the items of the saved forms (form -> subject); a form without any may be absent.

    `since` gives the length of the chain at which each subject that is known was read last.
    """
    found = _kept(since)
    wanted = [form for form in forms if form not in found]
    if wanted:
        subjects = {forms[form] for form in wanted}
        counted = progress(subjects, roots=wanted if len(wanted) < len(forms) else None)
        found |= {form.root: Items(form.items, form.critical) for form in counted}
    return found


def _kept(since: Mapping[UUID, int]) -> dict[UUID, Items]:
    """Return the items of the forms that nothing happened to."""
    if not since:
        return {}
    touched = _touched(since)
    rows = FormStanding.objects.filter(subject__in=list(since)).values_list(*COLUMNS)
    return {form: Items(Counts(*counts[:3]), Counts(*counts[3:])) for form, *counts in rows if form not in touched}


def _touched(since: Mapping[UUID, int]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, {"subjects": _texts(since), "lengths": list(since.values())})
        return {form for (form,) in cursor.fetchall()}


def _texts(keys: Iterable[UUID]) -> list[str]:
    return [str(key) for key in keys]
