"""Addresses of the adverse events of a subject."""

from __future__ import annotations

from django.urls import path

from safety.events import views

app_name = "events"
urlpatterns = [path("<str:identifier>/", views.event_log, name="log")]
