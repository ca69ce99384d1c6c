"""Read the casebook of one subject as it was at a cut-off, in the order of the protocol's schedule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.models import Subject as SubjectRow
from reports.casebook.chain import Chain
from reports.casebook.content import Casebook, Form, LogPart, Subject, VisitPart
from reports.casebook.forms import FormReader
from reports.facts_then import facts_then
from trial_edc.casebook.selectors.status import UNFINISHED, FormState, VisitState, casebook
from trial_edc.errors import DomainError
from trial_edc.protocol.status import NOT_EXPECTED
from trial_edc.review.selectors import unverified_critical


def read_casebook(subject: UUID, cutoff: datetime, *, with_trail: bool) -> Casebook:
    """Return everything that was known about a subject at `cutoff`; DomainError when nothing was."""
    chain = Chain(subject, cutoff)
    known = chain.rows(SubjectRow)
    if not known:
        raise DomainError(_("There was no such subject at this data cut-off."))
    reader = FormReader(chain, with_trail=with_trail)
    forms = {UUID(form.key): form for form in map(reader.form, _every(reader.records.values()))}
    book = casebook(known[0], facts_then([subject], cutoff, with_required=True), today=timezone.localdate(cutoff))
    visits = tuple(_visit(state, forms) for state in book.visits)
    logs = [_log(state, forms) for state in book.logs]
    parts: list[VisitPart | LogPart] = [*visits, *logs]
    shown = {form.key for part in parts for form in part.forms}
    rest = tuple(form for form in forms.values() if form.key not in shown)
    return Casebook(
        cutoff=cutoff,
        subject=_subject(known[0]),
        with_trail=with_trail,
        visits=visits,
        logs=(*logs, *((LogPart("", rest),) if rest else ())),
        computed=reader.computed(subject),
        unverified=sum(row["change"] not in reader.verified for row in unverified_critical([subject], as_of=cutoff)),
    )


def _every(groups: Iterable[list[Any]]) -> Iterator[Any]:
    for records in groups:
        yield from sorted(records, key=lambda record: (record.visit, record.sequence))


def _subject(row: SubjectRow) -> Subject:
    return Subject(
        identifier=row.identifier,
        site=row.site.code,
        status=row.status,
        dose_level=row.dose_level,
        consent_date=row.consent_date,
        infused_at=row.infused_at,
        death_date=row.death_date,
        off_study_date=row.off_study_date,
    )


def _visit(state: VisitState, forms: dict[UUID, Form]) -> VisitPart:
    span = state.window
    return VisitPart(
        code=state.visit.code,
        state=state.status.code,
        target=span.target if span else None,
        first=span.first if span else None,
        last=span.last if span else None,
        visit_date=state.row.visit_date,
        not_done=state.row.not_done_reason,
        forms=tuple(forms[record.pk] for each in state.forms for record in each.records),
        absent=tuple(_absent(state.required)),
    )


def _absent(required: Iterable[FormState]) -> Iterator[tuple[str, str]]:
    for each in required:
        if not each.records and each.status in UNFINISHED and each.status is not NOT_EXPECTED:
            yield each.form.oid, each.status.code


def _log(state: FormState, forms: dict[UUID, Form]) -> LogPart:
    return LogPart(state.form.oid, tuple(forms[record.pk] for record in state.records))
