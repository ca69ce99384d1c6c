"""A small study with a response, a progression, a disagreement and a subject without scans."""

from __future__ import annotations

import pytest

from efficacy.endpoints import Assessor
from reports.efficacy.population import Population, read_population
from tests.efficacy.builders import cells, contact, cytokine, subject, tumour
from tests.people import People

PARTIAL = {"D28": ("PR", "iPR"), "M3": ("PR", "iPR"), "M6": ("PR", "iPR")}
GROWTH = {"D28": ("SD", "iSD"), "M3": ("PD", "iUPD"), "M6": ("PD", "iCPD")}
#: The rules compute SD for −26 %; this investigator says PR.
GENEROUS = {"D28": ("PR", "iPR"), "M3": ("PR", "iPR")}
INVESTIGATOR, COMPUTED = Assessor.INVESTIGATOR, Assessor.COMPUTED


@pytest.fixture
def study(people: People) -> None:
    """Four infused subjects: 001 responds, 002 progresses, 003 is judged generously, 004 has no scan."""
    first, second = subject(people, 1, level=1), subject(people, 2, level=1)
    third, fourth = subject(people, 3, level=2), subject(people, 4, level=2)
    tumour(first, {"D28": "65", "M3": "50", "M6": "48"}, PARTIAL)
    tumour(second, {"D28": "105", "M3": "130", "M6": "150"}, GROWTH)
    tumour(third, {"D28": "74", "M3": "74"}, GENEROUS)
    contact(fourth, 60)
    cells(first, {0: "<50", 7: "1000", 14: "20000", 28: "4000", 60: "900", 90: "200"})
    cells(fourth, {0: "<50", 7: "500", 14: "700"})
    cytokine(first, "IL-6", "pg/mL", {-7: "3", 3: "600", 7: "120"})


@pytest.fixture
def population(people: People, study: None) -> Population:
    """The same as the pages read it."""
    return read_population([people.site])
