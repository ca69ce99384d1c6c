"""Complete, valid texts of the forms of enrolment, and what the tests of them share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.casebook.entering import post
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.submission import Refused
from trial_edc.protocol.consent_versions import CONSENT_VERSIONS, versions_in_force


def typed(day: date) -> str:
    """Return a date as a coordinator types it."""
    return day.isoformat()


def ago(days: int) -> date:
    return today() - timedelta(days=days)


def consent(day: date, **more: str) -> dict[str, Any]:
    valid = versions_in_force(day) or CONSENT_VERSIONS
    return {
        "consent_version": valid[-1].number, "consent_date": typed(day), "consent_time": "09:30", "obtained_by": "LY",
        "copy_given": "true", "reconsent": "false", "biopsy_consent": "true", "gene_storage_consent": "false", **more,
    }  # fmt: skip


def vitals(day: date) -> dict[str, Any]:
    return {
        "assessed_date": typed(day), "assessed_time": "08:10", "temperature_c": "36.6", "systolic_bp": "120",
        "diastolic_bp": "80", "heart_rate": "72", "respiratory_rate": "16", "oxygen_saturation": "98",
    }  # fmt: skip


def staining(day: date, **more: str) -> dict[str, Any]:
    return {
        "specimen": "ARCHIVAL", "collection_date": typed(day), "method": "IHC", "clone": "EPR22573",
        "laboratory": "Central", "report_reference": "P-7", "percent_1plus": "10", "percent_2plus": "25",
        "percent_3plus": "50", **more,
    }  # fmt: skip


def condition(**more: str) -> dict[str, Any]:
    return {
        "has_condition": "true", "term": "Hypertension", "onset_date": "2019", "ongoing": "true", "grade": "2", **more,
    }  # fmt: skip


def therapy(**more: str) -> dict[str, Any]:
    return {
        "had_therapy": "true", "therapy_type": "SYSTEMIC THERAPY", "line_number": "1", "regimen": "Sunitinib",
        "start_date": "2025-01", "ongoing": "false", "stop_date": "2025-06-10", "best_response": "SD",
        "stop_reason": "PROGRESSIVE DISEASE", **more,
    }  # fmt: skip


def person(**more: Any) -> dict[str, Any]:
    return {
        "birth_year": "1968", "age_years": "58", "sex": "F", "tumour_type": "OVARIAN CARCINOMA", "stage": "IV",
        "metastatic_sites": ["LUNG"], "prior_lines": "2", **more,
    }  # fmt: skip


def deviation(**more: str) -> dict[str, Any]:
    return {
        "category": "OTHER", "found_date": typed(ago(2)), "occurred_date": typed(ago(5)), "how_found": "MANUAL",
        "description": "A sample was taken an hour late.", "severity": "MINOR", "safety_affected": "false", **more,
    }  # fmt: skip


def contact(day: date, **more: str) -> dict[str, Any]:
    return {
        "contact_date": typed(day), "method": "TELEPHONE", "survival_status": "ALIVE", "last_alive_date": typed(day),
        "new_therapy": "false", "SURVT-TOTAL_FORMS": "0", "SURVT-INITIAL_FORMS": "0", **more,
    }  # fmt: skip


def leaving(day: date, **more: str) -> dict[str, Any]:
    return {
        "off_study_date": typed(day), "reason": "PHYSICIAN DECISION", "last_contact_date": typed(day),
        "hand_over": "REFUSED", **more,
    }  # fmt: skip


def withdrawal(day: date, **more: str) -> dict[str, Any]:
    return leaving(day, reason="WITHDRAWAL BY SUBJECT", may_be_contacted="true", stored_samples="KEEP", **more)


def refusal(by: User, subject: Any, visit: str, oid: str, *, sequence: int = 1, **texts: Any) -> dict[str, str]:
    """Post what must be refused; return the sentences by item. Every text is kept and nothing is written."""
    before = ItemChange.objects.count()
    outcome = post(by, subject, visit, oid, sequence=sequence, **texts)
    assert isinstance(outcome, Refused), outcome
    assert ItemChange.objects.count() == before
    form = outcome.entry.form
    shown = {name: form.fields[name].prepare_value(text) for name, text in texts.items() if name in form.fields}
    assert shown == {name: form[name].value() for name in shown}, "a typed text is lost"
    return {name: " ".join(str(error) for error in errors) for name, errors in form.errors.items()}
