"""Inclusion and exclusion criteria (F06)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from enrollment.models.answers import yes_no
from enrollment.rules.eligibility import EXCLUSION, INCLUSION
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


def _criterion(label: Any, number: str, **more: Any) -> models.BooleanField[Any, Any]:
    return item(
        models.BooleanField(label, null=True, blank=True),
        oid=f"IE{number}", sdtm=f"IE.IEORRES when IETESTCD={number}", critical=True, **more,
    )  # fmt: skip


def _evidence(number: str) -> models.CharField[Any, Any]:
    label = format_lazy(_("{number} shown by"), number=number)
    return item(
        models.CharField(label, max_length=160, blank=True), oid=f"IE{number}EV", required=False,
        hint=_("Report and date, when it is not in this casebook"),
    )  # fmt: skip


def evidence_of(criterion: str) -> str:
    """Return the name of the item that says where a criterion is shown.

    >>> evidence_of("adult")
    'evidence_adult'
    """
    return f"evidence_{criterion}"


def _with_evidence(criteria: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for criterion in criteria for name in (criterion, evidence_of(criterion)))


class Eligibility(CrfRecord):
    """Each criterion answered; the result is computed; there is no waiver. The investigator confirms."""

    adult = _criterion(_("I1. Aged 18 to 75 years"), "I1")
    evidence_adult = _evidence("I1")
    histology = _criterion(_("I2. Histologically confirmed advanced or metastatic solid tumour"), "I2")
    evidence_histology = _evidence("I2")
    cd70_positive = _criterion(_("I3. CD70 positive by immunohistochemistry"), "I3")
    evidence_cd70_positive = _evidence("I3")
    standard_exhausted = _criterion(_("I4. Standard therapy failed, not tolerated or not available"), "I4")
    evidence_standard_exhausted = _evidence("I4")
    ecog_0_1 = _criterion(_("I5. ECOG performance status 0 or 1"), "I5")
    evidence_ecog_0_1 = _evidence("I5")
    measurable_disease = _criterion(_("I6. At least one measurable lesion (RECIST 1.1)"), "I6")
    evidence_measurable_disease = _evidence("I6")
    organ_function = _criterion(_("I7. Adequate bone marrow, liver, kidney, heart and lung function"), "I7")
    evidence_organ_function = _evidence("I7")
    life_expectancy = _criterion(_("I8. Life expectancy of at least 12 weeks"), "I8")
    evidence_life_expectancy = _evidence("I8")
    active_infection = _criterion(_("E1. Active uncontrolled infection, HIV, hepatitis B or C, or syphilis"), "E1")
    evidence_active_infection = _evidence("E1")
    cns_disease = _criterion(_("E2. Symptomatic central nervous system disease or seizures"), "E2")
    evidence_cns_disease = _evidence("E2")
    autoimmune = _criterion(_("E3. Active autoimmune disease that needs immunosuppression"), "E3")
    evidence_autoimmune = _evidence("E3")
    prior_cell_therapy = _criterion(_("E4. Earlier gene-modified cell therapy"), "E4")
    evidence_prior_cell_therapy = _evidence("E4")
    can_conceive = item(
        yes_no(_("E5 applies: the subject can become pregnant or father a child")), oid="IEE5NA", required=False,
        hint=_("With No, criterion E5 is not applicable"),
    )  # fmt: skip
    # Not answered means that the criterion applies: it is left out only where somebody says so.
    pregnant = _criterion(
        _("E5. Pregnant, breast-feeding or unwilling to use contraception"), "E5", when=("can_conceive", (True, None))
    )
    evidence_pregnant = _evidence("E5")
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
            Section(_("Inclusion: every answer must be yes"), _with_evidence(INCLUSION)),
            Section(
                _("Exclusion: every answer must be no"),
                (*_with_evidence(EXCLUSION[:-1]), "can_conceive", *_with_evidence(EXCLUSION[-1:])),
            ),
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
