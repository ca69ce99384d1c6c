"""From the rows of one subject to our forms. Pure: rows in, texts out, with the reason when it cannot be done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from dosing.sdtm.events import event_form, in_sequence, is_fatal
from dosing.sdtm.reading import DemographicsRow, DispositionRow, EventRow, ExposureRow, Source
from dosing.sdtm.texts import NOT_APPLICABLE, UNKNOWN, CannotMap, FormTexts, give_date, number_text, source_date
from enrollment.models import Demographics, Disposition, Subject
from safety.models.death import Death
from trial_edc.accounts.models import Site
from trial_edc.protocol.dose_levels import DOSE_LEVELS

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
LONGEST_IDENTIFIER = Subject._meta.get_field("identifier").max_length or 0
LONGEST_SITE_CODE = Site._meta.get_field("code").max_length or 0
DISPOSITION_EVENT = "DISPOSITION EVENT"
#: Items of the infusion form that no SDTM file of another trial can answer.
NOT_OF_THIS_TRIAL = (
    "gate_temperature_c", "gate_oxygen_saturation", "gate_vasopressor", "gate_infection", "gate_ecog", "weight_kg",
    "weight_date", "product_lot", "wristband_coi", "identity_matches", "first_checker", "second_checker",
    "premedication_given", "interrupted", "infused_cells_million", "reaction",
)  # fmt: skip


@dataclass
class SubjectPlan:
    """What is to be done for one subject: its forms in the order of entry, the dose level when it was treated."""

    identifier: str
    site_code: str
    level: int | None
    forms: list[FormTexts] = field(default_factory=list)
    #: Rows that no form of ours asks for: domain and reason, once per row.
    left_out: list[tuple[str, str]] = field(default_factory=list)


def identifier_of(person: DemographicsRow) -> str:
    """Return our identifier of a subject: USUBJID, without a leading study name; CannotMap when it does not fit."""
    name = person.usubjid.removeprefix(f"{person.studyid}-").removeprefix(f"{person.studyid}.")
    if len(name) > LONGEST_IDENTIFIER:
        raise CannotMap(_("USUBJID is longer than %(most)s characters.") % {"most": LONGEST_IDENTIFIER})
    if not IDENTIFIER.fullmatch(name):
        raise CannotMap(_("USUBJID may hold letters, digits, points and hyphens only."))
    return name


def site_code_of(person: DemographicsRow) -> str:
    """Return the code of the subject's site; CannotMap when it does not fit."""
    if not IDENTIFIER.fullmatch(person.siteid) or len(person.siteid) > LONGEST_SITE_CODE:
        raise CannotMap(_("SITEID must be 1 to %(most)s letters or digits.") % {"most": LONGEST_SITE_CODE})
    return person.siteid


def dose_levels_of(source: Source) -> dict[str, int]:
    """Return the dose level of each treated arm: arms in the order of their highest dose, from level 1 up.

    An arm beyond the protocol's levels is not in the answer; arms of one dose are in the order of their codes.
    """
    highest: dict[str, Decimal] = {}
    for person in source.dm:
        for given in source.exposures.get(person.usubjid, ()):
            dose = _number(given.exdose)
            if person.actarmcd and dose is not None:
                highest[person.actarmcd] = max(dose, highest.get(person.actarmcd, dose))
    arms = sorted(highest, key=lambda arm: (highest[arm], arm))
    return {arm: level.number for arm, level in zip(arms, DOSE_LEVELS, strict=False)}


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def plan_subject(source: Source, person: DemographicsRow, levels: Mapping[str, int]) -> SubjectPlan:
    """Map everything the files say about one subject; CannotMap when a row has no honest place."""
    name = person.usubjid
    if name in source.repeated:
        raise CannotMap(_("dm names this subject more than once."))
    exposures, events = source.exposures.get(name, []), source.events.get(name, [])
    dispositions = source.dispositions.get(name, [])
    plan = SubjectPlan(identifier_of(person), site_code_of(person), _level(person, exposures, levels))
    plan.forms += _consent(person)
    plan.forms.append(_demographics(person))
    if exposures and plan.level is not None:
        plan.forms.append(_infusion(person, exposures, plan.level))
        plan.left_out += [("ex", _("The trial has one infusion: the first administration is entered."))] * (
            len(exposures) - 1
        )
    _refuse_repeated_events(events)
    plan.forms += [event_form(event) for event in in_sequence(events)]
    _plan_the_end(plan, person, dispositions, events)
    return plan


def _refuse_repeated_events(events: Sequence[EventRow]) -> None:
    if any(times > 1 for times in Counter(number_text(event.aeseq) for event in events).values()):
        raise CannotMap(_("AESEQ stands for more than one event."))


def _level(person: DemographicsRow, exposures: Sequence[ExposureRow], levels: Mapping[str, int]) -> int | None:
    if not exposures:
        return None
    if person.actarmcd not in levels:
        raise CannotMap(
            _("Arm %(arm)s has no dose level: the protocol has %(most)s, in the order of the arms' doses.")
            % {"arm": person.actarmcd or "(empty)", "most": len(DOSE_LEVELS)}
        )
    return levels[person.actarmcd]


def _consent(person: DemographicsRow) -> list[FormTexts]:
    """The consent form, when the source has the date; an empty form would say nothing."""
    if not person.rficdtc:
        return []
    form = FormTexts("SCR", "IC", "dm", "RFICDTC")
    given = give_date(form, "consent_date", "RFICDTC", person.rficdtc)
    form.give("consent_time", given.time)
    form.give("consent_version", "", NOT_APPLICABLE)
    form.give("obtained_by", "")
    form.give("copy_given", "")
    for name in ("reconsent", "biopsy_consent", "gene_storage_consent"):
        form.give(name, "", NOT_APPLICABLE)
    return [form]


def _demographics(person: DemographicsRow) -> FormTexts:
    form = FormTexts("SCR", "DM", "dm", f"line {person.line}")
    if person.age and person.ageu.upper() not in ("YEARS", ""):
        raise CannotMap(_("The age is given in %(unit)s; the form asks for years.") % {"unit": person.ageu})
    form.give("birth_year", source_date(person.brthdtc).date[:4])
    form.give("age_years", person.age)
    known = person.sex.upper() in Demographics.Sex.values
    if person.sex and not known:
        form.note(_("The form has no such sex: entered as unknown."), f"SEX {person.sex}")
    form.give("sex", person.sex.upper() if known else "")
    for name in ("tumour_type", "stage", "prior_lines"):
        form.give(name, "", NOT_APPLICABLE)
    return form


def _infusion(person: DemographicsRow, exposures: Sequence[ExposureRow], level: int) -> FormTexts:
    first = min(exposures, key=lambda given: (given.exstdtc or "~", given.line))
    form = FormTexts("D0", "INF", "ex", f"EXSEQ {number_text(first.exseq)}")
    form.give("assigned_dose_level", str(level))
    start = give_date(form, "start_date", "EXSTDTC", first.exstdtc)
    form.give("start_time", start.time)
    form.give("stop_time", "")
    for name in NOT_OF_THIS_TRIAL:
        form.give(name, "", NOT_APPLICABLE)
    if person.armcd and person.armcd != person.actarmcd:
        form.note(
            _("Planned and actual arm differ: the dose level is that of the actual arm."),
            f"ARMCD {person.armcd}, ACTARMCD {person.actarmcd}",
        )
    if source_date(person.rfxstdtc).date not in ("", start.date):
        form.note(_("First dose differs between dm and ex: that of ex is entered."), f"RFXSTDTC {person.rfxstdtc}")
    return form


def _plan_the_end(
    plan: SubjectPlan,
    person: DemographicsRow,
    dispositions: Sequence[DispositionRow],
    events: Sequence[EventRow],
) -> None:
    """Death before the end of study: the form of the end reads the state of the subject."""
    ends = sorted(
        (row for row in dispositions if row.dscat.upper() == DISPOSITION_EVENT), key=lambda row: (row.dsstdtc, row.line)
    )
    for row in dispositions:
        if row not in ends:
            plan.left_out.append(("ds", _("No form asks for %(what)s.") % {"what": row.dscat or row.dsdecod}))
    plan.left_out += [("ds", _("An earlier disposition event: the last one is entered."))] * (len(ends) - 1)
    died = person.dthfl.upper() == "Y" or bool(person.dthdtc) or any(_is_death(row) for row in ends)
    if died:
        plan.forms.append(_death(person, ends, events))
    if ends:
        plan.forms.append(_end_of_study(ends[-1]))


def _is_death(row: DispositionRow) -> bool:
    return row.dsdecod.upper() == Disposition.Reason.DEATH


def _death(person: DemographicsRow, ends: Sequence[DispositionRow], events: Sequence[EventRow]) -> FormTexts:
    form = FormTexts("EOS", "DTH", "dm", "DTHDTC")
    reported = [row.dsstdtc for row in ends if _is_death(row)]
    give_date(form, "death_date", "DTHDTC", person.dthdtc or (reported[-1] if reported else ""))
    fatal = [event for event in events if is_fatal(event)]
    form.give("cause", Death.Cause.ADVERSE_EVENT if fatal else Death.Cause.UNKNOWN)
    if fatal:
        form.texts["cause_detail"] = "; ".join(event.aedecod or event.aeterm for event in fatal)
    form.give("autopsy_done", "")
    if person.dthdtc and reported and reported[-1][:10] != person.dthdtc[:10]:
        form.note(_("The date of death differs between dm and ds: that of dm is entered."), f"DSSTDTC {reported[-1]}")
    return form


def _end_of_study(row: DispositionRow) -> FormTexts:
    form = FormTexts("EOS", "EOS", "ds", f"DSSEQ {number_text(row.dsseq)}")
    give_date(form, "off_study_date", "DSSTDTC", row.dsstdtc)
    decoded, detail = row.dsdecod.upper(), row.dsterm
    if decoded and decoded not in Disposition.Reason.values:
        form.note(
            _("The form has no such reason: entered as “Other”, in the words of the source."), f"DSDECOD {decoded}"
        )
        detail = f"{row.dsdecod}: {row.dsterm}" if row.dsterm and row.dsterm != row.dsdecod else row.dsdecod
        decoded = Disposition.Reason.OTHER
    form.give("reason", decoded, UNKNOWN)
    if detail and detail.upper() != decoded:
        form.texts["detail"] = detail
    if decoded == Disposition.Reason.WITHDRAWAL:
        for name in ("may_be_contacted", "stored_samples"):
            form.give(name, "", UNKNOWN)
    for name in ("last_contact_date", "hand_over"):
        form.give(name, "", NOT_APPLICABLE)
    return form
