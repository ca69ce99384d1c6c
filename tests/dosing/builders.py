"""Build trials for tests: subjects, slots, infusions, events and assessments, straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dosing.models import DltAssessment, DoseDecision, ExplicitChoice, Infusion, Rp2dDecision, Slot
from dosing.selectors.choices import incomplete_data_key, open_questions
from dosing.selectors.trial import next_slot_number, trial_now
from dosing.services import (
    adjudicate,
    freeze_decision,
    propose_choice,
    propose_rp2d,
    recompute_board,
    recompute_subject,
    record_meeting,
    release_decision,
    release_rp2d,
    sign_choice,
    sign_decision,
    sign_rp2d,
)
from dosing.services.decisions import Meeting
from dosing.services.rp2d import Rp2dProposal
from enrollment.models import Consent, Disposition, Eligibility, Subject
from enrollment.models.subject import SubjectStatus
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from safety.models import AdverseEvent, GradeChange
from tests.people import PASSWORD, People
from trial_edc.accounts.access import today
from trial_edc.audit.context import acting
from trial_edc.crf.models import FormStatus

WEIGHT_KG = Decimal("60.0")


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


@dataclass
class Trial:
    """A trial under construction; everything is written as the coordinator."""

    people: People
    made: int = field(default=0)

    def write(self) -> Any:
        return acting(self.people.coordinator, "test")

    def candidate(self, *, confirmed: bool = True, consented: bool = True) -> Subject:
        """A subject in screening, eligible and confirmed unless told otherwise."""
        self.made += 1
        with self.write():
            subject = Subject.objects.create(identifier=f"01-{self.made:03d}", site=self.people.site)
            if consented:
                Consent.objects.create(subject=subject, visit="SCR", consent_date=days_ago(200))
            criteria = dict.fromkeys(INCLUSION, True) | dict.fromkeys(EXCLUSION, False)
            Eligibility.objects.create(
                subject=subject, visit="SCR", investigator_confirms=confirmed, confirmed_date=days_ago(190),
                **criteria, **complete(self.people),
            )  # fmt: skip
        return subject

    def slot(self, level: int = 1, part: Slot.Part = Slot.Part.ESCALATION) -> Subject:
        """A subject with a place at a level, not infused."""
        subject = self.candidate()
        with self.write():
            Slot.objects.create(
                subject=subject, dose_level=level, part=part, number=next_slot_number(level, part),
                assigned_at=timezone.now(), assigned_by=self.people.coordinator,
            )  # fmt: skip
            subject.dose_level, subject.status = level, SubjectStatus.ENROLLED
            subject.save()
        return subject

    def infused(
        self, level: int = 1, *, days: int = 60, percent: int = 100, day28: bool | None = None,
        part: Slot.Part = Slot.Part.ESCALATION,
    ) -> Subject:  # fmt: skip
        """A subject infused `days` ago; followed to Day 28 when that has passed, unless told otherwise."""
        subject = self.slot(level, part)
        self.infuse(subject, level=level, days=days, percent=percent)
        if day28 if day28 is not None else days > 28:
            self.assess(subject, days_ago(days - 28))
        return subject

    def infuse(self, subject: Subject, *, level: int, days: int, percent: int = 100) -> None:
        million = {1: 1, 2: 3, 3: 10}[level]
        with self.write():
            Infusion.objects.create(
                subject=subject, visit="D0", assigned_dose_level=level, weight_kg=WEIGHT_KG, product_lot="L1",
                identity_matches=True, start_date=days_ago(days), start_time=time(10, 0),
                infused_cells_million=WEIGHT_KG * million * percent / 100, **complete(self.people),
            )  # fmt: skip
            subject.infused_at = datetime.combine(days_ago(days), time(10, 0), tzinfo=timezone.get_default_timezone())
            subject.status = SubjectStatus.IN_WINDOW
            subject.save()

    def assess(self, subject: Subject, on: date, *, dlt: bool | None = None) -> DltAssessment:
        with self.write():
            return DltAssessment.objects.create(
                subject=subject, visit="D28", assessment_date=on, followed_to_day_28=True, all_events_entered=True,
                dlt_occurred=dlt, **complete(self.people),
            )  # fmt: skip

    def event(
        self, subject: Subject, *, term: str = "Alanine aminotransferase increased", onset_day: int = 5,
        grades: Sequence[tuple[int, int]] = ((4, 5),), related: str = "probable", lasts: int | None = 3,
    ) -> AdverseEvent:  # fmt: skip
        """An event with (grade, study day) changes; it ends `lasts` days after its onset."""
        start = subject.infusion_date or today()
        end = None if lasts is None else start + timedelta(days=onset_day + lasts)
        with self.write():
            event = AdverseEvent.objects.create(
                subject=subject, visit="LOG", sequence=AdverseEvent.objects.filter(subject=subject).count() + 1,
                term=term, onset_date=(start + timedelta(days=onset_day)).isoformat(),
                end_date=end.isoformat() if end else "", relationship_car_t=related,
                outcome="RECOVERED/RESOLVED" if end else "NOT RECOVERED/NOT RESOLVED", serious=False,
                **complete(self.people),
            )  # fmt: skip
            for position, (grade, day) in enumerate(grades, start=1):
                GradeChange.objects.create(
                    subject=subject, record=event, position=position, grade=grade,
                    start_date=(start + timedelta(days=day)).isoformat(),
                )  # fmt: skip
        return event

    def leave(self, subject: Subject, on: date, reason: str = "WITHDRAWAL BY SUBJECT") -> None:
        with self.write():
            Disposition.objects.create(
                subject=subject, visit="EOS", off_study_date=on, reason=reason, **complete(self.people)
            )

    def compute(self) -> None:
        """Do what the worker would do."""
        for slot in Slot.objects.all():
            recompute_subject(subject_id=slot.subject_id)
        recompute_board()

    def judge(self, event: AdverseEvent, verdict: str = "YES") -> None:
        adjudicate(
            by=self.people.investigator, adverse_event=event, verdict=verdict, rationale="Reviewed with the source."
        )

    def decided(self, key: str, option: str = "GO AHEAD", reason: str = "Seen by the committee.") -> ExplicitChoice:
        """An explicit choice that two people signed."""
        choice = propose_choice(
            by=self.people.investigator, key=key, option=option, reason=reason, password=PASSWORD
        )  # fmt: skip
        sign_choice(by=self.people.src_member, choice=choice, password=PASSWORD)
        choice.refresh_from_db()
        return choice

    def answer(self, option: str) -> None:
        """Answer every open question about a subject alike."""
        for asked in open_questions(trial_now()):
            if asked.subject_id is not None:
                self.decided(asked.key, option)

    def review(self, level: int, *, override_reason: str = "", **choice: str) -> DoseDecision:
        """A decision in review: frozen, its data ready or signed for, meeting recorded."""
        decision = freeze_decision(by=self.people.investigator, dose_level=level)
        if override_reason and decision.status == DoseDecision.Status.DRAFT:
            self.decided(incomplete_data_key(decision), reason=override_reason)
            decision.refresh_from_db()
        meeting = Meeting(
            meeting_date=today(), attendees="Chair, monitor", minutes="The cases were discussed.",
            **{"choice": "AGREE", **choice},
        )  # fmt: skip
        return record_meeting(
            by=self.people.investigator, decision=decision, meeting=meeting, seen_hash=decision.evidence_hash
        )

    def signed(self, level: int, **choice: str) -> DoseDecision:
        decision = self.review(level, **choice)
        for signer in (self.people.investigator, self.people.src_member):
            sign_decision(by=signer, decision=decision, password=PASSWORD, seen_hash=decision.evidence_hash)
        decision.refresh_from_db()
        return decision

    def released(self, level: int, **choice: str) -> DoseDecision:
        decision = self.signed(level, **choice)
        return release_decision(by=self.people.investigator, decision=decision, password=PASSWORD)

    def recommended(self, level: int, **changed: Any) -> Rp2dDecision:
        """The dose of the expansion: proposed, signed by two, released."""
        choice = self.proposed(level, **changed)
        for signer in (self.people.investigator, self.people.src_member):
            sign_rp2d(by=signer, choice=choice, password=PASSWORD)
        return release_rp2d(by=self.people.investigator, choice=choice, password=PASSWORD)

    def proposed(self, level: int, **changed: Any) -> Rp2dDecision:
        values = {"reason": "Tolerated, and expansion was seen.", "meeting_date": today(), "attendees": "Chair"}
        proposal = Rp2dProposal(level=level, **{**values, **changed})
        return propose_rp2d(by=self.people.investigator, proposal=proposal)


def complete(people: People) -> dict[str, Any]:
    """Return the columns of a completed form."""
    return {"status": FormStatus.COMPLETE, "completed_at": timezone.now(), "completed_by": people.coordinator}
