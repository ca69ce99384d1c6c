"""Addresses of the bedside sheet."""

from __future__ import annotations

from django.urls import path

from safety.bedside import views

app_name = "bedside"
urlpatterns = [
    path("<str:identifier>/", views.sheet, name="sheet"),
    path("<str:identifier>/column/", views.column, name="column"),
    path("<str:identifier>/live/", views.live, name="live"),
    path("<str:identifier>/draft/", views.draft, name="draft"),
    path("<str:identifier>/grade/", views.grade, name="grade"),
    path("<str:identifier>/episode/", views.episode, name="episode"),
]
