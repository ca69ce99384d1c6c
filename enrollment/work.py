"""What enrolment adds to people's work: subjects who have to consent again."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.selectors.consents import reconsent_due
from trial_edc.casebook import work
from trial_edc.casebook.work import Desk, Line, WorkList
from trial_edc.protocol.consent_versions import consent_version


def consent_again(desk: Desk) -> Iterator[Line]:
    """Yield the subjects on study who signed a version that is no longer in force, the longest waiting first."""
    waiting = [due for due in reconsent_due(desk.subject_keys, today=desk.day) if due.in_force]
    found = [(consent_version(due.in_force[-1]).first_day, due) for due in waiting]
    for since, due in sorted(found, key=lambda pair: (pair[0], pair[1].subject.identifier)):
        signed, wanted = due.consent.consent_version, due.in_force[-1]
        yield Line(
            due.subject.identifier,
            _("Signed version %(signed)s; version %(wanted)s is in force") % {"signed": signed, "wanted": wanted},
            reverse("casebook:subject", args=[due.subject.identifier]),
            _("Informed consent"),
            since,
        )


def register() -> None:
    """Offer the list."""
    work.register(
        WorkList(
            "consent-again", gettext_lazy("Consent again"), "pen", "warn",
            gettext_lazy("Every subject on study signed a version that is in force."), consent_again,
        )
    )  # fmt: skip
