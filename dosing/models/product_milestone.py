"""Product milestones (F17): the ledger of a product from collection to infusion, one line per step."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from dosing import product_checks
from dosing.models.columns import COI_HINT, choice, clock, coi_text, day, number, story, whole, words, yes_no
from dosing.rules.product_chain import Kind
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Check, Crf, Section


class EntryKind(models.TextChoices):
    """A line is never changed: another line corrects or withdraws it."""

    MILESTONE = Kind.MILESTONE.value, _("Milestone")
    CORRECTION = Kind.CORRECTION.value, _("Correction of an earlier entry")
    WITHDRAWAL = Kind.WITHDRAWAL.value, _("Withdrawal of an earlier entry")


class Milestone(models.TextChoices):
    """The states of a product, as the protocol's table has them."""

    COLLECTED = "COLLECTED", _("Collected")
    SHIPPED_TO_MANUFACTURER = "SHIPPED_TO_MANUFACTURER", _("Shipped to the manufacturer")
    RECEIVED = "RECEIVED", _("Received by the manufacturer")
    IN_PROCESS = "IN_PROCESS", _("In process")
    QC_PENDING = "QC_PENDING", _("Quality control pending")
    RELEASED = "RELEASED", _("Released")
    REJECTED = "REJECTED", _("Rejected")
    RELEASED_OUT_OF_SPECIFICATION = "RELEASED_OUT_OF_SPECIFICATION", _("Released out of specification, with approval")
    SHIPPED_TO_SITE = "SHIPPED_TO_SITE", _("Shipped to the site")
    STORED = "STORED", _("Received and stored at the site")
    THAWED = "THAWED", _("Thawed")
    INFUSED = "INFUSED", _("Infused")
    DESTROYED = "DESTROYED", _("Destroyed")


class Identifier(models.TextChoices):
    """What two people can compare on label and paper."""

    COI = "COI NUMBER", _("Chain-of-identity number")
    SUBJECT = "SUBJECT NUMBER", _("Subject number")
    LOT = "PRODUCT LOT", _("Product lot")
    BIRTH_YEAR = "BIRTH YEAR", _("Year of birth")
    COLLECTION = "COLLECTION DATE", _("Date of leukapheresis")


M = Milestone
#: Milestones at which a temperature belongs to the line.
WITH_TEMPERATURE = (M.SHIPPED_TO_MANUFACTURER, M.RECEIVED, M.SHIPPED_TO_SITE, M.STORED)
#: Milestones that account for bags.
WITH_BAGS = (M.RELEASED, M.RELEASED_OUT_OF_SPECIFICATION, M.SHIPPED_TO_SITE, M.STORED, M.THAWED, M.INFUSED, M.DESTROYED)
#: Milestones at which the lot has its number.
WITH_LOT = (M.RELEASED, M.RELEASED_OUT_OF_SPECIFICATION, M.SHIPPED_TO_SITE, M.STORED, M.THAWED, M.INFUSED)
ENDS_BADLY = (M.REJECTED, M.DESTROYED)
CORRECTIONS = (EntryKind.CORRECTION, EntryKind.WITHDRAWAL)


def _stored(choices: Any) -> tuple[str, ...]:
    return tuple(each.value for each in choices)


class ProductMilestone(CrfRecord):
    """One line of the ledger. `ledger_number` counts the lines of a subject; it is given at the save."""

    ledger_number = models.PositiveSmallIntegerField(_("Number in the ledger"), editable=False)
    entry_kind = item(choice(_("Kind of entry"), EntryKind, 12), oid="PDKIND", sdtm="BE.BECAT")
    corrects_entry = item(
        whole(_("Number of the entry that was wrong")), oid="PDCORR", sdtm="BE.BELNKID", limits=(1, 999),
        when=("entry_kind", _stored(CORRECTIONS)), hint=_("As the ledger beside this form counts them"),
    )  # fmt: skip
    correction_reason = item(
        story(_("What was wrong")), oid="PDCORRS", sdtm="SUPPBE.QVAL when QNAM=BECORR",
        when=("entry_kind", _stored(CORRECTIONS)),
    )  # fmt: skip
    milestone = item(choice(_("Milestone"), Milestone), oid="PDSTATE", sdtm="BE.BETERM", critical=True)
    event_date = item(day(_("Date")), oid="PDDT", sdtm="BE.BESTDTC", critical=True)
    event_time = item(
        clock(_("Time")), oid="PDTM", sdtm="BE.BESTDTC", hint=_("24-hour clock, site time"), critical=True
    )
    place = item(words(_("Place")), oid="PDPLACE", sdtm="BE.BELOC", required=False)
    coi_number = item(
        words(_("Chain-of-identity number, scanned"), 20), oid="PDCOI", sdtm="BE.BEREFID", critical=True,
        normalise=coi_text, hint=COI_HINT,
    )  # fmt: skip
    identifiers_checked = item(
        ArrayField(
            models.CharField(max_length=16, choices=Identifier),
            verbose_name=_("Identifiers compared"), blank=True, default=list,
        ),
        oid="PDIDENT", sdtm="SUPPBE.QVAL when QNAM=BEIDENT", hint=_("At least two"),
    )  # fmt: skip
    product_lot = item(
        words(_("Product lot"), 40), oid="PDLOT", sdtm="SUPPBE.QVAL when QNAM=BELOT", required=False, critical=True
    )
    bag_count = item(
        whole(_("Number of bags")), oid="PDBAGS", sdtm="SUPPBE.QVAL when QNAM=BEBAGS", limits=(0, 200),
        when=("milestone", _stored(WITH_BAGS)),
    )  # fmt: skip
    temperature_c = item(
        number(_("Temperature"), 5, 1), oid="PDTEMP", sdtm="SUPPBE.QVAL when QNAM=BETEMP", unit="°C",
        limits=(-200, 60), when=("milestone", _stored(WITH_TEMPERATURE)),
        hint=_("Warmest value of the logger on the way, or of the store"),
    )  # fmt: skip
    excursion = item(
        yes_no(_("Deviation of temperature, time or packing")), oid="PDDEV", sdtm="SUPPBE.QVAL when QNAM=BEDEV",
        when=("milestone", _stored(WITH_TEMPERATURE)),
    )  # fmt: skip
    excursion_detail = item(
        story(_("What deviated, and what was decided")), oid="PDDEVD", sdtm="SUPPBE.QVAL when QNAM=BEDEVD",
        when=("excursion", (True,)),
    )  # fmt: skip
    end_reason = item(
        story(_("Reason, method and record of the rejection or destruction")), oid="PDEND",
        sdtm="SUPPBE.QVAL when QNAM=BEREAS", when=("milestone", _stored(ENDS_BADLY)),
    )  # fmt: skip
    performed_by = item(words(_("Done by")), oid="PDBY", sdtm="BE.BEPARTY")
    checked_by = item(words(_("Checked by")), oid="PDCHK", sdtm="SUPPBE.QVAL when QNAM=BECHECK")
    remark = item(story(_("Remark")), oid="PDREM", sdtm="CO.COVAL", required=False)

    crf = Crf(
        oid="PROD",
        code="F17",
        title=_("Product milestone"),
        repeating=True,
        sections=(
            Section(_("Entry"), ("entry_kind", "corrects_entry", "correction_reason")),
            Section(_("Milestone"), ("milestone", "event_date", "event_time", "place")),
            Section(_("Identity"), ("coi_number", "identifiers_checked", "product_lot", "bag_count")),
            Section(_("Condition"), ("temperature_c", "excursion", "excursion_detail", "end_reason")),
            Section(_("People"), ("performed_by", "checked_by", "remark")),
        ),
        checks=(
            Check("PD-001", _("The second check needs another person."),
                  broken=product_checks.one_person("performed_by", "checked_by"),
                  items=("checked_by", "performed_by"), hard=True),
            Check("PD-002", _("Compare at least two identifiers."), broken=product_checks.too_few_identifiers,
                  items=("identifiers_checked",), hard=True),
            Check("PD-003", _("This is not a chain-of-identity number of the trial."),
                  broken=product_checks.odd_coi(), items=("coi_number",), hard=True),
            Check("PD-004", _("From the release on, the line needs the product lot."),
                  broken=lambda r: r.milestone in WITH_LOT and not r.product_lot, items=("milestone",), hard=True),
            Check("PD-005", _("A frozen product is warmer than its limit. Confirm, and record the deviation."),
                  broken=product_checks.too_warm, items=("temperature_c", "milestone")),
        ),
    )  # fmt: skip

    BASE_FIELDS = CrfRecord.BASE_FIELDS | {"ledger_number"}

    class Meta(CrfRecord.Meta):
        constraints = [
            *CrfRecord.Meta.constraints,
            models.UniqueConstraint(fields=["subject", "ledger_number"], name="productmilestone_one_per_number"),
        ]
