"""Infused subjects with tumours, samples and contacts, written as rows: what the efficacy pages read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from enrollment.models import Subject, SubsequentTherapy, SurvivalStatus
from tests.people import People
from trial_edc.audit.context import acting, system_user
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.visits.schedule import visit

INFUSED = date(2026, 1, 5)
#: Visit -> its study day.
DAYS = {"D28": 28, "M3": 90, "M6": 180, "M9": 270}


def day(number: int) -> date:
    """Return a study day as a date."""
    return INFUSED + timedelta(days=number)


def subject(people: People, number: int, level: int | None = 1, **more: Any) -> Subject:
    """Return an infused subject of site 01, or of `site`."""
    with acting(system_user(), "test", source="command"):
        return Subject.objects.create(
            **{
                "identifier": f"01-{number:03}", "site": people.site, "status": "FOLLOW-UP", "dose_level": level,
                "infused_at": datetime(2026, 1, 5, 2, tzinfo=UTC), **more,
            }
        )  # fmt: skip


def form(
    patient: Subject, oid: str, visit: str, /, rows: Mapping[str, Sequence[Mapping[str, Any]]] = {}, **items: Any
) -> Any:
    """Write one completed form with its rows."""
    model: Any = registry.get(oid)
    with acting(system_user(), "test", source="command"):
        record = model.objects.create(
            subject=patient, visit=visit, **{"sequence": 1, "status": FormStatus.COMPLETE, "version": 1} | items
        )
        for table, lines in rows.items():
            kind: Any = registry.rows_of(table)
            for position, line in enumerate(lines, start=1):
                kind.objects.create(subject=patient, record=record, position=position, **line)
    return record


def tumour(patient: Subject, sums: Mapping[str, str], judged: Mapping[str, tuple[str, str]] | None = None) -> None:
    """Write a baseline of one lesion of 100 mm, and its diameter at later visits; `judged`: overall and immune."""
    lesion = {"code": "T01", "organ": "LIVER", "nodal": False, "method": "CT SCAN", "long_mm": Decimal(100)}
    form(patient, "TL", "SCR", {"TLB": [lesion]}, imaging_done=True, scan_date=day(-20))
    for code, mm in sums.items():
        on = day(DAYS[code])
        row = {"code": "T01", "status": "measured", "mm": Decimal(mm), "method": "CT SCAN"}
        form(patient, "TL", code, {"TLM": [row]}, imaging_done=True, scan_date=on)
        form(patient, "NL", code, imaging_done=True, scan_date=on, any_new=False)
        if judged is None or code in judged:
            overall, immune = (judged or {}).get(code, ("", ""))
            form(
                patient, "RESP", code, assessment_done=True, assessment_date=on, clinically_stable=True,
                overall_response=overall, immune_response=immune,
            )  # fmt: skip


def contact(patient: Subject, number: int, *, therapy: str = "", **items: Any) -> None:
    """Write a survival contact on a study day, with a new therapy that began on `therapy`."""
    with acting(system_user(), "test", source="command"):
        sequence = SurvivalStatus.objects.filter(subject=patient).count() + 1
        record = SurvivalStatus.objects.create(
            subject=patient, visit="SURV", sequence=sequence, status=FormStatus.COMPLETE, contact_date=day(number),
            **{"survival_status": "ALIVE", "last_alive_date": day(number), "new_therapy": bool(therapy)} | items,
        )  # fmt: skip
        if therapy:
            SubsequentTherapy.objects.create(
                subject=patient, record=record, position=1, therapy_type="CHEMOTHERAPY", regimen="Docetaxel",
                start_date=therapy,
            )  # fmt: skip


def visit_of(at: int) -> str:
    """Return the visit of a study day; samples between the visits are unscheduled."""
    code = f"D{at}" if at >= 0 else "BL"
    try:
        return visit(code).code
    except KeyError:
        return "UNS"


def cells(patient: Subject, values: Mapping[int, str], *, unit: str = "copies/ug", method: str = "QPCR") -> None:
    """Write blood samples by study day, drawn at ten in the morning site time, with a limit of 50."""
    for number, (at, result) in enumerate(values.items(), start=1):
        row = {"method": method, "unit": unit, "result": result, "lloq": Decimal(50)}
        form(
            patient, "PKB", visit_of(at), {"PKBR": [row]}, sequence=number, sample_taken=True,
            drawn_date=day(at), drawn_time=datetime(2026, 1, 1, 10).time(),  # noqa: DTZ001 - a clock, no moment
        )  # fmt: skip


def cytokine(patient: Subject, analyte: str, unit: str, values: Mapping[int, str]) -> None:
    """Write cytokine samples by study day."""
    for number, (at, result) in enumerate(values.items(), start=1):
        row = {"analyte": analyte, "unit": unit, "result": result}
        form(
            patient, "CYT", visit_of(at), {"CYTR": [row]}, sequence=number, sample_taken=True,
            drawn_date=day(at), drawn_time=datetime(2026, 1, 1, 10).time(), timing="POST" if at >= 0 else "PRE",  # noqa: DTZ001
        )  # fmt: skip
