"""Everything on file about subjects that the dosing rules read: live, or as of a cut-off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import models

from dosing.models import DltAdjudication, DltAssessment, ExplicitChoice, Infusion, Slot
from enrollment.models import Disposition, Subject
from safety.models import Death
from safety.selectors import EventOnFile, events_on_file
from trial_edc.audit.selectors import load
from trial_edc.crf.models import FormStatus

M = TypeVar("M", bound=models.Model)
DIED = "DEATH"
DONE = (FormStatus.COMPLETE, FormStatus.FROZEN, FormStatus.LOCKED)


@dataclass(frozen=True)
class Casefile:
    """One subject: slot, infusion, Day-28 assessment, departure, events with verdicts, explicit choices in force."""

    subject: Subject
    slot: Slot | None = None
    infusion: Infusion | None = None
    assessment: DltAssessment | None = None
    left_date: date | None = None
    left_because: str = ""
    died: bool = False
    events: tuple[EventOnFile, ...] = ()
    adjudications: dict[UUID, DltAdjudication] = field(default_factory=dict)
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def assessment_done(self) -> bool:
        """Test for a complete Day-28 form that says the subject was followed and all events are entered."""
        form = self.assessment
        return bool(form and form.status in DONE and form.followed_to_day_28 and form.all_events_entered)


def subjects_in_dosing(as_of: datetime | None = None) -> list[UUID]:
    """Return the subjects that hold or held a slot of a cohort."""
    return [slot.subject_id for slot in load(Slot, as_of=as_of) if not slot.is_imported]


def casefiles(subject_ids: Iterable[UUID], *, as_of: datetime | None = None) -> list[Casefile]:
    """Return the casefiles of the given subjects, by identifier, in a constant number of reads."""
    ids = list(subject_ids)
    if not ids:
        return []
    subjects = load(Subject, as_of=as_of, id__in=ids)
    events = events_on_file(ids, as_of=as_of)
    slots = _one_each(Slot, ids, as_of)
    infusions, assessments = _one_each(Infusion, ids, as_of), _one_each(DltAssessment, ids, as_of)
    deaths, ends = _one_each(Death, ids, as_of), _one_each(Disposition, ids, as_of)
    verdicts = _read(DltAdjudication, ids, as_of)
    choices = [row for row in _read(ExplicitChoice, ids, as_of) if row.status == ExplicitChoice.Status.IN_FORCE]
    found = []
    for subject in sorted(subjects, key=lambda each: each.identifier):
        left_date, because = _departure(deaths.get(subject.pk), ends.get(subject.pk))
        found.append(
            Casefile(
                subject=subject,
                slot=slots.get(subject.pk),
                infusion=infusions.get(subject.pk),
                assessment=assessments.get(subject.pk),
                left_date=left_date,
                left_because=because,
                died=because.startswith(DIED),
                events=tuple(events[subject.pk]),
                adjudications={row.adverse_event_id: row for row in verdicts if row.subject_id == subject.pk},
                choices={row.key: row.option for row in choices if row.subject_id == subject.pk},
            )
        )
    return found


def _read(model: type[M], ids: list[UUID], as_of: datetime | None) -> list[M]:
    only: dict[str, Any] = {"subject": ids[0]} if len(ids) == 1 else {"subject__in": ids}
    return load(model, as_of=as_of, **only)


def _one_each(model: type[M], ids: list[UUID], as_of: datetime | None) -> dict[UUID, M]:
    """The one form of its kind per subject; a form marked as not done says nothing."""
    rows: list[Any] = [row for row in _read(model, ids, as_of) if getattr(row, "status", "") != FormStatus.NOT_DONE]
    rows.sort(key=lambda row: (getattr(row, "sequence", 1), str(row.pk)), reverse=True)
    return {row.subject_id: row for row in rows}


def _departure(death: Death | None, end: Disposition | None) -> tuple[date | None, str]:
    """The first date on which the subject was no longer followed, and why in CDISC terms (no reader's language)."""
    found: list[tuple[date, str]] = []
    if death is not None and death.death_date:
        found.append((death.death_date, f"{DIED}, {death.cause}".rstrip(", ")))
    if end is not None and end.off_study_date:
        found.append((end.off_study_date, end.reason))
    return min(found) if found else (None, "")
