"""Address of the adverse events of many subjects."""

from __future__ import annotations

from django.urls import path

from reports.explorer import views

app_name = "explorer"
urlpatterns = [path("", views.explorer, name="page")]
