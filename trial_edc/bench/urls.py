"""Address of the rule bench."""

from __future__ import annotations

from django.urls import path

from trial_edc.bench import views

app_name = "bench"
urlpatterns = [path("", views.page, name="page")]
