"""Addresses of dose escalation."""

from __future__ import annotations

from django.urls import path

from dosing.views import board, decisions, pauses, rp2d, statistics, subjects

app_name = "dosing"
urlpatterns = [
    path("", board.board, name="board"),
    path("status/", board.status, name="board-status"),
    path("levels/<int:level>/freeze/", board.freeze, name="freeze"),
    path("decisions/<uuid:pk>/", decisions.decision, name="decision"),
    path("decisions/<uuid:pk>/meeting/", decisions.meeting, name="meeting"),
    path("decisions/<uuid:pk>/sign/", decisions.sign, name="sign"),
    path("decisions/<uuid:pk>/release/", decisions.release, name="release"),
    path("decisions/<uuid:pk>/characteristics/", statistics.store, name="store-characteristics"),
    path("pauses/", pauses.page, name="pauses"),
    path("pauses/resolve/", pauses.resolve, name="pause-resolve"),
    path("rp2d/", rp2d.page, name="rp2d"),
    path("rp2d/propose/", rp2d.propose, name="rp2d-propose"),
    path("rp2d/<uuid:pk>/sign/", rp2d.sign, name="rp2d-sign"),
    path("rp2d/<uuid:pk>/release/", rp2d.release, name="rp2d-release"),
    path("statistics/", statistics.page, name="statistics"),
    path("statistics/characteristics/", statistics.characteristics, name="characteristics"),
    path("enrol/<str:identifier>/", subjects.enrol, name="enrol"),
    path("enrol/<str:identifier>/stagger/", subjects.stagger, name="stagger"),
    path("adjudicate/<uuid:pk>/", subjects.adjudicate, name="adjudicate"),
]
