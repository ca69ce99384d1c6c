"""What response adds to people's work: the scan that is to confirm a progression."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efficacy.rules import irecist_sequence
from trial_edc.casebook import work
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.casebook.work import Desk, Line, WorkList
from trial_edc.protocol import status
from trial_edc.protocol.parameters import integer
from trial_edc.review.models import RuleResult


def scans_to_confirm(desk: Desk) -> Iterator[Line]:
    """Yield the subjects with an unconfirmed progression that no scan of the right time has followed yet."""
    earliest = timedelta(days=integer("irecist.confirm_min_days"))
    latest = timedelta(days=integer("irecist.late_after_days"))
    found = RuleResult.objects.filter(rule=irecist_sequence.RULE, subject__in=desk.subject_keys)
    pending = found.exclude(output__pending_since=None).select_related("subject")
    for result in pending.order_by("subject__identifier"):
        since = result.output.get("pending_since")
        subject = result.subject
        assert subject is not None  # a course is of a subject
        if not since or subject.death_date is not None or subject.off_study_date is not None:
            continue
        began = date.fromisoformat(since)
        points = result.output["points"]
        if any(date.fromisoformat(point["date"]) >= began + earliest for point in points):
            continue
        visit = next(point["visit"] for point in points if point["date"] == since)
        identifier = subject.identifier
        what = _("Scan to confirm the progression of %(day)s: %(first)s to %(last)s") % {
            "day": study_date(began), "first": study_date(began + earliest), "last": study_date(began + latest),
        }  # fmt: skip
        state = status.OVERDUE if desk.day > began + latest else status.IN_PROGRESS
        yield Line(identifier, what, form_url(identifier, visit, "RESP", 1), visit, began + latest, state)


def register() -> None:
    """Offer the list."""
    work.register(
        WorkList(
            "scans-to-confirm", gettext_lazy("Scans to confirm progression"), "exclamation-triangle-fill", "warn",
            gettext_lazy("No progression waits for its confirmation."), scans_to_confirm, quiet=True,
        )
    )  # fmt: skip
