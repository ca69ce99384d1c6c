"""What a checked file means for the forms on file: which samples are new, which are there already, which contradict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from enrollment.models import Subject
from safety.lab_import.checking import Checked, Fault, Sample, SampleKey, check_rows
from safety.lab_import.mapping import lacking
from safety.lab_import.reading import TICK_EVERY, Sheet, Tick, read_sheet
from safety.lab_import.visits import FORMS, Visits
from safety.models.laboratory_import import LaboratoryImport, LaboratoryJob
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError

#: What is told of a row with a fault.
NAMING = ("subject", "collected", "time", "analyte", "value", "unit")
Saved = dict[SampleKey, dict[str, tuple[str, ...]]]
Step = LaboratoryJob.Step
#: Told which step the work is at, and how many of its parts are done.
Progress = Callable[[str, int, int], None]


@dataclass
class Plan:
    """New forms with their subject and visit, the number of samples that are on file, and every fault by line."""

    checked: Checked
    new: list[tuple[Any, str, Sample]] = field(default_factory=list)
    present: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        """Return what the file amounts to, as a page shows it: numbers, and a line for each subject.

        A line of `subjects`: identifier, number of new forms in the order of `FORMS`, samples on file.
        """
        new = Counter((subject.identifier, sample.key.form) for subject, _visit, sample in self.new)
        identifiers = sorted({identifier for identifier, _form in new} | set(self.present))
        return {
            "rows": self.checked.rows,
            "repeated": self.checked.repeated,
            "new": len(self.new),
            "present": self.present.total(),
            "faults": len(self.faults),
            "subjects": [[each, [new[each, oid] for oid in FORMS], self.present[each]] for each in identifiers],
        }


def untold(step: str, done: int, total: int) -> None:
    """Tell nobody how far the work is."""


def plan_of(upload: LaboratoryImport, by: User, progress: Progress = untold) -> Plan:
    """Read a file, check its rows and hold them against the forms on file; DomainError while a column is not named.

    What the forms would refuse of the samples is a fault of their rows already here, not only when they are saved.
    """
    missing = lacking(upload.mapping)
    if missing:
        raise DomainError(_("Name the column of: %(items)s.") % {"items": ", ".join(str(each) for each in missing)})
    sheet = read_sheet(upload.name, bytes(upload.content), _tick(progress, Step.READ))
    subjects = {each.identifier: each for each in Subject.objects.filter(site=upload.site).select_related("site")}
    tick = _tick(progress, Step.CHECK)
    checked = check_rows(sheet, upload.mapping, subjects=subjects, today=today(), tick=tick)
    plan = Plan(checked, faults=list(checked.faults))
    wanted = [subjects[identifier] for identifier in {key.subject for key in checked.samples}]
    _compare(plan, {subject.identifier: subject for subject in wanted}, by, _tick(progress, Step.COMPARE))
    plan.faults = _with_rows(sorted(plan.faults, key=lambda fault: fault.line), sheet, upload.mapping)
    return plan


def _with_rows(faults: list[Fault], sheet: Sheet, mapping: Mapping[str, int]) -> list[Fault]:
    """Add to each fault what its row says of subject, moment, analyte, result and unit."""
    rows = dict(sheet.rows) if faults else {}
    columns = [mapping[target] for target in NAMING if target in mapping]
    said = {fault.line: [rows[fault.line][at] for at in columns if at < len(rows[fault.line])] for fault in faults}
    return [replace(fault, about=" · ".join(filter(None, said[fault.line]))) for fault in faults]


def _tick(progress: Progress, step: str) -> Tick:
    return lambda done, total: progress(step, done, total)


def _compare(plan: Plan, subjects: dict[str, Any], by: User, tick: Tick) -> None:
    samples = plan.checked.samples
    tick(0, len(samples))
    saved = _saved(subjects.values())
    visits = Visits(by, subjects)
    for done, key in enumerate(sorted(samples)):
        if done % TICK_EVERY == 0:
            tick(done, len(samples))
        _settle(plan, samples[key], visits, saved)
    tick(len(samples), len(samples))


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


def _settle(plan: Plan, sample: Sample, visits: Visits, saved: Saved) -> None:
    there = saved.get(sample.key)
    if there is not None:
        faults = [fault for result in sample.results.values() if (fault := _against(result, there)) is not None]
        plan.faults += faults
        plan.present[sample.key.subject] += not faults
        return
    try:
        plan.new.append((visits.subjects[sample.key.subject], visits.open_for(sample.key), sample))
    except DomainError as refusal:
        plan.faults += [Fault(result.line, str(refusal)) for result in sample.results.values()]


def _against(result: Any, there: dict[str, tuple[str, ...]]) -> Fault | None:
    """A result that is on file is never overwritten: the same is fine, anything else is for a person."""
    known = there.get(result.analyte)
    if known == result.content:
        return None
    if known is None or not known[0]:
        return Fault(result.line, _("The form of this sample is saved without this result; enter it there."))
    words = {"saved": f"{known[0]} {known[1]}", "sent": f"{result.value} {result.unit}"}
    return Fault(result.line, _("The form of this sample says %(saved)s, the file %(sent)s, or another range.") % words)
