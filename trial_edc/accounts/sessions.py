"""The sessions of a person: how one begins, which are open, and how they are ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, login
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from trial_edc.accounts.authenticator import device_of
from trial_edc.accounts.models import User

LAST_SEEN = "last_seen"
BEGAN, ADDRESS = "began", "network_address"
#: Whose page stands in a browser whose session timed out.
TIMED_OUT = "timed_out"
#: Whose first signature of this session was confirmed with every component.
SIGNING_CONFIRMED = "signing_confirmed"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class OpenSession:
    """One open session of a person: when it began, when it was last used, from which network address."""

    key: str
    began_at: datetime | None
    seen_at: datetime | None
    address: str


def begin_session(request: HttpRequest, user: User) -> None:
    """Sign a person in who has shown everything that is asked of them; signing starts with all components again."""
    for name in (TIMED_OUT, SIGNING_CONFIRMED):
        request.session.pop(name, None)
    login(request, user, backend=BACKEND)
    request.session[BEGAN] = time.time()
    request.session[LAST_SEEN] = time.time()
    request.session[ADDRESS] = get_client_ip_address(request) or ""


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """Return the user name under which failed sign-ins are counted: capitals make no other person."""
    name = credentials.get("username") if credentials else request.POST.get("username")
    return None if name is None else str(name).casefold()


def may_take_up(request: HttpRequest, user: User) -> bool:
    """Test whether the password alone continues: not where a code is asked, unless the page was this person's."""
    if device_of(user) is None or request.user.pk == user.pk:
        return True
    return bool(request.session.get(TIMED_OUT) == str(user.pk))


def open_sessions(user: User) -> list[OpenSession]:
    """Return the sessions of a person that have not timed out, last used first."""
    oldest = time.time() - settings.IDLE_MINUTES * 60
    found = [
        OpenSession(session.session_key, _moment(data.get(BEGAN)), _moment(data.get(LAST_SEEN)), data.get(ADDRESS, ""))
        for session, data in _sessions(user)
        if data.get(LAST_SEEN, oldest) >= oldest
    ]
    return sorted(found, key=lambda each: each.seen_at or datetime.min.replace(tzinfo=UTC), reverse=True)


def end_sessions(user: User, *, keep: str | None = None) -> int:
    """End the sessions of a person but the one to `keep`; return how many there were."""
    keys = [session.session_key for session, _data in _sessions(user) if session.session_key != keep]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _sessions(user: User) -> Iterator[tuple[Session, dict[str, Any]]]:
    for session in Session.objects.filter(expire_date__gte=timezone.now()):
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk) and BACKEND_SESSION_KEY in data:
            yield session, data


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
