"""Addresses; each application brings its own. What is not here is not reachable."""

from __future__ import annotations

from django.urls import include, path

from trial_edc.health import health

urlpatterns = [
    path("health/", health, name="health"),
    path("", include("trial_edc.casebook.url_lists.session")),
    path("dose-escalation/", include("dosing.urls")),
    path("adverse-events/", include("safety.events.urls")),
    path("safety/events/", include("reports.explorer.urls")),
    path("safety/serious/", include("reports.serious.urls")),
    path("bedside/", include("safety.bedside.urls")),
    path("course/", include("reports.course.urls")),
    path("efficacy/", include("reports.efficacy.urls")),
    path("laboratory/", include("safety.laboratory_urls")),
    path("normal-ranges/", include("safety.urls")),
    path("reports/", include("reports.urls")),
    path("rules/", include("trial_edc.bench.urls")),
    path("", include("trial_edc.casebook.urls")),
]
