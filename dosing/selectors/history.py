"""Decision records as pages and reports list them, with their signatures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import given


@dataclass(frozen=True)
class Signed:
    """One signature as it prints: name, role, meaning, moment, and whether it still holds."""

    signature: Signature
    valid: bool

    @property
    def meaning(self) -> str:
        return str(self.signature.get_meaning_display())


@dataclass(frozen=True)
class PastDecision:
    """One revision with what the rule advised, what the committee decided, and who signed."""

    decision: DoseDecision
    signatures: tuple[Signed, ...]

    @property
    def url(self) -> str:
        return reverse("dosing:decision", args=[self.decision.pk])

    @property
    def signers(self) -> str:
        names = [s.signature.printed_name for s in self.signatures if s.signature.meaning == "decision"]
        return ", ".join(names) or _("Not signed")

    @property
    def look(self) -> tuple[str, str]:
        """Kind and icon of the status chip."""
        return {
            "DRAFT": ("mute", "pen"),
            "DATA READY": ("info", "check-lg"),
            "IN REVIEW": ("info", "circle-half"),
            "SIGNED": ("sign", "vector-pen"),
            "RELEASED": ("ok", "unlock"),
            "SUPERSEDED": ("warn", "exclamation-triangle-fill"),
        }[self.decision.status]


def history(
    decisions: Iterable[DoseDecision], signatures: dict[UUID, list[Signed]] | None = None
) -> list[PastDecision]:
    """Return the records, newest cut-off first, in a constant number of reads; signatures may be read already."""
    rows = sorted(decisions, key=lambda row: row.data_cutoff, reverse=True)
    signed = signed_by([row.pk for row in rows]) if signatures is None else signatures
    return [PastDecision(row, tuple(signed[row.pk])) for row in rows]


def signed_by(records: Sequence[UUID]) -> dict[UUID, list[Signed]]:
    """Return the signatures under each record, first to last, and whether each still holds."""
    signed: dict[UUID, list[Signed]] = {pk: [] for pk in records}
    if not records:
        return signed
    for signature, holds in given(records):
        signed[signature.root].append(Signed(signature, holds))
    return signed
