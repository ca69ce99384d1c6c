"""Signing in and out, staying, and taking up a session that timed out. Every attempt is noted."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trial_edc.accounts.forms import SignInForm
from trial_edc.accounts.models import User
from trial_edc.audit.signatures import note


class SignIn(LoginView):
    """The sign-in page; whoever is signed in already goes on to their work."""

    form_class = SignInForm
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        _note(form.get_user(), "sign-in")
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        note(None, "sign-in refused", str(form.data.get("username", ""))[:60])
        return super().form_invalid(form)


class SignOut(LogoutView):
    """Sign out; the next page is the sign-in page."""

    next_page = "accounts:sign-in"
    http_method_names = ["post"]


@require_POST
def keep_alive(request: HttpRequest) -> JsonResponse:
    """The person chose to stay: the middleware has already noted the time."""
    return JsonResponse({"ok": True})


@require_POST
def resume(request: HttpRequest) -> JsonResponse:
    """Take up a timed-out page: the same person signs in again without leaving it."""
    user = authenticate(request, username=request.POST.get("username", ""), password=request.POST.get("password", ""))
    if user is not None:
        _note(user, "session taken up")
    else:
        note(None, "sign-in refused", request.POST.get("username", "")[:60])
    if user is None or user.get_username().casefold() != request.POST.get("username", "").casefold():
        return JsonResponse({"ok": False, "error": _("The password is not right.")}, status=403)
    login(request, user)
    return JsonResponse({"ok": True, "csrf_token": get_token(request)})


def locked_out(request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer a locked account: what happened and what to do."""
    note(None, "sign-in locked out", request.POST.get("username", "")[:60])
    sentence = _("Too many attempts. Wait 30 minutes, or ask the administrator to unlock the account.")
    if request.path.endswith("/resume/"):
        return JsonResponse({"ok": False, "error": sentence}, status=403)
    return render(
        request, "registration/sign_in.html", {"form": SignInForm(request), "locked_out": sentence}, status=403
    )


def _note(user: Any, action: str) -> None:
    note(user if isinstance(user, User) else None, action)
