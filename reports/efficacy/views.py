"""Pages of efficacy: tables and figures of response, survival, cells and cytokines; figures as files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from efficacy.endpoints import Assessor
from reports.efficacy.page import TABS, Part, Tab, assessor_label
from reports.efficacy.parameters import parameter_sheet
from reports.efficacy.population import Population, read_population
from reports.figures.files import TYPES, figure_answer
from trial_edc.accounts.access import require, sites_of
from trial_edc.accounts.models import user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.study import STUDY


@require_safe
def efficacy(request: HttpRequest, tab: str = "response") -> HttpResponse:
    """Show one tab of tables and figures, by the investigator's responses or by the computed ones."""
    chosen, assessor = _tab(tab), _assessor(request)
    population = _population(request)
    context: dict[str, Any] = {
        "heading": _("Efficacy"),
        "lead": _("%(count)s infused subjects, data as of %(day)s, responses by %(whom)s")
        % {"count": len(population.subjects), "day": study_date(population.cutoff), "whom": assessor_label(assessor)},
        "tabs": TABS,
        "tab": chosen,
        "assessor": assessor,
        "assessors": [(each, assessor_label(each)) for each in Assessor],
        "population": population,
        "unjudged": sum(each.endpoints[assessor].unjudged for each in population.subjects),
        "problems": [each for each in population.subjects if each.endpoints[assessor].problem],
        "parts": _shown(chosen, population, assessor),
        "parameters": parameter_sheet(),
    }
    return render(request, "reports/efficacy.html", context)


def _shown(tab: Tab, population: Population, assessor: Assessor) -> list[tuple[Part, dict[str, str], str]]:
    """Return the parts of a tab, each with the addresses of its files and what identifies its data."""
    parts = tab.make(population, assessor) if population.subjects else ()
    return [(part, _files(tab, part, assessor), _stamp(part, population, assessor)) for part in parts]


def _files(tab: Tab, part: Part, assessor: Assessor) -> dict[str, str]:
    if part.picture is None:
        return {}
    name = part.picture.name
    return {kind: reverse("efficacy:figure", args=[tab.key, name, kind]) + f"?by={assessor.value}" for kind in TYPES}


def _stamp(part: Part, population: Population, assessor: Assessor) -> str:
    said = _("All infused subjects, N = %(count)s · data cut-off %(day)s · responses by %(whom)s · data %(hash)s") % {
        "count": len(population.subjects), "day": study_date(population.cutoff), "whom": assessor_label(assessor),
        "hash": part.data_hash,
    }  # fmt: skip
    return f"{said} · {part.criterion}" if part.criterion else said


@require_safe
def figure_file(request: HttpRequest, tab: str, name: str, kind: str) -> HttpResponse:
    """Hand out one figure as a file that carries its population, cut-off, criterion and checksum."""
    assessor, population = _assessor(request), _population(request)
    part = _part(_tab(tab).make(population, assessor) if population.subjects else (), name)
    assert part.picture is not None
    return figure_answer(
        request, part.picture, kind=kind, name=f"{STUDY.protocol_number}_{name}_{population.cutoff:%Y%m%d}",
        stamp=_stamp(part, population, assessor), data_hash=part.data_hash,
    )  # fmt: skip


def _part(parts: Any, name: str) -> Part:
    found: Part | None = next((each for each in parts if each.picture is not None and each.picture.name == name), None)
    if found is None:
        raise Http404
    return found


def _tab(key: str) -> Tab:
    found = next((tab for tab in TABS if tab.key == key), None)
    if found is None:
        raise Http404
    return found


def _assessor(request: HttpRequest) -> Assessor:
    wanted = request.GET.get("by", "")
    return Assessor(wanted) if wanted in tuple(Assessor) else Assessor.INVESTIGATOR


def _population(request: HttpRequest) -> Population:
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    return read_population(list(sites_of(user, Permission.VIEW_SUBJECTS)))
