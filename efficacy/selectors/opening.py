"""What a new form opens with, and what stands beside the rows that it opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from efficacy import new_lesion_checks, non_target_checks, target_checks
from efficacy.filed import BASELINE_VISITS, filed, others
from efficacy.models import NewLesions
from efficacy.models.kinetics import KineticMethod, KineticUnit
from trial_edc.casebook import hooks
from trial_edc.casebook.display import display_value
from trial_edc.protocol.parameters import values

Rows = dict[str, list[dict[str, Any]]]

#: What a repeated baseline takes over from screening; nothing that was measured.
TARGET_IDENTITY = (
    "code", "organ", "site", "side", "nodal", "lesion_type", "method", "slice_mm", "prior_local_therapy",
    "progressed_since",
)  # fmt: skip
NON_TARGET_IDENTITY = ("code", "organ", "description", "nodal", "method")
#: The unit most laboratories use; the site corrects it where theirs does not.
USUAL_UNIT: Mapping[str, str] = {"CRP": "mg/L", "ferritin": "ng/mL"}
CYTOKINE_UNIT = "pg/mL"


def target_rows(subject: Any, visit: str) -> Rows:
    """Return the lesions of screening at a repeated baseline, and those of the baseline in force at later visits."""
    return _lesion_rows(subject, visit, "TL", ("TLB", "TLM"), TARGET_IDENTITY)


def non_target_rows(subject: Any, visit: str) -> Rows:
    """Return the same of non-target lesions."""
    return _lesion_rows(subject, visit, "NTL", ("NTLB", "NTLS"), NON_TARGET_IDENTITY)


def _lesion_rows(subject: Any, visit: str, oid: str, tables: tuple[str, str], identity: tuple[str, ...]) -> Rows:
    found = filed(subject, oid)
    identified, followed = tables
    if visit not in BASELINE_VISITS:
        lesions = found.rows(identified, found.baseline) if found.baseline else []
        return {followed: [{"code": lesion.code} for lesion in lesions]}
    screening = found.at(BASELINE_VISITS[0])
    if visit == BASELINE_VISITS[0] or screening is None:
        return {}
    return {
        identified: [{name: getattr(lesion, name) for name in identity} for lesion in found.rows(identified, screening)]
    }


def new_lesion_rows(subject: Any, visit: str) -> Rows:
    """Return the new lesions that earlier assessments saw."""
    record = filed(subject, "NL").at(visit) or NewLesions(subject=subject, visit=visit)
    return {"NLS": [{"code": code} for code in sorted(new_lesion_checks.seen_before(record), key=_by_number)]}


def _by_number(code: str) -> tuple[int, str]:
    return len(code), code


def cytokine_rows(_subject: Any, _visit: str) -> Rows:
    """Return the analytes of the protocol, with the unit most laboratories use."""
    analytes = [str(analyte) for analyte in values("cytokines.analytes")]
    return {"CYTR": [{"analyte": each, "unit": USUAL_UNIT.get(each, CYTOKINE_UNIT)} for each in analytes]}


def blood_rows(_subject: Any, _visit: str) -> Rows:
    """Return what is usually determined in blood: cells and their share by flow cytometry, copies by PCR."""
    usual = (
        (KineticMethod.FLOW, KineticUnit.CELLS),
        (KineticMethod.FLOW, KineticUnit.PERCENT),
        (KineticMethod.QPCR, KineticUnit.COPIES),
    )
    return {"PKBR": [{"method": str(method.value), "unit": str(unit.value)} for method, unit in usual]}


def tumour_rows(_subject: Any, _visit: str) -> Rows:
    """Return what is usually determined in tumour: copies by PCR."""
    return {"PKTR": [{"method": KineticMethod.QPCR.value, "unit": KineticUnit.COPIES.value}]}


def target_captions(record: Any, rows: list[Any]) -> list[dict[str, Any]]:
    """Say of each target lesion where it sits, which axis counts, and what was measured at baseline and before."""
    lesions, before = target_checks.baseline_lesions(record), target_checks.found_before(record)

    def caption(row: Any) -> str:
        lesion = lesions[row.code]
        axis = _("short axis") if lesion.nodal else _("long axis")
        size = _("baseline %(size)s") % {"size": millimetres(target_checks.counted_mm(lesion))}
        parts = [place_of(lesion), axis, size]
        if row.code in before:
            parts.append(_("before %(size)s") % {"size": finding_text(before[row.code])})
        return " · ".join(parts)

    return _captions(rows, lesions, caption)


def non_target_captions(record: Any, rows: list[Any]) -> list[dict[str, Any]]:
    """Say of each non-target lesion where it sits and how it was found before."""
    lesions, before = non_target_checks.baseline_lesions(record), non_target_checks.found_before(record)

    def caption(row: Any) -> str:
        parts = [place_of(lesions[row.code])]
        if row.code in before:
            parts.append(_("before %(finding)s") % {"finding": before[row.code].get_state_display()})
        return " · ".join(parts)

    return _captions(rows, lesions, caption)


def new_lesion_captions(record: Any, rows: list[Any]) -> list[dict[str, Any]]:
    """Say of each new lesion where it sits, and when and how certainly it was seen first."""
    lesions = new_lesion_checks.seen_before(record)
    found = others(record, "NL")
    visits = {row.code: form.visit for form in found.forms for row in found.rows("NLN", form)}

    def caption(row: Any) -> str:
        lesion = lesions[row.code]
        first = _("first seen at %(visit)s") % {"visit": visits[row.code]}
        return " · ".join([place_of(lesion), lesion.get_kind_display(), first, lesion.get_certainty_display()])

    return _captions(rows, lesions, caption)


def _captions(rows: list[Any], lesions: Mapping[str, Any], say: Callable[[Any], str]) -> list[dict[str, Any]]:
    return [{"code": say(row)} if row.code in lesions else {} for row in rows]


def place_of(lesion: Any) -> str:
    """Return where a lesion sits, in words."""
    names = ("side", "organ", "site", "description")
    parts = (
        display_value(lesion._meta.get_field(name), getattr(lesion, name)) for name in names if hasattr(lesion, name)
    )
    return ", ".join(part for part in parts if part)


def finding_text(row: Any) -> str:
    """Return how a target lesion was found: its diameter, or the finding in words."""
    size = target_checks.measured_mm(row)
    return str(row.get_status_display()) if size is None else millimetres(size)


def millimetres(size: Decimal | None) -> str:
    """Return a diameter in words.

    >>> millimetres(Decimal("12.50")), millimetres(Decimal("100")), millimetres(None)
    ('12.5 mm', '100 mm', '–')
    """
    return "–" if size is None else f"{size.normalize():f} mm"


def register() -> None:
    """Tell the casebook what each form opens with, and what stands beside its rows."""
    for oid, rows in (
        ("TL", target_rows),
        ("NTL", non_target_rows),
        ("NL", new_lesion_rows),
        ("CYT", cytokine_rows),
        ("PKB", blood_rows),
        ("PKT", tumour_rows),
    ):
        hooks.register_seed(oid, rows)
    for table, captions in (
        ("TLM", target_captions),
        ("NTLS", non_target_captions),
        ("NLS", new_lesion_captions),
    ):
        hooks.register_captions(table, captions)
