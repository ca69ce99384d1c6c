"""The content of the efficacy report and of the report of cells and cytokines, read as of a cut-off."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from efficacy.endpoints import Assessor
from reports.efficacy import tables
from reports.efficacy.page import TABS, Part
from reports.efficacy.parameters import parameter_sheet
from reports.efficacy.population import Population, read_population
from reports.models import Job
from reports.pdf import words
from reports.pdf.efficacy import EfficacyReport, Section
from reports.pdf.safety import draft_line
from reports.rules.job_states import Stage
from reports.sources import Snapshot, open_points
from trial_edc.accounts.models import Site
from trial_edc.casebook.jobs.life import Progress

#: The tabs of the page that each kind of report prints.
TABS_OF = {Job.Kind.EFFICACY: ("response", "time", "subjects"), Job.Kind.KINETICS: ("kinetics", "cytokines")}


def efficacy_content(
    kind: Job.Kind, cutoff: datetime, site: Site | None, progress: Progress
) -> tuple[EfficacyReport, str]:
    """Return the report and the line in red, "" when every critical item is verified."""
    population = read_population(list(Site.objects.all()) if site is None else [site], as_of=cutoff)
    points = open_points(Snapshot(cutoff, site))
    progress(Stage.SNAPSHOT, 1, 1)
    wanted = [tab for tab in TABS if tab.key in TABS_OF[kind]]
    sections = []
    for number, tab in enumerate(wanted, start=1):
        made = tab.make(population, Assessor.INVESTIGATOR) if population.subjects else ()
        sections.append(Section(str(tab.label), tuple(made)))
        progress(Stage.TABLES, number, len(wanted))
    sections += _appended(kind, population)
    progress(Stage.LISTINGS, 1, 1)
    report = EfficacyReport(
        title=str(kind.label),
        cutoff=words.moment(cutoff),
        infused=len(population.subjects),
        unjudged=sum(each.endpoints[Assessor.INVESTIGATOR].unjudged for each in population.subjects),
        sections=tuple(sections),
    )
    return report, draft_line(points["unverified"], points["open_queries"])


def _appended(kind: Job.Kind, population: Population) -> list[Section]:
    sections = []
    if kind is Job.Kind.EFFICACY:
        computed = (
            Part(tables.response_rates(population, Assessor.COMPUTED)),
            Part(tables.survival(population, Assessor.COMPUTED)),
        )
        sections.append(Section(_("Sensitivity: responses as the rules compute them"), computed))
    return [*sections, Section(_("Parameters"), (Part(parameter_sheet()),))]
