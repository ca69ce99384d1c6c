"""What data managers do about normal ranges: add one, close one. One transaction each; nothing is ever overwritten."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _

from safety.models import NormalRange
from safety.ranges import overlapping
from safety.rules.form_analytes import FORM_ANALYTES, accepts
from trial_edc.accounts.access import require
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError

TRAINING_FILE = Path(__file__).parent / "data" / "training_ranges.csv"
TRAINING_SOURCE = "Training values: ordinary ranges of adults, of no real laboratory"


def add_range(*, by: User, wanted: NormalRange, source: str = "web") -> NormalRange:
    """Put a new range of a site in force. DomainError when it is not possible or overlaps another one."""
    require(by, Permission.MANAGE_RANGES, wanted.site)
    _refuse_impossible(wanted)
    with acting(by, source=source):
        # Two people who add to one site take turns; otherwise each would see no overlap.
        site = Site.objects.select_for_update().get(pk=wanted.site_id)
        _refuse_overlap(site, wanted)
        wanted.save(force_insert=True)
    return wanted


def close_range(*, by: User, pk: UUID, last_day: date, reason: str, source: str = "web") -> NormalRange:
    """Let a range end after `last_day`. What was recorded under it keeps its own copy of the limits."""
    with acting(by, reason, source=source):
        found = NormalRange.objects.select_for_update(of=("self",)).select_related("site").get(pk=pk)
        require(by, Permission.MANAGE_RANGES, found.site)
        if found.valid_to is not None:
            raise DomainError(_("This range is closed already."), field="end_date")
        if last_day < found.valid_from:
            raise DomainError(_("The last day is before the first."), field="end_date")
        found.valid_to = last_day
        found.save(update_fields=["valid_to"])
    return found


def load_training_ranges(*, site: Site, valid_from: date) -> int:
    """Give a site of the training study ordinary ranges; returns how many. Runs inside `acting`."""
    with TRAINING_FILE.open(encoding="utf-8", newline="") as lines:
        ranges = [_from_file(row, site, valid_from) for row in csv.DictReader(lines)]
    for each in ranges:
        each.save(force_insert=True)
    return len(ranges)


def _from_file(row: dict[str, str], site: Site, valid_from: date) -> NormalRange:
    limits = {name: Decimal(row[name]) if row[name] else None for name in ("low", "high")}
    return NormalRange(
        site=site, analyte=row["analyte"], unit=row["unit"], sex=row["sex"], valid_from=valid_from,
        source=TRAINING_SOURCE, **limits,
    )  # fmt: skip


def _refuse_impossible(wanted: NormalRange) -> None:
    if not accepts(wanted.analyte, wanted.unit):
        units = ", ".join(FORM_ANALYTES[wanted.analyte].units)
        raise DomainError(
            _("%(analyte)s is recorded in one of these units: %(units)s.")
            % {"analyte": wanted.get_analyte_display(), "units": units},
            field="unit",
        )
    if wanted.low is None and wanted.high is None:
        raise DomainError(_("Enter a lower limit, an upper limit, or both."), field="low")
    if wanted.low is not None and wanted.high is not None and wanted.low > wanted.high:
        raise DomainError(_("The lower limit of normal is above the upper limit."), field="low")
    if wanted.age_from is not None and wanted.age_to is not None and wanted.age_from > wanted.age_to:
        raise DomainError(_("The first age is above the last one."), field="age_from")
    if wanted.valid_to is not None and wanted.valid_to < wanted.valid_from:
        raise DomainError(_("The last day is before the first."), field="valid_to")


def _refuse_overlap(site: Site, wanted: NormalRange) -> None:
    other = overlapping(site, wanted)
    if other is None:
        return
    until = study_date(other.valid_to) if other.valid_to else _("further notice")
    raise DomainError(
        _(
            "%(analyte)s has a range already, %(low)s to %(high)s %(unit)s (sex: %(sex)s), in force from %(first)s "
            "until %(last)s. Close it first, or choose other days, ages or sex."
        )
        % {
            "analyte": other.get_analyte_display(), "low": other.low_text or "–", "high": other.high_text or "–",
            "unit": other.get_unit_display(), "sex": other.get_sex_display(), "first": study_date(other.valid_from),
            "last": until,
        },
        field="valid_from",
    )  # fmt: skip
