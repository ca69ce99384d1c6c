"""Addresses of the pages that list and show."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
