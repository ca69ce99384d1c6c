"""Where a subject stands on the way to the infusion: read from what has happened, not from the form saved last."""

from __future__ import annotations

from dosing.selectors.product import product_state
from enrollment.models import Subject
from enrollment.models.subject import SubjectStatus

#: States between eligibility and infusion; from any of them a correction may lead back.
BEFORE_INFUSION = (
    SubjectStatus.ELIGIBLE, SubjectStatus.ENROLLED, SubjectStatus.APHERESED, SubjectStatus.MANUFACTURING,
    SubjectStatus.PRODUCT_FAILED, SubjectStatus.PRODUCT_RELEASED, SubjectStatus.LYMPHODEPLETION,
)  # fmt: skip

#: State of the product -> state of the subject.
BY_PRODUCT: dict[str, SubjectStatus] = {
    "COLLECTED": SubjectStatus.APHERESED,
    "SHIPPED_TO_MANUFACTURER": SubjectStatus.APHERESED,
    "RECEIVED": SubjectStatus.MANUFACTURING,
    "IN_PROCESS": SubjectStatus.MANUFACTURING,
    "QC_PENDING": SubjectStatus.MANUFACTURING,
    "RELEASED": SubjectStatus.PRODUCT_RELEASED,
    "RELEASED_OUT_OF_SPECIFICATION": SubjectStatus.PRODUCT_RELEASED,
    "SHIPPED_TO_SITE": SubjectStatus.PRODUCT_RELEASED,
    "STORED": SubjectStatus.PRODUCT_RELEASED,
    "THAWED": SubjectStatus.PRODUCT_RELEASED,
    "INFUSED": SubjectStatus.PRODUCT_RELEASED,
    "REJECTED": SubjectStatus.PRODUCT_FAILED,
    "DESTROYED": SubjectStatus.PRODUCT_FAILED,
}


def standing_before_infusion(subject: Subject) -> SubjectStatus:
    """Return the state of a subject who is eligible and not infused: the furthest step that has been taken."""
    if subject.dose_level is not None and subject.lymphodepletion_date is not None:
        return SubjectStatus.LYMPHODEPLETION
    state = product_state(subject.pk)
    if state is not None:
        return BY_PRODUCT[state]
    if subject.leukapheresis_date is not None:
        return SubjectStatus.APHERESED
    return SubjectStatus.ELIGIBLE if subject.dose_level is None else SubjectStatus.ENROLLED


def settle_standing(subject: Subject) -> None:
    """Write the state that follows from the records; a subject in screening, infused or gone keeps its own.

    The caller holds the lock on the subject's row.
    """
    if subject.status not in BEFORE_INFUSION:
        return
    status = standing_before_infusion(subject)
    if subject.status != status:
        subject.status = status
        subject.save(update_fields=["status"])
