"""Which normal range holds: at a site, for an analyte, on a day, for a person of that sex and age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from enrollment.models import Demographics
from safety.models import NormalRange
from safety.models.normal_range import ANALYTE_CHOICES
from trial_edc.accounts.access import sites_of
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission


@dataclass(frozen=True)
class Person:
    """What a normal range may depend on: sex (F, M) and age in whole years; '' and None where not known."""

    sex: str = ""
    age: int | None = None


def person_of(subject: Any, on: date) -> Person:
    """Return sex and age of a subject on a day, from the demography form: the age at consent and the years since."""
    form = Demographics.objects.filter(subject=subject).first()
    if form is None:
        return Person()
    age = form.age_years
    if age is not None and subject.consent_date is not None:
        age += whole_years(subject.consent_date, on)
    return Person(form.sex, age)


def whole_years(start: date, end: date) -> int:
    """Return the whole years from one day to a later one, 0 for an earlier one.

    >>> whole_years(date(2024, 2, 29), date(2025, 2, 28)), whole_years(date(2024, 2, 29), date(2025, 3, 1))
    (0, 1)
    """
    return max(0, end.year - start.year - ((end.month, end.day) < (start.month, start.day)))


def ranges_in_force(site: Site, on: date, person: Person) -> dict[str, NormalRange]:
    """Return the range of every analyte that has one in force for a person, by analyte.

    Who has no known sex or age gets only the ranges that hold for everybody.
    """
    found = NormalRange.objects.filter(site=site, valid_from__lte=on, sex__in=("", person.sex)).filter(
        Q(valid_to=None) | Q(valid_to__gte=on)
    )
    if person.age is None:
        found = found.filter(age_from=None, age_to=None)
    else:
        found = found.filter(Q(age_from=None) | Q(age_from__lte=person.age)).filter(
            Q(age_to=None) | Q(age_to__gte=person.age)
        )
    return {each.analyte: each for each in found}


def range_in_force(site: Site, analyte: str, on: date, sex: str = "", age: int | None = None) -> NormalRange | None:
    """Return the range of one analyte, None when the site has none in force for such a person."""
    return ranges_in_force(site, on, Person(sex, age)).get(analyte)


def readable_ranges(user: User) -> QuerySet[NormalRange]:
    """Return the ranges of the sites whose subjects a person may read."""
    return NormalRange.objects.filter(site__in=sites_of(user, Permission.VIEW_SUBJECTS)).select_related("site")


def listed_ranges(user: User) -> list[NormalRange]:
    """Return the same in the order of the forms, by site; an analyte's ranges in order of time."""
    order = {code: place for place, (code, _name) in enumerate(ANALYTE_CHOICES)}
    return sorted(readable_ranges(user), key=lambda each: (each.site.code, order[each.analyte], each.valid_from))


def overlapping(site: Site, wanted: NormalRange) -> NormalRange | None:
    """Return a saved range that would hold on the same day for the same person as `wanted`, None if there is none."""
    others = NormalRange.objects.filter(site=site, analyte=wanted.analyte).filter(
        Q(valid_to=None) | Q(valid_to__gte=wanted.valid_from)
    )
    if wanted.valid_to is not None:
        others = others.filter(valid_from__lte=wanted.valid_to)
    if wanted.sex:
        others = others.filter(sex__in=("", wanted.sex))
    if wanted.age_from is not None:
        others = others.filter(Q(age_to=None) | Q(age_to__gte=wanted.age_from))
    if wanted.age_to is not None:
        others = others.filter(Q(age_from=None) | Q(age_from__lte=wanted.age_to))
    return others.first()
