"""Laboratory files of one subject, sent as the coordinator sends them."""

from __future__ import annotations

from typing import Any

from enrollment.models import Subject
from safety.lab_import import services
from safety.models import Chemistry, Haematology
from safety.models.laboratory_import import LaboratoryImport
from tests.bedside.columns import day_of
from tests.lab_import.files import COUNTS, LIVER, as_csv, rows_of
from tests.people import People


def file_of(subject: Subject, *days: int, results: Any = (*COUNTS, *LIVER)) -> list[list[str]]:
    return [row for day in days for row in rows_of(subject.identifier, day_of(subject, day), results=results)]


def send(people: People, rows: list[list[str]], name: str = "lab.csv") -> LaboratoryImport:
    return services.upload_file(by=people.coordinator, site=people.site, name=name, content=as_csv(rows))


def saved() -> tuple[int, int]:
    return Haematology.objects.count(), Chemistry.objects.count()
