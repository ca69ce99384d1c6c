"""Read the report on queries, source verification and signatures: the definitions are those of the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from enrollment.models import Subject
from reports.facts_then import facts_then
from reports.metrics.content import Metrics, SignatureGroup, VerifiedGroup
from reports.metrics.queries import grouped, read_queries, together
from trial_edc.accounts.models import Site
from trial_edc.audit.selectors import load
from trial_edc.audit.signatures import given
from trial_edc.casebook.selectors.facts import Facts, FormRecord
from trial_edc.casebook.selectors.status import casebook
from trial_edc.casebook.selectors.verification import Counts, FormProgress, progress
from trial_edc.casebook.selectors.worklists import is_to_sign, records_of
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.visits.schedule import order_of


def read_metrics(cutoff: datetime, site: Site | None) -> Metrics:
    """Return the numbers of a site, or of all sites, at a cut-off."""
    scope: dict[str, Any] = {} if site is None else {"site": site}
    subjects = {row.pk: row for row in load(Subject, as_of=cutoff, **scope)}
    queries = read_queries(subjects, {each.pk: each.code for each in Site.objects.all()}, cutoff)
    forms = progress(subjects, as_of=cutoff) if subjects else []
    signing = _signing(subjects, cutoff)
    return Metrics(
        cutoff=cutoff,
        scope="" if site is None else site.code,
        subjects=len(subjects),
        queries=together("", queries),
        by_form=grouped(queries, lambda each: each.form),
        by_origin=grouped(queries, lambda each: each.origin),
        by_subject=grouped(queries, lambda each: each.subject),
        by_visit=grouped(queries, lambda each: each.visit, order_of),
        verified=_verified("", forms),
        verified_by_subject=_verified_by(forms, lambda form: subjects[form.subject].identifier),
        verified_by_visit=_verified_by(forms, lambda form: form.visit, order_of),
        verified_by_form=_verified_by(forms, lambda form: form.oid),
        signatures=_signed("", [state for _subject, _visit, state in signing]),
        signatures_by_subject=_signed_by(signing, lambda subject, _visit: subjects[subject].identifier),
        signatures_by_visit=_signed_by(signing, lambda _subject, visit: visit, order_of),
    )


def _verified(key: str, forms: Sequence[FormProgress]) -> VerifiedGroup:
    critical, items = Counts(), Counts()
    for form in forms:
        critical, items = critical.plus(form.critical), items.plus(form.items)
    return VerifiedGroup(
        key,
        len(forms),
        (critical.total, critical.verified, critical.changed),
        (items.total, items.verified, items.changed),
    )


def _verified_by(
    forms: Iterable[FormProgress], name: Callable[[FormProgress], str], order: Callable[[str], Any] = str
) -> tuple[VerifiedGroup, ...]:
    found: dict[str, list[FormProgress]] = defaultdict(list)
    for form in forms:
        found[name(form)].append(form)
    return tuple(_verified(key, found[key]) for key in sorted(found, key=order))


#: How a complete form stands with its signature.
SIGNED, READY, QUERIED = "signed", "ready", "queried"
#: (subject, visit, (state, whether an earlier signature is void))
Signing = list[tuple[UUID, str, tuple[str, bool]]]


def _signing(subjects: dict[UUID, Subject], cutoff: datetime) -> Signing:
    """Return how each complete form stands: what "ready to sign" means is what the list of that name shows."""
    facts = facts_then(subjects, cutoff)
    day = timezone.localdate(cutoff)
    books = [casebook(row, facts, today=day) for row in sorted(subjects.values(), key=lambda row: row.identifier)]
    complete = [form for book in books for form in records_of(book) if form.state == FormStatus.COMPLETE]
    void = {row.root for row, holds in given([form.pk for form in complete], as_of=cutoff) if not holds}
    return [(form.subject, form.visit, (_state(form, facts), form.pk in void)) for form in complete]


def _state(form: FormRecord, facts: Facts) -> str:
    if form.pk in facts.signed:
        return SIGNED
    return READY if is_to_sign(form, facts) else QUERIED


def _signed(key: str, states: Sequence[tuple[str, bool]]) -> SignatureGroup:
    counts = {name: sum(state == name for state, _void in states) for name in (SIGNED, READY, QUERIED)}
    void = sum(is_void and state != SIGNED for state, is_void in states)
    return SignatureGroup(key, len(states), counts[SIGNED], counts[READY], counts[QUERIED], void)


def _signed_by(
    signing: Signing, name: Callable[[UUID, str], str], order: Callable[[str], Any] = str
) -> tuple[SignatureGroup, ...]:
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for subject, visit, state in signing:
        found[name(subject, visit)].append(state)
    return tuple(_signed(key, found[key]) for key in sorted(found, key=order))
