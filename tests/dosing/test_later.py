"""One transaction asks for one recomputation of a subject, however many forms it saves."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction

from dosing.services.later import recompute_subject_later


def test_the_same_work_is_sent_once_and_other_work_too(
    db: None, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr("dosing.services.later._send", lambda *wanted: sent.append(wanted))
    one, other = uuid4(), uuid4()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture of pytest-django
        for subject in (one, other, one, one):
            recompute_subject_later(subject)
    assert sent == [("dosing.tasks.recompute_subject", str(one)), ("dosing.tasks.recompute_subject", str(other))]


def test_work_of_a_savepoint_that_was_taken_back_is_asked_for_again(db: None) -> None:
    subject = uuid4()
    before = len(connection.run_on_commit)
    with transaction.atomic():
        inner = transaction.savepoint()
        recompute_subject_later(subject)
        transaction.savepoint_rollback(inner)
        recompute_subject_later(subject)
    assert len(connection.run_on_commit) == before + 1
    connection.run_on_commit = connection.run_on_commit[:before]
