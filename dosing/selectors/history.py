"""Decision records as pages and reports list them, with their signatures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import holding


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
            "IN REVIEW": ("info", "circle-half"),
            "SIGNED": ("sign", "vector-pen"),
            "RELEASED": ("ok", "unlock"),
            "SUPERSEDED": ("warn", "exclamation-triangle-fill"),
        }[self.decision.status]


def history(decisions: Iterable[DoseDecision]) -> list[PastDecision]:
    """Return the records, newest cut-off first, in a constant number of reads."""
    rows = sorted(decisions, key=lambda row: row.data_cutoff, reverse=True)
    ids = [row.pk for row in rows]
    held = {each.pk for found in holding(ids).values() for each in found} if ids else set()
    signed: dict[object, list[Signed]] = {pk: [] for pk in ids}
    for signature in Signature.objects.filter(root__in=ids).order_by("signed_at") if ids else ():
        signed[signature.root].append(Signed(signature, signature.pk in held))
    return [PastDecision(row, tuple(signed[row.pk])) for row in rows]
