"""The parts of the efficacy page, made one by one: a part is drawn when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efficacy.endpoints import Assessor
from reports.efficacy import tables
from reports.efficacy.content import Sheet, content_hash
from reports.efficacy.population import Population
from reports.efficacy.samples import assays, cytokine_courses, cytokine_sheet, kinetics_sheet
from reports.figures import samples as sample_figures
from reports.figures.drawing import Picture
from reports.figures.response import spider, waterfall
from reports.figures.survival import survival_curve
from reports.figures.swimmer import swimmer


@dataclass(frozen=True)
class Part:
    """A figure with the table behind it, or a table alone; `stamp` is what identifies its data."""

    sheet: Sheet
    picture: Picture | None = None
    criterion: str = ""

    @property
    def data_hash(self) -> str:
        """Return the first characters of the checksum of the table behind the figure."""
        return content_hash([self.sheet])[:12]


@dataclass(frozen=True)
class Tab:
    """One tab of the page; `make` returns its parts."""

    key: str
    label: object
    make: Callable[[Population, Assessor], Sequence[Part]]


def _figure(made: tuple[Picture, Sheet], criterion: str) -> Part:
    picture, table = made
    return Part(table, picture, criterion)


RECIST, IRECIST = "RECIST 1.1", "iRECIST"


def _response(population: Population, assessor: Assessor) -> list[Part]:
    return [
        Part(tables.response_rates(population, assessor)),
        _figure(waterfall(population, assessor), RECIST),
        _figure(spider(population, assessor), RECIST),
    ]


def _time(population: Population, assessor: Assessor) -> list[Part]:
    curves = [_figure(survival_curve(population, assessor, key), criterion) for key, criterion in
              (("pfs", RECIST), ("ipfs", IRECIST), ("os", ""), ("dor", RECIST))]  # fmt: skip
    return [Part(tables.survival(population, assessor)), *curves]


def _subjects(population: Population, assessor: Assessor) -> list[Part]:
    return [
        _figure(swimmer(population, assessor), RECIST),
        Part(tables.subject_listing(population, assessor)),
        Part(tables.concordance(population)),
        Part(tables.registry_reconciliation(population, assessor)),
    ]


def _kinetics(population: Population, assessor: Assessor) -> list[Part]:
    return [
        Part(kinetics_sheet(each, assessor), sample_figures.kinetics(each, assessor, f"kinetics-{number}"))
        for number, each in enumerate(assays(population))
    ]


def _cytokines(population: Population, _assessor: Assessor) -> list[Part]:
    courses = cytokine_courses(population)
    return [Part(cytokine_sheet(courses), sample_figures.cytokines(courses, population))] if courses else []


TABS = (
    Tab("response", gettext_lazy("Response"), _response),
    Tab("time", gettext_lazy("Time to event"), _time),
    Tab("subjects", gettext_lazy("Subjects"), _subjects),
    Tab("kinetics", gettext_lazy("CAR-T cells"), _kinetics),
    Tab("cytokines", gettext_lazy("Cytokines"), _cytokines),
)


def assessor_label(assessor: Assessor) -> str:
    """Return whose responses are shown."""
    return _("the investigator") if assessor is Assessor.INVESTIGATOR else _("the rules, computed")
