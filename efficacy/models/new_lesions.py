"""New lesions (F28): identified at the assessment that shows them first, followed at every later one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy import date_checks, new_lesion_checks, target_checks
from efficacy.lesion_codes import NEW, next_code
from efficacy.models import scan
from efficacy.models.lesion_lists import Certainty, NewLesionKind, NewLesionState, Organ
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check, Crf, Section

#: States of a lesion that is there or that a reader must explain.
EXPLAINED = (NewLesionState.UNEQUIVOCAL_PD, NewLesionState.NOT_EVALUABLE)


class NewLesions(CrfRecord):
    """New lesions at one assessment: those seen now for the first time, and those seen before."""

    imaging_done = scan.done(_("New lesions looked for"), "NLPERF", "TU.TUSTAT")
    not_done_reason = scan.not_done_reason("NLREASND", "TU.TUREASND", question="imaging_done")
    scan_date = scan.scan_date("NLDT", "TU.TUDTC")
    any_new = item(
        scan.yes_no(_("A new lesion at this assessment")), oid="NEWLIND", sdtm="RS.RSORRES when RSTESTCD=NEWLIND",
        when=("imaging_done", (True,)),
        hint=_("Fragments of a split lesion are not new. A lesion in a region not scanned at baseline is."),
    )  # fmt: skip

    crf = Crf(
        oid="NL",
        code="F28",
        title=_("New lesions"),
        sections=(
            Section(_("Assessment"), ("imaging_done", "not_done_reason", "scan_date", "any_new")),
            Section(_("Seen for the first time"), rows="NLN"),
            Section(_("Seen at earlier assessments"), rows="NLS", fixed_rows=True),
        ),
        checks=(
            Check("NL-001", _("Lesions are described although nothing was assessed."),
                  broken=new_lesion_checks.described_undone, items=("imaging_done",), hard=True, on_rows=True),
            Check("NL-002", _("A new lesion is entered although the answer is that there is none."),
                  broken=new_lesion_checks.new_although_none, items=("any_new",), hard=True, on_rows=True),
            Check("NL-003", _("Enter the new lesion."),
                  broken=new_lesion_checks.none_although_new, items=("any_new",), needed=True, on_rows=True),
            Check("NL-004", _("A row is about a lesion that was not seen before, or about one lesion twice."),
                  broken=new_lesion_checks.unknown_or_twice, items=("imaging_done",), hard=True, on_rows=True),
            Check("NL-005", _("Each new lesion seen before needs a finding."),
                  broken=new_lesion_checks.no_finding, items=("scan_date",), needed=True, on_rows=True),
            Check("NL-006", _("A measurable new lesion that is there needs its diameter."),
                  broken=new_lesion_checks.no_diameter, items=("scan_date",), needed=True, on_rows=True),
            Check("NL-007", _("A lesion that was called not measurable has no diameter."),
                  broken=new_lesion_checks.measured_although_not_measurable, items=("imaging_done",), hard=True,
                  on_rows=True),
            Check("NL-008", _("A lesion that was certain before is in doubt, or called certain for the first time."),
                  broken=new_lesion_checks.doubt_after_certainty, items=("scan_date",), on_rows=True),
            Check("NL-009", _("The scan of a lesion is more than 28 days away from the date above."),
                  broken=target_checks.far_apart, items=("scan_date",), on_rows=True),
            Check("NL-010", _("The scan is outside the window of the visit."),
                  broken=date_checks.outside_window("scan_date"), items=("scan_date",)),
            Check("NL-011", _("The dates of the scans do not follow the order of the visits."),
                  broken=date_checks.out_of_order("scan_date"), items=("scan_date",)),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass


class NewLesion(CrfRow):
    """One lesion that was not there at baseline, at the assessment that shows it first."""

    record = models.ForeignKey(NewLesions, models.PROTECT, related_name="lesions")
    code = scan.code("NLCODE", "TU.TULNKID")
    organ = item(models.CharField(_("Organ"), max_length=16, choices=Organ, blank=True), oid="NLLOC", sdtm="TU.TULOC")
    site = item(
        models.CharField(_("Site in the organ"), max_length=80, blank=True), oid="NLSITE",
        sdtm="SUPPTU.QVAL when QNAM=TUSITE", required=False,
    )  # fmt: skip
    region_at_baseline = item(
        scan.yes_no(_("Region scanned at baseline")), oid="NLREGION", sdtm="SUPPTU.QVAL when QNAM=TUREGBL"
    )
    certainty = item(
        models.CharField(_("Certainty"), max_length=12, choices=Certainty, blank=True), oid="NLCERT",
        sdtm="TU.TUORRES when TUTESTCD=TUMIDENT",
    )  # fmt: skip
    kind = item(
        models.CharField(_("Kind"), max_length=10, choices=NewLesionKind, blank=True), oid="NLKIND",
        sdtm="SUPPTU.QVAL when QNAM=TUKIND",
    )  # fmt: skip
    mm = scan.millimetres(
        _("Diameter"), "NLDIAM", "TR.TRORRES when TRTESTCD=LDIAM, LPERP of a node", lowest=Decimal("0.1")
    )
    method = scan.method("NLMETH", "TU.TUMETHOD")
    scan_date = scan.own_scan_date("NLNDT", "TU.TUDTC")

    crf = Crf(
        oid="NLN",
        code="F28",
        title=_("New lesions, first sight"),
        sections=(
            Section("", (
                "code", "organ", "site", "region_at_baseline", "certainty", "kind", "mm", "method", "scan_date",
            )),
        ),
        checks=(
            Check("NLN-001", _("Only a measurable lesion has a diameter."),
                  broken=lambda row: row.kind == NewLesionKind.NON_TARGET, items=("mm", "kind"), hard=True),
            Check("NLN-002", _("Name the site of a lesion in another organ."),
                  broken=target_checks.other_organ_without_site, items=("organ",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code or next_code(self.subject_id, "NLN", NEW)
        super().save(*args, **kwargs)


class NewLesionFinding(CrfRow):
    """How a new lesion seen before was found at one later assessment."""

    record = models.ForeignKey(NewLesions, models.PROTECT, related_name="findings")
    code = scan.code("NFCODE", "TR.TRLNKID")
    state = item(
        models.CharField(_("Finding"), max_length=16, choices=NewLesionState, blank=True), oid="NFSTATE",
        sdtm="TR.TRORRES when TRTESTCD=TUMSTATE", required=False,
    )  # fmt: skip
    mm = scan.millimetres(
        _("Diameter"), "NFDIAM", "TR.TRORRES when TRTESTCD=LDIAM, LPERP of a node", lowest=Decimal("0.1")
    )
    scan_date = scan.own_scan_date("NFDT", "TR.TRDTC")
    comment = item(
        models.CharField(_("Comment, or why not evaluable"), max_length=200, blank=True), oid="NFCOM",
        sdtm="TR.TRREASND", required=False,
    )  # fmt: skip

    crf = Crf(
        oid="NLS",
        code="F28",
        title=_("New lesions, later findings"),
        sections=(Section("", ("code", "state", "mm", "scan_date", "comment")),),
        checks=(
            Check("NLS-001", _("Choose the finding."),
                  broken=lambda row: not row.state and (row.mm is not None or bool(row.comment)), items=("code",),
                  hard=True),
            Check("NLS-002", _("A lesion that is absent or not evaluable has no diameter."),
                  broken=lambda row: row.state in (NewLesionState.ABSENT, NewLesionState.NOT_EVALUABLE),
                  items=("mm", "state"), hard=True),
            Check("NLS-003", _("Describe the unequivocal progression, or say why the lesion is not evaluable."),
                  broken=lambda row: row.state in EXPLAINED and not row.comment.strip(), items=("state",), hard=True),
        ),
    )  # fmt: skip

    class Meta(CrfRow.Meta):
        pass
