"""Enter the rows of a study through the services, subject by subject: everything of one subject, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext as _

from dosing.sdtm.assigning import assign_imported, require_training
from dosing.sdtm.laboratory import grade_rows
from dosing.sdtm.mapping import SubjectPlan, dose_levels_of, identifier_of, plan_subject, site_code_of
from dosing.sdtm.people import ensure_importer, ensure_sites, named_person, require_rights
from dosing.sdtm.reading import DOMAINS, DemographicsRow, Source
from dosing.sdtm.report import LoadReport
from dosing.sdtm.texts import CannotMap, FormTexts
from enrollment.models import Subject
from enrollment.services import add_subject
from trial_edc.accounts.models import Site, User
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.submission import Outcome, Refused, Saved, submit
from trial_edc.crf import registry
from trial_edc.errors import DomainError

LONGEST_REASON = 500
Progress = Callable[[int, int], None]


class SubjectRefused(Exception):
    """Nothing of this subject is kept; `record` names the source record that could not be entered."""

    def __init__(self, sentence: str, record: str) -> None:
        super().__init__(sentence)
        self.record = record


class _Typed(dict[str, Any]):
    """Texts that answer `getlist`, as a form post does."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def load_study(source: Source, *, username: str | None = None, progress: Progress | None = None) -> LoadReport:
    """Load a study into a training database; subjects that an earlier run took are left as they are.

    Raises DomainError, with nothing written to a subject, when the database or the person is not the right one.
    """
    require_training()
    _refuse_other_subjects(source.study)
    codes = {code for person in source.dm if (code := _site_code(person))}
    sites = ensure_sites(codes, study=source.study)
    used = [sites[code] for code in sorted(codes)]
    by = named_person(username) if username else ensure_importer(used, study=source.study)
    require_rights(by, used)
    return _Loader(source, by, sites).run(progress)


def trail_marker(study: str) -> str:
    """Return how the reason of every change of an import begins in the trail; a later run finds its subjects by it."""
    return f"SDTM import of {study}:"


def _refuse_other_subjects(study: str) -> None:
    own = ItemChange.objects.filter(entity="DM", source="import", reason__startswith=trail_marker(study))
    others = Subject.objects.exclude(pk__in=own.values("chain"))
    if others.exists():
        raise DomainError(
            _("The database holds %(number)s subjects that are not of study %(study)s; load into an empty one.")
            % {"number": others.count(), "study": study}
        )


def _site_code(person: DemographicsRow) -> str:
    try:
        return site_code_of(person)
    except CannotMap:
        return ""


class _Loader:
    def __init__(self, source: Source, by: User, sites: dict[str, Site]) -> None:
        self.source, self.by, self.sites = source, by, sites
        self.levels = dose_levels_of(source)
        self.report = LoadReport(source.study, by.username, self.levels)
        self.report.laboratory = grade_rows(source.lb) if source.has_laboratory else None
        self.first_rows = {person.usubjid: person for person in reversed(source.dm)}
        self.taken_before = set(Subject.objects.values_list("identifier", flat=True))

    def run(self, progress: Progress | None) -> LoadReport:
        for domain in DOMAINS:
            self.report.counts[domain].read = len(self.source.rows(domain))
        self._refuse_strangers()
        for number, person in enumerate(self.source.dm, start=1):
            self._settle(person)
            if progress is not None:
                progress(number, len(self.source.dm))
        return self.report

    def _refuse_strangers(self) -> None:
        known = {person.usubjid for person in self.source.dm}
        for domain in ("ex", "ae", "ds"):
            for row in self.source.rows(domain):
                if row.usubjid not in known:
                    self.report.counts[domain].refused += 1
                    self.report.refusals[_("The subject is not in dm.")].append(f"{domain} line {row.line}")

    def _settle(self, person: DemographicsRow) -> None:
        try:
            if identifier_of(person) in self.taken_before and person.usubjid not in self.source.repeated:
                return self._count(person, "already")
            plan = plan_subject(self.source, person, self.levels)
            remarks = self._enter(plan)
        except CannotMap as problem:
            return self._refuse(person, str(problem), "")
        except SubjectRefused as problem:
            return self._refuse(person, str(problem), problem.record)
        self._count(person, "taken")
        self._note(plan, remarks)

    def _count(self, person: DemographicsRow, outcome: str) -> None:
        """Count all rows of a subject as `outcome`; a subject that dm repeats counts its other rows once."""
        is_first = self.first_rows[person.usubjid] is person
        numbers = {
            "dm": 1,
            "ex": len(self.source.exposures.get(person.usubjid, ())) * is_first,
            "ae": len(self.source.events.get(person.usubjid, ())) * is_first,
            "ds": len(self.source.dispositions.get(person.usubjid, ())) * is_first,
        }
        for domain, number in numbers.items():
            count = self.report.counts[domain]
            setattr(count, outcome, getattr(count, outcome) + number)

    def _refuse(self, person: DemographicsRow, sentence: str, record: str) -> None:
        self._count(person, "refused")
        self.report.refusals[sentence].append(f"{person.usubjid} {record}".strip())

    def _note(self, plan: SubjectPlan, remarks: list[tuple[str, str]]) -> None:
        for domain, reason in plan.left_out:
            self.report.counts[domain].taken -= 1
            self.report.counts[domain].left_out += 1
            self.report.left_out[(domain, reason)] += 1
        for form in plan.forms:
            self.report.forms[form.oid] += 1
        for sentence, place in remarks:
            self.report.remarks[sentence].append(place)

    def _enter(self, plan: SubjectPlan) -> list[tuple[str, str]]:
        """Enter one subject in one transaction; return the remarks as pairs of sentence and place."""
        remarks: list[tuple[str, str]] = []
        with acting(self.by, trail_marker(self.source.study), source="import"):
            try:
                subject = add_subject(
                    by=self.by, site=self.sites[plan.site_code], source="import", identifier=plan.identifier
                )
                if plan.level is not None:
                    assign_imported(by=self.by, subject=subject, dose_level=plan.level)
            except DomainError as refusal:
                raise SubjectRefused(str(refusal), "") from None
            for form in plan.forms:
                place = f"{plan.identifier} {form.domain} {form.row}"
                remarks += [(note.sentence, f"{place}: {note.detail}" if note.detail else place) for note in form.notes]
                remarks += [(sentence, place) for sentence in self._enter_form(subject, form)]
        return remarks

    def _enter_form(self, subject: Subject, form: FormTexts) -> list[str]:
        """Save a form, complete where it can be; return what keeps it open, SubjectRefused when it cannot be saved."""
        outcome = self._submit(subject, form, "complete")
        if isinstance(outcome, Saved):
            return []
        kept_open = _sentences(outcome)
        outcome = self._submit(subject, form, "save")
        if isinstance(outcome, Saved):
            return [_("Saved, not complete: %(why)s") % {"why": why} for why in kept_open]
        raise SubjectRefused(" ".join(_sentences(outcome)), f"{form.domain} {form.row}")

    def _submit(self, subject: Subject, form: FormTexts, action: str) -> Outcome:
        repeating = registry.get(form.oid).crf.repeating
        place = Place(subject, form.visit, form.oid, NEW if repeating else 1)
        notes = " ".join(str(note) for note in form.notes)
        reason = f"{trail_marker(self.source.study)} {form.domain} {form.row}. {notes}".strip()
        data = _Typed(form.texts, token=str(uuid4()), version="0", action=action, reason_text=reason[:LONGEST_REASON])
        for table in registry.row_tables(registry.get(form.oid)):
            data |= _row_texts(table.crf.oid, form.rows)
        try:
            return submit(by=self.by, place=place, data=data, source="import")
        except DomainError as refusal:
            raise SubjectRefused(str(refusal), f"{form.domain} {form.row}") from None


def _row_texts(prefix: str, rows: list[dict[str, str]]) -> dict[str, str]:
    texts = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        texts |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return texts


def _sentences(outcome: Outcome) -> list[str]:
    """Return what a refused form says, each sentence with the label of its item."""
    if not isinstance(outcome, Refused):
        return [_("The form was changed by someone else at the same time.")]
    forms = [outcome.entry.form, *(form for rows in outcome.entry.rowsets.values() for form in rows.forms)]
    found = [
        f"{form.fields[name].label}: {sentence}" if name in form.fields else str(sentence)
        for form in forms
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
    found += [str(error) for rows in outcome.entry.rowsets.values() for error in rows.non_form_errors()]
    return [*found, *([outcome.reason_error] if outcome.reason_error else [])]
