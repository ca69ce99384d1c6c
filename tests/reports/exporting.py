"""Export the trail in tests exactly as a person does: ask on the page, let the worker make it, download it."""

from __future__ import annotations

from typing import Any

from django.test import Client

from reports.models import Job
from reports.tasks import produce_report


def ask_for_export(client: Client, query: str = "", **body: str) -> Job:
    """Ask for what the trail shows with this filter; return the job that waits."""
    answer = client.post(f"/reports/trail/?{query}", body)
    assert answer.status_code == 302 and answer.headers["Location"] == "/reports/trail/"
    return Job.objects.filter(kind=Job.Kind.TRAIL).latest("created_at")


def make_export(job: Job) -> Job:
    """Do what the worker does; return the job as it then is."""
    produce_report(str(job.pk))
    return Job.objects.get(pk=job.pk)


def exported(client: Client, query: str = "") -> str:
    """Return the file as text."""
    response: Any = client.get(f"/reports/trail/files/{make_export(ask_for_export(client, query)).file.pk}/")
    assert response.status_code == 200
    text: str = response.content.decode("utf-8-sig")
    return text
