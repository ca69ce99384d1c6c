"""Addresses of the laboratory."""

from __future__ import annotations

from django.urls import path

from safety import laboratory_views
from safety.lab_import import views

app_name = "laboratory"
urlpatterns = [
    path("shifts/", laboratory_views.shifts, name="shifts"),
    path("files/", views.imports, name="imports"),
    path("files/<uuid:pk>/", views.import_detail, name="import"),
    path("files/<uuid:pk>/progress/", views.import_progress, name="import-progress"),
    path("files/<uuid:pk>/faults/", views.import_faults, name="import-faults"),
]
