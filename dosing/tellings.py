"""What the dose part has to tell: decisions that wait for signatures, and decisions that were overtaken."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import Signature
from trial_edc.casebook.models import Notice
from trial_edc.casebook.notices import Told, holders, register
from trial_edc.protocol.dose_levels import dose_level

_WAITING = (DoseDecision.Status.IN_REVIEW, DoseDecision.Status.SIGNED)


def decisions() -> Iterator[Told]:
    """A decision in review concerns who may sign it; one that was superseded concerns them, and whoever signed it."""
    wanted = DoseDecision.objects.filter(status__in=(*_WAITING, DoseDecision.Status.SUPERSEDED))
    signers = set(holders(Permission.SIGN_DECISION, None)) if wanted else set()
    for decision in wanted:
        words = {"level": dose_level(decision.dose_level).short_label, "revision": decision.revision}
        concerned = set(signers)
        if decision.status == DoseDecision.Status.SUPERSEDED:
            text = _("The dose decision on %(level)s, revision %(revision)s, was superseded: review required") % words
            concerned |= set(Signature.objects.filter(root=decision.pk).values_list("signed_by_id", flat=True))
        else:
            text = _("The dose decision on %(level)s, revision %(revision)s, waits") % words
        url = reverse("dosing:decision", args=[decision.pk])
        for user in concerned:
            yield Told(user, Notice.Kind.DECISION, f"decision:{decision.pk}:{decision.status}", text, url)


def register_all() -> None:
    """Offer what there is to tell."""
    register(decisions)
