"""The product's addresses, and the bare page that its form page is compared with."""

from __future__ import annotations

from django.urls import include, path

from benchmarks.bare import edit

urlpatterns = [path("", include("trial_edc.urls")), path("bare/<uuid:pk>/", edit, name="bare")]
