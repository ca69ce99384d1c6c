"""The edit checks of non-target lesions; each takes the form and the rows of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from efficacy.filed import BASELINE_VISITS, others, rows_of
from efficacy.rules.observations import NonTargetStatus

PRESENT, ABSENT = NonTargetStatus.PRESENT, NonTargetStatus.ABSENT
UNEQUIVOCAL_PD, NOT_EVALUABLE = NonTargetStatus.UNEQUIVOCAL_PD, NonTargetStatus.NOT_EVALUABLE


def described_undone(record: Any, rows: Sequence[Any]) -> bool:
    """Test for findings on a form that says nothing was assessed."""
    return record.imaging_done is False and any(row.crf.oid == "NTLB" or row.state for row in rows)


def unknown_or_twice(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a row about a lesion that was never identified, or two rows about one."""
    codes = [row.code for row in rows if row.code]
    found = others(record, "NTL")
    known = {row.code for form in found.forms for row in found.rows("NTLB", form)}
    return len(set(codes)) != len(codes) or any(code not in known for code in codes)


def baseline_lesions(record: Any) -> dict[str, Any]:
    """Return the non-target lesions of the baseline in force, by code."""
    found = others(record, "NTL")
    return {} if found.baseline is None else {row.code: row for row in found.rows("NTLB", found.baseline)}


def found_before(record: Any) -> dict[str, Any]:
    """Return of each lesion the last finding before this assessment, by code."""
    found = others(record, "NTL")
    latest: dict[str, Any] = {}
    for form in found.before(record):
        for row in found.rows("NTLS", form):
            if row.state not in ("", NOT_EVALUABLE):
                latest.setdefault(row.code, row)
    return latest


def without_baseline(record: Any, _rows: Sequence[Any]) -> bool:
    """Test for an assessment that has no baseline to compare with."""
    return record.visit not in BASELINE_VISITS and others(record, "NTL").baseline is None


def no_finding(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion of the baseline that this assessment says nothing about."""
    if record.visit in BASELINE_VISITS:
        return False
    answered = {row.code for row in rows_of(rows, "NTLS") if row.state}
    return not answered.issuperset(baseline_lesions(record))


def not_compared(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion that is there and not compared with the assessment before."""
    return any(row.state in (PRESENT, UNEQUIVOCAL_PD) and not row.since_last for row in rows_of(rows, "NTLS"))


def reappeared(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion that is there although it was absent at the assessment before."""
    gone = {code for code, row in found_before(record).items() if row.state == ABSENT}
    return any(row.code in gone and row.state in (PRESENT, UNEQUIVOCAL_PD) for row in rows_of(rows, "NTLS"))
