"""Medical history (F04): one record for each condition."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment import cross_checks
from enrollment.models.answers import yes_no
from enrollment.rules.date_order import certainly_before
from trial_edc.crf.fields import PartialDateField, item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class MedicalHistory(CrfRecord):
    """One condition before the trial, or the statement that there is none; what goes on has a grade at screening."""

    has_condition = item(
        yes_no(_("There is a condition to record")), oid="MHYN",
        hint=_("No only in the first record, when the subject has no other condition than the tumour"),
    )  # fmt: skip
    term = item(
        models.CharField(_("Condition"), max_length=200, blank=True), oid="MHTERM", sdtm="MH.MHTERM",
        hint=_("One diagnosis or symptom; CTCAE v5.0 terms are suggested"), suggest="ctcae",
        when=("has_condition", (True,)),
    )  # fmt: skip
    onset_date = item(
        PartialDateField(_("Onset date"), blank=True), oid="MHSTDT", sdtm="MH.MHSTDTC", partial=True,
        hint=_("If the day is unknown, type UN, for example UN-Nov-2026"), when=("has_condition", (True,)),
    )  # fmt: skip
    ongoing = item(yes_no(_("Ongoing at screening")), oid="MHONGO", sdtm="MH.MHENRTPT", when=("has_condition", (True,)))
    end_date = item(
        PartialDateField(_("End date"), blank=True), oid="MHENDT", sdtm="MH.MHENDTC", partial=True,
        when=("ongoing", (False,)),
    )  # fmt: skip
    grade = item(
        models.PositiveSmallIntegerField(
            _("CTCAE grade at screening"), choices=[(g, str(g)) for g in range(1, 5)], null=True, blank=True
        ),
        oid="MHTOXGR", sdtm="SUPPMH.QVAL when QNAM=MHTOXGR", when=("ongoing", (True,)),
        hint=_("The baseline that adverse events are compared with"),
    )  # fmt: skip

    crf = Crf(
        oid="MH",
        code="F04",
        title=_("Medical history"),
        repeating=True,
        sections=(
            Section(_("History"), ("has_condition",)),
            Section(_("Condition"), ("term", "onset_date", "ongoing", "end_date", "grade")),
        ),
        checks=(
            Check(
                "MH-001",
                _("The end is before the onset."),
                broken=lambda r: certainly_before(r.end_date, r.onset_date),
                items=("end_date", "onset_date"),
                hard=True,
            ),
            Check(
                "MH-002",
                _("This began after consent. A condition that begins during the trial is an adverse event."),
                broken=cross_checks.began_after_consent,
                items=("onset_date",),
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
