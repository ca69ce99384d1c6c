"""What happens around the save of leukapheresis, product milestone and release certificate."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from dosing.models import Leukapheresis, ProductMilestone, ReleaseCertificate
from dosing.models.product_milestone import EntryKind, Milestone
from dosing.product_checks import certificate_verdict
from dosing.rules import release_certificate
from dosing.rules.product_chain import Fault, Problem
from dosing.rules.release_certificate import ReleaseStatus
from dosing.selectors.product import certificates_of_lot, chain_of, coi_numbers, ledger
from dosing.services.standing import settle_standing
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_moment
from trial_edc.crf import registry
from trial_edc.crf.checks import is_missing
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.protocol.release_specification import RELEASE_TESTS
from trial_edc.review.results import store_result

#: Whoever issues a chain-of-identity number takes turns under this lock; taken after the subject's row.
COI_LOCK = 4_205_947_491
#: What a line of the ledger says at least; it is saved whole, because it is never changed.
WHOLE_LINE = (
    "entry_kind", "milestone", "event_date", "event_time", "coi_number", "identifiers_checked", "performed_by",
    "checked_by",
)  # fmt: skip
#: Milestone -> the decision its certificate must carry.
RELEASE_MILESTONES = {
    Milestone.RELEASED.value: ReleaseStatus.RELEASED.value,
    Milestone.RELEASED_OUT_OF_SPECIFICATION.value: ReleaseStatus.RELEASED_OUT_OF_SPECIFICATION.value,
}


# --- leukapheresis


def guard_leukapheresis(*, record: Leukapheresis, by: User) -> None:
    """Refuse a collection without consent and confirmed eligibility, and a number that is used already."""
    if record.procedure_date is not None:
        _require_eligible(record)
    if record.coi_number:
        _require_own_number(record)
    before = None if record._state.adding else Leukapheresis.objects.get(pk=record.pk).coi_number
    if before and before != record.coi_number and _is_used(record, before):
        raise DomainError(
            _("%(coi)s stands in the ledger or on a certificate of the product; it cannot be changed any more.")
            % {"coi": before},
            field="coi_number",
        )


def _require_eligible(record: Leukapheresis) -> None:
    subject = record.subject
    if record.procedure_date > today():
        raise DomainError(_("The leukapheresis lies in the future."), field="procedure_date")
    if subject.consent_date is None or record.procedure_date < subject.consent_date:
        raise DomainError(_("There is no informed consent on or before this day."), field="procedure_date")
    confirmed = subject.eligibility_confirmed_date
    if confirmed is None or record.procedure_date < confirmed:
        raise DomainError(_("Eligibility was not confirmed on or before this day."), field="procedure_date")


def _require_own_number(record: Leukapheresis) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COI_LOCK])
    if Leukapheresis.objects.filter(coi_number=record.coi_number).exclude(pk=record.pk).exists():
        raise DomainError(
            _("%(coi)s was issued before. A chain-of-identity number belongs to one product of the trial.")
            % {"coi": record.coi_number},
            field="coi_number",
        )


def _is_used(record: Leukapheresis, number: str) -> bool:
    forms: tuple[Any, ...] = (ProductMilestone, ReleaseCertificate)
    return any(form.objects.filter(subject=record.subject, coi_number=number).exists() for form in forms)


def follow_leukapheresis(*, record: Leukapheresis, by: User, changed: set[str]) -> None:
    """Note the day of the latest collection on the subject, and where the subject stands."""
    subject = record.subject
    done = Leukapheresis.objects.filter(subject=subject, procedure_date__isnull=False)
    latest = done.exclude(status=FormStatus.NOT_DONE).order_by("-procedure_date").first()
    on = latest.procedure_date if latest else None
    if subject.leukapheresis_date != on:
        subject.leukapheresis_date = on
        subject.save(update_fields=["leukapheresis_date"])
    settle_standing(subject)


# --- the ledger


def guard_milestone(*, record: ProductMilestone, by: User) -> None:
    """Refuse a change of a saved line, and a line that does not fit the ledger of its product."""
    if not record._state.adding:
        return _require_unchanged(record)
    for name in WHOLE_LINE:
        if is_missing(getattr(record, name)):
            raise DomainError(_("A line of the ledger is saved whole. Enter a value."), field=name)
    if record.event_date > today():
        raise DomainError(_("This milestone lies in the future."), field="event_date")
    _require_issued(record)
    last = ProductMilestone.objects.filter(subject=record.subject).aggregate(last=Max("ledger_number"))["last"]
    record.ledger_number = (last or 0) + 1
    chain = chain_of([*ledger(record.subject_id, record.coi_number), record])
    if chain.problem is not None:
        raise _refusal(chain.problem, record)
    if record.entry_kind != EntryKind.WITHDRAWAL and record.milestone in RELEASE_MILESTONES:
        _require_certificate(record)


def _require_unchanged(record: ProductMilestone) -> None:
    saved = ProductMilestone.objects.get(pk=record.pk)
    for field, _item in registry.items(ProductMilestone):
        if getattr(saved, field.name) != getattr(record, field.name):
            raise DomainError(
                _("A saved line of the ledger is not changed. Enter a correction of entry %(number)s instead.")
                % {"number": saved.ledger_number},
                field=field.name,
            )


def _require_issued(record: Any) -> None:
    """Refuse a number that was not issued at this subject's leukapheresis."""
    issued = coi_numbers(record.subject_id)
    if not issued:
        raise DomainError(
            _("Enter the leukapheresis first: the chain-of-identity number is issued there."), field="coi_number"
        )
    if record.coi_number not in issued:
        raise DomainError(
            _("%(coi)s is not a number of %(subject)s. Stop, and compare label and subject again.")
            % {"coi": record.coi_number, "subject": record.subject.identifier},
            field="coi_number",
        )


def milestone_words(milestones: tuple[str, ...]) -> str:
    """Return milestones in words, as a list of alternatives."""
    return _(" or ").join(f"“{Milestone(each).label}”" for each in milestones)


def _refusal(problem: Problem, record: ProductMilestone) -> DomainError:
    """Return the sentence about what does not fit, at the item that has to change."""
    said = Milestone(problem.entry.milestone).label
    if problem.fault in (Fault.UNKNOWN_ENTRY, Fault.SUPERSEDED_ENTRY):
        words = {
            Fault.UNKNOWN_ENTRY: _("The ledger of this product has no entry %(number)s."),
            Fault.SUPERSEDED_ENTRY: _("Entry %(number)s was corrected or withdrawn already; name the one that holds."),
        }[problem.fault]
        return DomainError(words % {"number": problem.entry.corrects}, field="corrects_entry")
    if problem.previous is None:
        return DomainError(
            _("The ledger of a product begins with “%(first)s”.") % {"first": Milestone.COLLECTED.label},
            field="milestone",
        )
    before = Milestone(problem.previous.milestone).label
    if problem.fault is Fault.OTHER_MILESTONE:
        return DomainError(_("The entry to withdraw says “%(before)s”.") % {"before": before}, field="milestone")
    if problem.fault is Fault.TOO_EARLY:
        moment = study_moment(problem.previous.moment, with_offset=False)
        words = _("“%(said)s” would be earlier than “%(before)s” on %(moment)s.")
        return DomainError(words % {"said": said, "before": before, "moment": moment}, field="event_time")
    if not problem.allowed:
        words = _("“%(said)s” cannot follow “%(before)s”: nothing may follow, the product has come to its end.")
        return DomainError(words % {"said": said, "before": before}, field="milestone")
    words = _("“%(said)s” cannot follow “%(before)s”. What may follow: %(allowed)s.")
    return DomainError(
        words % {"said": said, "before": before, "allowed": milestone_words(problem.allowed)}, field="milestone"
    )


def _require_certificate(record: ProductMilestone) -> None:
    """Refuse a release that no certificate of the lot carries."""
    found = certificates_of_lot(record.subject_id, record.product_lot)
    if not found:
        raise DomainError(
            _("Enter the release certificate of lot %(lot)s first.") % {"lot": record.product_lot}, field="milestone"
        )
    for certificate in found:
        verdict = certificate_verdict(certificate)
        if {certificate.release_decision, verdict.status.value} != {RELEASE_MILESTONES[record.milestone]}:
            raise DomainError(
                _("The certificate of lot %(lot)s does not carry this release: %(because)s")
                % {"lot": record.product_lot, "because": verdict.because},
                field="milestone",
            )


def follow_milestone(*, record: ProductMilestone, by: User, changed: set[str]) -> None:
    """Let the subject stand where its product stands."""
    settle_standing(record.subject)


# --- the certificate


def guard_certificate(*, record: ReleaseCertificate, by: User) -> None:
    """Refuse a certificate of another subject's cells."""
    if record.coi_number:
        _require_issued(record)
    if not record.product_lot:
        return
    others = ReleaseCertificate.objects.filter(product_lot__iexact=record.product_lot).exclude(subject=record.subject)
    if others.exists():
        raise DomainError(
            _("Lot %(lot)s is certified for another subject. Compare the certificate again.")
            % {"lot": record.product_lot},
            field="product_lot",
        )


def follow_certificate(*, record: ReleaseCertificate, by: User, changed: set[str]) -> None:
    """Keep what the rule makes of the certificate."""
    verdict = certificate_verdict(record)
    approval = ("endotoxin_below_detection", "oos_approved", "oos_first_approver", "oos_second_approver",
                "oos_approved_date", "oos_reason")  # fmt: skip
    inputs = {name: getattr(record, name) for name in (*(test.name for test in RELEASE_TESTS), *approval)}
    store_result(
        root=record.pk, subject_id=record.subject_id, rule=release_certificate.RULE,
        version=release_certificate.VERSION, inputs=inputs, because=verdict.because,
        output={"status": verdict.status, "failed": verdict.failed, "missing": verdict.missing},
    )  # fmt: skip
