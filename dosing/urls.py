"""Addresses of dose escalation."""

from __future__ import annotations

from django.urls import path

from dosing.views import board, choices, decisions, pauses, places, rp2d, statistics, subjects

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
    path("choices/", choices.page, name="choices"),
    path("choices/propose/", choices.propose, name="choice-propose"),
    path("choices/<uuid:pk>/sign/", choices.sign, name="choice-sign"),
    path("choices/<uuid:pk>/aside/", choices.aside, name="choice-aside"),
    path("pauses/", pauses.page, name="pauses"),
    path("pauses/resolve/", pauses.resolve, name="pause-resolve"),
    path("rp2d/", rp2d.page, name="rp2d"),
    path("rp2d/propose/", rp2d.propose, name="rp2d-propose"),
    path("rp2d/<uuid:pk>/sign/", rp2d.sign, name="rp2d-sign"),
    path("rp2d/<uuid:pk>/release/", rp2d.release, name="rp2d-release"),
    path("what-if/", statistics.what_if, name="what-if"),
    path("statistics/", statistics.page, name="statistics"),
    path("statistics/characteristics/", statistics.characteristics, name="characteristics"),
    path("enrol/<str:identifier>/", subjects.enrol, name="enrol"),
    path("enrol/<str:identifier>/stagger/", subjects.stagger, name="stagger"),
    path("enrol/<str:identifier>/reserve/", places.reserve, name="reserve"),
    path("enrol/<str:identifier>/give-up/", places.give_up, name="give-up"),
    path("enrol/<str:identifier>/release/", places.release, name="release-slot"),
    path("adjudicate/<uuid:pk>/", subjects.adjudicate, name="adjudicate"),
]
