"""Address of the document of one serious event."""

from __future__ import annotations

from django.urls import path

from reports.serious import views

app_name = "serious"
urlpatterns = [path("<str:identifier>/<int:number>/report.pdf", views.serious_report, name="report")]
