"""Addresses of one form, and of what hangs on its items."""

from __future__ import annotations

from django.urls import path

from trial_edc.casebook.views import crf, items, not_done

FORM = "subjects/<str:identifier>/<str:visit>/<str:oid>/<int:sequence>/"

urlpatterns = [
    path("casebook/date/", items.read_date, name="read-date"),
    path("casebook/terms/", items.find_terms, name="find-terms"),
    path("subjects/<str:identifier>/<str:visit>/<str:oid>/", crf.open_form, name="crf-open"),
    path(FORM, crf.edit, name="crf-edit"),
    path(FORM + "draft/", crf.keep_draft, name="crf-draft"),
    path(FORM + "draft/discard/", crf.discard_draft, name="crf-discard"),
    path(FORM + "live/", crf.live, name="crf-live"),
    path(FORM + "presence/", crf.presence, name="crf-presence"),
    path(FORM + "sign/", crf.sign_form, name="crf-sign"),
    path(FORM + "verify/", items.verify_form, name="crf-verify"),
    path(FORM + "not-done/", not_done.mark, name="crf-not-done"),
    path(FORM + "not-done/take-back/", not_done.undo, name="crf-take-back"),
    path(FORM + "history/", items.form_history, name="crf-history"),
    path(FORM + "item/<str:field>/history/", items.item_history, name="item-history"),
    path(FORM + "item/<str:field>/query/", items.item_query, name="item-query"),
    path(FORM + "item/<str:field>/verify/", items.verify_item, name="item-verify"),
]
