"""Addresses of signing in and of the session."""

from __future__ import annotations

from django.urls import path

from trial_edc.casebook.views import session

app_name = "accounts"
urlpatterns = [
    path("sign-in/", session.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", session.sign_in_code, name="sign-in-code"),
    path("sign-out/", session.SignOut.as_view(), name="sign-out"),
    path("session/keep-alive/", session.keep_alive, name="keep-alive"),
    path("session/resume/", session.resume, name="resume"),
]
