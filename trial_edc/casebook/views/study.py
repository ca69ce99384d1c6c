"""The study definition: what the protocol says, where it is silent, and what the product makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import require
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import ROLES, Permission
from trial_edc.crf import registry
from trial_edc.protocol.amendments import AMENDMENTS
from trial_edc.protocol.dose_levels import DOSE_LEVELS
from trial_edc.protocol.forms import FORMS
from trial_edc.protocol.parameters import Parameter, Section, parameters_in
from trial_edc.protocol.study import CONTRADICTIONS, DESIGN_FACTS, ENDPOINTS, STUDY
from trial_edc.protocol.visits.model import Anchor, Timing, Visit
from trial_edc.protocol.visits.schedule import SCHEDULE, expected_records


@require_GET
def study(request: HttpRequest) -> HttpResponse:
    """Show the whole study definition, read-only."""
    user = user_from_request(request)
    require(user, Permission.VIEW_STUDY)
    context = {
        "heading": _("Study definition"),
        "lead": f"{STUDY.protocol_number} · {STUDY.registry_identifier} · {STUDY.phase}",
        "study": STUDY,
        "facts": DESIGN_FACTS,
        "endpoints": ENDPOINTS,
        "contradictions": CONTRADICTIONS,
        "levels": DOSE_LEVELS,
        "amendments": AMENDMENTS,
        "sections": [
            {"title": _(section.value), "parameters": [_parameter(p) for p in parameters_in(section)]}
            for section in Section
            if parameters_in(section)
        ],
        "visits": [_visit(visit) for visit in SCHEDULE],
        "forms": [
            {"form": form, "title": _(form.title), "registered": registry.find(form.oid) is not None} for form in FORMS
        ],
        "roles": [_role(role) for role in ROLES.values()],
    }
    return render(request, "casebook/study.html", context)


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"parameter": parameter, "value": value_text(parameter.value), "meaning": _(parameter.meaning)}


def value_text(value: Any) -> str:
    """Return a parameter's value in words.

    >>> value_text((21, 28)), value_text(Decimal("0.30"))
    ('21, 28', '0.30')
    """
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(value_text(each) for each in value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit,
        "label": _(visit.label),
        "timing": _timing(visit.timing),
        "window": _window(visit.timing),
        "required": [_form(oid, visit.code) for oid in visit.required_forms],
        "optional": visit.optional_forms,
        "logs": visit.log_forms,
        "note": _(visit.note) if visit.note else "",
    }


def _form(oid: str, visit: str) -> str:
    records = expected_records(oid, visit)
    return f"{oid} × {records}" if records > 1 else oid


#: Anchor -> what the target is counted from, in words.
ANCHORS = {
    Anchor.CONSENT: "consent",
    Anchor.ELIGIBILITY: "eligibility confirmed",
    Anchor.LEUKAPHERESIS: "leukapheresis",
    Anchor.LYMPHODEPLETION: "lymphodepletion Day 1",
    Anchor.INFUSION: "infusion",
    Anchor.SURVIVAL: "start of survival contacts",
}


def _timing(timing: Timing | None) -> str:
    if timing is None:
        return "–"
    anchor = _(ANCHORS[timing.anchor])
    if timing.offset_months:
        return _("%(anchor)s + %(months)s months") % {"anchor": anchor, "months": timing.offset_months}
    if timing.offset_days:
        sign = "+" if timing.offset_days > 0 else "−"
        values = {"anchor": anchor, "sign": sign, "days": abs(timing.offset_days)}
        return _("%(anchor)s %(sign)s %(days)s days") % values
    return anchor


def _window(timing: Timing | None) -> str:
    if timing is None:
        return "–"
    if timing.lower is None and timing.upper is None:
        return _("any time")
    lower = "…" if timing.lower is None else f"−{abs(timing.lower)}"
    upper = "…" if timing.upper is None else f"+{timing.upper}"
    if timing.lower == timing.upper == 0:
        return _("the day itself")
    return f"{lower} / {upper}"


def _role(role: Any) -> dict[str, Any]:
    granted = [permission.value.replace("-", " ") for permission in Permission if role.may(permission)]
    return {"title": _(role.title), "description": _(role.description), "permissions": granted}
