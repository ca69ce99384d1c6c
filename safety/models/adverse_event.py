"""Adverse events (F31) with their dated grade changes."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from safety import ae_checks
from safety.ctcae import canonical_term
from safety.models.crs_assessment import yes_no
from trial_edc.crf.fields import PartialDateField, item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class Outcome(models.TextChoices):
    """CDISC submission values of the outcome of an event."""

    FATAL = "FATAL", _("Fatal")
    NOT_RECOVERED = "NOT RECOVERED/NOT RESOLVED", _("Not recovered or not resolved")
    RECOVERED = "RECOVERED/RESOLVED", _("Recovered or resolved")
    SEQUELAE = "RECOVERED/RESOLVED WITH SEQUELAE", _("Recovered or resolved with sequelae")
    RECOVERING = "RECOVERING/RESOLVING", _("Recovering or resolving")
    UNKNOWN = "UNKNOWN", _("Unknown")


class Relationship(models.TextChoices):
    """The physician's attribution; the first three count as related."""

    DEFINITE = "definite", _("Definite")
    PROBABLE = "probable", _("Probable")
    POSSIBLE = "possible", _("Possible")
    UNLIKELY = "unlikely", _("Unlikely")
    UNRELATED = "unrelated", _("Unrelated")


class SeriousCriterion(models.TextChoices):
    """Why an event is serious."""

    DEATH = "DEATH", _("Death")
    LIFE_THREATENING = "LIFE THREATENING", _("Life-threatening")
    HOSPITALISATION = "HOSPITALIZATION", _("Hospitalisation or its prolongation")
    DISABILITY = "DISABILITY", _("Persistent or significant disability")
    CONGENITAL = "CONGENITAL ANOMALY", _("Congenital anomaly")
    IMPORTANT = "MEDICALLY IMPORTANT", _("Other medically important event")


class ActionTaken(models.TextChoices):
    """CDISC submission values of what was done with the study treatment because of the event."""

    NOT_CHANGED = "DOSE NOT CHANGED", _("Dose not changed")
    REDUCED = "DOSE REDUCED", _("Dose reduced")
    INTERRUPTED = "DRUG INTERRUPTED", _("Interrupted")
    WITHDRAWN = "DRUG WITHDRAWN", _("Withdrawn")
    NOT_APPLICABLE = "NOT APPLICABLE", _("Not applicable")
    UNKNOWN = "UNKNOWN", _("Unknown")


def relationship(label: Any, oid: str, sdtm: str, **more: Any) -> models.CharField[Any, Any]:
    """Return an item for a physician's attribution of an event to one cause."""
    return item(
        models.CharField(label, max_length=10, choices=Relationship, blank=True),
        oid=oid, sdtm=sdtm, judgement=True, **more,
    )  # fmt: skip


class AdverseEvent(CrfRecord):
    """One event. CRS and ICANS are graded by ASTCT 2019, every other term by CTCAE v5.0."""

    term = item(
        models.CharField(_("Term"), max_length=120, blank=True), oid="AEDECOD", sdtm="AE.AEDECOD", critical=True,
        hint=_("CTCAE v5.0 term; type three letters"), suggest="ctcae", normalise=canonical_term,
    )  # fmt: skip
    term_specify = item(
        models.CharField(_("Specify"), max_length=200, blank=True), oid="AETERM", sdtm="AE.AETERM", required=False,
        hint=_("For an “Other, specify” term, and the words of the source"),
    )  # fmt: skip
    onset_date = item(
        PartialDateField(_("Onset date"), blank=True), oid="AESTDT", sdtm="AE.AESTDTC", critical=True, partial=True,
        hint=_("If the day is unknown, type UN, for example UN-Nov-2026"),
    )  # fmt: skip
    onset_time = item(
        models.TimeField(_("Onset time"), null=True, blank=True), oid="AESTTM", sdtm="AE.AESTDTC", required=False,
        critical=True, hint=_("24-hour clock, site time"),
    )  # fmt: skip
    end_date = item(
        PartialDateField(_("End date"), blank=True), oid="AEENDT", sdtm="AE.AEENDTC", required=False, partial=True,
        critical=True, hint=_("Leave empty while the event goes on"),
    )  # fmt: skip
    end_time = item(
        models.TimeField(_("End time"), null=True, blank=True), oid="AEENTM", sdtm="AE.AEENDTC", required=False,
        critical=True,
    )  # fmt: skip
    outcome = item(
        models.CharField(_("Outcome"), max_length=32, choices=Outcome, blank=True),
        oid="AEOUT", sdtm="AE.AEOUT", critical=True,
    )  # fmt: skip
    serious = item(yes_no(_("Serious")), oid="AESER", sdtm="AE.AESER", critical=True)
    serious_criteria = item(
        ArrayField(
            models.CharField(max_length=20, choices=SeriousCriterion),
            verbose_name=_("Seriousness criteria"), blank=True, default=list,
        ),
        oid="AESCRIT", sdtm="AE.AESDTH, AE.AESLIFE, AE.AESHOSP, AE.AESDISAB, AE.AESCONG, AE.AESMIE",
        required=False, critical=True,
    )  # fmt: skip
    relationship_car_t = relationship(_("Relationship to the CAR-T cells"), "AEREL", "AE.AEREL", critical=True)
    relationship_lymphodepletion = relationship(
        _("Relationship to lymphodepletion"), "AERELLD", "SUPPAE.QVAL when QNAM=AERELLD", required=False, critical=True
    )
    relationship_procedure = relationship(
        _("Relationship to leukapheresis or another study procedure"), "AERELPRC",
        "SUPPAE.QVAL when QNAM=AERELPRC", required=False,
    )  # fmt: skip
    relationship_disease = relationship(
        _("Relationship to the disease"), "AERELDIS", "SUPPAE.QVAL when QNAM=AERELDIS", required=False
    )
    part_of_event = item(
        models.PositiveSmallIntegerField(_("Component of CRS or ICANS event number"), null=True, blank=True),
        oid="AEPART", sdtm="AE.AEGRPID", required=False, critical=True, limits=(1, 999),
        hint=_("The number of the parent event in this subject's log"),
    )  # fmt: skip
    action_taken = item(
        models.CharField(_("Action taken with the study treatment"), max_length=20, choices=ActionTaken, blank=True),
        oid="AEACN", sdtm="AE.AEACN", hint=_("After the infusion nothing can be changed: not applicable"),
    )  # fmt: skip
    treatment = item(
        models.TextField(_("Treatment given"), max_length=500, blank=True), oid="AECONTRT", sdtm="AE.AECONTRT",
        required=False,
    )  # fmt: skip

    crf = Crf(
        oid="AE",
        code="F31",
        title=_("Adverse event"),
        repeating=True,
        log=True,
        sections=(
            Section(
                _("Event"), ("term", "term_specify", "onset_date", "onset_time", "end_date", "end_time", "outcome")
            ),
            Section(_("Grade changes"), rows="AEG"),
            Section(_("Seriousness"), ("serious", "serious_criteria")),
            Section(
                _("Causality, by a delegated physician"),
                (
                    "relationship_car_t", "relationship_lymphodepletion", "relationship_procedure",
                    "relationship_disease",
                ),
            ),
            Section(_("Links and treatment"), ("part_of_event", "action_taken", "treatment")),
        ),
        checks=(
            Check("AE-001", _("Choose a term of CTCAE v5.0 from the list."),
                  broken=ae_checks.unknown_term, items=("term",), hard=True),
            Check("AE-002", _("The end is before the onset."),
                  broken=ae_checks.end_before_onset, items=("end_date", "onset_date"), hard=True),
            Check("AE-003", _("Enter the grade and its first date."),
                  broken=lambda ae, rows: not rows, items=("term",), needed=True, on_rows=True),
            Check("AE-004", _("This term does not define that grade."),
                  broken=ae_checks.grade_not_defined, items=("term",), hard=True, on_rows=True),
            Check("AE-005", _("The grade changes must follow each other in time, between onset and end."),
                  broken=ae_checks.rows_out_of_order, items=("onset_date",), hard=True, on_rows=True),
            Check("AE-006", _("A resolved event needs an end date."),
                  broken=ae_checks.resolved_without_end, items=("outcome",), hard=True),
            Check("AE-007", _("An event that goes on has no end date."),
                  broken=ae_checks.ongoing_with_end, items=("outcome", "end_date"), hard=True),
            Check("AE-008", _("Outcome fatal and grade 5 go together."),
                  broken=ae_checks.fatal_without_grade_5, items=("outcome",), hard=True, on_rows=True),
            Check("AE-009", _("A serious event needs at least one criterion."),
                  broken=lambda ae: ae.serious and not ae.serious_criteria, items=("serious",), hard=True),
            Check("AE-010", _("Grade 5 is always serious."),
                  broken=ae_checks.grade_5_not_serious, items=("serious",), hard=True, on_rows=True),
            Check("AE-011", _("Say what the other term is."),
                  broken=ae_checks.other_not_specified, items=("term",), hard=True),
            Check("AE-012", _("Criteria are ticked although the event is not serious."),
                  broken=lambda ae: ae.serious is False and bool(ae.serious_criteria), items=("serious",), hard=True),
            Check("AE-013", _("A fatal event is serious, and death is one of its criteria."),
                  broken=ae_checks.fatal_without_criterion, items=("outcome",), hard=True),
            Check("AE-014", _("The criterion “death” is ticked, yet the outcome is not fatal."),
                  broken=ae_checks.criterion_without_fatal, items=("serious_criteria", "outcome")),
            Check("AE-015", _("Nothing follows grade 5."),
                  broken=ae_checks.grade_after_death, items=("term",), hard=True, on_rows=True),
            Check("AE-016", _("The first grade starts after the onset. Enter the grade at onset too, or confirm."),
                  broken=ae_checks.onset_without_grade, items=("onset_date",), on_rows=True),
            Check("AE-017", _("Enter the date to this time."),
                  broken=lambda ae: not ae.end_date, items=("end_time",), hard=True),
            Check("AE-018", _("Enter the date to this time."),
                  broken=lambda ae: not ae.onset_date, items=("onset_time",), hard=True),
            Check("AE-019", _("Grade 5 is the death, and the event ends on a later day. Correct one, or confirm."),
                  broken=ae_checks.grade_5_before_end, items=("end_date",), on_rows=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class GradeChange(CrfRow):
    """From a moment on, the event had this grade."""

    record = models.ForeignKey(AdverseEvent, models.PROTECT, related_name="grade_changes")
    grade = item(
        models.PositiveSmallIntegerField(_("Grade"), choices=[(g, str(g)) for g in range(1, 6)], null=True),
        oid="AEGTOX", sdtm="FA.FAORRES when FATESTCD=GRADE", critical=True,
    )  # fmt: skip
    start_date = item(PartialDateField(_("From date")), oid="AEGSTDT", sdtm="FA.FADTC", critical=True, partial=True)
    start_time = item(
        models.TimeField(_("Time"), null=True, blank=True), oid="AEGSTTM", sdtm="FA.FADTC", required=False,
        critical=True,
    )  # fmt: skip

    crf = Crf(
        oid="AEG",
        code="F31",
        title=_("Grade changes"),
        sections=(Section("", ("grade", "start_date", "start_time")),),
        checks=(
            Check("AEG-001", _("This date lies in the future."),
                  broken=lambda row: ae_checks.in_future(row.start_date), items=("start_date",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
