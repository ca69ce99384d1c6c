"""Queries as they stood at a cut-off, and what they say together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.utils import timezone

from reports.metrics.content import AGE_CLASSES, QueryFacts, QueryGroup
from trial_edc.audit.selectors import load
from trial_edc.crf import registry
from trial_edc.review.models import Query, QueryMessage
from trial_edc.review.selectors import UNRESOLVED


def read_queries(subjects: Mapping[UUID, Any], sites: Mapping[UUID, str], cutoff: datetime) -> list[QueryFacts]:
    """Return the queries of some subjects at a cut-off, by number; `sites` are codes by key."""
    turns: dict[UUID, list[QueryMessage]] = defaultdict(list)
    for message in load(QueryMessage, as_of=cutoff):
        turns[message.query_id].append(message)
    rows = sorted((row for row in load(Query, as_of=cutoff) if row.subject_id in subjects), key=lambda row: row.number)
    return [_facts(row, subjects[row.subject_id], sites, _in_order(turns[row.pk]), cutoff) for row in rows]


def _in_order(turns: Iterable[QueryMessage]) -> list[QueryMessage]:
    return sorted(turns, key=lambda turn: (turn.said_at, str(turn.pk)))


def _facts(
    row: Query, subject: Any, sites: Mapping[UUID, str], turns: Sequence[QueryMessage], cutoff: datetime
) -> QueryFacts:
    until = cutoff if row.state in UNRESOLVED or not turns else turns[-1].said_at
    table = registry.find_table(row.form)
    answered = next((turn.said_at for turn in turns if turn.new_state == Query.State.ANSWERED), None)
    closed = turns[-1].said_at if row.state == Query.State.CLOSED and turns else None
    return QueryFacts(
        number=row.number,
        subject=subject.identifier,
        site=sites.get(subject.site_id, ""),
        form=registry.form_of_table(table).crf.oid if table else row.form,
        visit=row.visit,
        state=row.state,
        origin=row.origin,
        days=(timezone.localdate(until) - timezone.localdate(row.opened_at)).days,
        reopened=row.reopened,
        answered_after=_days(answered, row.opened_at),
        closed_after=_days(closed, row.opened_at),
    )


def _days(moment: datetime | None, start: datetime) -> str | None:
    """Return the time between two instants in days, exactly to the second."""
    if moment is None:
        return None
    return str((Decimal((moment - start) // timedelta(seconds=1)) / 86400).quantize(Decimal("0.00001")))


def together(key: str, queries: Sequence[QueryFacts]) -> QueryGroup:
    """Return what some queries say together; ages are of those that somebody still has to act on."""
    unresolved = [each.days for each in queries if each.state in UNRESOLVED]
    answers = [Decimal(each.answered_after) for each in queries if each.answered_after is not None]
    closes = [Decimal(each.closed_after) for each in queries if each.closed_after is not None]
    return QueryGroup(
        key=key,
        states=tuple((state, sum(each.state == state for each in queries)) for state in Query.State.values),
        ages=tuple(sum(_is_in(days, limits) for days in unresolved) for limits in AGE_CLASSES),
        median_age=_median(unresolved),
        oldest=max(unresolved, default=None),
        answered=len(answers),
        median_answer=_median(answers),
        closed=len(closes),
        median_close=_median(closes),
        cycles=(
            sum(each.reopened == 0 for each in queries),
            sum(each.reopened == 1 for each in queries),
            sum(each.reopened > 1 for each in queries),
        ),
    )


def _is_in(days: int, limits: tuple[int, int | None]) -> bool:
    first, last = limits
    return first <= days and (last is None or days <= last)


def _median(values: Sequence[int] | Sequence[Decimal]) -> str:
    """Return the middle value with one decimal, "" for none.

    >>> _median([1, 2]), _median([])
    ('1.5', '')
    """
    if not values:
        return ""
    return str(Decimal(median(Decimal(value) for value in values)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def grouped(
    queries: Iterable[QueryFacts], name: Callable[[QueryFacts], str], order: Callable[[str], Any] = str
) -> tuple[QueryGroup, ...]:
    """Return the groups by what `name` says of each query, in an order of these names."""
    found: dict[str, list[QueryFacts]] = defaultdict(list)
    for each in queries:
        found[name(each)].append(each)
    return tuple(together(key, found[key]) for key in sorted(found, key=order))
