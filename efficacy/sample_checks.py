"""The edit checks of samples: cytokines and cellular kinetics; each takes the form and its rows, or one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from efficacy.measurements import read_result
from trial_edc.crf.spec import InRows
from trial_edc.protocol.visits.schedule import order_of
from trial_edc.protocol.visits.unscheduled import is_unscheduled

PRE, POST = "PRE", "POST"
INFUSION = "D0"
FLOW, QPCR, DDPCR = "FLOW CYTOMETRY", "QPCR", "DDPCR"
CELLS, PERCENT, COPIES = "cells/uL", "%", "copies/ug"
_CYTOKINE = ("pg/mL", "ng/L", "ng/mL")
#: Analyte -> units a laboratory reports it in.
UNITS: Mapping[str, tuple[str, ...]] = {
    "IL-2": _CYTOKINE, "IL-6": _CYTOKINE, "IL-8": _CYTOKINE, "IL-10": _CYTOKINE, "TNF-α": _CYTOKINE,
    "CRP": ("mg/L", "mg/dL"), "ferritin": ("ng/mL", "ug/L"),
}  # fmt: skip
#: Matrix, method -> units. Flow cytometry counts cells, polymerase chain reaction counts copies; never pooled.
BLOOD_UNITS: Mapping[str, tuple[str, ...]] = {FLOW: (CELLS, PERCENT), QPCR: (COPIES,), DDPCR: (COPIES,)}
TUMOUR_UNITS: Mapping[str, tuple[str, ...]] = {FLOW: (PERCENT,), QPCR: (COPIES,), DDPCR: (COPIES,)}


def results_without_sample(record: Any, rows: Sequence[Any]) -> bool:
    """Test for results of a sample that was not taken."""
    return record.sample_taken is False and any(row.result for row in rows)


def no_result(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a row with neither result nor "not done"."""
    return any(not row.result and not row.not_done for row in rows)


def without_result(table: str, *about: str) -> InRows:
    """Return where the sentence stands then: in those rows, which are about the items `about`."""

    def which(_record: Any, rows: Sequence[Any]) -> list[tuple[str, ...]]:
        return [tuple(str(getattr(row, name)) for name in about) for row in rows if no_result(None, [row])]

    return InRows(table, about, "result", which)


def no_rows(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a sample without any determination."""
    return not rows


def timing_unknown(record: Any) -> bool:
    """Test for a sample of the day of infusion that may be before or after it."""
    return bool(record.visit == INFUSION and not record.timing)


def wrong_timing(record: Any) -> bool:
    """Test for a sample called "before" at a visit after the infusion, or the other way round."""
    if record.visit == INFUSION or is_unscheduled(record.visit):
        return False
    after = order_of(record.visit) > order_of(INFUSION)
    return bool((record.timing == PRE) == after)


def analyte_twice(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for two rows about one analyte."""
    analytes = [row.analyte for row in rows]
    return len(set(analytes)) != len(analytes)


def against_limit(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a number below the limit of quantification, or a "<" of another number than the limit."""
    return any(_against_limit(row) for row in rows)


def _against_limit(row: Any) -> bool:
    reported = read_result(row.result)
    limit: Decimal | None = row.lloq
    if reported is None or reported.number is None or limit is None or reported.is_above:
        return False
    return reported.number != limit if reported.is_below else reported.number < limit


def unit_of_another_analyte(row: Any) -> bool:
    """Test for a unit that no laboratory reports the analyte in."""
    return row.unit not in UNITS[row.analyte]


def limit_unknown(row: Any) -> bool:
    """Test for a result below a limit that is not given."""
    reported = read_result(row.result)
    return reported is not None and reported.number is None and row.lloq is None


def unit_of_another_method(units: Mapping[str, tuple[str, ...]], row: Any) -> bool:
    """Test for a unit that the method does not measure in the matrix."""
    return row.unit not in units[row.method]


def above_hundred_percent(row: Any) -> bool:
    """Test for a share of more than 100 %."""
    reported = read_result(row.result)
    return row.unit == PERCENT and reported is not None and reported.number is not None and reported.number > 100


def no_dna_input(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for copies per µg without the amount of DNA they were counted in."""
    return any(row.result and row.method in (QPCR, DDPCR) and row.dna_input_ng is None for row in rows)


def determination_twice(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for two rows of one method and unit in one sample."""
    kinds = [(row.method, row.unit) for row in rows]
    return len(set(kinds)) != len(kinds)
