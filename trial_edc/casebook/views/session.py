"""Signing in and out, staying, and taking up a session that timed out. Every attempt is noted."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from trial_edc.accounts.authenticator import code_matches, device_of, is_recovery_code, wrong_code
from trial_edc.accounts.forms import SignInForm
from trial_edc.accounts.models import User
from trial_edc.accounts.second_step import Waiting, count_failure, stop_waiting, wait_for_code, waiting
from trial_edc.accounts.sessions import TIMED_OUT, begin_session, may_take_up
from trial_edc.audit.signatures import note


class SignIn(LoginView):
    """The sign-in page; whoever is signed in already goes on to their work, whoever has a device to the code."""

    form_class = SignInForm
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.session.pop(TIMED_OUT, None)  # whoever left the covered page starts from the beginning
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if device_of(user) is not None:
            wait_for_code(self.request, user, self.get_redirect_url())
            return redirect("accounts:sign-in-code")
        _note(user, "sign-in")
        begin_session(self.request, user)
        return redirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        note(None, "sign-in refused", str(form.data.get("username", ""))[:60])
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Sign out; the next page is the sign-in page."""

    next_page = "accounts:sign-in"
    http_method_names = ["post"]


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password; only with it the session is the person's."""
    half = waiting(request)
    if request.user.is_authenticated or half is None:
        return redirect("accounts:sign-in")
    if not AxesProxyHandler.is_allowed(request, {"username": half.user.username}):
        return locked_out(request)
    error = ""
    if request.method == "POST":
        if code_matches(half.user, request.POST.get("code", "")):
            return _signed_in(request, half)
        note(half.user, "sign-in refused", "wrong code")
        count_failure(request, half.user)
        error = str(wrong_code())
    return render(request, "registration/sign_in_code.html", {"error": error}, status=422 if error else 200)


def _signed_in(request: HttpRequest, half: Waiting) -> HttpResponse:
    if is_recovery_code(request.POST.get("code", "")):
        note(half.user, "recovery code used")
    note(half.user, "sign-in", "with a code")
    stop_waiting(request)
    begin_session(request, half.user)
    return redirect(half.following or settings.LOGIN_REDIRECT_URL)


@require_POST
def keep_alive(request: HttpRequest) -> JsonResponse:
    """The person chose to stay: the middleware has already noted the time."""
    return JsonResponse({"ok": True})


@require_POST
def resume(request: HttpRequest) -> JsonResponse:
    """Take up a timed-out page: the same person signs in again without leaving it."""
    user = authenticate(request, username=request.POST.get("username", ""), password=request.POST.get("password", ""))
    if not isinstance(user, User) or user.get_username().casefold() != request.POST.get("username", "").casefold():
        note(None, "sign-in refused", request.POST.get("username", "")[:60])
        return JsonResponse({"ok": False, "error": _("The password is not right.")}, status=403)
    if not may_take_up(request, user):
        note(user, "sign-in refused", "no code given")
        return JsonResponse({"ok": False, "error": _("Leave this page and sign in with your code.")}, status=403)
    note(user, "session taken up")
    begin_session(request, user)
    return JsonResponse({"ok": True, "csrf_token": get_token(request)})


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer a locked account: what happened and what to do."""
    half = waiting(request)
    note(None, "sign-in locked out", half.user.username if half else request.POST.get("username", "")[:60])
    stop_waiting(request)
    sentence = _("Too many attempts. Wait 30 minutes, or ask the administrator to unlock the account.")
    if request.path.endswith("/resume/"):
        return JsonResponse({"ok": False, "error": sentence}, status=403)
    return render(
        request, "registration/sign_in.html", {"form": SignInForm(request), "locked_out": sentence}, status=403
    )


def _note(user: Any, action: str) -> None:
    note(user if isinstance(user, User) else None, action)
