"""Source verification: a monitor notes that exactly this version of a value stands in the source."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.review.models import SourceVerification
from trial_edc.review.selectors import current_versions, current_versions_of_subject
from trial_edc.review.services.locking import lock_subjects


def verify_items(*, by: User, record: Any, fields: set[str] | None = None) -> int:
    """Note that the monitor saw the present values (all, or `fields`) of a form in the source; return how many."""
    require(by, Permission.VERIFY_SOURCE, record.subject.site)
    with acting(by):
        lock_subjects([record.subject_id])
        items = _item_columns(type(record))
        return _verify(by, record.subject_id, current_versions(record.pk), items, fields)


def verify_subject(*, by: User, subject: Any) -> int:
    """Note that the monitor compared every form of a subject with the source, as it stands; return how many items."""
    require(by, Permission.VERIFY_SOURCE, subject.site)
    with acting(by):
        lock_subjects([subject.pk])
        return _verify(by, subject.pk, current_versions_of_subject(subject.pk), _all_columns(), None)


def verify_versions(*, by: User, subject: Any, changes: Collection[int]) -> int:
    """Note that the monitor saw exactly these versions in the source; return how many were not verified before.

    Refused as a whole when one of them is no longer the latest version of an item of this subject.
    """
    require(by, Permission.VERIFY_SOURCE, subject.site)
    with acting(by):
        lock_subjects([subject.pk])
        named = ItemChange.objects.filter(pk__in=changes, chain=subject.pk)
        records = named.values("record").distinct()
        versions = ItemChange.objects.filter(record__in=records).order_by("record", "field", "-id")
        current = [each for each in versions.distinct("record", "field") if each.pk in changes]
        if len(current) != len(changes):
            raise DomainError(_("A value has changed since it was shown. Compare it again, then verify."))
        return _verify(by, subject.pk, current, _all_columns(), None)


def _verify(
    by: User, subject_id: UUID, versions: Iterable[ItemChange], items: set[tuple[str, str]], fields: set[str] | None
) -> int:
    chosen = [
        version
        for version in versions
        if (version.entity, version.field) in items and (fields is None or version.field in fields)
    ]
    known = set(SourceVerification.objects.filter(change__in=chosen).values_list("change_id", flat=True))
    fresh = [_verification(subject_id, version, by) for version in chosen if version.pk not in known]
    SourceVerification.objects.bulk_create(fresh)
    return len(fresh)


def unverify_items(*, by: User, record: Any, fields: set[str]) -> int:
    """Take back the verification of the present values of some items; return how many."""
    require(by, Permission.VERIFY_SOURCE, record.subject.site)
    with acting(by):
        latest = [change for change in current_versions(record.pk) if change.field in fields]
        return _take_back(latest)


def unverify_version(*, by: User, subject: Any, change: int) -> int:
    """Take back the verification of one version; return how many were taken back, 0 or 1."""
    require(by, Permission.VERIFY_SOURCE, subject.site)
    with acting(by):
        return _take_back(list(ItemChange.objects.filter(pk=change, chain=subject.pk)))


def _take_back(versions: list[ItemChange]) -> int:
    held = SourceVerification.objects.filter(change__in=versions)
    count = held.count()
    held.delete()
    return count


def _all_columns() -> set[tuple[str, str]]:
    return {pair for model in registry.all_forms() for pair in _item_columns(model)}


def _item_columns(model: Any) -> set[tuple[str, str]]:
    tables: list[Any] = [model, *registry.row_tables(model)]
    return {(table.crf.oid, str(field.column)) for table in tables for field, _item in registry.items(table)}


def _verification(subject_id: UUID, version: ItemChange, by: User) -> SourceVerification:
    return SourceVerification(
        subject_id=subject_id,
        record=version.record,
        root_record=version.root,
        field=version.field,
        change=version,
        verified_at=timezone.now(),
        verified_by=by,
    )
