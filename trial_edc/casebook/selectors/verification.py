"""Source verification: how far each form is, and its items one by one. Every number comes from one definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from trial_edc.casebook.selectors.facts import forms_of_every_kind
from trial_edc.protocol.visits.schedule import order_of
from trial_edc.review.selectors import ITEMS, item_parameters, items_sql

UNVERIFIED, CHANGED, VERIFIED, ALL = "unverified", "changed", "verified", "all"
#: name in the address -> what the chip says; each counts items, not forms.
STATES: dict[str, Any] = {
    UNVERIFIED: _("Unverified"), CHANGED: _("Changed since verified"), VERIFIED: _("Verified"), ALL: _("All"),
}  # fmt: skip


@dataclass(frozen=True)
class VerificationFilter:
    """The part of an address that narrows items; `critical` is "1" for those that feed the dose decision."""

    state: str = UNVERIFIED
    critical: str = ""
    form: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> VerificationFilter:
        """Return the filter an address carries; an unknown state means what is not verified."""
        state, critical = str(parameters.get("state", "")), str(parameters.get("critical", ""))
        form = str(parameters.get("form", ""))[:12]
        return cls(state if state in STATES else UNVERIFIED, "1" if critical == "1" else "", form)

    def but(self, **changes: str) -> VerificationFilter:
        """Return the filter with other values for some of its parts."""
        return replace(self, **changes)

    def parts(self) -> dict[str, str]:
        """Return the filter as address parameters."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class Counts(NamedTuple):
    """Items by how they stand; `changed` are among the unverified."""

    total: int = 0
    verified: int = 0
    changed: int = 0

    def of(self, state: str) -> int:
        """Return how many items are in a state of the filter."""
        return {ALL: self.total, VERIFIED: self.verified, CHANGED: self.changed}.get(state, self.total - self.verified)

    def plus(self, other: Counts) -> Counts:
        return Counts(self.total + other.total, self.verified + other.verified, self.changed + other.changed)


class FormProgress(NamedTuple):
    """How far the verification of one saved form is; `state` is its stored status."""

    subject: UUID
    root: UUID
    oid: str
    visit: str
    sequence: int
    state: str
    items: Counts
    critical: Counts

    def counts(self, wanted: VerificationFilter) -> Counts:
        """Return the items the filter looks at, its state apart."""
        return self.critical if wanted.critical else self.items


PROGRESS = """
SELECT form.subject_id, form.id, form.oid, form.visit, form.sequence, form.status,
    item.total, item.verified, item.changed, item.critical, item.critical_verified, item.critical_changed
FROM (
    SELECT root, count(*) AS total, count(*) FILTER (WHERE verified) AS verified,
        count(*) FILTER (WHERE seen AND NOT verified) AS changed, count(*) FILTER (WHERE critical) AS critical,
        count(*) FILTER (WHERE critical AND verified) AS critical_verified,
        count(*) FILTER (WHERE critical AND seen AND NOT verified) AS critical_changed
    FROM ({items}) item GROUP BY root
) item
JOIN (SELECT * FROM ({forms}) filed WHERE subject_id = ANY (%(subjects)s::uuid[])) form ON form.id = item.root
"""


def progress(
    subject_ids: Iterable[UUID], *, roots: Iterable[UUID] | None = None, as_of: datetime | None = None
) -> list[FormProgress]:
    """Return the forms of some subjects with anything to verify, in the order of the protocol: one statement.

    With `as_of`, the items as they were then; `state` is that of now.
    """
    query = PROGRESS.format(items=items_sql(as_of), forms=forms_of_every_kind())
    with connection.cursor() as cursor:
        cursor.execute(query, item_parameters(subject_ids, roots=roots, as_of=as_of))
        rows = cursor.fetchall()
    found = [FormProgress._make((*row[:6], Counts(*row[6:9]), Counts(*row[9:]))) for row in rows]
    return sorted(found, key=lambda form: (order_of(form.visit), form.oid, form.sequence))


def total(forms: Iterable[FormProgress], wanted: VerificationFilter) -> Counts:
    """Return the items of some forms together."""
    found = Counts()
    for form in forms:
        found = found.plus(form.counts(wanted))
    return found


def narrow(forms: Iterable[FormProgress], wanted: VerificationFilter) -> list[FormProgress]:
    """Return the forms that have at least one item the filter asks for."""
    return [
        form for form in forms if form.counts(wanted).of(wanted.state) and (not wanted.form or form.oid == wanted.form)
    ]


@dataclass(frozen=True)
class ItemState:
    """One item in its present version; `change` names that version."""

    entity: str
    root: UUID
    record: UUID
    field: str
    change: int
    text: str | None
    critical: bool
    changed_at: datetime
    verified: bool
    seen: bool

    def is_in(self, wanted: VerificationFilter) -> bool:
        """Test whether the filter asks for this item."""
        if wanted.critical and not self.critical:
            return False
        matches = {ALL: True, VERIFIED: self.verified, CHANGED: self.seen and not self.verified}
        return matches.get(wanted.state, not self.verified)


ITEM_STATES = "SELECT form, root, record, field, change, new, critical, changed_at, verified, seen FROM ({items}) item"


def item_states(subject: UUID, roots: Iterable[UUID]) -> list[ItemState]:
    """Return every item of some forms of one subject that verification is about: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ITEM_STATES.format(items=ITEMS), item_parameters([subject], roots=roots))
        return [ItemState(*row) for row in cursor.fetchall()]
