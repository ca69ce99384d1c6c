"""Bring what is kept of casebooks up to date, before anybody reads it.

The trigger that writes the trail counts the changes of each subject in the head of its chain, in the transaction of the
change. What is kept names the count it was read at. So one statement tells which casebooks are behind, whoever wrote,
and by whichever path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import QuerySet

from trial_edc.casebook.models import FormStanding, Standing, VisitStanding
from trial_edc.casebook.standings.reading import Kept, basis, read
from trial_edc.crf.registry import subject_model

#: Casebooks that are read and stored together.
BATCH = 25
#: Unsaved drafts are no records and have no trail; what a casebook shows of them is which forms they are of.
STATE = """
SELECT s.id, COALESCE(head.length, 0) AS length, COALESCE(draft.drafts, '') AS drafts
FROM ({subjects}) AS s (id) LEFT JOIN audit_chainhead head ON head.chain = s.id LEFT JOIN (
    SELECT subject_id, md5(string_agg(DISTINCT concat_ws('/', visit, form, sequence), ' ')) AS drafts
    FROM casebook_draft GROUP BY subject_id
) draft ON draft.subject_id = s.id
"""
COLUMNS = ("length", "drafts", "basis", "numbers", "logs", "unsigned", "milestones", "endorsements")
BEHIND = """
SELECT now.id, now.length, now.drafts, CASE WHEN kept.basis = %s::varchar THEN kept.length END AS since
FROM ({state}) now LEFT JOIN casebook_standing kept ON kept.subject_id = now.id
WHERE (kept.length, kept.drafts, kept.basis) IS DISTINCT FROM (now.length, now.drafts::varchar, %s::varchar)
ORDER BY now.id
"""


class Behind(NamedTuple):
    """A casebook that is to be read again, and the state of the data of which that is at least.

    `since` is the state it was read at before, by what it is read by now; None where there is none.
    """

    subject: UUID
    length: int
    drafts: str
    since: int | None


def behind(subjects: QuerySet[Any]) -> list[Behind]:
    """Return which of the casebooks have changed since they were read: one statement."""
    try:
        chosen, parameters = subjects.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BEHIND.format(state=STATE.format(subjects=chosen)), [basis(), *parameters, basis()])
        return [Behind._make(row) for row in cursor.fetchall()]


def settle(subjects: QuerySet[Any]) -> int:
    """Read the casebooks that are behind once more and keep what was read; return how many they were.

    The state is noted before the casebooks are read. Whatever is written in between makes them differ from it again, so
    that the next reader reads them once more: what is kept is never newer by name than it is in fact.
    """
    found = behind(subjects)
    for some in (found[start : start + BATCH] for start in range(0, len(found), BATCH)):
        known = subject_model().objects.in_bulk([each.subject for each in some])
        since = {each.subject: each.since for each in some if each.since is not None}
        _store(some, read(list(known.values()), since))
    return len(found)


def _store(found: Sequence[Behind], kept: dict[UUID, Kept]) -> None:
    """Store what was read, unless somebody has stored a later state meanwhile."""
    with transaction.atomic():
        wanted = [each for each in found if each.subject in kept]
        later = _claim(wanted)
        mine = [each for each in wanted if each.subject not in later]
        ids = [each.subject for each in mine]
        _replace(FormStanding, ids, [row for pk in ids for row in kept[pk].forms])
        _replace(VisitStanding, ids, [row for pk in ids for row in kept[pk].visits])
        rows = [
            Standing(
                subject_id=each.subject, length=each.length, drafts=each.drafts, basis=basis(),
                numbers=kept[each.subject].numbers, logs=kept[each.subject].logs,
                unsigned=kept[each.subject].unsigned, milestones=kept[each.subject].milestones,
                endorsements=kept[each.subject].endorsements,
            )
            for each in mine
        ]  # fmt: skip
        Standing.objects.bulk_update(rows, COLUMNS)


def _claim(wanted: Sequence[Behind]) -> set[UUID]:
    """Lock what is kept of the subjects, in one order for everybody; return those that somebody brought further."""
    blank = [Standing(subject_id=each.subject, length=-1, basis="") for each in wanted]
    Standing.objects.bulk_create(blank, ignore_conflicts=True)
    lengths = {each.subject: each.length for each in wanted}
    locked = Standing.objects.select_for_update().filter(pk__in=lengths).order_by("pk")
    return {row.pk for row in locked if row.length > lengths[row.pk]}


def _replace(model: type[models.Model], subjects: list[UUID], rows: Sequence[Any]) -> None:
    """Make the rows of the subjects be these; a row that says the same already is left alone."""
    names = rows[0]._fields if rows else ("pk",)
    there = model._default_manager.filter(subject__in=subjects).values_list("pk", *names)
    wanted = {repr(tuple(row)): row for row in rows}
    gone = [pk for pk, *said in there if wanted.pop(repr(tuple(said)), None) is None]
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    model._default_manager.bulk_create((model(**row._asdict()) for row in wanted.values()), batch_size=1000)
