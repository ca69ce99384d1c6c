"""Which subjects a person sees, and the filters that every list of them understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from trial_edc.accounts.models import Site
from trial_edc.crf.registry import subject_model
from trial_edc.protocol.dose_levels import DOSE_LEVELS


@dataclass(frozen=True)
class SubjectFilter:
    """The part of an address that narrows subjects; empty text means all. Unknown values find nobody."""

    site: str = ""
    level: str = ""
    status: str = ""
    q: str = ""

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> SubjectFilter:
        """Return the filter that an address carries."""
        return cls(**{each.name: str(parameters.get(each.name, "")).strip()[:40] for each in fields(cls)})

    def narrow(self, subjects: Any) -> Any:
        """Return the subjects that the filter lets through."""
        if self.site:
            subjects = subjects.filter(site__code=self.site)
        if self.level:
            number = int(self.level) if self.level.isdecimal() and len(self.level) < 3 else -1
            subjects = subjects.filter(dose_level=number)
        if self.status:
            subjects = subjects.filter(status=self.status)
        if self.q:
            subjects = subjects.filter(identifier__icontains=self.q)
        return subjects

    def query(self, **more: str) -> str:
        """Return the address parameters of this filter and `more`, without empty ones."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)} | more
        return urlencode({name: value for name, value in kept.items() if value})

    def without(self, name: str) -> SubjectFilter:
        """Return the filter without one of its parts."""
        return replace(self, **{name: ""})


@dataclass(frozen=True)
class FilterChoices:
    """What the filter bar offers: (value, label) pairs."""

    sites: list[tuple[str, str]]
    levels: list[tuple[str, str]]
    statuses: list[tuple[str, Any]]


def filter_choices(sites: list[Site]) -> FilterChoices:
    """Return the choices of the filter bar for someone who sees `sites`."""
    return FilterChoices(
        sites=[(site.code, site.code) for site in sites],
        levels=[(str(level.number), level.short_label) for level in DOSE_LEVELS],
        statuses=list(subject_model()._meta.get_field("status").choices),
    )


def level_label(number: int | None) -> str:
    """Return the short name of a dose level, '' before one was assigned."""
    return next((level.short_label for level in DOSE_LEVELS if level.number == number), "")
