"""Between the password and the code: who is half signed in, and for how long. Nobody is signed in yet."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from trial_edc.accounts.models import User

WAITING = "waiting_for_code"
SECONDS = 300


@dataclass(frozen=True)
class Waiting:
    """Someone whose password was right, and where they wanted to go."""

    user: User
    following: str


def wait_for_code(request: HttpRequest, user: User, following: str) -> None:
    """Remember that the password was right; the session belongs to nobody until the code is."""
    request.session[WAITING] = {
        "user": str(user.pk),
        "password": user.get_session_auth_hash(),
        "until": time.time() + SECONDS,
        "following": following,
    }


def waiting(request: HttpRequest) -> Waiting | None:
    """Return who waits for the code; nobody after five minutes, a changed password or a switched-off account."""
    kept = request.session.get(WAITING)
    if not kept or kept["until"] < time.time():
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["password"], user.get_session_auth_hash()):
        return None
    return Waiting(user, kept["following"])


def stop_waiting(request: HttpRequest) -> None:
    """Forget the half sign-in."""
    request.session.pop(WAITING, None)


def count_failure(request: HttpRequest, user: User) -> None:
    """Let a wrong code count like a wrong password, towards the same lock."""
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
