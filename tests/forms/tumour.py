"""A subject with a baseline, and the forms of one assessment, as the tests of tumour forms enter them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from enrollment.models import Subject
from tests.casebook.conftest import noon
from tests.casebook.entering import enter, post, row_texts
from tests.people import People
from trial_edc.audit.context import acting, system_user
from trial_edc.casebook.submission import Outcome, Refused
from trial_edc.crf import registry

DAYS_SINCE_INFUSION = 200
LIVER: dict[str, Any] = {
    "organ": "LIVER", "site": "segment 4", "nodal": "false", "lesion_type": "soft_tissue", "method": "CT SCAN",
    "slice_mm": "5", "prior_local_therapy": "false", "long_mm": "40", "short_mm": "22",
}  # fmt: skip
NODE: dict[str, Any] = {
    "organ": "LYMPH NODE", "site": "left axilla", "nodal": "true", "lesion_type": "soft_tissue", "method": "CT SCAN",
    "slice_mm": "5", "prior_local_therapy": "false", "long_mm": "30", "short_mm": "20",
}  # fmt: skip
ASCITES: dict[str, Any] = {"organ": "PERITONEUM", "description": "ascites", "nodal": "false", "method": "CT SCAN"}


def day(number: int) -> date:
    """Return a study day of the subject as a date; the infusion is Day 0."""
    return timezone.localdate() - timedelta(days=DAYS_SINCE_INFUSION - number)


def text(number: int) -> str:
    """Return a study day as it is typed."""
    return day(number).isoformat()


def infused_subject(people: People) -> Subject:
    """Return a subject infused at noon of Day 0, more than six months ago."""
    with acting(system_user(), "test", source="command"):
        return Subject.objects.create(
            identifier="01-001", site=people.site, status="FOLLOW-UP", dose_level=1, consent_date=day(-30),
            lymphodepletion_date=day(-5), infused_at=noon(day(0)),
        )  # fmt: skip


def done(number: int, **more: str) -> dict[str, Any]:
    """Return the head of a tumour form of an assessment that took place."""
    return {"imaging_done": "true", "scan_date": text(number)} | more


def measured(code: str, mm: str, **more: str) -> dict[str, Any]:
    """Return the row of a measured target lesion."""
    return {"code": code, "status": "measured", "mm": mm, "method": "CT SCAN"} | more


def found(code: str, status: str, **more: str) -> dict[str, Any]:
    """Return the row of a target lesion with another finding."""
    return {"code": code, "status": status, "method": "CT SCAN"} | more


def tables(oid: str, visit: str, **rows: Any) -> dict[str, Any]:
    """Return the texts of every table that a form has at a visit; a table not named has no rows."""
    texts: dict[str, Any] = {}
    for table in registry.row_tables(registry.get(oid), visit):
        texts |= row_texts(table.crf.oid, rows.get(table.crf.oid, []))
    return texts


def again(record: Any, **rows: Any) -> dict[str, Any]:
    """Return the texts of saved rows as a page sends them back, with the given texts changed by number of the row."""
    texts: dict[str, Any] = {}
    for table in registry.row_tables(type(record), record.visit):
        model: Any = table
        saved = list(model._default_manager.filter(record=record).order_by("position"))
        prefix = table.crf.oid
        texts |= {f"{prefix}-TOTAL_FORMS": str(len(saved)), f"{prefix}-INITIAL_FORMS": str(len(saved))}
        for number, row in enumerate(saved):
            texts[f"{prefix}-{number}-id"] = str(row.pk)
            for field, _item in registry.items(model):
                value = getattr(row, field.name)
                shown = str(value).lower() if isinstance(value, bool) else str(value)
                texts[f"{prefix}-{number}-{field.name}"] = "" if value is None else shown
            for name, typed in rows.get(prefix, {}).get(number, {}).items():
                texts[f"{prefix}-{number}-{name}"] = typed
    return texts


def enter_baseline(people: People, subject: Subject, *, on: Any = -20) -> Any:
    """Enter two target lesions, 40 mm in the liver and a node of 20 mm, and return the complete form."""
    rows = tables("TL", "SCR", TLB=[LIVER, NODE])
    return enter(people.coordinator, subject, "SCR", "TL", action="complete", **done(on), **rows)


def sentences(outcome: Outcome) -> list[str]:
    """Return every sentence of a refusal: of the form's items, and of its rows."""
    assert isinstance(outcome, Refused)
    lines = [str(line) for errors in outcome.entry.form.errors.values() for line in errors]
    for formset in outcome.entry.rowsets.values():
        lines += [str(line) for row in formset.forms for errors in row.errors.values() for line in errors]
    return lines


def doubts(people: People, subject: Subject, visit: str, oid: str, **texts: Any) -> set[str]:
    """Return the soft and needed checks that a form as typed would break; the post is refused for them."""
    outcome = post(people.coordinator, subject, visit, oid, action="complete", **texts)
    return set() if not isinstance(outcome, Refused) else codes(outcome)


def codes(outcome: Refused) -> set[str]:
    """Return the OIDs of the checks that refused."""
    every = [outcome.entry.form, *(row for rows in outcome.entry.rowsets.values() for row in rows.forms)]
    return {
        str(error.code) for form in every for errors in form.errors.as_data().values() for error in errors if error.code
    }
