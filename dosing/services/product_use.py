"""What the infusion asks of the product: the subject's own, released, not expired; and the dose that is kept."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dosing.dose_checks import dose_of, dose_tolerance_percent
from dosing.models import Infusion
from dosing.models.product_milestone import Milestone
from dosing.product_checks import certificate_verdict, may_be_used
from dosing.rules import infusion_dose
from dosing.selectors.product import certificates, certificates_of_lot, chain_of, coi_numbers, ledger
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError
from trial_edc.review.results import store_result

#: States of a product that is not released, or not there any more.
NOT_TO_BE_USED = (
    Milestone.COLLECTED, Milestone.SHIPPED_TO_MANUFACTURER, Milestone.RECEIVED, Milestone.IN_PROCESS,
    Milestone.QC_PENDING, Milestone.REJECTED, Milestone.DESTROYED,
)  # fmt: skip


def require_own_number(record: Infusion, *, infused: bool) -> None:
    """Refuse a wristband that carries another number than those issued for the subject, or none at an infusion."""
    issued = coi_numbers(record.subject_id)
    if not issued:
        return
    if record.wristband_coi and record.wristband_coi not in issued:
        raise DomainError(
            _("%(coi)s is not a number of %(subject)s. Nothing may be infused: compare wristband, bag and subject.")
            % {"coi": record.wristband_coi, "subject": record.subject.identifier},
            field="wristband_coi",
        )
    if infused and not record.wristband_coi:
        raise DomainError(_("Scan the wristband: the number is compared with the subject's."), field="wristband_coi")


def require_released(record: Infusion) -> None:
    """Refuse a lot that its certificate does not release, or a product that its ledger does not call released.

    While there is neither certificate nor ledger, the panel beside the form says so and nothing is refused.
    """
    _require_ledger(record)
    if not certificates(record.subject_id):
        return
    if not record.product_lot:
        raise DomainError(_("Enter the product lot: its release certificate is looked up."), field="product_lot")
    found = certificates_of_lot(record.subject_id, record.product_lot)
    if not found:
        raise DomainError(
            _("There is no release certificate for lot %(lot)s.") % {"lot": record.product_lot}, field="product_lot"
        )
    for certificate in found:
        if not may_be_used(certificate):
            raise DomainError(
                _("Lot %(lot)s is not released. %(because)s")
                % {"lot": record.product_lot, "because": certificate_verdict(certificate).because},
                field="product_lot",
            )
        expiry = certificate.expiry_date
        if record.start_date is not None and (expiry is None or expiry < record.start_date):
            raise DomainError(
                _("Lot %(lot)s has no expiry date, or expired before the infusion: %(date)s.")
                % {"lot": record.product_lot, "date": study_date(expiry) or "–"},
                field="product_lot",
            )


def _require_ledger(record: Infusion) -> None:
    state = chain_of(ledger(record.subject_id, record.wristband_coi)).state
    if state in NOT_TO_BE_USED:
        raise DomainError(
            _("The product may not be infused: its ledger says “%(state)s”.") % {"state": Milestone(state).label},
            field="wristband_coi",
        )


def keep_dose(record: Infusion) -> None:
    """Keep planned and infused cells beside the form, as far as they can be said."""
    dose = dose_of(record)
    if dose is None:
        return
    inputs = {
        "assigned_dose_level": record.assigned_dose_level, "weight_kg": record.weight_kg,
        "infused_cells_million": record.infused_cells_million, "tolerance_percent": dose_tolerance_percent(),
    }  # fmt: skip
    output = {
        "planned_million": dose.planned_million, "percent": dose.percent, "in_limits": dose.in_limits,
        "given_million_per_kg": dose.given_million_per_kg,
    }  # fmt: skip
    store_result(
        root=record.pk, subject_id=record.subject_id, rule=infusion_dose.RULE, version=infusion_dose.VERSION,
        inputs=inputs, output=output, because=dose.because,
    )  # fmt: skip
