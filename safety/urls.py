"""Addresses of the normal ranges."""

from __future__ import annotations

from django.urls import path

from safety import views

app_name = "safety"
urlpatterns = [
    path("", views.ranges, name="ranges"),
    path("<uuid:pk>/close/", views.close, name="range-close"),
]
