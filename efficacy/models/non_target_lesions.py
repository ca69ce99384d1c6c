"""Non-target lesions (F27): identified once at baseline, judged by eye at every later assessment."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy import date_checks, non_target_checks, target_checks
from efficacy.filed import BASELINE_VISITS
from efficacy.lesion_codes import NON_TARGET, next_code
from efficacy.models import scan
from efficacy.models.lesion_lists import NonTargetState, Organ, SinceLast
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section


class NonTargetLesions(CrfRecord):
    """The non-target lesions at one assessment."""

    imaging_done = scan.done(_("Non-target lesions assessed"), "NTPERF", "TR.TRSTAT")
    not_done_reason = scan.not_done_reason("NTREASND", "TR.TRREASND", question="imaging_done")
    scan_date = scan.scan_date("NTDT", "TR.TRDTC")

    crf = Crf(
        oid="NTL",
        code="F27",
        title=_("Non-target lesions"),
        sections=(
            Section(_("Assessment"), ("imaging_done", "not_done_reason", "scan_date")),
            Section(_("Non-target lesions at baseline"), rows="NTLB", only_at=BASELINE_VISITS),
            Section(_("Non-target lesions at this assessment"), rows="NTLS", fixed_rows=True, not_at=BASELINE_VISITS),
        ),
        checks=(
            Check("NTL-001", _("Lesions are described although nothing was assessed."),
                  broken=non_target_checks.described_undone, items=("imaging_done",), hard=True, on_rows=True),
            Check("NTL-002", _("A row is about a lesion that the baseline does not have, or about one lesion twice."),
                  broken=non_target_checks.unknown_or_twice, items=("imaging_done",), hard=True, on_rows=True),
            Check("NTL-003", _("There is no baseline: enter the non-target lesions of the screening visit first."),
                  broken=non_target_checks.without_baseline, items=("scan_date",), needed=True, on_rows=True),
            Check("NTL-004", _("Each non-target lesion needs a finding."),
                  broken=non_target_checks.no_finding, items=("scan_date",), needed=True, on_rows=True),
            Check("NTL-005", _("Say of each lesion that is there how it changed since the assessment before."),
                  broken=non_target_checks.not_compared, items=("scan_date",), needed=True, on_rows=True),
            Check("NTL-006", _("A lesion that was absent before is there again."),
                  broken=non_target_checks.reappeared, items=("scan_date",), on_rows=True),
            Check("NTL-007", _("The scan of a lesion is more than 28 days away from the date above."),
                  broken=target_checks.far_apart, items=("scan_date",), on_rows=True),
            Check("NTL-008", _("The scan is outside the window of the visit."),
                  broken=date_checks.outside_window("scan_date"), items=("scan_date",)),
            Check("NTL-009", _("The dates of the scans do not follow the order of the visits."),
                  broken=date_checks.out_of_order("scan_date"), items=("scan_date",)),
            Check("NTL-010", _("The baseline scan is after the infusion, or more than 28 days before it."),
                  broken=date_checks.baseline_too_old("scan_date"), items=("scan_date",)),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class NonTargetLesion(CrfRow):
    """One non-target lesion, or several alike in one organ, as identified at baseline."""

    record = models.ForeignKey(NonTargetLesions, models.PROTECT, related_name="lesions")
    code = scan.code("NTCODE", "TU.TULNKID")
    organ = item(models.CharField(_("Organ"), max_length=16, choices=Organ, blank=True), oid="NTLOC", sdtm="TU.TULOC")
    description = item(
        models.CharField(_("Description"), max_length=200, blank=True), oid="NTDESC",
        sdtm="SUPPTU.QVAL when QNAM=TUSITE",
    )  # fmt: skip
    nodal = item(scan.yes_no(_("Node")), oid="NTNODE", sdtm="SUPPTU.QVAL when QNAM=TUNODE")
    method = scan.method("NTMETH", "TU.TUMETHOD")
    scan_date = scan.own_scan_date("NTBDT", "TU.TUDTC")

    crf = Crf(
        oid="NTLB",
        code="F27",
        title=_("Non-target lesions at baseline"),
        sections=(Section("", ("code", "organ", "description", "nodal", "method", "scan_date")),),
        checks=(
            Check("NTLB-001", _("A node is in the organ lymph node, and only a node is."),
                  broken=target_checks.node_elsewhere, items=("nodal", "organ"), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code or next_code(self.subject_id, "NTLB", NON_TARGET)
        super().save(*args, **kwargs)


class NonTargetFinding(CrfRow):
    """How one non-target lesion was found at one later assessment."""

    record = models.ForeignKey(NonTargetLesions, models.PROTECT, related_name="findings")
    code = scan.code("NSCODE", "TR.TRLNKID")
    state = item(
        models.CharField(_("Finding"), max_length=16, choices=NonTargetState, blank=True), oid="NSSTATE",
        sdtm="TR.TRORRES when TRTESTCD=TUMSTATE", required=False,
    )  # fmt: skip
    since_last = item(
        models.CharField(_("Since the assessment before"), max_length=10, choices=SinceLast, blank=True),
        oid="NSSINCE", sdtm="SUPPTR.QVAL when QNAM=TRSINCE", required=False,
    )  # fmt: skip
    scan_date = scan.own_scan_date("NSDT", "TR.TRDTC")
    comment = item(
        models.CharField(_("Comment, or why not evaluable"), max_length=200, blank=True), oid="NSCOM",
        sdtm="TR.TRREASND", required=False,
    )  # fmt: skip

    crf = Crf(
        oid="NTLS",
        code="F27",
        title=_("Non-target lesions at this assessment"),
        sections=(Section("", ("code", "state", "since_last", "scan_date", "comment")),),
        checks=(
            Check("NTLS-001", _("Choose the finding."),
                  broken=lambda row: not row.state and bool(row.since_last or row.comment), items=("code",),
                  hard=True),
            Check("NTLS-002",
                  _("Unequivocal progression means that the disease as a whole is worse, as if treatment had to stop."
                    " Describe what was seen."),
                  broken=lambda row: row.state == NonTargetState.UNEQUIVOCAL_PD and not row.comment.strip(),
                  items=("state",), hard=True),
            Check("NTLS-003", _("Say why the lesion is not evaluable."),
                  broken=lambda row: row.state == NonTargetState.NOT_EVALUABLE and not row.comment.strip(),
                  items=("state",), hard=True),
            Check("NTLS-004", _("Only a lesion that is there is compared with the assessment before."),
                  broken=lambda row: row.state in (NonTargetState.ABSENT, NonTargetState.NOT_EVALUABLE),
                  items=("since_last", "state"), hard=True),
            Check("NTLS-005", _("A lesion that decreased since the assessment before did not progress unequivocally."),
                  broken=lambda row: row.state == NonTargetState.UNEQUIVOCAL_PD
                  and row.since_last == SinceLast.DECREASED, items=("since_last", "state"), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
