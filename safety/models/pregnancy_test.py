"""Pregnancy test (F13)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.crs_assessment import yes_no
from safety.models.laboratory import Finding
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class PregnancyTest(CrfRecord):
    """A chain of questions: each is asked only when the one before makes it apply."""

    class Specimen(models.TextChoices):
        SERUM = "SERUM", _("Serum")
        URINE = "URINE", _("Urine")

    class NotTested(models.TextChoices):
        REFUSED = "REFUSED", _("Subject refused")
        NOT_COLLECTED = "NOT COLLECTED", _("No sample taken")
        OTHER = "OTHER", _("Other")

    childbearing_potential = item(
        yes_no(_("Of childbearing potential")), oid="CHILDPOT", sdtm="RP.RPORRES when RPTESTCD=CHILDPOT",
        critical=True, hint=_("No for men, after sterilisation and after the menopause"),
    )  # fmt: skip
    test_done = item(
        yes_no(_("Pregnancy test done")), oid="PGPERF", sdtm="LB.LBSTAT when LBTESTCD=HCG", critical=True,
        when=("childbearing_potential", (True,)),
    )  # fmt: skip
    reason_not_done = item(
        models.CharField(_("Why it was not done"), max_length=13, choices=NotTested, blank=True),
        oid="PGREASND", sdtm="LB.LBREASND", when=("test_done", (False,)),
    )  # fmt: skip
    specimen = item(
        models.CharField(_("Specimen"), max_length=5, choices=Specimen, blank=True),
        oid="PGSPEC", sdtm="LB.LBSPEC", when=("test_done", (True,)),
    )  # fmt: skip
    collected_date = item(
        models.DateField(_("Date of the test"), null=True, blank=True),
        oid="PGDT", sdtm="LB.LBDTC", when=("test_done", (True,)),
    )  # fmt: skip
    result = item(
        models.CharField(_("Result"), max_length=13, choices=Finding, blank=True),
        oid="PGRES", sdtm="LB.LBORRES when LBTESTCD=HCG", critical=True, when=("test_done", (True,)),
    )  # fmt: skip

    crf = Crf(
        oid="PREG",
        code="F13",
        title=_("Pregnancy test"),
        sections=(
            Section(
                _("Pregnancy test"),
                ("childbearing_potential", "test_done", "reason_not_done", "specimen", "collected_date", "result"),
            ),
        ),
    )

    class Meta(CrfRecord.Meta):
        pass
