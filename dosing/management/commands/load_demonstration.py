"""`manage.py load_demonstration`: the training study, once, into an empty database; `--sign-ins` prints accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from dosing.demonstration.cast import PASSWORD, PEOPLE
from dosing.demonstration.story import Story
from enrollment.models import Subject
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import ROLES
from trial_edc.errors import DomainError


class Command(BaseCommand):
    help = "Load the demonstration study into an empty training database; does nothing where it is loaded already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="print the accounts and load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self.stdout.write(sign_ins())
            return
        if settings.IS_PRODUCTION:
            raise CommandError("The demonstration study is for training; this is a production environment.")
        if User.objects.filter(username=PEOPLE[0].username).exists():
            self.stdout.write("The demonstration study is loaded already.")
            return
        if Subject.objects.exists():
            raise CommandError("This database holds subjects. The demonstration study needs an empty one.")
        try:
            with transaction.atomic():  # all of it or nothing: a half-told story would mislead
                Story(today()).tell()
        except DomainError as problem:
            raise CommandError(f"The demonstration study could not be loaded: {problem}") from problem
        self.stdout.write(f"Loaded the demonstration study: {Subject.objects.count()} subjects.")


def sign_ins() -> str:
    """Return the table of demonstration accounts."""
    lines = [f"  {person.username:<14} {ROLES[person.role].title}" for person in PEOPLE]
    return "\n".join(["Sign in as one of these people, password “" + PASSWORD + "”:", *lines])
