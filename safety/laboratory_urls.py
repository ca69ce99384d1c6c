"""Addresses of the laboratory."""

from __future__ import annotations

from django.urls import path

from safety import laboratory_views

app_name = "laboratory"
urlpatterns = [path("shifts/", laboratory_views.shifts, name="shifts")]
