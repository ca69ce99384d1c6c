"""A study in the database, and a queue that only remembers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dosing.models import DltAdjudication, DoseDecision, Infusion
from enrollment.models import Subject
from safety.models import AdverseEvent, CrsAssessment, Death, GradeChange
from tests.people import People
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import sign
from trial_edc.review.results import store_result

CRS = "Cytokine release syndrome"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The jobs whose tasks were handed to the queue."""
    jobs: list[str] = []

    def remember(task: Any, *args: Any) -> bool:
        jobs.append(str(args[0]))
        return True

    monkeypatch.setattr("reports.services.enqueue", remember)
    monkeypatch.setattr("reports.tasks.enqueue", remember)
    yield jobs


def add_subject(people: People, identifier: str, level: int, *, infused_on: date | None) -> Subject:
    """Enrol a subject and, if a date is given, infuse it with 95 % of its dose."""
    at = None if infused_on is None else datetime(infused_on.year, infused_on.month, infused_on.day, 2, tzinfo=UTC)
    subject = Subject.objects.create(
        identifier=identifier,
        site=people.site,
        dose_level=level,
        eligibility_confirmed_date=date(2026, 1, 5),
        infused_at=at,
    )
    if infused_on is not None:
        Infusion.objects.create(
            subject=subject, visit="D0", assigned_dose_level=level, weight_kg=Decimal(60), start_date=infused_on,
            infused_cells_million=Decimal(57) * (1 if level == 1 else 3),
        )  # fmt: skip
    return subject


def add_event(subject: Subject, number: int, term: str, *grades: int, **more: Any) -> AdverseEvent:
    """Record an adverse event with its grade changes."""
    record = AdverseEvent.objects.create(
        subject=subject, visit="LOG", sequence=number, term=term, onset_date="2026-02-05", **more
    )
    for position, grade in enumerate(grades, start=1):
        GradeChange.objects.create(
            subject=subject, record=record, position=position, grade=grade, start_date=f"2026-02-{4 + position:02}"
        )
    return record


def judge(event: AdverseEvent, verdict: str, criterion: str = "") -> None:
    """Store what the DLT rule says about an event."""
    store_result(
        root=event.pk, subject_id=event.subject_id, rule="dlt", version="1.0.0", inputs={"event": str(event.pk)},
        output={"dlt": verdict, "criterion": criterion}, because=f"The rule says {verdict}.",
    )  # fmt: skip


@pytest.fixture
def study(people: People) -> dict[str, Any]:
    """Three subjects at two levels: CRS with a DLT, neutropenia, a death, and a signed decision."""
    with acting(people.coordinator, "test"):
        first = add_subject(people, "01-001", 1, infused_on=date(2026, 2, 1))
        second = add_subject(people, "01-002", 2, infused_on=date(2026, 3, 1))
        third = add_subject(people, "01-003", 2, infused_on=None)
        crs = add_event(first, 1, CRS, 2, 4, 2, serious=True, serious_criteria=["HOSPITALIZATION"], outcome="UNKNOWN")
        add_event(first, 2, "Neutrophil count decreased", 3)
        add_event(second, 1, "Nausea", 1)
        CrsAssessment.objects.create(
            subject=first, visit="UNS", assessed_date=date(2026, 2, 6), tocilizumab_given=True, investigator_grade=4
        )
        Death.objects.create(subject=second, visit="LOG", death_date=date(2026, 4, 1), cause="PROGRESSIVE DISEASE")
        Subject.objects.filter(pk=second.pk).update(death_date=date(2026, 4, 1))
        judge(crs, "YES", "G4_NONHEM")
        DltAdjudication.objects.create(
            subject=first, adverse_event=crs, verdict="YES", rationale="Two vasopressors.", seen_input_hash="x",
            adjudicated_at=datetime(2026, 3, 1, tzinfo=UTC), adjudicated_by=people.investigator,
        )  # fmt: skip
    with acting(people.investigator, "test"):
        decision = _decide(1)
        sign(decision, by=people.investigator, meaning="decision")
    return {"subjects": [first, second, third], "crs": crs, "decision": decision}


def _decide(level: int) -> DoseDecision:
    return DoseDecision.objects.create(
        dose_level=level, status="SIGNED", rule_set="PROTOCOL", rule_version="1.0.0",
        data_cutoff=datetime(2026, 3, 2, tzinfo=UTC), evidence={}, evidence_hash="0" * 64, n_evaluable=3, n_dlt=1,
        n_pending=0, advised_action="EXPAND_TO_6", advised_because="1 DLT in 3.", choice="AGREE",
        chosen_action="EXPAND_TO_6", meeting_date=date(2026, 3, 2),
    )  # fmt: skip
