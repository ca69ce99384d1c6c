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
        kept = self._kept.order_by("subject__identifier")
        return [SubjectNumbers(*row) for row in kept.values_list("subject_id", "subject__identifier", "numbers")]

    @cached_property
    def identifiers(self) -> dict[UUID, str]:
        return {each.pk: each.identifier for each in self.by_subject}

    def number(self, name: str) -> int:
        """Return what is counted of all subjects together."""
        return sum(each.numbers.get(name, 0) for each in self.by_subject)

    def endorsements(self) -> QuerySet[Standing, tuple[UUID, str, list[Any]]]:
        """Return (subject, identifier, what waits at milestones by day) of who has a complete form unsigned."""
        kept = self._kept.exclude(unsigned=[]).order_by("subject__identifier")
        return kept.values_list("subject_id", "subject__identifier", "endorsements")

    def unsigned(self, subjects: Iterable[UUID]) -> QuerySet[Standing, tuple[UUID, list[Any], list[Any]]]:
        """Return (subject, unsigned forms, own milestones) of some of the subjects."""
        return self._kept.filter(subject__in=subjects).values_list("subject_id", "unsigned", "milestones")

    @property
    def _kept(self) -> QuerySet[Standing]:
        return Standing.objects.filter(subject__in=self.subjects.values("pk"))

    def forms(self, condition: Q, number: str = "") -> Rows[FormStanding]:
        """Return the forms that meet a condition; `number` names how many of them there are of each subject."""
        found = FormStanding.objects.filter(condition).select_related("subject")

        def of(subjects: list[UUID]) -> list[FormStanding]:
            rows = found.filter(subject__in=subjects)
            return list(rows.order_by("subject__identifier", "place", "sequence", "pk"))

        if number:
            return self.counted(number, of)
        here = found.filter(subject__in=self.subjects.values("pk")).order_by()
        by_pk = dict(here.values_list("subject").annotate(count=Count("pk")))
        return _by_subject([(each.pk, by_pk.get(each.pk, 0)) for each in self.by_subject], of)

    def counted(self, number: str, of: Callable[[list[UUID]], Sequence[R]]) -> Rows[R]:
        """Return what `number` counts of each subject; `of` reads it for some of them, in this order."""
        return _by_subject([(each.pk, each.numbers.get(number, 0)) for each in self.by_subject], of)

    def visits(self, condition: Q) -> Rows[VisitStanding]:
        """Return the visits that meet a condition today."""
        found = VisitStanding.objects.filter(
            condition, subject__in=self.subjects.values("pk"), first_day__lte=self.day, last_day__gte=self.day
        ).select_related("subject")
        ordered = found.order_by("subject__identifier", "place")
        soonest = found.order_by(F("due_day").asc(nulls_last=True), "subject__identifier", "place")
        return Rows(found.count, lambda start, stop: list(ordered[start:stop]), lambda most: list(soonest[:most]))


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


def _by_subject(counts: list[tuple[UUID, int]], of: Callable[[list[UUID]], Sequence[R]]) -> Rows[R]:
    """Return a list that knows how much there is of each subject, and reads the subjects that a part falls on."""

    def part(start: int, stop: int) -> list[R]:
        wanted: list[UUID] = []
        before = passed = 0
        for pk, count in counts:
            if count and before < stop and before + count > start:
                wanted.append(pk)
            elif before + count <= start:
                passed += count
            before += count
        return list(of(wanted)[start - passed : stop - passed])

    return Rows(lambda: sum(count for _pk, count in counts), part)


def rows_of_list(found: Sequence[R], *, due: Callable[[R], date | None]) -> Rows[R]:
    """Return a list that is there as a whole, so that only what is shown of it is put into words."""

    def soonest(most: int) -> list[R]:
        return sorted(found, key=lambda row: (due(row) is None, due(row) or date.max))[:most]

    return Rows(lambda: len(found), lambda start, stop: list(found[start:stop]), soonest)
