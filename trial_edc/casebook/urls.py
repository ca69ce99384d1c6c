"""Addresses of the casebook; they speak the field: /subjects/01-001/D28/VS/."""

from __future__ import annotations

from trial_edc.casebook.url_lists.entry import urlpatterns as entry
from trial_edc.casebook.url_lists.pages import urlpatterns as pages
from trial_edc.casebook.url_lists.review import urlpatterns as review

app_name = "casebook"
urlpatterns = [*pages, *review, *entry]
