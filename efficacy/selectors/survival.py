"""What became of the subjects beside their scans: death, contacts, new therapy, end of study, live or at a cut-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from efficacy.endpoints import SurvivalFacts
from efficacy.rules.ipfs import NoConfirmation
from enrollment.models import Disposition, SubsequentTherapy, SurvivalStatus
from enrollment.models.subject import Subject
from trial_edc.audit.selectors import load
from trial_edc.casebook.models import SubjectVisit
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.partial_dates import PartialDate
from trial_edc.protocol.visits.model import VisitKind
from trial_edc.protocol.visits.schedule import visit

#: Why a subject left -> why a progression that is still unconfirmed will never be confirmed.
LEFT_WITHOUT_SCAN: Mapping[str, NoConfirmation] = {
    Disposition.Reason.WITHDRAWAL: NoConfirmation.REFUSAL,
    Disposition.Reason.LOST: NoConfirmation.NON_COMPLIANCE,
    Disposition.Reason.PROGRESSION: NoConfirmation.NOT_STABLE,
}


def survival_facts(subjects: Iterable[Subject], *, as_of: datetime | None = None) -> dict[UUID, SurvivalFacts]:
    """Return the facts of every infused subject among these: one query per kind of form, however many subjects.

    Of a therapy whose start is known to the month or year, the earliest day after the infusion counts: a response may
    then be censored too early, never credited to the cells too long.
    """
    contacts = _by_subject(load(SurvivalStatus, as_of=as_of))
    left = _by_subject(load(Disposition, as_of=as_of))
    therapies = _by_subject(load(SubsequentTherapy, as_of=as_of))
    visits = _by_subject(each for each in load(SubjectVisit, as_of=as_of) if each.visit_date and is_visit(each.code))
    return {
        subject.pk: _facts(subject, contacts[subject.pk], left[subject.pk], therapies[subject.pk], visits[subject.pk])
        for subject in subjects
        if subject.infusion_date is not None
    }


def _by_subject(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        if getattr(row, "status", "") != FormStatus.NOT_DONE:
            found[row.subject_id].append(row)
    return found


def is_visit(code: str) -> bool:
    """Test whether a subject was seen: logs, contacts by telephone and milestones are no visits."""
    return visit(code).kind in (VisitKind.PLANNED, VisitKind.UNSCHEDULED)


def _facts(
    subject: Subject, contacts: list[Any], left: list[Any], therapies: list[Any], visits: list[Any]
) -> SurvivalFacts:
    infused = subject.infusion_date
    assert infused is not None
    alive = [each.last_alive_date for each in contacts] + [each.last_contact_date for each in left]
    alive += [each.visit_date for each in visits]
    begun = [row for row in therapies if row.start_date]
    reasons = [LEFT_WITHOUT_SCAN[each.reason] for each in left if each.reason in LEFT_WITHOUT_SCAN]
    return SurvivalFacts(
        infused_on=infused,
        death_date=subject.death_date,
        last_known_alive=_latest(alive, subject.death_date, infused),
        new_therapy_date=min((_first_day(row.start_date, infused) for row in begun), default=None),
        no_confirmation=reasons[0] if reasons else None,
        on_study=subject.off_study_date is None and subject.death_date is None and not left,
    )


def _latest(days: Iterable[date | None], death: date | None, infused: date) -> date | None:
    """Return the last sign of life; a contact about somebody who had died is none."""
    known = [day for day in days if day is not None and day >= infused]
    return max((day for day in known if death is None or day <= death), default=None)


def _first_day(text: str, infused: date) -> date:
    return max(PartialDate.from_iso(text).earliest(), infused)
