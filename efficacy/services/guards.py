"""What refuses the save of a form of response or kinetics because of what other forms say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from efficacy.filed import others
from efficacy.models import BloodKinetics
from efficacy.models.sample import Timing
from efficacy.selectors.samples import drawn_at
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError

#: Form -> the table that identifies its lesions, the table that follows them, and the item that says how they were.
LESIONS = {"TL": ("TLB", "TLM", "status"), "NTL": ("NTLB", "NTLS", "state"), "NL": ("NLN", "NLS", "state")}


def guard_tumour_form(*, record: Any, by: User) -> None:
    """Refuse scans that cannot be, a second assessment of one day, and the removal of a lesion that is followed."""
    _refuse_impossible_day(record, record.scan_date, "scan_date")
    for row in (row for rows in record.typed_rows.values() for row in rows):
        _refuse_impossible_day(record, row.scan_date, "scan_date")
    _refuse_second_of_a_day(record, record.scan_date, "scan_date")
    _refuse_removal(record)


def guard_response(*, record: Any, by: User) -> None:
    """Refuse an assessment that cannot be, and a second one of one day."""
    _refuse_impossible_day(record, record.assessment_date, "assessment_date")
    _refuse_second_of_a_day(record, record.assessment_date, "assessment_date")


def guard_sample(*, record: Any, by: User) -> None:
    """Refuse a sample that cannot be, and one on the other side of the infusion than it is called."""
    _refuse_impossible_day(record, record.drawn_date, "drawn_date")
    moment = drawn_at(record)
    if moment is None:
        return
    if moment > timezone.now():
        raise DomainError(_("The time of the sample is in the future."), field="drawn_time")
    infused = record.subject.infused_at
    timing = getattr(record, "timing", "")
    if infused is None or not timing:
        return
    if (timing == Timing.PRE) != (moment < infused):
        raise DomainError(
            _("The infusion started on %(date)s at %(time)s: this sample is on its other side.")
            % {"date": study_date(timezone.localdate(infused)), "time": f"{timezone.localtime(infused):%H:%M}"},
            field="timing",
        )


def guard_biopsy(*, record: Any, by: User) -> None:
    """Refuse a biopsy that cannot be, and one that is paired with a blood sample nobody entered."""
    guard_sample(record=record, by=by)
    if not record.paired_visit or record.paired_sequence is None:
        return
    there = BloodKinetics.objects.filter(
        subject=record.subject, visit=record.paired_visit, sequence=record.paired_sequence, sample_taken=True
    ).exclude(status=FormStatus.NOT_DONE)
    if not there.exists():
        raise DomainError(
            _("There is no blood sample %(number)s at %(visit)s.")
            % {"number": record.paired_sequence, "visit": record.paired_visit},
            field="paired_visit",
        )


def _refuse_impossible_day(record: Any, day: date | None, field: str) -> None:
    if day is None:
        return
    if day > today():
        raise DomainError(_("%(date)s is in the future.") % {"date": study_date(day)}, field=field)
    died = record.subject.death_date
    if died is not None and day > died:
        raise DomainError(
            _("%(date)s is after the death of the subject on %(died)s.")
            % {"date": study_date(day), "died": study_date(died)},
            field=field,
        )


def _refuse_second_of_a_day(record: Any, day: date | None, field: str) -> None:
    if day is None:
        return
    for form in others(record, record.crf.oid).forms:
        if form.pk != record.pk and getattr(form, field) == day:
            raise DomainError(
                _("The assessment of %(visit)s has this date already. One assessment is entered once.")
                % {"visit": form.visit},
                field=field,
            )


def _refuse_removal(record: Any) -> None:
    """Refuse that a lesion disappears which a later assessment says something about."""
    table = LESIONS[record.crf.oid][0]
    found = others(record, record.crf.oid)
    saved = next((form for form in found.forms if form.pk == record.pk), None)
    if saved is None or table not in record.typed_rows:
        return
    elsewhere = _codes(row for form in found.forms if form.pk != record.pk for row in found.rows(table, form))
    gone = _codes(found.rows(table, saved)) - _codes(record.typed_rows[table]) - elsewhere
    for form, row in _answered(found, record.crf.oid):
        if row.code in gone:
            raise DomainError(
                _("%(lesion)s cannot be removed: the assessment of %(visit)s says how it was found.")
                % {"lesion": row.code, "visit": form.visit}
            )


def _answered(found: Any, oid: str) -> Iterator[tuple[Any, Any]]:
    _table, follows, name = LESIONS[oid]
    for form in found.forms:
        for row in found.rows(follows, form):
            if getattr(row, name):
                yield form, row


def _codes(rows: Iterable[Any]) -> set[str]:
    return {row.code for row in rows if row.code}
