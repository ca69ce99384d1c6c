"""A cut-off waits for the writes that may still carry an earlier time, for no others, and holds nobody up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from enrollment.models import Subject
from reports import services
from reports.models import Job
from tests.people import People, make_people
from trial_edc.audit import selectors
from trial_edc.audit.context import acting
from trial_edc.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)


def new_subject(people: People, identifier: str) -> None:
    Subject.objects.create(identifier=identifier, site=people.site)


@contextmanager
def a_long_write(people: People) -> Iterator[threading.Event]:
    """Hold a transaction open that wrote something; it ends when the event is set."""
    wrote, end = threading.Event(), threading.Event()

    def write() -> None:
        with acting(people.coordinator, "A large file"):
            new_subject(people, "01-077")
            wrote.set()
            end.wait(20)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert wrote.wait(20)
    try:
        yield end
    finally:
        end.set()
        thread.join()


def test_it_waits_for_who_is_writing_and_not_longer() -> None:
    selectors.settle()
    with a_long_write(make_people()) as end:
        threading.Timer(0.3, end.set).start()
        selectors.settle()
        assert Subject.objects.filter(identifier="01-077").exists(), "the write is seen once the wait is over"


def test_nobody_waits_for_a_cut_off_that_waits(monkeypatch: Any) -> None:
    people = make_people()
    monkeypatch.setattr(selectors, "PATIENCE_SECONDS", 0.5)
    told: list[str] = []

    def settle() -> None:
        with pytest.raises(DomainError) as refusal:
            selectors.settle()
        told.append(str(refusal.value))
        connection.close()

    with a_long_write(people):
        waiting = threading.Thread(target=settle)
        waiting.start()
        time.sleep(0.1)
        began = time.monotonic()
        with acting(people.administrator, "Meanwhile"):
            new_subject(people, "01-078")
        assert time.monotonic() - began < 0.3
        waiting.join()
    assert told == ["Much is being saved at this moment, such as a laboratory file. Try again in a while."]


def test_a_report_of_an_earlier_moment_does_not_wait_for_a_long_write(monkeypatch: Any) -> None:
    people = make_people()
    earlier = timezone.now()
    monkeypatch.setattr(selectors, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr("reports.services.enqueue", lambda *_args: True)
    with a_long_write(people):
        job = services.request_report(by=people.monitor, cutoff=earlier)
        with pytest.raises(DomainError, match="being saved"):
            services.request_report(by=people.monitor)
    assert [each.pk for each in Job.objects.all()] == [job.pk]
