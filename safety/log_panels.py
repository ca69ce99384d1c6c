"""Beside the logs of treatment and stays, and beside CRS assessments: what the forms say about each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safety.ctcae import CRS_TERM, ICANS_TERM
from safety.links import propose
from safety.log_services import event_of
from safety.models import AdverseEvent, Medication
from safety.models.medication import MedicationClass
from safety.report_checks import moment_of
from safety.rules import hospital_stay, prohibited_medication, recent_treatment
from safety.rules.hospital_stay import early_discharge
from safety.selectors import event_moment
from safety.treatment_checks import prohibited_in, steroid_outside_rescue
from safety.treatments import ANTI_CYTOKINE, Treatments, medications_of, treatments_among
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.parameters import values
from trial_edc.protocol.study_day import study_day

RESCUED_TERMS = (CRS_TERM, ICANS_TERM)
GROUPS = {
    "live vaccine": gettext_lazy("Live vaccine"),
    "investigational agent": gettext_lazy("Another investigational agent"),
    "systemic immunosuppressant": gettext_lazy("Systemic immunosuppressant"),
    "anticancer therapy": gettext_lazy("Other anticancer therapy"),
}
#: Question of the CRS form -> kind of treatment in the medication log.
ASKED = {
    "antipyretic_given": ("antipyretic", gettext_lazy("Antipyretic")),
    "tocilizumab_given": ("tocilizumab", gettext_lazy("Tocilizumab or another anti-cytokine drug")),
    "corticosteroid_given": ("corticosteroid", gettext_lazy("Corticosteroid")),
}


def medication_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Say what is unusual about a medication: no event to rescue from, or a drug the protocol does not allow."""
    rows = [*_without_event(record), *_not_allowed(record)]
    if not rows:
        return None
    return Panel(
        title=_("Look at this medication again"),
        grade="?",
        rule=_("Rescue and prohibited medication"),
        version=prohibited_medication.VERSION,
        because=_("What was given is entered as it is in the source."),
        rows=rows,
    )


def _without_event(record: Any) -> list[PanelRow]:
    """Tocilizumab is given for CRS or ICANS: one of them belongs into the log."""
    if record.drug_class != MedicationClass.ANTI_IL6 or rescued_events(record.subject):
        return []
    words = _("No CRS or ICANS event is in the log.")
    return [PanelRow(MedicationClass.ANTI_IL6.label, _("given for what?"), words, driving=True)]


def rescued_events(subject: Any) -> list[AdverseEvent]:
    """Return the CRS and ICANS events of a subject."""
    found = AdverseEvent.objects.filter(subject=subject, term__in=RESCUED_TERMS)
    return list(found.exclude(status=FormStatus.NOT_DONE).order_by("sequence"))


def _not_allowed(record: Any) -> list[PanelRow]:
    rows = []
    group = prohibited_in(record.drug) if record.drug else None
    if group is not None:
        rows.append(PanelRow(GROUPS[group], _("not allowed by the protocol"), record.drug, driving=True))
    if steroid_outside_rescue(record):
        words = _("no event linked")
        rows.append(PanelRow(MedicationClass.CORTICOSTEROID.label, words, driving=True))
    elif record.drug_class == MedicationClass.CORTICOSTEROID and record.event_number is not None:
        event = event_of(record.subject, record.event_number)
        if event is not None and event.term not in RESCUED_TERMS:
            rows.append(PanelRow(MedicationClass.CORTICOSTEROID.label, _("not for CRS or ICANS"), event.term))
    return rows


def treatment_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Beside a CRS assessment: what the medication log says was given, where the answers say something else."""
    moment = assessed_at(record)
    if moment is None:
        return None
    medications = medications_of([record.subject_id])
    known = treatments_among(medications, moment)
    rows = [row for name in ASKED if (row := _answer_row(record, name, known, medications, moment)) is not None]
    wrong = any(row.driving for row in rows)
    if not rows:
        return None
    return Panel(
        title=_("The medication log says something else") if wrong else _("Given in the last 24 hours"),
        grade="!" if wrong else "✓",
        rule=_("Medication log before this assessment"),
        version=recent_treatment.VERSION,
        because=_("Antipyretics, anti-cytokine drugs and steroids hide fever: the grade needs to know.")
        if wrong
        else "",
        rows=rows,
    )


def assessed_at(record: Any) -> datetime | None:
    """Return the moment of an assessment; None while its day or time is unknown: 24 hours cannot be counted then."""
    moment = moment_of(record.assessed_date, record.assessed_time)
    return moment.first if moment is not None and moment.exact else None


def _answer_row(
    record: Any, name: str, known: Treatments, medications: Sequence[Medication], moment: datetime
) -> PanelRow | None:
    kind, label = ASKED[name]
    said, given = getattr(record, name), getattr(known, kind)
    drugs = ", ".join(dict.fromkeys(medication.drug for medication in given))
    if given and said is False:
        return PanelRow(label, _("answer no, log yes"), drugs, driving=True)
    if given:
        return PanelRow(label, _("in the log"), drugs)
    if said and not _ever_begun(kind, medications, moment):
        return PanelRow(label, _("answer yes, log no"), _("No such drug is in the log."), driving=True)
    return None


def _ever_begun(kind: str, medications: Sequence[Medication], moment: datetime) -> bool:
    """Test for a drug of the kind that may have begun before the moment; an effect can outlast the day."""
    classes: dict[str, tuple[str, ...]] = {
        "antipyretic": ("ANTIPYRETIC",), "tocilizumab": ANTI_CYTOKINE, "corticosteroid": ("CORTICOSTEROID",),
    }  # fmt: skip
    for medication in medications:
        start = event_moment(medication.start_date, medication.start_time)
        if medication.drug_class in classes[kind] and (start is None or start.first <= moment):
            return True
    return False


def stay_panel(record: Any, _rows: list[Any]) -> Panel | None:
    """Say how long a stay was, and propose a deviation where the subject left before the protocol lets it."""
    if record.admission_date is None:
        return None
    infused = record.subject.infusion_date
    rows = [PanelRow(_("Nights"), _nights(record))]
    if infused is not None and record.discharge_date is not None:
        rows.append(PanelRow(_("Discharged on study day"), study_day(record.discharge_date, infused)))
    day = early_discharge(
        record.admission_date, record.discharge_date, infused=infused, first_day=first_discharge_day()
    )
    if day is None:
        return Panel(_("Hospital stay"), "✓", _("Stay after the infusion"), hospital_stay.VERSION, "", rows)
    words = {"day": day, "first": first_discharge_day()}
    text = _("Discharged on Day %(day)s; the protocol keeps the subject in hospital until Day %(first)s.") % words
    return Panel(
        title=_("Early discharge: enter a deviation"),
        grade="!",
        rule=_("Stay after the infusion"),
        version=hospital_stay.VERSION,
        because=text,
        rows=rows,
        link=_deviation(record, text) if registry.find("DV") else "",
        link_text=_("Open a protocol deviation"),
    )


def _deviation(record: Any, text: str) -> str:
    known = {
        "category": "OTHER", "occurred_date": record.discharge_date.isoformat(), "affected_form": "HOSP",
        "description": text, "how_found": "MANUAL",
    }  # fmt: skip
    return propose(record.subject.identifier, "DV", known)


def first_discharge_day() -> int:
    """Return the first study day on which the protocol lets a subject leave the hospital."""
    return int(values("schedule.inpatient_days")[0])


def _nights(record: Any) -> str:
    if record.discharge_date is None:
        return _("still in hospital")
    return str((record.discharge_date - record.admission_date).days)
