"""Who signs what the committee decides, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.accounts.access import is_delegated, may, may_sign_decision, memberships, today, training_gap
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission, Task
from trial_edc.audit.models import Signature
from trial_edc.audit.signatures import holding
from trial_edc.errors import DomainError
from trial_edc.protocol.parameters import integer, values

#: Capacity in which somebody signs -> what is said when it is the turn of this one.
TURNS = {
    "physician": gettext_lazy("It is the turn of a physician delegated for dose decisions; the committee signs after."),
    "committee": gettext_lazy("It is the turn of a member of the safety review committee; the physician has signed."),
}


def may_sign(user: User) -> bool:
    """Test whether a person may sign dose decisions, by committee membership or delegation at a site."""
    return any(may_sign_decision(user, site) for site in Site.objects.all())


def capacities(user: User) -> set[str]:
    """Return in which capacities a person signs today: "physician", "committee", both or none."""
    found = set()
    if any(held.role == "src-member" for held in memberships(user)) and may(user, Permission.SIGN_DECISION):
        found.add("committee")
    if any(
        may(user, Permission.JUDGE, site) and may(user, Permission.SIGN_DECISION, site)
        and is_delegated(user, Task.DOSE_DECISION, site, today())
        for site in Site.objects.all()
    ):  # fmt: skip
        found.add("physician")
    return found


def needed() -> int:
    """Return how many signatures a decision or an explicit choice takes."""
    return integer("escalation.signatures_per_decision")


def out_of_turn(user: User, signed: int) -> str:
    """Return why this person is not the next to sign after so many signatures, '' when they are."""
    order = [str(each) for each in values("escalation.signature_order")]
    turn = order[min(signed, len(order) - 1)]
    return "" if turn in capacities(user) else str(TURNS[turn])


def require_signer(user: User) -> None:
    """Raise PermissionDenied unless a person may sign dose decisions at all."""
    if not may_sign(user):
        raise PermissionDenied(
            training_gap(user) or _("Only committee members and physicians delegated for dose decisions may sign.")
        )


def require_turn(user: User, present: Sequence[Signature]) -> None:
    """Refuse a second signature of one person, and a signature out of order."""
    if any(each.signed_by_id == user.pk for each in present):
        raise DomainError(_("You have signed this record already; the second signature is another person's."))
    refusal = out_of_turn(user, len(present))
    if refusal:
        raise DomainError(refusal)


def signatures_of(record: Any, meaning: str) -> list[Signature]:
    """Return the signatures of a meaning that hold under a record, in the order of signing."""
    return [each for each in holding([record.pk]).get(record.pk, []) if each.meaning == meaning]
