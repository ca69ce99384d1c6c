"""Where a form stands: whose, at which visit, which form, which of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from trial_edc.casebook.selectors.added_visits import is_added
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.model import Visit, VisitKind
from trial_edc.protocol.visits.schedule import visit as visit_definition
from trial_edc.protocol.visits.unscheduled import FIRST

NEW = 0


@dataclass(frozen=True)
class Place:
    """The address of a form. `sequence` NEW asks for the next free number, for logs and repeated forms."""

    subject: Any
    visit: str
    oid: str
    sequence: int = 1

    @property
    def model(self) -> Any:
        return registry.get(self.oid)

    @property
    def definition(self) -> Visit:
        """Return the visit of the schedule; DomainError when the protocol has none of this code."""
        try:
            return visit_definition(self.visit)
        except KeyError:
            raise DomainError(_("The protocol has no visit %(code)s.") % {"code": self.visit}) from None

    def require_planned(self) -> None:
        """Raise DomainError unless the protocol collects this form at this visit."""
        planned = self.definition
        if self.oid not in (*planned.required_forms, *planned.optional_forms, *planned.log_forms):
            raise DomainError(_("The protocol does not collect this form at %(visit)s.") % {"visit": planned.label})
        if self.sequence < NEW or self.sequence > 999 or (self.sequence != 1 and not self.model.crf.repeating):
            raise DomainError(_("There is no such form."))
        if planned.code != FIRST:
            self.require_added()

    def require_added(self) -> None:
        """Raise DomainError for an unscheduled visit that this subject does not have."""
        planned = self.definition
        if planned.kind is VisitKind.UNSCHEDULED and not is_added(self.subject, self.visit):
            raise DomainError(_("This subject has no visit %(code)s.") % {"code": self.visit})

    @property
    def url(self) -> str:
        return reverse("casebook:crf-edit", args=[self.subject.identifier, self.visit, self.oid, self.sequence])

    def find(self, *, lock: bool = False) -> Any | None:
        """Return the saved form at this place, or None."""
        records = self.model.objects.select_for_update() if lock else self.model.objects.all()
        found = records.filter(subject=self.subject, visit=self.visit, sequence=self.sequence).first()
        if found is not None:
            found.subject = self.subject
        return found

    def next_sequence(self) -> int:
        """Return the first number that is free at this visit."""
        # As SQL: every new form comes by here, and the way through a query set costs more than the answer.
        table = connection.ops.quote_name(self.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT coalesce(max(sequence), 0) + 1 FROM {table} WHERE subject_id = %s AND visit = %s",
                [str(self.subject.pk), self.visit],
            )
            return int(cursor.fetchone()[0])
