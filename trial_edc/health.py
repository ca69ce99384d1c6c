"""Is this process able to work, and is it safe to let it work?"""

from __future__ import annotations

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers; a missing queue is reported but does not stop data entry."""
    database, queue = _database_answers(), _queue_answers()
    report = {"database": database, "queue": queue, "environment": settings.EDC_ENVIRONMENT}
    return JsonResponse(report, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _queue_answers() -> bool:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def refuse_superuser() -> None:
    """Raise ImproperlyConfigured in production when the database role could rewrite the audit trail."""
    if not settings.IS_PRODUCTION:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper,"
            " EXISTS (SELECT FROM pg_class WHERE relname = 'audit_itemchange' AND relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        name, superuser, owner = cursor.fetchone()
    connection.close()
    if superuser or owner:
        raise ImproperlyConfigured(
            f"DATABASE_URL connects as {name}, a superuser or the owner of the audit trail: use the application role."
        )
