"""The lists of work about people: trainings that run out, and the review of the list of users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.accounts.training import SOON, Standing, State, people_who_need_it, standings
from trial_edc.casebook.user_review import next_review_due
from trial_edc.casebook.work import OWN_TRAINING, Desk, Line, WorkList, register


def _lines(people: Iterable[User], desk: Desk, address: str) -> Iterator[Line]:
    names = {person.pk: person.full_name for person in people}
    for user_id, found in standings(names, desk.day).items():
        for standing in found:
            if standing.asks:
                due = standing.record.expiry_date if standing.record else None
                yield Line("", _words(standing), reverse(address), names[user_id], due)


def _words(standing: Standing) -> str:
    words = {
        State.MISSING: _("No training in: %(topic)s"),
        State.EXPIRED: _("Training has ended: %(topic)s"),
        State.SOON: _("Training ends soon: %(topic)s"),
    }
    return words[standing.state] % {"topic": standing.topic.label}


def own_training(desk: Desk) -> Iterator[Line]:
    """Yield the person's own trainings that are missing, over, or end within thirty days."""
    yield from _lines([desk.user], desk, "casebook:account")


def training_of_people(desk: Desk) -> Iterator[Line]:
    """Yield the same of everybody whose role works on data."""
    yield from _lines(people_who_need_it(desk.day), desk, "casebook:training")


def user_review(desk: Desk) -> Iterator[Line]:
    """Yield the review of the list of users once it is due within thirty days, or overdue."""
    due = next_review_due()
    if due - desk.day <= SOON:
        yield Line("", _("Review of the list of users"), reverse("casebook:user-review"), _("People"), due)


for _work in (
    WorkList(
        OWN_TRAINING, gettext_lazy("My training"), "clock-fill", "warn",
        gettext_lazy("Your training is valid for more than thirty days."), own_training,
        quiet=True,
    ),
    WorkList(
        "training-people", gettext_lazy("Training that ends"), "people", "warn",
        gettext_lazy("Everybody's training is valid for more than thirty days."), training_of_people,
        permission=Permission.MANAGE_USERS,
    ),
    WorkList(
        "user-review", gettext_lazy("Review of users"), "people", "warn",
        gettext_lazy("The list of users was reviewed in time."), user_review,
        permission=Permission.REVIEW_USERS, quiet=True,
    ),
):  # fmt: skip
    register(_work)
