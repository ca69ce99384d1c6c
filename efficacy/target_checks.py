"""The edit checks of target lesions; each takes the form and the rows of its tables, or one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from efficacy.filed import BASELINE_VISITS, others, rows_of
from efficacy.measurements import split_fragments
from efficacy.rules.lesion_baseline import LesionKind
from efficacy.rules.observations import LesionStatus

LYMPH_NODE, OTHER_ORGAN = "LYMPH NODE", "OTHER"
MEASURED, SPLIT, MERGED = LesionStatus.MEASURED, LesionStatus.SPLIT, LesionStatus.MERGED
ABSENT, TOO_SMALL, NOT_EVALUABLE = LesionStatus.ABSENT, LesionStatus.TOO_SMALL, LesionStatus.NOT_EVALUABLE
LARGE_CHANGE_PERCENT, LARGE_CHANGE_MM = 50, 30
LARGE_MM = 200
DAYS_APART = 28


def node_elsewhere(row: Any) -> bool:
    """Test for a node outside the lymph nodes, or a lesion in a lymph node that is no node."""
    return bool(row.nodal) is not bool(row.organ == LYMPH_NODE)


def node_of_bone(row: Any) -> bool:
    """Test for a node whose tissue is not that of a node."""
    return bool(row.nodal) and row.lesion_type != LesionKind.SOFT_TISSUE


def other_organ_without_site(row: Any) -> bool:
    """Test for "other" organ without its name."""
    return bool(row.organ == OTHER_ORGAN and not row.site.strip())


def finding_not_chosen(row: Any) -> bool:
    """Test for values of a lesion whose finding is not said."""
    typed = (row.mm is not None, row.fragments_mm, row.merged_into, row.reason)
    return not row.status and any(typed)


def counted_mm(lesion: Any) -> Decimal | None:
    """Return the baseline diameter that counts, mm: the short axis of a node, else the long axis."""
    value: Decimal | None = lesion.short_mm if lesion.nodal else lesion.long_mm
    return value


def measured_mm(row: Any) -> Decimal | None:
    """Return the diameter that was read at a later assessment, mm, fragments added up; None where none was."""
    if row.status == SPLIT:
        return sum(split_fragments(row.fragments_mm), Decimal(0))
    return row.mm if row.status == MEASURED else None


def baseline_lesions(record: Any) -> dict[str, Any]:
    """Return the target lesions of the baseline in force, by code."""
    found = others(record, "TL")
    return {} if found.baseline is None else {row.code: row for row in found.rows("TLB", found.baseline)}


def found_before(record: Any) -> dict[str, Any]:
    """Return of each lesion the last finding before this assessment, by code."""
    found = others(record, "TL")
    latest: dict[str, Any] = {}
    for form in found.before(record):
        for row in found.rows("TLM", form):
            if row.status not in ("", NOT_EVALUABLE):
                latest.setdefault(row.code, row)
    return latest


def mm_before(record: Any) -> dict[str, Decimal]:
    """Return of each lesion the diameter last read before this assessment, mm; a lesion absent since has none."""
    sizes = {code: size for code, lesion in baseline_lesions(record).items() if (size := counted_mm(lesion))}
    for code, row in found_before(record).items():
        sizes.pop(code, None)
        if size := measured_mm(row):
            sizes[code] = size
    return sizes


def measured_undone(record: Any, rows: Sequence[Any]) -> bool:
    """Test for findings on a form that says nothing was assessed."""
    return record.imaging_done is False and any(row.crf.oid == "TLB" or row.status for row in rows)


def unknown_or_twice(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a row about a lesion that was never identified, or two rows about one."""
    codes = [row.code for row in rows if row.code]
    known = {row.code for form in others(record, "TL").forms for row in others(record, "TL").rows("TLB", form)}
    return len(set(codes)) != len(codes) or any(code not in known for code in codes)


def merged_into_nothing(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a merged lesion whose partner is unknown, merged itself, absent, or not there to carry the diameter."""
    findings = {row.code: row.status for row in rows_of(rows, "TLM")}
    partners = [row.merged_into for row in rows_of(rows, "TLM") if row.status == MERGED]
    return any(findings.get(partner, MERGED) in (MERGED, ABSENT) for partner in partners)


def without_baseline(record: Any, _rows: Sequence[Any]) -> bool:
    """Test for an assessment that has no baseline to compare with."""
    return record.visit not in BASELINE_VISITS and others(record, "TL").baseline is None


def no_diameter(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion at baseline without the diameter that counts."""
    return any(counted_mm(row) is None for row in rows_of(rows, "TLB"))


def progression_unanswered(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion treated locally of which nobody said whether it progressed since."""
    return any(row.prior_local_therapy and row.progressed_since is None for row in rows_of(rows, "TLB"))


def no_targets(record: Any, rows: Sequence[Any]) -> bool:
    """Test for an assessed baseline without a target lesion."""
    return record.visit in BASELINE_VISITS and not rows_of(rows, "TLB")


def no_finding(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a target lesion of the baseline that this assessment says nothing about."""
    if record.visit in BASELINE_VISITS:
        return False
    answered = {row.code for row in rows_of(rows, "TLM") if row.status}
    return not answered.issuperset(baseline_lesions(record))


def no_method(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a finding without the method that it was seen by."""
    return any(row.status not in ("", NOT_EVALUABLE) and not row.method for row in rows_of(rows, "TLM"))


def other_method(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion seen by another method than at baseline: its diameters may not compare."""
    return any(differs(row, lesion) for row, lesion in _paired(record, rows))


def differs(row: Any, lesion: Any) -> bool:
    """Test whether a finding was made by another method than the baseline's."""
    return bool(row.method and lesion.method and row.method != lesion.method)


def changed_much(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a diameter that changed by more than half, or by more than 30 mm, since it was last read."""
    before = mm_before(record)
    return any(
        is_large_change(before[row.code], now)
        for row in rows_of(rows, "TLM")
        if row.code in before and (now := measured_mm(row)) is not None
    )


def is_large_change(before: Decimal, now: Decimal) -> bool:
    """Test for a change of more than half of what was, or of more than 30 mm.

    >>> [is_large_change(Decimal(40), Decimal(mm)) for mm in (20, 60, 61)]
    [False, False, True]
    """
    change = abs(now - before)
    return change > LARGE_CHANGE_MM or 100 * change > LARGE_CHANGE_PERCENT * before


def long_axis_of_node(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a node as long as its long axis was at baseline: of a node the short axis counts."""
    lesions = baseline_lesions(record)
    return any(
        lesion.nodal and lesion.long_mm is not None and lesion.short_mm < lesion.long_mm <= row.mm
        for row in rows_of(rows, "TLM")
        if row.mm is not None and (lesion := lesions.get(row.code)) is not None and lesion.short_mm is not None
    )


def reappeared(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion that is there although it was absent at the assessment before."""
    gone = {code for code, row in found_before(record).items() if row.status == ABSENT}
    return any(row.code in gone and row.status in (MEASURED, SPLIT, TOO_SMALL) for row in rows_of(rows, "TLM"))


def very_large(_record: Any, rows: Sequence[Any]) -> bool:
    """Test for a diameter that is more likely a slip of the unit."""
    return any(size is not None and size > LARGE_MM for row in rows for size in _sizes(row))


def _sizes(row: Any) -> Sequence[Decimal | None]:
    return (row.long_mm, row.short_mm) if row.crf.oid == "TLB" else (measured_mm(row),)


def far_apart(record: Any, rows: Sequence[Any]) -> bool:
    """Test for a lesion scanned on a day that hardly belongs to the same assessment."""
    return any(row.scan_date and abs((row.scan_date - record.scan_date).days) > DAYS_APART for row in rows)


def _paired(record: Any, rows: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    lesions = baseline_lesions(record)
    return ((row, lesions[row.code]) for row in rows_of(rows, "TLM") if row.code in lesions)
