"""Addresses of the course of one subject."""

from __future__ import annotations

from django.urls import path

from reports.course import views

app_name = "course"
urlpatterns = [
    path("<str:identifier>/timeline/", views.subject_timeline, name="timeline"),
    path("<str:identifier>/tumour/", views.subject_tumour, name="tumour"),
]
