"""Target lesions (F26): identified once at baseline, measured at every later assessment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy import baseline_choice, date_checks, target_checks
from efficacy.filed import BASELINE_VISITS
from efficacy.lesion_codes import TARGET, next_code, normalise_code
from efficacy.measurements import normalise_fragments
from efficacy.models import scan
from efficacy.models.lesion_lists import LesionType, Organ, Side, TargetStatus
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class TargetLesions(CrfRecord):
    """The target lesions at one assessment; the sum and the response are computed from the rows."""

    imaging_done = scan.done(_("Target lesions assessed"), "TLPERF", "TR.TRSTAT")
    not_done_reason = scan.not_done_reason("TLREASND", "TR.TRREASND", question="imaging_done")
    scan_date = scan.scan_date("TLDT", "TR.TRDTC")

    crf = Crf(
        oid="TL",
        code="F26",
        title=_("Target lesions"),
        sections=(
            Section(_("Assessment"), ("imaging_done", "not_done_reason", "scan_date")),
            Section(_("Target lesions at baseline"), rows="TLB", only_at=BASELINE_VISITS),
            Section(_("Target lesions at this assessment"), rows="TLM", fixed_rows=True, not_at=BASELINE_VISITS),
        ),
        checks=(
            Check("TL-001", _("Lesions are measured although nothing was assessed."),
                  broken=target_checks.measured_undone, items=("imaging_done",), hard=True, on_rows=True),
            Check("TL-002", _("A row is about a lesion that the baseline does not have, or about one lesion twice."),
                  broken=target_checks.unknown_or_twice, items=("imaging_done",), hard=True, on_rows=True),
            Check("TL-003", _("A lesion can only merge with a target lesion that is itself measured and not merged."),
                  broken=target_checks.merged_into_nothing, items=("imaging_done",), hard=True, on_rows=True),
            Check("TL-004", _("There is no baseline: enter the target lesions of the screening visit first."),
                  broken=target_checks.without_baseline, items=("scan_date",), needed=True, on_rows=True),
            Check("TL-005", _("Each lesion needs the diameter that counts: of a node the short axis, else the long."),
                  broken=target_checks.no_diameter, items=("scan_date",), needed=True, on_rows=True),
            Check("TL-006", _("A lesion that was treated locally needs an answer: did it progress since?"),
                  broken=target_checks.progression_unanswered, items=("scan_date",), needed=True, on_rows=True),
            Check("TL-007", _("Each target lesion needs a finding."),
                  broken=target_checks.no_finding, items=("scan_date",), needed=True, on_rows=True),
            Check("TL-008", _("Each lesion that was looked at needs the method."),
                  broken=target_checks.no_method, items=("scan_date",), needed=True, on_rows=True),
            Check("TL-009", _("No target lesion is entered. The trial asks for at least one measurable lesion."),
                  broken=target_checks.no_targets, items=("scan_date",), on_rows=True),
            Check("TL-010", _("A lesion was seen by another method than at baseline. The lesions are listed beside."),
                  broken=target_checks.other_method, items=("scan_date",), on_rows=True),
            Check("TL-011",
                  _("A lesion changed by more than half or by more than 30 mm since the assessment before. Check the"
                    " source and the axis; the lesions are listed beside."),
                  broken=target_checks.changed_much, items=("scan_date",), on_rows=True),
            Check("TL-012", _("A lesion that was absent before is there again."),
                  broken=target_checks.reappeared, items=("scan_date",), on_rows=True),
            Check("TL-013", _("A diameter above 200 mm: check the unit."),
                  broken=target_checks.very_large, items=("scan_date",), on_rows=True),
            Check("TL-014", _("The scan of a lesion is more than 28 days away from the date above."),
                  broken=target_checks.far_apart, items=("scan_date",), on_rows=True),
            Check("TL-015", _("The scan is outside the window of the visit."),
                  broken=date_checks.outside_window("scan_date"), items=("scan_date",)),
            Check("TL-016", _("The dates of the scans do not follow the order of the visits."),
                  broken=date_checks.out_of_order("scan_date"), items=("scan_date",)),
            Check("TL-017", _("The baseline scan is after the infusion, or more than 28 days before it."),
                  broken=date_checks.baseline_too_old("scan_date"), items=("scan_date",)),
            Check("TL-018", _("The choice of target lesions breaks a rule of RECIST 1.1; which one is said beside."),
                  broken=baseline_choice.breaks_rules, items=("scan_date",), on_rows=True),
            Check("TL-019",
                  _("A node is as long as its long axis was at baseline. Of a node, the short axis is measured."),
                  broken=target_checks.long_axis_of_node, items=("scan_date",), on_rows=True),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class TargetLesion(CrfRow):
    """One target lesion, identified and measured at baseline. Its code never changes and is never given again."""

    record = models.ForeignKey(TargetLesions, models.PROTECT, related_name="lesions")
    code = scan.code("TLCODE", "TU.TULNKID")
    organ = item(models.CharField(_("Organ"), max_length=16, choices=Organ, blank=True), oid="TLLOC", sdtm="TU.TULOC")
    site = item(
        models.CharField(_("Site in the organ"), max_length=80, blank=True), oid="TLSITE",
        sdtm="SUPPTU.QVAL when QNAM=TUSITE", required=False,
    )  # fmt: skip
    side = item(
        models.CharField(_("Side"), max_length=10, choices=Side, blank=True), oid="TLSIDE", sdtm="TU.TULAT",
        required=False,
    )  # fmt: skip
    nodal = item(scan.yes_no(_("Node")), oid="TLNODE", sdtm="SUPPTU.QVAL when QNAM=TUNODE")
    lesion_type = item(
        models.CharField(_("Type"), max_length=24, choices=LesionType, blank=True), oid="TLTYPE",
        sdtm="SUPPTU.QVAL when QNAM=TUTYPE",
    )  # fmt: skip
    method = scan.method("TLMETH", "TU.TUMETHOD")
    slice_mm = item(
        models.DecimalField(_("Slice"), max_digits=4, decimal_places=1, null=True, blank=True), oid="TLSLICE",
        sdtm="SUPPTU.QVAL when QNAM=TUSLICE", unit="mm", limits=(Decimal("0.1"), 50), required=False,
    )  # fmt: skip
    prior_local_therapy = item(
        scan.yes_no(_("Treated locally before")), oid="TLPLOC", sdtm="SUPPTU.QVAL when QNAM=TUPLOC", required=False
    )
    progressed_since = item(
        scan.yes_no(_("Progressed since")), oid="TLPROG", sdtm="SUPPTU.QVAL when QNAM=TUPROG", required=False
    )
    long_mm = scan.millimetres(_("Long axis"), "TLLONG", "TR.TRORRES when TRTESTCD=LDIAM", lowest=Decimal("0.1"))
    short_mm = scan.millimetres(_("Short axis"), "TLSHORT", "TR.TRORRES when TRTESTCD=LPERP", lowest=Decimal("0.1"))
    scan_date = scan.own_scan_date("TLBDT", "TU.TUDTC")

    crf = Crf(
        oid="TLB",
        code="F26",
        title=_("Target lesions at baseline"),
        sections=(
            Section("", (
                "code", "organ", "site", "side", "nodal", "lesion_type", "method", "slice_mm", "prior_local_therapy",
                "progressed_since", "long_mm", "short_mm", "scan_date",
            )),
        ),
        checks=(
            Check("TLB-001", _("A node is in the organ lymph node, and only a node is."),
                  broken=target_checks.node_elsewhere, items=("nodal", "organ"), hard=True),
            Check("TLB-002", _("The short axis is longer than the long axis."),
                  broken=lambda row: row.short_mm > row.long_mm, items=("short_mm", "long_mm"), hard=True),
            Check("TLB-003", _("Name the site of a lesion in another organ."),
                  broken=target_checks.other_organ_without_site, items=("organ",), hard=True),
            Check("TLB-004", _("A node is soft tissue: choose that type."),
                  broken=target_checks.node_of_bone, items=("lesion_type", "nodal"), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code or next_code(self.subject_id, "TLB", TARGET)
        super().save(*args, **kwargs)


class TargetMeasurement(CrfRow):
    """How one target lesion was found at one later assessment. `mm` is the long axis, of a node the short axis."""

    record = models.ForeignKey(TargetLesions, models.PROTECT, related_name="measurements")
    code = scan.code("TMCODE", "TR.TRLNKID")
    status = item(
        models.CharField(_("Finding"), max_length=16, choices=TargetStatus, blank=True), oid="TMSTAT",
        sdtm="TR.TRORRES when TRTESTCD=TUMSTATE", required=False,
    )  # fmt: skip
    mm = scan.millimetres(_("Diameter"), "TMDIAM", "TR.TRORRES when TRTESTCD=LDIAM, LPERP of a node", lowest=0)
    fragments_mm = item(
        models.CharField(_("Fragments"), max_length=60, blank=True), oid="TMFRAG", sdtm="TR.TRORRES when TRGRPID=SPLIT",
        unit="mm", required=False, normalise=normalise_fragments,
    )  # fmt: skip
    merged_into = item(
        models.CharField(_("Merged into"), max_length=8, blank=True), oid="TMMERGE",
        sdtm="SUPPTR.QVAL when QNAM=TRMERGE", required=False, normalise=normalise_code,
    )  # fmt: skip
    method = scan.method("TMMETH", "TR.TRMETHOD", required=False)
    scan_date = scan.own_scan_date("TMDT", "TR.TRDTC")
    reason = item(
        models.CharField(_("Why not evaluable"), max_length=200, blank=True), oid="TMREASND", sdtm="TR.TRREASND",
        required=False,
    )  # fmt: skip

    crf = Crf(
        oid="TLM",
        code="F26",
        title=_("Target lesions at this assessment"),
        sections=(
            Section("", ("code", "status", "mm", "fragments_mm", "merged_into", "method", "scan_date", "reason")),
        ),
        checks=(
            Check("TLM-001", _("Choose the finding."),
                  broken=target_checks.finding_not_chosen, items=("code",), hard=True),
            Check("TLM-002", _("A measured lesion needs its diameter."),
                  broken=lambda row: row.status == TargetStatus.MEASURED and row.mm is None, items=("status",),
                  hard=True),
            Check("TLM-003",
                  _("Only a measured lesion has a diameter here: clear it, or choose “Measured”. A lesion too small"
                    " to measure counts as 5 mm, fragments have their own column."),
                  broken=lambda row: row.status != TargetStatus.MEASURED, items=("mm", "status"), hard=True),
            Check("TLM-004", _("0 mm is no diameter: choose “Absent”, or “Seen, too small to measure”."),
                  broken=lambda row: row.mm == 0 and row.status == TargetStatus.MEASURED, items=("mm",), hard=True),
            Check("TLM-005", _("A split lesion needs the diameters of its fragments, like 12.5, 8."),
                  broken=lambda row: row.status == TargetStatus.SPLIT and not row.fragments_mm, items=("status",),
                  hard=True),
            Check("TLM-006", _("Only a split lesion has fragments."),
                  broken=lambda row: row.status != TargetStatus.SPLIT, items=("fragments_mm",), hard=True),
            Check("TLM-007", _("Say which lesion it merged with, like T02."),
                  broken=lambda row: row.status == TargetStatus.MERGED and not row.merged_into, items=("status",),
                  hard=True),
            Check("TLM-008", _("Only a merged lesion names another one."),
                  broken=lambda row: row.status != TargetStatus.MERGED, items=("merged_into",), hard=True),
            Check("TLM-009", _("A lesion cannot merge into itself."),
                  broken=lambda row: row.merged_into == row.code, items=("merged_into", "code"), hard=True),
            Check("TLM-010", _("Say why the lesion is not evaluable."),
                  broken=lambda row: row.status == TargetStatus.NOT_EVALUABLE and not row.reason.strip(),
                  items=("status",), hard=True),
            Check("TLM-011", _("A reason belongs to a lesion that is not evaluable."),
                  broken=lambda row: row.status != TargetStatus.NOT_EVALUABLE, items=("reason",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
