"""A choice that is missing stands among the decisions that wait, until the second person has signed it."""

from __future__ import annotations

from dosing.selectors.choices import open_questions
from dosing.selectors.trial import trial_now
from dosing.services import propose_choice, sign_choice
from dosing.work import waiting_decisions
from tests.dosing.builders import Trial
from tests.people import PASSWORD
from trial_edc.accounts.models import User
from trial_edc.casebook.work import Desk


def waiting(user: User) -> list[tuple[str, str, str]]:
    return [(line.subject, str(line.what), line.url) for line in waiting_decisions(Desk(user))]


def test_an_open_choice_waits_until_it_is_made(trial: Trial) -> None:
    for percent in (100, 100, 60):
        trial.infused(percent=percent)
    trial.compute()
    people = trial.people
    [(subject, words, url)] = waiting(people.investigator)
    assert (subject, url) == ("01-003", "/dose-escalation/choices/") and "needs an explicit choice" in words
    [asked] = open_questions(trial_now())
    choice = propose_choice(
        by=people.investigator, key=asked.key, option="COUNTS", reason="The cells expanded.", password=PASSWORD
    )
    [(_subject, words, _url)] = waiting(people.src_member)
    assert "one signature is missing" in words
    sign_choice(by=people.src_member, choice=choice, password=PASSWORD)
    trial.compute()
    assert waiting(people.investigator) == []
