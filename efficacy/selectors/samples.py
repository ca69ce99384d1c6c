"""Samples of one subject as the rules of cytokines and kinetics read them, live or as of a cut-off.

Times are counted from the start of the infusion as the subject carries it. A result stays as the laboratory reported
it; below the limit of quantification it has no number, never 0. Flow cytometry and PCR, blood and tumour are never
pooled: a reader names matrix, method and unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from efficacy.filed import Filed, filed
from efficacy.measurements import Reported, read_result
from efficacy.models.kinetics import KineticMethod, KineticUnit
from efficacy.models.sample import Timing
from efficacy.rules import cellular_kinetics, cytokine_peak
from enrollment.models import Subject
from trial_edc.audit.selectors import load

SECONDS_OF_A_DAY = Decimal(86_400)


class Matrix(StrEnum):
    """What was sampled; the value is the form."""

    BLOOD = "PKB"
    TUMOUR = "PKT"


ROWS = {Matrix.BLOOD: "PKBR", Matrix.TUMOUR: "PKTR"}
#: What a method reports first; a share of CD3+ cells is asked for by its unit.
FIRST_UNIT = {
    (Matrix.BLOOD, KineticMethod.FLOW): KineticUnit.CELLS,
    (Matrix.TUMOUR, KineticMethod.FLOW): KineticUnit.PERCENT,
}


@dataclass(frozen=True)
class SampleOnFile:
    """One determination. `study_day` counts dates, `day` moments; before the infusion both are negative.

    They are None while the subject is not infused, or date or time of the sample is not known. `result` is the reported
    text, `lloq` in the same unit. `after_infusion` None: it cannot be told.
    """

    visit: str
    sequence: int
    drawn_at: datetime | None
    study_day: int | None
    day: Decimal | None
    after_infusion: bool | None
    result: str
    unit: str
    lloq: Decimal | None
    laboratory: str

    @property
    def reported(self) -> Reported:
        """Return sign and number of the result, the limit as the number where the text only names it."""
        found = read_result(self.result)
        assert found is not None  # a sample without result is not on file
        return found if found.number is not None else Reported(found.sign, self.lloq)

    @property
    def below_limit(self) -> bool:
        """Test for a result below the limit of quantification, whether or not the laboratory wrote the sign."""
        number = self.reported.number
        unsigned = self.lloq is not None and number is not None and not self.reported.is_above and number < self.lloq
        return self.reported.is_below or unsigned


@dataclass(frozen=True)
class CytokineOnFile(SampleOnFile):
    """One analyte of one blood sample."""

    analyte: str = ""

    def for_rule(self) -> cytokine_peak.CytokineSample | None:
        """Return the rule's sample, None while it cannot be placed in time."""
        if self.study_day is None or self.after_infusion is None:
            return None
        number = self.reported.number
        text = self.result if number is None else f"{self.reported.sign}{number:f}"
        return cytokine_peak.CytokineSample(Decimal(self.study_day), self.after_infusion, text, self.unit, self.lloq)


@dataclass(frozen=True)
class KineticOnFile(SampleOnFile):
    """One determination of CAR-T cells."""

    matrix: Matrix = Matrix.BLOOD
    method: str = ""
    dna_input_ng: Decimal | None = None

    def for_rule(self) -> cellular_kinetics.Sample | None:
        """Return the rule's sample, None while it cannot be placed in time. A result of 0 is below the limit."""
        if self.day is None:
            return None
        number = self.reported.number
        return cellular_kinetics.Sample(self.day, None if self.below_limit or not number else number)


def trial_zone() -> ZoneInfo:
    """Return the zone in which clinical days are counted."""
    return ZoneInfo(settings.TRIAL_TIME_ZONE)


def drawn_at(record: Any) -> datetime | None:
    """Return the moment of a sample in the trial's zone, None while date or time is missing."""
    if record.drawn_date is None or record.drawn_time is None:
        return None
    return datetime.combine(record.drawn_date, record.drawn_time, tzinfo=trial_zone())


def cytokine_samples(subject: Any, *, as_of: datetime | None = None) -> list[CytokineOnFile]:
    """Return every determination of a cytokine or inflammation marker that has a result, in order of time."""
    return cytokines_of(filed(subject, "CYT", as_of=as_of), _infused_at(subject, as_of))


def cytokines_of(found: Filed, infused_at: datetime | None) -> list[CytokineOnFile]:
    """Return the same from forms that are read already."""
    return _in_time(
        CytokineOnFile(**_common(form, row, infused_at), analyte=row.analyte)
        for form, row in _determined(found, "CYTR")
    )


def kinetic_samples(
    subject: Any, matrix: Matrix, method: str, *, unit: str = "", as_of: datetime | None = None
) -> list[KineticOnFile]:
    """Return every determination in one matrix by one method and in one unit, in order of time.

    Without `unit`, the first of the method: cells per µL in blood and % of CD3+ cells in tumour by flow cytometry,
    copies per µg DNA by PCR.
    """
    wanted = unit or FIRST_UNIT.get((matrix, KineticMethod(method)), KineticUnit.COPIES)
    found = kinetics_of(filed(subject, matrix.value, as_of=as_of), _infused_at(subject, as_of), matrix)
    return [sample for sample in found if (sample.method, sample.unit) == (method, wanted)]


def kinetics_of(found: Filed, infused_at: datetime | None, matrix: Matrix) -> list[KineticOnFile]:
    """Return every determination in one matrix, all methods, from forms that are read already."""
    return _in_time(
        KineticOnFile(**_common(form, row, infused_at), matrix=matrix, method=row.method, dna_input_ng=row.dna_input_ng)
        for form, row in _determined(found, ROWS[matrix])
    )


def _determined(found: Filed, table: str) -> Iterator[tuple[Any, Any]]:
    for form in found.forms:
        if form.sample_taken:
            yield from ((form, row) for row in found.rows(table, form) if row.result)


def _common(form: Any, row: Any, infused_at: datetime | None) -> dict[str, Any]:
    moment = drawn_at(form)
    day = None if moment is None or infused_at is None else days_between(infused_at, moment)
    day_0 = None if infused_at is None else infused_at.astimezone(trial_zone()).date()
    study_day = None if day_0 is None or form.drawn_date is None else (form.drawn_date - day_0).days
    return {
        "visit": form.visit, "sequence": form.sequence, "drawn_at": moment, "study_day": study_day, "day": day,
        "after_infusion": _is_after(getattr(form, "timing", ""), study_day, day), "result": row.result,
        "unit": row.unit, "lloq": row.lloq, "laboratory": form.laboratory,
    }  # fmt: skip


def _is_after(timing: str, study_day: int | None, day: Decimal | None) -> bool | None:
    """Tell by what the site said, else by the day; on the day of infusion only the time can tell."""
    if timing:
        return timing == Timing.POST
    if study_day:
        return study_day > 0
    return None if day is None else day >= 0


def days_between(start: datetime, end: datetime) -> Decimal:
    """Return the days from one moment to another, with six decimals; negative when it is earlier.

    >>> from datetime import UTC
    >>> days_between(datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 4, 18, tzinfo=UTC))
    Decimal('2.250000')
    """
    gap = end - start
    return (gap.days + Decimal(gap.seconds) / SECONDS_OF_A_DAY).quantize(Decimal("0.000001"))


def _infused_at(subject: Any, as_of: datetime | None) -> datetime | None:
    if as_of is None:
        moment: datetime | None = subject.infused_at
        return moment
    found = load(Subject, as_of=as_of, id=subject.pk)
    return found[0].infused_at if found else None


def _in_time(samples: Iterator[Any]) -> list[Any]:
    return sorted(samples, key=lambda each: (each.drawn_at is None, each.drawn_at, each.visit, each.sequence))
