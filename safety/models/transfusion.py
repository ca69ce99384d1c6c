"""Transfusions and growth factors (F34): one record per administration, or per course of a growth factor."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.event_link import event_number
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class Product(models.TextChoices):
    """What was given."""

    RED_CELLS = "RED BLOOD CELLS", _("Red blood cells")
    PLATELETS = "PLATELETS", _("Platelets")
    PLASMA = "PLASMA", _("Plasma")
    CRYOPRECIPITATE = "CRYOPRECIPITATE", _("Cryoprecipitate or fibrinogen")
    ALBUMIN = "ALBUMIN", _("Albumin")
    IMMUNOGLOBULIN = "IMMUNOGLOBULIN", _("Immunoglobulin, intravenous")
    G_CSF = "G-CSF", _("G-CSF")
    THROMBOPOIETIN = "THROMBOPOIETIN AGONIST", _("Thrombopoietin or its agonist")
    ERYTHROPOIETIN = "ERYTHROPOIETIN", _("Erythropoietin")
    OTHER = "OTHER", _("Other")


#: Products that are given day after day; the record then holds a course.
COURSES = (Product.G_CSF.value, Product.THROMBOPOIETIN.value, Product.ERYTHROPOIETIN.value)
#: Products that come in bags, of which a blood bank counts units.
IN_UNITS = frozenset({Product.RED_CELLS, Product.PLATELETS, Product.PLASMA, Product.CRYOPRECIPITATE})


class AmountUnit(models.TextChoices):
    """Units of an amount."""

    UNIT = "U", _("Units (bags)")
    ML = "mL", _("mL")
    G = "g", _("g")
    UG = "ug", _("µg")
    UG_DAY = "ug/day", _("µg a day")
    IU = "IU", _("IU")


class Transfusion(CrfRecord):
    """One blood product or growth factor; supportive care explains counts that recover early."""

    product = item(
        models.CharField(_("Product"), max_length=24, choices=Product, blank=True), oid="TXTRT", sdtm="PR.PRTRT",
        critical=True,
    )  # fmt: skip
    product_other = item(
        models.CharField(_("Which product"), max_length=100, blank=True), oid="TXTRTO",
        sdtm="SUPPPR.QVAL when QNAM=PRTRTO", when=("product", (Product.OTHER.value,)),
    )  # fmt: skip
    given_date = item(
        models.DateField(_("Date"), null=True, blank=True), oid="TXSTDT", sdtm="PR.PRSTDTC", critical=True,
        hint=_("Of a course: its first day"),
    )  # fmt: skip
    given_time = item(
        models.TimeField(_("Start time"), null=True, blank=True), oid="TXSTTM", sdtm="PR.PRSTDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    last_date = item(
        models.DateField(_("Last day of the course"), null=True, blank=True), oid="TXENDT", sdtm="PR.PRENDTC",
        required=False, when=("product", COURSES),
    )  # fmt: skip
    amount = item(
        models.DecimalField(_("Amount"), max_digits=8, decimal_places=2, null=True, blank=True), oid="TXDOSE",
        sdtm="PR.PRDOSE", limits=(0, 100_000),
    )  # fmt: skip
    amount_unit = item(
        models.CharField(_("Unit of the amount"), max_length=8, choices=AmountUnit, blank=True), oid="TXDOSU",
        sdtm="PR.PRDOSU",
    )  # fmt: skip
    indication = item(
        models.CharField(_("Indication"), max_length=200, blank=True), oid="TXINDC", sdtm="PR.PRINDC",
        hint=_("The count or sign that led to it"),
    )  # fmt: skip
    event_number = event_number("TXAENO", "SUPPPR.QVAL when QNAM=PRAENO", required=False)

    crf = Crf(
        oid="TX",
        code="F34",
        title=_("Transfusions and growth factors"),
        repeating=True,
        log=True,
        sections=(
            Section(_("Product"), ("product", "product_other")),
            Section(_("Administration"), ("given_date", "given_time", "last_date", "amount", "amount_unit")),
            Section(_("Reason"), ("indication", "event_number")),
        ),
        checks=(
            Check("TX-001", _("The course ends before it begins."),
                  broken=lambda tx: tx.last_date < tx.given_date, items=("last_date", "given_date"), hard=True),
            Check("TX-002", _("The amount must be more than 0."),
                  broken=lambda tx: tx.amount <= 0, items=("amount",), hard=True),
            Check("TX-003", _("Bags are counted of blood products only."),
                  broken=lambda tx: tx.amount_unit == AmountUnit.UNIT and tx.product not in IN_UNITS,
                  items=("amount_unit", "product")),
            Check("TX-004", _("More than 20 bags: check the number."),
                  broken=lambda tx: tx.amount_unit == AmountUnit.UNIT and tx.amount > 20,
                  items=("amount", "amount_unit")),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
