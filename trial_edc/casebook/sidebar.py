"""The left side of the form page: the other forms of the visit, the other visits, the logs."""

from __future__ import annotations

from trial_edc.accounts.models import User
from trial_edc.casebook.page import Page
from trial_edc.casebook.place import Place


def add_sidebar(page: Page, user: User) -> None:
    """Fill the lists of forms, visits and logs."""
    page.other_forms = []


def next_form(place: Place, user: User) -> str | None:
    """Return the address of the next form of the visit that is not complete, None when there is none."""
    return None
