"""Addresses of the course of one subject."""

from __future__ import annotations

from django.urls import path

from reports.course import assessment_views, views

app_name = "course"
ASSESSMENT = "<str:identifier>/tumour/<str:visit>/"
urlpatterns = [
    path("<str:identifier>/timeline/", views.subject_timeline, name="timeline"),
    path("<str:identifier>/tumour/", views.subject_tumour, name="tumour"),
    path("<str:identifier>/figures/<slug:name>.<slug:kind>", views.figure_file, name="figure"),
    path(ASSESSMENT, assessment_views.assessment, name="assessment"),
    path(ASSESSMENT + "draft/", assessment_views.draft, name="assessment-draft"),
    path(ASSESSMENT + "live/", assessment_views.live, name="assessment-live"),
    path(ASSESSMENT + "sums/", assessment_views.sums, name="assessment-sums"),
]
