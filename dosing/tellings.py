"""What the dose part has to tell: decisions and choices that wait, were released or overtaken, and pauses."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DoseDecision, ExplicitChoice, Rp2dDecision, Slot
from dosing.rules.pausing import TRIAL, PauseRule
from dosing.selectors.board import board
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import Signature
from trial_edc.casebook.models import Notice
from trial_edc.casebook.notices import LOOK_BACK, Told, holders, register
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


def released_decisions() -> Iterator[Told]:
    """A released decision opens or closes a level: it concerns everybody who plans by the dose board."""
    released = DoseDecision.objects.filter(
        status=DoseDecision.Status.RELEASED, released_at__gte=timezone.now() - LOOK_BACK
    )
    concerned = holders(Permission.VIEW_BOARD, None) if released else []
    for decision in released:
        words = {"level": dose_level(decision.dose_level).short_label, "revision": decision.revision}
        text = _("The dose decision on %(level)s, revision %(revision)s, was released") % words
        url = reverse("dosing:decision", args=[decision.pk])
        for user in concerned:
            yield Told(user, Notice.Kind.DECISION, f"decision:{decision.pk}:{decision.status}", text, url)


def recommended_doses() -> Iterator[Told]:
    """A choice of the dose for the expansion concerns who may sign it until it is released."""
    for row in Rp2dDecision.objects.filter(status__in=Rp2dDecision.OPEN):
        text = _("The choice of %(level)s as recommended phase 2 dose, revision %(revision)s, waits") % {
            "level": dose_level(row.chosen_level).short_label, "revision": row.revision,
        }  # fmt: skip
        yield from _to_signers(f"rp2d:{row.pk}:{row.status}", text, reverse("dosing:rp2d"))


def explicit_choices() -> Iterator[Told]:
    """A proposed choice waits for the second signature."""
    for row in ExplicitChoice.objects.filter(status=ExplicitChoice.Status.PROPOSED):
        text = _("An explicit choice waits for a signature: %(question)s") % {"question": row.get_question_display()}
        yield from _to_signers(f"choice:{row.pk}", text, reverse("dosing:choices"))


def pauses() -> Iterator[Told]:
    """A pause concerns who enrols and infuses, and who may end it; every evidence is told once."""
    if not Slot.objects.exclude(part=Slot.Part.IMPORTED).exists():
        return
    told = {PauseRule.RELATED_DEATH, PauseRule.CRS_REFRACTORY, PauseRule.CEREBRAL_OEDEMA, PauseRule.EXPANSION_BOUNDARY}
    found = [pause for pause in board().pauses if pause.rule in told]
    concerned = set(holders(Permission.SIGN_DECISION, None)) | set(holders(Permission.ENROL, None)) if found else set()
    for pause in found:
        text = _("The trial is paused") if pause.scope == TRIAL else _("The expansion is paused")
        for user in concerned:
            yield Told(user, Notice.Kind.PAUSE, f"pause:{pause.key}"[:120], text, reverse("dosing:pauses"))


def _to_signers(cause: str, text: str, url: str) -> Iterator[Told]:
    for user in holders(Permission.SIGN_DECISION, None):
        yield Told(user, Notice.Kind.DECISION, cause, text, url)


def register_all() -> None:
    """Offer what there is to tell."""
    for finder in (decisions, released_decisions, recommended_doses, explicit_choices, pauses):
        register(finder)
