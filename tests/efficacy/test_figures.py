"""Figures against the data behind them: every mark is counted, placed and named; the picture is fit for the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from reports.efficacy.content import Sheet
from reports.efficacy.page import TABS
from reports.efficacy.population import Population, read_population
from reports.efficacy.samples import assays, cytokine_courses
from reports.figures import samples as sample_figures
from reports.figures.drawing import Picture
from reports.figures.response import spider, waterfall
from reports.figures.survival import survival_curve
from reports.figures.swimmer import swimmer
from tests.efficacy.builders import subject, tumour
from tests.efficacy.conftest import COMPUTED, INVESTIGATOR
from tests.people import People

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
Made = tuple[Picture, Sheet]


def marks(picture: Picture) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(picture.svg)
    return [each for each in root.iter(f"{SVG}g") if each.get("class") == "figure-mark"]


def heights(mark: ElementTree.Element) -> list[float]:
    """Return the vertical positions of a mark's path, from the top of the picture."""
    path = next(mark.iter(f"{SVG}path")).get("d", "")
    return [float(y) for _x, y in re.findall(r"[ML] (-?[0-9.]+) (-?[0-9.]+)", path)]


FIGURES: dict[str, Callable[[Population], Made]] = {
    "waterfall": lambda population: waterfall(population, INVESTIGATOR),
    "spider": lambda population: spider(population, INVESTIGATOR),
    "swimmer": lambda population: swimmer(population, INVESTIGATOR),
    "pfs": lambda population: survival_curve(population, INVESTIGATOR, "pfs"),
}


def test_the_waterfall_has_a_bar_for_every_subject_with_a_sum(population: Population) -> None:
    picture, table = waterfall(population, INVESTIGATOR)
    found = marks(picture)
    assert [mark.get("aria-label") for mark in found] == [
        "01-002, DL1, 5.0 %, 02-Feb-2026, SD",
        "01-003, DL2, −26.0 %, 02-Feb-2026, PR",
        "01-001, DL1, −52.0 %, 04-Jul-2026, PR",
    ]
    # Heights of the bars are as the changes: −52 is twice −26, and 5 goes the other way.
    sizes = [max(heights(mark)) - min(heights(mark)) for mark in found]
    assert sizes[2] / sizes[1] == pytest.approx(2, rel=0.01) and sizes[1] / sizes[0] == pytest.approx(5.2, rel=0.02)
    assert max(heights(found[0])) == pytest.approx(min(heights(found[1])), abs=0.01)
    assert len(table.rows) == 4 and table.rows[3][5] == "There is no baseline to compare with."


def test_a_small_sum_without_confirmation_is_drawn_open(people: People) -> None:
    tumour(subject(people, 1), {"D28": "60"}, {"D28": ("PR", "iPR")})
    picture, table = waterfall(read_population([people.site]), INVESTIGATOR)
    assert table.rows[0][5] == "response not confirmed"
    assert next(marks(picture)[0].iter(f"{SVG}path")).get("fill") == "#ffffff"


@pytest.mark.parametrize("shown", [False, True])
def test_computed_progression_that_nobody_judged_is_nobodys(
    people: People, monkeypatch: pytest.MonkeyPatch, shown: bool
) -> None:
    """Not the investigator's; the rules' own only where the study shows them before the judgement."""
    if shown:
        monkeypatch.setattr("efficacy.blinding.boolean", lambda _key: False)
    tumour(subject(people, 1), {"D28": "130", "M3": "90"}, {"M3": ("SD", "iSD")})
    population = read_population([people.site])
    judged, computed = (spider(population, each)[1].rows for each in (INVESTIGATOR, COMPUTED))
    assert [row[5] for row in judged] == ["", ""] and computed[0][5] == ("PD" if shown else "")
    best = [waterfall(population, each)[1].rows[0][2] for each in (INVESTIGATOR, COMPUTED)]
    assert best == ["−10.0 %", "30.0 %" if shown else "−10.0 %"]


def test_the_spider_starts_at_zero_and_has_every_sum(population: Population) -> None:
    picture, table = spider(population, INVESTIGATOR)
    assert len(marks(picture)) == 3 and len(table.rows) == 8
    starts = {heights(mark)[0] for mark in marks(picture)}
    assert len(starts) == 1
    assert [len(heights(mark)) for mark in marks(picture)] == [4, 4, 3]


def test_the_swimmer_has_everybody(population: Population) -> None:
    picture, table = swimmer(population, INVESTIGATOR)
    assert len(marks(picture)) == len(table.rows) == 4
    assert "01-002, DL1: Months" in picture.marks[1] or any("Progression 05-Apr-2026" in each for each in picture.marks)


def test_the_curve_falls_where_the_table_says(population: Population) -> None:
    picture, table = survival_curve(population, INVESTIGATOR, "pfs")
    assert len(marks(picture)) == 1 + len(table.rows)
    assert [(row[0], row[1], row[2], row[4]) for row in table.rows][1] == ("2.99", "3", "1", "66.7 %")
    levels = sorted(set(heights(marks(picture)[0])))
    # From 1 to two thirds: a third of the axis, which is drawn from 0 to 1.03.
    assert len(levels) == 2
    assert "Events 1 of 4." in picture.description


def test_cells_and_cytokines_have_a_line_for_every_subject(population: Population) -> None:
    (copies,) = assays(population)
    picture = sample_figures.kinetics(copies, INVESTIGATOR, "kinetics-0")
    assert [each.split(",")[0] for each in picture.marks[:2]] == ["01-001", "01-004"]
    assert "Cmax 20000 on day 14.0, 6 samples" in picture.marks[0]
    points = sample_figures.points_of(copies.profiles[0].samples)
    assert points[0][1:] == (25.0, True) and [point[1] for point in points[1:]] == [1000, 20000, 4000, 900, 200]
    drawn = sample_figures.cytokines(cytokine_courses(population), population)
    assert drawn.marks == ("IL-6, 01-001, CRS grade 0: peak 600 pg/mL on day 3",)


@pytest.mark.parametrize("name", FIGURES)
def test_a_picture_is_fit_for_the_page(population: Population, name: str) -> None:
    picture, _table = FIGURES[name](population)
    root = ElementTree.fromstring(picture.svg)
    assert not list(root.iter(f"{SVG}style")) and " style=" not in picture.svg
    assert "<script" not in picture.svg and not re.search(r"\son[a-z]+=", picture.svg)
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids)) and all(str(each).startswith(picture.name) for each in ids)
    referred = set(re.findall(r"url\(#([^)]+)\)", picture.svg)) | set(re.findall(r'href="#([^"]+)"', picture.svg))
    assert referred <= set(ids)
    assert root.find(f"{SVG}title") is not None and root.find(f"{SVG}desc") is not None
    assert all(mark.get("tabindex") == "-1" and mark.get("role") == "img" for mark in marks(picture))


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_data_are_the_same_picture(population: Population, name: str) -> None:
    assert FIGURES[name](population)[0].svg == FIGURES[name](population)[0].svg


def test_nobody_infused_is_no_fault(people: People) -> None:
    empty = read_population([people.site])
    assert empty.subjects == ()
    for make in FIGURES.values():
        make(empty)
    assert all(tab.make(empty, INVESTIGATOR) is not None for tab in TABS)
