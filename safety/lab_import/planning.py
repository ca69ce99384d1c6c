"""What a checked file means for the forms on file: which samples are new, which are there already, which contradict."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from enrollment.models import Subject
from safety.lab_import.checking import Checked, Fault, Sample, SampleKey, check_rows
from safety.lab_import.mapping import lacking
from safety.lab_import.reading import read_sheet
from safety.models import Chemistry, Coagulation, Haematology, Immunology
from safety.models.laboratory_import import LaboratoryImport
from trial_edc.accounts.access import today
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.model import VisitKind
from trial_edc.protocol.visits.schedule import SCHEDULE, window

FORMS: dict[str, Any] = {"HEM": Haematology, "CHEM": Chemistry, "COAG": Coagulation, "IMM": Immunology}
Saved = dict[SampleKey, dict[str, tuple[str, ...]]]


@dataclass
class Plan:
    """New forms with their subject and visit, the number of samples that are on file, and every fault by line."""

    checked: Checked
    new: list[tuple[Any, str, Sample]] = field(default_factory=list)
    present: int = 0
    faults: list[Fault] = field(default_factory=list)


def plan_of(upload: LaboratoryImport) -> Plan:
    """Read a file, check its rows and hold them against the forms on file; DomainError while a column is not named."""
    missing = lacking(upload.mapping)
    if missing:
        raise DomainError(_("Name the column of: %(items)s.") % {"items": ", ".join(str(each) for each in missing)})
    sheet = read_sheet(upload.name, bytes(upload.content))
    subjects = {each.identifier: each for each in Subject.objects.filter(site=upload.site).select_related("site")}
    checked = check_rows(sheet, upload.mapping, subjects=subjects, today=today())
    plan = Plan(checked, faults=list(checked.faults))
    wanted = [subjects[identifier] for identifier in {key.subject for key in checked.samples}]
    saved = _saved(wanted)
    for key in sorted(checked.samples):
        _settle(plan, checked.samples[key], subjects[key.subject], saved)
    plan.faults.sort(key=lambda fault: fault.line)
    return plan


def _saved(subjects: Iterable[Any]) -> Saved:
    """Return what is on file of some subjects: per sample the results by analyte."""
    by_pk = {subject.pk: subject.identifier for subject in subjects}
    found: Saved = {}
    for oid, model in FORMS.items():
        forms = model.objects.filter(subject__in=list(by_pk), collected_date__isnull=False)
        for form in forms.exclude(status=FormStatus.NOT_DONE).prefetch_related("results"):
            clock = f"{form.collected_time:%H:%M}" if form.collected_time else ""
            results = found.setdefault(SampleKey(by_pk[form.subject_id], form.collected_date, clock, oid), {})
            for row in form.results.all():
                results[row.analyte] = (row.value, row.unit, row.range_low, row.range_high)
    return found


def _settle(plan: Plan, sample: Sample, subject: Any, saved: Saved) -> None:
    there = saved.get(sample.key)
    if there is not None:
        faults = [fault for result in sample.results.values() if (fault := _against(result, there)) is not None]
        plan.faults += faults
        plan.present += not faults
        return
    visit = visit_of(subject, sample.key.day, sample.key.form)
    if visit is None:
        words = _("The schedule has no visit with this form on that day; enter the sample as unscheduled by hand.")
        plan.faults += [Fault(result.line, words) for result in sample.results.values()]
        return
    plan.new.append((subject, visit, sample))


def _against(result: Any, there: dict[str, tuple[str, ...]]) -> Fault | None:
    """A result that is on file is never overwritten: the same is fine, anything else is for a person."""
    known = there.get(result.analyte)
    if known == result.content:
        return None
    if known is None or not known[0]:
        return Fault(result.line, _("The form of this sample is saved without this result; enter it there."))
    words = {"saved": f"{known[0]} {known[1]}", "sent": f"{result.value} {result.unit}"}
    return Fault(result.line, _("The form of this sample says %(saved)s, the file %(sent)s, or another range.") % words)


def visit_of(subject: Any, day: date, oid: str) -> str | None:
    """Return the visit that collects a form and in whose window a day lies, the one with the nearest target."""
    found = []
    for visit in SCHEDULE:
        if visit.kind is not VisitKind.PLANNED or oid not in (*visit.required_forms, *visit.optional_forms):
            continue
        planned = window(visit, subject.anchors)
        if planned is not None and not planned.provisional and planned.contains(day):
            found.append((abs((planned.target - day).days), visit.code))
    return min(found)[1] if found else None
