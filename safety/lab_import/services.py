"""Take a laboratory file in: kept once, checked as often as one likes, and its rows saved all at once or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from safety.lab_import.checking import Sample
from safety.lab_import.mapping import TARGETS, guess
from safety.lab_import.planning import Plan, plan_of
from safety.lab_import.reading import read_sheet
from safety.models.laboratory_import import LaboratoryImport
from trial_edc.accounts.access import require
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.queue import enqueue
from trial_edc.casebook.submission import Saved, submit
from trial_edc.errors import DomainError
from trial_edc.protocol.partial_dates import PartialDate

State = LaboratoryImport.State
#: A file with more new forms than this takes longer than a person waits for a page.
MOST_AT_ONCE = 5
#: Faults named in the reason why nothing was taken; the page lists all of them.
NAMED = 3


def upload_file(*, by: User, site: Site, name: str, content: bytes) -> LaboratoryImport:
    """Keep a file of a site, its columns guessed; the same bytes again return what they led to before."""
    require(by, Permission.ENTER_DATA, site)
    digest = hashlib.sha256(content).hexdigest()
    sheet = read_sheet(name, content)
    with acting(by, _("Laboratory file %(name)s") % {"name": name[:120]}, source="import"):
        found, _created = LaboratoryImport.objects.get_or_create(
            site=site,
            sha256=digest,
            defaults={
                "name": name[-120:], "content": content, "mapping": guess(sheet.header), "rows": len(sheet.rows),
                "uploaded_at": timezone.now(), "uploaded_by": by,
            },
        )  # fmt: skip
    return found


def name_columns(*, by: User, upload: LaboratoryImport, mapping: Mapping[str, int]) -> None:
    """Say which column is which item; refused once the file is waiting or taken."""
    require(by, Permission.ENTER_DATA, upload.site)
    with acting(by, source="import"):
        present = _open(upload)
        present.mapping = {target: number for target, number in mapping.items() if target in TARGETS and number >= 0}
        present.state, present.failure_reason = State.CHECKED, ""
        present.save()


def start_import(*, by: User, upload: LaboratoryImport) -> LaboratoryImport:
    """Save the samples of a file without a fault: at once where they are few, else by the worker.

    Raises DomainError while a row has a fault; nothing is saved then. A file that was taken is not taken again.
    """
    require(by, Permission.ENTER_DATA, upload.site)
    if upload.state == State.DONE:
        return upload
    plan = plan_of(upload)
    _refuse_faults(plan)
    with acting(by, source="import"):
        present = _open(upload)
        present.state, present.uploaded_by, present.failure_reason = State.QUEUED, by, ""
        present.save()
        if len(plan.new) > MOST_AT_ONCE:
            transaction.on_commit(lambda: _enqueue(present.pk))
    return present if len(plan.new) > MOST_AT_ONCE else take_in(present.pk) or present


def _enqueue(pk: UUID) -> None:
    from safety.tasks import take_in_file

    enqueue(take_in_file, str(pk))


def take_in(pk: UUID) -> LaboratoryImport | None:
    """Save every new sample of a waiting file in one transaction; None when it is not waiting or somebody is at it.

    Whatever ends it half-way, a refusal, a fault or the end of the process, leaves nothing behind.
    """
    try:
        with transaction.atomic():
            upload = LaboratoryImport.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.QUEUED)
            found = upload.select_related("site", "uploaded_by").first()
            return None if found is None else _save(found)
    except DomainError as refusal:
        return _failed(pk, str(refusal))


def _save(upload: LaboratoryImport) -> LaboratoryImport:
    by = User.objects.get(pk=upload.uploaded_by_id)
    with acting(by, _("Laboratory file %(name)s") % {"name": upload.name}, source="import"):
        plan = plan_of(upload)
        _refuse_faults(plan)
        for subject, visit, sample in plan.new:
            _submit(by, upload, Place(subject, visit, sample.key.form, NEW), sample)
        upload.state, upload.finished_at = State.DONE, timezone.now()
        upload.forms_created, upload.forms_present = len(plan.new), plan.present
        upload.save()
    return upload


def _refuse_faults(plan: Plan) -> None:
    if plan.faults:
        named = "; ".join(
            _("line %(line)s: %(why)s") % {"line": fault.line, "why": fault.sentence} for fault in plan.faults[:NAMED]
        )
        raise DomainError(
            _("%(number)s rows have faults, so nothing is taken: %(named)s")
            % {"number": len(plan.faults), "named": named}
        )


def _submit(by: User, upload: LaboratoryImport, place: Place, sample: Sample) -> None:
    outcome = submit(by=by, place=place, data=_texts(upload, place, sample), source="import")
    if isinstance(outcome, Saved):
        return
    forms = [outcome.entry.form, *(form for rows in outcome.entry.rowsets.values() for form in rows.forms)]
    sentences = [str(error) for form in forms for errors in form.errors.values() for error in errors]
    lines = ", ".join(str(result.line) for result in sample.results.values())
    raise DomainError(_("Lines %(lines)s: %(why)s") % {"lines": lines, "why": " ".join(dict.fromkeys(sentences))})


def _texts(upload: LaboratoryImport, place: Place, sample: Sample) -> QueryDict:
    key, prefix = sample.key, f"{place.oid}R"
    texts: dict[str, Any] = {
        "collected_date": PartialDate.from_date(key.day).display(), "collected_time": key.clock,
        "laboratory": sample.laboratory[:80], "action": "save", "version": "0",
        "token": str(uuid5(upload.pk, "/".join((key.subject, key.day.isoformat(), key.clock, key.form)))),
        f"{prefix}-TOTAL_FORMS": str(len(sample.results)), f"{prefix}-INITIAL_FORMS": "0",
    }  # fmt: skip
    for number, result in enumerate(sample.results.values()):
        row = {
            "analyte": result.analyte, "value": result.value, "unit": result.unit, "range_low": result.low,
            "range_high": result.high,
        }  # fmt: skip
        texts |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    data = QueryDict(mutable=True)
    for name, text in texts.items():
        data[name] = text
    return data


def _open(upload: LaboratoryImport) -> LaboratoryImport:
    present = LaboratoryImport.objects.select_for_update().select_related("site").get(pk=upload.pk)
    if present.state in (State.QUEUED, State.DONE):
        raise DomainError(_("This file is %(state)s already.") % {"state": present.get_state_display()})
    return present


def _failed(pk: UUID, reason: str) -> LaboratoryImport:
    found = LaboratoryImport.objects.select_related("uploaded_by").get(pk=pk)
    with acting(found.uploaded_by, source="import"):
        found.state, found.failure_reason, found.finished_at = State.FAILED, reason, timezone.now()
        found.save()
    return found


def waiting() -> list[UUID]:
    """Return the files that wait, for the timetable: a message was lost, or the worker ended."""
    return list(LaboratoryImport.objects.filter(state=State.QUEUED).values_list("pk", flat=True))
