"""The story of the demonstration study, told through the services a user's clicks reach, relative to today.

Level 1: three subjects without DLT, one of them replacing a subject who withdrew; escalation signed and released.
Level 2: three subjects, escalation released; then a laboratory event is regraded to 4, the decision is superseded, and
the second revision expands the level. Of the extension, one subject is past the window, one is in it, one waits.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dosing.demonstration import stages
from dosing.demonstration.cast import PASSWORD, Cast, create_cast
from dosing.demonstration.entering import enter, typed
from dosing.demonstration.filling import fill
from dosing.demonstration.profiles import PROFILES, Crs, Ice
from dosing.demonstration.reporting import report_serious_events
from dosing.demonstration.treatments import treat
from dosing.models import DltAssessment, DoseDecision
from dosing.services import (
    adjudicate,
    enrol_subject,
    freeze_decision,
    recompute_subject,
    record_meeting,
    release_decision,
    sign_decision,
)
from dosing.services.decisions import Meeting
from enrollment.models import Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent
from trial_edc.review.services import move_query, raise_query, verify_subject

#: Subject -> days since the infusion, for those who were infused.
INFUSED_DAYS_AGO = {
    "01-001": 262, "01-002": 231, "01-003": 229, "01-004": 204,
    "01-005": 162, "01-006": 131, "01-007": 129,
    "01-008": 62, "01-009": 12,
}  # fmt: skip
SCREENING_LEAD = 42
#: Whose forms the monitor has compared with the source.
VERIFIED = ("01-001", "01-002", "01-003", "01-004", "01-005", "01-006", "01-007")
#: What nobody has entered although its window has closed: a study without loose ends would teach nothing.
STILL_OVERDUE = {("M3", "01-007"), ("M6", "01-003"), ("D21", "01-008")}


class Story:
    """The study as it grows: people, today, and the subjects by identifier."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.cast: Cast = create_cast(today)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def tell(self) -> None:
        """Tell the whole story, in the order of time."""
        self._level_1()
        self._level_2()
        self._extension()
        self._before_infusion()
        self._conversations()
        self._fill()

    # --- the way of one subject

    def _eligible(self, infused: date | None, *, screened: date | None = None) -> Subject:
        cast = self.cast
        subject = add_subject(by=cast.coordinator, site=cast.site, source="import")
        profile = PROFILES[subject.identifier]
        first = screened or (infused or self.today) - timedelta(days=SCREENING_LEAD)
        stages.consent(cast, subject, first - timedelta(days=14), visit="PRE")
        stages.stain(cast, subject, profile, first - timedelta(days=10))
        stages.consent(cast, subject, first, visit="SCR")
        stages.screen(cast, subject, profile, first + timedelta(days=2))
        return subject

    def _treated(self, identifier: str, *, withdrew_on: int | None = None) -> Subject:
        infused = self.ago(INFUSED_DAYS_AGO[identifier])
        subject = self._eligible(infused)
        profile = PROFILES[identifier]
        enrol_subject(by=self.cast.coordinator, subject=subject, source="import")
        subject.refresh_from_db()
        stages.before_infusion(self.cast, subject, profile, infused)
        stages.infuse(self.cast, subject, profile, infused)
        self._follow(subject, infused, withdrew_on if withdrew_on is not None else INFUSED_DAYS_AGO[identifier])
        if withdrew_on is not None:
            self._withdraw(subject, infused + timedelta(days=withdrew_on))
        elif INFUSED_DAYS_AGO[identifier] > 28:
            form = stages.assess_day_28(self.cast, subject, infused, dlt=False)
            stages.verify(self.cast, form)
        recompute_subject(subject_id=subject.pk)
        return subject

    def _follow(self, subject: Subject, infused: date, days: int) -> None:
        cast, profile = self.cast, PROFILES[subject.identifier]
        seen = {crs.day: crs for crs in profile.crs}
        scored = {ice.day: ice for ice in profile.ice}
        for day in range(1, min(15, days)):
            stages.inpatient_day(cast, subject, infused, seen.get(day, Crs(day, "36.8")), scored.get(day, Ice(day)))
        for code, day in (("D17", 17), ("D21", 21), ("M2", 60), ("M3", 90), ("M6", 182)):
            if day < days - 3 and (code, subject.identifier) not in STILL_OVERDUE:
                stages.vitals(cast, subject, code, infused + timedelta(days=day), "10:15")
        for event in profile.events:
            stages.report_event(cast, subject, infused, event)
        treat(cast, subject, profile, infused)
        report_serious_events(cast, subject, profile, infused)

    def _withdraw(self, subject: Subject, day: date) -> None:
        """Consent is withdrawn; the subject may still be asked whether it lives."""
        texts = {
            "off_study_date": typed(day), "reason": "WITHDRAWAL BY SUBJECT",
            "detail": "Returned to the home province", "last_contact_date": typed(day),
            "may_be_contacted": "true", "stored_samples": "KEEP", "hand_over": "GIVEN",
            "hand_over_date": typed(day),
        }  # fmt: skip
        enter(self.cast.coordinator, subject, "EOS", "EOS", texts)
        stages.contact(self.cast, subject, day + timedelta(days=91))

    # --- decisions

    def _decide(self, level: int, meeting_day: date, minutes: str) -> DoseDecision:
        cast = self.cast
        decision = freeze_decision(by=cast.investigator, dose_level=level, source="import")
        meeting = Meeting(
            meeting_date=meeting_day,
            attendees="Chen Wei (investigator, chair); Liu Yang (sub-investigator); Anna Novak (committee); Li Na",
            minutes=minutes,
            choice=DoseDecision.Choice.AGREE,
        )
        seen = decision.evidence_hash
        record_meeting(by=cast.investigator, decision=decision, meeting=meeting, seen_hash=seen, source="import")
        sign_decision(by=cast.investigator, decision=decision, password=PASSWORD, seen_hash=seen, source="import")
        sign_decision(by=cast.committee, decision=decision, password=PASSWORD, seen_hash=seen, source="import")
        return release_decision(by=cast.investigator, decision=decision, password=PASSWORD, source="import")

    # --- the levels

    def _level_1(self) -> None:
        self._treated("01-001")
        self._treated("01-002", withdrew_on=9)
        self._treated("01-003")
        self._treated("01-004")
        self._decide(
            1, self.ago(172), "No DLT among three evaluable subjects. 01-002 withdrew on Day 9 and was replaced."
        )  # fmt: skip

    def _level_2(self) -> None:
        self._treated("01-005")
        subject = self._treated("01-006")
        self._treated("01-007")
        self._decide(
            2, self.ago(96), "No DLT among three evaluable subjects. CRS grade 3 in 01-006 resolved in 4 days."
        )  # fmt: skip
        self._regrade(subject)
        self._decide(
            2, self.ago(84),
            "The central laboratory corrected the ALT of 01-006: grade 4 on Day 9, possibly related, a DLT.",
        )  # fmt: skip

    def _regrade(self, subject: Subject) -> None:
        """The central laboratory corrects a value after the release: grade 3 becomes 4, and a DLT."""
        cast = self.cast
        infused = self.ago(INFUSED_DAYS_AGO[subject.identifier])
        event = AdverseEvent.objects.get(subject=subject, term="Alanine aminotransferase increased")
        texts = self._texts_of(event) | {
            "serious": "true", "serious_criteria": ["MEDICALLY IMPORTANT"], "reason_code": "SOURCE",
            "reason_text": "Corrected report of the central laboratory: ALT 21 times the upper limit",
        }  # fmt: skip
        rows = [{"grade": 4, "start_date": typed(infused + timedelta(days=9)), "start_time": ""}]
        enter(cast.sub_investigator, subject, "LOG", "AE", texts, rows=rows, sequence=event.sequence)
        recompute_subject(subject_id=subject.pk)
        event.refresh_from_db()
        adjudicate(
            by=cast.investigator, adverse_event=event, verdict="YES",
            rationale="Grade 4 ALT on Day 9, no other cause found; related to the cells is possible.",
        )  # fmt: skip
        form = DltAssessment.objects.get(subject=subject)
        judged = {
            "assessment_date": typed(infused + timedelta(days=28)), "followed_to_day_28": "true",
            "all_events_entered": "true", "dlt_occurred": "true", "reason_code": "SOURCE",
            "reason_text": "ALT regraded to 4",
        }  # fmt: skip
        stages.sign(cast, enter(cast.investigator, subject, form.visit, "DLT", judged))
        recompute_subject(subject_id=subject.pk)

    @staticmethod
    def _texts_of(event: AdverseEvent) -> dict[str, Any]:
        return {
            "term": event.term, "onset_date": event.onset_date, "end_date": event.end_date, "outcome": event.outcome,
            "relationship_car_t": event.relationship_car_t, "relationship_disease": event.relationship_disease,
            "relationship_lymphodepletion": event.relationship_lymphodepletion, "treatment": event.treatment,
            "relationship_procedure": event.relationship_procedure, "action_taken": event.action_taken,
        }  # fmt: skip

    def _extension(self) -> None:
        self._treated("01-008")
        self._treated("01-009")
        waiting = self._eligible(None, screened=self.ago(38))
        enrol_subject(by=self.cast.coordinator, subject=waiting, source="import")
        waiting.refresh_from_db()
        stages.before_infusion(self.cast, waiting, PROFILES[waiting.identifier], self.today + timedelta(days=2))

    def _before_infusion(self) -> None:
        cast = self.cast
        self._eligible(None, screened=self.ago(9))
        screening = add_subject(by=cast.coordinator, site=cast.site, source="import")
        stages.consent(cast, screening, self.ago(20), visit="PRE")
        stages.stain(cast, screening, PROFILES[screening.identifier], self.ago(16))
        stages.consent(cast, screening, self.ago(4), visit="SCR")
        self._screen_failure()
        early = add_subject(by=cast.second_coordinator, site=cast.site, source="import")
        stages.consent(cast, early, self.ago(1), visit="PRE")

    def _screen_failure(self) -> None:
        cast = self.cast
        subject = add_subject(by=cast.coordinator, site=cast.site, source="import")
        profile = PROFILES[subject.identifier]
        stages.consent(cast, subject, self.ago(50), visit="PRE")
        stages.stain(cast, subject, profile, self.ago(46))
        stages.consent(cast, subject, self.ago(40), visit="SCR")
        stages.screen(cast, subject, profile, self.ago(38), fails="organ_function")
        left = typed(self.ago(36))
        texts = {"off_study_date": left, "reason": "SCREEN FAILURE", "detail": "Creatinine clearance 38 mL/min",
                 "last_contact_date": left, "hand_over": "NOT APPLICABLE"}  # fmt: skip
        enter(cast.coordinator, subject, "EOS", "EOS", texts)

    def _fill(self) -> None:
        """Laboratory, examinations, samples and scans of every visit that took place, but for the loose ends."""
        for subject in Subject.objects.exclude(consent_date=None).order_by("identifier"):
            profile = PROFILES.get(subject.identifier)
            if profile is not None:
                left_open = {code for code, identifier in STILL_OVERDUE if identifier == subject.identifier}
                fill(self.cast, subject, profile.weight, self.today, left_open=left_open)

    def _conversations(self) -> None:
        """The monitor's visit: verified forms, an open, an answered and a closed query."""
        from safety.models import CrsAssessment, VitalSigns

        cast = self.cast
        for subject in Subject.objects.filter(identifier__in=VERIFIED):
            verify_subject(by=cast.monitor, subject=subject)
        open_on, answered_on, closed_on = (
            CrsAssessment.objects.filter(subject__identifier="01-009").order_by("assessed_date").first(),
            VitalSigns.objects.filter(subject__identifier="01-008", visit="D3").first(),
            VitalSigns.objects.filter(subject__identifier="01-005", visit="D1").first(),
        )
        raise_query(by=cast.monitor, record=open_on, field="max_temperature_c",
                    text="The nursing chart shows 38.9 °C at 02:00. Please check the highest value.")  # fmt: skip
        answered = raise_query(by=cast.monitor, record=answered_on, field="heart_rate",
                               text="The chart is hard to read. Please confirm the heart rate.")  # fmt: skip
        move_query(by=cast.coordinator, query=answered, to="answered", text="Confirmed with the ward: it is right.")
        closed = raise_query(by=cast.monitor, record=closed_on, field="oxygen_saturation",
                             text="Was this measured on room air?")  # fmt: skip
        move_query(by=cast.coordinator, query=closed, to="answered", text="Yes, on room air.")
        move_query(by=cast.monitor, query=closed, to="closed", text="Thank you.")
