"""Release certificate (F18): the results of a lot, the decision on it, and the approval where it missed a limit."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from dosing import product_checks
from dosing.models.columns import COI_HINT, choice, coi_text, day, number, story, words, yes_no
from dosing.rules.release_certificate import ReleaseStatus
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section
from trial_edc.protocol import release_specification as specification


class TestOutcome(models.TextChoices):
    """The outcome of a test that finds something or does not."""

    __test__ = False  # the name begins like a test class

    NEGATIVE = specification.NEGATIVE, _("Negative")
    POSITIVE = specification.POSITIVE, _("Positive")
    PENDING = specification.PENDING, _("Result pending")


class Appearance(models.TextChoices):
    """What the eye says."""

    CONFORMS = specification.CONFORMS, _("Conforms")
    DOES_NOT_CONFORM = specification.DOES_NOT_CONFORM, _("Does not conform")


class ReleaseDecision(models.TextChoices):
    """What was decided on the lot; the first two must be carried by the results."""

    RELEASED = ReleaseStatus.RELEASED.value, _("Released")
    OUT_OF_SPECIFICATION = ReleaseStatus.RELEASED_OUT_OF_SPECIFICATION.value, _("Released out of specification")
    REJECTED = "REJECTED", _("Rejected")


def _percent(label: Any, oid: str, test: str, **more: Any) -> models.DecimalField[Any, Any]:
    return item(
        number(label, 4, 1), oid=oid, sdtm=f"LB.LBORRES when LBTESTCD={test}", unit="%", limits=(0, 100), **more
    )


def _outcome(label: Any, oid: str, test: str) -> models.CharField[Any, Any]:
    return item(choice(label, TestOutcome, 10), oid=oid, sdtm=f"LB.LBORRES when LBTESTCD={test}", critical=True)


class ReleaseCertificate(CrfRecord):
    """One lot. Whether it can be released is computed from the results; people decide and, out of limits, approve."""

    coi_number = item(
        words(_("Chain-of-identity number"), 20), oid="RELCOI", sdtm="BE.BEREFID", critical=True, normalise=coi_text,
        hint=COI_HINT,
    )  # fmt: skip
    product_lot = item(words(_("Product lot"), 40), oid="RELLOT", sdtm="EX.EXLOT", critical=True)
    certificate_number = item(words(_("Certificate number"), 40), oid="RELCERT", sdtm="LB.LBREFID")
    certificate_date = item(day(_("Date of the certificate")), oid="RELDT", sdtm="LB.LBDTC")
    expiry_date = item(day(_("Expiry date")), oid="RELEXP", sdtm="SUPPBE.QVAL when QNAM=BEEXPDT", critical=True)
    viable_car_cells_million = item(
        number(_("Viable CAR+ cells"), 9, 2), oid="RELCAR", sdtm="LB.LBORRES when LBTESTCD=CARVIAB",
        unit="×10⁶ cells", limits=(0, 100000), critical=True,
    )  # fmt: skip
    total_cells_million = item(
        number(_("Total cells"), 9, 2), oid="RELTOT", sdtm="LB.LBORRES when LBTESTCD=CELLS", unit="×10⁶ cells",
        limits=(0, 100000),
    )  # fmt: skip
    car_percent = _percent(_("CAR+ cells"), "RELCARP", "CARPOS", critical=True)
    viability_percent = _percent(_("Viability"), "RELVIAB", "VIABIL", critical=True)
    vector_copies = item(
        number(_("Vector copy number"), 5, 2), oid="RELVCN", sdtm="LB.LBORRES when LBTESTCD=VCN",
        unit="copies/cell", limits=(0, 100),
    )  # fmt: skip
    cd4_percent = _percent(_("CD4+ cells"), "RELCD4", "CD4")
    cd8_percent = _percent(_("CD8+ cells"), "RELCD8", "CD8")
    sterility = _outcome(_("Sterility"), "RELSTER", "STERIL")
    mycoplasma = _outcome(_("Mycoplasma"), "RELMYC", "MYCOPL")
    endotoxin = item(
        number(_("Endotoxin"), 6, 3), oid="RELENDO", sdtm="LB.LBORRES when LBTESTCD=ENDOTX", unit="EU/mL",
        limits=(0, 500), critical=True,
    )  # fmt: skip
    endotoxin_below_detection = item(
        yes_no(_("The value is the detection limit: less was found")), oid="RELENDOB", required=False,
        hint=_("For a result like <0.5 enter 0.5 and yes"),
    )  # fmt: skip
    replication_competent_virus = _outcome(_("Replication-competent virus (RCL)"), "RELRCL", "RCL")
    appearance = item(
        choice(_("Appearance"), Appearance, 16), oid="RELAPP", sdtm="LB.LBORRES when LBTESTCD=APPEAR", critical=True
    )
    release_decision = item(
        choice(_("Decision on the lot"), ReleaseDecision), oid="RELDEC", sdtm="SUPPBE.QVAL when QNAM=BERELDEC",
        critical=True,
    )  # fmt: skip
    release_date = item(day(_("Date of the decision")), oid="RELDECDT", sdtm="SUPPBE.QVAL when QNAM=BERELDT")
    released_by = item(words(_("Decided by")), oid="RELDECBY", sdtm="SUPPBE.QVAL when QNAM=BERELBY")
    oos_approved = item(
        yes_no(_("Use out of specification is approved")), oid="OOSYN", judgement=True, required=False, critical=True,
        hint=_("Only where a test is missing or failed"),
    )  # fmt: skip
    oos_first_approver = item(words(_("Approved by")), oid="OOSBY1", judgement=True, when=("oos_approved", (True,)))
    oos_second_approver = item(
        words(_("Approved by, second person")), oid="OOSBY2", judgement=True, when=("oos_approved", (True,))
    )
    oos_approved_date = item(
        day(_("Date of the approval")), oid="OOSDT", judgement=True, when=("oos_approved", (True,))
    )
    oos_reason = item(
        story(_("Why the lot is used although it misses its specification")), oid="OOSREAS", judgement=True,
        when=("oos_approved", (True,)), hint=_("At least ten letters or digits"),
    )  # fmt: skip

    crf = Crf(
        oid="REL",
        code="F18",
        title=_("Release certificate"),
        repeating=True,
        sections=(
            Section(
                _("Lot"), ("coi_number", "product_lot", "certificate_number", "certificate_date", "expiry_date")
            ),
            Section(
                _("Cells"),
                (
                    "viable_car_cells_million", "total_cells_million", "car_percent", "viability_percent",
                    "vector_copies", "cd4_percent", "cd8_percent",
                ),
            ),
            Section(
                _("Safety tests"),
                (
                    "sterility", "mycoplasma", "endotoxin", "endotoxin_below_detection",
                    "replication_competent_virus", "appearance",
                ),
            ),
            Section(_("Decision"), ("release_decision", "release_date", "released_by")),
            Section(
                _("Approval out of specification, by a delegated physician"),
                ("oos_approved", "oos_first_approver", "oos_second_approver", "oos_approved_date", "oos_reason"),
            ),
        ),
        checks=(
            Check("REL-001", _("This is not a chain-of-identity number of the trial."),
                  broken=product_checks.odd_coi(), items=("coi_number",), hard=True),
            Check("REL-002", _("The lot expires before its certificate was written."),
                  broken=lambda r: r.expiry_date < r.certificate_date, items=("expiry_date", "certificate_date"),
                  hard=True),
            Check("REL-003", _("An expired lot cannot be released."),
                  broken=lambda r: product_checks.is_release(r) and r.release_date > r.expiry_date,
                  items=("release_date", "expiry_date", "release_decision"), hard=True),
            Check("REL-004", _("There cannot be more CAR+ cells than cells."),
                  broken=lambda r: r.viable_car_cells_million > r.total_cells_million,
                  items=("viable_car_cells_million", "total_cells_million"), hard=True),
            Check("REL-005", _("The approval needs two different people."),
                  broken=product_checks.one_person("oos_first_approver", "oos_second_approver"),
                  items=("oos_second_approver", "oos_first_approver"), hard=True),
            Check("REL-006", _("A test is missing or failed: the lot is not released without an approval."),
                  broken=product_checks.released_against_the_rule, items=("release_decision",), needed=True),
            Check("REL-007", _("Out of specification a lot needs the approval of two people, dated, with a reason."),
                  broken=product_checks.released_without_approval, items=("release_decision",), needed=True),
            Check("REL-008", _("Every test meets its limit: the lot is not out of specification."),
                  broken=product_checks.needless_exception, items=("release_decision",), needed=True),
            Check("REL-009", _("More viable CAR+ cells than the share of CAR+ cells in all cells."),
                  broken=product_checks.more_car_cells_than_possible,
                  items=("viable_car_cells_million", "total_cells_million", "car_percent")),
            Check("REL-010", _("CD4+ and CD8+ cells are more than 100 % together."),
                  broken=lambda r: r.cd4_percent + r.cd8_percent > 100, items=("cd4_percent", "cd8_percent")),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
