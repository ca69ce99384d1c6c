"""Addresses of what is said about data points: queries and source verification."""

from __future__ import annotations

from django.urls import path

from trial_edc.casebook.views import queries, query_bulk, query_thread, verification, verification_form

FORM = "verification/<str:identifier>/<str:visit>/<str:oid>/<int:sequence>/"

urlpatterns = [
    path("queries/", queries.query_list, name="query-list"),
    path("queries/export/", queries.query_export, name="query-export"),
    path("queries/close/", query_bulk.close_queries, name="query-close"),
    path("queries/raise/", query_bulk.raise_queries, name="query-raise"),
    path("queries/<int:number>/", query_thread.query_page, name="query"),
    path("verification/", verification.verification_list, name="verification"),
    path("verification/confirm/", verification_form.verification_confirm, name="verification-confirm"),
    path(FORM, verification_form.verification_form, name="verification-form"),
    path(FORM + "tick/", verification_form.tick_item, name="verification-tick"),
]
