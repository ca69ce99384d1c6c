"""Tests run on PostgreSQL always, as the test superuser; what the application role may do is tested by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.people import People, ensure_system_user, make_people

ROLE = """
DO $$ BEGIN CREATE ROLE "%s" LOGIN NOSUPERUSER;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
"""
LIFT = """
DO $$ DECLARE t record; BEGIN
    FOR t IN SELECT c.oid::regclass AS name, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
             WHERE tgname IN ('audit_no_truncate', 'audit_append_only') LOOP
        IF t.tgname = 'audit_no_truncate' THEN
            EXECUTE format('ALTER TABLE %s DISABLE TRIGGER audit_no_truncate', t.name);
        END IF;
    END LOOP;
END $$;
"""


#: Files that take minutes begin first, so that the processes which share all files end together.
LONGEST = ("access/test_access", "dosing/test_every_history", "launch/test_deployment", "faults/test_processes",
           "demonstration/test_demonstration", "launch/test_start")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files in front; all others keep their order."""
    places = {f"{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get("/".join(item.path.parts[-2:]), len(places)))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Create the application role and lift the guards that Django's own flush between tests runs into."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # Roles belong to the server, which several processes of tests share: the second finds it made.
        cursor.execute(ROLE % settings.DATABASE_APP_ROLE)
        from django.apps import apps

        from trial_edc.audit.grants import grant_application_role

        grant_application_role(sender=apps.get_app_config("audit"))
        cursor.execute(LIFT)
        for table in ("audit_itemchange", "audit_accessevent", "audit_signature"):
            # The trail's own guard refuses TRUNCATE too; tests of the guard enable it again for themselves.
            cursor.execute(f"DROP TRIGGER audit_append_only ON {table}")
            cursor.execute(
                f"CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse('the audit trail is append-only')"
            )
    yield


@pytest.fixture(autouse=True)
def _system_user(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
    """The flush after a test in real transactions empties the accounts; put back the one that migrations create."""
    names = {"db", "transactional_db", "people"} & set(request.fixturenames)
    if names or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("django_db_setup")
        with django_db_blocker.unblock():
            ensure_system_user()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash quickly: the real hasher is meant to be slow."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def people(db: None) -> People:
    """One site and one person of every role, delegated as the log of a real site would be."""
    return make_people()


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return what makes a moment the present one for the application; the database keeps its own clock."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return to
