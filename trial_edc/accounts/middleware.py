"""Sign-in wall, idle time-out, and errors that speak."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers, patch_cache_control

from trial_edc.accounts.sessions import LAST_SEEN, TIMED_OUT
from trial_edc.errors import DomainError

Respond = Callable[[HttpRequest], HttpResponseBase]
BACKGROUND = "X-Background"  # polls of an open page are no sign that a person is there


class SessionTimeoutMiddleware:
    """End a session after the idle limit; a page's own polling does not keep it alive."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = time.time()
            seen = request.session.get(LAST_SEEN, now)
            if now - seen > settings.IDLE_MINUTES * 60:
                self._end(request)
            elif (BACKGROUND not in request.headers and now - seen > 5) or LAST_SEEN not in request.session:
                request.session[LAST_SEEN] = now
        return self.respond(request)

    @staticmethod
    def _end(request: HttpRequest) -> None:
        """Sign out, but remember whose page stands in this browser: that person takes it up with the password."""
        person = str(request.user.pk)
        logout(request)
        request.session[TIMED_OUT] = person


class SignInRequiredMiddleware:
    """Default deny: whoever is not signed in sees the sign-in page, and no answer is ever cached."""

    OPEN = ("/sign-in/", "/health/", "/static/", "/session/resume/")

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated and not request.path.startswith(self.OPEN):
            response = self._refuse(request)
        else:
            response = self.respond(request)
        if not request.path.startswith("/static/"):
            add_never_cache_headers(response)
            patch_cache_control(response, no_store=True)
        return response

    def _refuse(self, request: HttpRequest) -> HttpResponseBase:
        asked_by_script = "X-Requested-With" in request.headers or request.headers.get("HX-Request")
        if asked_by_script or BACKGROUND in request.headers:
            return JsonResponse({"ok": False, "error": "signed-out"}, status=401)
        if request.method != "GET":
            return render(request, "401.html", {"address": request.get_full_path()}, status=401)
        return redirect_to_login(request.get_full_path())


class PasswordChangeMiddleware:
    """Whoever signed in with a password that someone else chose sees nothing before choosing their own."""

    OPEN = ("/account/password/", "/sign-in/", "/sign-out/", "/session/", "/health/", "/static/")

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forced = request.user.is_authenticated and request.user.must_change_password
        if not forced or request.path.startswith(self.OPEN):
            return self.respond(request)
        if "X-Requested-With" in request.headers or request.headers.get("HX-Request"):
            return JsonResponse({"ok": False, "error": "password-change"}, status=403)
        return redirect("casebook:account-password")


class UserErrorMiddleware:
    """Turn a domain error that no page caught into a page whose text the person can read."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return render(request, "409.html", {"sentence": str(exception)}, status=409)
        return None
