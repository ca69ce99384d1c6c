"""Sign forms: a delegated physician, with the password, exactly the versions that were read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from trial_edc.accounts.access import may_sign_casebook, training_gap
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.identity import PASSWORD_ALONE, Second, confirm_identity
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import content_hashes, sign
from trial_edc.casebook.selectors.facts import FormRecord
from trial_edc.casebook.selectors.status import Casebook, record_status
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol import status
from trial_edc.protocol.status import Status
from trial_edc.review.selectors import unverified_critical

#: What a physician may declare about forms; decisions have meanings of their own.
MEANINGS = (Signature.Meaning.REVIEW, Signature.Meaning.AUTHOR)


@dataclass(frozen=True)
class Chosen:
    """One form as it was read: its kind, its identity, and the version that stood on the page."""

    oid: str
    pk: UUID
    version: int


def sign_record(*, by: User, record: Any, version: int, password: str, second: Second = PASSWORD_ALONE) -> Signature:
    """Sign a complete form in the version that was read; any change by any path later voids the signature.

    Raises PermissionDenied, WrongPassword, WrongCode, or DomainError when the form is not complete or has changed.
    """
    chosen = Chosen(record.crf.oid, record.pk, version)
    return sign_records(by=by, subject=record.subject, chosen=[chosen], password=password, second=second)[0]


def sign_records(
    *,
    by: User,
    subject: Any,
    chosen: Iterable[Chosen],
    password: str,
    meaning: str = Signature.Meaning.REVIEW,
    second: Second = PASSWORD_ALONE,
) -> list[Signature]:
    """Sign forms of one subject together: all of them or none. Raises as `sign_record` does."""
    if not may_sign_casebook(by, subject.site):
        raise PermissionDenied(training_gap(by) or _("Only a physician named in the delegation log may sign."))
    if meaning not in MEANINGS:
        raise DomainError(_("Choose what your signature means."), field="meaning")
    wanted = list(chosen)
    if not wanted:
        raise DomainError(_("Choose at least one form to sign."), field="chosen")
    confirm_identity(by, password, second)
    with acting(by):
        return [
            sign(_as_read(subject, each), by=by, meaning=meaning, subject_key=subject.pk)
            for each in sorted(wanted, key=lambda each: (each.oid, each.pk))
        ]


def _as_read(subject: Any, each: Chosen) -> Any:
    model: Any = registry.get(each.oid)
    record = model.objects.select_for_update().filter(pk=each.pk, subject=subject).first()
    if record is None or record.status != FormStatus.COMPLETE:
        raise DomainError(_("Only a complete form can be signed."))
    if record.version != each.version:
        raise DomainError(_("The form has changed since you opened it. Read it again, then sign."))
    return record


@dataclass(frozen=True)
class Signable:
    """A complete form nobody has signed in its present version, with what a physician should know before signing."""

    record: FormRecord
    title: Any
    version: int
    content_hash: str
    open_queries: int
    unverified: int
    status: Status

    @property
    def value(self) -> str:
        """What the page sends back when the form is chosen."""
        return f"{self.record.oid}:{self.record.pk}:{self.version}"


def signable(book: Casebook, facts: Any, visit: str = "", only: Collection[UUID] | None = None) -> list[Signable]:
    """Return the forms of a subject (of one visit, or of `only` these) that wait for a signature, in protocol order."""
    records = [
        record
        for state in (*book.visits,)
        if visit in ("", state.visit.code)
        for form in state.forms
        for record in form.records
    ] + ([] if visit else [record for log in book.logs for record in log.records])
    waiting = [
        record
        for record in records
        if record_status(record, facts) in (status.COMPLETE, status.VERIFIED) and (only is None or record.pk in only)
    ]
    hashes, versions = content_hashes([record.pk for record in waiting]), _versions(waiting)
    unverified: dict[Any, int] = {}
    for item in unverified_critical([book.subject.pk]):
        unverified[item["root"]] = unverified.get(item["root"], 0) + 1
    return [
        Signable(
            record=record,
            title=registry.get(record.oid).crf.title,
            version=versions[record.pk],
            content_hash=hashes[record.pk],
            open_queries=sum(facts.queries[record.pk]) if record.pk in facts.queries else 0,
            unverified=unverified.get(record.pk, 0),
            status=record_status(record, facts),
        )
        for record in waiting
    ]


def _versions(records: list[FormRecord]) -> dict[UUID, int]:
    by_oid: dict[str, list[UUID]] = {}
    for record in records:
        by_oid.setdefault(record.oid, []).append(record.pk)
    found: dict[UUID, int] = {}
    for oid, pks in by_oid.items():
        model: Any = registry.get(oid)
        found.update(model.objects.filter(pk__in=pks).values_list("pk", "version"))
    return found


def read_chosen(values: Iterable[str]) -> list[Chosen]:
    """Read what a page sent back; DomainError when it was tampered with."""
    found = []
    for value in values:
        oid, _colon, rest = value.partition(":")
        pk, _colon, version = rest.partition(":")
        try:
            found.append(Chosen(oid, UUID(pk), int(version)))
        except ValueError:
            raise DomainError(_("This page is out of date. Reload it.")) from None
    return found
