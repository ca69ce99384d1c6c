"""Reviewing the trail: what was looked at, by whom, with which finding; and the patterns worth a look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.accounts.access import midnight, require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange, TrailReview
from trial_edc.crf import registry
from trial_edc.crf.registry import subject_model
from trial_edc.errors import DomainError
from trial_edc.review.models import Query

SHORTEST_NOTE, LONGEST_NOTE = 3, 1000
AFTER_QUERY, BEFORE_CLOSING = timedelta(days=7), timedelta(days=2)
WINDOW_DAYS = 28

#: Patterns that a reviewer asks for, by their name in the address.
PATTERNS = {
    "after-query": gettext_lazy("Changed within 7 days after a query on the item"),
    "after-day-28": gettext_lazy("Changed after Day 28, when the dose decision may rest on it"),
    "before-closing": gettext_lazy("Changed in the 2 days before the form was frozen or locked"),
}


def with_pattern(changes: QuerySet[ItemChange], name: str) -> QuerySet[ItemChange]:
    """Return the changes of saved form values that show a pattern; an unknown name finds nothing."""
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    forms = [table.crf.oid for table in tables]
    values = changes.filter(entity__in=forms, old__isnull=False).exclude(field__in=("status", "completed_at"))
    if name == "after-query":
        asked = Query.objects.filter(
            record=OuterRef("root"), field=OuterRef("field"),
            opened_at__lte=OuterRef("changed_at"), opened_at__gte=OuterRef("changed_at") - AFTER_QUERY,
        )  # fmt: skip
        return values.filter(Exists(asked))
    if name == "after-day-28":
        # Whole days of the trial: a change just after midnight is one of Day 29, whatever the hour of the infusion.
        over = subject_model().objects.filter(
            pk=OuterRef("chain"), infused_at__date__lt=OuterRef("changed_day") - timedelta(days=WINDOW_DAYS)
        )
        return values.alias(changed_day=TruncDate("changed_at")).filter(Exists(over))
    if name == "before-closing":
        closed = ItemChange.objects.filter(
            root=OuterRef("root"), field="status", new__in=("FROZEN", "LOCKED"),
            changed_at__gte=OuterRef("changed_at"), changed_at__lte=OuterRef("changed_at") + BEFORE_CLOSING,
        )  # fmt: skip
        return values.filter(Exists(closed))
    return changes.none()


def mark_reviewed(*, by: User, changes: QuerySet[ItemChange], filter_text: str, note: str) -> TrailReview:
    """Note that a person read these changes, and what they found; DomainError for an empty range or note."""
    require(by, Permission.REVIEW_AUDIT)
    words = note.strip()
    if sum(character.isalnum() for character in words) < SHORTEST_NOTE or len(words) > LONGEST_NOTE:
        raise DomainError(_("Say in 3 to 1000 characters what you looked at and found."), field="note")
    span = changes.order_by().aggregate(first=Min("pk"), last=Max("pk"), count=Count("pk"))
    if not span["count"]:
        raise DomainError(_("There is nothing in this range to review."), field="note")
    with acting(by):
        return TrailReview.objects.create(
            first_change=span["first"], last_change=span["last"], count=span["count"], filter=filter_text[:500],
            note=words, reviewed_at=timezone.now(), reviewed_by=by,
        )  # fmt: skip


def latest_reviews(count: int) -> list[TrailReview]:
    """Return the last reviews, newest first."""
    return list(TrailReview.objects.select_related("reviewed_by").order_by("-reviewed_at")[:count])


def key_figures(changes: QuerySet[ItemChange], *, days: int) -> list[dict[str, Any]]:
    """Return what happened in the last days: number and the filter of the address that lists it."""
    since = timezone.localdate() - timedelta(days=days - 1)
    # The instant, not the day of each change: so that the index finds them.
    recent = changes.filter(changed_at__gte=midnight(since))
    counted = recent.aggregate(
        all=Count("pk"),
        changed=Count("pk", filter=Q(old__isnull=False, new__isnull=False)),
        removed=Count("pk", filter=Q(new__isnull=True)),
        signed=Count("pk", filter=Q(entity="audit.signature", field="meaning")),
        imported=Count("pk", filter=Q(source="import")),
    )
    first = since.strftime("%d-%b-%Y")
    return [
        {"value": counted["all"], "label": _("Changes in %(days)s days") % {"days": days}, "query": {"first": first}},
        {"value": counted["changed"], "label": _("Values changed"), "query": {"first": first, "action": "changed"}},
        {"value": counted["removed"], "label": _("Values removed"), "query": {"first": first, "action": "removed"}},
        {"value": counted["signed"], "label": _("Signatures"), "query": {"first": first, "action": "signed"}},
        {"value": counted["imported"], "label": _("By import"), "query": {"first": first, "source": "import"}},
    ]
