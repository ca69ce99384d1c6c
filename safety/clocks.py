"""The reporting clocks of the serious-event reports on file: from the form to the rule, for pages and notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from safety.ae_checks import DEATH
from safety.models import SeriousEventReport
from safety.models.adverse_event import Relationship, SeriousCriterion
from safety.models.serious_event_report import Expectedness
from safety.report_checks import moment_of
from safety.rules.moments import Moment, instant
from safety.rules.reporting_clock import Clock, ClockConfig, Recipient, Report, reporting_clocks
from safety.selectors import trial_zone
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import integer, values

URGENT = frozenset({SeriousCriterion.DEATH.value, SeriousCriterion.LIFE_THREATENING.value})


@dataclass(frozen=True)
class Slot:
    """What a fatal event still waits for; both stay open until the document is there."""

    autopsy: bool = False
    final_report: bool = False

    @property
    def waits(self) -> bool:
        return self.autopsy or self.final_report


def clock_config() -> ClockConfig:
    """Return the protocol's parameters of the clocks, days counted in the trial's zone."""
    return ClockConfig(
        site_report_hours=integer("sae.site_report_hours"),
        susar_fatal_days=integer("sae.susar_fatal_days"),
        susar_fatal_follow_up_days=integer("sae.susar_fatal_follow_up_days"),
        susar_other_days=integer("sae.susar_other_days"),
        time_zone=trial_zone(),
    )


def facts_of(report: Any) -> Report:
    """Turn a report, saved or as typed, into what the rule reads."""
    return Report(
        aware_at=moment_of(report.awareness_date, report.awareness_time),
        fatal_or_life_threatening=bool(URGENT & set(report.serious_criteria)),
        related=_related(report),
        unexpected={Expectedness.UNEXPECTED: True, Expectedness.EXPECTED: False}.get(report.expectedness),
        received=_received(report),
    )


def _related(report: Any) -> bool | None:
    """Related to the study treatment (cells, lymphodepletion) when either party says so, unrelated when both deny it.

    A reaction to a procedure alone, leukapheresis for instance, is no reaction to the treatment.
    """
    related = {str(value) for value in values("dlt.related_values")}
    if report.sponsor_related or related & {report.relationship_car_t, report.relationship_lymphodepletion}:
        return True
    investigator_spoke = report.relationship_car_t in Relationship.values
    return False if investigator_spoke and report.sponsor_related is False else None


def _received(report: Any) -> dict[Recipient, Moment]:
    told = {
        Recipient.SPONSOR: moment_of(report.sponsor_date, report.sponsor_time),
        Recipient.ETHICS: moment_of(report.ethics_date, report.ethics_time),
        Recipient.AUTHORITY: _day(report.authority_date),
        Recipient.AUTHORITY_FOLLOW_UP: _day(report.authority_follow_up_date),
    }
    return {recipient: moment for recipient, moment in told.items() if moment is not None}


def _day(day: Any) -> Moment | None:
    return None if day is None else instant(datetime.combine(day, time(12), tzinfo=trial_zone()))


def clocks_of(report: Any, *, now: datetime) -> tuple[Clock, ...]:
    """Return the clocks of one report at a moment."""
    return reporting_clocks(facts_of(report), now=now, config=clock_config())


def slot_of(report: Any) -> Slot:
    """Return what a fatal event still waits for: the autopsy answered and its report there, the final report there."""
    if DEATH not in report.serious_criteria:
        return Slot()
    autopsy = report.autopsy_done is None or (report.autopsy_done and not report.autopsy_report.strip())
    return Slot(autopsy=autopsy, final_report=report.final_report_date is None)


def reports_on_file(subject_ids: Iterable[UUID] | QuerySet[Any] | None = None) -> list[SeriousEventReport]:
    """Return the reports of some subjects, or of all; those marked as not done are left out."""
    found = SeriousEventReport.objects.exclude(status=FormStatus.NOT_DONE).select_related("subject")
    if subject_ids is not None:
        found = found.filter(subject__in=subject_ids)
    return list(found.order_by("subject__identifier", "sequence"))
