"""Lists and numbers over many casebooks, read page by page from what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from trial_edc.casebook.models import FormStanding, Standing, VisitStanding
from trial_edc.casebook.standings.settling import settle

R = TypeVar("R")


@dataclass(frozen=True)
class SubjectNumbers:
    """What is counted of one subject, by name (see trial_edc.casebook.standings.reading)."""

    pk: UUID
    identifier: str
    numbers: dict[str, int]


class Standings:
    """The casebooks of some subjects, up to date from the moment this is made; `day` is today.

    A fixed number of statements, whatever the number of subjects, besides those for casebooks that changed.
    """

    def __init__(self, subjects: QuerySet[Any], day: date) -> None:
        self.day = day
        self.subjects = subjects.order_by()
        settle(self.subjects)

    @cached_property
    def by_subject(self) -> list[SubjectNumbers]:
        """Return the numbers of every subject, in the order of their identifiers: one statement."""
        kept = Standing.objects.filter(subject__in=self.subjects.values("pk")).order_by("subject__identifier")
        return [SubjectNumbers(*row) for row in kept.values_list("subject_id", "subject__identifier", "numbers")]

    @cached_property
    def identifiers(self) -> dict[UUID, str]:
        return {each.pk: each.identifier for each in self.by_subject}

    def number(self, name: str) -> int:
        """Return what is counted of all subjects together."""
        return sum(each.numbers.get(name, 0) for each in self.by_subject)

    def unsigned(self) -> QuerySet[Standing, tuple[UUID, str, list[Any], list[Any]]]:
        """Return (subject, identifier, unsigned forms, milestones) of who has a complete form without signature."""
        kept = Standing.objects.filter(subject__in=self.subjects.values("pk")).exclude(unsigned=[])
        ordered = kept.order_by("subject__identifier")
        return ordered.values_list("subject_id", "subject__identifier", "unsigned", "milestones")

    def forms(self, condition: Q, number: str = "") -> Rows[FormStanding]:
        """Return the forms that meet a condition; `number` names how many of them there are of each subject."""
        found = FormStanding.objects.filter(condition)
        if number:
            counts = [(each.pk, each.numbers.get(number, 0)) for each in self.by_subject]
        else:
            here = found.filter(subject__in=self.subjects.values("pk")).order_by()
            by_pk = dict(here.values_list("subject").annotate(count=Count("pk")))
            counts = [(each.pk, by_pk.get(each.pk, 0)) for each in self.by_subject]
        return Rows(lambda: sum(count for _pk, count in counts), lambda start, stop: _part(found, counts, start, stop))

    def visits(self, condition: Q) -> Rows[VisitStanding]:
        """Return the visits that meet a condition today."""
        found = VisitStanding.objects.filter(
            condition, subject__in=self.subjects.values("pk"), first_day__lte=self.day, last_day__gte=self.day
        ).select_related("subject")
        ordered = found.order_by("subject__identifier", "place")
        soonest = found.order_by(F("due_day").asc(nulls_last=True), "subject__identifier", "place")
        return Rows(found.count, lambda start, stop: list(ordered[start:stop]), lambda most: list(soonest[:most]))


def _part(found: QuerySet[FormStanding], counts: list[tuple[UUID, int]], start: int, stop: int) -> list[FormStanding]:
    """Return forms number `start` to `stop` of the list; only the subjects on whose forms these fall are read."""
    wanted: list[UUID] = []
    before = passed = 0
    for pk, count in counts:
        if count and before < stop and before + count > start:
            wanted.append(pk)
        elif before + count <= start:
            passed += count
        before += count
    rows = found.filter(subject__in=wanted).select_related("subject")
    return list(rows.order_by("subject__identifier", "place", "sequence", "pk")[start - passed : stop - passed])


class Rows(Sequence[R], Generic[R]):
    """A list that is read part by part; `soonest` are its first rows by the day they are due."""

    def __init__(
        self,
        count: Callable[[], int],
        part: Callable[[int, int], list[R]],
        soonest: Callable[[int], list[R]] | None = None,
    ) -> None:
        self._count = count
        self._part = part
        self._soonest = soonest

    @cached_property
    def total(self) -> int:
        return self._count()

    def __len__(self) -> int:
        return self.total

    @overload
    def __getitem__(self, wanted: int) -> R: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[R]: ...

    def __getitem__(self, wanted: int | slice) -> R | list[R]:
        if isinstance(wanted, int):
            place = range(len(self))[wanted]
            return self._part(place, place + 1)[0]
        start, stop, step = wanted.indices(len(self))
        return self._part(start, stop)[::step] if stop > start else []

    def __iter__(self) -> Iterator[R]:
        return iter(self[:])

    def soonest(self, most: int) -> list[R]:
        """Return at most so many rows, those due first; a list without days in its own order."""
        return self._soonest(most) if self._soonest is not None else self[:most]

    def into(self, words: Callable[[R], Any]) -> Rows[Any]:
        """Return the same list with each row put into words."""
        soonest = self._soonest

        def put(rows: Iterable[R]) -> list[Any]:
            return [words(row) for row in rows]

        return Rows(
            lambda: self.total,
            lambda start, stop: put(self._part(start, stop)),
            None if soonest is None else lambda most: put(soonest(most)),
        )
