"""Make a document as the worker does, and read it back."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from django.test import Client
from pypdf import PdfReader

from reports import tasks
from reports.models import Job, ReportFile
from reports.pdf.making import Making
from trial_edc.accounts.models import User


def client_of(user: User) -> Client:
    """Return a browser in which a person is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make(job: Job) -> ReportFile:
    """Do the work of a job, which must succeed."""
    tasks.produce_report(str(job.pk))
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.failure_reason
    return job.file


def pages_of(content: Any) -> list[str]:
    """Return the text of each page, spaces as single ones."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(bytes(content))).pages]


def text_of(content: Any) -> str:
    """Return the whole text in one line, without the header and footer that cut sentences at a page's end."""
    return " ".join(pages_of(content))


def letters(text: str) -> str:
    """Return a text without spaces, to find a sentence wherever its lines were broken."""
    return "".join(text.split())


def outline_of(content: Any) -> list[tuple[int, str, int]]:
    """Return (level, title, page) of every entry of the outline, page from 0."""
    reader = PdfReader(BytesIO(bytes(content)))

    def walk(entries: Any, level: int) -> list[tuple[int, str, int]]:
        found: list[tuple[int, str, int]] = []
        for entry in entries:
            if isinstance(entry, list):
                found += walk(entry, level + 1)
            else:
                found.append((level, str(entry["/Title"]), reader.get_destination_page_number(entry) or 0))
        return found

    return walk(reader.outline, 0)


def making(moment: datetime) -> Making:
    """Return who makes a copy, at a moment."""
    return Making("Peter Braun", moment, "CART-101 EDC 0.1.0", "en-GB", "Site 01 Shanghai")
