"""Inclusion and exclusion criteria (F06)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


def _criterion(label: Any, number: str) -> models.BooleanField[Any, Any]:
    return item(
        models.BooleanField(label, null=True, blank=True),
        oid=f"IE{number}", sdtm=f"IE.IEORRES when IETESTCD={number}", critical=True,
    )  # fmt: skip


class Eligibility(CrfRecord):
    """Each criterion answered; the result is computed; there is no waiver. The investigator confirms."""

    adult = _criterion(_("I1. Aged 18 to 75 years"), "I1")
    histology = _criterion(_("I2. Histologically confirmed advanced or metastatic solid tumour"), "I2")
    cd70_positive = _criterion(_("I3. CD70 positive by immunohistochemistry"), "I3")
    standard_exhausted = _criterion(_("I4. Standard therapy failed, not tolerated or not available"), "I4")
    ecog_0_1 = _criterion(_("I5. ECOG performance status 0 or 1"), "I5")
    measurable_disease = _criterion(_("I6. At least one measurable lesion (RECIST 1.1)"), "I6")
    organ_function = _criterion(_("I7. Adequate bone marrow, liver, kidney, heart and lung function"), "I7")
    life_expectancy = _criterion(_("I8. Life expectancy of at least 12 weeks"), "I8")
    active_infection = _criterion(_("E1. Active uncontrolled infection, HIV, hepatitis B or C, or syphilis"), "E1")
    cns_disease = _criterion(_("E2. Symptomatic central nervous system disease or seizures"), "E2")
    autoimmune = _criterion(_("E3. Active autoimmune disease that needs immunosuppression"), "E3")
    prior_cell_therapy = _criterion(_("E4. Earlier gene-modified cell therapy"), "E4")
    pregnant = _criterion(_("E5. Pregnant, breast-feeding or unwilling to use contraception"), "E5")
    investigator_confirms = item(
        models.BooleanField(_("The investigator confirms the result"), null=True, blank=True),
        oid="IECONF", judgement=True, required=False,
    )  # fmt: skip
    confirmed_date = item(
        models.DateField(_("Date of confirmation"), null=True, blank=True), oid="IECDT", judgement=True, required=False
    )

    crf = Crf(
        oid="IE",
        code="F06",
        title=_("Eligibility"),
        sections=(
            Section(_("Inclusion: every answer must be yes"), INCLUSION),
            Section(_("Exclusion: every answer must be no"), EXCLUSION),
            Section(_("Confirmation by the investigator"), ("investigator_confirms", "confirmed_date")),
        ),
        checks=(
            Check(
                "IE-001",
                _("Enter the date of the confirmation."),
                broken=lambda r: r.investigator_confirms and r.confirmed_date is None,
                items=("investigator_confirms",),
                hard=True,
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
