"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from reports import casebook_views, trail_views, views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("jobs/<uuid:job_id>/", views.job_progress, name="job-progress"),
    path("jobs/<uuid:job_id>/cancel/", views.job_cancel, name="job-cancel"),
    path("jobs/<uuid:job_id>/retry/", views.job_retry, name="job-retry"),
    path("trail/", trail_views.trail, name="trail"),
    path("trail/jobs/<uuid:job_id>/", trail_views.trail_progress, name="trail-progress"),
    path("trail/files/<uuid:file_id>/", trail_views.trail_download, name="trail-download"),
    path("decisions/<uuid:decision_id>/", views.decision_pack, name="decision-pack"),
    path("subjects/<str:identifier>/casebook/", casebook_views.casebook, name="casebook"),
    path("files/<uuid:file_id>/", views.report_download, name="download"),
    path("files/<uuid:file_id>/again/", views.report_again, name="again"),
]
