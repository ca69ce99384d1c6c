"""Addresses of the efficacy pages."""

from __future__ import annotations

from django.urls import path

from reports.efficacy import views

app_name = "efficacy"
urlpatterns = [
    path("", views.efficacy, name="page"),
    path("<slug:tab>/", views.efficacy, name="tab"),
    path("<slug:tab>/<slug:name>.<slug:kind>", views.figure_file, name="figure"),
]
