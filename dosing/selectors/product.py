"""A subject's product: its numbers, its ledger, its certificates, and where it stands."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dosing.models import Leukapheresis, ProductMilestone, ReleaseCertificate
from dosing.product_checks import may_be_used
from dosing.rules.product_chain import Kind, LedgerEntry, ProductChain, read_ledger
from safety.selectors import trial_zone
from trial_edc.crf.models import FormStatus


def coi_numbers(subject_id: UUID) -> list[str]:
    """Return the chain-of-identity numbers issued for a subject, the latest collection last."""
    collected = Leukapheresis.objects.filter(subject=subject_id).exclude(coi_number="")
    collected = collected.exclude(status=FormStatus.NOT_DONE).order_by("procedure_date", "sequence")
    return list(collected.values_list("coi_number", flat=True))


def ledger(subject_id: UUID, coi_number: str) -> list[ProductMilestone]:
    """Return the lines of a product's ledger as they were written."""
    lines = ProductMilestone.objects.filter(subject=subject_id, coi_number=coi_number)
    return list(lines.exclude(status=FormStatus.NOT_DONE).order_by("ledger_number"))


def entry_of(line: ProductMilestone) -> LedgerEntry | None:
    """Return a line as the rule reads it, None while kind, milestone or moment is missing."""
    if not line.entry_kind or not line.milestone or line.event_date is None or line.event_time is None:
        return None
    moment = datetime.combine(line.event_date, line.event_time, tzinfo=trial_zone())
    return LedgerEntry(line.ledger_number, Kind(line.entry_kind), line.milestone, moment, line.corrects_entry)


def chain_of(lines: list[ProductMilestone]) -> ProductChain:
    """Return the way of a product as its ledger tells it."""
    return read_ledger([entry for line in lines if (entry := entry_of(line)) is not None])


def product_state(subject_id: UUID) -> str | None:
    """Return where the product of the latest collection stands, None while its ledger is empty."""
    numbers = coi_numbers(subject_id)
    return chain_of(ledger(subject_id, numbers[-1])).state if numbers else None


def certificates(subject_id: UUID) -> list[ReleaseCertificate]:
    """Return the release certificates of a subject's lots in the order of their dates."""
    found = ReleaseCertificate.objects.filter(subject=subject_id).exclude(status=FormStatus.NOT_DONE)
    return list(found.order_by("certificate_date", "visit", "sequence"))


def certificates_of_lot(subject_id: UUID, lot: str) -> list[ReleaseCertificate]:
    """Return the certificates that name a lot."""
    wanted = lot.strip().casefold()
    return [each for each in certificates(subject_id) if each.product_lot.strip().casefold() == wanted]


def is_released(found: list[ReleaseCertificate]) -> bool:
    """Test whether every certificate of a lot carries its release; without one nothing is released."""
    return bool(found) and all(may_be_used(each) for each in found)
