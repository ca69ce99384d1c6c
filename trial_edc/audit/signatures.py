"""Sign a form or a decision, and tell whether a signature still holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import role_title
from trial_edc.accounts.models import User
from trial_edc.audit.coverage import coverage_of
from trial_edc.audit.models import AccessEvent, ItemChange, Signature
from trial_edc.errors import DomainError

#: Changes of these columns are workflow, not content: freezing a form, or releasing a decision, voids no signature.
WORKFLOW = (
    "status", "completed_at", "completed_by_id",
    "released_at", "released_by_id", "superseded_at", "superseded_because",
)  # fmt: skip


class WrongPassword(DomainError):
    """The signer's password did not match; nothing was signed."""


def sign(record: Any, *, by: User, meaning: str, subject_key: UUID | None = None) -> Signature:
    """Sign the present content of `record`. The caller has checked that `by` may, and runs inside `acting`."""
    return Signature.objects.create(
        entity=coverage_of(type(record)).entity,
        root=record.pk,
        subject_key=subject_key,
        last_change=_last_change(record.pk),
        content_hash=content_hash(record.pk),
        meaning=meaning,
        signed_at=timezone.now(),
        signed_by=by,
        printed_name=by.full_name,
        role_title=role_title(by),
    )


def confirm_password(user: User, password: str) -> None:
    """Raise WrongPassword, after noting the attempt, unless the password is the signer's."""
    if user.is_active and check_password(password, user.password):
        return
    note(user, "signature refused", "wrong password")
    raise WrongPassword(_("The password is not right. Nothing was signed."), field="password")


def note(user: User | None, action: str, detail: str = "") -> None:
    """Write an access event: signing attempts, exports, sign-ins."""
    AccessEvent.objects.create(
        at=timezone.now(),
        by_name=user.full_name if user else "",
        by_id=user.pk if user else None,
        action=action,
        detail=detail[:2000],
    )


def content_hash(root: UUID) -> str:
    """Return the SHA-256 of the current values under `root`, as the trail knows them."""
    return content_hashes([root])[root]


def content_hashes(roots: Iterable[UUID]) -> dict[UUID, str]:
    """Return the same for many forms in one query."""
    wanted = list(roots)
    versions = (
        ItemChange.objects.filter(root__in=wanted)
        .exclude(field__in=WORKFLOW)
        .exclude(entity="audit.signature")
        .order_by("root", "record", "field", "-id")
        .distinct("root", "record", "field")
        .values_list("root", "record", "field", "new")
    )
    content: dict[UUID, list[list[str | None]]] = {root: [] for root in wanted}
    for root, record, field, new in versions:
        content[root].append([str(record), field, new])
    return {root: _digest(values) for root, values in content.items()}


def _digest(values: list[list[str | None]]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=True).encode()).hexdigest()


def _last_change(root: UUID) -> int:
    return _content_changes([root]).get(root, 0)


def _content_changes(roots: Iterable[UUID], as_of: datetime | None = None) -> dict[UUID, int]:
    changes = ItemChange.objects.filter(root__in=list(roots)).exclude(field__in=WORKFLOW)
    if as_of is not None:
        changes = changes.filter(changed_at__lte=as_of)
    rows = changes.exclude(entity="audit.signature").values("root").annotate(last=Max("id"))
    return {row["root"]: row["last"] for row in rows}


def holding(roots: Iterable[UUID], *, as_of: datetime | None = None) -> dict[UUID, list[Signature]]:
    """Return, for each form that has any, its signatures that hold: unchanged since, and of this very form.

    With `as_of`, those that held at that moment.
    """
    found: dict[UUID, list[Signature]] = {}
    for signature, holds in given(roots, as_of=as_of):
        if holds:
            found.setdefault(signature.root, []).append(signature)
    return found


def given(roots: Iterable[UUID], *, as_of: datetime | None = None) -> list[tuple[Signature, bool]]:
    """Return every signature under these forms, first to last, and whether it holds (at `as_of`, or now)."""
    rows = Signature.objects.filter(root__in=list(roots)).order_by("signed_at")
    if as_of is not None:
        rows = rows.filter(signed_at__lte=as_of)
    last = _content_changes({row.root for row in rows}, as_of) if rows else {}
    return [(row, last.get(row.root, 0) == row.last_change) for row in rows]


def voided(signatures: Any) -> list[Signature]:
    """Return those of a query set of signatures whose content changed after they were given."""
    found = list(signatures)
    last = _content_changes({signature.root for signature in found})
    return [signature for signature in found if last.get(signature.root, 0) != signature.last_change]


def verify(signature: Signature) -> bool:
    """Test a signature the long way: content and place are exactly what was signed."""
    unchanged = _last_change(signature.root) == signature.last_change
    return unchanged and content_hash(signature.root) == signature.content_hash
