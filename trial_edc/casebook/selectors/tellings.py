"""What the platform itself has to tell: queries, voided signatures, requests to unlock, refused signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import AccessEvent, Signature
from trial_edc.audit.signatures import voided
from trial_edc.casebook.models import Notice
from trial_edc.casebook.notices import LOOK_BACK, Told, holders, register
from trial_edc.casebook.selectors.visit_page import form_url
from trial_edc.crf import registry
from trial_edc.protocol.parameters import integer
from trial_edc.review.models import Query, QueryMessage, UnlockRequest


def queries() -> Iterator[Told]:
    """An open query concerns who enters data at the site; an answered one concerns who asked."""
    people = cache(lambda site: holders(Permission.ENTER_DATA, site))
    last = QueryMessage.objects.filter(query=OuterRef("pk")).order_by("-said_at", "-pk")
    found = Query.objects.filter(
        state__in=(Query.State.OPEN, Query.State.ANSWERED), messages__said_at__gte=timezone.now() - LOOK_BACK
    ).select_related("subject").annotate(last=Subquery(last.values("pk")[:1])).distinct()  # fmt: skip
    for query in found:
        is_open = query.state == Query.State.OPEN
        words = (
            _("%(subject)s, %(form)s: query %(number)s waits for an answer")
            if is_open
            else _("%(subject)s, %(form)s: query %(number)s was answered")
        )
        text = words % {"subject": query.subject.identifier, "form": _title(query.form), "number": query.number}
        url = f"{form_url(query.subject.identifier, query.visit, query.form, query.sequence)}#id_{query.field}-thread"
        for user in people(query.subject.site_id) if is_open else [query.opened_by_id]:
            yield Told(user, Notice.Kind.QUERY, f"query:{query.pk}:{query.last}", text, url)


def _title(oid: str) -> Any:
    model = registry.find(oid)
    return model.crf.title if model else oid


def signatures() -> Iterator[Told]:
    """A signature that no longer holds concerns whoever gave it."""
    subjects = registry.subject_model().objects
    for signature in voided(Signature.objects.filter(subject_key__isnull=False)):
        model = registry.find(signature.entity)
        record = model._default_manager.filter(pk=signature.root).first() if model else None
        if record is None:
            continue
        identifier = subjects.values_list("identifier", flat=True).get(pk=signature.subject_key)
        text = _("%(subject)s, %(form)s: your signature was voided by a change") % {
            "subject": identifier, "form": record.crf.title,
        }  # fmt: skip
        url = form_url(identifier, record.visit, record.crf.oid, record.sequence)
        yield Told(signature.signed_by_id, Notice.Kind.SIGNATURE, f"signature:{signature.pk}", text, url)


def unlock_requests() -> Iterator[Told]:
    """A request to unlock concerns everybody who may decide it, but not who asked."""
    for asked in UnlockRequest.objects.filter(granted=None).select_related("subject"):
        site = asked.subject.site_id if asked.subject else None
        deciders = {*holders(Permission.CLOSE_DATA, site), *holders(Permission.SIGN_DATA, site)}
        subject = asked.subject.identifier if asked.subject else _("the study")
        text = _("A request to unlock %(subject)s waits for a decision") % {"subject": subject}
        for user in deciders - {asked.requested_by_id}:
            yield Told(user, Notice.Kind.UNLOCK, f"unlock:{asked.pk}", text, reverse("casebook:closing"))


def refused_signatures() -> Iterator[Told]:
    """Several refused signatures of one person within an hour concern the administrators: it may not be that person.

    Each time the number is reached tells once; then the count starts anew. Counting begins long before what is told,
    so that the same attempts are always counted together.
    """
    limit, hour, now = integer("records.refused_signatures"), timedelta(hours=1), timezone.now()
    events = AccessEvent.objects.filter(action="signature refused", at__gte=now - 2 * LOOK_BACK).order_by("at", "pk")
    recent: dict[Any, list[AccessEvent]] = defaultdict(list)
    for event in events:
        within = [each for each in recent[event.by_id] if event.at - each.at < hour] + [event]
        recent[event.by_id] = within if len(within) < limit else []
        if len(within) >= limit and event.at >= now - LOOK_BACK:
            yield from _alert(event, len(within))


def _alert(event: AccessEvent, count: int) -> Iterator[Told]:
    text = _("%(person)s: %(count)s refused signatures within an hour") % {"person": event.by_name, "count": count}
    query = urlencode({"kind": event.action, "person": event.by_name})
    url = f"{reverse('casebook:access-events')}?{query}"
    for administrator in holders(Permission.MANAGE_USERS, None):
        yield Told(administrator, Notice.Kind.SECURITY, f"refused-signatures:{event.pk}", text, url)


for _finder in (queries, signatures, unlock_requests, refused_signatures):
    register(_finder)
