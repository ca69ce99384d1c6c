"""From the rows of a baseline to the rules that say whether the lesions may be targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from efficacy.filed import BASELINE_VISITS, rows_of
from efficacy.rules.lesion_baseline import TARGET, BaselineLesion, LesionKind, LesionVerdict, Method, assess_lesion
from efficacy.rules.observations import Contradiction
from efficacy.rules.target_selection import ChosenTarget, Selection, Violation, check_selection
from efficacy.target_checks import OTHER_ORGAN, counted_mm

#: What CDISC submits as the method -> the rule's word; every other method never measures.
METHODS: Mapping[str, Method] = {
    "CT SCAN": Method.CT, "MRI": Method.MRI, "X-RAY": Method.CHEST_X_RAY, "PHYSICAL EXAMINATION": Method.CALIPER,
    "ULTRASOUND": Method.ULTRASOUND,
}  # fmt: skip
#: Broken rules of the choice itself; those of dates, and of no choice at all, have checks of their own.
OF_THE_CHOICE = frozenset({Violation.MAX_TOTAL, Violation.MAX_PER_ORGAN, Violation.NOT_MEASURABLE})


def verdict_of(row: Any) -> LesionVerdict | None:
    """Return what a lesion of the baseline may be, None while something to judge it by is missing."""
    if row.nodal is None or not row.method or not row.lesion_type:
        return None
    lesion = BaselineLesion(
        nodal=row.nodal,
        method=METHODS.get(row.method, Method.OTHER),
        kind=LesionKind(row.lesion_type),
        slice_mm=row.slice_mm,
        long_mm=row.long_mm,
        short_mm=row.short_mm,
        prior_local_therapy=bool(row.prior_local_therapy),
        progressed_since=bool(row.progressed_since),
    )
    try:
        return assess_lesion(lesion)
    except Contradiction:
        return None


def name_of(row: Any, number: int) -> str:
    """Return the code of a lesion, or its number in the table until it has one."""
    return row.code or f"#{number}"


def selection_of(record: Any, rows: Sequence[Any]) -> Selection:
    """Return what the rule makes of the lesions chosen on a baseline form as it stands."""
    chosen = [
        ChosenTarget(name_of(row, number), _organ(row), bool(row.nodal), counted_mm(row))
        for number, row in enumerate(rows_of(rows, "TLB"), start=1)
    ]
    return check_selection(
        chosen, measurable_lesion_exists=True, scan_date=record.scan_date, infusion_date=record.subject.infusion_date
    )


def _organ(row: Any) -> str:
    return f"{row.organ} {row.site}" if row.organ == OTHER_ORGAN else str(row.organ)


def breaks_rules(record: Any, rows: Sequence[Any]) -> bool:
    """Test for too many targets, in all or in one organ, and for a lesion that may not be one."""
    if record.visit not in BASELINE_VISITS:
        return False
    verdicts = [verdict for row in rows_of(rows, "TLB") if (verdict := verdict_of(row)) is not None]
    too_many = not OF_THE_CHOICE.isdisjoint(selection_of(record, rows).violations)
    return too_many or any(TARGET not in verdict.allowed_roles for verdict in verdicts)
