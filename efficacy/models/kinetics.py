"""Cellular kinetics in blood (F24) and in tumour (F25). Flow cytometry and PCR stand in rows of their own."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy import date_checks, sample_checks
from efficacy.models import sample
from efficacy.models.lesion_lists import Organ
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section
from trial_edc.protocol.visits.schedule import SCHEDULE

ROW_ITEMS = ("method", "unit", "result", "lloq", "dna_input_ng", "not_done")
#: Visits at which blood is drawn for kinetics; a biopsy names the one it is paired with.
BLOOD_VISITS = [
    (visit.code, visit.code) for visit in SCHEDULE if "PKB" in (*visit.required_forms, *visit.optional_forms)
]


class KineticMethod(models.TextChoices):
    """How CAR-T cells are counted."""

    FLOW = "FLOW CYTOMETRY", _("Flow cytometry")
    QPCR = "QPCR", _("qPCR")
    DDPCR = "DDPCR", _("ddPCR")


class KineticUnit(models.TextChoices):
    """What is counted; which method counts what is an edit check."""

    CELLS = "cells/uL", _("CAR+ cells/µL")
    PERCENT = "%", _("% of CD3+ cells")
    COPIES = "copies/ug", _("copies/µg DNA")


def _method(oid: str) -> models.CharField[Any, Any]:
    return item(
        models.CharField(_("Method"), max_length=16, choices=KineticMethod, blank=True), oid=oid, sdtm="PC.PCMETHOD"
    )


def _unit(oid: str) -> models.CharField[Any, Any]:
    return item(
        models.CharField(_("Unit"), max_length=10, choices=KineticUnit, blank=True), oid=oid, sdtm="PC.PCORRESU"
    )


def _dna_input(oid: str) -> models.DecimalField[Any, Any]:
    return item(
        models.DecimalField(_("DNA input"), max_digits=7, decimal_places=1, null=True, blank=True), oid=oid,
        sdtm="SUPPPC.QVAL when QNAM=PCDNAIN", unit="ng", limits=(Decimal("0.1"), 10000), required=False,
    )  # fmt: skip


def _row_checks(table: str, units: Any) -> tuple[Check, ...]:
    return (
        Check(f"{table}-001", _("There is a result, so it was done."),
              broken=lambda row: bool(row.not_done), items=("result", "not_done"), hard=True),
        Check(f"{table}-002", _("This method does not measure in this unit here: flow cytometry counts cells, PCR"
                                " counts copies."),
              broken=partial(sample_checks.unit_of_another_method, units), items=("unit", "method"), hard=True),
        Check(f"{table}-003", _("A share cannot be above 100 %."),
              broken=sample_checks.above_hundred_percent, items=("result",), hard=True),
        Check(f"{table}-004", _("“<LLOQ” needs the limit as a number beside it."),
              broken=sample_checks.limit_unknown, items=("result",), hard=True),
        Check(f"{table}-005", _("DNA input belongs to PCR."),
              broken=lambda row: row.method == KineticMethod.FLOW, items=("dna_input_ng", "method"), hard=True),
    )  # fmt: skip


def _form_checks(form: str) -> tuple[Check, ...]:
    return (
        Check(f"{form}-001", _("There are results although no sample was taken."),
              broken=sample_checks.results_without_sample, items=("sample_taken",), hard=True, on_rows=True),
        Check(f"{form}-002", _("One method and unit stands twice. Another sample is another form."),
              broken=sample_checks.determination_twice, items=("sample_taken",), hard=True, on_rows=True),
        Check(f"{form}-003", _("Enter at least one determination."),
              broken=sample_checks.no_rows, items=("drawn_date",), needed=True, on_rows=True),
        Check(f"{form}-004", _("Each determination needs a result, or “not done”."),
              broken=sample_checks.no_result, items=("drawn_date",), needed=True, on_rows=True,
              in_rows=sample_checks.without_result(f"{form}R", "method", "unit")),
        Check(f"{form}-005", _("A result in copies per µg needs the amount of DNA it was counted in."),
              broken=sample_checks.no_dna_input, items=("drawn_date",), needed=True, on_rows=True),
        Check(f"{form}-006", _("A result and its limit of quantification contradict each other."),
              broken=sample_checks.against_limit, items=("drawn_date",), on_rows=True),
        Check(f"{form}-007", _("The sample is outside the window of the visit."),
              broken=date_checks.outside_window("drawn_date"), items=("drawn_date",)),
    )  # fmt: skip


class BloodKinetics(CrfRecord):
    """One blood sample for CAR-T cells; exposure and persistence are computed from all samples of one method."""

    sample_taken = sample.taken(_("Blood sample taken"), "PBPERF", "PC.PCSTAT")
    not_taken_reason = sample.not_taken_reason("PBREASND", "PC.PCREASND")
    drawn_date = sample.drawn_date("PBDT", "PC.PCDTC")
    drawn_time = sample.drawn_time("PBTM", "PC.PCDTC")
    timing = sample.timing("PBTIMING", "PC.PCTPT")
    laboratory = sample.text(_("Laboratory"), "PBLAB", "PC.PCNAM")

    crf = Crf(
        oid="PKB",
        code="F24",
        title=_("Cellular kinetics, blood"),
        repeating=True,
        sections=(
            Section(
                _("Sample"),
                ("sample_taken", "not_taken_reason", "drawn_date", "drawn_time", "timing", "laboratory"),
            ),
            Section(_("Determinations"), rows="PKBR"),
        ),
        checks=(
            *_form_checks("PKB"),
            Check("PKB-008", _("On the day of infusion, say whether the sample is before or after it."),
                  broken=sample_checks.timing_unknown, items=("drawn_date",), needed=True),
            Check("PKB-009", _("This visit is entirely before, or after, the infusion."),
                  broken=sample_checks.wrong_timing, items=("timing",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class BloodDetermination(CrfRow):
    """What one method counted in one blood sample."""

    record = models.ForeignKey(BloodKinetics, models.PROTECT, related_name="determinations")
    method = _method("PBMETH")
    unit = _unit("PBUNIT")
    result = sample.result("PBRES", "PC.PCORRES")
    lloq = sample.lloq("PBLLOQ", "PC.PCLLOQ")
    dna_input_ng = _dna_input("PBDNA")
    not_done = sample.not_done("PBND", "PC.PCSTAT")

    crf = Crf(
        oid="PKBR",
        code="F24",
        title=_("Determinations in blood"),
        sections=(Section("", ROW_ITEMS),),
        checks=_row_checks("PKBR", sample_checks.BLOOD_UNITS),
    )

    class Meta(CrfRow.Meta):
        pass


class TumourKinetics(CrfRecord):
    """One biopsy for CAR-T cells: a value at a time point and a site. There is no curve and no area under it."""

    sample_taken = sample.taken(_("Biopsy taken"), "PTPERF", "PC.PCSTAT")
    not_taken_reason = sample.not_taken_reason("PTREASND", "PC.PCREASND")
    drawn_date = sample.drawn_date("PTDT", "PC.PCDTC")
    drawn_time = sample.drawn_time("PTTM", "PC.PCDTC")
    organ = item(
        models.CharField(_("Organ of the biopsy"), max_length=16, choices=Organ, blank=True), oid="PTLOC",
        sdtm="SUPPPC.QVAL when QNAM=PCLOC", when=("sample_taken", (True,)),
    )  # fmt: skip
    site = sample.text(
        _("Site in the organ"), "PTSITE", "SUPPPC.QVAL when QNAM=PCSITE", required=False,
        hint=_("With the code of the lesion, where one was biopsied, like T02"),
    )  # fmt: skip
    laboratory = sample.text(_("Laboratory"), "PTLAB", "PC.PCNAM")
    paired_blood = item(
        models.BooleanField(_("Blood sample of the same time"), null=True, blank=True), oid="PTPAIR",
        sdtm="SUPPPC.QVAL when QNAM=PCPAIR", when=("sample_taken", (True,)),
    )  # fmt: skip
    paired_visit = item(
        models.CharField(_("Its visit"), max_length=8, choices=BLOOD_VISITS, blank=True), oid="PTPVIS",
        sdtm="RELREC.RELID", when=("paired_blood", (True,)),
    )  # fmt: skip
    paired_sequence = item(
        models.PositiveSmallIntegerField(_("Its number at the visit"), null=True, blank=True), oid="PTPSEQ",
        sdtm="RELREC.RELID", when=("paired_blood", (True,)), limits=(1, 99), hint=_("1, unless there were several"),
    )  # fmt: skip

    crf = Crf(
        oid="PKT",
        code="F25",
        title=_("Cellular kinetics, tumour"),
        repeating=True,
        sections=(
            Section(
                _("Biopsy"),
                ("sample_taken", "not_taken_reason", "drawn_date", "drawn_time", "organ", "site", "laboratory"),
            ),
            Section(_("Paired blood sample"), ("paired_blood", "paired_visit", "paired_sequence")),
            Section(_("Determinations"), rows="PKTR"),
        ),
        checks=_form_checks("PKT"),
    )

    class Meta(CrfRecord.Meta):
        pass


class TumourDetermination(CrfRow):
    """What one method counted in one biopsy."""

    record = models.ForeignKey(TumourKinetics, models.PROTECT, related_name="determinations")
    method = _method("PTMETH")
    unit = _unit("PTUNIT")
    result = sample.result("PTRES", "PC.PCORRES")
    lloq = sample.lloq("PTLLOQ", "PC.PCLLOQ")
    dna_input_ng = _dna_input("PTDNA")
    not_done = sample.not_done("PTND", "PC.PCSTAT")

    crf = Crf(
        oid="PKTR",
        code="F25",
        title=_("Determinations in tumour"),
        sections=(Section("", ROW_ITEMS),),
        checks=_row_checks("PKTR", sample_checks.TUMOUR_UNITS),
    )

    class Meta(CrfRow.Meta):
        pass
